"""Page headers, text boxes and notes of a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.markup import DRAWING, IN_SHEET, SHEET, TRUE
from perfeval_lint.read.model import Margin
from perfeval_lint.read.package import Package
from perfeval_lint.read.sheet.margins import header_texts, note_margins, page_margins
from perfeval_lint.read.sheet.xlsx_text import plain_text

HEADER, BOXES, NOTES = (SHEET + name for name in ("headerFooter", "drawing", "legacyDrawing"))


def margins_of(package: Package, part: str, element: etree._Element, sheet: str) -> Iterator[Margin]:
    """The page headers that an element of a sheet is, or the notes that it names. Raises UnreadableFile."""
    if element.tag == HEADER:
        yield from _headers(element, sheet)
        return
    for root in _named(package, part, "comments"):
        yield from note_margins(sheet, map(plain_text, root.iter(SHEET + "text")))


def drawings_of(package: Package, part: str) -> list[etree._Element]:
    """The drawings over a sheet. Raises UnreadableFile."""
    return list(_named(package, part, "drawing"))


def box_margins(drawing: etree._Element, sheet: str) -> Iterator[Margin]:
    """The texts of the boxes of a drawing."""
    yield from page_margins(sheet, (("文本框", text) for text in box_texts(drawing)))


def _named(package: Package, part: str, kind: str) -> Iterator[etree._Element]:
    """The parts of a kind that a part names."""
    for relation in package.relations(part).values():
        root = package.tree(relation.target) if relation.kind == kind else None
        if root is not None:
            yield root


def _headers(element: etree._Element, sheet: str) -> Iterator[Margin]:
    """The headers and footers that are printed; that of the odd pages is on the first unless it has its own."""
    has_first, has_even = (element.get(name) in TRUE for name in ("differentFirst", "differentOddEven"))
    kinds = (("first", has_first, True), ("odd", True, not has_first), ("even", has_even, False))
    for kind, is_printed, holds in kinds:
        for name, where in (("Header", "页眉"), ("Footer", "页脚")):
            code = element.findtext(f"{SHEET}{kind}{name}") or ""
            if is_printed:
                yield from page_margins(sheet, ((where, text) for text in header_texts(code)), holds=holds)


def box_texts(root: etree._Element) -> Iterator[str]:
    """The texts of text boxes and shapes, a paragraph a line."""
    for body in root.iter(IN_SHEET + "txBody"):
        lines = ("".join(text.text or "" for text in line.iter(DRAWING + "t")) for line in body.iter(DRAWING + "p"))
        yield "\n".join(lines)
