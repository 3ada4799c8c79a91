"""Opens the results of an audit for reading: a store, or Parquet files in the output folder.

Such a folder holds 审核.json, written last, and the tables of a store: 规则.parquet, 运行.parquet, 库.parquet, and for
every other table that has rows 表/年度=…/主管部门=…/*.parquet. The folders are for people: the files have all columns,
those of the store; of the forms the typed columns with their 原文. 表号 and 文件号 are any numbers of 63 bits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb

from perfeval_lint.audit.store.store import (
    ADDED,
    ALONE,
    FILE_NAME,
    RAW,
    RAW_TABLES,
    RESULT_TABLES,
    create,
    open_stored,
    raw_names,
    raw_table,
)
from perfeval_lint.errors import UsageError
from perfeval_lint.files import written_whole
from perfeval_lint.form.definition import DOUBTS, TABLES, UNKNOWN_TABLE, Kind, columns_of
from perfeval_lint.rule.compile.staging import typed
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier, literal

MANIFEST: Final = "审核.json"
_MARK: Final = "perfeval.results/"
FORMAT: Final = f"{_MARK}1"
VERSION: Final = 1
FORM_TABLES: Final = tuple(table for table in TABLES if table != UNKNOWN_TABLE)  # written typed
AS_READ: Final = (UNKNOWN_TABLE, DOUBTS.table)  # written as they were read
IN_FOLDERS: Final = ("文件", "读取说明", *FORM_TABLES, *AS_READ, *RESULT_TABLES)
IN_FILES: Final = ("规则", "运行", "库")
PARTITIONS: Final = ("年度", "主管部门")  # the folders of a table, one in the other: 年度=2024/主管部门=省教育厅
FILES: Final = (FILE_NAME, MANIFEST)  # by which results of each kind are recognised
WRITTEN_NAMES: Final = (*IN_FOLDERS, *(f"{table}.parquet" for table in IN_FILES))  # in the output folder

_NUMBERS = dict.fromkeys(("文件", "读取说明"), "文件号") | dict.fromkeys(RESULT_TABLES, "表号")
_HEAD = 4096  # bytes of a manifest in which its format stands
_OF_QUERIES = (  # errors that no damage to a file gives
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
    duckdb.PermissionException,
    duckdb.SyntaxException,
)
_SPILLED = ".临时"  # in the folder, while memory is short


# --- writing --------------------------------------------------------------------------------------


def written_select(table: str, source: str = "") -> str:
    """Returns the SELECT that makes the rows written as Parquet of those of a store's table.

    `source` is a FROM item with the columns of the store's table; for a form's table, with its rows as read.
    """
    if table in IN_FILES:
        return f"SELECT * FROM {source or identifier(table)}"
    if table in _NUMBERS:
        number = _NUMBERS[table]
        return f"SELECT * REPLACE (CAST({number} AS BIGINT) AS {number}) FROM {source or identifier(table)}"
    items = [
        f"CAST({name} AS BIGINT) AS {name}" if name in ("表号", "文件号") else identifier(name)
        for name in raw_names(table)
    ]
    if table in FORM_TABLES:
        first = len(items) - len(columns_of(table)) - 1
        items[first:-1] = map(typed, columns_of(table))
    return f"SELECT {', '.join(items)} FROM {source or raw_table(table)}"


@cache
def columns() -> dict[str, dict[str, str]]:
    """Returns the columns of every table that is written, in order, with their SQL types."""
    found = {}
    with duckdb.connect() as empty:
        create(empty)
        for table in (*IN_FOLDERS, *IN_FILES):
            described = empty.execute(f"DESCRIBE {written_select(table)}").fetchall()
            found[table] = {name: kind for name, kind, *_ in described}
    return found


def write_manifest(folder: Path, **more: object) -> None:
    """Marks the folder as results; nothing may be written to its tables afterwards. `more` is for people."""
    files = {table: len(_files(folder, table)) for table in (*IN_FOLDERS, *IN_FILES)}
    manifest = {"format": FORMAT, "version": VERSION, **more, "files": files}
    with written_whole(folder / MANIFEST) as part:
        part.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _pattern(table: str) -> str:
    return f"{table}.parquet" if table in IN_FILES else f"{table}/*/*/*.parquet"


def _files(folder: Path, table: str) -> list[Path]:
    return sorted(file for file in folder.glob(_pattern(table)) if file.is_file())


# --- what there is --------------------------------------------------------------------------------


def is_results(folder: Path) -> bool:
    """Returns whether a folder holds results as Parquet, of whatever version; a form named 审核.json makes none."""
    try:
        with (folder / MANIFEST).open("rb") as stream:
            return _MARK.encode() in stream.read(_HEAD)
    except OSError:
        return False


def find(path: Path) -> Path | None:
    """Returns the store or the manifest of results, given itself or by its folder.

    None where there are no results; raises UsageError for a folder with both.
    """
    if not path.is_dir():
        return path if path.is_file() else None
    store = path / FILE_NAME
    if not is_results(path):
        return store if store.is_file() else None
    if store.is_file():
        raise UsageError(f"{path} 里有两种审核结果（{FILE_NAME} 和 {MANIFEST}）；请写明用哪一个，或移走另一个")
    return path / MANIFEST


@contextmanager
def open_read(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens results of either kind for reading; raises UsageError where there are none, where a run is at work on them,
    and in place of any database error caused by damaged Parquet files."""
    found = find(path)
    if found is None:
        raise UsageError(
            f"{path} 里没有审核结果（{FILE_NAME} 或 {MANIFEST}）；请先运行 perfeval-lint audit … --out {path}"
        )
    with damage_reported(found.parent):
        opened = _open(found.parent) if found.name == MANIFEST else open_stored(found)
        with opened as database:
            yield database


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(config={**ALONE, "temp_directory": str(folder.resolve() / _SPILLED)})
    _make(database, folder, "")
    # Allows nothing more yet; once external access is switched off, the results can still be read.
    database.execute(f"SET allowed_directories = {literal(list(_prefixes(folder)))}")
    return database


