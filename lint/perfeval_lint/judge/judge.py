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
from perfeval_lint.form.definition import DOUBTS, INDICATORS, SLIPS_TABLE, WAIVERS
from perfeval_lint.form.model import Form
from perfeval_lint.judge.explained import COLUMNS, NOTHING, Explained, Found, explained
from perfeval_lint.judge.outcome import Counts, Finding, NotEvaluated, Review, Undecided, Verdict
from perfeval_lint.judge.review import Reviewer
from perfeval_lint.judge.sql_cache import cache_path, cached_build, cached_query, keep
from perfeval_lint.judge.tables import Cell, Columns, load_tables, source_sql, tabulate
from perfeval_lint.judge.tell import missing
from perfeval_lint.judge.tell.heads import Order, arranged, order_of
from perfeval_lint.judge.tell.message import quotes_of, values_by_key
from perfeval_lint.judge.tell.place import locate
from perfeval_lint.judge.tell.undecided import columns_for_reasons, with_reason
from perfeval_lint.judge.tell.why import Reasons, values_for
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
    off_sql,
    values_query,
    wanted_columns,
)
from perfeval_lint.rule.compile.staging import Staging, build
from perfeval_lint.rule.model import Pack
from perfeval_lint.sql.database import open_cursors


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with something to report: its number in its section and the values messages need."""

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
    slips: Explained = NOTHING
    unknown: list[NotEvaluated] = field(default_factory=list)
    digits: Counter[str] = field(default_factory=Counter)

    def verdict(self, order: Order, review: Review | None) -> Verdict:
        """Returns the outcome, findings in the order of the file, each with what hangs under it."""
        digits = self.digits
        return Verdict(
            tuple(arranged(order, sorted(self.findings, key=_reading_order), self.slips.mended)),
            tuple(self.unknown),
            Counts(digits[PASS], digits[FAIL], digits[SKIP], digits[UNKNOWN]),
            review,
        )


class Judge:
    """A fixed set of checks, ready to judge any number of batches. Not safe to share between threads.

    `kept` is the folder of the files that cache their SQL between runs.
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
        self._rules, self._checks = pack.rules, checks
        self._slips = pack.slips
        self._order = order_of(checks)
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
        queries = {table: query.sql for table, query in self.queries.items()}
        path = cache_path(kept, macro_statements(pack.definitions), self.built, queries) if kept else None
        cursors, attached = open_cursors(path)
        self.cursors = Cursors(cursors)
        if attached:
            self.built = cached_build(self.built)
            self.queries = {table: replace(query, sql=cached_query(table)) for table, query in self.queries.items()}
            return
        with self.cursors.one() as cursor:
            cursor.execute(macro_statements(pack.definitions))
        if path is not None:
            keep(path, staging, queries)

    def _query(self, table: str, checks: Sequence[Check]) -> _Query:
        sql = judging_query(checks, self.built.final[table])
        return _Query(tuple(checks), sql, tuple(tuple(inputs(self.definitions, check)) for check in checks))

    def judge(self, forms: Sequence[Form]) -> list[Verdict]:
        """Returns one verdict a form, in order."""
        tables = tabulate(forms, self.year)
        try:
            load_tables(self.cursors, self.built, tables)
        except duckdb.Error as error:
            # Row by row, a derived column that fails is NULL; only an aggregate of a user's own can get here.
            message = f"派生列计算出错，请检查 definitions.yaml：{str(error).splitlines()[0]}"
            raise RulePackBroken([Problem("definitions", message)]) from None
        results = [_Result() for _ in forms]
        own = (WAIVERS.table, SLIPS_TABLE)
        judged = [table for table in self.queries if table not in own and tables[table]["表号"]]
        self._collect(forms, judged, results)
        reviews: dict[int, Review] = {}
        if self.reviewer:
            with self.cursors.one() as cursor:
                reviews = self.reviewer.review(cursor, self.built.final, forms)
        if SLIPS_TABLE in self.queries:
            self._explain(forms, results)
        if tables[WAIVERS.table]["表号"]:
            self._waive(forms, tables[WAIVERS.table], results)
        return [result.verdict(self._order, reviews.get(number)) for number, result in enumerate(results)]

    def _explain(self, forms: Sequence[Form], results: Sequence[_Result]) -> None:
        """Looks for the slips behind the findings of each form, and judges the rows of 笔误 they make."""
        rows: list[tuple[Cell, ...]] = []
        for number, (form, result) in enumerate(zip(forms, results, strict=True)):
            result.slips = explained(self._slips, form, _found(form, result.findings))
            result.findings = [_with_remark(finding, result.slips) for finding in result.findings]
            rows += [(number, row, *cells) for row, cells in enumerate(result.slips.rows)]
        if rows:
            columns = zip(("表号", "行号", *COLUMNS), map(list, zip(*rows, strict=True)), strict=True)
            load_tables(self.cursors, self.built, {SLIPS_TABLE: dict(columns)})
            self._collect(forms, [SLIPS_TABLE], results)

    def _waive(self, forms: Sequence[Form], waivers: Columns, results: Sequence[_Result]) -> None:
        """Applies the waivers to the findings, then judges the waivers by what they cover."""
        from perfeval_lint.judge.tell.waiver import dormant_names, hit_counts, waive

        hits = []
        for form, result in zip(forms, results, strict=True):
            result.findings, covered = waive(form, result.findings)
            hits.append(covered)
        if WAIVERS.table in self.queries:
            counts: list[Cell] = hit_counts(waivers, hits, dormant_names(self._rules.values(), self._checks))
            load_tables(self.cursors, self.built, {WAIVERS.table: dict(waivers) | {"命中数": counts}})
            self._collect(forms, [WAIVERS.table], results)

    def _collect(self, forms: Sequence[Form], judged: Sequence[str], results: Sequence[_Result]) -> None:
        """Judges the tables side by side and adds the outcomes to each form's result, in a fixed order."""
        reasons = Reasons(self.definitions, forms, self.built.final, self.cursors)
        for table, (rows, values) in zip(
            judged,
            run_together([partial(self._run, table) for table in judged]),
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
                        found = _finding(forms[form], result.slips, query.checks[place], place, row)
                        result.findings.append(self._remarked(forms[form], query.checks[place], row.number, found))
                    elif digit == UNKNOWN:
                        why = reasons.of(query.checks[place], place, form, row.number, row.values)
                        result.unknown.append(_unknown(forms[form], query, place, row, why))

    def _remarked(self, form: Form, check: Check, row: int, finding: Finding) -> Finding:
        """Returns the finding with a remark where it rests on a value in doubt."""
        if not form.rows(DOUBTS):
            return finding
        from perfeval_lint.judge.tell.doubt import remark_on

        return replace(finding, message=finding.message + remark_on(self.definitions, check, form, row))

    def _run(self, table: str) -> tuple[list[_Digits], dict[tuple[int, int], Mapping[str, Any]]]:
        """Returns 表号, 行号 and digits of every row of a table, and the values of those with something to report."""
        with self.cursors.one() as cursor:
            return self._run_with(cursor, table)

    def _run_with(
        self, database: duckdb.DuckDBPyConnection, table: str
    ) -> tuple[list[_Digits], dict[tuple[int, int], Mapping[str, Any]]]:
        query = self.queries[table]
        final = self.built.final[table]
        try:
            rows = database.execute(query.sql).fetchall()
        except duckdb.Error:
            rows = [(*place, None) for place in database.execute(f"SELECT 表号, 行号 FROM {final}").fetchall()]
        if any(digits is None for _, _, digits in rows):
            rows = _run_one_by_one(database, final, query, rows)
        reported = [row for row in rows if FAIL in row[2] or UNKNOWN in row[2]]
        return rows, self._values(database, final, query, reported) if reported else {}

    def _values(
        self, database: duckdb.DuckDBPyConnection, final: str, query: _Query, rows: Sequence[_Digits]
    ) -> dict[tuple[int, int], Mapping[str, Any]]:
        """Returns the values that the messages of those rows need; none where computing them fails at run time."""
        wanted = [
            (place, check)
            for place, check in enumerate(query.checks)
            if any(digits[place] in (FAIL, UNKNOWN) for _, _, digits in rows)
        ]
        unknown = [(place, check) for place, check in wanted if any(digits[place] == UNKNOWN for _, _, digits in rows)]
        needed: dict[str, str] = {}
        for place, check in wanted:
            needed |= values_by_key(check, place)
            needed |= {_off_key(place): off} if (off := off_sql(check)) else {}
        for place, check in unknown:
            needed |= missing.values_of(query.inputs[place]) | values_for(self.definitions, place, check)
        source = with_reason(self.definitions, [check for _, check in unknown], final)
        sql = values_query(needed, source)
        try:
            found = database.execute(sql, [[row[0] for row in rows], [row[1] for row in rows]]).fetchall()
        except duckdb.Error:
            return {(form, number): {} for form, number, _ in rows}
        return {(form, number): values for form, number, values in found}


def _run_one_by_one(
    database: duckdb.DuckDBPyConnection, final: str, query: _Query, rows: Sequence[tuple[int, int, str | None]]
) -> list[_Digits]:
    """Judges the rows whose digits are missing check by check: a check that fails to run is "not evaluated" there."""
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


def _off_key(number: int) -> str:
    return f"@相差{number}"


def _found(form: Form, findings: Sequence[Finding]) -> list[Found]:
    """Returns the findings that no waiver covers."""
    if form.rows(WAIVERS):
        from perfeval_lint.judge.tell.waiver import waive

        findings = [finding for finding in waive(form, findings)[0] if finding.waived is None]
    return [Found(one.rule.id, one.place.path, one.severity, one.row) for one in findings]


def _with_remark(finding: Finding, slips: Explained) -> Finding:
    remarks = [text for rule, path, text in slips.remarks if (rule, path) == (finding.rule.id, finding.place.path)]
    return replace(finding, message="".join((finding.message, *remarks))) if remarks else finding


def _finding(form: Form, slips: Explained, check: Check, number: int, row: _Row) -> Finding:
    values = quotes_of(check, number, row.values)
    cell = slips.cells[row.number] if check.table == SLIPS_TABLE else (check.table, row.number, check.at)
    place = locate(form, *cell)
    message, remedy = filled(check.rule.message, values), filled(check.rule.help, values)
    rows = form.rows(INDICATORS)
    indicator = rows[row.number].text("三级指标") if check.table == INDICATORS.table else None
    off = row.values.get(_off_key(number))
    return Finding(check.rule, check.severity, place, message, remedy, values, indicator, row.number, off)


def _unknown(form: Form, query: _Query, number: int, row: _Row, why: Undecided | None) -> NotEvaluated:
    check = query.checks[number]
    place = locate(form, check.table, row.number, check.at)
    return NotEvaluated(check.rule, place, missing.missing_of(query.inputs[number], row.values), why)
