"""Remarks on findings that rest on values the conversion was not sure of, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from perfeval_lint.form.definition import BY_KEY, DOUBTS, INDICATORS, columns_of
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import PATTERN, parsed
from perfeval_lint.rule.compile.query import Check, wanted_columns
from perfeval_lint.rule.compile.rewrite import linked
from perfeval_lint.rule.compile.staging import sources
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.columns import PARENT, READINGS
from perfeval_lint.sql.text import literal

REMARK = "（请核对识别结果）"
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
    """Returns the rows whose value is in doubt, by (table, column); row 0 for what a form has once."""
    found: dict[tuple[str, str], set[int]] = {}
    for record in form.rows(DOUBTS):
        path = parsed(record.text("位置") or "")
        if path is None:
            continue
        section = BY_KEY.get(path.section)
        if section is None:
            found.setdefault((PARENT, path.section), set()).add(0)
            continue
        named = path.field
        fields: Iterable[str] = [named] if named else [column.field.name for column in columns_of(section.table)]
        for field in fields:
            found.setdefault((section.table, section.prefix + field), set()).add(path.row or 0)
    return {key: frozenset(rows) for key, rows in found.items()}


def remark_on(definitions: Definitions, check: Check, form: Form, row: int) -> str:
    """Returns the remark on a finding that rests on a cell in doubt; empty where it rests on none."""
    cells, inputs = doubted_cells(form), inputs_of(definitions, check)
    is_own = any(row in cells.get(key, ()) for key in inputs.own)
    return REMARK if is_own or any(key in cells for key in inputs.any_row) else ""


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


def remark_sql(definitions: Definitions, check: Check, cells: str) -> str:
    """Returns the SQL of `remark_on`; `cells` is a table of `doubted_cells_sql`."""
    found = inputs_of(definitions, check)
    tests = []
    if found.own:
        tests.append(f"(表号, 行号) IN (SELECT (表号, 行号) FROM {cells} WHERE (表, 列) IN ({_pairs(found.own)}))")
    if found.any_row:
        tests.append(f"表号 IN (SELECT 表号 FROM {cells} WHERE (表, 列) IN ({_pairs(found.any_row)}))")
    return f"CASE WHEN {' OR '.join(tests)} THEN {literal(REMARK)} ELSE '' END" if tests else "''"


def _pairs(cells: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"({literal(table)}, {literal(name)})" for table, name in sorted(cells))
