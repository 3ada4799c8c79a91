"""What there is to tell of the rows of an import: left out, belonging to no form, of several minds."""

from __future__ import annotations

import duckdb

from perfeval_lint.audit.tables import rows
from perfeval_lint.audit.tables.plan import Part, Plan, about
from perfeval_lint.audit.tables.values import SIGNS, listed
from perfeval_lint.audit.tables.words import DELETED, FORMS, INDICATORS, SIGN, shipped_words
from perfeval_lint.errors import Problem

_CLASSES = ("", "不属于任何一张自评表", "属于已删除的自评表", "没有编号")
_OF_FORM, _ORPHAN, _OF_DELETED, _NO_KEY = range(4)


class Told:
    """Gathers problems (what makes forms incomplete) and notes (what was left out on purpose)."""

    def __init__(self, database: duckdb.DuckDBPyConnection, plan: Plan) -> None:
        self.database = database
        self.plan = plan
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []

    def forms(self, numbered: str) -> None:
        """Of the keys of forms: blank, deleted, given twice."""
        parts = self.plan.of(FORMS)
        found = self.database.execute(
            "SELECT count(*) FILTER (位 IS NULL AND 键 IS NOT NULL), min(键) FILTER (位 IS NULL), "
            "coalesce(sum(次) FILTER (键 IS NULL), 0), count(*) FILTER (次 > 1 AND 键 IS NOT NULL), "
            "min(键) FILTER (次 > 1), count(*) FILTER (异 AND 键 IS NOT NULL), min(键) FILTER (异) "
            f"FROM {numbered}"
        ).fetchone()
        gone, gone_key, blank, twice, twice_key, differing, differing_key = found or (0,) * 7
        if gone:
            self._note(parts[0], "deleted", f"{gone} 张自评表已标为删除，没有读取，如 {rows.key_shown(gone_key)}")
        if blank:
            self._problem(parts[0], "no-key", f"{blank} 行没有编号，分不清是哪张自评表，没有读取")
        if twice and not parts[0].repeats:
            example = rows.key_shown(twice_key)
            self._problem(parts[0], "repeated-key", f"{twice} 个编号有不止一行，只读第一行，如 {example}")
        if differing:
            message = (
                f"{differing} 张自评表各行所写的项目、单位等不一样，取第一行的，如 {rows.key_shown(differing_key)}"
            )
            self._problem(parts[0], "differing", message)
        for part in parts:
            self._unknown_codes(part)

    def rows(self, table: str, counts: str, numbered: str) -> None:
        """Of the rows of a table: deleted, of no form; and of forms without any."""
        parts = self.plan.of(table)
        found = self.database.execute(
            f"SELECT 类, sum(总数 - 行数), sum(行数), min(例) FROM {counts} GROUP BY 类 ORDER BY 类"
        ).fetchall()
        own = [part for part in parts if not part.repeats]
        if own:
            deleted = sum(gone for _, gone, _, _ in found)
            if deleted:
                self._note(own[0], "deleted", f"{deleted} 行已标为删除，没有读取")
            for whose, _, kept, example in found:
                if whose != _OF_FORM and kept:
                    shown = f"，如 {rows.key_shown(example)}" if example else ""
                    tell = self._note if whose == _OF_DELETED else self._problem
                    code = ("", "orphan", "deleted", "no-key")[whose]
                    tell(own[0], code, f"{kept} 行{_CLASSES[whose]}，没有读取{shown}")
        if table == INDICATORS:
            self._without_rows(parts[0], counts, numbered)
            for part in parts:
                self._unknown_signs(part)
        for part in own:
            self._unknown_codes(part)

    def _without_rows(self, part: Part, counts: str, numbered: str) -> None:
        found = self.database.execute(
            f"SELECT count(*), min(f.键) FROM {numbered} f LEFT JOIN {counts} n ON n.表号 = f.表号 AND n.行数 > 0 "
            "WHERE f.表号 IS NOT NULL AND n.表号 IS NULL"
        ).fetchone()
        if found and found[0]:
            self._problem(part, "no-indicators", f"{found[0]} 张自评表没有一行指标，如 {rows.key_shown(found[1])}")

    def _unknown_codes(self, part: Part) -> None:
        if DELETED in part.columns:
            code, state = rows.printed(part, DELETED), rows.state(part, self.plan)
            self._unknown(
                part, DELETED, code, f"{state} = {rows.UNKNOWN}", "认不出，当作没有删除；请在映射里写 deleted"
            )

    def _unknown_signs(self, part: Part) -> None:
        if SIGN in part.columns:
            sign = rows.sign(part, self.plan)
            known = listed((*SIGNS, *shipped_words().wordless))
            self._unknown(
                part, SIGN, rows.printed(part, SIGN), f"{sign} NOT IN ({known})", "认不出，没有用；请在映射里写 signs"
            )

    def _unknown(self, part: Part, column: str, code: str, where: str, what: str) -> None:
        found = self.database.execute(
            f"SELECT count(*), min({code}) FROM {part.source.rows} s WHERE {where}"
        ).fetchone()
        if found and found[0]:
            name = part.columns[column]
            self._problem(part, "unknown-code", f"列“{name}”有 {found[0]} 行的值（如“{found[1]}”）{what}")

    def _problem(self, part: Part, code: str, message: str) -> None:
        self.problems.append(_of(part, code, message))

    def _note(self, part: Part, code: str, message: str) -> None:
        self.notes.append(_of(part, code, message))


def _of(part: Part, code: str, message: str) -> Problem:
    return Problem(code, f"{about(part)}：{message}", part.source.file)
