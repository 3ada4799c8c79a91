"""Compiles rules to SQL: a judging query for each table, the columns messages print, the inputs a check may lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from perfeval_lint.form.definition import INDICATORS, Column, columns_of
from perfeval_lint.rule.compile.rewrite import Changes, linked, rewrite, seen_as
from perfeval_lint.rule.model import (
    FIELD_NAME,
    OFF,
    OTHERS,
    THIS_FIELD,
    Definitions,
    Expression,
    Reference,
    Rule,
    Severity,
)
from perfeval_lint.sql.columns import PARENT, READINGS, base_columns
from perfeval_lint.sql.text import Param, identifier, literal

# A verdict is one digit: the truth value of `require`, 2 for NULL, 3 where `when` is not true.
PASS, FAIL, UNKNOWN, SKIP = "1", "0", "2", "3"


@dataclass(frozen=True, slots=True)
class Check:
    """A rule on one table (and one field): a column of that table's judging query."""

    rule: Rule
    table: str
    field: str | None
    severity: Severity
    params: Mapping[str, Param]

    @property
    def at(self) -> str:
        """Returns the column or section its findings point to."""
        return self.column_name(self.rule.at_fields.get(self.field or "", self.rule.at))

    def column_name(self, name: str) -> str:
        """Returns the column that a name in the rule's expressions means in this check."""
        if self.field is not None and name.startswith(THIS_FIELD):
            return self.field + name.removeprefix(THIS_FIELD)
        return name


@dataclass(frozen=True, slots=True)
class Input:
    """A column whose NULL may be why a check could not be judged, and its name on the form."""

    column: str
    labels: tuple[str, ...]


def wanted_columns(checks: Iterable[Check]) -> Iterator[tuple[str, str]]:
    """Yields every (table, column) the checks name."""
    for check in checks:
        for expression in _expressions(check.rule):
            for reference in expression.references:
                if not is_word(check.rule, reference):
                    yield check.table, seen_as_in(check, reference)
        for name in placeholders_of(check.rule.templates):
            yield check.table, check.column_name(name)


def is_word(rule: Rule, reference: Reference) -> bool:
    """Returns whether a reference is no column but one of the rule's own words: a named value or the field's name."""
    return reference.table is None and (reference.name in rule.values or reference.name == FIELD_NAME)


def seen_as_in(check: Check, reference: Reference) -> str:
    """Returns the column a rule's reference means in a check."""
    name = check.column_name(reference.name)
    is_link = reference.table == PARENT and check.table != PARENT
    return f"{PARENT}.{name}" if is_link else name


def _expressions(rule: Rule) -> Iterator[Expression]:
    if rule.when is not None:
        yield rule.when
    yield rule.require
    yield from rule.values.values()
    yield from rule.fix.values()


def expression_sql(check: Check, expression: Expression) -> str:
    """Returns a rule's expression as SQL in one check: columns quoted, parameters and named values inserted."""
    return rewrite(expression, expression_changes(check, expression))


def expression_changes(check: Check, expression: Expression) -> Changes:
    """Returns the SQL of the parts of a rule's expression in one check."""
    changes: dict[tuple[int, int], str] = {}
    for parameter in expression.parameters:
        changes[parameter.start, parameter.length] = literal(check.params[parameter.name])
    for reference in expression.references:
        place = (reference.start, reference.length)
        if reference.name == FIELD_NAME and reference.table is None:
            changes[place] = literal(check.field or "")
        elif is_word(check.rule, reference):
            changes[place] = f"({expression_sql(check, check.rule.values[reference.name])}\n)"
        else:
            changes[place] = identifier(seen_as_in(check, reference))
    return changes


def off_sql(check: Check) -> str | None:
    """Returns the SQL of by how much a row is off, for rules that say so."""
    if OFF not in check.rule.values:
        return None
    return f"TRY(CAST({expression_sql(check, check.rule.values[OFF])}\n AS DECIMAL(18,6)))"


def verdict_sql(check: Check) -> str:
    """Returns the SQL of a check's digit on a row; `require` is in it once, as binding is most of one form's time."""
    require = expression_sql(check, check.rule.require)
    verdict = f"coalesce(CAST(({require}\n) AS TINYINT), {UNKNOWN})"
    if check.rule.when is None:
        return verdict
    return f"CASE WHEN ({expression_sql(check, check.rule.when)}\n) THEN {verdict} ELSE {SKIP} END"


