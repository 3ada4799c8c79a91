"""The columns of a flattened table and what it costs to go from one cell of it to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from perfeval_lint.recognise.flat.pieces import PAGE, SPACE
from perfeval_lint.recognise.flat.words import Habits

SIDE, LEVEL, SERIAL, TEXT, NUMBER, FIGURE, REMARK = "side", "level", "serial", "text", "number", "figure", "remark"
_NEW_ROW_INSIDE_LINE = 6.0
_OVER_PAGE = 3.0
_ROW_OVER_PAGE = 2.0
_FURTHER_PART = 0.8
_EMPTY = {SIDE: 0.0, LEVEL: 0.0, SERIAL: 3.0, TEXT: 6.0, NUMBER: 8.0, FIGURE: 1.5, REMARK: 0.0}
_FORGIVEN = 0.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it holds, what kind of cells, its width in half-width characters (None: not known)."""

    role: str
    kind: str
    width: float | None = None


@dataclass(frozen=True)
class Layout:
    """The columns in reading order, and the moves between states.

    State `column` is "a cell of this column was read last"; state `len(columns) + column` the same for a row that
    goes on after a page break although its numbers were printed before it.
    """

    columns: tuple[Column, ...]
    habits: Habits
    rows: bool = True  # False where there is one row only, as of the goals
    empty_name: float = 3.5  # the cost of a name that is not repeated for a further row

    @cached_property
    def moves(self) -> tuple[tuple[tuple[tuple[int, float, bool], ...], ...], ...]:
        """By gap and state: the states that may follow, the cost, and whether a new row begins."""
        return tuple(tuple(tuple(self._from(state, gap)) for state in range(2 * len(self.columns))) for gap in range(4))

    def _from(self, state: int, gap: int) -> list[tuple[int, float, bool]]:
        count = len(self.columns)
        column, after_page = state % count, state >= count
        base = self.habits.between[gap]
        moves = []
        for then in range(column + 1, count):
            if not after_page:
                over = _ROW_OVER_PAGE if gap == PAGE and column > 0 else 0.0
                moves.append((then, base + over + self._empty(column + 1, then), False))
            elif self.columns[then].kind in (TEXT, REMARK):
                moves.append((count + then, base + _FURTHER_PART, False))
        if self.rows:
            ended = base + (_FORGIVEN if after_page else self._empty(column + 1, count))
            ended += _NEW_ROW_INSIDE_LINE if gap == SPACE else 0.0
            moves += [(then, ended + cost, True) for then, cost in self.begins(first=False)]
        if gap == PAGE and self.columns[column].kind != SIDE:
            moves += self._over_page(column, after_page, base)
        return moves

    def _over_page(self, column: int, after_page: bool, base: float) -> list[tuple[int, float, bool]]:
        """A page break inside a row: the cells go on below it, from any column of text."""
        count = len(self.columns)
        numbered = after_page or any(known.kind == NUMBER for known in self.columns[: column + 1])
        return [
            (then + count * numbered, base + _OVER_PAGE, False)
            for then, known in enumerate(self.columns)
            if known.kind in (TEXT, REMARK) and (then <= column or numbered)
        ]

    def begins(self, first: bool) -> list[tuple[int, float]]:
        """The states a row may begin with, and the cost; the first row has its level names."""
        states = []
        for column, known in enumerate(self.columns):
            if known.kind in (SIDE, LEVEL, SERIAL, TEXT):
                missing = 3.0 * first * sum(other.kind == LEVEL for other in self.columns[:column])
                states.append((column, self._empty(0, column) + missing))
        return states

    def ends(self, state: int) -> float:
        """The cost of the table ending after a state."""
        count = len(self.columns)
        return _FORGIVEN if state >= count else self._empty(state + 1, count)

    def _empty(self, begin: int, end: int) -> float:
        """The cost of the cells of some columns being empty."""
        skipped: Sequence[Column] = self.columns[begin:end]
        cost = sum(self.empty_name if known.role == "三级指标" else _EMPTY[known.kind] for known in skipped)
        return cost + (1.5 if begin and skipped and skipped[0].kind == LEVEL and end < len(self.columns) else 0.0)
