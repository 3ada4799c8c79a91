"""Rows as the recogniser walks them, from the grids and lines of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from perfeval_lint.read.model import Block, Cell, Grid, Line


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the cells that cover it, by column, also those that began above; `block` counts grids and lines.

    `own` are the cells that begin in it, `filled` those of them that have text. `ragged` rows hold their cells as
    typed, so that a cell's number says nothing about its column; `merged` says that cells of the grid are merged,
    so that a blank one is meant to be blank.
    """

    index: int
    block: int
    cells: tuple[Cell, ...]
    own: tuple[Cell, ...]
    filled: tuple[Cell, ...]
    ragged: bool
    is_line: bool = False
    merged: bool = True


def row_of(
    index: int, block: int, cells: Iterable[Cell], *, ragged: bool, is_line: bool = False, merged: bool = True
) -> Row:
    """A row of the cells that cover it."""
    by_column = tuple(sorted(cells, key=_column))
    own = tuple(cell for cell in by_column if cell.row == index)
    filled = tuple(cell for cell in own if cell.text and not cell.text.isspace())
    return Row(index, block, by_column, own, filled, ragged, is_line, merged)


def rows_of(blocks: Sequence[Block]) -> Iterator[Row]:
    """The rows of all blocks in order; a line is a row of one cell."""
    for number, block in enumerate(blocks):
        if isinstance(block, Line):
            if block.text.strip():
                cell = Cell(0, 0, block.text, block.origin, typed=block.typed)
                yield row_of(0, number, (cell,), ragged=True, is_line=True)
        else:
            yield from _rows_of_grid(block, number)


def _rows_of_grid(grid: Grid, number: int) -> Iterator[Row]:
    covering: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        for row in range(cell.row, cell.row + cell.rows):
            covering.setdefault(row, []).append(cell)
    merged = any(cell.rows > 1 for cell in grid.cells)
    for index in sorted(covering):
        found = row_of(index, number, covering[index], ragged=grid.ragged, merged=merged)
        if found.own:
            yield found


def _column(cell: Cell) -> int:
    return cell.column


def text_of(cells: Iterable[Cell]) -> str:
    """The texts of cells that belong together, in order."""
    return "\n".join(cell.text for cell in cells if cell.text.strip())
