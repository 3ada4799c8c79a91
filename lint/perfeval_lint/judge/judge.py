"""Judges batches of forms: one query a table, and the outcomes with their places."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from perfeval_lint.errors import Problem, RulePackBroken
from perfeval_lint.form.definition import DOUBTS, INDICATORS, WAIVERS
from perfeval_lint.form.model import Form, Record
from perfeval_lint.judge.outcome import Counts, Finding, NotEvaluated, Review, Undecided, Verdict
from perfeval_lint.judge.review import Reviewer
from perfeval_lint.judge.sql_cache import built_from_kept, keep, kept_at, query_from_kept
from perfeval_lint.judge.tables import Columns, load_tables, source_sql, tabulate
from perfeval_lint.judge.tell.place import locate
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.judge.tell.undecided import Reasons, columns_for_reasons, values_for, with_reason
from perfeval_lint.judge.tell.wording import filled
from perfeval_lint.judge.threads import Cursors, run_together
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.rule.compile.query import (
    FAIL,
    PASS,
    SKIP,
    UNKNOWN,
    Check,
    Input,
    inputs,
    judging_query,
    placeholders_of,
    values_query,
    wanted_columns,
)
from perfeval_lint.rule.compile.staging import Staging, build
from perfeval_lint.rule.model import FIELD_NAME, Pack
from perfeval_lint.sql.columns import base_columns
from perfeval_lint.sql.database import open_cursors

_NOT_HAD = "（未能取得）"  # the query of the values itself failed: not the same as an empty cell


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with something to tell: its number in its section and the values messages need."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Query:
    """A table's checks, the SQL that judges them, and the inputs each check may lack."""

    checks: tuple[Check, ...]
    sql: str
    inputs: tuple[tuple[Input, ...], ...]


_Digits = tuple[int, int, str]  # 表号, 行号, one digit a check


@dataclass(slots=True)
class _Result:
    """A form's outcome while its tables are being judged."""

    findings: list[Finding] = field(default_factory=list)
    unknown: list[NotEvaluated] = field(default_factory=list)
    digits: Counter[str] = field(default_factory=Counter)

    def verdict(self, review: Review | None) -> Verdict:
        """The outcome, findings in the order of the file."""
        digits = self.digits
        return Verdict(
            tuple(sorted(self.findings, key=_reading_order)),
            tuple(self.unknown),
            Counts(digits[PASS], digits[FAIL], digits[SKIP], digits[UNKNOWN]),
            review,
        )


