"""Telling a table from a form on paper: the row of headings, and whether what is below it are rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.words import DELETED, TABLES, name_key, name_keys, shipped_words

LOOKED_AT: Final = 10  # rows: titles above the headings
_FEWEST_FIELDS: Final = 2  # beside the key
_MONEY: Final = re.compile(r"[（(](?:单位[:：]?)?([万千百亿]?元)[)）]|单位[:：]\s*(?:人民币)?([万千百亿]?元)")


@dataclass(frozen=True, slots=True)
class Header:
    """The row of headings: which of the rows given it is, the columns' names without repeats, and the unit of money
    printed above it."""

    at: int
    names: tuple[str, ...]
    money: str


def find_header(rows: Sequence[Sequence[str]], mapping: TableMapping) -> Header | None:
    """The headings among the first rows of a sheet or file; None where it is no table of forms.

    A table has a row with the columns of a key and two fields more; a form on paper has labels too, but the row below
    them holds further labels or nothing where a table holds the key of its first row.
    """
    for at, row in enumerate(rows[:LOOKED_AT]):
        names = _unique(row)
        key = _key_places(names, mapping)
        if key and _is_row(rows[at + 1 : at + 2], key):
            return Header(at, names, next(filter(None, map(money_in, _texts(rows[:at]))), ""))
    return None


def money_in(text: str) -> str:
    """元, 万元 … where a heading says it; "" where it does not."""
    found = _MONEY.search(text)
    return next(filter(None, found.groups())) if found else ""


def _texts(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    return (cell for row in rows for cell in row)


def _unique(row: Sequence[str]) -> tuple[str, ...]:
    """Names of columns: those without one and the second of two alike are named by their place."""
    names: list[str] = []
    for at, cell in enumerate(row, 1):
        name = "".join(cell.split())
        names.append(name if name and name.lower() not in map(str.lower, names) else f"{name}#第{at}列")
    return tuple(names)


def _key_places(names: Sequence[str], mapping: TableMapping) -> list[int]:
    """Finds the columns of the key in a row that has enough other fields; none where it is no header."""
    known = [_known().get(name_key(name), frozenset()) or _by_remark(name) for name in names]
    own = _given(mapping)
    known = [links | own.get(name_key(name), frozenset()) for links, name in zip(known, names, strict=True)]
    filled = [fields for fields, name in zip(known, names, strict=True) if "#第" not in name]
    fields = {min(each) for each in filled if each}
    if 2 * sum(map(bool, filled)) <= len(filled) and not own:
        return []
    keys = [mapping.key] if mapping.key else shipped_words().keys
    for key in keys:
        places = [next((at for at, each in enumerate(known) if name in each), -1) for name in key]
        if min(places) >= 0 and len(fields - set(key)) >= _FEWEST_FIELDS:
            return places
    return []


def _is_row(rows: Sequence[Sequence[str]], key: Sequence[int]) -> bool:
    """Whether the row below the headings holds a key; a table without any row is one all the same."""
    if not rows:
        return True
    cells = [rows[0][at] if at < len(rows[0]) else "" for at in key]
    return all(cell.strip() and not _known().get(name_key(cell)) for cell in cells)


@cache
def _known() -> dict[str, frozenset[str]]:
    """The canonical columns a name may mean, by the name; what is known and ignored counts as 删除."""
    words = shipped_words()
    pairs = [
        (name_key(name), column) for table in TABLES for column, names in words.columns(table).items() for name in names
    ]
    pairs += [(name, DELETED) for name in words.ignored]
    found: dict[str, frozenset[str]] = {}
    for name, column in pairs:
        found[name] = found.get(name, frozenset()) | {column}
    return found


def _by_remark(name: str) -> frozenset[str]:
    return next((_known()[key] for key in name_keys(name) if key in _known()), frozenset())


def _given(mapping: TableMapping) -> dict[str, frozenset[str]]:
    """The canonical columns by the names a mapping gives them."""
    found: dict[str, frozenset[str]] = {}
    for given in mapping.tables:
        for column, names in given.columns.items():
            for name in names:
                found[name_key(name)] = found.get(name_key(name), frozenset()) | {column}
    return found
