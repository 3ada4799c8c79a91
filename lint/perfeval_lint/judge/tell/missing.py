"""The inputs that a check lacked where it could not be judged, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from perfeval_lint.rule.compile.query import Check, Input, inputs
from perfeval_lint.rule.model import Definitions
from perfeval_lint.sql.text import identifier, literal


def values_of(needed: Iterable[Input]) -> dict[str, str]:
    """Returns the SQL that `missing_of` needs the values of, by column."""
    return {item.column: identifier(item.column) for item in needed}


def missing_of(needed: Sequence[Input], row: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns what the missing inputs of a check are called on the form; `row` has the values of `values_of`.

    All inputs are given where none of them is missing, or none that has a name there.
    """
    missing = [label for item in needed if row.get(item.column) is None for label in item.labels]
    return tuple(dict.fromkeys(missing or (label for item in needed for label in item.labels)))


def missing_sql(definitions: Definitions, check: Check) -> str:
    """Returns the SQL of `missing_of` as one text, joined by 、."""
    by_label: dict[str, list[str]] = {}
    for item in inputs(definitions, check):
        for label in item.labels:
            by_label.setdefault(label, []).append(f"{identifier(item.column)} IS NULL")
    if not by_label:
        return "''"
    items = [f"CASE WHEN {_any(tests)} THEN {literal(label)} END" for label, tests in by_label.items()]
    return f"coalesce(nullif(concat_ws('、', {', '.join(items)}), ''), {literal('、'.join(by_label))})"


def _any(tests: Iterable[str]) -> str:
    return " OR ".join(dict.fromkeys(tests))
