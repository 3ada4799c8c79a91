"""OpenDocument spreadsheets (.ods) to grids.

lxml on content.xml, which keeps the text as shown: odfpy reads 82 forms a second, python-calamine drops that text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, cast

from lxml import etree

from perfeval_lint.read.markup import counted, whole_number
from perfeval_lint.read.model import Reading
from perfeval_lint.read.package import Package, encrypted, is_utf_16
from perfeval_lint.read.sheet.drawn import PICTURE, Font, Piece, drawn_number, drawn_text, is_picture, left_out
from perfeval_lint.read.sheet.number.digits import show_general
from perfeval_lint.read.sheet.number.sense import number_meant
from perfeval_lint.read.sheet.ods_look import COLUMN, ROW, Looks, flat_styles
from perfeval_lint.read.sheet.ods_margins import Pages
from perfeval_lint.read.sheet.ods_names import OFFICE, STYLE, TABLE, TEXT
from perfeval_lint.read.sheet.sheet import MAX_COLUMNS, MAX_ROWS, Content, Merge, Sheet, Span, read_sheets

_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ROW, _COLUMN = TABLE + "table-row", TABLE + "table-column"
_CELLS = (TABLE + "table-cell", TABLE + "covered-table-cell")
_GROUPS = frozenset(
    TABLE + name
    for name in (
        *("table-row-group", "table-header-rows", "table-rows"),
        *("table-column-group", "table-header-columns", "table-columns"),
    )
)
_PARAGRAPH = TEXT + "p"
_UNSHOWN = frozenset((OFFICE + "annotation", TEXT + "ruby-text", TEXT + "note", TEXT + "tracked-changes"))
_DEFAULT, _STYLE_NAME = TABLE + "default-cell-style-name", TABLE + "style-name"
_MANY_ROWS, _MANY_COLUMNS = TABLE + "number-rows-repeated", TABLE + "number-columns-repeated"
_HIGH, _WIDE = TABLE + "number-rows-spanned", TABLE + "number-columns-spanned"
_FORMULA, _TYPE, _SHOWN_TYPE = TABLE + "formula", OFFICE + "value-type", _CALC + "value-type"
_SAID, _NUMBER = OFFICE + "string-value", OFFICE + "value"
_RAW = (_NUMBER, *(OFFICE + name for name in ("date-value", "time-value", "boolean-value")))
_VALUES = frozenset((_FORMULA, _TYPE, _SAID, *_RAW))
_NAMED_STYLE = re.compile(rb'parent-style-name="(?!Default")')
_MAX_COUNT = 1 << 21  # more rows than any sheet
_MAX_SPACES = 1_000


_Attributes = dict[str, str]


def read_ods(data: bytes, file: str) -> Reading:
    """The sheets of a workbook that show anything, a Grid each; raises UnreadableFile."""
    package = Package(data, file, ".ods")
    if b"encryption-data" in (package.read("META-INF/manifest.xml") or b""):
        raise encrypted(file)
    root = package.tree("content.xml")
    if root is None:
        raise package.other_kind("另一种压缩包")
    body = root.find(f"{OFFICE}body/{OFFICE}spreadsheet")
    if body is None:
        raise package.other_kind("别的文档")
    unseen = {
        style.get(STYLE + "name")
        for style in root.iterfind(f"{OFFICE}automatic-styles/{STYLE}style")
        if any(child.get(TABLE + "display") == "false" for child in style.iterfind(STYLE + "table-properties"))
    }
    styles = package.tree("styles.xml") if _needs_styles(package) else None
    looks, pages, flat = Looks(root, styles), Pages(root, styles), frozenset(flat_styles(root))
    tables = body.iterfind(TABLE + "table")
    return read_sheets((_read_sheet(table, unseen, looks, pages, flat) for table in tables), file)


def _needs_styles(package: Package) -> bool:
    """Returns whether cells depend on named styles, or a page header may hold Chinese; most files do neither."""
    styles, content = (package.read(name) or b"" for name in ("styles.xml", "content.xml"))
    if is_utf_16(styles) or is_utf_16(content):
        return True
    _, _, pages = styles.partition(b"master-styles>")
    return not pages.isascii() or _NAMED_STYLE.search(content) is not None


class _Defaults:
    """The styles that cells without one have from their row or column."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._names: list[str] = []

    def add(self, column: int, name: str) -> None:
        """Takes the style of the columns from this one on."""
        self._starts.append(column)
        self._names.append(name)

    def of(self, column: int) -> str:
        """The style of a column, "" where it has none."""
        place = bisect_right(self._starts, column) - 1
        return self._names[place] if place >= 0 else ""


def _read_sheet(
    table: etree._Element, unseen: set[str | None], looks: Looks, pages: Pages, flat: frozenset[tuple[str, str]]
) -> Sheet:
    sheet = Sheet(table.get(TABLE + "name", ""), hidden=table.get(TABLE + "style-name") in unseen)
    defaults = _Defaults()
    row = column = 0
    for element in _lines(table):
        is_row = element.tag == _ROW
        count = _count(element.get(_MANY_ROWS if is_row else _MANY_COLUMNS))
        first = row if is_row else column
        is_flat = (ROW if is_row else COLUMN, element.get(_STYLE_NAME, "")) in flat
        if is_flat or element.get(TABLE + "visibility", "visible") != "visible":
            (sheet.hidden_rows if is_row else sheet.hidden_columns).append(Span(first, first + count - 1))
        if is_row:
            _read_row(sheet, element, row, count, _Reader(looks, defaults))
            row += count
            if sheet.crowded:
                break
        else:
            defaults.add(column, element.get(_DEFAULT, ""))
            column += count
    sheet.margins.extend(pages.margins_of(table))
    return sheet


