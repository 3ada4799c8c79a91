"""Page headers, text boxes and notes of a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.model import Margin
from perfeval_lint.read.package import Package
from perfeval_lint.read.shapes import TRUE, is_filled
from perfeval_lint.read.sheet_margins import header_texts, note_margins, page_margins
from perfeval_lint.read.unseen import short
from perfeval_lint.read.xlsx_text import plain_text

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_LETTERS = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_EDGE = 60_000  # of an English metric unit, 914400 an inch: a third of a row
_FARTHEST = 1 << 31
_WRITTEN = "有文本框“{}”画在这一格上面，没有读入；是这一格的内容的，请写到格子里"
HEADER, BOXES, NOTES = (_NS + name for name in ("headerFooter", "drawing", "legacyDrawing"))


def margins_of(package: Package, part: str, element: etree._Element, sheet: str) -> Iterator[Margin]:
    """What one element of a sheet brings beside its cells. Raises UnreadableFile."""
    if element.tag == HEADER:
        yield from _headers(element, sheet)
        return
    wanted = "drawing" if element.tag == BOXES else "comments"
    for relation in package.relations(part).values():
        root = package.tree(relation.target) if relation.kind == wanted else None
        if root is None:
            continue
        if wanted == "drawing":
            yield from page_margins(sheet, (("文本框", text) for text in _boxes(root)))
        else:
            yield from note_margins(sheet, map(plain_text, root.iter(_NS + "text")))


def covered(package: Package, part: str) -> Iterator[tuple[range, range]]:
    """The rows and columns, 0-based, that filled shapes of a sheet lie over. Raises UnreadableFile."""
    for relation in package.relations(part).values():
        root = package.tree(relation.target) if relation.kind == "drawing" else None
        for shape in () if root is None else root.iter(_DRAWING + "sp"):
            anchor = shape.getparent()
            if anchor is not None and is_filled(shape):
                rows, columns = _span(anchor, "row"), _span(anchor, "col")
                if rows and columns:
                    yield rows, columns


def overlaid(package: Package, part: str) -> Iterator[tuple[range, range, str]]:
    """The rows and columns, 0-based, that text boxes without a fill lie over, and those of pictures laid into a cell;
    each with why what the cell holds is not sure. Raises UnreadableFile."""
    for relation in package.relations(part).values():
        root = package.tree(relation.target) if relation.kind == "drawing" else None
        for shape in () if root is None else root.iter(_DRAWING + "sp", _DRAWING + "pic"):
            anchor = shape.getparent()
            if anchor is None or is_filled(shape):
                continue
            rows, columns = _span(anchor, "row"), _span(anchor, "col")
            text = short(" ".join(_boxes(shape)))
            if text:
                yield rows, columns, _WRITTEN.format(text)
            elif shape.tag == _DRAWING + "pic" and len(rows) == len(columns) == 1:
                yield rows, columns, ""


def _span(anchor: etree._Element, name: str) -> range:
    """The rows or columns that an anchor goes over; one of which it takes only an edge is none of them."""
    first = _whole(anchor.findtext(f"{_DRAWING}from/{_DRAWING}{name}"))
    last = _whole(anchor.findtext(f"{_DRAWING}to/{_DRAWING}{name}"), first)
    into = _whole(anchor.findtext(f"{_DRAWING}to/{_DRAWING}{name}Off"), _EDGE)
    return range(first, last + (into >= _EDGE or last == first))


def _whole(text: str | None, otherwise: int = 0) -> int:
    return min(int(text), _FARTHEST) if text and text.isdecimal() and len(text) < 13 else otherwise


def _headers(element: etree._Element, sheet: str) -> Iterator[Margin]:
    """The headers and footers that are printed; that of the odd pages stands on the first unless it has its own."""
    has_first, has_even = (element.get(name) in TRUE for name in ("differentFirst", "differentOddEven"))
    kinds = (("first", has_first, True), ("odd", True, not has_first), ("even", has_even, False))
    for kind, is_printed, holds in kinds:
        for name, where in (("Header", "页眉"), ("Footer", "页脚")):
            code = element.findtext(f"{_NS}{kind}{name}") or ""
            if is_printed:
                yield from page_margins(sheet, ((where, text) for text in header_texts(code)), holds=holds)


def _boxes(root: etree._Element) -> Iterator[str]:
    """The texts of text boxes and shapes, a paragraph a line."""
    for body in root.iter(_DRAWING + "txBody"):
        lines = ("".join(text.text or "" for text in line.iter(_LETTERS + "t")) for line in body.iter(_LETTERS + "p"))
        yield "\n".join(lines)
