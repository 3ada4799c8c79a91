"""Judges a few forms in memory as an audit judges a million: by SQL alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb

from perfeval_lint.form.model import Form
from perfeval_lint.judge.bulk import BATCH, FINDINGS, BulkJudge
from perfeval_lint.judge.origins import as_read
from perfeval_lint.judge.readings import PAIR_COLUMNS, columns_of_pairs, pairs_of, year_of
from perfeval_lint.rule.compile.query import Check
from perfeval_lint.rule.model import Pack
from perfeval_lint.sql.database import open_database
from perfeval_lint.sql.text import identifier, unnested

_READINGS = "读数"


def told_in_bulk(
    pack: Pack, checks: Sequence[Check], forms: Sequence[Form], year: int
) -> list[tuple[int, str, str, str | None]]:
    """Returns the findings of an audit on the forms: the form's number, the rule's id, the message, and the help where
    it is not the same for all rows."""
    with judged_in_bulk(pack, checks, forms, year) as database:
        return database.execute(f"SELECT 表号, 规则, 消息, 改法 FROM {FINDINGS}").fetchall()


@contextmanager
def judged_in_bulk(
    pack: Pack, checks: Sequence[Check], forms: Sequence[Form], year: int
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yields a database with what judging leaves behind: OUTCOMES, FINDINGS and UNKNOWNS by the number of the form."""
    with open_database() as database:
        _load(database, forms)
        BulkJudge(pack, checks, year, _raw, _READINGS, is_scored=False).judge(database)
        yield database


def _raw(table: str) -> str:
    return identifier(f"原.{table}")


def _load(database: duckdb.DuckDBPyConnection, forms: Sequence[Form]) -> None:
    """Creates the tables of the rows as read, of what targets and results say, and of the batch."""
    for table, columns in as_read(forms).items():
        kinds = dict.fromkeys(columns, "VARCHAR") | {"表号": "UINTEGER", "行号": "UINTEGER"}
        _create(database, _raw(table), kinds, [*columns.values()])
    _create(database, _READINGS, PAIR_COLUMNS, columns_of_pairs(dict.fromkeys(pairs_of(forms))))
    years = [year_of(form) or 0 for form in forms]
    _create(database, BATCH, {"表号": "UINTEGER", "年度": "INTEGER"}, [[*range(len(forms))], years])


def _create(
    database: duckdb.DuckDBPyConnection, name: str, kinds: Mapping[str, str], columns: Sequence[Sequence[object]]
) -> None:
    database.execute(f"CREATE TABLE {name} AS SELECT {unnested(kinds)}", list(columns))
