"""The plan by which the tables of an export become forms, and what of it does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from perfeval_lint.audit.tables.given import given_parts
from perfeval_lint.audit.tables.header import money_in
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.match import find_columns, main_part, second_parts
from perfeval_lint.audit.tables.plan import AMOUNTS, NAMES, Part, Plan, about
from perfeval_lint.audit.tables.source import Source
from perfeval_lint.audit.tables.words import FORMS, FUNDS, GOALS, INDICATORS, name_key, shipped_words
from perfeval_lint.errors import Problem, TablesRefused
from perfeval_lint.form.nearest import nearest


def fit(sources: Sequence[Source], mapping: TableMapping) -> Plan:
    """The plan by which tables are imported; raises TablesRefused with everything that does not fit."""
    if not sources:
        raise TablesRefused([Problem("no-tables", "没有可以读取的表（Parquet、CSV、Excel 或 DuckDB 文件）")])
    problems: list[Problem] = []
    parts = list(given_parts(sources, mapping, problems))
    if problems:
        raise TablesRefused(problems)
    free = [source for source in sources if all(part.source is not source for part in parts)]
    named = {given.table for given in mapping.tables if given.source}
    parts += [part for part in map(main_part, free) if part is not None and part.table not in named]
    parts += list(second_parts(parts))
    key = _key(parts, mapping)
    problems = [*_without_key(parts, key), *_without_needs(parts), *_without_tables(parts, sources)]
    if problems:
        raise TablesRefused(problems)
    parts = [_with_money(part, mapping) for part in parts]
    notes = [note for source in sources for note in source.notes]
    notes += [*_unused(parts, sources), *_told_money(parts), *_told_missing(parts)]
    return Plan(tuple(parts), key, mapping, tuple(notes))


# --- what is missing ------------------------------------------------------------------------------


def _key(parts: Sequence[Part], mapping: TableMapping) -> tuple[str, ...]:
    """The key all parts have; where there is none, that which most have."""
    keys = (mapping.key,) if mapping.key else shipped_words().keys
    found = [key for key in keys if parts and all(_has(part, key) for part in parts)]
    return found[0] if found else max(keys, key=lambda key: sum(_has(part, key) for part in parts))


def _has(part: Part, key: Iterable[str]) -> bool:
    return all(name in part.columns or name in part.values for name in key)


def _without_key(parts: Sequence[Part], key: tuple[str, ...]) -> Iterator[Problem]:
    for part in parts:
        missing = [name for name in key if name not in part.columns and name not in part.values]
        if missing:
            yield Problem(
                "no-key",
                f"{about(part)}没有{_absent(part, missing)}，分不清各行属于哪张自评表"
                f"（按{'、'.join(key)}关联）；请在映射文件里用 key 和 columns 写明",
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
    """Reports tables and columns that are not read."""
    ignored = shipped_words().ignored
    for source in sources:
        own = [part for part in parts if part.source is source]
        used = {name for part in own for name in part.columns.values()}
        left = [name for name in source.columns if name not in used and name_key(name) not in ignored]
        of_forms = {*find_columns(source, shipped_words().columns(FORMS)).values()}
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
