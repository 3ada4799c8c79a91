"""What a number may have been before a slip of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from perfeval_lint.judge.slips.cells import DECIMALS
from perfeval_lint.rule.model import SlipKind

Try = tuple[int, int]  # a value and how many decimals it would be printed with
Range = tuple[int, int]


USUAL_DECIMALS: Final = 2


class Number(NamedTuple):
    """A number as it is printed.

    `shift` is how many of the decimals a percentage has because its fraction is meant; `most` is how many others of
    its column are printed with.
    """

    value: int
    decimals: int
    shift: int
    most: int


def tries(kind: SlipKind, number: Number, ranges: Sequence[Range]) -> Iterator[Try]:
    """Yields the values in the ranges that a number may have been before a slip of the kind."""
    value, decimals, shift, most = number
    if value < 0:
        return
    printed = decimals - shift
    if kind.is_power_of_ten:
        found = _times(kind, value, decimals, max(most, USUAL_DECIMALS) + shift)
    elif kind.how == "add-digit":
        yield from _added(value // 10 ** (DECIMALS - decimals), printed, most, shift, ranges)
        return
    else:
        digits = str(value // 10 ** (DECIMALS - decimals)).zfill(printed + 1)
        found = (_value(*one, shift) for one in _WAYS[kind.how](digits, printed))
    for before in found:
        for low, high in ranges:
            if low <= before[0] <= high and before[0] != value:
                yield before
                break


def _times(kind: SlipKind, value: int, decimals: int, most: int) -> Iterator[Try]:
    """Yields the number with its point elsewhere; not with more decimals than are usual, but where units differ."""
    for numerator, denominator, places in factors_of(kind):
        moved, rest = divmod(value * numerator, denominator)
        is_usual = kind.is_of_units or moved % 10 ** max(0, DECIMALS - most) == 0
        if rest == 0 and is_usual:
            yield moved, max(0, decimals + places)


@lru_cache
def factors_of(kind: SlipKind) -> tuple[tuple[int, int, int], ...]:
    """Returns the factors of a kind as fractions, with how many decimals more each makes."""
    return tuple((*factor.as_integer_ratio(), -factor.adjusted()) for factor in kind.factors)


def _value(digits: str, decimals: int, shift: int) -> Try:
    return int(digits) * 10 ** (DECIMALS - decimals - shift), decimals + shift


def _is_printable(digits: str, decimals: int) -> bool:
    """Returns whether a number may be printed so: no zero leads its whole part, which is there."""
    whole = len(digits) - decimals
    return 1 <= whole <= len(digits) and (whole == 1 or digits[0] != "0")


def _swapped(digits: str, decimals: int) -> Iterator[tuple[str, int]]:
    for place in range(len(digits) - 1):
        other = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if _is_printable(other, decimals):
            yield other, decimals


def _dropped(digits: str, decimals: int) -> Iterator[tuple[str, int]]:
    whole = len(digits) - decimals
    for place in range(len(digits)):
        other, kept = digits[:place] + digits[place + 1 :], decimals - (place >= whole)
        if _is_printable(other, kept):
            yield other, kept


def _added(digits: int, decimals: int, most: int, shift: int, ranges: Sequence[Range]) -> Iterator[Try]:
    """Yields the numbers with one more digit: in the whole part, or behind a point that is printed."""
    length = max(len(str(digits)), decimals + 1)
    places = [(power, decimals) for power in range(decimals, length + 1)]
    if 0 < decimals < most:
        places += [(power, decimals + 1) for power in range(decimals + 1)]
    for power, kept in places:
        unit = 10 ** (DECIMALS - kept - shift)
        left, right = divmod(digits, 10**power)
        if kept == decimals and left == 0 and power < length:
            continue  # behind the zero that leads
        base, step = (left * 10 ** (power + 1) + right) * unit, 10**power * unit
        for low, high in ranges:
            first = max(-((base - low) // step), int(power == length))
            for digit in range(first, min((high - base) // step, 9) + 1):
                yield base + digit * step, kept + shift


_WAYS: Final[Mapping[str, Callable[[str, int], Iterator[tuple[str, int]]]]] = {
    "swap-digits": _swapped,
    "drop-digit": _dropped,
}
