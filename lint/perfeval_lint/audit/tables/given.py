"""The parts a mapping file names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from perfeval_lint.audit.tables.mapping import Given, TableMapping, misnamed
from perfeval_lint.audit.tables.match import find_column, find_columns
from perfeval_lint.audit.tables.plan import AMOUNTS, Part
from perfeval_lint.audit.tables.source import Source
from perfeval_lint.audit.tables.words import FORMS, FUNDS, GOALS, INDICATORS, shipped_words
from perfeval_lint.errors import Problem


def given_parts(sources: Sequence[Source], mapping: TableMapping, problems: list[Problem]) -> Iterator[Part]:
    """The parts a mapping names; of several on one source the one whose rows they are goes first."""
    found: list[Part] = []
    for given in mapping.tables:
        if not given.columns and not given.values and not given.source:
            continue
        chosen = [source for source in sources if _is_named(source, given)]
        if given.source and not chosen:
            known = list(dict.fromkeys(source.hints[0] for source in sources))
            problems.append(misnamed(mapping, "没有表", given.source, known, (*given.path, "from")))
        elif not chosen:
            problems += _misnamed_columns(_likeliest(sources, given), given, mapping)
        for source in chosen:
            missing = list(_misnamed_columns(source, given, mapping))
            problems += missing
            if not missing:
                found.append(_given_part(source, given))
    for source in sources:
        own = [part for part in found if part.source is source]
        main = _row_giver(own)
        for part in own:
            others = [name for other in own if other is not part for name in other.columns.values()]
            alone = sum(part.table == other.table for other in own) == 1 and not (part.values and part is not main)
            yield replace(_widened(part, others, alone=alone), repeats=part.table != main.table if main else False)


def _is_named(source: Source, given: Given) -> bool:
    """Whether a source is the one a mapping names; where it names none, whether it has all the columns."""
    if given.source:
        pattern = given.source.lower()
        names = {hint.lower() for hint in source.hints} | {file.name.lower() for file in source.files}
        return any(fnmatchcase(name, pattern) for name in names)
    return bool(given.columns) and all(find_column(source, names) for names in given.columns.values())


def _likeliest(sources: Sequence[Source], given: Given) -> Source:
    return max(
        sources, key=lambda source: sum(find_column(source, names) is not None for names in given.columns.values())
    )


def _misnamed_columns(source: Source, given: Given, mapping: TableMapping) -> Iterator[Problem]:
    for column, names in given.columns.items():
        if find_column(source, names) is None:
            path = (*given.path, "columns", column)
            yield misnamed(mapping, f"{source.shown} 里没有列", names[0], list(source.columns), path)


def _given_part(source: Source, given: Given) -> Part:
    columns = {column: find_column(source, names) or "" for column, names in given.columns.items()}
    money = dict.fromkeys(AMOUNTS, given.money) if given.money else {}
    return Part(given.table, source, columns, given.values, money)


def _row_giver(parts: Sequence[Part]) -> Part | None:
    """Of the parts of one source the one whose rows its rows are: indicators before funds before forms."""
    by_table = {part.table: part for part in reversed(parts)}
    funds = by_table.get(FUNDS)
    sources = funds if funds is not None and "资金来源" in funds.columns else None
    return by_table.get(INDICATORS) or sources or by_table.get(FORMS) or by_table.get(GOALS) or by_table.get(FUNDS)


def _widened(part: Part, others: Iterable[str], *, alone: bool) -> Part:
    """A part with the columns that are known without being given: all of them where it is the only part of its table
    in the source, else those that link rows to forms."""
    words = shipped_words()
    known = words.columns(part.table) if alone else words.links
    taken = {*others, *part.columns.values()} - {*find_columns(part.source, words.links).values()}
    free = {
        column: name
        for column, name in find_columns(part.source, known).items()
        if column not in part.columns and column not in part.values and name not in taken
    }
    return replace(part, columns={**free, **part.columns})
