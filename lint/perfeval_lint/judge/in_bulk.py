"""A few forms in memory judged as an audit judges a million: by SQL alone, told by SQL."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from perfeval_lint.form.definition import DOUBTS, INDICATORS, TABLES
from perfeval_lint.form.model import Form
from perfeval_lint.judge.bulk import BATCH, FINDINGS, BulkJudge
from perfeval_lint.judge.origins import origins_of
from perfeval_lint.judge.tables import rows_of, tabulate, year_of
from perfeval_lint.rule.database import open_database
from perfeval_lint.rule.model import READINGS, Pack, raw_columns
from perfeval_lint.rule.query import Check
from perfeval_lint.rule.sql import identifier

_READINGS = "读数"


def told_in_bulk(pack: Pack, checks: Sequence[Check], forms: Sequence[Form], year: int) -> list[tuple[int, str, str]]:
    """The findings of an audit on the forms: the form's number, the rule's id and the message."""
    with open_database() as database:
        _load(database, forms, year)
        judge = BulkJudge(pack, checks, year, _raw, _READINGS, is_scored=False)
        judge.judge(database)
        return database.execute(f"SELECT 表号, 规则, 消息 FROM {FINDINGS}").fetchall()


def _raw(table: str) -> str:
    return identifier(f"原.{table}")


def _load(database: duckdb.DuckDBPyConnection, forms: Sequence[Form], year: int) -> None:
    """The forms' rows as read, what targets and results say, and the batch."""
    tables = dict(tabulate(forms, year)) | {DOUBTS.table: rows_of(forms, DOUBTS)}
    for table in (*TABLES, DOUBTS.table):
        columns = {**tables[table], "出处": origins_of(forms, table)}
        kinds = {**raw_columns(table), "出处": "VARCHAR"}
        items = ", ".join(f"unnest(${n}::{kinds[name]}[]) AS {identifier(name)}" for n, name in enumerate(columns, 1))
        database.execute(f"CREATE TABLE {_raw(table)} AS SELECT {items}", list(columns.values()))
    numbered = ", ".join(f"({number}, {year_of(form) or 0})" for number, form in enumerate(forms))
    database.execute(f"CREATE TABLE {BATCH} AS FROM (VALUES {numbered}) v(表号, 年度)")
    texts = ", ".join(f"coalesce({name}, '') AS {name}" for name in ("年度指标值", "实际完成值"))
    database.execute(
        f"CREATE TABLE {_READINGS} AS SELECT DISTINCT {texts}, 年度, {', '.join(map(identifier, READINGS))} "
        f"FROM {_raw(INDICATORS.table)} JOIN {BATCH} USING (表号)"
    )