def attach(database: duckdb.DuckDBPyConnection, folder: Path, alias: str) -> None:
    """Attaches a folder of results as a database with the names of a store; raises UsageError.

    Code that reads it later belongs into `damage_reported`.
    """
    with damage_reported(folder):
        database.execute(f"ATTACH ':memory:' AS {identifier(alias)}")
        _make(database, folder, f"{identifier(alias)}.")


@contextmanager
def damage_reported(*folders: Path) -> Iterator[None]:
    """Raises UsageError in place of a database error caused by damaged Parquet files in some folders."""
    try:
        yield
    except duckdb.Error as error:
        file = damaged_file(error, folders)
        if file is None:
            raise
        why = str(error).splitlines()[0]
        raise UsageError(f"{file} 读不了，不完整或已损坏（{why}）；请从备份恢复，或重新审核") from None


def damaged_file(error: duckdb.Error, folders: Iterable[Path]) -> Path | None:
    """Returns the first Parquet file in some folders of results that is unreadable or lacks columns, after an error it
    may have caused."""
    if isinstance(error, _OF_QUERIES):
        return None
    with duckdb.connect() as database:
        for folder in folders:
            for file in sorted(folder.rglob("*.parquet")):
                table = Path(file.relative_to(folder).parts[0]).stem
                wanted = [name for name in columns().get(table, {}) if name not in ADDED.get(table, {})]
                items = ", ".join(map(identifier, wanted)) or "*"
                rows = f"(SELECT {items} FROM read_parquet({literal(_escaped(file))}, hive_partitioning = false))"
                try:
                    database.execute(f"SELECT max(hash(whole)) FROM {rows} whole")
                except duckdb.Error:
                    return file
    return None


# --- views ----------------------------------------------------------------------------------------


