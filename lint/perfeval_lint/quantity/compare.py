"""A result against its target: whether it is met, by how much, and whether the two can be compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from perfeval_lint.quantity.changes import as_change, both_negative
from perfeval_lint.quantity.dates import as_time
from perfeval_lint.quantity.happenings import stayed_away
from perfeval_lint.quantity.model import (
    ABOVE,
    ABSENT,
    AT_LEAST,
    AT_MOST,
    BELOW,
    COMPOUND,
    COUNT,
    DONE,
    EQUAL,
    MONEY,
    RANGE,
    RATE,
    TEXT,
    TIME,
    UNDONE,
    Quantity,
)
from perfeval_lint.quantity.sides import same_counted, ways

_SLACK = Decimal("0.1")  # how far a 约 may be off before it is a miss
_MONTH = timedelta(days=31)
_DIGITS = Decimal("0.0000000001")
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Comparison:
    """A result against its target. None is “cannot be said”.

    met: the target is reached. ratio: 完成比, result ÷ target, or target ÷ result where less is better; of
    several parts the worst. same_unit: both count the same thing. late: done after the day set. outside: beside a
    target that is a range. amount: the result in 万元, where the two are money.
    """

    met: bool | None = None
    ratio: Decimal | None = None
    same_unit: bool | None = None
    late: bool | None = None
    outside: bool | None = None
    amount: Decimal | None = None


_NOTHING = Quantity(COUNT, EQUAL, Decimal(0), Decimal(0))
_BOUNDS = (AT_LEAST, ABOVE)
_UNKNOWN = Comparison()
_NOT_DONE = Comparison(met=False, ratio=Decimal(0))


def compare(target: Quantity, actual: Quantity, *, downward: bool) -> Comparison:
    """Holds a result against its target; `downward` says that less is better where the target's operator does not
    (=, a range, no operator at all)."""
    target, actual = as_time(target, actual), as_time(actual, target)
    target, actual = as_change(target, actual), as_change(actual, target)
    if actual.kind == TEXT and actual.level == UNDONE:
        return _NOT_DONE if target.is_number else Comparison(met=False)
    if target.level == ABSENT and target.event and (actual.is_number or actual.level == ABSENT):
        return Comparison(met=stayed_away(target, actual))
    if actual.level == ABSENT and target.is_number:
        return _nothing_happened(target, downward=downward)
    if target.kind == TEXT or actual.kind == TEXT:
        return _in_words(target, actual)
    if target.kind == COMPOUND or actual.kind == COMPOUND:
        return _in_parts(target, actual, downward=downward)
    if target.kind == TIME and actual.kind == TIME:
        return _in_time(target, actual)
    if not target.is_number or not actual.is_number or both_negative(target, actual) or _is_all_done(target, actual):
        return _UNKNOWN
    found = _in_numbers(target, actual, downward=downward)
    return _about(found, target, actual) if target.operator == RANGE and target.approximate else found


def _is_all_done(target: Quantity, actual: Quantity) -> bool:
    """Whether the result may be how much of the aim is reached: 100% beside 零事故."""
    return target.value == 0 and not target.unit and actual.kind == RATE and actual.value == 100


def _about(found: Comparison, target: Quantity, actual: Quantity) -> Comparison:
    """近200人 and 几十人 are no range to stay in, and their bounds are not exact."""
    return replace(found, met=_softened(found.met, found.ratio, target, actual), outside=None)


def _nothing_happened(target: Quantity, *, downward: bool) -> Comparison:
    """无投诉 against a number: none of them where few are wanted, and another thing where many are."""
    few = target.operator in (AT_MOST, BELOW) or (target.operator == EQUAL and (downward or target.value == 0))
    return replace(_in_numbers(target, _NOTHING, downward=downward), same_unit=None) if few else _UNKNOWN


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
    alike = same_counted(target, actual)
    if alike is False:
        # What was assumed, not printed, is no ground for saying that the units differ.
        return Comparison(same_unit=None if target.assumed or actual.assumed else False)
    found = [_held(one, other, alike, downward=downward) for one, other in ways(target, actual)]
    return _agreed(found) if found else _UNKNOWN


def _held(target: Quantity, actual: Quantity, alike: bool | None, *, downward: bool) -> Comparison:
    """One number against another in the same unit."""
    if target.change and actual.change and target.change != actual.change:
        return Comparison(met=False, ratio=Decimal(0), same_unit=alike)
    least, most = target.lower, target.upper
    amount = actual.value if actual.unit == MONEY else None
    if target.operator == RANGE and least is not None and most is not None:
        found = _in_range(least, most, actual, alike, downward=downward)
    elif target.operator in (AT_MOST, BELOW) or (
        target.operator == EQUAL and (most == 0 or (downward and target.change != "减"))
    ):
        found = _at_most(most or Decimal(0), target, actual, alike)
    else:
        found = _at_least(least or Decimal(0), target, actual, alike)
    return replace(found, amount=amount) if amount is not None else found


def _agreed(found: Sequence[Comparison]) -> Comparison:
    """The outcome that holds however the two are meant; a target met as the figure of one and as a total is met as the
    total."""
    first = found[0]
    if all(one == first for one in found):
        return first
    if any(one.met is not first.met for one in found):
        return Comparison(same_unit=first.same_unit)
    ratios = [one.ratio for one in found if one.ratio is not None]
    is_whole = first.met is True and len(ratios) == len(found)
    return Comparison(first.met, min(ratios) if is_whole else None, first.same_unit)


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
    return same_counted(target, part) is True


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
