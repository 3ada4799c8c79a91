"""The columns that the cells of a Word table take: from spans, merges downward and widths.

Where the spans of a row do not fill the grid, a cell that goes on the one above is as wide as that one (the file may
leave out its span), else the widths of the cells are compared with those of the columns. A cell that is then in another
column than its spans say is doubted, and the whole row where the widths decide nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from lxml import etree

from perfeval_lint.read.markup import whole_number
from perfeval_lint.read.unseen import short
from perfeval_lint.read.word.names import TEXT, VAL, W

MAX_COLUMNS = 200
_PROPERTIES, _SPAN, _DOWN, _ACROSS = (W + name for name in ("tcPr", "gridSpan", "vMerge", "hMerge"))
_WIDTH = f"{_PROPERTIES}/{W}tcW"
_NEAR = 60  # twips, about a millimetre: an edge of a cell is on the edge of a column
_BY_WIDTH = "这一行各格的跨列数与表格的列对不上，按宽度归入各列；请在 Word 里核对这一行的列"
_UNSURE = "这一行各格的跨列数与表格的列对不上，格子可能错了列；请在 Word 里核对这一行的列"

_JOINED = "这一格横向合并了后面的格子，后面的“{}”没有读入；请在 Word 里重新合并并核对"


class Row(NamedTuple):
    """A row as written: its number, its cells with theirs, and how many columns stay free before and behind them."""

    number: int
    cells: list[tuple[int, etree._Element]]
    before: int
    after: int


class Placed(NamedTuple):
    """A cell of a row: its number there, its first column and how many it takes.

    `merged` cells go on in the rows below where those say so; those `down` go on the one above.
    """

    place: int
    element: etree._Element
    column: int
    columns: int
    merged: bool
    down: bool
    doubt: str = ""

    @property
    def end(self) -> int:
        """The column behind the cell."""
        return self.column + self.columns


class Columns:
    """The columns of one table; `owners` in its methods are the merged cells above, by column, with their widths."""

    def __init__(self, table: etree._Element, rows: Sequence[Row]) -> None:
        self.rows = [_by_spans(row) for row in rows]
        totals = Counter(cells[-1].end + row.after for row, cells in zip(rows, self.rows, strict=True) if cells)
        self._count, self._edges = 0, list[int]()
        if len(totals) > 1:
            widths = [whole_number(column.get(W + "w")) or 0 for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
            self._count = len(widths) if len(widths) in totals else totals.most_common(1)[0][0]
            self._edges = list(accumulate(widths, initial=0)) if all(widths) else []

    def place(self, index: int, row: Row, owners: Mapping[int, int]) -> list[Placed]:
        """The cells of a row in the columns they are drawn in."""
        cells = self.rows[index]
        if not cells or not self._count or cells[-1].end + row.after == self._count:
            return cells
        wide = _as_wide_as_above(cells, owners)
        if wide[-1].end + row.after == self._count:
            return wide
        return self._by_widths(cells) or [cell._replace(doubt=_UNSURE) for cell in cells]

    def _by_widths(self, cells: list[Placed]) -> list[Placed] | None:
        """The cells where their widths end on edges of columns; None where they do not."""
        widths = [_width(cell.element) for cell in cells]
        if not all(widths) or cells[0].column >= len(self._edges):
            return None
        column, place = cells[0].column, self._edges[cells[0].column]
        found: list[Placed] = []
        for cell, width in zip(cells, widths, strict=True):
            place += width
            end = bisect_left(self._edges, place - _NEAR)
            if end <= column or end == len(self._edges) or self._edges[end] > place + _NEAR:
                return None
            doubt = _BY_WIDTH if column != cell.column else cell.doubt
            found.append(cell._replace(column=column, columns=end - column, doubt=doubt))
            column = end
        return found


def continued(cells: Sequence[Placed], at: int, owners: Mapping[int, int]) -> int:
    """Returns how many cells, from one on, continue cells above that begin and end in the same columns; 0 for none."""
    first = cells[at]
    if not first.down or first.column not in owners:
        return 0
    number, end, above = 1, first.end, first.column + owners[first.column]
    while end != above:
        if end > above:
            if above not in owners:
                return 0
            above += owners[above]
        elif at + number < len(cells) and cells[at + number].down:
            end = cells[at + number].end
            number += 1
        else:
            return 0
    return number


def is_torn(cell: Placed, owners: Mapping[int, int]) -> bool:
    """Returns whether a cell that is to continue one above is under part of one, or of several, and continues none."""
    return cell.down and any(column < cell.end and column + owners[column] > cell.column for column in owners)


def count(element: etree._Element | None, otherwise: int) -> int:
    """The number an element holds, at most one more than a table may have columns."""
    number = whole_number(None if element is None else element.get(VAL))
    return otherwise if number is None else min(number, MAX_COLUMNS + 1)


def _by_spans(row: Row) -> list[Placed]:
    """The cells of a row, those merged across in the old way (hMerge) made one."""
    cells: list[Placed] = []
    column = row.before
    for place, element in row.cells:
        columns, merge, across = _spans(element)
        if across and cells:
            text = "".join(each.text or "" for each in element.iter(TEXT)).strip()
            doubt = _JOINED.format(short(text)) if text else cells[-1].doubt
            cells[-1] = cells[-1]._replace(columns=cells[-1].columns + columns, doubt=doubt)
        else:
            cells.append(Placed(place, element, column, columns, bool(merge), merge == "continue"))
        column += columns
    return cells


def _as_wide_as_above(cells: list[Placed], owners: Mapping[int, int]) -> list[Placed]:
    """The cells with those that go on one above as wide as that one."""
    found: list[Placed] = []
    column = cells[0].column
    for cell in cells:
        columns = owners.get(column, cell.columns) if cell.down else cell.columns
        found.append(cell._replace(column=column, columns=columns))
        column += columns
    return found


def _spans(cell: etree._Element) -> tuple[int, str, bool]:
    """Returns how many columns a cell takes, how it is merged downward, whether it continues the cell before it."""
    columns, merge, across = 1, "", False
    for each in cell.iterchildren(_PROPERTIES):
        for child in each:
            tag = child.tag
            if tag == _SPAN:
                columns = max(count(child, 1), 1)
            elif tag == _DOWN:
                merge = child.get(VAL, "continue")
            elif tag == _ACROSS:
                across = child.get(VAL, "continue") == "continue"
    return columns, merge, across


def _width(cell: etree._Element) -> int:
    """The width of a cell in twips; 0 where the file does not say."""
    width = cell.find(_WIDTH)
    return whole_number(width.get(W + "w")) or 0 if width is not None and width.get(W + "type") == "dxa" else 0