def _make(database: duckdb.DuckDBPyConnection, folder: Path, catalog: str) -> None:
    """Makes views over the files, named as the tables and views of a store."""
    due = _files_due(folder / MANIFEST)
    there = {table: _rows(database, folder, table, due.get(table, 0)) for table in (*IN_FOLDERS, *IN_FILES)}
    database.execute(f"CREATE SCHEMA {catalog}{RAW}")
    for table in RAW_TABLES:
        database.execute(f"CREATE VIEW {catalog}{raw_table(table)} AS {_as_read(table, there[table])}")
    for table in (*IN_FOLDERS, *IN_FILES):
        if table not in AS_READ:
            select = _typed(table, there[table]) if table in FORM_TABLES else f"SELECT * FROM {there[table]}"
            if table == PARENT:
                select = f"SELECT t.*, f.文件 FROM ({select}) t LEFT JOIN {there['文件']} f USING (文件号)"
            database.execute(f"CREATE VIEW {catalog}{identifier(table)} AS {select}")


def _files_due(path: Path) -> dict[str, Any]:
    """Returns how many files each table must have by a manifest; raises UsageError where that is broken or of a later
    version."""
    try:
        manifest = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} 打不开：{error.strerror}") from None
    except ValueError:
        manifest = None
    match manifest:
        case {"format": str(mark), "version": int(version), **others}:
            if mark.startswith(_MARK) and (mark, version) > (FORMAT, VERSION):
                raise UsageError(f"{path} 是更新版本的工具写的（{mark}，第 {version} 版）；请升级 perfeval-lint")
            files = others.get("files")
            if mark == FORMAT and isinstance(files, dict):
                return files
    raise UsageError(f"{path} 不完整，或不是审核结果；请从备份恢复，或重新审核")


def _rows(database: duckdb.DuckDBPyConnection, folder: Path, table: str, due: int) -> str:
    """Returns the FROM item of a table's rows as written; raises UsageError where files or columns are missing."""
    files = _files(folder, table)
    if len(files) != due or (table in IN_FILES and not files):
        raise UsageError(
            f"{folder} 不完整：表“{table}”有 {len(files)} 个 Parquet 文件，应有 {due} 个；请从备份恢复，或重新审核"
        )
    wanted = columns()[table]
    if not files:
        items = ", ".join(f"CAST(NULL AS {kind}) AS {identifier(name)}" for name, kind in wanted.items())
        return f"(SELECT {items} WHERE false)"
    source = f"read_parquet({literal(_prefixes(folder)[1] + _pattern(table))}, hive_partitioning = false)"
    found = {name for name, *_ in database.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    missing = "、".join(name for name in wanted if name not in found and name not in ADDED.get(table, {}))
    if missing:
        raise UsageError(f"{files[0]} 缺列 {missing}，不是这一版的审核结果；请从备份恢复，或重新审核")
    items = ", ".join(
        f"CAST({identifier(name) if name in found else 'NULL'} AS {kind}) AS {identifier(name)}"
        for name, kind in wanted.items()
    )
    return f"(SELECT {items} FROM {source})"


def _prefixes(folder: Path) -> tuple[str, str]:
    """Returns the beginning of all paths below a folder, as it is and as a pattern."""
    whole = folder.resolve()
    return f"{whole.as_posix()}/", f"{_escaped(whole)}/"


def _escaped(path: Path) -> str:
    """Returns a pattern that matches only this path."""
    return re.sub(r"([*?\[])", r"[\1]", path.as_posix())


def _as_read(table: str, rows: str) -> str:
    """Returns the SELECT of a form's table as it was read, from its rows as written."""
    printed = {column.name: f"{column.name}原文" for column in columns_of(table) if column.field.kind is not Kind.TEXT}
    items = [
        f"{identifier(printed[name])} AS {identifier(name)}" if name in printed else identifier(name)
        for name in raw_names(table)
    ]
    return f"SELECT {', '.join(items)} FROM {rows}"


def _typed(table: str, rows: str) -> str:
    return f"SELECT * EXCLUDE ({', '.join(('出处', '行号') if table == PARENT else ('出处',))}) FROM {rows}"