def judging_query(checks: Sequence[Check], table: str) -> str:
    """Returns one query for all checks of a (quoted) table: 表号, 行号 and 结果, one digit a check, in order.

    结果 is NULL on a row on which a check fails at run time.
    """
    verdicts = ", ".join(verdict_sql(check) for check in checks)
    return f"SELECT 表号, 行号, TRY(concat({verdicts})) AS 结果 FROM {table} ORDER BY 表号, 行号"


def values_query(needed: Mapping[str, str], table: str) -> str:
    """Returns the query of some values of the rows given as two list parameters, 表号 and 行号.

    Columns: 表号, 行号 and one struct of the values, which `needed` gives as SQL by name.
    """
    fields = ", ".join(f"{literal(name)}: {sql}" for name, sql in needed.items()) or "'无': NULL"
    rows = "SELECT unnest($1::UINTEGER[]) AS 表号, unnest($2::UINTEGER[]) AS 行号"
    return f"SELECT 表号, 行号, {{{fields}}} AS 值 FROM {table} JOIN ({rows}) USING (表号, 行号)"


def shown_column(check: Check, name: str) -> str | None:
    """Returns the column whose value a name in a message stands for: of a number the text printed on the form (原文).

    None for what is no column: a parameter, a named value, the field's name, the other forms of a group.
    """
    rule = check.rule
    if name in (FIELD_NAME, OTHERS) or name in rule.values or name in rule.params:
        return None
    column = check.column_name(name)
    printed = f"{column}原文"
    return printed if printed in base_columns(check.table) else column


def shown_columns(check: Check) -> Iterator[str]:
    """Yields the columns a check's message and help print."""
    for name in placeholders_of(check.rule.templates):
        column = shown_column(check, name)
        if column is not None:
            yield column


def inputs(definitions: Definitions, check: Check) -> list[Input]:
    """Returns the columns whose NULL can be why a check is not evaluated, without repeats."""
    found: dict[str, Input] = {}
    for reference in check.rule.require.references:
        for item in _inputs_of(definitions, check, reference):
            found.setdefault(item.column, item)
    return list(found.values())


def _inputs_of(definitions: Definitions, check: Check, reference: Reference) -> Iterator[Input]:
    if reference.safe or reference.name == FIELD_NAME:
        return
    value = check.rule.values.get(reference.name)
    if value is not None and reference.table is None:
        for inner in value.references:
            yield from _inputs_of(definitions, check, inner)
        return
    yield from _leaves(definitions, check.table, seen_as_in(check, reference))


def _leaves(definitions: Definitions, table: str, name: str) -> Iterator[Input]:
    link = linked(name)
    derived = definitions.columns.get((table, name))
    if link is not None:
        yield Input(name, tuple(_labels(definitions, PARENT, link)))
    elif derived is None:
        yield Input(name, _label(table, name))
    elif derived.of or derived.by:
        yield Input(name, tuple(dict.fromkeys(_labels(definitions, table, name))))
    else:
        for reference in derived.body.references:
            if not reference.safe:
                yield from _leaves(definitions, table, seen_as(reference, table))


def _labels(definitions: Definitions, table: str, name: str) -> Iterator[str]:
    """Yields the names on the form of the base columns a column is made of."""
    link = linked(name)
    derived = definitions.columns.get((table, name))
    if link is not None:
        yield from _labels(definitions, PARENT, link)
    elif derived is None:
        yield from _label(table, name)
    else:
        inner = derived.of or derived.table
        for reference in derived.body.references:
            if not reference.safe:
                yield from _labels(definitions, inner, seen_as(reference, inner))


@cache
def _label(table: str, name: str) -> tuple[str, ...]:
    """Returns the name of a base column on the form: one field, or the two that a reading compares."""
    wanted = READINGS[name].fields if table == INDICATORS.table and name in READINGS else (name.removesuffix("原文"),)
    return tuple(label_of(column) for column in columns_of(table) if column.name in wanted) or (name,)


def label_of(column: Column) -> str:
    """Returns the name of a column on the form: section and field."""
    return f"{column.section.key}.{column.field.name}" if column.section.key else column.field.name


@cache
def placeholders_of(template: str) -> tuple[str, ...]:
    """Returns the names in braces in the template of a message or help."""
    names = []
    for part in template.split("{")[1:]:
        name, closed, _ = part.partition("}")
        if closed:
            names.append(name)
    return tuple(names)
