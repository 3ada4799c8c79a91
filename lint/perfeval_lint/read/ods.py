"""OpenDocument spreadsheets (.ods) to grids.

lxml on content.xml, which keeps the text as shown: odfpy reads 82 forms a second, python-calamine drops that text.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.model import Reading
from perfeval_lint.read.number_digits import show_general
from perfeval_lint.read.package import Package, encrypted
from perfeval_lint.read.sheet import MAX_COLUMNS, MAX_ROWS, Content, Merge, Sheet, Span, read_sheets

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ROW, _COLUMN = _TABLE + "table-row", _TABLE + "table-column"
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_GROUPS = frozenset(
    _TABLE + name
    for name in (
        *("table-row-group", "table-header-rows", "table-rows"),
        *("table-column-group", "table-header-columns", "table-columns"),
    )
)
_PARAGRAPH = _TEXT + "p"
_UNSHOWN = frozenset((_OFFICE + "annotation", _TEXT + "ruby-text", _TEXT + "note", _TEXT + "tracked-changes"))
_MAX_COUNT = 1 << 21  # more rows than any sheet
_MAX_SPACES = 1_000


def read_ods(data: bytes, file: str) -> Reading:
    """The sheets of a workbook that show anything, a Grid each; raises UnreadableFile."""
    package = Package(data, file, ".ods")
    if b"encryption-data" in (package.read("META-INF/manifest.xml") or b""):
        raise encrypted(file)
    root = package.tree("content.xml")
    if root is None:
        raise package.other_kind("另一种压缩包")
    body = root.find(f"{_OFFICE}body/{_OFFICE}spreadsheet")
    if body is None:
        raise package.other_kind("别的文档")
    unseen = {
        style.get(_STYLE + "name")
        for style in root.iterfind(f"{_OFFICE}automatic-styles/{_STYLE}style")
        if any(child.get(_TABLE + "display") == "false" for child in style.iterfind(_STYLE + "table-properties"))
    }
    return read_sheets((_read_sheet(table, unseen) for table in body.iterfind(_TABLE + "table")), file)


def _read_sheet(table: etree._Element, unseen: set[str | None]) -> Sheet:
    sheet = Sheet(table.get(_TABLE + "name", ""), hidden=table.get(_TABLE + "style-name") in unseen)
    row = column = 0
    for element in _lines(table):
        is_row = element.tag == _ROW
        count = _count(element, "number-rows-repeated" if is_row else "number-columns-repeated")
        first = row if is_row else column
        if element.get(_TABLE + "visibility", "visible") != "visible":
            (sheet.hidden_rows if is_row else sheet.hidden_columns).append(Span(first, first + count - 1))
        if is_row:
            _read_row(sheet, element, row, count)
            row += count
            if sheet.crowded:
                break
        else:
            column += count
    return sheet


def _lines(parent: etree._Element) -> Iterator[etree._Element]:
    """The columns and rows of a table, through their groups."""
    for child in parent:
        if child.tag in (_ROW, _COLUMN):
            yield child
        elif child.tag in _GROUPS:
            yield from _lines(child)


def _read_row(sheet: Sheet, element: etree._Element, row: int, count: int) -> None:
    """Adds what a row shows; a row or cell written once for many is added as often as a sheet may have them."""
    column = 0
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        repeated = _count(cell, "number-columns-repeated")
        content = _content(cell) if len(cell) or cell.attrib else Content("")
        if content.text or content.doubt:
            for each in range(row, row + min(count, MAX_ROWS + 1)):
                for place in range(column, column + min(repeated, MAX_COLUMNS + 1)):
                    sheet.put(each, place, content)
        if sheet.crowded:
            return
        height, width = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if height > 1 or width > 1:
            sheet.merges.append(Merge(row, column, row + height - 1, column + width - 1))
        column += repeated


def _count(element: etree._Element, name: str) -> int:
    text = element.get(_TABLE + name, "1")
    return max(min(int(text), _MAX_COUNT), 1) if text.isdecimal() and len(text) < 9 else 1


def _content(cell: etree._Element) -> Content:
    """What one cell shows, which the file keeps beside the value."""
    paragraphs = ["".join(_pieces(child)) for child in cell if child.tag == _PARAGRAPH]
    text = "\n".join(paragraphs)
    if (cell.get(_CALC + "value-type") or cell.get(_OFFICE + "value-type")) == "error" or text.startswith("Err:"):
        return Content(text, f"单元格显示的是错误值 {text[:20]}；请改正公式")
    if paragraphs:  # the padding of a number format (0.00_ ) is no text
        is_text = cell.get(_OFFICE + "value-type", "string") == "string"
        return Content(text if is_text else text.strip())
    return _unshown(cell)


def _unshown(cell: etree._Element) -> Content:
    """A cell that keeps a value but not the text it shows."""
    said = cell.get(_OFFICE + "string-value")
    if said is not None:
        return Content(said)
    raw = next((raw for name in ("value", "date-value", "time-value", "boolean-value")
                if (raw := cell.get(_OFFICE + name))), "")  # fmt: skip
    if raw:
        doubt = "文件没有存下单元格显示的文字，这里是它的值；请用表格软件打开后另存"
        return Content(_general(raw), doubt)
    formula = cell.get(_TABLE + "formula")
    return Content("", "公式没有存下计算结果；请用表格软件打开、重新计算并保存" if formula else "")


def _general(raw: str) -> str:
    try:
        number = float(raw)
    except ValueError:
        return raw
    return show_general(number) if abs(number) < 1e300 else raw


def _pieces(element: etree._Element) -> Iterator[str]:
    """The text of a paragraph, white space as shown."""
    yield element.text or ""
    for child in element:
        if child.tag == _TEXT + "s":
            count = child.get(_TEXT + "c", "1")
            yield " " * (min(int(count), _MAX_SPACES) if count.isdecimal() and len(count) < 9 else 1)
        elif child.tag == _TEXT + "tab":
            yield "\t"
        elif child.tag == _TEXT + "line-break":
            yield "\n"
        elif child.tag not in _UNSHOWN:
            yield from _pieces(child)
        yield child.tail or ""
