"""Excel workbooks (.xlsx, .xlsm) to grids.

lxml on the parts: openpyxl reads 60 forms a second, and python-calamine gives neither formats nor hidden rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from perfeval_lint.read.markup import RELATION_ID, SHEET, TRUE, counted
from perfeval_lint.read.model import Reading
from perfeval_lint.read.package import MAX_PART, MAX_TOTAL, Package, searchable
from perfeval_lint.read.sheet.address import MAX_COLUMN, MAX_ROW, place_of
from perfeval_lint.read.sheet.drawn import Look
from perfeval_lint.read.sheet.sheet import Content, Merge, Sheet, Span, read_sheets
from perfeval_lint.read.sheet.xlsx_cell import Book, content_of
from perfeval_lint.read.sheet.xlsx_margins import BOXES, HEADER, NOTES, box_margins, drawings_of, margins_of
from perfeval_lint.read.sheet.xlsx_shapes import doubt_under
from perfeval_lint.read.sheet.xlsx_style import codes_of, looks_of
from perfeval_lint.read.sheet.xlsx_text import shared_strings

MAIN_PART = "xl/workbook.xml"
_C = SHEET + "c"
_SHEET_TAGS = (*(SHEET + name for name in ("row", "mergeCell", "col")), HEADER, BOXES, NOTES)
# Formatted cells and rows without anything in them, which some files hold by the million.
_EMPTY_CELL = re.compile(rb'<(?:\w+:)?c r="[A-Z]+[0-9]+"(?: [st]="\w*")* ?/>')
_EMPTY_ROW = re.compile(rb'<((?:\w+:)?)row r="[0-9]+"(?![^<>]* hidden=)(?![^<>]* ht="0")[^<>]*?(?:/>|>\s*</\1row>)')
# Elements that may give a cell another colour than its style.
_RECOLOURS = re.compile(rb"<(?:\w+:)?(?:conditionalFormatting|tablePart)\b")
_OF_STRINGS = re.compile(rb"""\bt=["']s["']""")
_FLAT_ROW, _THIN_COLUMN = 1.5, 0.2  # points, and widths of a letter: a line of the screen that shows no letter
_SIZE = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,20})?")
_NOTHING = Content("")


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
    """Returns the parts the cells refer to, and the sheets; strings of at most `limit` bytes. Raises UnreadableFile."""
    main = package.main_part(MAIN_PART)
    root = package.tree(main)
    if root is None:
        raise package.other_kind("另一种压缩包")
    if root.tag != SHEET + "workbook":
        raise package.other_kind(_kind(root))
    relations = package.relations(main)
    parts = {relation.kind: relation.target for relation in relations.values()}
    properties = root.find(SHEET + "workbookPr")
    calculation = root.find(SHEET + "calcPr")
    codes, looks = _styles(package, parts.get("styles", ""))
    book = Book(
        strings=shared_strings(package, parts.get("sharedStrings", ""), limit),
        codes=codes,
        looks=looks,
        from_1904=properties is not None and properties.get("date1904") in TRUE,
        uncalculated=calculation is not None and calculation.get("fullCalcOnLoad") in TRUE,
    )
    listed = [
        SheetPart(element.get("name", ""), relation.target, element.get("state", "visible") != "visible")
        for element in root.iterfind(f"{SHEET}sheets/{SHEET}sheet")
        if (relation := relations.get(element.get(RELATION_ID, ""))) is not None and relation.kind == "worksheet"
    ]
    if not listed:
        raise package.damaged("没有工作表")
    return book, listed


def read_rows(package: Package, book: Book, sheet: SheetPart, limit: int) -> Iterator[tuple[int, list[Content]]]:
    """The rows of a sheet that show anything, hidden ones too, by their number from 1; one at a time, so that a
    sheet of a million rows costs no memory. The text of merged cells is in the first of them. Raises UnreadableFile."""
    row, cells = 0, dict[int, Content]()
    for element in package.streamed(sheet.part, (_C, _SHEET_TAGS[0]), limit):
        if element.tag == _C:
            place = place_of(element.get("r", ""))
            column = place[1] if place else max(cells, default=-1) + 1
            content = content_of(element, book)
            if content.left_out:
                content = content._replace(doubt=content.doubt or f"没有读取{content.left_out}；请核对")
            if column < MAX_COLUMN and (content.text or content.doubt):
                cells[column] = content
        else:
            row = counted(element.get("r"), row + 1, MAX_ROW)
            if cells:
                yield row, [cells.get(column, _NOTHING) for column in range(max(cells) + 1)]
            cells = {}


