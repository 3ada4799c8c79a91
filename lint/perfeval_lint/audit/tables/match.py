"""Matches the tables of an export to those of a form, by the names of tables and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from perfeval_lint.audit.tables.plan import Part
from perfeval_lint.audit.tables.source import Source
from perfeval_lint.audit.tables.words import (
    FORMS,
    FUNDS,
    GOALS,
    INDICATORS,
    TABLES,
    name_key,
    name_keys,
    shipped_words,
)

_TOTAL: Final = {"资金来源": "年度资金总额"}
_BY_COLUMNS: Final = (INDICATORS, FUNDS, GOALS)  # recognised by their columns, in this order
_FEWEST_OF_FORM: Final = 2


def find_column(source: Source, names: Iterable[str]) -> str | None:
    """The column of the first of the names a source has."""
    index: dict[str, str] = {}
    keys = {column: name_keys(column) for column in source.columns}
    for column, (key, *_) in keys.items():
        index.setdefault(key, column)
    for column, (_, *shorter) in keys.items():
        for key in shorter:
            index.setdefault(key, column)
    return next((index[key] for name in names if (key := name_key(name)) in index), None)


def find_columns(source: Source, words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The columns of a source by what they hold; one that fits two is the first's."""
    found: dict[str, str] = {}
    for column, names in words.items():
        name = find_column(source, names)
        if name is not None and name not in found.values():
            found[column] = name
    return found


def main_part(source: Source) -> Part | None:
    """The table whose rows those of a source are: by its name, else by its columns; None where it is none."""
    words = shipped_words()
    parts = {table: Part(table, source, find_columns(source, words.columns(table))) for table in TABLES}
    named = _named(source)
    if named is not None and set(parts[named].columns) & set(words.tables[named].columns):
        return parts[named]
    own = set(parts[FORMS].columns) & set(words.tables[FORMS].columns)
    for table in _BY_COLUMNS:
        first, *others = words.tables[table].needs
        has = parts[table].columns
        if first in has and any(other in has for other in others) and not (table == GOALS and own - {"主管部门"}):
            return parts[table]
    return parts[FORMS] if len(parts[FORMS].columns) > _FEWEST_OF_FORM else None


def _named(source: Source) -> str | None:
    """The table whose name a source goes by; the longest name counts, and the first hint that has one."""
    names = [(name_key(name), table) for table in TABLES for name in shipped_words().tables[table].names]
    for hint in source.hints:
        found = [(len(name), table) for name, table in names if name in name_key(hint)]
        if found:
            return max(found)[1]
    return None


def second_parts(parts: Sequence[Part]) -> Iterator[Part]:
    """Tables that have no source of their own and whose columns are in another's: forms beside indicators, the
    total of the funds and the goal beside forms."""
    there = {part.table for part in parts}
    words = shipped_words()
    for table in (FORMS, FUNDS, GOALS):
        if table in there:
            continue
        for host in parts:
            taken = {name for part in parts if part.source is host.source for name in part.columns.values()}
            linked = set(find_columns(host.source, words.links).values())
            columns = {
                column: name
                for column, name in find_columns(host.source, words.columns(table)).items()
                if name in linked or name not in taken
            }
            needs = set(words.tables[table].needs)
            if table == FORMS and host.table != INDICATORS and any(part.table == INDICATORS for part in parts):
                continue
            if table == FORMS or needs & set(columns):
                values = _TOTAL if table == FUNDS and "资金来源" not in columns else {}
                yield Part(table, host.source, columns, values, {}, repeats=True)
