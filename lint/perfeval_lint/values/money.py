"""Amounts of money in 万元, exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from perfeval_lint.sql.text import literal
from perfeval_lint.values.number import as_number, number_sql
from perfeval_lint.values.pieces import fits_sql, group_sql, let_sql, usually_sql
from perfeval_lint.values.stored import is_text, trimmed, trimmed_sql

_SCALES: Final = {"元": "0.0001", "百元": "0.01", "千元": "0.1", "万元": "1", "万": "1", "亿元": "10000"}
UNITS: Final = tuple(name for name in _SCALES if name.endswith("元"))
"""The units that the amounts of a column may be in."""
_AMOUNT = re.compile(r"[¥￥]?([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([亿万千百]?元|万)?")
_CONVERTED = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})")  # short enough to be exact


def in_ten_thousands(text: str, unit: str) -> str:
    """An amount in 万元; `unit` is that of the column where the cell has none of its own. Other text as a number."""
    printed = as_number(text)
    found = _AMOUNT.fullmatch(printed)
    if found is None:
        return printed
    number, scale = found[1], Decimal(_SCALES[found[2] or unit or "万元"])
    if scale == 1:
        return number
    return trimmed(Decimal(number) * scale) if _CONVERTED.fullmatch(number) else printed


def in_ten_thousands_sql(column: str, kind: str, unit: str) -> str:
    """As in_ten_thousands(), with one of UNITS; NULL for a blank cell."""
    read = number_sql(column, kind)
    if not is_text(kind):
        return read if unit == "万元" else f"coalesce({_scaled_sql(read, _SCALES[unit])}, {read})"
    digits, own_unit = (group_sql("printed", _AMOUNT, group) for group in (1, 2))
    scales = " ".join(f"WHEN {literal(name)} THEN {scale}" for name, scale in {"": _SCALES[unit], **_SCALES}.items())
    scale = f"CASE {own_unit} {scales} END"
    is_exact = fits_sql("digits", _CONVERTED)
    converted = f"WHEN {is_exact} THEN {_scaled_sql('digits', scale)} ELSE printed"
    scaled = let_sql("digits", digits, f"CASE WHEN {scale} = 1 THEN digits {converted} END")
    amount = f"CASE WHEN {fits_sql('printed', _AMOUNT)} THEN {scaled} ELSE printed END"
    usual = column if unit == "万元" else _scaled_sql(column, _SCALES[unit])
    return usually_sql(column, _CONVERTED, usual, let_sql("printed", read, amount))


def _scaled_sql(digits: str, scale: str) -> str:
    return trimmed_sql(f"TRY(TRY_CAST({digits} AS DECIMAL(28,10)) * ({scale})::DECIMAL(9,4))")
