"""Binds every expression of a pack in the database: macros, derived columns, rules with default parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import duckdb

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import JUDGED_TABLES
from perfeval_lint.rule.binder import Binder, Bound, first_line
from perfeval_lint.rule.checker import characters_before
from perfeval_lint.rule.compile.across import (
    across_of,
    aggregated_table,
    aggregates,
    cut,
    group_changes,
    outermost,
    row_changes,
    wanted_across,
)
from perfeval_lint.rule.compile.query import Check, expression_changes, placeholders_of, shown_columns, wanted_columns
from perfeval_lint.rule.compile.staging import Staging, build, match_changes, own_changes, sources
from perfeval_lint.rule.files import Path_, SourceFile
from perfeval_lint.rule.model import Definitions, Derived, Expression
from perfeval_lint.sql.columns import raw_columns
from perfeval_lint.sql.text import identifier

_TRUTHS = ("BOOLEAN", '"NULL"')
_SHOWN = re.compile(
    r'(?:VARCHAR|BOOLEAN|DATE|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(\d+,\d+\)|FLOAT|DOUBLE|"NULL")(?:\[\])*'
)

Rows = Mapping[str, str]  # the quoted name of each table with all its columns


def binding_problems(
    database: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    checks: Sequence[Check],
    across_checks: Sequence[Check],
    files: Mapping[str, SourceFile],
) -> list[Problem]:
    """Returns the errors of the database in the expressions; `files` are the definitions and rules by name."""
    binder = Binder(database, definitions, files.values())
    binder.make_macros()
    if not binder.problems:
        wanted = [*definitions.columns, *wanted_columns(checks), *wanted_across(across_checks)]
        rows = _bind_columns(binder, definitions, wanted, files.values())
        if not binder.problems:
            for check in across_checks:
                _bind_across(binder, files[check.rule.file], check, rows)
            for check in checks:
                _bind_rule(binder, files[check.rule.file], check, rows)
        binder.check_kinds()
    return binder.problems


def empty_source(table: str) -> str:
    """Returns a FROM item with a table's raw columns and no rows."""
    items = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in raw_columns(table).items())
    return f"(SELECT {items} WHERE false)"


def _build_empty(
    database: duckdb.DuckDBPyConnection, definitions: Definitions, wanted: Sequence[tuple[str, str]]
) -> Rows:
    built = build(Staging(definitions, wanted), empty_source)
    for statement in (one for wave in built.waves for one in wave):
        database.execute(statement.sql)
    return {table: built.final[table] for table in JUDGED_TABLES}


# --- derived columns ------------------------------------------------------------------------------


def _bind_columns(
    binder: Binder, definitions: Definitions, wanted: Sequence[tuple[str, str]], files: Iterable[SourceFile]
) -> Rows:
    """Builds the tables, without rows; where that fails, records each column at fault and builds none."""
    homes = {(table, name): source for source in files for table, name in _columns_in(source)}
    try:
        rows = _build_empty(binder.database, definitions, wanted)
    except duckdb.Error:
        binder.check_kinds()
        for key, column in definitions.columns.items():
            _find_fault(binder, definitions, column, homes[key])
        return {}
    for key, column in definitions.columns.items():
        binder.sound += _expressions_of(definitions, column, homes[key], rows)
    return rows


def _columns_in(source: SourceFile) -> Iterator[tuple[str, str]]:
    for table, named in source.content.get("columns", {}).items():
        yield from ((table, name) for name in named)


def _find_fault(binder: Binder, definitions: Definitions, column: Derived, home: SourceFile) -> None:
    """Records the fault of a column, if it is in the column itself and not in one it is made of."""
    try:
        _build_empty(binder.database, definitions, [(column.table, column.name)])
    except duckdb.Error as error:
        message = f"类型或用法有误（DuckDB：{first_line(error)}）"
    else:
        return
    try:
        rows = _build_empty(binder.database, definitions, list(sources(column)))
    except duckdb.Error:
        return
    parts = list(_expressions_of(definitions, column, home, rows))
    if None not in [binder.type_of(part) for part in parts]:
        binder.add_problem(parts[0], message)
    binder.sound.clear()  # the next column makes the tables anew


