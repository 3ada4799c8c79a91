"""The two texts of the goals in flattened text: side by side in the form, one behind the other here, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.recognise.flat.columns import TEXT, Column, Layout
from perfeval_lint.recognise.flat.cost import CellCosts
from perfeval_lint.recognise.flat.pieces import Piece
from perfeval_lint.recognise.flat.search import Cells, Found, Problem, Search, Twin
from perfeval_lint.recognise.flat.twins import twins
from perfeval_lint.recognise.flat.widths import column_width
from perfeval_lint.recognise.flat.words import Habits

_ROUNDS = 4
_DEAREST = 40.0  # a text that costs more is not followed
_COLUMNS = (Column("预期目标", TEXT), Column("实际完成情况", TEXT))


@dataclass(frozen=True, slots=True)
class Goals:
    """The pieces of the two texts, and whether no other cut is as likely."""

    target: Sequence[Piece]
    result: Sequence[Piece]
    sure: bool


def read_goals(pieces: Sequence[Piece], habit: Habits) -> Goals | None:
    """The goals; None where there is no text or no reading is bearable."""
    layout = Layout(_COLUMNS, habit, rows=False)
    costs = CellCosts(pieces, habit, {}, _DEAREST)
    pairs = twins(pieces)
    search: Search | None = None
    cells: tuple[Found, ...] = ()
    for _ in range(_ROUNDS):
        search = Search(_problem(pieces, costs, layout, pairs))
        found = tuple(search.path())
        if not found or found == cells:
            break
        cells = found
        columns = (replace(known, width=_width(pieces, cells, at)) for at, known in enumerate(_COLUMNS))
        layout = replace(layout, columns=tuple(columns))
    if search is None or not cells:
        return None
    sure = len(cells) > 1 and all(cell.sure for cell in search.doubtful())
    return Goals(_side(pieces, cells, 0), _side(pieces, cells, 1), sure)


def _problem(pieces: Sequence[Piece], costs: CellCosts, layout: Layout, pairs: Mapping[int, Sequence[Twin]]) -> Problem:
    def cells(start: int, column: int) -> Cells:
        width = layout.columns[column].width
        return list(costs.extents(start, width))

    return Problem(pieces, layout, cells, lambda place, *_: costs.parted[place], pairs, (0, 1))


def _width(pieces: Sequence[Piece], cells: Sequence[Found], column: int) -> float | None:
    return column_width([pieces[cell.start : cell.end] for cell in cells if cell.column == column])


def _side(pieces: Sequence[Piece], cells: Sequence[Found], column: int) -> Sequence[Piece]:
    return [piece for cell in cells if cell.column == column for piece in pieces[cell.start : cell.end]]
