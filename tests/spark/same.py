"""An audit by either engine, and what it says: all that the two must have in common."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from perfeval_lint.audit.ask.sample import draw, write_sample
from perfeval_lint.audit.reports.model import LetterWords, Options
from perfeval_lint.audit.reports.reports import REPORTS, write_reports
from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.spark import engine
from perfeval_lint.audit.spark.engine import run_on_spark
from perfeval_lint.audit.spark.session import Cluster, working
from perfeval_lint.audit.store.results import IN_FOLDERS, open_read
from perfeval_lint.audit.store.store import RAW_TABLES, raw_table
from perfeval_lint.sql.text import identifier
from tests.audit.audits import Silent

YEAR = 2025
Content = dict[str, list[str]]


def request(paths: list[Path | str], out: Path, **more: Any) -> Request:
    return Request(tuple(map(str, paths)), out, Limits(2), year=YEAR, memory="1GB", **more)


def embedded(paths: list[Path | str], out: Path, **more: Any) -> Path:
    run_audit(request(paths, out, **more), Silent()).close()
    return out


def on_spark(reached: Cluster, paths: list[Path | str], out: Path, **more: Any) -> Path:
    run_on_spark(request(paths, out, **more), reached, lambda _: contextlib.nullcontext())
    return out


def lend(spark: Any, patch: pytest.MonkeyPatch) -> None:
    """From here on audits get this session, with settings of their own, and do not end it."""

    @contextlib.contextmanager
    def lent(reached: Cluster, _: Path) -> Iterator[Any]:
        with working(spark, reached):
            yield spark.newSession()

    patch.setattr(engine, "session", lent)


def content(out: Path) -> Content:
    """Every row of every table of the results, told by its file's name and the form's place in it."""
    with open_read(out) as database:
        found = {table: rows_of(database, identifier(table)) for table in IN_FOLDERS if table not in RAW_TABLES}
        return found | {f"原.{table}": rows_of(database, raw_table(table)) for table in RAW_TABLES}


def rows_of(database: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    names = [name for name, *_ in database.execute(f"DESCRIBE {table}").fetchall()]
    hidden = ", ".join(name for name in names if name in ("表号", "文件号", "修改", "文件"))
    source = f"{table} r"
    if "表号" in names:
        source += (
            " JOIN (SELECT 表号, 文件号 AS 属, 序号 AS 次 FROM 原.表) t USING (表号) JOIN 文件 f ON f.文件号 = t.属"
        )
        told = "f.文件, t.次"
    else:
        source, told = f"{table} r JOIN 文件 f USING (文件号)", "f.文件, 0"
    rows = database.execute(f"SELECT {told}, r.* EXCLUDE ({hidden}) FROM {source}").fetchall()
    return sorted(repr(row) for row in rows)


def assert_same(one: Content, other: Content) -> None:
    assert {name: len(rows) for name, rows in one.items()} == {name: len(rows) for name, rows in other.items()}
    for name, rows in one.items():
        assert rows == other[name], name


def documents(out: Path) -> dict[str, bytes]:
    """What is written of results: every report, and a sample."""
    folder = out / "报告"
    folder.mkdir()
    with open_read(out) as database:
        write_reports(database, folder, REPORTS, Options(origin=out.parent, letters=LetterWords(sender="市财政局")))
        write_sample(draw(database, 5, "2025"), folder / "抽样.csv")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
