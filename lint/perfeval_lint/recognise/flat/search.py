"""The cheapest reading of a run of pieces as the cells of a table, and how sure each of its cells is.

A shortest path: a node is a place between two pieces with the column read last, an edge a whole cell. Time grows
with the number of pieces times the length of the longest cell; what costs too much is not followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.recognise.flat.columns import Layout
from perfeval_lint.recognise.flat.pieces import Piece

_BEAM = 25.0  # a state this much dearer than the best one at its place is dropped
SURE = 2.0  # a reading is sure where every other costs at least this much more
_MOST_EDGES = 250_000  # about five times what the longest form needs; a text that wants more gets no reading
_NEVER = float("inf")

Cells = Sequence[tuple[int, float]]  # ends (excluded) and costs of the cells that may begin at a place


@dataclass(frozen=True, slots=True)
class Found:
    """A cell of the reading: its row and column, pieces start..end (end excluded), whether another reading is near.

    `cost` is what the cell adds to the reading, with the move to it.
    """

    row: int
    column: int
    start: int
    end: int
    sure: bool = True
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Twin:
    """Two neighbouring cells that belong together: what their standing side by side is worth."""

    start: int
    middle: int
    end: int
    worth: float


@dataclass(frozen=True, slots=True)
class Problem:
    """The input of a search: pieces, columns, the cells possible at a place in a column, further costs of single moves.

    `toll(place, state, next state, new row)` is added to a move's cost. `twins` are for the two columns `pair`.
    """

    pieces: Sequence[Piece]
    layout: Layout
    cells: Callable[[int, int], Cells]
    toll: Callable[[int, int, int, bool], float]
    twins: Mapping[int, Sequence[Twin]]
    pair: tuple[int, int] | None = None


@dataclass(slots=True)
class _Edge:
    start: int
    enters: int
    end: int
    state: int
    cost: float
    middle: int = 0


class Search:
    """One search; `path` then holds the reading."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._count = len(problem.layout.columns)
        size = len(problem.pieces) + 1
        self._done: list[dict[int, tuple[float, _Edge]]] = [{} for _ in range(size)]
        self._entry: list[dict[int, tuple[float, int, bool]]] = [{} for _ in range(size)]
        self._edges: list[list[_Edge]] = [[] for _ in range(size)]
        self._ends: dict[tuple[int, int], dict[int, float]] = {}
        self._left = _MOST_EDGES
        for place in range(size - 1):
            if self._left > 0:
                self._enter(place)
                self._advance(place)

    def _enter(self, place: int) -> None:
        """The cheapest ways to begin a cell of each state at a place."""
        entry = self._entry[place]
        if place == 0:
            entry.update({state: (cost, -1, True) for state, cost in self._problem.layout.begins(first=True)})
            return
        done = self._done[place]
        if not done:
            return
        limit = min(cost for cost, _ in done.values()) + _BEAM
        moves = self._problem.layout.moves[self._problem.pieces[place].gap]
        for state, (cost, _) in done.items():
            if cost > limit:
                continue
            for then, price, new_row in moves[state]:
                total = cost + price
                known = entry.get(then)
                if known is None or total < known[0]:
                    total += self._problem.toll(place, state, then, new_row)
                    if known is None or total < known[0]:
                        entry[then] = (total, state, new_row)

    def _advance(self, place: int) -> None:
        """Every cell that begins at a place."""
        entry = self._entry[place]
        if not entry:
            return
        limit = min(cost for cost, _, _ in entry.values()) + _BEAM
        for state, (cost, _, _) in entry.items():
            if cost > limit:
                continue
            column = state % self._count
            ends = self._ends.get((place, column))
            if ends is None:
                ends = self._ends[place, column] = dict(self._problem.cells(place, column))
                self._left -= len(ends)
            for end, price in ends.items():
                self._reach(_Edge(place, state, end, state, price), cost)
        for twin in self._problem.twins.get(place, ()):
            self._pair(twin)

    def _pair(self, twin: Twin) -> None:
        """The two cells of a twin as one step, `twin.middle` being the place just reached."""
        if self._problem.pair is None:
            return
        left, right = self._problem.pair
        before = self._entry[twin.start].get(left)
        first = self._ends.get((twin.start, left), {}).get(twin.middle)
        second = self._ends.get((twin.middle, right), {}).get(twin.end)
        if before is None or first is None or second is None:
            return
        moves = self._problem.layout.moves[self._problem.pieces[twin.middle].gap][left]
        step = next(price for then, price, _ in moves if then == right)
        cost = first + step + second + self._problem.toll(twin.middle, left, right, False) - twin.worth
        self._reach(_Edge(twin.start, left, twin.end, right, cost, twin.middle), before[0])

    def _reach(self, edge: _Edge, before: float) -> None:
        self._edges[edge.start].append(edge)
        known = self._done[edge.end].get(edge.state)
        if known is None or before + edge.cost < known[0]:
            self._done[edge.end][edge.state] = (before + edge.cost, edge)

    @property
    def cost(self) -> float:
        """The cost of the cheapest reading; infinite where there is none."""
        return min((cost + self._problem.layout.ends(state) for state, (cost, _) in self._last.items()), default=_NEVER)

    @property
    def _last(self) -> dict[int, tuple[float, _Edge]]:
        return self._done[-1]

    def path(self) -> list[Found]:
        """The cells of the cheapest reading in order; none where there is no reading."""
        if not self._last:
            return []
        state = min(self._last, key=lambda state: self._last[state][0] + self._problem.layout.ends(state))
        place = len(self._done) - 1
        cells: list[tuple[int, int, int, bool, float]] = []
        while place > 0:
            total, edge = self._done[place][state]
            _, state, new_row = self._entry[edge.start][edge.enters]
            cost = total - (self._done[edge.start][state][0] if edge.start else 0.0)
            if edge.middle:
                cells.append((edge.state % self._count, edge.middle, edge.end, False, cost / 2))
                cells.append((edge.enters % self._count, edge.start, edge.middle, new_row, cost / 2))
            else:
                cells.append((edge.state % self._count, edge.start, edge.end, new_row, cost))
            place = edge.start
        return _numbered(reversed(cells))

    def doubtful(self) -> list[Found]:
        """The cells of the reading, those not sure that a reading which costs little more has otherwise."""
        after = self._backward()
        limit = self.cost + SURE
        path = self.path()
        columns = {found.start: found.column for found in path}
        renamed: set[int] = set()
        cut: set[int] = set()
        for place, entry in enumerate(self._entry):
            for state, (cost, _, _) in entry.items():
                if cost + after[place].get(state, _NEVER) < limit and columns.get(place) != state % self._count:
                    (renamed if place in columns else cut).add(place)
        bridged = self._bridged(after, limit, columns)
        return [_judged(found, renamed, cut, bridged) for found in path]

    def _bridged(self, after: Sequence[Mapping[int, float]], limit: float, columns: Mapping[int, int]) -> set[int]:
        """The ends of cells that a cell of another cheap reading runs over."""
        bridged: set[int] = set()
        for edge in self._near(after, limit):
            inner = range(edge.start + 1, edge.end)
            bridged.update(place for place in inner if place in columns and place != edge.middle)
            if edge.middle and columns.get(edge.middle) != edge.state % self._count:
                bridged.add(edge.middle)
        return bridged

    def _near(self, after: Sequence[Mapping[int, float]], limit: float) -> Iterable[_Edge]:
        for edges in self._edges:
            for edge in edges:
                entry = self._entry[edge.start].get(edge.enters)
                if entry and entry[0] + edge.cost + self._onward(after, edge.end, edge.state) < limit:
                    yield edge

    def _backward(self) -> list[dict[int, float]]:
        """By place and state to be entered: the cost from there to the end."""
        size = len(self._done)
        after: list[dict[int, float]] = [{} for _ in range(size)]
        self._leaving: dict[tuple[int, int], float] = {}
        for place in range(size - 2, -1, -1):
            for edge in self._edges[place]:
                cost = edge.cost + self._onward(after, edge.end, edge.state)
                if cost < after[place].get(edge.enters, _NEVER):
                    after[place][edge.enters] = cost
        return after

    def _onward(self, after: Sequence[Mapping[int, float]], place: int, state: int) -> float:
        """The cost from the end of a cell to the end of the text."""
        key = (place, state)
        known = self._leaving.get(key)
        if known is None:
            known = self._leaving[key] = self._cheapest_move(after, place, state)
        return known

    def _cheapest_move(self, after: Sequence[Mapping[int, float]], place: int, state: int) -> float:
        layout = self._problem.layout
        if place == len(self._done) - 1:
            return layout.ends(state)
        best = _NEVER
        for then, price, new_row in layout.moves[self._problem.pieces[place].gap][state]:
            total = price + after[place].get(then, _NEVER)
            if total < best:
                best = min(best, total + self._problem.toll(place, state, then, new_row))
        return best


def _judged(found: Found, renamed: set[int], cut: set[int], bridged: set[int]) -> Found:
    inner = range(found.start + 1, found.end)
    sure = found.start not in renamed and not bridged & {found.start, found.end} and not any(at in cut for at in inner)
    return replace(found, sure=sure)


def _numbered(cells: Iterable[tuple[int, int, int, bool, float]]) -> list[Found]:
    row = -1
    found = []
    for column, start, end, new_row, cost in cells:
        row += new_row
        found.append(Found(row, column, start, end, cost=cost))
    return found
