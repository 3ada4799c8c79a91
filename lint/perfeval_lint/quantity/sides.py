"""The ways a target and its result can be meant: a bare number in the other's unit, a figure a period as a total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from perfeval_lint.quantity.model import ABOVE, AMOUNT, AT_LEAST, COUNT, RATE, Quantity
from perfeval_lint.quantity.shares import YEAR, in_a_year, is_certain
from perfeval_lint.quantity.units import RATES, conversions, same, to_base

_ONE, _YUAN = Decimal(1), Decimal("0.0001")
_SECONDS = "秒"  # the unit of times
_TEN_THOUSAND = Decimal(10000)
_NOT_TOLD = Decimal(10) ** 9  # how many of a thing there are, where nobody says: more than any total
_LIKELY = (Decimal("0.1"), Decimal(10))  # how far target and result lie from each other, at most, in the same unit
_CLOSE = (Decimal("0.2"), Decimal(5))  # the same where another scale or unit is guessed
_ONE_OR_A_TOTAL = Decimal("1.5")  # from here on a number may be the total of several
_LEAST_PERCENT, _MOST_PERCENT = Decimal(10), Decimal(100)

Pair = tuple[Quantity, Quantity]


def counted(one: Quantity) -> str:
    """The unit counted, without the period or thing it is counted for: 次 of 2次/月."""
    return one.counted or one.unit


def same_counted(target: Quantity, actual: Quantity) -> bool | None:
    """Whether both count the same thing; None where a unit is missing or not known."""
    one, other = _as_counts(target, actual)
    return same(counted(one), counted(other))


def ways(target: Quantity, actual: Quantity) -> list[Pair]:
    """Every way two numbers can be meant, both in one unit and of as many things; none where they cannot be
    compared."""
    one, other = _as_counts(target, actual)
    if bool(one.unit) is bool(other.unit):
        pairs = [(one, other)] if same(counted(one), counted(other)) else []
    elif one.unit:
        pairs = [(one, meant) for meant in _bare(other, one)]
    else:
        pairs = [(meant, other) for meant in _bare(one, other)]
    return [pair for one, other in pairs for pair in _of_as_many(_in_base(one), _in_base(other))]


def _as_counts(target: Quantity, actual: Quantity) -> Pair:
    """A bare 万 beside a count is 10,000 of that count."""
    if target.kind == actual.kind:
        return target, actual
    return _as_count(target, actual), _as_count(actual, target)


def _as_count(one: Quantity, other: Quantity) -> Quantity:
    if one.kind != AMOUNT or not one.assumed or not other.unit:
        return one
    return _times(replace(one, assumed=False), _TEN_THOUSAND, other.unit)


def _in_base(one: Quantity) -> Quantity:
    factor, unit = to_base(Decimal(1), counted(one))
    return one if factor == 1 else _times(one, factor, unit)


def _times(one: Quantity, factor: Decimal, unit: str) -> Quantity:
    lower = None if one.lower is None else one.lower * factor
    upper = None if one.upper is None else one.upper * factor
    return replace(one, lower=lower, upper=upper, unit=unit, counted="")


# --- a number without a unit ----------------------------------------------------------------------


def _bare(bare: Quantity, whole: Quantity) -> list[Quantity]:
    """The readings of a number without a unit beside one that has it: of the same unit and scale; where that is most
    unlike the other, also at another scale or in a unit that converts."""
    if whole.unit in RATES:
        return list(_as_rate(bare, whole))
    unit = counted(whole)
    like = _share_of(bare, whole)
    bare = replace(bare, kind=whole.kind, each=like.each, per=like.per)
    direct = _times(bare, whole.scale, unit)
    ones = _YUAN if whole.kind == AMOUNT else _ONE
    if _between(direct, whole, _LIKELY):
        return [direct]
    if whole.scale > ones:
        return _without_scale(direct, _times(bare, ones, unit), whole)
    others = [_times(bare, factor, unit) for factor in (ones * _TEN_THOUSAND, *conversions(unit))]
    return [direct, *(other for other in others if _between(other, whole, _CLOSE))]


def _without_scale(scaled: Quantity, at_ones: Quantity, whole: Quantity) -> list[Quantity]:
    """21000 beside 2.1万人 is 21,000; 300 may be either."""
    if (scaled.value or 0) < (whole.value or 0):
        return [scaled]
    return [at_ones] if _between(at_ones, whole, _LIKELY) else [scaled, at_ones]


def _share_of(bare: Quantity, whole: Quantity) -> Quantity:
    """The one that says of each what a bare number is: the number itself, or the other where it is no total. A count
    a period may always be a total."""
    if bare.each or bare.per or (whole.kind == COUNT and in_a_year(whole.per) is not None):
        return bare
    value, figure = bare.value, whole.value
    is_total = value is None or figure is None or value * whole.scale >= figure * _ONE_OR_A_TOTAL
    return bare if is_total else whole


def _as_rate(bare: Quantity, whole: Quantity) -> Iterator[Quantity]:
    """A bare number beside a percentage. 0.98 may be 98% or 0.98%, and 9500 anything."""
    factor, _ = to_base(Decimal(1), whole.unit)
    value, rate = bare.value, (whole.value or Decimal(0)) * factor
    if value is None:
        return
    is_small = 0 < abs(value) <= 1
    if is_small and rate >= _LEAST_PERCENT:
        return
    if value > _MOST_PERCENT and value > rate * _LIKELY[1]:
        return
    yield replace(bare, kind=whole.kind, unit=whole.unit)
    fraction = _times(bare, _MOST_PERCENT / factor, whole.unit)
    if is_small and _between(fraction, whole, _CLOSE):
        yield replace(fraction, kind=whole.kind)


def _between(one: Quantity, other: Quantity, limits: tuple[Decimal, Decimal]) -> bool:
    """Whether one is not more times the other than likely; of nothing that cannot be said."""
    value, by = one.value, other.value
    if not value or not by:
        return True
    return limits[0] <= value / by <= limits[1]


# --- a figure of each, and totals -----------------------------------------------------------------


def _of_as_many(target: Quantity, actual: Quantity) -> Iterable[Pair]:
    """Both of each, or both totals. The figure of one answers a target for each; any other number may be the
    figure of one or the total of all."""
    one, other = _per(target), _per(actual)
    if one is None and other is None:
        return [(target, actual)]
    if one is not None and other is not None:
        return _both_of_each(target, actual, one, other)
    if _is_the_figure(target, actual):
        return [(target, actual)]
    if one is not None:
        return [(target, actual), (_times(target, _number_of(target, one), target.unit), actual)]
    total = _times(actual, _number_of(actual, other or ()), actual.unit)
    return [(target, total)] if _is_the_total(target, actual, total) else [(target, actual), (target, total)]


def _per(one: Quantity) -> tuple[str, ...] | None:
    """Of each what; None for a total. What is said of a year is the year's total; a rate or how long each takes
    (平均每次2小时) adds up to none."""
    per = one.per if one.kind == AMOUNT else tuple(name for name in one.per if name != YEAR)
    is_long = one.unit == _SECONDS and in_a_year(per) is None
    return None if not per or per == (YEAR,) or one.kind == RATE or is_long else per


def _is_the_figure(target: Quantity, actual: Quantity) -> bool:
    value = actual.value
    if target.lower is None or target.upper is None or value is None:
        return value == target.value
    return target.lower <= value <= target.upper


def _number_of(one: Quantity, per: tuple[str, ...]) -> Decimal:
    """The number of figures in the year's total; amounts are prices, and never add up."""
    times = in_a_year(per) if one.kind == COUNT else None
    return _NOT_TOLD if times is None else times


def _is_the_total(target: Quantity, actual: Quantity, total: Quantity) -> bool:
    """Whether a result of each period answers a target of the year: 每月2次 of ≥24次, not of ≤3次."""
    value, wanted = actual.value, target.value
    if value is None or wanted is None or value >= wanted or not (actual.kind == COUNT and is_certain(actual.per)):
        return False
    return target.operator in (AT_LEAST, ABOVE) or total.value == wanted


def _both_of_each(target: Quantity, actual: Quantity, one: tuple[str, ...], other: tuple[str, ...]) -> list[Pair]:
    """Of the same things; a shorter period also answers a longer one it divides: 每月1次 of 每季度3次."""
    if set(one) == set(other):
        return [(target, actual)]
    longer, shorter = in_a_year(one), in_a_year(other)
    if not longer or not shorter or not (is_certain(one) and is_certain(other)) or shorter % longer:
        return []
    return [(target, _times(actual, shorter / longer, actual.unit))] if actual.kind == COUNT else []
