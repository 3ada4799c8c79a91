"""Definitions and rules to SQL: tables built in stages, and one judging query a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from perfeval_lint.form.definition import NUMBER, RATE, TABLES, YEAR, Column, Kind, columns_of
from perfeval_lint.rule.model import (
    FIELD_NAME,
    PARENT,
    SQL_TYPES,
    THIS_FIELD,
    THIS_ROW,
    Definitions,
    Derived,
    Expression,
    Param,
    Reference,
    Rule,
    Severity,
    base_columns,
)

# A verdict is one digit: the truth value of `require`, 2 for NULL, 3 where `when` is not true.
PASS, FAIL, UNKNOWN, SKIP = "1", "0", "2", "3"
_CHILDREN = tuple(table for table in TABLES if table != PARENT)


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
        """The column or section its findings point to."""
        return self.column_name(self.rule.at_fields.get(self.field or "", self.rule.at))

    def column_name(self, name: str) -> str:
        """A name in the rule's expressions as the column it stands for in this check."""
        if self.field is not None and name.startswith(THIS_FIELD):
            return self.field + name.removeprefix(THIS_FIELD)
        return name


@dataclass(frozen=True, slots=True)
class Input:
    """A column whose NULL may be why a check could not be judged, and what to call it on the form."""

    column: str
    labels: tuple[str, ...]


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Param) -> str:
    """A parameter's value as SQL: numbers exact, a mapping as a MAP."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    return f"MAP {{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"


def macro_statements(definitions: Definitions) -> str:
    """CREATE MACRO for the whole shared vocabulary, as one script."""
    return "".join(
        f"CREATE OR REPLACE MACRO {identifier(macro.name)}({', '.join(map(identifier, macro.arguments))}) AS "
        f"({macro.body.sql}\n);\n"
        for macro in definitions.macros.values()
    )


def rewrite(expression: Expression, changes: Mapping[tuple[int, int], str]) -> str:
    """The SQL text with the given byte ranges (start, length) replaced."""
    data = expression.sql.encode()
    for (start, length), text in sorted(changes.items(), reverse=True):
        data = data[:start] + text.encode() + data[start + length :]
    return data.decode()


# --- typed columns --------------------------------------------------------------------------------

_GRAMMARS = {Kind.NUMBER: NUMBER, Kind.RATE: RATE, Kind.YEAR: YEAR}


def typed(column: Column) -> str:
    """The select items that turn a printed text into its typed column and the 原文 column beside it."""
    name = identifier(column.name)
    kind = column.field.kind
    if kind is Kind.TEXT:
        return name
    if kind is Kind.DATE:
        value = f"TRY_CAST({name} AS DATE)"
    else:
        cast = _rate(name) if kind is Kind.RATE else f"TRY_CAST({name} AS {SQL_TYPES[kind]})"
        value = f"CASE WHEN regexp_full_match({name}, '\\s*{_GRAMMARS[kind].pattern}\\s*') THEN {cast} END"
    return f"{value} AS {name}, {name} AS {identifier(column.name + '原文')}"


def _rate(text: str) -> str:
    """93.61% and 0.9361 are the same rate; a bare number above 2 is a percentage without its sign."""
    number = f"TRY_CAST(rtrim({text}, E'% \\t\\r\\n') AS {SQL_TYPES[Kind.RATE]})"
    percent = f"TRY_CAST({number} * 0.01 AS {SQL_TYPES[Kind.RATE]})"
    return f"CASE WHEN contains({text}, '%') OR {number} > 2 THEN {percent} ELSE {number} END"


# --- which derived columns are needed, and when they can be had -----------------------------------


class Staging:
    """The order in which derived columns are added to the tables, for the columns the checks need.

    Stage by stage, 表 first and then its children: a child sees 表 of the same stage; 表 (or a child) that
    aggregates another table sees that table of the stage before.
    """

    def __init__(self, definitions: Definitions, wanted: Iterable[tuple[str, str]]) -> None:
        self.definitions = definitions
        self.stages: dict[tuple[str, str], int] = {}
        for table, name in wanted:
            self._stage(table, name)

    def _stage(self, table: str, name: str) -> int:
        """The first stage at which a column (a derived one, or a parent's as `表.x`) exists in a table."""
        key = (table, name)
        if key in self.stages:
            return self.stages[key]
        link = linked(name)
        derived = self.definitions.columns.get(key)
        if link is not None:
            stage = self._stage(PARENT, link)
        elif derived is None:
            return 0
        else:
            stage = max((self._needs(derived)), default=0)
        self.stages[key] = stage
        return stage

    def _needs(self, derived: Derived) -> Iterator[int]:
        for table, name in sources(derived):
            other = derived.of is not None and table == derived.of
            yield self._stage(table, name) + other
        if derived.of is not None:
            yield 1

    def added(self, table: str, stage: int) -> list[str]:
        """The columns a table gains at a stage, parents' links included."""
        return [name for (owner, name), at in self.stages.items() if owner == table and at == stage]

    @property
    def last(self) -> int:
        """The highest stage."""
        return max(self.stages.values(), default=0)


def linked(name: str) -> str | None:
    """年度 for the column `表.年度` of a child table; None for any other name."""
    return name.removeprefix(f"{PARENT}.") if name.startswith(f"{PARENT}.") else None


def seen_as(reference: Reference, table: str) -> str:
    """The column a reference stands for in a table: a parent's column is there under `表.x`."""
    is_link = reference.table == PARENT and table != PARENT
    return f"{PARENT}.{reference.name}" if is_link else reference.name


def sources(derived: Derived) -> Iterator[tuple[str, str]]:
    """The (table, column) pairs a derived column is made of."""
    inner = derived.of or derived.table
    for reference in derived.body.references:
        yield inner, seen_as(reference, inner)
    for name in derived.by:
        yield derived.table, name
    for reference in derived.match.references if derived.match else ():
        if reference.table == THIS_ROW:
            yield derived.table, reference.name
        else:
            yield inner, seen_as(reference, inner)


def wanted_columns(checks: Iterable[Check]) -> Iterator[tuple[str, str]]:
    """Every (table, column) the checks name."""
    for check in checks:
        for expression in _expressions(check.rule):
            for reference in expression.references:
                if not is_word(check.rule, reference):
                    yield check.table, seen_as_in(check, reference)
        for name in placeholders_of(check.rule.message):
            yield check.table, check.column_name(name)


def is_word(rule: Rule, reference: Reference) -> bool:
    """Whether a reference is not a column but one of the rule's own words: a named value or the field's name."""
    return reference.table is None and (reference.name in rule.values or reference.name == FIELD_NAME)


def seen_as_in(check: Check, reference: Reference) -> str:
    """The column a rule's reference stands for in a check."""
    name = check.column_name(reference.name)
    is_link = reference.table == PARENT and check.table != PARENT
    return f"{PARENT}.{name}" if is_link else name


def _expressions(rule: Rule) -> Iterator[Expression]:
    if rule.when is not None:
        yield rule.when
    yield rule.require
    yield from rule.values.values()
    yield from rule.fix.values()


# --- statements that build the tables -------------------------------------------------------------


def table_at(table: str, stage: int) -> str:
    """The quoted name of a table at a stage."""
    return identifier(f"{table}@{stage}")


@dataclass(frozen=True, slots=True)
class Statement:
    """A CREATE TABLE. The first of a table reads its raw rows, given as parameters or found elsewhere; `is_leaf`
    means no other table needs it, so that it can be left out where the table has no rows."""

    table: str
    name: str
    sql: str
    is_first: bool
    is_leaf: bool


@dataclass(frozen=True, slots=True)
class Build:
    """The statements that build the tables, in waves, and the name of each table's last stage.

    The statements of a wave need only those of earlier waves, so they can run side by side.
    """

    waves: tuple[tuple[Statement, ...], ...]
    final: Mapping[str, str]


def build(staging: Staging, source: Callable[[str], str]) -> Build:
    """CREATE TABLE statements for every table and stage; `source` gives the FROM item of a table's raw rows."""
    waves: list[list[Statement]] = []
    latest: dict[str, str] = {}
    for stage in range(staging.last + 1):
        before = dict(latest)
        for tables in ((PARENT,), _CHILDREN):
            wave = []
            for table in tables:
                added = staging.added(table, stage)
                if stage and not added:
                    continue
                rows = f"SELECT * FROM {latest[table]}" if stage else _source_rows(table, source(table))
                others = before | {PARENT: latest.get(PARENT, "")}
                sql = _with_columns(staging.definitions, table, added, rows, others)
                name = table_at(table, stage)
                create = f"CREATE OR REPLACE TABLE {name} AS {sql}"
                wave.append(Statement(table, name, create, is_first=not stage, is_leaf=False))
                latest[table] = name
            waves.append(wave)
    return Build(_mark_leaves(waves), latest)


def _mark_leaves(waves: Sequence[Sequence[Statement]]) -> tuple[tuple[Statement, ...], ...]:
    every = [statement for wave in waves for statement in wave]

    def is_leaf(one: Statement) -> bool:
        return not any(one.name in other.sql for other in every if other.table != one.table)

    return tuple(tuple(replace(one, is_leaf=is_leaf(one)) for one in wave) for wave in waves if wave)


def _source_rows(table: str, source: str) -> str:
    items = ["表号", "行号", *(typed(column) for column in columns_of(table))]
    items += [name for name in ("今年", "命中数") if name in base_columns(table)]
    return f"SELECT {', '.join(items)} FROM {source}"


def _with_columns(
    definitions: Definitions, table: str, added: Sequence[str], rows: str, others: Mapping[str, str]
) -> str:
    """`rows` with the added columns: parents' links and aggregates by join, the rest level by level."""
    links = [name for name in added if linked(name) is not None]
    derived = [definitions.columns[table, name] for name in added if linked(name) is None]
    rows = _joined(links, [column for column in derived if column.of], rows, others)
    remaining = [column for column in derived if not column.of]
    while remaining:
        names = {column.name for column in remaining}
        ready = [column for column in remaining if not names & {name for _, name in sources(column)}]
        plain = [column for column in ready if not column.by]
        if plain:
            items = ", ".join(f"TRY({_own(one.body, table)}\n) AS {identifier(one.name)}" for one in plain)
            rows = f"SELECT *, {items} FROM ({rows})"
        rows = _with_peers([column for column in ready if column.by], rows)
        remaining = [column for column in remaining if column not in ready]
    return rows


def _with_peers(columns: Sequence[Derived], rows: str) -> str:
    """`rows` with aggregates over the rows of the same form that share some columns.

    The columns are compared by their 64-bit hash: one form has too few rows to collide, and texts are long.
    """
    for by in dict.fromkeys(column.by for column in columns):
        group = [column for column in columns if column.by == by]
        keyed = f"SELECT *, hash({', '.join(map(identifier, by))}) AS 同键 FROM ({rows})"
        items = ", ".join(f"({_own(one.body, one.table)}\n) AS {identifier(one.name)}" for one in group)
        peers = f"SELECT 表号, 同键, {items} FROM k GROUP BY 表号, 同键"
        names = ", ".join(f"s.{identifier(one.name)}" for one in group)
        rows = (
            f"WITH k AS MATERIALIZED ({keyed}), s AS ({peers}) "
            f"SELECT k.* EXCLUDE (同键), {names} FROM k JOIN s ON s.表号 = k.表号 AND s.同键 = k.同键"
        )
    return rows


def _joined(links: Sequence[str], columns: Sequence[Derived], rows: str, others: Mapping[str, str]) -> str:
    """One SELECT that joins a table with its parent and with every table it aggregates."""
    if not links and not columns:
        return rows
    items = [f"p.{identifier(linked(name) or '')} AS {identifier(name)}" for name in links]
    joins = [f"JOIN {others[PARENT]} p ON p.表号 = b.表号"] if links else []
    for number, group in enumerate(_groups(columns)):
        alias = f"g{number}"
        own_row = f" AND {alias}.行号 = b.行号" if group[0].match else ""
        joins.append(f"LEFT JOIN ({_aggregates(group, rows, others)}) {alias} ON {alias}.表号 = b.表号{own_row}")
        for column in group:
            name = identifier(column.name)
            value = f"{alias}.{name}"
            if column.empty is not None:
                value = f"CASE WHEN {alias}.表号 IS NULL THEN ({column.empty.sql}) ELSE {value} END"
            items.append(f"{value} AS {name}")
    return f"SELECT b.*, {', '.join(items)} FROM ({rows}) b {' '.join(joins)}"


def _groups(columns: Sequence[Derived]) -> list[list[Derived]]:
    """Aggregates that one GROUP BY can give: those of one table and with the same match."""
    groups: dict[tuple[str | None, str], list[Derived]] = {}
    for column in columns:
        groups.setdefault((column.of, column.match.sql if column.match else ""), []).append(column)
    return list(groups.values())


def _aggregates(group: Sequence[Derived], rows: str, others: Mapping[str, str]) -> str:
    of = group[0].of or ""
    match = group[0].match
    alias = "o." if match else ""
    items = ", ".join(f"({_own(column.body, of, alias)}\n) AS {identifier(column.name)}" for column in group)
    if match is None:
        return f"SELECT 表号, {items} FROM {others[of]} GROUP BY 表号"
    on = _replaced(match, lambda reference: _matched(reference, of))
    join = f"({rows}) m JOIN {others[of]} o ON o.表号 = m.表号 AND ({on}\n)"
    return f"SELECT m.表号, m.行号, {items} FROM {join} GROUP BY m.表号, m.行号"


def _own(expression: Expression, table: str, alias: str = "") -> str:
    """An expression over one table's columns, each reference quoted (and put under an alias)."""
    return _replaced(expression, lambda reference: alias + identifier(seen_as(reference, table)))


def _replaced(expression: Expression, of: Callable[[Reference], str]) -> str:
    return rewrite(expression, {(ref.start, ref.length): of(ref) for ref in expression.references})


def _matched(reference: Reference, of: str) -> str:
    if reference.table == THIS_ROW:
        return f"m.{identifier(reference.name)}"
    return f"o.{identifier(seen_as(reference, of))}"


# --- the judging query ----------------------------------------------------------------------------


def expression_sql(check: Check, expression: Expression) -> str:
    """A rule's expression in one check: columns quoted, parameters and named values put in."""
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
    return rewrite(expression, changes)


def _verdict_sql(check: Check) -> str:
    """The digit of one check on one row; `require` stands in it once, as binding is what a single form pays for."""
    require = expression_sql(check, check.rule.require)
    verdict = f"coalesce(CAST(({require}\n) AS TINYINT), {UNKNOWN})"
    if check.rule.when is None:
        return verdict
    return f"CASE WHEN ({expression_sql(check, check.rule.when)}\n) THEN {verdict} ELSE {SKIP} END"


def judging_query(checks: Sequence[Check], table: str) -> str:
    """One query for all checks of a (quoted) table: 表号, 行号 and 结果, one digit a check, in order.

    结果 is NULL on a row on which a check fails at run time.
    """
    verdicts = ", ".join(_verdict_sql(check) for check in checks)
    return f"SELECT 表号, 行号, TRY(concat({verdicts})) AS 结果 FROM {table} ORDER BY 表号, 行号"


def values_query(definitions: Definitions, numbered: Sequence[tuple[int, Check]], table: str) -> str:
    """What the messages and missing inputs of some checks need, for the rows given as two list parameters.

    Columns: 表号, 行号 and one struct: shown and input columns by name, named values as `number.name`.
    """
    needed: dict[str, str] = {}
    for number, check in numbered:
        for name in shown_columns(check):
            needed[name] = identifier(name)
        for item in inputs(definitions, check):
            needed[item.column] = identifier(item.column)
        for name in placeholders_of(check.rule.message):
            if name in check.rule.values:
                needed[f"{number}.{name}"] = f"TRY({expression_sql(check, check.rule.values[name])}\n)"
    fields = ", ".join(f"{literal(name)}: {sql}" for name, sql in needed.items()) or "'无': NULL"
    rows = "SELECT unnest($1::UINTEGER[]) AS 表号, unnest($2::UINTEGER[]) AS 行号"
    return f"SELECT 表号, 行号, {{{fields}}} AS 值 FROM {table} JOIN ({rows}) USING (表号, 行号)"


def shown_columns(check: Check) -> Iterator[str]:
    """The columns a check's message prints: numbers as printed on the form (原文)."""
    base = base_columns(check.table)
    for name in placeholders_of(check.rule.message):
        column = check.column_name(name)
        if name in check.rule.values or name in check.rule.params or name == FIELD_NAME:
            continue
        yield f"{column}原文" if f"{column}原文" in base else column


def inputs(definitions: Definitions, check: Check) -> list[Input]:
    """The columns whose NULL can be why a check is not evaluated, without repeats."""
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
        yield Input(name, (_label(table, name),))
    elif derived.of or derived.by:
        yield Input(name, tuple(dict.fromkeys(_labels(definitions, table, name))))
    else:
        for reference in derived.body.references:
            if not reference.safe:
                yield from _leaves(definitions, table, seen_as(reference, table))


def _labels(definitions: Definitions, table: str, name: str) -> Iterator[str]:
    """The words for the base columns a column is made of."""
    link = linked(name)
    derived = definitions.columns.get((table, name))
    if link is not None:
        yield from _labels(definitions, PARENT, link)
    elif derived is None:
        yield _label(table, name)
    else:
        inner = derived.of or derived.table
        for reference in derived.body.references:
            if not reference.safe:
                yield from _labels(definitions, inner, seen_as(reference, inner))


@cache
def _label(table: str, name: str) -> str:
    plain = name.removesuffix("原文")
    for column in columns_of(table):
        if column.name == plain:
            section = column.section.key
            return f"{section}.{column.field.name}" if section else column.field.name
    return name


# --- messages -------------------------------------------------------------------------------------


@cache
def placeholders_of(message: str) -> tuple[str, ...]:
    """The names in braces in a message template."""
    names = []
    for part in message.split("{")[1:]:
        name, closed, _ = part.partition("}")
        if closed:
            names.append(name)
    return tuple(names)
