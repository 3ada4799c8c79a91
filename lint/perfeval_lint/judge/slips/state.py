"""Which relations of a form hold, and what a change of cells makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from perfeval_lint.judge.slips.cells import DECIMALS, Cells
from perfeval_lint.judge.slips.of_form import FormRelations
from perfeval_lint.judge.slips.relations import Like, Relation, Sum
from perfeval_lint.judge.slips.tries import Range
from perfeval_lint.rule.model import SlipKind

NewValue = tuple[int, int, int]  # a cell, its value and how many decimals it would be printed with


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slip that would explain what is wrong: undoing it mends relations and breaks none.

    `mended` are the independent relations by number, `every` all of them; `equations` counts those of `every` that are
    equations, `relations` those of `mended`; `weak` counts the usual relations mended less the `unusual` ones: broken,
    bounds it stays beyond, sums whose sides it sets further apart.
    """

    kind: SlipKind
    changes: tuple[NewValue, ...]
    mended: tuple[int, ...]
    every: tuple[int, ...]
    equations: int
    relations: int
    weak: int
    unusual: int

    @property
    def cells(self) -> frozenset[int]:
        """The cells that are changed."""
        return frozenset(cell for cell, _, _ in self.changes)

    @property
    def is_certain(self) -> bool:
        """Whether it mends enough to be told, as the only one of its kind."""
        is_enough = self.equations >= self.kind.equations and self.relations >= self.kind.relations
        return is_enough and (self.unusual == 0 or self.equations > 1)


class State:
    """The values of a form's cells, and for each relation whether it holds: first those that must hold, then those that
    count only where they are mended, then those that usually hold."""

    def __init__(self, cells: Cells, told: Set[str]) -> None:
        """`told` are the relations that rules found broken, by name; what no rule minds here is none that must hold."""
        self.cells = cells
        self.values = cells.values
        self.decimals = cells.decimals
        makes = FormRelations(cells)
        asked = ((relation, relation.holds(self.values)) for relation in makes.hard())
        known = [(relation, holds) for relation, holds in asked if holds or relation.name in told]
        self.relations: list[Relation] = [relation for relation, _ in known]
        self.holds = [holds for _, holds in known]
        self.hard = self.counted = len(self.relations)
        if self.is_broken:
            counted = [*makes.counted()]
            self.counted += len(counted)
            weak = [*counted, *makes.weak()]
            self.relations += weak
            self.holds += [relation.holds(self.values) for relation in weak]
        self.of_cell: dict[int, list[int]] = {}
        for number, relation in enumerate(self.relations if self.is_broken else ()):
            for cell in relation.cells:
                self.of_cell.setdefault(cell, []).append(number)

    @property
    def is_broken(self) -> bool:
        """Whether an equation does not hold."""
        return any(True for _ in self.broken())

    def broken(self) -> Iterator[Relation]:
        """Yields the equations that do not hold."""
        for number in range(self.hard):
            if not self.holds[number] and self.relations[number].is_equation:
                yield self.relations[number]

    def wanted(self) -> dict[int, list[Range]]:
        """Returns for each cell of a broken equation between which values it would have to lie."""
        ranges: dict[int, list[Range]] = {}
        for relation in self.broken():
            for cell, low, high in relation.wanted(self.values):
                if high >= 0:
                    ranges.setdefault(cell, []).append((low, high))
        return ranges

    def candidate(self, kind: SlipKind, changes: Sequence[NewValue]) -> Candidate | None:
        """Returns the slip that the changes would undo; None where they mend nothing or break what holds."""
        changed = frozenset(cell for cell, _, _ in changes)
        touched = dict.fromkeys(number for cell in changed for number in self.of_cell.get(cell, ()))
        gaps = {number: self._gap(number) for number in touched}
        before = self._write((cell, value) for cell, value, _ in changes)
        if any(number < self.hard and not self._stays(number) for number in touched):
            self._write(before)
            return None
        after = {number: self._holds_after(number, changed) for number in touched}
        wider = [number for number in touched if not after[number] and self._gap(number) > gaps[number]]
        self._write(before)
        mended = [number for number, holds in after.items() if holds and not self.holds[number]]
        hard = [number for number in mended if number < self.hard]
        equations = [number for number in hard if self._is_ground(kind, self.relations[number])]
        if not equations:
            return None
        unusual = {number for number, holds in after.items() if not holds and self._is_unusual(number)}.union(wider)
        weak = len(mended) - len(hard) - len(unusual)
        counted = [number for number in mended if self.hard <= number < self.counted]
        independent = (*self._independent(hard), *counted)
        return Candidate(
            kind, tuple(changes), independent, tuple(hard), len(equations), len(independent), weak, len(unusual)
        )

    def _is_ground(self, kind: SlipKind, relation: Relation) -> bool:
        """Returns whether a relation says what a number should be; that two are of one size tells the unit alone."""
        return relation.is_equation and (kind.is_of_units or not isinstance(relation, Like))

    def _write(self, values: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Writes values of cells; returns those they had."""
        before = []
        for cell, value in values:
            before.append((cell, self.values[cell]))
            self.values[cell] = value
        return before

    def _gap(self, number: int) -> int:
        """Returns by how much the sides of a hard sum that does not hold differ; 0 for another relation."""
        relation = self.relations[number]
        if number >= self.hard or self.holds[number] or not isinstance(relation, Sum):
            return 0
        return relation.gap(self.values)

    def _is_unusual(self, number: int) -> bool:
        """Returns whether it counts against a change that a usual relation does not hold after it."""
        return number >= self.counted and (self.holds[number] or not self.relations[number].is_equation)

    def _stays(self, number: int) -> bool:
        """Returns whether a relation that held still does."""
        return not self.holds[number] or self.relations[number].holds(self.values)

    def _holds_after(self, number: int, changed: frozenset[int]) -> bool:
        """Returns whether a relation holds with changed values; one that did not is not mended by a change of all."""
        relation = self.relations[number]
        if self.holds[number]:
            return relation.holds(self.values)
        is_all_of_it = len(changed) > 1 and changed.issuperset(relation.cells)
        return not is_all_of_it and relation.agrees(self.values, changed)

    def _independent(self, mended: Sequence[int]) -> tuple[int, ...]:
        """Returns the relations without bounds on cells that a mended equation is about as well."""
        equations = [set(self.relations[number].cells) for number in mended if self.relations[number].is_equation]
        return tuple(
            number
            for number in mended
            if self.relations[number].is_equation
            or not any(cells.issuperset(self.relations[number].cells) for cells in equations)
        )

    def apply(self, candidate: Candidate) -> None:
        """Writes the right values in the place of the slip."""
        for cell, value, decimals in candidate.changes:
            self.values[cell], self.decimals[cell] = value, min(decimals, DECIMALS)
        for cell, _, _ in candidate.changes:
            for number in self.of_cell.get(cell, ()):  # one of a column may be in no relation
                self.holds[number] = self.relations[number].holds(self.values)