def _kind(root: etree._Element) -> str:
    word = etree.QName(root).localname
    return {"document": " Word 文档", "presentation": " PowerPoint 文稿"}.get(word, "另一种压缩包")


def _styles(package: Package, name: str) -> tuple[list[str], dict[int, Look]]:
    """The number format code of each cell style, and the looks that are not black on white."""
    root = package.tree(name) if name else None
    return ([], {}) if root is None else (codes_of(root), looks_of(root))


def _read_sheet(package: Package, book: Book, listed: SheetPart) -> Sheet:
    part = listed.part
    data = _written(package, book, listed)
    if book.looks and _RECOLOURS.search(searchable(data)):
        book = book.recoloured()
    if len(data) > MAX_PART // 64:
        data = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", data))
    sheet = Sheet(listed.name, hidden=listed.hidden)
    row = -1
    for element in package.elements(data, part, _SHEET_TAGS):
        if element.tag == _SHEET_TAGS[0]:
            row = counted(element.get("r"), row + 2, MAX_ROW) - 1
            if element.get("hidden") in TRUE or _is_below(element.get("ht"), _FLAT_ROW):
                sheet.hidden_rows.append(Span(row, row))
            _read_row(sheet, element, row, book)
            if sheet.crowded:
                break
        elif element.tag == _SHEET_TAGS[1]:
            sheet.merges.extend(merges_of(element.get("ref", "")))
        elif element.tag in (HEADER, BOXES, NOTES):
            _read_beside(sheet, package, part, element)
        elif element.get("hidden") in TRUE or _is_below(element.get("width"), _THIN_COLUMN):
            first = counted(element.get("min"), 1, MAX_COLUMN)
            sheet.hidden_columns.append(Span(first - 1, counted(element.get("max"), first, MAX_COLUMN) - 1))
    return sheet


def _read_beside(sheet: Sheet, package: Package, part: str, element: etree._Element) -> None:
    """Adds what a sheet has beside and over its cells, which one of its elements names."""
    if element.tag != BOXES:
        sheet.margins.extend(margins_of(package, part, element, sheet.name))
        return
    for drawing in drawings_of(package, part):
        sheet.margins.extend(box_margins(drawing, sheet.name))
        doubt_under(drawing, sheet)


def _written(package: Package, book: Book, listed: SheetPart) -> bytes:
    """The part of a sheet; raises UnreadableFile where it, or all the texts of its cells, are missing."""
    data = package.read(listed.part, MAX_TOTAL)
    if data is None:
        raise package.damaged(f"缺少工作表“{listed.name}”的内容（{listed.part}）")
    if book.strings.missing and _OF_STRINGS.search(searchable(data)):
        raise package.damaged("缺少各单元格的文字（sharedStrings.xml）")
    return data


def _is_below(size: str | None, least: float) -> bool:
    """Returns whether a row or column is too small for letters."""
    return size is not None and _SIZE.fullmatch(size) is not None and float(size) < least


def merges_of(text: str) -> Iterator[Merge]:
    """The range of a mergeCell element, none where it is not a range."""
    first, _, last = text.partition(":")
    start, end = place_of(first), place_of(last)
    if start and end and start <= end and start[1] <= end[1]:
        yield Merge(*start, *end)


def _read_row(sheet: Sheet, element: etree._Element, row: int, book: Book) -> None:
    column = -1
    for cell in element:
        if cell.tag != _C:
            continue
        place = place_of(cell.get("r", ""))
        column = place[1] if place else column + 1
        if len(cell) and column < MAX_COLUMN:
            sheet.put(row, column, content_of(cell, book))
