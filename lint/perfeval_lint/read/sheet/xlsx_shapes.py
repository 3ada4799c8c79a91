"""Shapes, text boxes and pictures that lie over the cells of a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, product

from lxml import etree

from perfeval_lint.read.shapes import is_filled
from perfeval_lint.read.sheet.sheet import Merge, Sheet
from perfeval_lint.read.sheet.xlsx_margins import box_texts
from perfeval_lint.read.unseen import PICTURED, short

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_MOST_SHAPES, _LARGEST_SHAPE = 100, 2_000  # shapes of a sheet, and cells that one lies over
_EDGE = 60_000  # of an English metric unit, 914400 an inch: a third of a row
_FARTHEST = 1 << 31
_COVERED = "有填了颜色的图形盖在这一格上面，里面的内容可能看不见；请核对"
_WRITTEN = "有文本框“{}”画在这一格上面，没有读入；是这一格的内容的，请写到格子里"


def doubt_under(drawing: etree._Element, sheet: Sheet) -> None:
    """Doubts the cells of a sheet that something of a drawing lies over."""
    _doubt_covered(sheet, _covered(drawing))
    _doubt_overlaid(sheet, _overlaid(drawing))


def _covered(drawing: etree._Element) -> Iterator[tuple[range, range]]:
    """The rows and columns, 0-based, that filled shapes of a drawing lie over."""
    for shape in drawing.iter(_DRAWING + "sp"):
        anchor = shape.getparent()
        if anchor is not None and is_filled(shape):
            rows, columns = _span(anchor, "row"), _span(anchor, "col")
            if rows and columns:
                yield rows, columns


def _overlaid(drawing: etree._Element) -> Iterator[tuple[range, range, str]]:
    """The rows and columns, 0-based, that text boxes without a fill lie over, and those of pictures laid into a cell;
    each with why what the cell holds is not sure."""
    for shape in drawing.iter(_DRAWING + "sp", _DRAWING + "pic"):
        anchor = shape.getparent()
        if anchor is None or is_filled(shape):
            continue
        rows, columns = _span(anchor, "row"), _span(anchor, "col")
        text = short(" ".join(box_texts(shape)))
        if text:
            yield rows, columns, _WRITTEN.format(text)
        elif shape.tag == _DRAWING + "pic" and len(rows) == len(columns) == 1:
            yield rows, columns, ""


def _doubt_covered(sheet: Sheet, shapes: Iterable[tuple[range, range]]) -> None:
    """Doubts the cells that show something under shapes; what is larger than a form is no shape over a cell."""
    for rows, columns in islice(shapes, _MOST_SHAPES):
        if len(rows) * len(columns) > _LARGEST_SHAPE:
            continue
        places = {(row, column) for row in rows for column in columns}
        places |= {(merge.top, merge.left) for merge in sheet.merges if _is_over(merge, rows, columns)}
        for place in places & sheet.cells.keys():
            sheet.doubt(place, _COVERED)


def _doubt_overlaid(sheet: Sheet, shapes: Iterable[tuple[range, range, str]]) -> None:
    """Doubts the cells that text boxes lie over, and blank ones that hold a picture, as far as the sheet is in use."""
    used_row, used_column = (max((place[at] for place in sheet.cells), default=-1) for at in (0, 1))
    for rows, columns, why in islice(shapes, _MOST_SHAPES):
        if len(rows) * len(columns) > _LARGEST_SHAPE:
            continue
        places = {(row, column) for row in rows for column in columns if row <= used_row and column <= used_column}
        over = list(islice((merge for merge in sheet.merges if _is_over(merge, rows, columns)), _MOST_SHAPES))
        places.difference_update(*(_shared(merge, rows, columns) for merge in over))
        for place in places | {(merge.top, merge.left) for merge in over if _is_half(merge, rows, columns)}:
            if why or place not in sheet.cells:
                sheet.doubt(place, why or PICTURED)


def _shared(merge: Merge, rows: range, columns: range) -> Iterator[tuple[int, int]]:
    """The places of a merged cell that a shape over these rows and columns lies over."""
    return product(
        range(max(merge.top, rows.start), min(merge.bottom + 1, rows.stop)),
        range(max(merge.left, columns.start), min(merge.right + 1, columns.stop)),
    )


def _is_half(merge: Merge, rows: range, columns: range) -> bool:
    """Whether a shape over these rows and columns lies over half a merged cell or more: not beside its text."""
    whole = (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1)
    return 2 * sum(1 for _ in _shared(merge, rows, columns)) >= whole


def _is_over(merge: Merge, rows: range, columns: range) -> bool:
    """Whether a shape over these rows and columns lies over a merged cell."""
    return (
        merge.top < rows.stop
        and rows.start <= merge.bottom
        and merge.left < columns.stop
        and columns.start <= merge.right
    )


def _span(anchor: etree._Element, name: str) -> range:
    """The rows or columns that an anchor goes over; one of which it takes only an edge is none of them."""
    first = _whole(anchor.findtext(f"{_DRAWING}from/{_DRAWING}{name}"))
    last = _whole(anchor.findtext(f"{_DRAWING}to/{_DRAWING}{name}"), first)
    into = _whole(anchor.findtext(f"{_DRAWING}to/{_DRAWING}{name}Off"), _EDGE)
    return range(first, last + (into >= _EDGE or last == first))


def _whole(text: str | None, otherwise: int = 0) -> int:
    return min(int(text), _FARTHEST) if text and text.isdecimal() and len(text) < 13 else otherwise
