"""Remarks on findings that rest on values the conversion was not sure of, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from perfeval_lint.form.definition import BY_KEY, DOUBTS, INDICATORS, TABLES, TOTAL, UNKNOWN_TABLE, Kind, columns_of
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import PATTERN, FormPath, parsed
from perfeval_lint.judge.tables import section_of
from perfeval_lint.rule.compile.query import Check, wanted_columns
from perfeval_lint.rule.compile.rewrite import linked
from perfeval_lint.rule.compile.staging import sources
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.columns import PARENT, READINGS
from perfeval_lint.sql.text import identifier, literal

REMARK = "（请核对识别结果）"
_TABLES = frozenset(TABLES) - {UNKNOWN_TABLE}
_ON_FORM = tuple(column.name for column in columns_of(PARENT))
_NO_PATH = FormPath("")
_Cells = Mapping[tuple[str, str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The form's columns a check reads, as (table, field): of the judged row itself, and of any row."""

    own: frozenset[tuple[str, str]]
    any_row: frozenset[tuple[str, str]]


def inputs_of(definitions: Definitions, check: Check) -> Inputs:
    """Returns the form's columns a check reads, through any derived columns."""
    own: set[tuple[str, str]] = set()
    others: set[tuple[str, str]] = set()
    seen: set[tuple[str, str, bool]] = set()
    waiting = [(table, name, True) for table, name in wanted_columns([check])]
    while waiting:
        table, name, is_own = waiting.pop()
        if (table, name, is_own) in seen:
            continue
        seen.add((table, name, is_own))
        link = linked(name)
        derived = definitions.columns.get((table, name))
        if link is not None:
            waiting.append((PARENT, link, False))
        elif derived is None:
            (own if is_own else others).update((table, field) for field in _fields(table, name))
        else:
            stays = is_own and not (derived.of or derived.by)
            waiting += [(inner, wanted, stays and inner == table) for inner, wanted in sources(derived)]
    return Inputs(frozenset(own), frozenset(others))


def _fields(table: str, name: str) -> tuple[str, ...]:
    if table == INDICATORS.table and name in READINGS:
        return READINGS[name].fields
    return (name.removesuffix("原文"),)


def doubted_cells(form: Form) -> _Cells:
    """Returns the rows whose value is in doubt, by (table, column); row 0 for what a form has once.

    A place in the file (Sheet1!C5) is among them too, as a column that the form does not have.
    """
    found: dict[tuple[str, str], set[int]] = {}
    for record in form.rows(DOUBTS):
        path = parsed(record.text("位置") or "") or _NO_PATH
        section = BY_KEY.get(path.section)
        if section is None:
            found.setdefault((PARENT, path.section), set()).add(0)
            continue
        fields = [field.name for field in section.fields if path.field in (None, field.name)]
        for field in fields:
            found.setdefault((section.table, section.prefix + field), set()).add(path.row or 0)
    return {key: frozenset(rows) for key, rows in found.items()}


def remark_on(definitions: Definitions, check: Check, form: Form, row: int) -> str:
    """Returns the remark on a finding that rests on a cell in doubt; empty where it rests on none."""
    cells, inputs = doubted_cells(form), inputs_of(definitions, check)
    is_own = any(row in cells.get(key, ()) for key in inputs.own)
    if is_own or any(key in cells for key in inputs.any_row):
        return REMARK
    is_unread = any(table == PARENT and column not in _ON_FORM for table, column in cells)
    return REMARK if is_unread and _is_blank(form, check, row) else ""


def _is_blank(form: Form, check: Check, row: int) -> bool:
    """Returns whether a finding is about what is not on the form: a cell that was not understood may hold it."""
    at = check.at
    if at in BY_KEY:
        return at != TOTAL.key and not form.rows(BY_KEY[at])
    if not _is_cell(check):
        return False
    field = at.removeprefix(TOTAL.prefix)
    if check.table != PARENT:
        rows, name = form.rows(section_of(check.table))[row : row + 1], at
    elif at.startswith(TOTAL.prefix) and TOTAL.field(field):
        rows, name = form.rows(TOTAL), field
    else:
        rows, name = (form.root,), at
    return not any((record.text(name) or "").strip() for record in rows)


def _is_cell(check: Check) -> bool:
    """Returns whether a check points to a cell, neither to a section nor to what no form has."""
    return check.table in _TABLES and any(column.name == check.at for column in columns_of(check.table))


def doubted_cells_sql(doubts: str) -> str:
    """Returns a SELECT of the cells in doubt: 表号, 表, 列, 行号; `doubts` is the FROM item of the rows of 存疑."""
    fields = ", ".join(
        f"({literal(key)}, {literal(section.table)}, {literal(field.name)}, {literal(section.prefix + field.name)})"
        for key, section in BY_KEY.items()
        for field in section.fields
    )
    path = literal(f"^{PATTERN}$")
    parts = ", ".join(f"regexp_extract(位置, {path}, {group}) AS {name}" for group, name in enumerate("键行格", 1))
    return (
        f"WITH d AS (SELECT 表号, {parts} FROM {doubts}), f(键, 表, 格, 列) AS (VALUES {fields}) "
        "SELECT 表号, coalesce(f.表, '表') AS 表, coalesce(f.列, d.键) AS 列, "
        "CASE WHEN f.键 IS NULL OR d.行 = '' THEN 0 ELSE CAST(d.行 AS UINTEGER) END AS 行号 "
        "FROM d LEFT JOIN f ON f.键 = d.键 AND (d.格 = '' OR d.格 = f.格) "
        "WHERE f.键 IS NOT NULL OR d.键 NOT IN (SELECT 键 FROM f)"  # a field that a section does not have is none
    )


def remark_sql(definitions: Definitions, check: Check, cells: str, rows_of: Callable[[str], str]) -> str:
    """Returns the SQL of `remark_on`; `cells` is a table of `doubted_cells_sql`, `rows_of` gives that of a table."""
    found = inputs_of(definitions, check)
    tests = []
    if found.own:
        tests.append(f"(表号, 行号) IN (SELECT (表号, 行号) FROM {cells} WHERE (表, 列) IN ({_pairs(found.own)}))")
    if found.any_row:
        tests.append(f"表号 IN (SELECT 表号 FROM {cells} WHERE (表, 列) IN ({_pairs(found.any_row)}))")
    if blank := _blank_sql(check, rows_of):
        known = ", ".join(map(literal, _ON_FORM))
        unread = f"SELECT 表号 FROM {cells} WHERE 表 = {literal(PARENT)} AND 列 NOT IN ({known})"
        tests.append(f"({blank} AND 表号 IN ({unread}))")
    return f"CASE WHEN {' OR '.join(tests)} THEN {literal(REMARK)} ELSE '' END" if tests else "''"


def _blank_sql(check: Check, rows_of: Callable[[str], str]) -> str:
    """Returns the SQL of `_is_blank`; "" where it is never so."""
    if check.at in BY_KEY:
        section = BY_KEY[check.at]
        return "" if section is TOTAL else f"表号 NOT IN (SELECT 表号 FROM {rows_of(section.table)})"
    if not _is_cell(check):
        return ""
    kind = next(column.field.kind for column in columns_of(check.table) if column.name == check.at)
    printed = check.at if kind is Kind.TEXT else f"{check.at}原文"
    return f"coalesce(trim({identifier(printed)}), '') = ''"


def _pairs(cells: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"({literal(table)}, {literal(name)})" for table, name in sorted(cells))
