"""The expressions of rules across forms as SQL: over the rows of a table, and over a row and its group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from perfeval_lint.rule.compile.query import Check, placeholders_of, shown_column
from perfeval_lint.rule.compile.rewrite import Changes, rewrite, seen_as
from perfeval_lint.rule.model import OTHERS, THIS_ROW, Across, Aggregate, Expression, Parameter, Reference
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier, literal

PROJECT = "项目名称"  # names a form in messages, with its file


def across_of(check: Check) -> Across:
    """Returns how the rule of a check compares forms; raises ValueError if it does not."""
    if check.rule.across is None:
        raise ValueError(check.rule.id)
    return check.rule.across


def aggregated_table(check: Check) -> str:
    """Returns the table whose rows make the groups."""
    return across_of(check).of or check.table


def wanted_across(checks: Iterable[Check]) -> Iterator[tuple[str, str]]:
    """Yields every (table, column) the checks name; a parent's column as `表.x`."""
    for check in checks:
        rule, across, of = check.rule, across_of(check), aggregated_table(check)
        if rule.when is not None:
            yield from _named(rule.when.references, check.table)
        for key in across.keys:
            yield from _named(key.own.references, check.table)
            yield from _named(key.other.references, of)
        if across.having is not None:
            yield from _named(across.having.references, of)
        for reference in (one for expression in group_expressions(check) for one in expression.references):
            if not is_value(check, reference):
                yield from _named([reference], check.table if reference.table == THIS_ROW else of)
        for name in placeholders_of(rule.templates):
            if name == OTHERS:
                yield PARENT, PROJECT
            elif (column := shown_column(check, name)) is not None:
                yield check.table, column


def _named(references: Iterable[Reference], table: str) -> Iterator[tuple[str, str]]:
    yield from ((table, column_of(reference, table)) for reference in references)


def column_of(reference: Reference, table: str) -> str:
    """Returns the column a reference means in a table."""
    if reference.table == THIS_ROW:
        return reference.name.removeprefix(f"{PARENT}.") if table == PARENT else reference.name
    return seen_as(reference, table)


def is_value(check: Check, reference: Reference) -> bool:
    """Returns whether a reference is to a named value of the rule."""
    return reference.table is None and reference.name in check.rule.values


def group_expressions(check: Check) -> list[Expression]:
    """Returns the expressions over a row and its group."""
    return [check.rule.require, *check.rule.values.values()]


def own_columns(check: Check) -> set[str]:
    """Returns the columns of the row judged that are used outside aggregates."""
    references = [reference for one in group_expressions(check) for reference in one.references]
    return {column_of(one, check.table) for one in references if one.table == THIS_ROW}


def aggregated_columns(check: Check) -> set[str]:
    """Returns the columns the aggregates are made of."""
    having = across_of(check).having
    inside = [
        part
        for one in group_expressions(check)
        for part in one.references
        if any(call.holds(part) for call in one.aggregates)
    ]
    return {column_of(one, aggregated_table(check)) for one in (*inside, *(having.references if having else ()))}


def aggregates(check: Check) -> dict[str, str]:
    """Returns the columns of a group: each different aggregate of the check once, by a name no column has."""
    found: dict[str, str] = {}
    for expression in group_expressions(check):
        for one in outermost(expression):
            found.setdefault(row_sql(check, cut(expression, one), aggregated_table(check)), f'"@汇{len(found)}"')
    return {name: sql for sql, name in found.items()}


def outermost(expression: Expression) -> list[Aggregate]:
    """Returns the aggregates that are inside no other."""
    calls = expression.aggregates
    return [one for one in calls if not any(other != one and other.holds(one) for other in calls)]


def cut(expression: Expression, aggregate: Aggregate) -> Expression:
    """Returns an aggregate of an expression as an expression of its own."""
    text = expression.sql.encode()[aggregate.start : aggregate.start + aggregate.length].decode()
    references = [one for one in expression.references if aggregate.holds(one)]
    parameters = [one for one in expression.parameters if aggregate.holds(one)]
    calls = [one for one in expression.aggregates if aggregate.holds(one)]
    return Expression(
        text,
        tuple(replace(one, start=one.start - aggregate.start) for one in references),
        tuple(replace(one, start=one.start - aggregate.start) for one in parameters),
        aggregates=tuple(replace(one, start=one.start - aggregate.start) for one in calls),
    )


def row_sql(check: Check, expression: Expression, table: str) -> str:
    """Returns an expression as SQL over the rows of one table."""
    return rewrite(expression, row_changes(check, expression, table))


def row_changes(check: Check, expression: Expression, table: str) -> Changes:
    """Returns the SQL of the parts of an expression over the rows of one table."""
    return _changes(check, expression, {}, lambda reference: identifier(column_of(reference, table)))


def group_sql(check: Check, expression: Expression) -> str:
    """Returns an expression as SQL over a row judged with the columns of its group."""
    return rewrite(expression, group_changes(check, expression))


def group_changes(check: Check, expression: Expression) -> Changes:
    """Returns the SQL of the parts of an expression over a row judged and its group."""
    names = {sql: name for name, sql in aggregates(check).items()}
    calls = outermost(expression)
    changes = {
        (one.start, one.length): names[row_sql(check, cut(expression, one), aggregated_table(check))] for one in calls
    }

    def of(reference: Reference) -> str:
        if is_value(check, reference):
            return f"({group_sql(check, check.rule.values[reference.name])}\n)"
        return identifier(column_of(reference, check.table))

    def stands_outside(part: Reference | Parameter) -> bool:
        return not any(call.holds(part) for call in calls)

    outside = replace(
        expression,
        references=tuple(filter(stands_outside, expression.references)),
        parameters=tuple(filter(stands_outside, expression.parameters)),
    )
    return _changes(check, outside, changes, of)


def _changes(check: Check, expression: Expression, given: Changes, of: Callable[[Reference], str]) -> Changes:
    made = dict(given)
    made |= {(one.start, one.length): of(one) for one in expression.references}
    made |= {(one.start, one.length): literal(check.params[one.name]) for one in expression.parameters}
    return made
