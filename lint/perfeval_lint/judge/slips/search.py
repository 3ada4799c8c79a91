"""Finds the slips that explain why the numbers of a form disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Final

from perfeval_lint.form.definition import FUNDS, INDICATORS
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import row_of
from perfeval_lint.judge.slips.cells import Cells, shown
from perfeval_lint.judge.slips.of_form import AMOUNTS
from perfeval_lint.judge.slips.relations import Sum
from perfeval_lint.judge.slips.state import Candidate, NewValue, State
from perfeval_lint.judge.slips.tries import USUAL_DECIMALS, Number, Range, factors_of, tries
from perfeval_lint.rule.model import Scope, SlipKind, Slips

_SIDE_BY_SIDE: Final = 3  # possible slips of one thing wrong
_MOST_NUMBERS: Final = 500  # of a form that is searched; every pair of rows is looked at
_MOST_NAMED: Final = 10  # of a form
_LIKE: Final = 10  # times that amounts of one column or row differ at most
_CLEARLY: Final = 2  # relations more


@dataclass(frozen=True, slots=True)
class Change:
    """A cell, what is printed in it and what should be."""

    path: str
    given: str
    right: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip: its name in slips.yaml, the cells to change, the relations that agree afterwards, and its sentence.

    `mended` are the findings that go away with it: rule and path; instead of that of a cell the path may be that of a
    row, or "" for anywhere.
    """

    kind: str
    changes: tuple[Change, ...]
    mends: tuple[str, ...]
    says: str
    mended: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Search:
    """The slips of a form that are certain, and of each other thing wrong the possible ones, likeliest first."""

    named: tuple[Slip, ...]
    possible: tuple[tuple[Slip, ...], ...]


NOTHING: Final = Search((), ())


def search(slips: Slips, form: Form, found: Set[str]) -> Search:
    """Returns the slips behind the relations between a form's numbers that do not hold.

    `found` are the rules that found something on the form: a relation whose rules did not, because they are off, waived
    or judge by other parameters, counts for nothing where it does not hold. A form of very many rows is not searched.
    """
    cells = Cells(form)
    if len(cells.values) > _MOST_NUMBERS:
        return NOTHING
    told = {name for name, relation in slips.relations.items() if not found.isdisjoint(relation.rules)}
    state = State(cells, told)
    return _Searcher(state, slips).search() if state.is_broken else NOTHING


