"""Which table of an export is which of a form's, by the names of tables and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Final

from perfeval_lint.audit.tables.header import money_in
from perfeval_lint.audit.tables.mapping import Given, TableMapping, misnamed
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
from perfeval_lint.errors import Problem, TablesRefused
from perfeval_lint.form.nearest import nearest

AMOUNTS: Final = ("年初预算数", "全年预算数", "全年执行数")
_TOTAL: Final = {"资金来源": "年度资金总额"}
NAMES: Final = {FORMS: "自评表", FUNDS: "资金表", GOALS: "目标表", INDICATORS: "指标表"}
_BY_COLUMNS: Final = (INDICATORS, FUNDS, GOALS)  # told by their columns, in this order
_FEWEST_OF_FORM: Final = 2


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


def fit(sources: Sequence[Source], mapping: TableMapping) -> Plan:
    """The plan by which tables are imported; raises TablesRefused with everything that does not fit."""
    if not sources:
        raise TablesRefused([Problem("no-tables", "没有可以读取的表（Parquet、CSV、Excel 或 DuckDB 文件）")])
    problems: list[Problem] = []
    parts = list(_given_parts(sources, mapping, problems))
    if problems:
        raise TablesRefused(problems)
    free = [source for source in sources if all(part.source is not source for part in parts)]
    named = {given.table for given in mapping.tables if given.source}
    parts += [part for part in map(_main_part, free) if part is not None and part.table not in named]
    parts += list(_second_parts(parts))
    key = _key(parts, mapping)
    problems = [*_without_key(parts, key), *_without_needs(parts), *_without_tables(parts, sources)]
    if problems:
        raise TablesRefused(problems)
    parts = [_with_money(part, mapping) for part in parts]
    notes = [note for source in sources for note in source.notes]
    notes += [*_unused(parts, sources), *_told_money(parts), *_told_missing(parts)]
    return Plan(tuple(parts), key, mapping, tuple(notes))


def about(part: Part) -> str:
    """A part at the head of a message that tells its file."""
    name = NAMES[part.table]
    return f"{part.source.name}（{name}）" if part.source.name else name


# --- what the mapping says ------------------------------------------------------------------------


def _given_parts(sources: Sequence[Source], mapping: TableMapping, problems: list[Problem]) -> Iterator[Part]:
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
    return bool(given.columns) and all(_find(source, names) for names in given.columns.values())


def _likeliest(sources: Sequence[Source], given: Given) -> Source:
    return max(sources, key=lambda source: sum(_find(source, names) is not None for names in given.columns.values()))


def _misnamed_columns(source: Source, given: Given, mapping: TableMapping) -> Iterator[Problem]:
    for column, names in given.columns.items():
        if _find(source, names) is None:
            path = (*given.path, "columns", column)
            yield misnamed(mapping, f"{source.shown} 里没有列", names[0], list(source.columns), path)


def _given_part(source: Source, given: Given) -> Part:
    columns = {column: _find(source, names) or "" for column, names in given.columns.items()}
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
    taken = {*others, *part.columns.values()} - {*_columns(part.source, words.links).values()}
    free = {
        column: name
        for column, name in _columns(part.source, known).items()
        if column not in part.columns and column not in part.values and name not in taken
    }
    return replace(part, columns={**free, **part.columns})


# --- what the names say ---------------------------------------------------------------------------


def _find(source: Source, names: Iterable[str]) -> str | None:
    """The column of the first of the names a source has."""
    index: dict[str, str] = {}
    keys = {column: name_keys(column) for column in source.columns}
    for column, (key, *_) in keys.items():
        index.setdefault(key, column)
    for column, (_, *shorter) in keys.items():
        for key in shorter:
            index.setdefault(key, column)
    return next((index[key] for name in names if (key := name_key(name)) in index), None)


def _columns(source: Source, words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The columns of a source by what they hold; one that fits two is the first's."""
    found: dict[str, str] = {}
    for column, names in words.items():
        name = _find(source, names)
        if name is not None and name not in found.values():
            found[column] = name
    return found


def _main_part(source: Source) -> Part | None:
    """The table whose rows those of a source are: by its name, else by its columns; None where it is none."""
    words = shipped_words()
    parts = {table: Part(table, source, _columns(source, words.columns(table))) for table in TABLES}
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


def _second_parts(parts: Sequence[Part]) -> Iterator[Part]:
    """Tables that have no source of their own and whose columns stand in another's: forms beside indicators, the
    total of the funds and the goal beside forms."""
    there = {part.table for part in parts}
    words = shipped_words()
    for table in (FORMS, FUNDS, GOALS):
        if table in there:
            continue
        for host in parts:
            taken = {name for part in parts if part.source is host.source for name in part.columns.values()}
            linked = set(_columns(host.source, words.links).values())
            columns = {
                column: name
                for column, name in _columns(host.source, words.columns(table)).items()
                if name in linked or name not in taken
            }
            needs = set(words.tables[table].needs)
            if table == FORMS and host.table != INDICATORS and any(part.table == INDICATORS for part in parts):
                continue
            if table == FORMS or needs & set(columns):
                values = _TOTAL if table == FUNDS and "资金来源" not in columns else {}
                yield Part(table, host.source, columns, values, {}, repeats=True)


