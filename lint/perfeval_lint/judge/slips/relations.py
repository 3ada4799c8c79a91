"""The relations between the numbers of a form: sums, shares of a whole, bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

Wanted = tuple[int, int, int]  # a cell, and between which values it would have to lie for the relation to hold
ENDLESS = 10**40
FAR_APART, NEAR = 1000, 3


class Relation(Protocol):
    """A relation between numbers of a form; `cells` are those it is about, `name` its own in slips.yaml."""

    @property
    def name(self) -> str: ...
    @property
    def cells(self) -> tuple[int, ...]: ...
    @property
    def is_equation(self) -> bool: ...
    @property
    def lead(self) -> int | None:
        """The cell a rule points to where the relation is broken; None where that is no cell."""
        ...

    def holds(self, values: Sequence[int]) -> bool:
        """Returns whether the values of the cells agree."""
        ...

    def agrees(self, values: Sequence[int], changed: Set[int], /) -> bool:
        """Returns whether the values agree so well that it is no accident of small numbers among those changed."""
        ...

    def wanted(self, values: Sequence[int], /) -> Iterator[Wanted]:
        """Yields for each cell the values with which the relation may hold, given the others."""
        ...


@dataclass(frozen=True, slots=True)
class Sum:
    """A total is the sum of its parts; without a cell of its own it is `constant`.

    It may be off by `tolerance`, and by no more than `strict` where it is to have been mended; with `is_bound` it may
    be any larger than its parts.
    """

    name: str
    total: int | None
    parts: tuple[int, ...]
    tolerance: int = 0
    strict: int = 0
    constant: int = 0
    is_bound: bool = False
    is_equation: bool = True

    @property
    def lead(self) -> int | None:
        return self.total

    @property
    def cells(self) -> tuple[int, ...]:
        return self.parts if self.total is None else (self.total, *self.parts)

    def holds(self, values: Sequence[int]) -> bool:
        return (self._excess(values) if self.is_bound else self.gap(values)) <= self.tolerance

    def agrees(self, values: Sequence[int], changed: Set[int]) -> bool:
        gap = self.gap(values)
        if gap > self.strict:
            return False
        small = min((values[cell] for cell in changed & {*self.cells}), default=ENDLESS) // 10
        return gap <= min(small, self.added_up(values) // 100)

    def wanted(self, values: Sequence[int]) -> Iterator[Wanted]:
        excess, slack = self._excess(values), self.tolerance
        if self.total is not None:
            total = values[self.total] + excess
            yield self.total, total - slack, total + slack
        for part in self.parts:
            yield part, values[part] - excess - slack, values[part] - excess + slack

    def added_up(self, values: Sequence[int]) -> int:
        """Returns the sum of the parts."""
        return sum(map(values.__getitem__, self.parts))

    def gap(self, values: Sequence[int]) -> int:
        """Returns how far the total and the sum of the parts are apart."""
        return abs(self._excess(values))

    def _excess(self, values: Sequence[int]) -> int:
        return self.added_up(values) - (self.constant if self.total is None else values[self.total])


@dataclass(frozen=True, slots=True)
class Share:
    """A number is a whole times a ratio: a rate is 1 × executed ÷ budget, a score its weight × rate.

    `whole` and `under` are cells or constants, so that each is given by two fields of which one is used. A capped
    ratio counts as 1 above 1. `below` and `above` are how far the number may be off, `strict` how far where it is to
    have been mended. `other` is another cell that
    may stand in the place of `under`.
    """

    name: str
    part: int
    over: int
    below: int
    above: int
    strict: int
    whole: int | None = None
    under: int | None = None
    other: int | None = None
    constant: int = 1
    capped: bool = False
    is_equation: bool = True

    @property
    def lead(self) -> int | None:
        return self.part

    @property
    def cells(self) -> tuple[int, ...]:
        found = (self.part, self.over, self.whole, self.under, self.other)
        return tuple(cell for cell in found if cell is not None)

    def holds(self, values: Sequence[int]) -> bool:
        return self._is_near(values, self.below, self.above)

    def agrees(self, values: Sequence[int], _changed: Set[int]) -> bool:
        if values[self.over] > (1 if self.capped else 2) * self._of(values, self.under):
            return False  # a rate above 100 % is itself in doubt, above 200 % is none
        slack = min(self.strict, values[self.part] // 50)
        return self._is_near(values, slack, slack)

    def _is_near(self, values: Sequence[int], below: int, above: int) -> bool:
        fits = self._fits(values, self.under, below, above)
        return fits or (self.other is not None and self._fits(values, self.other, below, above))

    def _fits(self, values: Sequence[int], under: int | None, below: int, above: int) -> bool:
        divisor, over = self._of(values, under), values[self.over]
        if divisor <= 0:
            return False
        product = self._of(values, self.whole) * (min(over, divisor) if self.capped else over)
        return -below * divisor <= values[self.part] * divisor - product <= above * divisor

    def wanted(self, values: Sequence[int]) -> Iterator[Wanted]:
        for under in (self.under,) if self.other is None else (self.under, self.other):
            yield from self._wanted(values, under)

    def _wanted(self, values: Sequence[int], under: int | None) -> Iterator[Wanted]:
        divisor, whole, over = self._of(values, under), self._of(values, self.whole), values[self.over]
        if divisor <= 0 or over <= 0:
            return
        least, most = values[self.part] - self.above, values[self.part] + self.below
        ratio = min(over, divisor) if self.capped else over
        exact = whole * ratio // divisor
        yield self.part, exact - self.below, exact + self.above + 1
        full = self.capped and most >= whole
        if whole > 0:
            yield self.over, least * divisor // whole, ENDLESS if full else most * divisor // whole + 1
        if self.whole is not None:
            yield self.whole, least * divisor // ratio, most * divisor // ratio + 1
        if under == self.under and under is not None and most > 0:
            yield under, 0 if full else whole * over // most, whole * over // least + 1 if least > 0 else ENDLESS

    def _of(self, values: Sequence[int], cell: int | None) -> int:
        return self.constant if cell is None else values[cell]


@dataclass(frozen=True, slots=True)
class AtMost:
    """A number is not above another, or so many times another."""

    name: str
    less: int
    more: int
    tolerance: int = 0
    times: int = 1
    is_equation: bool = False

    @property
    def lead(self) -> int | None:
        return self.less

    @property
    def cells(self) -> tuple[int, ...]:
        return self.less, self.more

    def holds(self, values: Sequence[int]) -> bool:
        return values[self.less] <= values[self.more] * self.times + self.tolerance

    def agrees(self, values: Sequence[int], _changed: Set[int]) -> bool:
        return self.holds(values)

    def wanted(self, _values: Sequence[int]) -> Iterator[Wanted]:
        """Yields nothing: a bound alone does not say what a value is."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Like:
    """Two numbers are of one size: not FAR_APART times; they agree where they differ less than NEAR times."""

    name: str
    one: int
    lead: int
    is_equation: bool = True

    @property
    def cells(self) -> tuple[int, ...]:
        return self.one, self.lead

    def holds(self, values: Sequence[int]) -> bool:
        return self._differ_less(values, FAR_APART)

    def agrees(self, values: Sequence[int], _changed: Set[int]) -> bool:
        return self._differ_less(values, NEAR)

    def wanted(self, values: Sequence[int]) -> Iterator[Wanted]:
        for cell, other in ((self.one, self.lead), (self.lead, self.one)):
            yield cell, values[other] // NEAR, values[other] * NEAR

    def _differ_less(self, values: Sequence[int], times: int) -> bool:
        one, other = values[self.one], values[self.lead]
        return one < other * times and other < one * times


@dataclass(frozen=True, slots=True)
class Between:
    """A number lies between two constants."""

    name: str
    cell: int
    low: int
    high: int
    is_equation: bool = False

    @property
    def lead(self) -> int | None:
        return self.cell

    @property
    def cells(self) -> tuple[int, ...]:
        return (self.cell,)

    def holds(self, values: Sequence[int]) -> bool:
        return self.low <= values[self.cell] <= self.high

    def agrees(self, values: Sequence[int], _changed: Set[int]) -> bool:
        return self.holds(values)

    def wanted(self, _values: Sequence[int]) -> Iterator[Wanted]:
        """Yields nothing: a bound alone does not say what a value is."""
        yield from ()
