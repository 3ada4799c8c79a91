"""The few bytes of a sheet's XML that annotating changes: cells' styles, and where the notes' boxes are named."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from perfeval_lint.annotate.package import RELATION_KINDS
from perfeval_lint.annotate.xlsx.scan import Enough, Splice, Tag, scan, with_attribute
from perfeval_lint.annotate.xlsx.survey import CELL, ROW, Place, Survey, style_of
from perfeval_lint.read.markup import TRUE, counted
from perfeval_lint.read.package import Package
from perfeval_lint.read.sheet.address import MAX_ROW, address, place_of

Restyle = Callable[[Place, int], int]  # a cell's place and style to the style it is to have

_END = (MAX_ROW, 0)


def restyled(
    package: Package, part: str, data: bytes, found: Survey, places: Iterable[Place], restyle: Restyle
) -> list[Splice]:
    """Returns the changes that give the cells at `places` the styles `restyle` returns. Raises UnreadableFile.

    Cells and rows that are not there are put in, with the style of their row or column as the one they had.
    """
    writer = _Restyler(found, places, restyle)
    scan(package, part, data, writer.begun, writer.ended, CELL)
    return writer.splices


def naming(found: Survey, drawing: str) -> Splice:
    """Returns the change that makes a sheet name the relation `drawing` for its notes' boxes."""
    element = f'<{found.tail_prefix}legacyDrawing xmlns:r="{RELATION_KINDS[found.strict]}" r:id="{drawing}"/>'
    return Splice(found.tail, found.tail, element.encode())


class _Restyler:
    """Listens to a scan of a sheet and collects what is to be changed in it."""

    def __init__(self, found: Survey, places: Iterable[Place], restyle: Restyle) -> None:
        self.splices: list[Splice] = []
        self._found = found
        self._restyle = restyle
        self._left: deque[Place] = deque(sorted(set(places)))  # those not met yet
        self._row = self._column = -1
        self._prefix = b""  # of the names of rows
        self._tag: Tag | None = None  # of the row that is being read
        self._grown = False  # that row has got cells

    def begun(self, tag: Tag) -> None:
        if tag.depth == ROW and tag.name == "row":
            self._begin_row(tag)
        elif tag.depth == CELL and tag.name == "c":
            self._begin_cell(tag)
        elif tag.depth == 2 and tag.name == "sheetData":
            self._prefix = tag.prefix
            if tag.is_empty and self._left:
                self._replace(tag, tag.around(self._rows_before(_END, tag.prefix)))

    def ended(self, name: str, depth: int, at: int) -> None:
        if depth == ROW and name == "row" and self._tag is not None:
            self._put(at, self._cells_before((self._row + 1, 0), self._tag))
            if self._grown:  # what the tag says of the columns in use may be true no more
                self._replace(self._tag, with_attribute(self._tag.text, "spans", None))
            self._tag = None
        elif depth == 2 and name == "sheetData":
            self._put(at, self._rows_before(_END, self._prefix))

    def _begin_row(self, tag: Tag) -> None:
        if not self._left:
            raise Enough
        self._row, self._column = counted(tag.attributes.get("r"), self._row + 2, MAX_ROW) - 1, -1
        self._put(tag.start, self._rows_before((self._row, 0), tag.prefix))
        self._tag, self._grown = tag, False
        if tag.is_empty:
            if cells := self._cells_before((self._row + 1, 0), tag):
                self._replace(tag, with_attribute(tag.around(cells), "spans", None))
            self._tag = None

    def _begin_cell(self, tag: Tag) -> None:
        if self._tag is None or not self._left or self._left[0][0] != self._row:
            return
        at = place_of(tag.attributes.get("r", ""))
        self._column = at[1] if at else self._column + 1
        place = (self._row, self._column)
        if self._left[0] > place:
            return
        self._put(tag.start, self._cells_before(place, self._tag))
        if self._left and self._left[0] == place:
            self._left.popleft()
            style = self._restyle(place, style_of(tag.attributes))
            self._replace(tag, with_attribute(tag.text, "s", str(style)))

    def _rows_before(self, end: Place, prefix: bytes) -> bytes:
        """Rows for the places up to `end` in rows that are not there."""
        rows = b""
        while self._left and self._left[0] < end:
            row = self._left[0][0]
            cells = self._cells_before((row + 1, 0), None, prefix)
            rows += b'<%srow r="%d">%s</%srow>' % (prefix, row + 1, cells, prefix)
        return rows

    def _cells_before(self, end: Place, row: Tag | None, prefix: bytes = b"") -> bytes:
        """Cells for the places up to `end` that are not there; `row` is the tag of their row, where there is one."""
        cells = b""
        while self._left and self._left[0] < end:
            place = self._left.popleft()
            style = self._restyle(place, self._style_at(place, row))
            cells += b'<%sc r="%s" s="%d"/>' % (row.prefix if row else prefix, address(*place).encode(), style)
            self._grown = True
        return cells

    def _style_at(self, place: Place, row: Tag | None) -> int:
        """The style a place shows where it has no cell."""
        if row is not None and row.attributes.get("customFormat") in TRUE:
            return style_of(row.attributes)
        return self._found.column(place[1]).style

    def _put(self, at: int, new: bytes) -> None:
        if new:
            self.splices.append(Splice(at, at, new))

    def _replace(self, tag: Tag, new: bytes) -> None:
        self.splices.append(Splice(tag.start, tag.end, new))
