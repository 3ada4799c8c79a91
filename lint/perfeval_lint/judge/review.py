"""复核得分: the total when every score that can be reckoned is, and the rows that make the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from perfeval_lint.form.definition import FUNDS, INDICATORS
from perfeval_lint.form.model import Form
from perfeval_lint.judge.outcome import Change, Review
from perfeval_lint.judge.place import locate
from perfeval_lint.rule.model import PARENT

TOTALS = ("复核得分", "可复核分值", "应有总分值")
TOTALS_SQL = "复核得分, 可复核分值, TRY_CAST(应有总分值 AS DECIMAL(18,2)) AS 总分值"
_SCORES = "复核分"
_SECTIONS = (FUNDS, INDICATORS)


class Reviewer:
    """Reads the derived columns that hold the review, once the tables of a batch are built."""

    columns = (*((PARENT, name) for name in TOTALS), *((section.table, _SCORES) for section in _SECTIONS))

    def review(
        self, cursor: duckdb.DuckDBPyConnection, final: Mapping[str, str], forms: Sequence[Form]
    ) -> dict[int, Review]:
        """The review of each form that has one, by its place in the batch."""
        totals = cursor.execute(f"SELECT 表号, {TOTALS_SQL} FROM {final[PARENT]} WHERE 复核得分 IS NOT NULL").fetchall()
        if not totals:
            return {}
        changes: dict[int, list[Change]] = {}
        for section in _SECTIONS:
            if not any(form.rows(section) for form in forms):
                continue
            rows = cursor.execute(
                f"SELECT 表号, 行号, 得分, {_SCORES} FROM {final[section.table]} WHERE {_SCORES} <> 得分 ORDER BY 1, 2"
            ).fetchall()
            for form, row, given, due in rows:
                record = forms[form].rows(section)[row]
                place = locate(forms[form], section.table, row, "得分")
                target, actual = record.text("年度指标值"), record.text("实际完成值")
                changes.setdefault(form, []).append(Change(place, given, due, target, actual))
        return {
            form: Review(score, covered, total, tuple(changes.get(form, ()))) for form, score, covered, total in totals
        }
