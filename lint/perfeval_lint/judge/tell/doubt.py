"""Which findings rest on values the conversion was not sure of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from perfeval_lint.form.definition import BY_KEY, DOUBTS, INDICATORS, TOTAL, columns_of
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import parsed
from perfeval_lint.rule.compile.query import Check, wanted_columns
from perfeval_lint.rule.compile.rewrite import linked
from perfeval_lint.rule.compile.staging import sources
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.columns import PARENT, READINGS

REMARK = "（请核对识别结果）"
_Cells = Mapping[tuple[str, str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The form's columns a check reads, as (table, field): of the judged row itself, and of any row."""

    own: frozenset[tuple[str, str]]
    any_row: frozenset[tuple[str, str]]


def inputs_of(definitions: Definitions, check: Check) -> Inputs:
    """The form's columns a check reads, through whatever derived columns."""
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
    """The rows whose value is in doubt, by (table, column); row 0 for what a form has once."""
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
        prefix = TOTAL.prefix if section is TOTAL else ""
        for field in fields:
            found.setdefault((section.table, prefix + field), set()).add(path.row or 0)
    return {key: frozenset(rows) for key, rows in found.items()}


def rests_on(cells: _Cells, inputs: Inputs, row: int) -> bool:
    """Whether a finding on a row rests on a value in doubt."""
    return any(row in cells.get(key, ()) for key in inputs.own) or any(key in cells for key in inputs.any_row)
