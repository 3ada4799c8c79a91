"""One number with the text before and after it, as a quantity."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from perfeval_lint.quantity.after import LONGEST as LONGEST_SUFFIX
from perfeval_lint.quantity.after import After, after_number
from perfeval_lint.quantity.before import Before, before_number
from perfeval_lint.quantity.happenings import event_of
from perfeval_lint.quantity.model import AMOUNT, AT_LEAST, COUNT, EQUAL, MONEY, PROSE, RANGE, RATE, Quantity
from perfeval_lint.quantity.units import RATES
from perfeval_lint.quantity.words import UPWARD, agree

LONGEST_PREFIX = 40  # characters of prose before a number that is the substance
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,9})?|[0-9]{1,15}(?:\.[0-9]{1,9})?"
_ONE = re.compile(
    rf"(?P<before>[^0-9]*)(?P<number>{_NUMBER})"
    rf"(?:(?P<first>[^0-9~至到-]{{0,4}})(?:[-~]{{1,2}}|至|到)(?P<second>{_NUMBER}))?(?P<tail>[^0-9]*)"
)
_LARGEST = Decimal(10) ** 12
_NEARLY = Decimal("0.9")  # 近50 lies between this part of 50 and 50
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:\.(?:0?[1-9]|1[0-2])|[01][0-9][0-3][0-9])")
_LONGEST_BARE = Decimal(10) ** 8  # a longer number without a unit may be a code
_YEARS = frozenset("年 年度 学年".split())
_SPANS = _YEARS | {"个月"}  # 近3年 are the last three


def one_number(text: str) -> Quantity | None:
    """The quantity of a clause with one number or one range; PROSE where the number is not its substance."""
    found = _ONE.fullmatch(text)
    if found is None:
        return None
    before = before_number(found.group("before"))
    tail = after_number(found.group("tail"))
    if before is None or tail is None:
        return None
    if before.length > LONGEST_PREFIX or tail.length > LONGEST_SUFFIX:
        return PROSE
    if not _fit(before, tail):
        return None
    lower = _value(found.group("number"), tail)
    if lower > _LARGEST or _is_a_name(found.group("number"), lower, tail):
        return None
    if found.group("second"):
        return _range(found, before, tail, lower)
    if before.nearly and lower:
        return _quantity(RANGE, _tidy(lower * _NEARLY), lower, before, tail)
    return _single(found, before, tail, -lower if before.negative else lower)


def _fit(before: Before, tail: After) -> bool:
    """Whether what stands before and after a number can both be meant."""
    if before.nearly and (tail.unit in _SPANS or before.negative or tail.more or before.operator != tail.operator):
        return False
    return agree(before.operator, tail.operator)


def _single(found: re.Match[str], before: Before, tail: After, value: Decimal) -> Quantity | None:
    operator = before.operator if before.operator != EQUAL else tail.operator
    if tail.more:
        if operator not in (EQUAL, AT_LEAST):
            return None
        operator = AT_LEAST
    lower = value if operator == EQUAL or operator in UPWARD else None
    upper = value if operator == EQUAL or operator not in UPWARD else None
    one = _quantity(operator, lower, upper, before, tail)
    is_plain = operator == EQUAL and not (tail.money or one.change or one.approximate or one.each or one.per)
    return replace(one, event=event_of(found.group("before"), tail.unit, tail.prose)) if is_plain else one


def _is_a_name(printed: str, value: Decimal, tail: After) -> bool:
    """Whether the digits may be a code, a year or a month: 007, 2021年, 2021.06, 12月."""
    if printed[0] == "0" and printed[1:2].isdigit():
        return True
    if tail.unit in _YEARS:
        return 1900 <= value <= 2100
    if tail.unit.startswith(("月", "季")):
        return True  # months are counted in 个月
    return not tail.unit and not tail.money and (value >= _LONGEST_BARE or _DAY.fullmatch(f"{value:f}") is not None)


def _range(found: re.Match[str], before: Before, tail: After, lower: Decimal) -> Quantity | None:
    upper = _value(found.group("second"), tail)
    first = after_number(found.group("first")) if found.group("first") else None
    if found.group("first"):
        if first is None or first.unit not in ("", tail.unit) or first.operator != EQUAL or first.length:
            return None
        lower = _value(found.group("number"), tail if first.scale == 1 and not first.unit else first)
        if first.money != tail.money and first.unit:
            return None
    both = {before.operator, tail.operator} - {EQUAL}
    if (
        lower > upper
        or upper > _LARGEST
        or tail.more
        or before.negative
        or len(both) > 1
        or (both and before.operator != EQUAL)
    ):
        return None
    return _quantity(RANGE, lower, upper, before, tail)


def _quantity(operator: str, lower: Decimal | None, upper: Decimal | None, before: Before, tail: After) -> Quantity:
    return Quantity(
        _kind(tail),
        operator,
        lower,
        upper,
        MONEY if tail.money else tail.unit,
        before.approximate or tail.approximate or tail.more,
        change=before.change,
        each=before.each or tail.each,
        per=_per(before, tail),
        scale=_scale(tail),
        counted=tail.counted if tail.per and not tail.money else "",
        assumed=tail.assumed,
    )


def _kind(tail: After) -> str:
    if tail.money:
        return AMOUNT
    return RATE if tail.unit in RATES else COUNT


def _per(before: Before, tail: After) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*before.per, *tail.per])) if tail.per else before.per


def _scale(tail: After) -> Decimal:
    """The value of one of the printed unit: 10,000 for 万人, 0.0001 of 万元 for 元."""
    return tail.scale / 10000 if tail.money else tail.scale


def _value(number: str, tail: After) -> Decimal:
    value = Decimal(number.replace(",", ""))
    factor = _scale(tail)
    if factor == 1:
        return value
    return _tidy(value * factor)


def _tidy(value: Decimal) -> Decimal:
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()
