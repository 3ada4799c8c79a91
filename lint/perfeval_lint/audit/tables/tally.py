"""Counts of skipped, orphaned and contradictory rows of an import.

Tallies of imports that share the keys of a set among them add up to those of one import of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, auto

import duckdb

from perfeval_lint.audit.tables import rows
from perfeval_lint.audit.tables.plan import Plan
from perfeval_lint.audit.tables.staging import (
    FOUND_FORMS,
    NO_KEY,
    OF_DELETED,
    OF_FORM,
    ORPHAN,
    ROW_COUNTS,
    UNKNOWN,
)
from perfeval_lint.audit.tables.words import DELETED, FORMS, INDICATORS, SIGN, shipped_words
from perfeval_lint.values.pieces import listed_sql
from perfeval_lint.values.target import SIGNS


class Counted(IntEnum):
    """The kinds of counts, in the order they are reported of a table."""

    DELETED_FORMS = auto()
    FORMS_WITHOUT_KEY = auto()
    REPEATED_KEYS = auto()
    DIFFERING_FORMS = auto()
    DELETED_ROWS = auto()
    ORPHANS = auto()
    ROWS_OF_DELETED = auto()
    ROWS_WITHOUT_KEY = auto()
    FORMS_WITHOUT_INDICATORS = auto()
    UNKNOWN_SIGNS = auto()
    UNKNOWN_CODES = auto()


@dataclass(frozen=True, slots=True)
class Tally:
    """A count, at least 1, in the part of the plan with that number; `example` is the least of their keys
    or codes as stored, None where they have none."""

    what: Counted
    part: int
    count: int
    example: str | None = None


def added_up(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """The tallies of several imports as those of one."""
    found: dict[tuple[Counted, int], list[Tally]] = {}
    for tally in tallies:
        found.setdefault((tally.what, tally.part), []).append(tally)
    return tuple(
        Tally(what, part, sum(one.count for one in some), _least(some)) for (what, part), some in sorted(found.items())
    )


def _least(tallies: Iterable[Tally]) -> str | None:
    """The least example, texts compared by code points: the order of their UTF-8 bytes, as in DuckDB's min."""
    return min((one.example for one in tallies if one.example is not None), default=None)


class Tallies:
    """Gathers the tallies of one import."""

    def __init__(self, database: duckdb.DuckDBPyConnection, plan: Plan) -> None:
        self.database = database
        self.plan = plan
        self.found: list[Tally] = []

    def forms(self) -> None:
        """Of the keys of forms: blank, deleted, given twice."""
        numbers = self._numbers(FORMS)
        ((gone, gone_key, blank, twice, twice_key, differing, differing_key),) = self.database.execute(
            "SELECT count(*) FILTER (首行 IS NULL AND 表键 IS NOT NULL), min(表键) FILTER (首行 IS NULL), "
            "coalesce(sum(行数) FILTER (表键 IS NULL), 0), count(*) FILTER (行数 > 1 AND 表键 IS NOT NULL), "
            "min(表键) FILTER (行数 > 1), count(*) FILTER (不一 AND 表键 IS NOT NULL), min(表键) FILTER (不一) "
            f"FROM {FOUND_FORMS}"
        ).fetchall()
        self._add(Counted.DELETED_FORMS, numbers[0], gone, gone_key)
        self._add(Counted.FORMS_WITHOUT_KEY, numbers[0], blank)
        if not self.plan.parts[numbers[0]].repeats:
            self._add(Counted.REPEATED_KEYS, numbers[0], twice, twice_key)
        self._add(Counted.DIFFERING_FORMS, numbers[0], differing, differing_key)
        for number in numbers:
            self._unknown_codes(number)

    def rows(self, table: str) -> None:
        """Of the rows of a table: deleted, of no form; and of forms without any."""
        numbers = self._numbers(table)
        own = [number for number in numbers if not self.plan.parts[number].repeats]
        if own:
            self._left_out(own[0])
        if table == INDICATORS:
            self._without_rows(numbers[0])
            for number in numbers:
                self._unknown_signs(number)
        for number in own:
            self._unknown_codes(number)

    def _left_out(self, number: int) -> None:
        found = self.database.execute(
            f"SELECT 归属, sum(总行数 - 行数), sum(行数), min(例键) FROM {ROW_COUNTS} GROUP BY 归属"
        ).fetchall()
        self._add(Counted.DELETED_ROWS, number, sum(gone for _, gone, _, _ in found))
        told = {
            ORPHAN: Counted.ORPHANS,
            OF_DELETED: Counted.ROWS_OF_DELETED,
            NO_KEY: Counted.ROWS_WITHOUT_KEY,
        }
        for whose, _, kept, example in found:
            if whose != OF_FORM:
                self._add(told[whose], number, kept, example)

    def _without_rows(self, number: int) -> None:
        self._add_found(
            Counted.FORMS_WITHOUT_INDICATORS,
            number,
            f"SELECT count(*), min(f.表键) FROM {FOUND_FORMS} f "
            f"LEFT JOIN {ROW_COUNTS} n ON n.表号 = f.表号 AND n.行数 > 0 "
            "WHERE f.表号 IS NOT NULL AND n.表号 IS NULL",
        )

    def _unknown_codes(self, number: int) -> None:
        part = self.plan.parts[number]
        if DELETED in part.columns:
            unknown = f"{rows.state(part, self.plan)} = {UNKNOWN}"
            self._unknown(Counted.UNKNOWN_CODES, number, DELETED, unknown)

    def _unknown_signs(self, number: int) -> None:
        part = self.plan.parts[number]
        if SIGN in part.columns:
            known = listed_sql((*SIGNS, *shipped_words().wordless))
            self._unknown(Counted.UNKNOWN_SIGNS, number, SIGN, f"{rows.sign(part, self.plan)} NOT IN ({known})")

    def _unknown(self, what: Counted, number: int, column: str, where: str) -> None:
        part = self.plan.parts[number]
        query = f"SELECT count(*), min({rows.printed(part, column)}) FROM {part.source.rows} s WHERE {where}"
        self._add_found(what, number, query)

    def _numbers(self, table: str) -> list[int]:
        return [number for number, part in enumerate(self.plan.parts) if part.table == table]

    def _add_found(self, what: Counted, number: int, query: str) -> None:
        for count, example in self.database.execute(query).fetchall():
            self._add(what, number, count, example)

    def _add(self, what: Counted, number: int, count: int, example: str | None = None) -> None:
        if count:
            self.found.append(Tally(what, number, int(count), example))