class _Searcher:
    """Undoes one certain slip after the other, then lists what is possible."""

    def __init__(self, state: State, slips: Slips) -> None:
        self.state = state
        self.slips = slips
        self._numbers: dict[int, Number] = {}

    def search(self) -> Search:
        named: list[Slip] = []
        candidates: list[Candidate] = []
        while self.state.is_broken and len(named) < _MOST_NAMED:
            candidates = self._candidates()
            certain = _certain(candidates)
            if certain is None:
                break
            named.append(self._slip(certain))
            self.state.apply(certain)
            self._numbers.clear()
            candidates = []
        return Search(tuple(named), tuple(self._possible(candidates)))

    # --- candidates ---

    def _candidates(self) -> list[Candidate]:
        """Returns the slips that would mend something; of one change the kind that is listed first."""
        found: dict[tuple[tuple[int, int], ...], Candidate] = {}
        ranges = self.state.wanted()
        for kind in self.slips.kinds:
            for changes in self._changes(kind, ranges):
                key = tuple((cell, value) for cell, value, _ in changes)
                if key not in found and (candidate := self.state.candidate(kind, changes)):
                    found[key] = candidate
        return [*found.values()]

    def _changes(self, kind: SlipKind, ranges: dict[int, list[Range]]) -> Iterator[Sequence[NewValue]]:
        if kind.together:
            yield from self._of_many(kind)
        elif kind.how == "swap-rows":
            yield from self._of_rows(kind, ranges)
        elif kind.how == "add-up":
            yield from self._of_totals(kind)
        else:
            yield from self._of_cells(kind, ranges)

    def _of_cells(self, kind: SlipKind, ranges: dict[int, list[Range]]) -> Iterator[Sequence[NewValue]]:
        places = self.state.cells.places
        for number, wanted in ranges.items():
            if places[number][2] in kind.fields:
                for value, decimals in tries(kind, self._number(number), wanted):
                    yield [(number, value, decimals)]

    def _number(self, number: int) -> Number:
        """Returns a number as it is printed now."""
        if number not in self._numbers:
            self._numbers[number] = self._made(number)
        return self._numbers[number]

    def _made(self, number: int) -> Number:
        cell = self.state.cells.cell(number)
        shift = 2 if cell.is_percent else 0
        others = [self.state.decimals[other] for other in self._others(number, {number})]
        most = max(others) - shift if others else USUAL_DECIMALS
        return Number(self.state.values[number], max(self.state.decimals[number], shift), shift, most)

    def _others(self, number: int, changed: Set[int]) -> list[int]:
        """Returns the cells of the same column that are not changed."""
        section, _, field = self.state.cells.places[number]
        return [other for other in self.state.cells.filled(section, field) if other not in changed]

    def _of_rows(self, kind: SlipKind, ranges: dict[int, list[Range]]) -> Iterator[Sequence[NewValue]]:
        values, decimals, places = self.state.values, self.state.decimals, self.state.cells.places
        columns: dict[str, list[int]] = {}
        for number, (section, _, field) in enumerate(places):
            if section in (FUNDS, INDICATORS) and field in kind.fields and number in self.state.of_cell:
                columns.setdefault(field, []).append(number)
        for number, wanted in ranges.items():
            section, _, field = places[number]
            for other in columns.get(field, ()) if section in (FUNDS, INDICATORS) else ():
                value, its = values[number], values[other]
                if value != its and min(value, its) >= 0 and any(low <= its <= high for low, high in wanted):
                    yield sorted(((number, its, decimals[other]), (other, value, decimals[number])))

    def _of_totals(self, kind: SlipKind) -> Iterator[Sequence[NewValue]]:
        for relation in self.state.broken():
            total = relation.total if isinstance(relation, Sum) else None
            if isinstance(relation, Sum) and total is not None and self.state.cells.places[total][2] in kind.fields:
                value, before = relation.added_up(self.state.values), self.state.values[total]
                decimals = max(self.state.decimals[part] for part in relation.parts)
                if decimals <= self.state.decimals[total] and before < value * _LIKE and value < before * _LIKE:
                    yield [(total, value, self.state.decimals[total])]

    def _of_many(self, kind: SlipKind) -> Iterator[Sequence[NewValue]]:
        """Yields the changes of whole columns, of whole rows of amounts and of rows but for the first amount."""
        columns = [self.state.cells.column(FUNDS, field) for field in kind.fields]
        rows = [*zip(*columns, strict=True)]
        for numbers in (*columns, *rows, *(row[1:] for row in rows)):
            filled = [number for number in numbers if number is not None and self.state.values[number] > 0]
            is_one = len(filled) > 1 and all(self._is_out_of_scale(number, filled) for number in filled)
            for numerator, denominator, places in factors_of(kind) if is_one else ():
                if all(self.state.values[number] * numerator % denominator == 0 for number in filled):
                    yield [
                        (
                            number,
                            self.state.values[number] * numerator // denominator,
                            self.state.decimals[number] + places,
                        )
                        for number in filled
                    ]

    def _is_out_of_scale(self, number: int, changed: Sequence[int]) -> bool:
        """Returns whether an amount is far above another one of its row or column that is not changed."""
        section, row, field = self.state.cells.places[number]
        values, places = self.state.values, self.state.cells.places
        others = (
            values[other]
            for name in AMOUNTS
            for other in self.state.cells.filled(section, name)
            if other not in changed and (places[other][1] == row or name == field)
        )
        return values[number] > _LIKE * min((value for value in others if value > 0), default=0)

    # --- what is possible ---

    def _possible(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Slip, ...]]:
        """Yields the slips side by side that would mend the same; nothing where too many would do equally well."""
        groups: list[list[Candidate]] = []
        for one in candidates:
            if one.kind.is_possible and one.unusual == 0:
                joined = [group for group in groups if any(_overlap(one, other) for other in group)]
                groups = [group for group in groups if group not in joined]
                groups.append([*chain.from_iterable(joined), one])
        for group in groups:
            ranked = sorted(group, key=_strength, reverse=True)
            best = [one for one in ranked if _strength(one) == _strength(ranked[0])]
            if len(best) <= _SIDE_BY_SIDE:
                yield tuple(self._slip(one) for one in ranked[:_SIDE_BY_SIDE])

    def _slip(self, candidate: Candidate) -> Slip:
        mends = dict.fromkeys(self.slips.relations[self.state.relations[n].name].says for n in candidate.mended)
        changes = tuple(self._change(candidate, *change) for change in candidate.changes)
        mended = frozenset([*self._of_relations(candidate), *self._consequences(candidate)])
        return Slip(candidate.kind.name, changes, tuple(mends), candidate.kind.says, mended)

    def _of_relations(self, candidate: Candidate) -> Iterator[tuple[str, str]]:
        """Yields the findings on the relations that agree afterwards."""
        for number in candidate.every:
            relation = self.state.relations[number]
            place = "" if relation.lead is None else self.state.cells.path(relation.lead)
            yield from ((rule, place) for rule in self.slips.relations[relation.name].rules)

    def _consequences(self, candidate: Candidate) -> Iterator[tuple[str, str]]:
        """Yields the findings of rules that read the cells to change."""
        for number, _, _ in candidate.changes:
            row = row_of(self.state.cells.path(number))
            for rule, scope in self.slips.consequences.get(self.state.cells.places[number][2], {}).items():
                yield rule, row if scope is Scope.ROW else ""

    def _change(self, candidate: Candidate, number: int, value: int, decimals: int) -> Change:
        cell = self.state.cells.cell(number)
        if candidate.kind.is_power_of_ten:
            decimals = self._usual_decimals(number, {changed for changed, _, _ in candidate.changes})
        return Change(self.state.cells.path(number), cell.text, shown(cell, value, decimals))

    def _usual_decimals(self, number: int, changed: Set[int]) -> int:
        """Returns how many decimals all other cells of the column are printed with; 0 where they differ."""
        section, _, field = self.state.cells.places[number]
        others = self._others(number, changed)
        if not others and field in AMOUNTS:
            amounts = chain.from_iterable(self.state.cells.filled(section, name) for name in AMOUNTS)
            others = [other for other in amounts if other not in changed]
        decimals = {self.state.decimals[other] for other in others}
        return decimals.pop() if len(decimals) == 1 else 0