# --- what is missing ------------------------------------------------------------------------------


def _key(parts: Sequence[Part], mapping: TableMapping) -> tuple[str, ...]:
    """The key all parts have."""
    keys = (mapping.key,) if mapping.key else shipped_words().keys
    found = [key for key in keys if parts and all(_has(part, key) for part in parts)]
    if found or mapping.key:
        return found[0] if found else mapping.key
    return max(keys, key=lambda key: sum(_has(part, key) for part in parts))


def _has(part: Part, key: Iterable[str]) -> bool:
    return all(name in part.columns or name in part.values for name in key)


def _without_key(parts: Sequence[Part], key: tuple[str, ...]) -> Iterator[Problem]:
    for part in parts:
        missing = [name for name in key if name not in part.columns and name not in part.values]
        if missing:
            whole = "、".join(shipped_words().keys[0] if len(shipped_words().keys[0]) == len(key) == 1 else key)
            yield Problem(
                "no-key",
                f"{about(part)}没有{_absent(part, missing)}，分不清各行属于哪张自评表"
                f"（按“{whole}”关联）；请在映射文件里用 key 和 columns 写明",
                part.source.file,
            )


def _without_needs(parts: Sequence[Part]) -> Iterator[Problem]:
    for part in parts:
        needs = [] if part.repeats else shipped_words().tables[part.table].needs
        missing = [name for name in needs if name not in part.columns and name not in part.values]
        if missing:
            yield Problem(
                "no-column",
                f"{about(part)}没有{_absent(part, missing)}；列名改了的，请在映射文件的 columns 里写明",
                part.source.file,
            )


def _absent(part: Part, missing: Iterable[str]) -> str:
    """The missing columns, each with the names it is known by and the free column that looks most like one."""
    words = shipped_words().columns(part.table)
    free = [name for name in part.source.columns if name not in part.columns.values()]
    return "、".join(_absent_one(name, words[name], free) for name in missing)


def _absent_one(column: str, names: Sequence[str], free: Sequence[str]) -> str:
    close = next(filter(None, (nearest(name.lower(), [one.lower() for one in free]) for name in names)), None)
    like = next((one for one in free if one.lower() == close), None)
    offer = f"；是否就是“{like}”？" if like else ""
    return f"“{column}”列（认得 {'、'.join(names[:4])} 等{offer}）"


def _without_tables(parts: Sequence[Part], sources: Sequence[Source]) -> Iterator[Problem]:
    there = {part.table for part in parts}
    has = "、".join(source.shown for source in sources)
    for table in (FORMS, INDICATORS):
        if table not in there:
            names = "、".join(shipped_words().tables[table].names[:2])
            message = f"没有找到{NAMES[table]}（{names} 等）；读到的有：{has}。请一并给出，或在映射文件里用 from 指明"
            yield Problem("no-table", message, sources[0].file)


def _told_missing(parts: Sequence[Part]) -> Iterator[Problem]:
    """Tables and scores that are not there: the rules that need them will not be evaluated."""
    there = {part.table for part in parts}
    for table in (FUNDS, GOALS):
        if table not in there:
            names = "、".join(shipped_words().tables[table].names[:2])
            yield Problem("no-table", f"没有{NAMES[table]}（{names} 等），涉及它的规则不能判断")
    for part in parts:
        missing = [name for name in ("分值", "得分", "偏差原因") if name not in part.columns]
        if part.table == INDICATORS and missing:
            message = f"{about(part)}没有{_absent(part, missing)}，涉及它的规则不能判断"
            yield Problem("no-column", message, part.source.file)


def _unused(parts: Sequence[Part], sources: Sequence[Source]) -> Iterator[Problem]:
    """Tables and columns that no one asked for."""
    ignored = shipped_words().ignored
    for source in sources:
        own = [part for part in parts if part.source is source]
        used = {name for part in own for name in part.columns.values()}
        left = [name for name in source.columns if name not in used and name_key(name) not in ignored]
        of_forms = {*_columns(source, shipped_words().columns(FORMS)).values()}
        left = [name for name in left if name not in of_forms]
        if not own:
            yield Problem("unused-table", f"{source.shown} 不像自评表的任何一部分，没有读取", source.file)
        elif left:
            message = f"{source.shown} 有 {len(left)} 列不认识，没有读取：{'、'.join(left[:20])}"
            yield Problem("unused-column", message, source.file)


# --- money ----------------------------------------------------------------------------------------


def _with_money(part: Part, mapping: TableMapping) -> Part:
    """The unit of each amount: as the mapping says for the table, as the heading says, as the mapping says for all;
    "" where no one says."""
    money = {
        name: part.money.get(name) or money_in(column) or part.source.money or mapping.money
        for name, column in part.columns.items()
        if name in AMOUNTS and part.table == FUNDS
    }
    return replace(part, money=money)


def _told_money(parts: Sequence[Part]) -> Iterator[Problem]:
    for part in parts:
        unsaid = [part.columns[name] for name, unit in part.money.items() if not unit]
        if unsaid:
            message = (
                f"{about(part)}没有写明金额单位（{'、'.join(unsaid)}），按万元读；"
                "如果是元，请写映射文件（--mapping），其中一行 money: 元"
            )
            yield Problem("money-unit", message, part.source.file)