def _expressions_of(definitions: Definitions, column: Derived, home: SourceFile, rows: Rows) -> Iterator[Bound]:
    """Yields the expressions of a derived column, each over the rows it is computed from."""
    inner = column.of or column.table
    path: Path_ = ("columns", column.table, column.name)
    name = f"派生列“{column.name}”有误："
    changes = own_changes(definitions, column.body, inner)
    yield Bound(home, (*path, "sql"), column.body, changes, rows[inner], name)
    if column.match is not None:
        changes = match_changes(definitions, column.match, inner)
        pairs = f"{rows[column.table]} m, {rows[inner]} o"
        yield Bound(home, (*path, "match"), column.match, changes, pairs, name)
    if column.empty is not None:
        changes = own_changes(definitions, column.empty, column.table)
        yield Bound(home, (*path, "empty"), column.empty, changes, rows[column.table], name)


# --- rules ----------------------------------------------------------------------------------------


def _bind_rule(binder: Binder, source: SourceFile, check: Check, rows: Rows) -> None:
    rule = check.rule

    def bound(path: Path_, expression: Expression) -> Bound:
        return Bound(source, path, expression, expression_changes(check, expression), rows[check.table])

    if rule.when is not None:
        _bind_truth(binder, bound(("when",), rule.when))
    _bind_truth(binder, bound(("require",), rule.require))
    for name, expression in rule.fix.items():
        binder.type_of(bound(("fix", name), expression))
    shown = placeholders_of(rule.templates)
    for name, expression in rule.values.items():
        _bind_value(binder, bound(("values", name), expression), is_shown=name in shown)
    for column in shown_columns(check):
        _bind_value(binder, bound(("message",), Expression(identifier(column))), is_shown=True)


def _bind_value(binder: Binder, bound: Bound, *, is_shown: bool) -> None:
    """Binds a value; one that a message quotes must be of a type that lint and audit print alike."""
    kind = binder.type_of(bound)
    if is_shown and kind is not None and _SHOWN.fullmatch(kind) is None:
        remedy = "请用 CAST(… AS VARCHAR) 变成文字"
        binder.add_problem(bound, f"消息里只能写文字、数、真假、日期和它们的列表，这里是 {kind}；{remedy}")


def _bind_truth(binder: Binder, bound: Bound) -> None:
    """Binds an expression that must be a truth."""
    kind = binder.type_of(bound)
    if kind is not None and kind not in _TRUTHS:
        binder.add_problem(bound, f"应得出真假（BOOLEAN），这里得出 {kind}")


def _bind_across(binder: Binder, source: SourceFile, check: Check, rows: Rows) -> None:
    across, of = across_of(check), aggregated_table(check)
    for name, expression, table in (("when", check.rule.when, check.table), ("having", across.having, of)):
        if expression is not None:
            _bind_truth(binder, _over_rows(source, (name,), check, expression, table, rows))
    _bind_keys(binder, source, check, rows)
    parts: list[tuple[Path_, Expression]] = [(("require",), check.rule.require)]
    parts += [(("values", name), expression) for name, expression in check.rule.values.items()]
    calls = [
        replace(
            _over_rows(source, path, check, cut(expression, call), of, rows), shift=characters_before(expression, call)
        )
        for path, expression in parts
        for call in outermost(expression)
    ]
    if None not in [binder.type_of(call) for call in calls]:
        _bind_groups(binder, source, check, parts, rows)


def _over_rows(source: SourceFile, path: Path_, check: Check, expression: Expression, table: str, rows: Rows) -> Bound:
    return Bound(source, path, expression, row_changes(check, expression, table), rows[table])


def _bind_keys(binder: Binder, source: SourceFile, check: Check, rows: Rows) -> None:
    of = aggregated_table(check)
    for number, key in enumerate(across_of(check).keys):
        own = _over_rows(source, ("across", number), check, key.own, check.table, rows)
        other = _over_rows(source, ("across", number), check, key.other, of, rows)
        kind = binder.type_of(own)
        other_kind = kind if own == other else binder.type_of(other)
        if kind and other_kind and kind != other_kind:
            binder.add_problem(own, f"两边的类型应相同，这里是 {other_kind} 和 {kind}；可以用 CAST")


def _bind_groups(
    binder: Binder, source: SourceFile, check: Check, parts: Sequence[tuple[Path_, Expression]], rows: Rows
) -> None:
    """Binds the expressions over a row judged and its group."""
    groups = ", ".join(f"({sql}\n) AS {name}" for name, sql in aggregates(check).items()) or "1"
    joined = f"(SELECT {groups} FROM {rows[aggregated_table(check)]}) CROSS JOIN {rows[check.table]}"
    shown = placeholders_of(check.rule.templates)
    for path, expression in parts:
        bound = Bound(source, path, expression, group_changes(check, expression), joined)
        if path == ("require",):
            _bind_truth(binder, bound)
        elif (binder.type_of(bound) or "").endswith("]") and path[-1] in shown:
            binder.add_problem(bound, "消息里不能用列表")
