"""The result of a reader: the grids and lines of a file, in its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from perfeval_lint.errors import Problem
from perfeval_lint.form.origin import Origin


class Cell(NamedTuple):
    """One cell: where it begins in its grid (0-based), how far it spans, its text as shown, its place in the file.

    Line breaks inside the cell are kept as "\\n". `doubt` says why the reader is not sure of the text; empty
    where it is. `typed` is the text before look-alike letters were folded; empty where there were none. `full` says
    that the last line of a printed cell has no room left, so that the text may go on overleaf.
    """

    row: int
    column: int
    text: str
    origin: Origin
    rows: int = 1
    columns: int = 1
    doubt: str = ""
    typed: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one table, by row and then column; no two overlap, places under a span have no cell.

    A `ragged` grid has rows as they were typed: a cell merged over several rows or columns occurs once or leaves
    a blank, so that columns of different rows need not be the same ones.
    `name` is the sheet's name in a workbook.
    """

    cells: tuple[Cell, ...]
    name: str = ""
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or line of text outside tables, as written (leading white space too); blank lines included.

    `typed` as in Cell.
    """

    text: str
    origin: Origin
    typed: str = ""


Block = Grid | Line


@dataclass(frozen=True, slots=True)
class Margin:
    """A text printed outside the page's own: `where` is 页眉, 页脚, 脚注, 尾注, 文本框 or 批注.

    One that `holds` is on the first page already and in every section, and so is true of all that is read; in a
    workbook of all that is read of its `sheet`.
    """

    where: str
    text: str
    holds: bool
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read. `notes` name what was left out on purpose (hidden rows, pictures), one sentence each.

    `margins` are no blocks: they are no part of a form's rows, come again on every page, and are no titles.
    """

    blocks: tuple[Block, ...]
    notes: tuple[Problem, ...] = ()
    margins: tuple[Margin, ...] = ()
