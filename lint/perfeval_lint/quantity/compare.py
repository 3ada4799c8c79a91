"""A result against its target: whether it is met, by how much, and whether the two can be compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from perfeval_lint.quantity.model import (
    ABOVE,
    ABSENT,
    AMOUNT,
    AT_LEAST,
    AT_MOST,
    BELOW,
    COMPOUND,
    COUNT,
    DONE,
    EQUAL,
    MONEY,
    RANGE,
    TEXT,
    TIME,
    UNDONE,
    Quantity,
)
from perfeval_lint.quantity.units import same, to_base

_SLACK = Decimal("0.1")  # how far a 约 may be off before it is a miss
_MONTH = timedelta(days=31)
_DIGITS = Decimal("0.0000000001")
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Comparison:
    """A result against its target. None is “cannot be said”.

    met: the target is reached. ratio: 完成比, result ÷ target, or target ÷ result where less is better; of
    several parts the worst. same_unit: both count the same thing. late: done after the day set. outside: beside a
    target that is a range.
    """

    met: bool | None = None
    ratio: Decimal | None = None
    same_unit: bool | None = None
    late: bool | None = None
    outside: bool | None = None


_NOTHING = Quantity(COUNT, EQUAL, Decimal(0), Decimal(0))
_BOUNDS = (AT_LEAST, ABOVE)
_UNKNOWN = Comparison()
_NOT_DONE = Comparison(met=False, ratio=Decimal(0))


def compare(target: Quantity, actual: Quantity, *, downward: bool) -> Comparison:
    """Holds a result against its target; `downward` says that less is better where the target's operator does not
    (=, a range, no operator at all)."""
    if actual.kind == TEXT and actual.level == UNDONE:
        return _NOT_DONE if target.is_number else Comparison(met=False)
    if actual.level == ABSENT and target.is_number:
        return replace(_in_numbers(target, _NOTHING, downward=downward), same_unit=None)
    if target.kind == TEXT or actual.kind == TEXT:
        return _in_words(target, actual)
    if target.kind == COMPOUND or actual.kind == COMPOUND:
        return _in_parts(target, actual, downward=downward)
    if target.kind == TIME and actual.kind == TIME:
        return _in_time(target, actual)
    if not target.is_number or not actual.is_number:
        return _UNKNOWN
    return _in_numbers(target, actual, downward=downward)


def _in_words(target: Quantity, actual: Quantity) -> Comparison:
    """A result in words proves a target in words or a day, not a number."""
    if actual.level in (None, ABSENT) or target.is_number or target.kind == COMPOUND:
        return _UNKNOWN
    return Comparison(met=actual.level == DONE)


def _in_time(target: Quantity, actual: Quantity) -> Comparison:
    if target.deadline is None or actual.deadline is None:
        return _UNKNOWN
    if actual.deadline <= target.deadline:
        return Comparison(met=True, late=False)
    limit = target.deadline + _MONTH if target.approximate or actual.approximate else target.deadline
    if actual.begin is not None and actual.begin > limit:
        return Comparison(met=False, late=True)
    return _UNKNOWN


# --- one number against one number ----------------------------------------------------------------


def _in_numbers(target: Quantity, actual: Quantity, *, downward: bool) -> Comparison:
    one, other = _in_one_unit(target, actual)
    alike = same(one.unit, other.unit)
    if alike is False or (alike is None and not _plausible(one, other)):
        # What was assumed, not printed, is no ground for saying that the units differ.
        return Comparison(same_unit=None if target.assumed or actual.assumed else alike)
    if target.change and actual.change and target.change != actual.change:
        return Comparison(met=False, ratio=Decimal(0), same_unit=alike)
    least, most = one.lower, one.upper
    if one.operator == RANGE and least is not None and most is not None:
        return _in_range(least, most, other, alike, downward=downward)
    if one.operator in (AT_MOST, BELOW) or (one.operator == EQUAL and (most == 0 or (downward and one.change != "减"))):
        return _at_most(most or Decimal(0), one, other, alike)
    return _at_least(least or Decimal(0), one, other, alike)


def _in_one_unit(target: Quantity, actual: Quantity) -> tuple[Quantity, Quantity]:
    """Both in the base unit of their conversion; a bare 万 beside a count is 10,000 of that count."""
    if target.kind != actual.kind:
        target, actual = _as_count(target, actual), _as_count(actual, target)
    return _converted(target), _converted(actual)


def _as_count(one: Quantity, other: Quantity) -> Quantity:
    if one.kind != AMOUNT or not one.assumed or not other.unit:
        return one
    return _scaled(one, Decimal(10000), other.unit)


def _converted(one: Quantity) -> Quantity:
    factor, unit = to_base(Decimal(1), one.unit)
    return one if unit == one.unit else _scaled(one, factor, unit)


def _scaled(one: Quantity, factor: Decimal, unit: str) -> Quantity:
    lower = None if one.lower is None else one.lower * factor
    upper = None if one.upper is None else one.upper * factor
    return Quantity(
        one.kind, one.operator, lower, upper, unit, one.approximate, change=one.change, each=one.each
    )  # fmt: skip


def _plausible(target: Quantity, actual: Quantity) -> bool:
    """Whether a number without a unit can be taken for the other's unit. A share may be printed as 0.95 for 95%."""
    if target.unit and actual.unit:
        return False
    one, other = target.value, actual.value
    if one is None or other is None:
        return False
    rate, bare = (one, other) if target.unit else (other, one)
    unit = target.unit or actual.unit
    if unit in ("%", "‰"):
        return bare > 1 or bare == 0 or rate <= 1
    if unit == MONEY:
        return one == 0 or other == 0 or Decimal("0.01") <= one / other <= 100
    return True


