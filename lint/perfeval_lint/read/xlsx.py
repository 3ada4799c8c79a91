"""Excel workbooks (.xlsx, .xlsm) to grids.

lxml on the parts: openpyxl reads 60 forms a second, and python-calamine gives neither formats nor hidden rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from perfeval_lint.read.model import Reading
from perfeval_lint.read.number_builtin import BUILTIN
from perfeval_lint.read.number_format import show_number, show_text
from perfeval_lint.read.package import MAX_PART, MAX_TOTAL, Package
from perfeval_lint.read.sheet import Content, Merge, Sheet, Span, read_sheets

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_C, _V, _F, _T, _R, _IS = (_NS + name for name in ("c", "v", "f", "t", "r", "is"))
_SHEET_TAGS = tuple(_NS + name for name in ("row", "mergeCell", "col"))
_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# Formatted cells and rows without anything in them, which some files hold by the million.
_EMPTY_CELL = re.compile(rb'<(?:\w+:)?c r="[A-Z]+[0-9]+"(?: [st]="\w*")* ?/>')
_EMPTY_ROW = re.compile(rb'<((?:\w+:)?)row r="[0-9]+"(?![^<>]* hidden=)(?![^<>]* ht="0")[^<>]*?(?:/>|>\s*</\1row>)')
_TRUE = ("1", "true", "on")
_NOTHING = Content("")


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of every sheet refer to."""

    strings: list[str]
    codes: list[str]
    from_1904: bool
    uncalculated: bool

    def code(self, style: str | None) -> str:
        """The number format code of a cell's style."""
        index = int(style) if style and style.isdecimal() and len(style) < 9 else 0
        return self.codes[index] if index < len(self.codes) else "General"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet a workbook lists, and the part that holds it."""

    name: str
    part: str
    hidden: bool


def read_xlsx(data: bytes, file: str) -> Reading:
    """The sheets of a workbook that show anything, a Grid each; raises UnreadableFile."""
    package = Package(data, file, ".xlsx")
    book, listed = open_book(package)
    return read_sheets((_read_sheet(package, book, sheet) for sheet in listed), file)


def open_book(package: Package, limit: int = MAX_PART) -> tuple[Book, list[SheetPart]]:
    """What the cells refer to, and the sheets; strings of at most `limit` bytes. Raises UnreadableFile."""
    main = package.main_part("xl/workbook.xml")
    root = package.tree(main)
    if root is None:
        raise package.other_kind("另一种压缩包")
    if root.tag != _NS + "workbook":
        raise package.other_kind(_kind(root))
    relations = package.relations(main)
    parts = {relation.kind: relation.target for relation in relations.values()}
    properties = root.find(_NS + "workbookPr")
    calculation = root.find(_NS + "calcPr")
    book = Book(
        strings=_shared_strings(package, parts.get("sharedStrings", ""), limit),
        codes=_format_codes(package, parts.get("styles", "")),
        from_1904=properties is not None and properties.get("date1904") in _TRUE,
        uncalculated=calculation is not None and calculation.get("fullCalcOnLoad") in _TRUE,
    )
    listed = [
        SheetPart(element.get("name", ""), relation.target, element.get("state", "visible") != "visible")
        for element in root.iterfind(f"{_NS}sheets/{_NS}sheet")
        if (relation := relations.get(element.get(_ID, ""))) is not None and relation.kind == "worksheet"
    ]
    if not listed:
        raise package.damaged("没有工作表")
    return book, listed


def read_rows(package: Package, book: Book, sheet: SheetPart, limit: int) -> Iterator[tuple[int, list[Content]]]:
    """The rows of a sheet that show anything, hidden ones too, by their number from 1; one at a time, so that a
    sheet of a million rows costs no memory. Merged cells stand in the first of theirs. Raises UnreadableFile."""
    row, cells = 0, dict[int, Content]()
    for element in package.streamed(sheet.part, (_C, _SHEET_TAGS[0]), limit):
        if element.tag == _C:
            place = place_of(element.get("r", ""))
            column = place[1] if place else max(cells, default=-1) + 1
            if column < _MAX_COLUMN and ((content := _content(element, book)).text or content.doubt):
                cells[column] = content
        else:
            row = _number(element.get("r"), row + 1, _MAX_ROW)
            if cells:
                yield row, [cells.get(column, _NOTHING) for column in range(max(cells) + 1)]
            cells = {}


def _kind(root: etree._Element) -> str:
    word = etree.QName(root).localname
    return {"document": " Word 文档", "presentation": " PowerPoint 文稿"}.get(word, "另一种压缩包")


def _shared_strings(package: Package, name: str, limit: int) -> list[str]:
    if limit > MAX_PART and name:
        return [_rich_text(element) for element in package.streamed(name, (_NS + "si",), limit)]
    data = package.read(name) if name else None
    if data is None:
        return []
    return [_rich_text(element) for element in package.elements(data, name, (_NS + "si",))]


def _rich_text(element: etree._Element) -> str:
    """The text of a string, its runs put together; the phonetic guide (rPh) is no part of it."""
    pieces: list[str] = []
    for child in element:
        if child.tag == _T:
            pieces.append(child.text or "")
        elif child.tag == _R:
            pieces.extend(text.text or "" for text in child.iterfind(_T))
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    """Text with the escapes of the format (_x000D_) resolved, line ends made "\\n", control characters dropped."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text)