class Judge:
    """A fixed set of checks, ready to judge any number of batches. Not safe to share between threads.

    `kept` is a folder in which their SQL is kept between runs.
    """

    def __init__(
        self,
        pack: Pack,
        checks: Sequence[Check],
        *,
        year: int | None = None,
        with_review: bool = False,
        kept: Path | None = None,
    ) -> None:
        self.year = year or datetime.datetime.now(tz=datetime.UTC).astimezone().year
        self.active = {name for check in checks for name in (check.rule.id, check.rule.name)}
        self.known = {name for rule in pack.rules.values() for name in (rule.id, rule.name)}
        by_table: dict[str, list[Check]] = {}
        for check in checks:
            by_table.setdefault(check.table, []).append(check)
        self.definitions = pack.definitions
        self.reviewer = Reviewer() if with_review else None
        reviewed = self.reviewer.columns if self.reviewer else ()
        staging = Staging(
            pack.definitions, [*wanted_columns(checks), *columns_for_reasons(pack.definitions, checks), *reviewed]
        )
        self.built = build(staging, source_sql)
        self.queries = {table: self._query(table, group) for table, group in by_table.items()}
        asked = {table: query.sql for table, query in self.queries.items()}
        path = kept_at(kept, macro_statements(pack.definitions), self.built, asked) if kept else None
        cursors, attached = open_cursors(path)
        self.cursors = Cursors(cursors)
        if attached:
            self.built = built_from_kept(self.built)
            self.queries = {table: replace(query, sql=query_from_kept(table)) for table, query in self.queries.items()}
            return
        with self.cursors.one() as cursor:
            cursor.execute(macro_statements(pack.definitions))
        if path is not None:
            keep(path, staging, asked)

    def _query(self, table: str, checks: Sequence[Check]) -> _Query:
        sql = judging_query(checks, self.built.final[table])
        return _Query(tuple(checks), sql, tuple(tuple(inputs(self.definitions, check)) for check in checks))

    def judge(self, forms: Sequence[Form]) -> list[Verdict]:
        """One verdict a form, in order."""
        tables = tabulate(forms, self.year)
        try:
            load_tables(self.cursors, self.built, tables)
        except duckdb.Error as error:
            # Row by row, a derived column that fails is NULL; only an aggregate of a user's own can get here.
            message = f"派生列计算出错，请检查 definitions.yaml：{str(error).splitlines()[0]}"
            raise RulePackBroken([Problem("definitions", message)]) from None
        results = [_Result() for _ in forms]
        judged = [table for table in self.queries if table != WAIVERS.table and tables[table]["表号"]]
        self._collect(forms, judged, results)
        reviews: dict[int, Review] = {}
        if self.reviewer:
            with self.cursors.one() as cursor:
                reviews = self.reviewer.review(cursor, self.built.final, forms)
        hits = []
        for form, result in zip(forms, results, strict=True):
            result.findings, covered = _waive(form, result.findings)
            hits.append(covered)
        if WAIVERS.table in self.queries and tables[WAIVERS.table]["表号"]:
            self._load_hits(tables[WAIVERS.table], hits)
            self._collect(forms, [WAIVERS.table], results)
        return [result.verdict(reviews.get(number)) for number, result in enumerate(results)]

    def _load_hits(self, columns: Columns, hits: Sequence[Sequence[int]]) -> None:
        """Builds the waivers' table again, now that it is known how many findings each one covers."""
        counted = [
            None if self._is_dormant(str(name)) else hits[int(form or 0)][int(row or 0)]
            for form, row, name in zip(columns["表号"], columns["行号"], columns["规则"], strict=True)
        ]
        filled = dict(columns) | {"命中数": list(counted)}
        load_tables(self.cursors, self.built, {WAIVERS.table: filled})

    def _is_dormant(self, name: str) -> bool:
        """Whether a waived rule exists but is not running, so that nothing can be said of the waiver."""
        return name in self.known and name not in self.active

    def _collect(self, forms: Sequence[Form], judged: Sequence[str], results: Sequence[_Result]) -> None:
        """Judges the tables side by side and adds what came out to each form's result, in a fixed order."""
        reasons = Reasons(self.definitions, forms, self.built.final, self.cursors)
        for table, (rows, values) in zip(
            judged,
            run_together([partial(self._ask, table) for table in judged]),
            strict=True,
        ):
            query = self.queries[table]
            for form, number, digits in rows:
                result = results[form]
                result.digits.update(digits)
                if FAIL not in digits and UNKNOWN not in digits:
                    continue
                row = _Row(number, values[form, number])
                for place, digit in enumerate(digits):
                    if digit == FAIL:
                        found = _finding(forms[form], query.checks[place], place, row)
                        result.findings.append(self._remarked(forms[form], query.checks[place], row.number, found))
                    elif digit == UNKNOWN:
                        why = reasons.of(query.checks[place], place, form, row.number, row.values)
                        result.unknown.append(_unknown(forms[form], query, place, row, why))

    def _remarked(self, form: Form, check: Check, row: int, finding: Finding) -> Finding:
        """A finding that rests on a value in doubt says so."""
        if not form.rows(DOUBTS):
            return finding
        from perfeval_lint.judge.tell.doubt import REMARK, doubted_cells, inputs_of, rests_on

        if not rests_on(doubted_cells(form), inputs_of(self.definitions, check), row):
            return finding
        return replace(finding, message=finding.message + REMARK)

    def _ask(self, table: str) -> tuple[list[_Digits], dict[tuple[int, int], Mapping[str, Any]]]:
        """表号, 行号 and digits of every row of a table, and the values of those with something to tell."""
        with self.cursors.one() as cursor:
            return self._ask_with(cursor, table)

    def _ask_with(
        self, database: duckdb.DuckDBPyConnection, table: str
    ) -> tuple[list[_Digits], dict[tuple[int, int], Mapping[str, Any]]]:
        query = self.queries[table]
        final = self.built.final[table]
        try:
            rows = database.execute(query.sql).fetchall()
        except duckdb.Error:
            rows = [(*place, None) for place in database.execute(f"SELECT 表号, 行号 FROM {final}").fetchall()]
        if any(digits is None for _, _, digits in rows):
            rows = _ask_one_by_one(database, final, query, rows)
        told = [row for row in rows if FAIL in row[2] or UNKNOWN in row[2]]
        return rows, self._values(database, final, query, told) if told else {}

    def _values(
        self, database: duckdb.DuckDBPyConnection, final: str, query: _Query, rows: Sequence[_Digits]
    ) -> dict[tuple[int, int], Mapping[str, Any]]:
        """What the messages of those rows need; nothing, where a message's own values fail at run time."""
        wanted = [
            (place, check)
            for place, check in enumerate(query.checks)
            if any(digits[place] in (FAIL, UNKNOWN) for _, _, digits in rows)
        ]
        unknown = [(place, check) for place, check in wanted if any(digits[place] == UNKNOWN for _, _, digits in rows)]
        more = {name: sql for one in unknown for name, sql in values_for(self.definitions, *one).items()}
        source = with_reason(self.definitions, [check for _, check in unknown], final)
        sql = values_query(self.definitions, wanted, source, more)
        try:
            found = database.execute(sql, [[row[0] for row in rows], [row[1] for row in rows]]).fetchall()
        except duckdb.Error:
            return {(form, number): {} for form, number, _ in rows}
        return {(form, number): values for form, number, values in found}


