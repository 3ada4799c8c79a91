"""复核得分: the total of the scores a reviewer would let stand, and the rows that make the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from perfeval_lint.form.definition import FUNDS, INDICATORS, Section
from perfeval_lint.form.model import Form
from perfeval_lint.judge.outcome import Change, Review
from perfeval_lint.judge.tell.place import locate
from perfeval_lint.sql.columns import PARENT

TOTALS = ("复核得分", "复核至多", "复核等级", "可复核分值", "应有总分值")
TOTALS_SQL = (
    "复核得分, 可复核分值, TRY_CAST(应有总分值 AS DECIMAL(18,2)) AS 总分值, 复核等级, "
    "CASE WHEN 复核得分 IS NOT NULL THEN 复核至多 END AS 复核至多"
)
_REASON = "复核理由"
_ROWS = {
    FUNDS: "复核分, false",
    INDICATORS: "复核分, 只知至多",
}  # the score of the review, and whether it is an upper bound


class Reviewer:
    """Reads the derived columns that hold the review, once the tables of a batch are built."""

    columns = (
        *((PARENT, name) for name in (*TOTALS, _REASON)),
        *((section.table, name) for section in _ROWS for name in ("复核分", _REASON)),
        (INDICATORS.table, "只知至多"),
    )

    def review(
        self, cursor: duckdb.DuckDBPyConnection, final: Mapping[str, str], forms: Sequence[Form]
    ) -> dict[int, Review]:
        """Returns the review of each form that has one, by its place in the batch."""
        totals = cursor.execute(f"SELECT 表号, {TOTALS_SQL} FROM {final[PARENT]} WHERE 复核得分 IS NOT NULL").fetchall()
        if not totals:
            return {}
        changes: dict[int, list[Change]] = {}
        for section, items in _ROWS.items():
            if any(form.rows(section) for form in forms):
                query = f"SELECT 表号, 行号, 得分, {items}, {_REASON} FROM {final[section.table]}"
                for number, change in _changed_rows(cursor, query, section, forms):
                    changes.setdefault(number, []).append(change)
        for number, change in _changed_totals(cursor, final[PARENT], forms):
            changes.setdefault(number, []).append(change)
        return {
            number: Review(score, is_most, grade, covered, total, tuple(changes.get(number, ())))
            for number, score, covered, total, grade, is_most in totals
        }


def _changed_rows(
    cursor: duckdb.DuckDBPyConnection, query: str, section: Section, forms: Sequence[Form]
) -> Iterator[tuple[int, Change]]:
    rows = cursor.execute(f"{query} WHERE {_REASON} IS NOT NULL ORDER BY 1, 2").fetchall()
    for number, row, given, due, is_most, reason in rows:
        record = forms[number].rows(section)[row]
        place = locate(forms[number], section.table, row, "得分")
        target, actual = record.text("年度指标值"), record.text("实际完成值")
        yield number, Change(place, given, due, is_most, reason, target, actual)


def _changed_totals(
    cursor: duckdb.DuckDBPyConnection, table: str, forms: Sequence[Form]
) -> Iterator[tuple[int, Change]]:
    rows = cursor.execute(
        f"SELECT 表号, 总分得分, 复核得分, {_REASON} FROM {table} WHERE {_REASON} IS NOT NULL ORDER BY 1"
    ).fetchall()
    for number, given, due, reason in rows:
        place = locate(forms[number], PARENT, 0, "总分得分")
        yield number, Change(place, given, due, is_most=False, reason=reason, target=None, actual=None)