def _at_least(least: Decimal, target: Quantity, actual: Quantity, alike: bool | None) -> Comparison:
    low, high = actual.lower, actual.upper
    met: bool | None = None
    strict = target.operator == ABOVE
    if low is not None and (low > least or (low == least and (not strict or actual.operator == ABOVE))):
        met = True
    elif high is not None and (high < least or (high == least and (strict or actual.operator == BELOW))):
        met = False
    value = high if low is None else low
    ratio = _ratio(value, least)
    return Comparison(_softened(met, ratio, target, actual), ratio, alike)


def _at_most(most: Decimal, target: Quantity, actual: Quantity, alike: bool | None) -> Comparison:
    low, high = actual.lower, actual.upper
    met: bool | None = None
    strict = target.operator == BELOW
    if high is not None and (high < most or (high == most and (not strict or actual.operator == BELOW))):
        met = True
    elif low is not None and (low > most or (low == most and (strict or actual.operator == ABOVE))):
        met = False
    value = low if high is None else high
    ratio = _ratio(most, value)
    return Comparison(_softened(met, ratio, target, actual), ratio, alike)


def _in_range(least: Decimal, most: Decimal, actual: Quantity, alike: bool | None, *, downward: bool) -> Comparison:
    low, high = actual.lower, actual.upper
    if low is None or high is None:
        return Comparison(same_unit=alike)
    if least <= low and high <= most:
        return Comparison(True, Decimal(1), alike, outside=False)
    if high < least:
        return Comparison(downward, _ratio(least, high) if downward else _ratio(high, least), alike, outside=True)
    if low > most:
        return Comparison(not downward, _ratio(most, low) if downward else _ratio(low, most), alike, outside=True)
    return Comparison(same_unit=alike)


def _softened(met: bool | None, ratio: Decimal | None, target: Quantity, actual: Quantity) -> bool | None:
    """A miss by a little is none where either side is only about right."""
    if met is False and (target.approximate or actual.approximate) and ratio is not None and ratio >= 1 - _SLACK:
        return None
    return met


def _ratio(value: Decimal | None, by: Decimal | None) -> Decimal | None:
    if value is None or by is None or value < 0 or by <= 0:
        return None
    ratio = value / by
    return ratio.quantize(_DIGITS) if ratio < _LARGEST else None


# --- several --------------------------------------------------------------------------------------


def _in_parts(target: Quantity, actual: Quantity, *, downward: bool) -> Comparison:
    """Part by part where the parts are as many; one target against the parts that count the same thing."""
    if target.kind == COMPOUND and actual.kind == COMPOUND:
        pairs = _paired(target.parts, actual.parts)
        return _all([compare(one, other, downward=downward) for one, other in pairs]) if pairs else _UNKNOWN
    if target.kind == COMPOUND:
        return _against_one(target, actual, downward=downward)
    matching = [part for part in actual.parts if _comparable(target, part)]
    if len(matching) == 1:
        return compare(target, matching[0], downward=downward)
    if not matching or target.kind == TIME:
        return _UNKNOWN
    # Which of them is meant, or whether they make a total, is not said: met only where each of them is enough.
    each = [compare(target, part, downward=downward).met for part in matching]
    return Comparison(met=True, same_unit=True) if all(each) and target.operator in _BOUNDS else _UNKNOWN


def _against_one(target: Quantity, actual: Quantity, *, downward: bool) -> Comparison:
    """A single result against several targets: it may fall short of its own, but cannot meet them all."""
    matching = [part for part in target.parts if _comparable(part, actual)]
    if len(matching) != 1:
        return _UNKNOWN
    found = compare(matching[0], actual, downward=downward)
    return Comparison(met=False if found.met is False else None, late=found.late, outside=found.outside)


def _comparable(target: Quantity, part: Quantity) -> bool:
    if target.kind == TIME or part.kind == TIME:
        return target.kind == part.kind
    return same(*(one.unit for one in _in_one_unit(target, part))) is True


def _paired(targets: Sequence[Quantity], actuals: Sequence[Quantity]) -> list[tuple[Quantity, Quantity]]:
    """Targets and results in order; where there are more or fewer results, by their units if that is certain."""
    if len(targets) == len(actuals):
        return list(zip(targets, actuals, strict=True))
    pairs = []
    for target in targets:
        matching = [part for part in actuals if _comparable(target, part)]
        if not matching:
            return []
        pairs.append((target, matching[0] if len(matching) == 1 else Quantity(COMPOUND, parts=tuple(matching))))
    return pairs


def _all(found: Sequence[Comparison]) -> Comparison:
    mets = [one.met for one in found]
    ratios = [one.ratio for one in found if one.ratio is not None]
    units = [one.same_unit for one in found]
    return Comparison(
        _every(mets),
        min(ratios) if ratios and None not in mets else None,
        _every(units),
        True if any(one.late for one in found) else _every([one.late for one in found]),
        True if any(one.outside for one in found) else None,
    )


def _every(answers: Sequence[bool | None]) -> bool | None:
    """False where any is false, True where all are true."""
    if any(answer is False for answer in answers):
        return False
    return True if all(answers) else None