def _ask_one_by_one(
    database: duckdb.DuckDBPyConnection, final: str, query: _Query, rows: Sequence[tuple[int, int, str | None]]
) -> list[_Digits]:
    """The rows whose digits are missing judged check by check: what fails on a row is "not evaluated" there."""
    columns: list[dict[tuple[int, int], str | None]] = []
    for check in query.checks:
        try:
            found = database.execute(judging_query([check], final)).fetchall()
        except duckdb.Error:
            found = []
        columns.append({(form, number): digit for form, number, digit in found})
    return [
        (form, number, digits or "".join(column.get((form, number)) or UNKNOWN for column in columns))
        for form, number, digits in sorted(rows, key=lambda row: row[:2])
    ]


def _reading_order(finding: Finding) -> tuple[tuple[int, ...], str]:
    return (finding.place.position.order, finding.rule.id)


def _finding(form: Form, check: Check, number: int, row: _Row) -> Finding:
    values = _message_values(check, number, row.values)
    place = locate(form, check.table, row.number, check.at)
    message, remedy = filled(check.rule.message, values), filled(check.rule.help, values)
    rows = form.rows(INDICATORS)
    indicator = rows[row.number].text("三级指标") if check.table == INDICATORS.table else None
    return Finding(check.rule, check.severity, place, message, remedy, values, indicator)


def _message_values(check: Check, number: int, values: Mapping[str, Any]) -> dict[str, str]:
    shown: dict[str, str] = {}
    base = base_columns(check.table)
    for name in placeholders_of(check.rule.told):
        if name == FIELD_NAME:
            shown[name] = check.field or ""
        elif name in check.rule.values:
            shown[name] = shown_as(values.get(f"{number}.{name}", _NOT_HAD))
        elif name in check.rule.params:
            shown[name] = shown_as(check.params[name])
        else:
            column = check.column_name(name)
            printed = f"{column}原文"
            shown[name] = shown_as(values.get(printed if printed in base else column, _NOT_HAD))
    return shown


def _unknown(form: Form, query: _Query, number: int, row: _Row, why: Undecided | None) -> NotEvaluated:
    check, needed = query.checks[number], query.inputs[number]
    missing = [label for item in needed if row.values.get(item.column) is None for label in item.labels]
    if not missing:
        missing = [label for item in needed for label in item.labels]
    place = locate(form, check.table, row.number, check.at)
    return NotEvaluated(check.rule, place, tuple(dict.fromkeys(missing)), why)


# --- waivers --------------------------------------------------------------------------------------


def _waive(form: Form, findings: Sequence[Finding]) -> tuple[list[Finding], list[int]]:
    """The findings with waivers applied, and how many each waiver covers. A waiver without a reason has no force."""
    waivers = form.rows(WAIVERS)
    hits = [0] * len(waivers)
    result = []
    for finding in findings:
        reason = None
        for number, waiver in enumerate(waivers):
            if _covers(waiver, finding):
                hits[number] += 1
                reason = reason or waiver.text("理由")
        result.append(replace(finding, waived=reason) if reason else finding)
    return result, hits


def _covers(waiver: Record, finding: Finding) -> bool:
    if waiver.text("理由") is None or waiver.text("规则") not in (finding.rule.id, finding.rule.name):
        return False
    indicator = waiver.text("指标") or ""
    if not indicator:
        return True
    name = finding.indicator or ""
    if indicator.endswith(("…", "...")):
        return name.startswith(indicator.rstrip("….")) and bool(indicator.rstrip("…."))
    return name == indicator
