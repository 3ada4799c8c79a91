"""Pieces of SQL; every function takes and returns expressions, and reads a compiled pattern as DuckDB does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from perfeval_lint.sql.text import literal

Pattern = re.Pattern[str] | str


def fits_sql(text: str, pattern: Pattern) -> str:
    """Whether a whole text fits a pattern."""
    return f"regexp_full_match({text}, {_source(pattern)})"


def has_sql(text: str, pattern: Pattern) -> str:
    """Whether a pattern is found in a text."""
    return f"regexp_matches({text}, {_source(pattern)})"


def group_sql(text: str, pattern: Pattern, group: int) -> str:
    """A group of the first match; "" where there is none."""
    return f"regexp_extract({text}, {_source(pattern)}, {group})"


def found_sql(text: str, pattern: Pattern, group: int) -> str:
    """A group of the first match; NULL where it is empty or there is none."""
    return f"nullif({group_sql(text, pattern, group)}, '')"


def replaced_sql(text: str, pattern: Pattern, by: str) -> str:
    """A text with every match replaced."""
    return f"regexp_replace({text}, {_source(pattern)}, {literal(by)}, 'g')"


def usually_sql(column: str, pattern: Pattern, value: str, other: str) -> str:
    """`value` for a cell that fits the pattern of the usual cell, else `other`."""
    return f"CASE WHEN {fits_sql(column, pattern)} THEN {value} ELSE {other} END"


def let_sql(name: str, value: str, body: str) -> str:
    """`body` with `value` under a name.

    Put in at every place, an expression would be planned at every place. A list is made for each cell, so this is for
    unusual cells only.
    """
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def listed_sql(texts: Iterable[str]) -> str:
    """Texts as the items of a list."""
    return ", ".join(literal(text) for text in texts)


def _source(pattern: Pattern) -> str:
    return literal(pattern if isinstance(pattern, str) else pattern.pattern)