def _format_codes(package: Package, name: str) -> list[str]:
    """The number format code of each cell style, by its index."""
    root = package.tree(name) if name else None
    if root is None:
        return []
    codes = {str(number): code for number, code in BUILTIN.items()}
    for element in root.iterfind(f"{_NS}numFmts/{_NS}numFmt"):
        codes[element.get("numFmtId", "")] = element.get("formatCode", "")
    return [
        codes.get(number, f"#{number}") if (number := element.get("numFmtId", "0")) else "General"
        for element in root.iterfind(f"{_NS}cellXfs/{_NS}xf")
    ]


def _read_sheet(package: Package, book: Book, listed: SheetPart) -> Sheet:
    part = listed.part
    data = package.read(part, MAX_TOTAL)
    if data is None:
        raise package.damaged(f"缺少工作表“{listed.name}”的内容（{part}）")
    if len(data) > MAX_PART // 64:
        data = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", data))
    sheet = Sheet(listed.name, hidden=listed.hidden)
    row = -1
    for element in package.elements(data, part, _SHEET_TAGS):
        if element.tag == _SHEET_TAGS[0]:
            row = _number(element.get("r"), row + 2, _MAX_ROW) - 1
            if element.get("hidden") in _TRUE or element.get("ht") == "0":
                sheet.hidden_rows.append(Span(row, row))
            _read_row(sheet, element, row, book)
            if sheet.crowded:
                break
        elif element.tag == _SHEET_TAGS[1]:
            sheet.merges.extend(merges_of(element.get("ref", "")))
        elif element.get("hidden") in _TRUE or element.get("width") == "0":
            first = _number(element.get("min"), 1, _MAX_COLUMN)
            sheet.hidden_columns.append(Span(first - 1, _number(element.get("max"), first, _MAX_COLUMN) - 1))
    return sheet


def _number(text: str | None, otherwise: int, limit: int) -> int:
    """A count from 1 to `limit` as written in an attribute."""
    number = int(text) if text and text.isdecimal() and len(text) < 9 else otherwise
    return min(max(number, 1), limit)


def merges_of(text: str) -> Iterator[Merge]:
    """The range of a mergeCell element, none where it is not a range."""
    first, _, last = text.partition(":")
    start, end = place_of(first), place_of(last)
    if start and end and start <= end and start[1] <= end[1]:
        yield Merge(*start, *end)


def place_of(text: str) -> tuple[int, int] | None:
    """The row and column (0-based) of an address such as C5; None where it is none."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row - 1, column - 1) if 0 < row <= _MAX_ROW and column <= _MAX_COLUMN else None


def _read_row(sheet: Sheet, element: etree._Element, row: int, book: Book) -> None:
    column = -1
    for cell in element:
        if cell.tag != _C:
            continue
        place = place_of(cell.get("r", ""))
        column = place[1] if place else column + 1
        if len(cell) and column < _MAX_COLUMN:
            sheet.put(row, column, _content(cell, book))


def _content(cell: etree._Element, book: Book) -> Content:
    """What one cell shows."""
    kind = cell.get("t", "n")
    code = book.code(cell.get("s"))
    value = cell.find(_V)
    text = "" if value is None else value.text or ""
    formula = cell.find(_F) is not None
    if kind == "inlineStr":
        inline = cell.find(_IS)
        return Content("" if inline is None else show_text(_rich_text(inline), code))
    if kind == "str":
        return Content(show_text(_unescaped(text), code))
    if not text.strip():
        return Content("", "公式没有存下计算结果；请用 Excel（WPS）打开、重新计算并保存" if formula else "")
    if kind == "s":
        return _shared(text, code, book)
    content = _typed(kind, text.strip(), code, book)
    if formula and book.uncalculated and text in ("0", ""):
        return Content(content.text, "公式的结果未经计算就存成了 0；请用 Excel（WPS）打开、重新计算并保存")
    return content


def _shared(text: str, code: str, book: Book) -> Content:
    index = int(text) if text.strip().isdecimal() and len(text) < 10 else -1
    if not 0 <= index < len(book.strings):
        return Content("", "单元格的文字在文件里找不到；请用 Excel（WPS）打开后另存")
    return Content(show_text(book.strings[index], code))


def _typed(kind: str, text: str, code: str, book: Book) -> Content:
    if kind == "b":
        return Content("TRUE" if text in _TRUE else "FALSE")
    if kind == "e":
        return Content(text, f"单元格显示的是错误值 {text}；请改正公式")
    if kind == "d":
        return Content(text.partition("T")[0])
    try:
        number = float(text)
    except ValueError:
        return Content(_unescaped(text), "单元格里的数不是有效的数值；请在表格软件里核对")
    return Content(*show_number(number, code, from_1904=book.from_1904))