def _lines(parent: etree._Element) -> Iterator[etree._Element]:
    """The columns and rows of a table, through their groups."""
    for child in parent:
        if child.tag in (_ROW, _COLUMN):
            yield child
        elif child.tag in _GROUPS:
            yield from _lines(child)


class _Reader(NamedTuple):
    """The styles that the cells of a sheet are read with."""

    looks: Looks
    defaults: _Defaults

    def style(self, said: _Attributes, row: etree._Element, column: int) -> str:
        """The name of a cell's style: its own, else that of its row or column."""
        return said.get(_STYLE_NAME) or row.get(_DEFAULT) or self.defaults.of(column)


def _read_row(sheet: Sheet, element: etree._Element, row: int, count: int, reader: _Reader) -> None:
    """Adds what a row shows; a row or cell written once for many is added as often as a sheet may have them."""
    column = 0
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        said = cast("_Attributes", dict(cell.items()))
        repeated = _count(said.get(_MANY_COLUMNS))
        if len(cell) or not _VALUES.isdisjoint(said):
            content = _content(cell, said, reader.looks, reader.style(said, element, column))
            for each in range(row, row + min(count, MAX_ROWS + 1)):
                for place in range(column, column + min(repeated, MAX_COLUMNS + 1)):
                    sheet.put(each, place, content)
        if sheet.crowded:
            return
        height, width = _count(said.get(_HIGH)), _count(said.get(_WIDE))
        if height > 1 or width > 1:
            sheet.merges.append(Merge(row, column, row + height - 1, column + width - 1))
        column += repeated


def _count(text: str | None) -> int:
    if text is None:
        return 1
    return counted(text, 1, _MAX_COUNT)


def _content(cell: etree._Element, said: _Attributes, looks: Looks, style: str) -> Content:
    """Returns the text one cell shows, which the file stores beside the value."""
    paragraphs = [child for child in cell if child.tag == _PARAGRAPH]
    look = looks.of_cell(style)
    pieces = list(_lines_of(paragraphs, looks, look.font))
    text = pieces[0][0] if len(pieces) == 1 else "".join([piece for piece, _ in pieces])
    kind = said.get(_TYPE, "string")
    if is_picture(text) or is_picture(said.get(_FORMULA, "").partition(":")[2]):
        return PICTURE
    if said.get(_SHOWN_TYPE, kind) == "error" or text.startswith("Err:"):
        return Content(text, f"单元格显示的是错误值 {text[:20]}；请改正公式")
    if kind == "string" and not text.strip() and said.get(_SAID, "").strip() and paragraphs:
        return Content("", "", left_out(unseen=said[_SAID]))  # as LibreOffice writes ;;;
    if not paragraphs:
        return drawn_number(_unshown(said), look)
    if kind == "string":
        return drawn_text(pieces, look) if not looks.hides_text(style) else Content("", "", left_out(unseen=text))
    return drawn_number(_value(said, text.strip()), look)  # the padding of a number format (0.00_ ) is no text


def _value(said: _Attributes, text: str) -> Content:
    """A number or a date, by its value and the text shown for it."""
    try:
        number = Decimal(said.get(_NUMBER, ""))
    except InvalidOperation:
        return Content(text)
    return Content(*number_meant(text, number)) if number.is_finite() else Content(text)


def _lines_of(paragraphs: Sequence[etree._Element], looks: Looks, font: Font) -> Iterator[Piece]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield "\n", font
        if len(paragraph):
            yield from _pieces(paragraph, looks, font)
        else:
            yield paragraph.text or "", font


def _unshown(said: _Attributes) -> Content:
    """Returns the content of a cell that stores a value but not the text it shows."""
    if _SAID in said:
        return Content(said[_SAID])
    raw = next((said[name] for name in _RAW if said.get(name)), "")
    if raw:
        doubt = "文件没有存下单元格显示的文字，这里是它的值；请用表格软件打开后另存"
        return Content(_general(raw), doubt)
    return Content("", "公式没有存下计算结果；请用表格软件打开、重新计算并保存" if said.get(_FORMULA) else "")


def _general(raw: str) -> str:
    try:
        number = float(raw)
    except ValueError:
        return raw
    return show_general(number) if abs(number) < 1e300 else raw


def _pieces(element: etree._Element, looks: Looks, font: Font) -> Iterator[Piece]:
    """The text of a paragraph with its fonts, white space as shown."""
    yield element.text or "", font
    for child in element:
        if child.tag == TEXT + "s":
            spaces = whole_number(child.get(TEXT + "c"))
            yield " " * (1 if spaces is None else min(spaces, _MAX_SPACES)), font
        elif child.tag == TEXT + "tab":
            yield "\t", font
        elif child.tag == TEXT + "line-break":
            yield "\n", font
        elif child.tag == TEXT + "span":
            yield from _pieces(child, looks, looks.of_letters(child.get(TEXT + "style-name", ""), font))
        elif child.tag not in _UNSHOWN:
            yield from _pieces(child, looks, font)
        yield child.tail or "", font
