"""Page headers, text boxes and notes of the sheets of an OpenDocument workbook."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.model import Margin
from perfeval_lint.read.sheet.margins import note_margins, page_margins
from perfeval_lint.read.sheet.ods_names import OFFICE, STYLE, TABLE, TEXT

_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_PARAGRAPH = TEXT + "p"
_PARTS = {
    f"{part}{pages}": where
    for part, where in (("header", "页眉"), ("footer", "页脚"))
    for pages in ("", "-first", "-left")
}
# What the program puts in: the number of the page, the name of the sheet.
_FIELDS = frozenset(
    TEXT + name for name in ("page-number", "page-count", "sheet-name", "title", "date", "time", "file-name")
)


class Pages:
    """The page styles of a workbook."""

    def __init__(self, content: etree._Element, styles: etree._Element | None) -> None:
        self._masters = {
            style.get(STYLE + "name", ""): style.get(STYLE + "master-page-name", "")
            for style in content.iterfind(f"{OFFICE}automatic-styles/{STYLE}style")
        }
        pages = () if styles is None else styles.iterfind(f"{OFFICE}master-styles/{STYLE}master-page")
        self._pages = {page.get(STYLE + "name", ""): page for page in pages}

    def margins_of(self, table: etree._Element) -> Iterator[Margin]:
        """Yields the headers, text boxes and notes of a sheet."""
        sheet = table.get(TABLE + "name", "")
        page = self._pages.get(self._masters.get(table.get(TABLE + "style-name", ""), ""))
        for part in () if page is None else page:
            where = _PARTS.get(etree.QName(part).localname, "")
            if where and part.get(STYLE + "display", "true") != "false":
                holds = not part.tag.endswith("-left")  # even pages: the first one has another
                yield from page_margins(sheet, ((where, _text(line)) for line in part.iter(_PARAGRAPH)), holds=holds)
        yield from page_margins(sheet, (("文本框", _lines(box)) for box in _boxes(table)))
        yield from note_margins(sheet, (_lines(note) for note in table.iter(OFFICE + "annotation")))


def _boxes(table: etree._Element) -> Iterator[etree._Element]:
    """Text boxes and shapes, those within another one left out."""
    for box in table.iter(_DRAW + "custom-shape", _DRAW + "text-box", _DRAW + "rect"):
        if not any(above.tag.startswith((_DRAW, OFFICE + "annotation")) for above in _above(box, table)):
            yield box


def _above(box: etree._Element, table: etree._Element) -> Iterator[etree._Element]:
    for element in box.iterancestors():
        if element is table:
            return
        if element.tag != _DRAW + "frame":
            yield element


def _lines(element: etree._Element) -> str:
    return "\n".join(_text(line) for line in element.iter(_PARAGRAPH))


def _text(element: etree._Element) -> str:
    """The text of a paragraph without what the program puts in."""
    own = "" if element.tag in _FIELDS else element.text or ""
    return own + "".join(("" if child.tag in _FIELDS else _text(child)) + (child.tail or "") for child in element)
