"""The neutral table a form becomes before it is written: cells with spans and roles, no library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from perfeval_lint.render.measure import em_width, line_count

PAGE_WIDTH = 17.4  # centimetres between the margins of an upright A4 page
SIDE_MARGIN = 1.8
END_MARGIN = 1.5
TEXT_POINTS = 9
BODY_FONT, TITLE_FONT = "宋体", "黑体"
MADE = datetime(2020, 1, 1)  # the same form gives the same file
PADDING = 0.1  # centimetres between a cell's border and its text, left and right

_UNBROKEN_LINES = 12  # a row of more lines may go on overleaf
_EM = TEXT_POINTS / 72 * 2.54  # centimetres
# What XML cannot hold, and the control characters nobody can see.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Role(Enum):
    """The kind of content of a cell; decides how it is set."""

    LABEL = "label"  # words of the form itself
    TEXT = "text"  # a value
    NUMBER = "number"  # an amount, weight, score or rate
    LONG = "long"  # running text


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a cell's text: a value with its path (绩效指标[3].得分), or words of the page, whose path is ""."""

    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: where it begins (0-based), how far it spans, what is printed in it.

    `about` are the paths it represents besides those of its pieces: the section it heads, the rows it is merged over.
    """

    row: int
    column: int
    pieces: tuple[Piece, ...]
    role: Role
    rows: int = 1
    columns: int = 1
    about: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that is printed in the cell."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def path(self) -> str:
        """The path of the first value in the cell; "" where it holds words of the page alone."""
        return next((piece.path for piece in self.pieces if piece.path), "")


@dataclass(frozen=True, slots=True)
class Table:
    """A form laid out: a title, the line with the year, and cells that cover the rectangle exactly.

    `widths` are the columns' in centimetres and add up to PAGE_WIDTH; `cells` are by row, then column;
    `header_row` is the row with the headings of the indicators, `goal_row` the one with the texts of the goal.
    """

    title: str
    year_line: str
    widths: tuple[float, ...]
    rows: int
    cells: tuple[Cell, ...]
    header_row: int
    goal_row: int

    def width(self, cell: Cell) -> float:
        """The width of a cell in centimetres."""
        return sum(self.widths[cell.column : cell.column + cell.columns])

    def lines(self, cell: Cell) -> int:
        """The lines a cell's text takes, as estimated."""
        return line_count(cell.text, (self.width(cell) - 2 * PADDING) / _EM)

    def least_height(self, row: int) -> float:
        """The least height of a row in centimetres; an empty form has room for the goal."""
        return 1.6 if row == self.goal_row else 0.6

    def keeps_with_next(self, row: int) -> bool:
        """Returns whether a row should not be parted from the one below it: headings, and the last rows of the form."""
        return row in (self.goal_row - 1, self.header_row) or self.rows - 3 <= row < self.rows - 1

    def is_unbroken(self, cells: Iterable[Cell]) -> bool:
        """Returns whether a row in which these cells begin is short enough to be kept on one page."""
        return all(self.lines(cell) <= _UNBROKEN_LINES for cell in cells)

    def is_heading(self, cell: Cell) -> bool:
        """Returns whether a cell heads a column of the indicators; these are set in bold."""
        return cell.row == self.header_row and cell.column > 0

    def is_centred(self, cell: Cell) -> bool:
        """Returns whether a cell's text is centred; a value of several lines reads better from the left."""
        if cell.role is Role.TEXT:
            return "\n" not in cell.text and room_for(cell.text) * 1.08 <= self.width(cell)
        return cell.role is not Role.LONG


def room_for(text: str) -> float:
    """The width in centimetres of a column that holds the text on one line."""
    return em_width(text) * _EM + 2 * PADDING


def printable(text: str) -> str:
    """The text with one kind of line break, and a replacement character for what cannot be printed."""
    if text.isprintable():
        return text
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
