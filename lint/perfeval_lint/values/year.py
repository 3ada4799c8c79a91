"""The budget year that a title or a cell names."""

from __future__ import annotations

import re

from perfeval_lint.values.pieces import found_sql, let_sql, usually_sql
from perfeval_lint.values.stored import is_text
from perfeval_lint.values.text import clean, text_sql

_YEAR = "(?:19|20)[0-9]{2}"
_BEFORE_WORD = re.compile(f"({_YEAR})年")
_ALONE = re.compile(f"(?:^|[^0-9])({_YEAR})(?:[^0-9]|$)")
_PATTERNS = (_BEFORE_WORD, _ALONE)


def year_in(text: str) -> str | None:
    """The four digits of the year: those before 年 first; None where there are none."""
    joined = clean(text).replace(" ", "")
    found = next(filter(None, (pattern.search(joined) for pattern in _PATTERNS)), None)
    return found[1] if found else None


def year_sql(column: str, kind: str) -> str:
    """As year_in(), but other text clean; NULL for a blank cell."""
    years = ", ".join(found_sql("replace(printed, ' ', '')", pattern, 1) for pattern in _PATTERNS)
    read = let_sql("printed", text_sql(column, kind), f"coalesce({years}, printed)")
    return usually_sql(column, _YEAR, column, read) if is_text(kind) else read
