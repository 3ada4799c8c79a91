"""The names exported tables go by and the names of their columns, from words.yaml beside this module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from perfeval_lint.letters import folded
from perfeval_lint.recognise.words.label import label_keys
from perfeval_lint.rule.files import read_source

FILE: Final = Path(__file__).with_name("words.yaml")
FORMS, FUNDS, GOALS, INDICATORS = TABLES = "表", "资金", "目标", "指标"
DELETED, ORDER = "删除", "顺序"
SIGN, UNIT, ADJUSTED = "符号", "单位", "调整指标值"


@dataclass(frozen=True, slots=True)
class TableWords:
    """One canonical table: the names an export gives it, the columns it cannot do without (the first by which it is
    recognised), and the names of every column, best first."""

    names: tuple[str, ...]
    needs: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """Everything known of exports. `links` are the columns any table may carry; `keys` those that make a form's key,
    in the order they are tried."""

    keys: tuple[tuple[str, ...], ...]
    links: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, TableWords]
    signs: Mapping[str, str]
    wordless: tuple[str, ...]
    deleted: tuple[str, ...]
    kept: tuple[str, ...]
    ignored: frozenset[str]

    def columns(self, table: str) -> Mapping[str, tuple[str, ...]]:
        """The columns of a table and those that any may carry, with their names."""
        return {**self.links, **self.tables[table].columns}

    def canonical(self, table: str) -> tuple[str, ...]:
        """The names that a mapping may give a column or a value in a table."""
        return tuple(self.columns(table))


@cache
def shipped_words() -> Words:
    """The words that come with the package."""
    content = read_source(FILE, FILE.name).content
    tables = {
        table: TableWords(tuple(one["names"]), tuple(one["needs"]), _lists(one["columns"]))
        for table, one in content["tables"].items()
    }
    return Words(
        tuple(map(tuple, content["keys"])),
        _lists(content["links"]),
        tables,
        content["signs"],
        tuple(content["wordless"]),
        tuple(content["deleted"]["yes"]),
        tuple(content["deleted"]["no"]),
        frozenset(map(name_key, content["ignored"])),
    )


def _lists(content: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in content.items()}


def name_keys(name: str) -> tuple[str, ...]:
    """The keys of a column's or table's name: of it whole first, then without a remark or unit behind it."""
    return tuple(key.replace("_", "").lower() for key in label_keys(folded(name)))


def name_key(name: str) -> str:
    """A name for comparing: no case, white space, numbering or underlines."""
    return name_keys(name)[0]
