"""A rise or a fall said by a sign: -12% beside 下降10% is a fall of 12%."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from perfeval_lint.quantity.model import ABOVE, AT_LEAST, AT_MOST, BELOW, EQUAL, Quantity

_TURNED = {AT_LEAST: AT_MOST, AT_MOST: AT_LEAST, ABOVE: BELOW, BELOW: ABOVE}


def as_change(number: Quantity, beside: Quantity) -> Quantity:
    """A negative number beside a rise or a fall as the fall it is; any other quantity as it is."""
    if not beside.change or number.change or not _is_negative(number):
        return number
    lower, upper = _turned(number.upper), _turned(number.lower)
    return replace(
        number, operator=_TURNED.get(number.operator or "", number.operator), lower=lower, upper=upper, change="减"
    )


def both_negative(target: Quantity, actual: Quantity) -> bool:
    """Whether both are negative and nothing says which way is better: -10% may be a fall wanted or a floor."""
    return target.operator == EQUAL and target != actual and _is_negative(target) and _is_negative(actual)


def _is_negative(number: Quantity) -> bool:
    bounds = [bound for bound in (number.lower, number.upper) if bound is not None]
    return number.is_number and bool(bounds) and all(bound < 0 for bound in bounds) and not number.change


def _turned(bound: Decimal | None) -> Decimal | None:
    return None if bound is None else -bound
