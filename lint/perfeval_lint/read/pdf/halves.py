"""A table wider than its paper, as Excel prints it: first all pages of the left part, then those of the next ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Block, Cell, Grid, Line
from perfeval_lint.read.pdf.geometry import Box
from perfeval_lint.read.pdf.groups import TOUCH

_LEAST = 3  # edges of rows on both pages that tell nothing
_MOST = 0.7  # of the edges of rows are on both pages at least: a cell merged over both may have none on one
_SEAM = "这一格跨在左右两页之间，文字可能不全；请核对原文"

Page = Sequence[Block]
Edges = list[float]


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
    left, right = _grid(one), _grid(other)
    if left is None or right is None:
        return None if not (_has_grids(one) and _has_grids(other)) else False
    few, many = sorted((_heights([left]), _heights([right])), key=len)
    if len(few) < _MOST * len(many) or not _are_among(few, many):
        return False
    if _are_among(*sorted((_widths(left), _widths(right)), key=len)):
        return False
    return True if len(few) > _LEAST else None


def _are_among(few: Edges, many: Edges) -> bool:
    return all(any(abs(place - at) <= TOUCH for at in many) for place in few)


def _has_grids(page: Page) -> bool:
    return any(isinstance(block, Grid) for block in page)


def _grid(page: Page) -> Grid | None:
    """Returns the only table of a page."""
    grids = [block for block in page if isinstance(block, Grid)]
    return grids[0] if len(grids) == 1 else None


def _box(block: Cell | Line) -> Box:
    return block.origin.box if isinstance(block.origin, PageBox) else (0, 0, 0, 0)


def _heights(grids: Iterable[Grid]) -> Edges:
    return _edges(side for grid in grids for cell in grid.cells for side in _box(cell)[1::2])


def _widths(grid: Grid) -> Edges:
    return _edges(side for cell in grid.cells for side in _box(cell)[::2])


def _edges(places: Iterable[float]) -> Edges:
    """Returns the places in order, those that touch as one."""
    edges: Edges = []
    for place in sorted(places):
        if not edges or place - edges[-1] > TOUCH:
            edges.append(place)
    return edges


# --- one page of them all -------------------------------------------------------------------------


def _columns(page: Page) -> int:
    """Returns how many columns the table of a page has."""
    grid = _grid(page)
    return max((cell.column + cell.columns for cell in grid.cells), default=0) if grid else 0


def _joined(beside: Sequence[Page], widths: Sequence[int]) -> Iterator[Block]:
    """Yields the lines above the table, the table put together, and the lines below it.

    `widths` are the columns of each part; one whose cells are all blank on these pages may have no table here.
    """
    grids = [_grid(page) for page in beside]
    edges = _heights(grid for grid in grids if grid)
    cells: list[Cell] = []
    lines: list[Line] = []
    first = 0
    for page, grid, width in zip(beside, grids, widths, strict=True):
        outside = [block for block in page if isinstance(block, Line)]
        lines += [line for line in outside if not _is_put_at_seam(line, cells, edges, first)]
        cells += [_placed(cell, edges, first) for cell in grid.cells] if grid else _blanks(cells, first, width)
        first += width
    whole = [*_side_by_side(lines)]
    yield from (line for line in whole if not edges or _box(line)[1] < edges[0])
    if cells:
        yield Grid(tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))
    yield from (line for line in whole if edges and _box(line)[1] >= edges[0])


def _blanks(cells: Sequence[Cell], first: int, width: int) -> list[Cell]:
    """Returns blank cells right of those that end where they begin."""
    beside = [cell for cell in cells if cell.column + cell.columns == first and cell.rows == 1]
    return [Cell(cell.row, first, "", cell.origin, columns=width) for cell in beside]


def _placed(cell: Cell, edges: Edges, first: int) -> Cell:
    top, bottom = (_at(edges, side) for side in _box(cell)[1::2])
    return cell._replace(row=top, rows=max(bottom - top, 1), column=cell.column + first)


def _at(edges: Edges, place: float) -> int:
    """Returns the number of the edge nearest to a place."""
    return min(range(len(edges)), key=lambda number: abs(edges[number] - place))


def _is_put_at_seam(line: Line, cells: list[Cell], edges: Edges, first: int) -> bool:
    """Adds a line that has no border at its left to the cell that began on the page before, doubted; False where there
    is none."""
    middle = sum(_box(line)[1::2]) / 2
    row = next((number for number, pair in enumerate(pairwise(edges)) if pair[0] <= middle <= pair[1]), None)
    for number, cell in enumerate(cells):
        if row is not None and cell.row <= row < cell.row + cell.rows and cell.column + cell.columns == first:
            cells[number] = cell._replace(text=cell.text + line.text, doubt=_SEAM)
            return True
    return False


def _side_by_side(lines: Iterable[Line]) -> Iterator[Line]:
    """Yields lines from the top; those of one height as one."""
    for _, some in groupby(sorted(lines, key=_height), key=_height):
        first, *others = sorted(some, key=lambda line: isinstance(line.origin, PageBox) and line.origin.page)
        yield Line(first.text + "".join(line.text for line in others), first.origin)


def _height(line: Line) -> float:
    return round(_box(line)[1])
