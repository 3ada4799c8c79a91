"""Compiles definitions to SQL: the tables, typed and with their derived columns, built stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from perfeval_lint.form.definition import JUDGED_TABLES, NUMBER, RATE, YEAR, Column, Kind, columns_of
from perfeval_lint.rule.compile.rewrite import Changes, linked, rewrite, seen_as
from perfeval_lint.rule.model import THIS_ROW, Definitions, Derived, Expression, Reference
from perfeval_lint.sql.columns import GIVEN, PARENT, SQL_TYPES
from perfeval_lint.sql.text import identifier, literal

_CHILDREN = tuple(table for table in JUDGED_TABLES if table != PARENT)

# --- typed columns --------------------------------------------------------------------------------

_GRAMMARS = {Kind.NUMBER: NUMBER, Kind.RATE: RATE, Kind.YEAR: YEAR}


def typed(column: Column) -> str:
    """Returns the select items that turn a printed text into its typed column and its 原文 column."""
    name = identifier(column.name)
    kind = column.field.kind
    if kind is Kind.TEXT:
        return name
    if kind is Kind.DATE:
        value = f"TRY_CAST({name} AS DATE)"
    else:
        cast = _rate(name) if kind is Kind.RATE else f"TRY_CAST({name} AS {SQL_TYPES[kind]})"
        value = f"CASE WHEN regexp_full_match({name}, '{_GRAMMARS[kind].pattern}') THEN {cast} END"
    return f"{value} AS {name}, {name} AS {identifier(column.name + '原文')}"


def _rate(text: str) -> str:
    """Returns the SQL of a rate: 93.61% and 0.9361 are the same; a bare number above 2 is a percentage without sign."""
    number = f"TRY_CAST(rtrim({text}, '%') AS {SQL_TYPES[Kind.RATE]})"
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
        """Returns the first stage at which a column (a derived one, or a parent's as `表.x`) exists in a table."""
        key = (table, name)
        if key in self.stages:
            return self.stages[key]
        link = linked(name)
        derived = self.definitions.columns.get(key)
        if link is not None:
            # Not at stage 0, so that a child need not wait for 表 to be typed.
            stage = max(1, self._stage(PARENT, link))
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
        """Returns the columns added to a table at a stage, parents' links included."""
        return [name for (owner, name), at in self.stages.items() if owner == table and at == stage]

    @property
    def last(self) -> int:
        """Returns the highest stage."""
        return max(self.stages.values(), default=0)


def sources(derived: Derived) -> Iterator[tuple[str, str]]:
    """Yields the (table, column) pairs a derived column is made of."""
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


# --- statements that build the tables -------------------------------------------------------------


def table_at(table: str, stage: int) -> str:
    """Returns the quoted name of a table at a stage."""
    return identifier(f"{table}@{stage}")


@dataclass(frozen=True, slots=True)
class Statement:
    """A CREATE TABLE of the rows of `select`. The first of a table reads its raw rows, given as parameters or found
    elsewhere; `is_leaf` means no other table needs it, so that it can be left out where the table has no rows."""

    table: str
    name: str
    select: str
    is_first: bool
    is_leaf: bool

    @property
    def sql(self) -> str:
        """Returns the whole statement."""
        return f"CREATE OR REPLACE TABLE {self.name} AS {self.select}"


@dataclass(frozen=True, slots=True)
class Build:
    """The statements that build the tables, in waves, and the name of each table's last stage.

    The statements of a wave need only those of earlier waves, so they can run side by side.
    """

    waves: tuple[tuple[Statement, ...], ...]
    final: Mapping[str, str]


def build(staging: Staging, source: Callable[[str], str], texts: Callable[[str], str] | None = None) -> Build:
    """Returns the statements for every table and stage; `source` gives the FROM item of a table's raw rows.

    With `texts`, the FROM item of a table's printed cells, a column that depends on one cell alone is computed once
    for each distinct text: worth its joins for very many rows.
    """
    waves: list[list[Statement]] = []
    latest: dict[str, str] = {}
    for stage in range(staging.last + 1):
        before = dict(latest)
        first: list[Statement] = []  # 表, and the children that need nothing of its new stage
        second: list[Statement] = []
        for table in (PARENT, *_CHILDREN):
            added = staging.added(table, stage)
            if stage and not added:
                continue
            rows = f"SELECT * FROM {latest[table]}" if stage else _source_rows(table, source(table))
            others = before | {PARENT: latest.get(PARENT, "")}
            select = _with_columns(staging.definitions, table, added, rows, others, texts)
            name = table_at(table, stage)
            wave = second if any(linked(column) for column in added) else first
            wave.append(Statement(table, name, select, is_first=not stage, is_leaf=False))
            latest[table] = name
        waves += [first, second]
    return Build(_mark_leaves(waves), latest)


def _mark_leaves(waves: Sequence[Sequence[Statement]]) -> tuple[tuple[Statement, ...], ...]:
    """Returns the waves that have statements, with the leaves marked: no other table needs them from there on."""
    marked: list[tuple[Statement, ...]] = []
    later: list[Statement] = []

    def is_leaf(one: Statement) -> bool:
        return not any(one.name in other.select and not (other.is_leaf and other.table == one.table) for other in later)

    for wave in reversed(waves):
        if wave:
            marked.insert(0, tuple(replace(one, is_leaf=is_leaf(one)) for one in wave))
            later += marked[0]
    return tuple(marked)


def _source_rows(table: str, source: str) -> str:
    items = ["表号", "行号", *(typed(column) for column in columns_of(table))]
    items += GIVEN.get(table, {})
    return f"SELECT {', '.join(items)} FROM {source}"


def _with_columns(
    definitions: Definitions,
    table: str,
    added: Sequence[str],
    rows: str,
    others: Mapping[str, str],
    texts: Callable[[str], str] | None,
) -> str:
    """Returns `rows` with the added columns: parents' links and aggregates by join, the rest level by level."""
    links = [name for name in added if linked(name) is not None]
    derived = [definitions.columns[table, name] for name in added if linked(name) is None]
    rows = _joined(definitions, links, [column for column in derived if column.of], rows, others)
    remaining = [column for column in derived if not column.of]
    if texts is not None:
        once = [column for column in remaining if _cell_of(column) is not None]
        rows = _with_texts(definitions, once, rows, texts(table))
        remaining = [column for column in remaining if column not in once]
    while remaining:
        names = {column.name for column in remaining}
        ready = [column for column in remaining if not names & {name for _, name in sources(column)}]
        plain = [column for column in ready if not column.by]
        if plain:
            own = partial(_own, definitions)
            items = ", ".join(f"TRY({own(one.body, table)}\n) AS {identifier(one.name)}" for one in plain)
            rows = f"SELECT *, {items} FROM ({rows})"
        rows = _with_peers(definitions, [column for column in ready if column.by], rows, texts)
        remaining = [column for column in remaining if column not in ready]
    return rows


def _cell_of(column: Derived) -> str | None:
    """Returns the printed cell of its row that a column is made of; None if it is made of more."""
    names = {name for _, name in sources(column)}
    if len(names) != 1 or column.by or column.of or column.body.parameters:
        return None
    (name,) = names
    is_text = any(one.name == name and one.field.kind is Kind.TEXT for one in columns_of(column.table))
    return name if is_text else None


def _is_printed(column: Derived) -> bool:
    """Returns whether a column is made of printed cells of its own table and the numbers of rows alone."""
    printed = {one.name for one in columns_of(column.table) if one.field.kind is Kind.TEXT} | {"表号", "行号"}
    return not column.body.parameters and all(name in printed for _, name in sources(column))


def _with_texts(definitions: Definitions, columns: Sequence[Derived], rows: str, texts: str) -> str:
    """Returns `rows` with columns that are made of one cell each, computed on the distinct texts and joined."""
    joins = []
    names = []
    by_cell: dict[str, list[Derived]] = {}
    for column in columns:
        by_cell.setdefault(_cell_of(column) or "", []).append(column)
    for number, (cell, group) in enumerate(by_cell.items()):
        own = partial(_own, definitions)
        items = ", ".join(f"TRY({own(one.body, one.table)}\n) AS {identifier(one.name)}" for one in group)
        distinct = f"SELECT DISTINCT {identifier(cell)} FROM {texts}"
        same = f"t{number}.{identifier(cell)} IS NOT DISTINCT FROM r.{identifier(cell)}"
        joins.append(f"LEFT JOIN (SELECT {identifier(cell)}, {items} FROM ({distinct})) t{number} ON {same}")
        names += [f"t{number}.{identifier(one.name)}" for one in group]
    return f"SELECT r.*, {', '.join(names)} FROM ({rows}) r {' '.join(joins)}" if joins else rows


def _with_peers(
    definitions: Definitions, columns: Sequence[Derived], rows: str, texts: Callable[[str], str] | None
) -> str:
    """Returns `rows` with aggregates over the rows of the same form that share some columns.

    The columns are compared by their 64-bit hash: one form has too few rows to collide, and texts are long. With
    `texts`, columns of printed cells alone are aggregated from there, so that the rows need not be written first.
    """
    for by in dict.fromkeys(column.by for column in columns):
        group = [column for column in columns if column.by == by]
        key = f"hash({', '.join(map(identifier, by))})"
        if texts is not None and all(_is_printed(column) for column in group):
            items = ", ".join(
                f"({_own(definitions, one.body, one.table)}\n) AS {identifier(one.name)}" for one in group
            )
            peers = f"SELECT 表号, {key} AS 同键, {items} FROM {texts(group[0].table)} GROUP BY ALL"
            names = ", ".join(f"s.{identifier(one.name)}" for one in group)
            keys = f"hash({', '.join(f'k.{identifier(name)}' for name in by)})"
            rows = f"SELECT k.*, {names} FROM ({rows}) k JOIN ({peers}) s ON s.表号 = k.表号 AND s.同键 = {keys}"
            continue
        keyed = f"SELECT *, {key} AS 同键 FROM ({rows})"
        items = ", ".join(f"({_own(definitions, one.body, one.table)}\n) AS {identifier(one.name)}" for one in group)
        peers = f"SELECT 表号, 同键, {items} FROM k GROUP BY 表号, 同键"
        names = ", ".join(f"s.{identifier(one.name)}" for one in group)
        rows = (
            f"WITH k AS MATERIALIZED ({keyed}), s AS ({peers}) "
            f"SELECT k.* EXCLUDE (同键), {names} FROM k JOIN s ON s.表号 = k.表号 AND s.同键 = k.同键"
        )
    return rows


def _joined(
    definitions: Definitions, links: Sequence[str], columns: Sequence[Derived], rows: str, others: Mapping[str, str]
) -> str:
    """Returns one SELECT that joins a table with its parent and with every table it aggregates."""
    if not links and not columns:
        return rows
    items = [f"p.{identifier(linked(name) or '')} AS {identifier(name)}" for name in links]
    joins = [f"JOIN {others[PARENT]} p ON p.表号 = b.表号"] if links else []
    for number, group in enumerate(_groups(columns)):
        alias = f"g{number}"
        own_row = f" AND {alias}.行号 = b.行号" if group[0].match else ""
        joins.append(
            f"LEFT JOIN ({_aggregates(definitions, group, rows, others)}) {alias} ON {alias}.表号 = b.表号{own_row}"
        )
        for column in group:
            name = identifier(column.name)
            value = f"{alias}.{name}"
            if column.empty is not None:
                empty = _own(definitions, column.empty, column.table)
                value = f"CASE WHEN {alias}.表号 IS NULL THEN ({empty}\n) ELSE {value} END"
            items.append(f"{value} AS {name}")
    return f"SELECT b.*, {', '.join(items)} FROM ({rows}) b {' '.join(joins)}"


def _groups(columns: Sequence[Derived]) -> list[list[Derived]]:
    """Groups the aggregates that one GROUP BY can compute: those of one table with the same match."""
    groups: dict[tuple[str | None, str], list[Derived]] = {}
    for column in columns:
        groups.setdefault((column.of, column.match.sql if column.match else ""), []).append(column)
    return list(groups.values())


def _aggregates(definitions: Definitions, group: Sequence[Derived], rows: str, others: Mapping[str, str]) -> str:
    of = group[0].of or ""
    match = group[0].match
    alias = "o." if match else ""
    own = partial(_own, definitions)
    items = ", ".join(f"({own(column.body, of, alias)}\n) AS {identifier(column.name)}" for column in group)
    if match is None:
        return f"SELECT 表号, {items} FROM {others[of]} GROUP BY 表号"
    on = rewrite(match, match_changes(definitions, match, of))
    join = f"({rows}) m JOIN {others[of]} o ON o.表号 = m.表号 AND ({on}\n)"
    return f"SELECT m.表号, m.行号, {items} FROM {join} GROUP BY m.表号, m.行号"


def _own(definitions: Definitions, expression: Expression, table: str, alias: str = "") -> str:
    """Returns an expression as SQL over one table's columns, each reference quoted (and under an alias)."""
    return rewrite(expression, own_changes(definitions, expression, table, alias))


def own_changes(definitions: Definitions, expression: Expression, table: str, alias: str = "") -> Changes:
    """Returns the SQL of the parts of an expression over one table's columns."""
    return _changes(definitions, expression, lambda reference: alias + identifier(seen_as(reference, table)))


def match_changes(definitions: Definitions, expression: Expression, of: str) -> Changes:
    """Returns the SQL of the parts of a `match` over m, the rows with the column, and o, those of the table `of`."""
    return _changes(definitions, expression, lambda reference: _matched(reference, of))


def _changes(definitions: Definitions, expression: Expression, of: Callable[[Reference], str]) -> Changes:
    changes = {(ref.start, ref.length): of(ref) for ref in expression.references}
    return changes | {(one.start, one.length): literal(definitions.params[one.name]) for one in expression.parameters}


def _matched(reference: Reference, of: str) -> str:
    if reference.table == THIS_ROW:
        return f"m.{identifier(reference.name)}"
    return f"o.{identifier(seen_as(reference, of))}"
