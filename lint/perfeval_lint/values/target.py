"""Targets in three cells: operator, value and unit as one text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from perfeval_lint.sql.text import literal
from perfeval_lint.values.number import BARE
from perfeval_lint.values.pieces import fits_sql, listed_sql, replaced_sql
from perfeval_lint.values.text import clean, text_sql

SIGNS: Final = ("≥", "≤", ">", "<", "=", "≧", "≦", ">=", "<=", "≈")
_WIDE, _NARROW = "＝＞＜", "=><"
_NARROWED = str.maketrans(_WIDE, _NARROW)
_PRINTED_SIGNS = frozenset((*SIGNS, *_WIDE))
_WORDS = frozenset(("定性", "定量", "定性指标", "定量指标"))
_NO_UNITS: Final = ("", "/", "-", "—", "无")
_CUT: Final = "…"  # begins a unit that is the rest of a text
_REMARK = re.compile(r"[(（\[][^()（）]*[)）\]]?$")  # a page may have cut off its end


def is_sign(text: str) -> bool:
    """Whether a cell holds an operator, or says 定性 or 定量 in its place."""
    printed = clean(text)
    return printed in _PRINTED_SIGNS or printed in _WORDS


def as_sign(text: str) -> str:
    """The operator of a clean text, without a remark; other text unchanged."""
    return _REMARK.sub("", text).translate(_NARROWED)


def sign_sql(column: str, kind: str, meant: Mapping[str, str]) -> str:
    """As as_sign(); `meant` are the operators for codes and words. NULL for a blank cell."""
    read = replaced_sql(f"translate({text_sql(column, kind)}, '{_WIDE}', '{_NARROW}')", _REMARK, "")
    cases = " ".join(f"WHEN {literal(code)} THEN {literal(sign)}" for code, sign in meant.items())
    return f"CASE {read} {cases} ELSE {read} END" if meant else read


def joined_target(sign: str, value: str, unit: str) -> str:
    """Operator, value and unit from three cells as one text: ≥ 98 % is ≥98%.

    A value that already carries its own operator or unit keeps it; 定性 and the like are no operators.
    """
    sign = as_sign(sign)
    unit = _REMARK.sub("", unit) or unit
    if BARE.fullmatch(value) and unit not in _NO_UNITS and not unit.startswith(_CUT):
        value += unit
    return sign + value if sign in _PRINTED_SIGNS and "0" <= value[:1] <= "9" else value


def target_sql(sign: str, value: str, unit: str) -> str:
    """As joined_target(), of what sign_sql() and text_sql() return."""
    of_unit = f"coalesce(nullif({replaced_sql(unit, _REMARK, '')}, ''), {unit}, '')"
    has_unit = f"{of_unit} NOT IN ({listed_sql(_NO_UNITS)}) AND NOT starts_with({of_unit}, '{_CUT}')"
    whole = f"CASE WHEN {fits_sql(value, BARE)} AND {has_unit} THEN {value} || {of_unit} ELSE {value} END"
    begins = f"{sign} IN ({listed_sql(SIGNS)}) AND regexp_matches({value}, '^[0-9]')"
    return f"CASE WHEN {begins} THEN {sign} || {whole} ELSE {whole} END"
