"""Shapes, text boxes and pictures that lie over the cells of a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, product
from typing import NamedTuple

from lxml import etree

from perfeval_lint.read.markup import IN_SHEET
from perfeval_lint.read.shapes import is_filled
from perfeval_lint.read.sheet.sheet import Merge, Sheet
from perfeval_lint.read.sheet.xlsx_margins import box_texts
from perfeval_lint.read.unseen import PICTURED, short

_MOST_SHAPES, _LARGEST_SHAPE = 100, 2_000  # shapes of a sheet, and cells that one lies over
_EDGE = 60_000  # of an English metric unit, 914400 an inch: a third of a row
_FARTHEST = 1 << 31
_COVERED = "有填了颜色的图形盖在这一格上面，里面的内容可能看不见；请核对"
_WRITTEN = "有文本框“{}”画在这一格上面，没有读入；是这一格的内容的，请写到格子里"


class _Shape(NamedTuple):
    """The rows and columns, 0-based, that a shape lies over, and why what is in its cells is not sure."""

    rows: range
    columns: range
    why: str

    def places(self) -> Iterator[tuple[int, int]]:
        """The places it lies over."""
        return product(self.rows, self.columns)

    def is_over(self, merge: Merge) -> bool:
        """Returns whether it lies over a merged cell."""
        return (
            merge.top < self.rows.stop
            and self.rows.start <= merge.bottom
            and merge.left < self.columns.stop
            and self.columns.start <= merge.right
        )

    def shared(self, merge: Merge) -> Iterator[tuple[int, int]]:
        """The places of a merged cell that it lies over."""
        return product(
            range(max(merge.top, self.rows.start), min(merge.bottom + 1, self.rows.stop)),
            range(max(merge.left, self.columns.start), min(merge.right + 1, self.columns.stop)),
        )

    def is_over_half(self, merge: Merge) -> bool:
        """Returns whether it lies over half a merged cell or more: not beside its text."""
        whole = (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1)
        return 2 * sum(1 for _ in self.shared(merge)) >= whole


def doubt_under(drawing: etree._Element, sheet: Sheet) -> None:
    """Doubts the cells of a sheet that something of a drawing lies over."""
    for shape in _small(_filled(drawing)):
        _doubt_covered(sheet, shape)
    used_row, used_column = (max((place[at] for place in sheet.cells), default=-1) for at in (0, 1))
    for shape in _small(_unfilled(drawing)):
        _doubt_overlaid(sheet, shape, used_row, used_column)


def _small(shapes: Iterable[_Shape]) -> Iterator[_Shape]:
    """The first shapes that lie over something, without those larger than a form: they are none over a cell."""
    for shape in islice((one for one in shapes if one.rows and one.columns), _MOST_SHAPES):
        if len(shape.rows) * len(shape.columns) <= _LARGEST_SHAPE:
            yield shape


def _filled(drawing: etree._Element) -> Iterator[_Shape]:
    """The shapes of a drawing that hide what is under them."""
    for element in drawing.iter(IN_SHEET + "sp"):
        anchor = element.getparent()
        if anchor is not None and is_filled(element):
            yield _Shape(_span(anchor, "row"), _span(anchor, "col"), _COVERED)


def _unfilled(drawing: etree._Element) -> Iterator[_Shape]:
    """The text boxes of a drawing without a fill, and the pictures laid into one cell."""
    for element in drawing.iter(IN_SHEET + "sp", IN_SHEET + "pic"):
        anchor = element.getparent()
        if anchor is None or is_filled(element):
            continue
        rows, columns = _span(anchor, "row"), _span(anchor, "col")
        text = short(" ".join(box_texts(element)))
        if text:
            yield _Shape(rows, columns, _WRITTEN.format(text))
        elif element.tag == IN_SHEET + "pic" and len(rows) == len(columns) == 1:
            yield _Shape(rows, columns, PICTURED)


def _doubt_covered(sheet: Sheet, shape: _Shape) -> None:
    """Doubts the cells under a shape that show something."""
    places = {*shape.places(), *((merge.top, merge.left) for merge in sheet.merges if shape.is_over(merge))}
    for place in places & sheet.cells.keys():
        sheet.doubt(place, shape.why)


def _doubt_overlaid(sheet: Sheet, shape: _Shape, used_row: int, used_column: int) -> None:
    """Doubts the cells that a text box lies over, or the blank one that holds a picture, where the sheet is in use."""
    places = {place for place in shape.places() if place[0] <= used_row and place[1] <= used_column}
    over = list(islice(filter(shape.is_over, sheet.merges), _MOST_SHAPES))
    places.difference_update(*map(shape.shared, over))
    for place in places | {(merge.top, merge.left) for merge in over if shape.is_over_half(merge)}:
        if shape.why != PICTURED or place not in sheet.cells:
            sheet.doubt(place, shape.why)


def _span(anchor: etree._Element, name: str) -> range:
    """The rows or columns that an anchor goes over; one of which it takes only an edge is none of them."""
    first = _whole(anchor.findtext(f"{IN_SHEET}from/{IN_SHEET}{name}"))
    last = _whole(anchor.findtext(f"{IN_SHEET}to/{IN_SHEET}{name}"), first)
    into = _whole(anchor.findtext(f"{IN_SHEET}to/{IN_SHEET}{name}Off"), _EDGE)
    return range(first, last + (into >= _EDGE or last == first))


def _whole(text: str | None, otherwise: int = 0) -> int:
    return min(int(text), _FARTHEST) if text and text.isdecimal() and len(text) < 13 else otherwise