def _certain(candidates: Sequence[Candidate]) -> Candidate | None:
    """Returns the strongest candidate that no other may take the place of."""
    for one in sorted(candidates, key=_strength, reverse=True):
        if one.is_certain and all(
            _beats(one, other) for other in candidates if other is not one and _overlap(one, other)
        ):
            return one
    return None


def _overlap(one: Candidate, other: Candidate) -> bool:
    """Returns whether two candidates explain the same, or change the same cell."""
    return not (set(one.mended).isdisjoint(other.mended) and one.cells.isdisjoint(other.cells))


def _strength(one: Candidate) -> tuple[bool, int, int, int]:
    return one.kind.is_power_of_ten, one.relations, one.weak, -len(one.changes)


def _beats(one: Candidate, other: Candidate) -> bool:
    """Returns whether one slip is clearly likelier than another that mends some of the same."""
    if one.relations >= other.relations + _CLEARLY:
        return True
    if one.kind.is_power_of_ten != other.kind.is_power_of_ten and one.cells != other.cells:
        return one.kind.is_power_of_ten and one.relations >= other.relations
    if one.relations != other.relations:
        return set(one.mended) > set(other.mended)
    if one.weak != other.weak:
        return one.weak > other.weak
    return len(one.changes) < len(other.changes)
