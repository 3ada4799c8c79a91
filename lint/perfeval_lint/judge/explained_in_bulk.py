"""Looks for the slips behind the findings of forms in a database, a few hundred forms at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import duckdb

from perfeval_lint.form.definition import FUNDS, GROUPS, INDICATORS, TOTAL, Section
from perfeval_lint.form.model import Form, Record, Value
from perfeval_lint.form.origin import Position
from perfeval_lint.judge.explained import COLUMNS, Explained, Found, explained
from perfeval_lint.judge.origins import origin_sql
from perfeval_lint.rule.model import Severity, Slips
from perfeval_lint.sql.text import identifier, literal, unnested

SLIPS = "新笔误"  # the slips, as rows of 笔误 as read: 表号, 行号, its columns, 出处; 表名, 表行, 列名 are the cell
MENDED = "笔误所改"  # the findings each slip mends: 表号, 规则, 路径, 笔误行号
NEW = f"""
CREATE OR REPLACE TEMP TABLE {SLIPS} (
    表号 BIGINT, 行号 UINTEGER, {", ".join(f"{name} VARCHAR" for name in COLUMNS)}, 出处 VARCHAR,
    表名 VARCHAR, 表行 UINTEGER, 列名 VARCHAR);
CREATE OR REPLACE TEMP TABLE {MENDED} (表号 BIGINT, 规则 VARCHAR, 路径 VARCHAR, 笔误行号 UINTEGER);
"""

_AT_ONCE = 500  # forms whose figures are in memory
_SECTIONS = (FUNDS, INDICATORS, GROUPS, TOTAL)


def explain(database: duckdb.DuckDBPyConnection, slips: Slips, findings: str, raw: Callable[[str], str]) -> None:
    """Fills SLIPS and MENDED, and adds remarks to the messages of a table of findings; `raw` gives the name of the
    table with a table's rows as read."""
    rules = ", ".join(map(literal, sorted(slips.rules)))
    suspects = f"SELECT DISTINCT 表号 FROM {findings} WHERE 豁免 IS NULL AND 规则 IN ({rules}) ORDER BY 表号"
    numbers = [number for (number,) in database.execute(suspects).fetchall()]
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        forms, found = _figures(database, raw, some), _findings(database, findings, some)
        _write(database, findings, raw, {number: explained(slips, forms[number], found[number]) for number in some})


def _findings(database: duckdb.DuckDBPyConnection, findings: str, numbers: Sequence[int]) -> Mapping[int, list[Found]]:
    found: dict[int, list[Found]] = {number: [] for number in numbers}
    chosen = "豁免 IS NULL AND 表号 IN (SELECT unnest(?))"
    rows = database.execute(f"SELECT 表号, 规则, 路径, 级别, 行号 FROM {findings} WHERE {chosen}", [numbers]).fetchall()
    for number, rule, path, severity, row in rows:
        found[number].append(Found(rule, path, Severity(severity), row))
    return found


def _figures(
    database: duckdb.DuckDBPyConnection, raw: Callable[[str], str], numbers: Sequence[int]
) -> Mapping[int, Form]:
    """Returns the forms of these 表号 with their funds, indicators, groups and totals, without places in a file."""
    nowhere = Position(0, 0)
    records: dict[int, dict[str, tuple[Record, ...]]] = {number: {"": (Record({}, nowhere),)} for number in numbers}
    for section in _SECTIONS:
        rows: dict[int, list[Record]] = {}
        for number, cells in _cells(database, raw(section.table), section, numbers):
            filled = {name: Value(cell, nowhere) for name, cell in cells.items() if cell is not None}
            rows.setdefault(number, []).append(Record(filled, nowhere))
        for number, found in rows.items():
            records[number][section.key] = tuple(found)
    return {number: Form(found, tuple(found), (), {}) for number, found in records.items()}


def _cells(
    database: duckdb.DuckDBPyConnection, raw: str, section: Section, numbers: Sequence[int]
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yields the rows of a section, each with the 表号 of its form."""
    names = [field.name for field in section.fields]
    items = ", ".join(identifier(section.prefix + name) for name in names)
    select = f"SELECT 表号, {items} FROM {raw} WHERE 表号 IN (SELECT unnest(?)) ORDER BY 表号, 行号"
    for number, *cells in database.execute(select, [numbers]).fetchall():
        yield number, dict(zip(names, cells, strict=True))


def _write(
    database: duckdb.DuckDBPyConnection, findings: str, raw: Callable[[str], str], found: Mapping[int, Explained]
) -> None:
    slips = [
        (number, row, *cells, None, *cell)
        for number, one in found.items()
        for row, (cells, cell) in enumerate(zip(one.rows, one.cells, strict=True))
    ]
    _insert(database, SLIPS, slips)
    _insert(database, MENDED, [(number, *one) for number, slip in found.items() for one in slip.mended])
    for table, column in sorted({(table, column) for one in found.values() for table, _, column in one.cells}):
        database.execute(
            f"UPDATE {SLIPS} SET 出处 = {origin_sql(table, column, 'r.出处')} FROM {raw(table)} r "
            f"WHERE r.表号 = {SLIPS}.表号 AND r.行号 = 表行 AND 表名 = {literal(table)} AND 列名 = {literal(column)}"
        )
    _add_remarks(database, findings, [(number, *one) for number, form in found.items() for one in form.remarks])


def _add_remarks(
    database: duckdb.DuckDBPyConnection, findings: str, remarks: Sequence[tuple[int, str, str, str]]
) -> None:
    texts: dict[tuple[int, str, str], str] = {}
    for number, rule, path, text in remarks:
        texts[number, rule, path] = texts.get((number, rule, path), "") + text
    kinds = {"表号": "BIGINT", "规则": "VARCHAR", "路径": "VARCHAR", "注": "VARCHAR"}
    if texts:
        columns = [list(column) for column in zip(*((*key, text) for key, text in texts.items()), strict=True)]
        database.execute(
            f"UPDATE {findings} SET 消息 = concat(消息, m.注) FROM (SELECT {unnested(kinds)}) m "
            f"WHERE {findings}.表号 = m.表号 AND {findings}.规则 = m.规则 AND {findings}.路径 = m.路径",
            columns,
        )


def _insert(database: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        values = ", ".join(f"unnest(${number})" for number in range(1, len(rows[0]) + 1))
        database.execute(f"INSERT INTO {table} SELECT {values}", [list(column) for column in zip(*rows, strict=True)])
