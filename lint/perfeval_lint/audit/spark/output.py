"""The output folder of an audit on Spark: locked, and unchanged until whole results replace those in it; and the rows
of the results that the driver writes."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import duckdb

from perfeval_lint.audit.inputs.inputs import shown
from perfeval_lint.audit.run.engine import Request
from perfeval_lint.audit.run.imports import note_file, remark
from perfeval_lint.audit.run.judging import note_rules
from perfeval_lint.audit.run.reader import FILES, REMARKS
from perfeval_lint.audit.spark.imports import FileRow
from perfeval_lint.audit.spark.part import UNSAID, Job
from perfeval_lint.audit.spark.remote import without_secrets
from perfeval_lint.audit.store.results import (
    IN_FILES,
    IN_FOLDERS,
    MANIFEST,
    PARTITIONS,
    is_results,
    write_manifest,
    written_select,
)
from perfeval_lint.audit.store.store import FILE_NAME, create
from perfeval_lint.errors import UsageError
from perfeval_lint.files import PART
from perfeval_lint.sql.text import literal
from perfeval_lint.version import VERSION

STAGING: Final = ".spark"
LOCK: Final = ".spark.lock"


@contextlib.contextmanager
def staged(out: Path, *, fresh: bool) -> Iterator[Path]:
    """Makes a folder for unfinished results below the output folder; removes it at the end."""
    if (out / FILE_NAME).exists():
        raise UsageError(f"{out} 里是单机审核的结果（{FILE_NAME}）；请换一个 --out")
    taken = [name for name in IN_FOLDERS if (out / name).exists()]
    if (is_results(out) or taken) and not fresh:
        raise UsageError(f"{out} 里已有审核结果；--engine spark 每次都重新审核：请换一个 --out，或加 --fresh 取代它")
    folder = out / STAGING
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / LOCK).open("wb")
    except OSError as error:
        raise UsageError(f"输出目录 {out} 用不了：{error.strerror or error}；请换一个目录") from None
    with _held(lock, out):
        try:
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "spark").mkdir(parents=True)
            yield folder.resolve()
        except OSError as error:
            place = error.filename or out
            raise UsageError(
                f"审核没有做完：{place}（{error.strerror or error}）；请核对磁盘空间、权限和文件是否还在，再运行一次"
            ) from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _held(lock: BinaryIO, out: Path) -> Iterator[None]:
    """Locks the output folder against other runs; raises UsageError where one is at work on it."""
    with lock as stream:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"{out} 正被另一个审核使用；请等它结束，或换一个输出目录") from None
        try:
            yield
        finally:
            (out / LOCK).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a run: files and forms, and the rows on the files of tables."""

    files: int
    forms: int
    of_tables: list[FileRow]


def conclude(folder: Path, request: Request, job: Job, began: float, totals: Totals) -> None:
    """Writes the rows that the driver alone has: the rules, the run, and the files of tables."""
    results = folder / "results"
    results.mkdir(exist_ok=True)
    with duckdb.connect() as database:
        create(database)
        note_rules(database, job.pack, job.choosing)
        values = [VERSION, job.pack.digest, job.choosing.year, [shown(without_secrets(path)) for path in request.paths]]
        database.execute(
            "INSERT INTO 运行 BY NAME SELECT 1 AS 运行号, make_timestamp(?) AS 开始, now()::TIMESTAMP AS 结束, "
            "'完成' AS 状态, ? AS 版本, ? AS 规则摘要, ? AS 今年, ? AS 输入, ? AS 文件数, ? AS 新读, "
            "? AS 表数, ? AS 秒",
            [int(began * 1e6), *values, totals.files, totals.files, totals.forms, round(time.time() - began, 3)],
        )
        for table in IN_FILES:
            _copy(database, table, results / f"{table}.parquet")
        for row in totals.of_tables:
            note_file(database, 0, row.item, row.forms)
            for level, one in row.remarks:
                remark(database, 0, level, one)
            for table in (FILES, REMARKS):
                target = results.joinpath(table, *(f"{name}={UNSAID}" for name in PARTITIONS))
                target.mkdir(parents=True, exist_ok=True)
                rows = f"(SELECT * REPLACE ({row.number}::BIGINT AS 文件号) FROM {table})"
                _copy(database, table, target / f"{table}-{row.number}.parquet", rows)
                database.execute(f"DELETE FROM {table}")
    for left in results.rglob(f"*{PART}"):
        left.unlink()


def _copy(database: duckdb.DuckDBPyConnection, table: str, path: Path, rows: str = "") -> None:
    database.execute(f"COPY ({written_select(table, rows)}) TO {literal(str(path))} (FORMAT parquet)")


def put_in_place(folder: Path, out: Path) -> None:
    """Replaces the results in the output folder by the new, whole ones."""
    (out / MANIFEST).unlink(missing_ok=True)
    for old in IN_FOLDERS:
        shutil.rmtree(out / old, ignore_errors=True)
    for new in sorted((folder / "results").iterdir()):
        new.replace(out / new.name)
    write_manifest(out, engine="spark")
