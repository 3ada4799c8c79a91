"""Numbers, and the weights and scores among them: exponents, 分, fractions of a full score, currency signs."""

from __future__ import annotations

import re
from decimal import Decimal

from perfeval_lint.values.pieces import fits_sql, group_sql, let_sql, replaced_sql, usually_sql
from perfeval_lint.values.stored import MOST_DECIMALS, MOST_DIGITS, is_text, stored_sql, trimmed, written_out_sql
from perfeval_lint.values.text import are_apart, clean, without_spaces_sql

BARE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_USUAL = rf"{BARE.pattern}%?"
_SCORE_UNIT = re.compile(r"([0-9])分$")
_OUT_OF = re.compile(r"^([0-9]+(?:\.[0-9]+)?)/[0-9]{1,3}$")
# Sign, digits, decimals, power of ten.
_EXPONENT = re.compile(r"([+-]?)([0-9]{1,12})(?:\.([0-9]{1,12}))?[eE]([+-]?[0-9]{1,2})")
# Narrower than an amount of money: 1. in a cell of its own is the number of a row.
_NUMBER = re.compile(r"[¥￥]?[+-]?[0-9]*\.?[0-9]+(?:[亿万千百]?元|万)?")


def as_number(text: str) -> str:
    """A number as printed without white space, thousands separators and 分; other text clean.

    An apostrophe before it is what exports leave of a cell kept as text; 9.14/10 is a score and what it is out of;
    1e5 is 100000. Figures on two lines are no number and keep a space between them.
    """
    number = _bare_number(text)
    found = _EXPONENT.fullmatch(number)
    return _written_out(number, *found.groups(default="")) if found else number


def number_sql(column: str, kind: str) -> str:
    """As as_number(); NULL for a blank cell."""
    if not is_text(kind):
        return stored_sql(column, kind)
    is_exponent = fits_sql("bare", _EXPONENT)
    read = f"CASE WHEN {is_exponent} THEN {_written_out_sql('bare')} ELSE bare END"
    return usually_sql(column, _USUAL, column, let_sql("bare", _bare_number_sql(column), read))


def _bare_number(text: str) -> str:
    bare = clean(text) if are_apart(text) else clean(text).replace(" ", "")
    bare = bare.removeprefix("'")
    if bare.endswith("分"):  # few do, and the search is slow
        bare = _SCORE_UNIT.sub(r"\1", bare)
    return _OUT_OF.sub(r"\1", bare)


def _bare_number_sql(column: str) -> str:
    bare = replaced_sql(without_spaces_sql(column), "^'", "")
    return replaced_sql(replaced_sql(bare, _SCORE_UNIT, r"\1"), _OUT_OF, r"\1")


def _written_out(number: str, sign: str, digits: str, decimals: str, power: str) -> str:
    """A number with an exponent written out; unchanged where it would be very long."""
    if len(decimals) - int(power) > MOST_DECIMALS or len(digits) + int(power) > MOST_DIGITS:
        return number
    return trimmed(Decimal(f"{sign}{digits}.{decimals or 0}e{power}"))


def _written_out_sql(number: str) -> str:
    """As _written_out()."""
    digits, decimals, power = (group_sql(number, _EXPONENT, group) for group in (2, 3, 4))
    power = f"TRY_CAST({power} AS INTEGER)"
    is_long = f"length({decimals}) - {power} > {MOST_DECIMALS} OR length({digits}) + {power} > {MOST_DIGITS}"
    return f"CASE WHEN {is_long} THEN {number} ELSE {written_out_sql(number)} END"


def is_number(text: str) -> bool:
    """Whether a cell holds one plain number, a percentage or an amount."""
    return _NUMBER.fullmatch(_bare_number(text).removesuffix("%")) is not None


# --- weights and scores ---------------------------------------------------------------------------

_GRADED_TAIL = re.compile("分?[(（][优良中差][)）]$")


def as_weight(text: str) -> str:
    """A weight; some forms print 10%."""
    return as_number(text).removesuffix("%")


def weight_sql(column: str, kind: str) -> str:
    """As as_weight(); NULL for a blank cell."""
    read = number_sql(column, kind)
    return replaced_sql(read, "%$", "") if is_text(kind) else read


def score_of(text: str) -> str:
    """The score of a cell that may hold the grade with it: 98.64（优）."""
    return _GRADED_TAIL.sub("", as_number(text))


def score_sql(column: str, kind: str) -> str:
    """As score_of(); NULL for a blank cell."""
    read = number_sql(column, kind)
    return replaced_sql(read, _GRADED_TAIL, "") if is_text(kind) else read
