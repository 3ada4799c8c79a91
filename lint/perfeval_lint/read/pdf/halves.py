"""A table wider than its paper, as Excel prints it: first all pages of the left part, then those of the next ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import cast

from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Block, Cell, Grid, Line
from perfeval_lint.read.pdf.geometry import Box
from perfeval_lint.read.pdf.groups import TOUCH, are_among, positions_of

_LEAST = 3  # edges of rows on both pages that tell nothing
_MOST = 0.7  # of the edges of rows are on both pages at least: a cell merged over both may have none on one
_LETTER = 12.0  # points that a text over two pages may be away from the side of a table
_SEAM = "这一格跨在左右两页之间，文字可能不全；请核对原文"

Page = Sequence[Block]


def put_together(pages: Sequence[Page]) -> list[Block]:
    """Returns the blocks of all pages, with the parts of a table that stand on other pages back beside each other.

    They are where the rows of every page are at the heights of those of a page as many pages on, and the columns not
    at the same places.
    """
    for height in range(1, len(pages) // 2 + 1):
        if len(pages) % height == 0:
            strips = [pages[first : first + height] for first in range(0, len(pages), height)]
            if _are_parts(strips):
                widths = [max(map(_columns, strip)) for strip in strips]
                return [block for beside in zip(*strips, strict=True) for block in _joined(beside, widths)]
    return [block for page in pages for block in page]


# --- which pages belong beside each other ---------------------------------------------------------


def _are_parts(strips: Sequence[Sequence[Page]]) -> bool:
    pairs = [[*zip(one, other, strict=True)] for one, other in pairwise(strips)]
    found = [[_are_beside(*pair) for pair in some] for some in pairs]
    return all(False not in some and True in some for some in found)


def _are_beside(one: Page, other: Page) -> bool | None:
    """Returns whether two pages hold the left and the right part of a table; None where they do not tell."""
    left, right = _grids(one), _grids(other)
    if len(left) > 1 or len(right) > 1:
        return False
    if not (left and right):
        return None
    few, many = sorted((_heights(left), _heights(right)), key=len)
    if len(few) < _MOST * len(many) or not are_among(few, many):
        return False
    if are_among(*sorted((_widths(left), _widths(right)), key=len)):
        return False
    return True if len(few) > _LEAST else None


def _grids(page: Page) -> list[Grid]:
    return [block for block in page if isinstance(block, Grid)]


def _box(block: Cell | Line) -> Box:
    return cast("PageBox", block.origin).box


def _heights(grids: Iterable[Grid]) -> list[float]:
    return positions_of(side for grid in grids for cell in grid.cells for side in _box(cell)[1::2])


def _widths(grids: Iterable[Grid]) -> list[float]:
    return positions_of(side for grid in grids for cell in grid.cells for side in _box(cell)[::2])


# --- one page of them all -------------------------------------------------------------------------


def _columns(page: Page) -> int:
    """Returns how many columns the table of a page has."""
    return max((cell.column + cell.columns for grid in _grids(page) for cell in grid.cells), default=0)


def _joined(beside: Sequence[Page], widths: Sequence[int]) -> Iterator[Block]:
    """Yields the lines above the table, the table put together, and the lines below it.

    `widths` are the columns of each part; one whose cells are all blank on these pages may have no table here.
    """
    edges = _heights(grid for page in beside for grid in _grids(page))
    cells: list[Cell] = []
    lines = _Lines()
    first = 0
    for page, width in zip(beside, widths, strict=True):
        outside = [block for block in page if isinstance(block, Line)]
        lines.add([line for line in outside if not _add_at_seam(line, cells, edges, first)], _widths(_grids(page)))
        placed = [_placed(cell, edges, first) for grid in _grids(page) for cell in grid.cells]
        cells += placed or _blanks(cells, first, width)
        first += width
    whole = sorted(lines.found, key=lambda line: _box(line)[1])
    yield from (line for line in whole if not edges or _box(line)[1] < edges[0])
    if cells:
        yield Grid(tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))
    yield from (line for line in whole if edges and _box(line)[1] >= edges[0])


class _Lines:
    """The lines of pages beside each other: one that ends where the table of its page ends goes on with the one of the
    same height that begins where the table of the next page begins."""

    def __init__(self) -> None:
        self.found: list[Line] = []
        self._open: list[tuple[float, int]] = []  # the height and the place of those that may go on

    def add(self, lines: Iterable[Line], sides: Sequence[float]) -> None:
        """Adds the lines of the next page, whose table has these sides."""
        now: list[tuple[float, int]] = []
        for line in lines:
            left, top, right, _ = _box(line)
            begins = bool(sides) and abs(left - sides[0]) < _LETTER
            at = next((at for height, at in self._open if begins and abs(height - top) < TOUCH), len(self.found))
            if at == len(self.found):
                self.found.append(line)
            else:
                self.found[at] = replace(self.found[at], text=self.found[at].text + line.text)
            if sides and abs(sides[-1] - right) < _LETTER:
                now.append((top, at))
        self._open = now


def _blanks(cells: Sequence[Cell], first: int, width: int) -> list[Cell]:
    """Returns blank cells right of those that end where they begin."""
    beside = [cell for cell in cells if cell.column + cell.columns == first and cell.rows == 1]
    return [Cell(cell.row, first, "", cell.origin, columns=width) for cell in beside]


def _placed(cell: Cell, edges: Sequence[float], first: int) -> Cell:
    top, bottom = (_at(edges, side) for side in _box(cell)[1::2])
    return cell._replace(row=top, rows=max(bottom - top, 1), column=cell.column + first)


def _at(edges: Sequence[float], place: float) -> int:
    """Returns the number of the edge nearest to a place."""
    return min(range(len(edges)), key=lambda number: abs(edges[number] - place))


def _add_at_seam(line: Line, cells: list[Cell], edges: Sequence[float], first: int) -> bool:
    """Adds a line that has no border at its left to the cell that began on the page before, doubted; returns whether
    there is one."""
    middle = sum(_box(line)[1::2]) / 2
    row = next((number for number, pair in enumerate(pairwise(edges)) if pair[0] <= middle <= pair[1]), None)
    for number, cell in enumerate(cells):
        if row is not None and cell.row <= row < cell.row + cell.rows and cell.column + cell.columns == first:
            cells[number] = cell._replace(text=cell.text + line.text, doubt=_SEAM)
            return True
    return False
