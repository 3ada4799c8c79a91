"""The tables of a web page: from rows as written to places in a grid, as browsers place them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import TableCell
from perfeval_lint.read.model import Cell, Grid

GROUPS = ("thead", "tbody", "tfoot")  # in the order shown
MAX_COLUMNS = 256  # wider spans say "to the end of the row"; browsers stop at 1000
MAX_ROWS = 65534  # what browsers cap rowspan at
_MAX_PLACES = 20_000_000
_UNDECODED = "这里有无法解码的字符（显示为 �）；请核对原文"


@dataclass(slots=True)
class RawCell:
    """A cell as written: its lines and inner tables in order; a span of 0 rows runs to the end of its group."""

    rows: int
    columns: int
    content: list[str | RawTable] = field(default_factory=list)
    doubt: str = ""

    @property
    def text(self) -> str:
        """The text of the cell, that of inner tables too: a line a row."""
        text = "\n".join(item if isinstance(item, str) else item.text for item in self.content)
        return "" if text.isspace() else text.strip("\n")


@dataclass(slots=True)
class RawTable:
    """A table as written: its groups of rows of cells, each with the place it is shown at (0 thead, 2 tfoot)."""

    parts: list[tuple[int, list[list[RawCell]]]] = field(default_factory=list)
    caption: list[str | RawTable] = field(default_factory=list)

    def add_group(self, tag: str) -> None:
        """Begins a thead, tbody or tfoot."""
        self.parts.append((GROUPS.index(tag), []))

    def add_row(self) -> None:
        """Begins a row in the last group."""
        if not self.parts:
            self.add_group("tbody")
        self.parts[-1][1].append([])

    def add_cell(self, cell: RawCell) -> None:
        """Adds a cell to the last row."""
        if not self.parts or not self.parts[-1][1]:
            self.add_row()
        self.parts[-1][1][-1].append(cell)

    @property
    def groups(self) -> list[list[list[RawCell]]]:
        """The groups as shown: a tfoot comes last wherever it is written."""
        return [rows for _, rows in sorted(self.parts, key=lambda part: part[0])]

    @property
    def rows(self) -> list[list[RawCell]]:
        """All rows in order."""
        return [row for group in self.groups for row in group]

    @property
    def text(self) -> str:
        """The text of the table, a line a row, its cells parted by spaces."""
        return "\n".join(filter(None, (" ".join(filter(None, (cell.text for cell in row))) for row in self.rows)))

    @property
    def is_layout(self) -> bool:
        """Returns whether the table only arranges the page: it holds tables, and few rows of its own text."""
        rows = self.rows
        if not any(isinstance(item, RawTable) for row in rows for cell in row for item in cell.content):
            return all(len(row) <= 1 for row in rows)
        own = [row for row in rows if sum(_own_text(cell) for cell in row) >= 2]
        return len(own) < 3 or 2 * len(own) <= len(rows)


def _own_text(cell: RawCell) -> bool:
    return any(isinstance(item, str) and item.strip() for item in cell.content)


def grid_of(table: RawTable, number: int, file: str) -> Grid:
    """The grid of a table; `number` counts the tables given, from 1.

    A cell takes the first free place of its row; where its columns run into a cell from above they end there.
    Columns in which no cell begins are dropped, so that colspan="1000" makes no thousand columns.
    Raises UnreadableFile where the places are beyond counting.
    """
    cells: list[Cell] = []
    first = places = 0
    for group in table.groups:
        taken: list[int] = []  # for each column, the row of the group from which it is free
        for index, row in enumerate(group):
            cells += _place(row, (index, first, len(group)), taken, number)
            places += len(taken)
            if places > _MAX_PLACES:
                raise UnreadableFile(Problem("too-large", "网页里的表格大得不像自评表；请拆分后再检查", file))
        first += len(group)
    starts = sorted({cell.column for cell in cells})
    return Grid(tuple(_narrowed(cell, starts) for cell in cells))


def _place(row: list[RawCell], at: tuple[int, int, int], taken: list[int], number: int) -> Iterator[Cell]:
    """The cells of a row; `at` is its index in its group, the group's first row and number of rows."""
    index, first, group_rows = at
    column = 0
    for written, cell in enumerate(row, 1):
        while column < len(taken) and taken[column] > index:
            column += 1
        end = column + 1
        while end < column + cell.columns and not (end < len(taken) and taken[end] > index):
            end += 1
        rows = min(cell.rows or MAX_ROWS, group_rows - index)
        taken += [0] * (end - len(taken))
        taken[column:end] = [index + rows] * (end - column)
        text = cell.text
        doubt = _UNDECODED if "\ufffd" in text else cell.doubt
        origin = TableCell(number, first + index + 1, written)
        yield Cell(first + index, column, text, origin, rows, end - column, doubt)
        column = end


def _narrowed(cell: Cell, starts: list[int]) -> Cell:
    """The cell with columns counted over `starts`, the ones in which a cell begins."""
    column = bisect_left(starts, cell.column)
    columns = bisect_left(starts, cell.column + cell.columns) - column
    if column == cell.column and columns == cell.columns:
        return cell
    return Cell(cell.row, column, cell.text, cell.origin, cell.rows, columns, cell.doubt)
