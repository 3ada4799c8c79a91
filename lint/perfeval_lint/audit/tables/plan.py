"""How a set of tables becomes forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.source import Source
from perfeval_lint.audit.tables.words import ADJUSTED, DELETED, FORMS, FUNDS, GOALS, INDICATORS, ORDER, SIGN, UNIT
from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import columns_of

AMOUNTS: Final = ("年初预算数", "全年预算数", "全年执行数")
_READ: Final = (DELETED, ORDER, SIGN, UNIT, ADJUSTED)  # beside the key and the columns of the form
NAMES: Final = {FORMS: "自评表", FUNDS: "资金表", GOALS: "目标表", INDICATORS: "指标表"}


@dataclass(frozen=True, slots=True)
class Part:
    """A canonical table taken from one source: its columns there, and texts that are the same in every row.

    `repeats`: the rows of the source are those of another table and say the same for every row of a form.
    `money` are the units of the amounts.
    """

    table: str
    source: Source
    columns: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    money: Mapping[str, str] = field(default_factory=dict)
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How a set of tables becomes forms; `notes` are to be reported before a row is read."""

    parts: tuple[Part, ...]
    key: tuple[str, ...]
    mapping: TableMapping
    notes: tuple[Problem, ...]

    def of(self, table: str) -> list[Part]:
        """The parts a canonical table is made of."""
        return [part for part in self.parts if part.table == table]


def sources_of(plan: Plan) -> list[Source]:
    """The sources of a plan, each once."""
    found: list[Source] = []
    for part in plan.parts:
        if part.source not in found:
            found.append(part.source)
    return found


def used_columns(plan: Plan, source: Source) -> list[str]:
    """The columns of a source that an import reads, in the source's order."""
    used = {
        name
        for part in plan.parts
        if part.source == source
        for column, name in part.columns.items()
        if column in (*plan.key, *_READ, *(own.name for own in columns_of(part.table)))
    }
    return [name for name in source.columns if name in used]


def with_rows(plan: Plan, rows: Mapping[int, tuple[str, Mapping[str, str]]]) -> Plan:
    """A plan that reads the same rows, or some of them, from elsewhere: for each of sources_of, by its number, the FROM
    item that gives at least used_columns and ROW as the source does, and the SQL types of those columns."""
    old = sources_of(plan)
    new = [replace(source, rows=rows[number][0], columns=rows[number][1]) for number, source in enumerate(old)]
    parts = (replace(part, source=new[old.index(part.source)]) for part in plan.parts)
    return replace(plan, parts=tuple(parts))


def about(part: Part) -> str:
    """Names a part at the head of a message whose file is given beside it."""
    name = NAMES[part.table]
    return f"{part.source.name}（{name}）" if part.source.name else name
