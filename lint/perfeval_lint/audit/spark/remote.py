"""Inputs that are no paths: files of a Hadoop file system (hdfs://, s3a://, file://), and tables of a database.

Files come to the tasks by Spark's binaryFile; tables are written as Parquet first, by one query each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perfeval_lint.audit.inputs.inputs import ARCHIVE, Item, unpacked, unused_settings
from perfeval_lint.audit.spark.chunks import names_in
from perfeval_lint.audit.spark.paths import place_of
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.sources import DATABASES, PARQUET, TEXTS
from perfeval_lint.audit.tables.words import TABLES, shipped_words
from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.form.load import CANONICAL
from perfeval_lint.linting.sources import may_hold_forms
from perfeval_lint.read.read import SUFFIXES
from perfeval_lint.rule.settings import FILE_NAME

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CONTENTS_DDL: Final = "path string, modificationTime timestamp, length bigint, content binary"
MAX_BYTES: Final = 1 << 30  # of one file that comes by Spark, an archive too; a row cannot be larger than twice that
_USER, _PASSWORD = "PERFEVAL_JDBC_USER", "PERFEVAL_JDBC_PASSWORD"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DATABASE = "jdbc:"
_HELD = (*CANONICAL, *SUFFIXES, ARCHIVE)
_TABLES = (*PARQUET, *DATABASES, *TEXTS)
# Partitions are cut by size; a small file weighs no more than it holds.
_CUT = {"spark.sql.files.maxPartitionBytes": str(32 << 20), "spark.sql.files.openCostInBytes": str(4 << 10)}


def is_remote(path: str) -> bool:
    """Returns whether an input is no path of this machine."""
    return is_database(path) or bool(_SCHEME.match(path))


def is_database(path: str) -> bool:
    """Returns whether an input is a database."""
    return path.startswith(_DATABASE)


# --- files ----------------------------------------------------------------------------------------


def files_at(spark: SparkSession, uris: Sequence[str]) -> tuple[DataFrame, list[Item]]:
    """Returns the files below some URIs with their contents (CONTENTS_DDL), and those that cannot be read this way.

    Spark leaves out names that begin with _ or .
    """
    from pyspark.sql import functions as sql

    for name, value in _CUT.items():
        spark.conf.set(name, value)
    found = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(uris))
    suffix = sql.lower(sql.col("path"))
    held = "|".join(re.escape(one) for one in (*_HELD, *_TABLES))
    wanted = found.where(suffix.rlike(f"({held})$"))
    is_table = suffix.rlike(f"({'|'.join(re.escape(one) for one in _TABLES)})$")
    refused = wanted.where(is_table | (sql.col("length") > MAX_BYTES)).select("path", "length")
    items = [_refused(row.path, row.length) for row in refused.collect()]
    return wanted.where(~is_table & (sql.col("length") <= MAX_BYTES)).select(*names_in(CONTENTS_DDL)), items


def _refused(name: str, size: int) -> Item:
    if name.lower().endswith(_TABLES):
        message = "数据表不能从这里读；请放到各机器都能读的共享磁盘上，写它的路径"
        return Item(name, name, size=size, problem=Problem("unreadable", message, name))
    message = f"文件有 {size / 2**30:.1f} GB，超过 {MAX_BYTES >> 30} GB，没有读；压缩包请拆开"
    return Item(name, name, size=size, problem=Problem("too-large", message, name))


def items_in(rows: Iterable[tuple[Any, ...]], folder: Path, *, last_year: bool) -> Iterator[Item]:
    """Writes the files of rows of CONTENTS_DDL to a folder and yields them unpacked, in no order."""
    for number, (path, modified, length, content) in enumerate(rows):
        base = os.path.basename(path)  # noqa: PTH119  (a URI)
        if not may_hold_forms(base, _HELD):
            continue
        place = folder / f"{number}{Path(base).suffix}"
        place.write_bytes(content)
        whole = Item(path, str(place), size=length, changed=int(modified.timestamp() * 1e9), last_year=last_year)
        found = [unused_settings(whole)] if base == FILE_NAME else unpacked(whole)
        yield from (replace(one, last_year=last_year) for one in found)


# --- databases ------------------------------------------------------------------------------------


def tables_of(spark: SparkSession, url: str, mapping: TableMapping, folder: Path, *, last_year: bool) -> Iterator[Item]:
    """Writes tables of a database as Parquet files to a new folder: those the mapping names, else those with the names
    of the budget system. Raises UsageError where there is none."""
    shown = without_secrets(url)
    wanted = [given.source for given in mapping.tables if given.source]
    wanted = wanted or [name for table in TABLES for name in shipped_words().tables[table].names]
    properties = {
        name: os.environ[variable]
        for name, variable in (("user", _USER), ("password", _PASSWORD))
        if variable in os.environ
    }
    there = _names(spark, url, properties)
    known = {one.lower() for one in wanted}
    found = {name: quoted for name, quoted in there.items() if name.lower() in known}
    if not found:
        raise UsageError(
            f"{shown} 里没有自评表的数据表（有 {'、'.join([*there][:8]) or '0 张表'}）；"
            "请在映射文件（--mapping）里用 from 写明表名"
        )
    for name, quoted in found.items():
        staged = folder / name
        spark.read.jdbc(url, quoted, properties=properties).coalesce(1).write.parquet(place_of(staged))
        for part in staged.glob("*.parquet"):
            place = part.replace(folder / f"{name}.parquet")
            yield Item(f"{shown} {name}", str(place), size=place.stat().st_size, last_year=last_year, is_table=True)


def _names(spark: SparkSession, url: str, properties: dict[str, str]) -> dict[str, str]:
    """Returns the tables and views of a database, each as SQL names it there."""
    from py4j.protocol import Py4JJavaError

    jvm: Any = spark.sparkContext._jvm
    given = jvm.java.util.Properties()
    for name, value in properties.items():
        given.setProperty(name, value)
    try:
        connection = jvm.java.sql.DriverManager.getConnection(url, given)
    except Py4JJavaError as error:
        reason = str(error.java_exception.getMessage()).splitlines()[0]
        raise UsageError(
            f"连不上数据库 {without_secrets(url)}（{reason}）；请核对地址，"
            f"用户名和密码写在环境变量 {_USER}、{_PASSWORD}，驱动用 --conf spark.jars=… 给出"
        ) from None
    try:
        about = connection.getMetaData()
        quote = str(about.getIdentifierQuoteString()).strip()
        rows = about.getTables(None, None, "%", None)
        found = set()
        while rows.next():
            if rows.getString("TABLE_TYPE") in ("TABLE", "BASE TABLE", "VIEW"):
                found.add(str(rows.getString("TABLE_NAME")))
        return {name: f"{quote}{name}{quote}" for name in sorted(found)}
    finally:
        connection.close()


def without_secrets(path: str) -> str:
    """Returns an input as it may be shown and stored: a database's URL without what may hold a password."""
    if not is_database(path):
        return path
    without_user = re.sub(r"^(jdbc:(?:[A-Za-z0-9]+:)+)(?://)?.*@(?://)?", r"\1//", path)
    return re.split(r"[?;]", without_user)[0]
