"""Stored numbers and columns of any SQL type as text: no exponents, no needless zeros."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from perfeval_lint.values.pieces import replaced_sql

MOST_DIGITS: Final = 26  # of a number that is written out, before the point
MOST_DECIMALS: Final = 12  # and behind it


def trimmed(value: Decimal) -> str:
    """A number as text without exponent and needless zeros."""
    shown = f"{value + 0:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def trimmed_sql(number: str) -> str:
    """As trimmed()."""
    return f"rtrim(rtrim(({number})::VARCHAR, '0'), '.')"


def written_out_sql(text: str) -> str:
    """A number with an exponent written out; text that is too large for it unchanged."""
    return f"coalesce({trimmed_sql(f'TRY_CAST({text} AS DECIMAL(38,{MOST_DECIMALS}))')}, {text})"


def is_text(kind: str) -> bool:
    """Whether a column of that SQL type holds typed text, which may need cleaning."""
    return kind == "VARCHAR"


def stored_sql(column: str, kind: str) -> str:
    """A column of any SQL type as text, without the zeros its type adds."""
    text = f"{column}::VARCHAR"
    if is_text(kind):
        return column
    if kind.startswith("DECIMAL"):
        return text if kind.endswith(",0)") else f"rtrim(rtrim({text}, '0'), '.')"
    if kind in ("DOUBLE", "FLOAT"):
        usual = replaced_sql(text, r"\.0$", "")
        spread = f"CASE WHEN contains({text}, 'e') THEN {written_out_sql(text)} ELSE {usual} END"
        return f"CASE WHEN NOT isnan({column}) THEN {spread} END"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%d')"
    return text
