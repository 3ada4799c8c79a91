"""How a set of tables becomes forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.source import Source
from perfeval_lint.audit.tables.words import FORMS, FUNDS, GOALS, INDICATORS
from perfeval_lint.errors import Problem

AMOUNTS: Final = ("年初预算数", "全年预算数", "全年执行数")
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
    """How a set of tables becomes forms; `notes` are what there is to tell of it before a row is read."""

    parts: tuple[Part, ...]
    key: tuple[str, ...]
    mapping: TableMapping
    notes: tuple[Problem, ...]

    def of(self, table: str) -> list[Part]:
        """The parts a canonical table is made of."""
        return [part for part in self.parts if part.table == table]


def about(part: Part) -> str:
    """A part at the head of a message that tells its file."""
    name = NAMES[part.table]
    return f"{part.source.name}（{name}）" if part.source.name else name
