"""A laid-out form as a workbook of one sheet that prints on upright A4 pages."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfeval_lint.errors import UsageError
from perfeval_lint.read.sheet.sheet import MAX_TEXT
from perfeval_lint.render.table import (
    BODY_FONT,
    END_MARGIN,
    MADE,
    SIDE_MARGIN,
    TEXT_POINTS,
    TITLE_FONT,
    Cell,
    Role,
    Table,
)

SHEET_NAME = "绩效自评表"
_HIGHEST_ROW = 405.0  # points; Excel's bound is 409
_LINE_HEIGHT = 13.2  # points a line of 9-point Chinese text takes in the fonts that need most
_ROW_PADDING = 5.0
_TOP = 2  # rows of the sheet above the table: title and year
_EXACT_DIGITS = 15  # a workbook's numbers are doubles
# What a Chinese Excel starts a workbook with: column widths count in digits of this font.
_OPTIONS = {
    "in_memory": True,
    "default_format_properties": {"font_name": BODY_FONT, "font_size": 11},
    "default_column_width": 72,
    "default_row_height": 18,
}

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?(%?)")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a number format shows exactly as printed: 9.70 is 9.7 shown as 0.00."""

    value: float
    number_format: str


def amount(text: str) -> Amount | None:
    """The number a text is, None where a workbook could not show it digit for digit (+5, 007, 1.5万)."""
    match = _PLAIN_NUMBER.fullmatch(text)
    digits = re.sub(r"[^0-9]", "", text).lstrip("0")
    if match is None or len(digits) > _EXACT_DIGITS or (text.startswith("-") and not digits):
        return None
    decimals, percent = len(match[1] or ""), match[2]
    value = float(f"{text.removesuffix('%')}e-2") if percent else float(text)
    return Amount(value, ("0." + "0" * decimals if decimals else "0") + percent)


def write_excel(table: Table) -> bytes:
    """The table as the bytes of an .xlsx file. Raises UsageError where a text is too long for a cell."""
    for text in (table.title, table.year_line, *(cell.text for cell in table.cells)):
        if len(text) > MAX_TEXT:
            raise UsageError(
                f"“{text[:20]}……”有 {len(text)} 个字符，超过 Excel 一格 {MAX_TEXT} 的上限；请改用 .docx 或 .html"
            )
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"title": table.title[:255], "created": MADE})
    _Sheet(book, table).write()
    book.close()
    return target.getvalue()


class _Sheet:
    """Writes one table. A row too high for Excel takes several rows of the sheet, merged."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table) -> None:
        self.book = book
        self.table = table
        self.sheet: Worksheet = book.add_worksheet(SHEET_NAME)
        self.formats: dict[tuple[object, ...], Format] = {}
        self.heights = _heights(table)
        self.tops = [_TOP]
        for height in self.heights:
            self.tops.append(self.tops[-1] + ceil(height / _HIGHEST_ROW))

    def write(self) -> None:
        """Title, year line, cells, and the page they print on."""
        columns = len(self.table.widths)
        for column, width in enumerate(self.table.widths):
            self.sheet.set_column_pixels(column, column, round(width / 2.54 * 96))
        self.merge(0, 0, 1, columns, self.table.title, self.heading(TITLE_FONT, 16))
        self.merge(1, 0, 1, columns, self.table.year_line, self.heading(BODY_FONT, 10.5))
        self.sheet.set_row(0, 30)
        self.sheet.set_row(1, 18)
        for row, height in enumerate(self.heights):
            for place in range(self.tops[row], self.tops[row + 1]):
                self.sheet.set_row(place, height / (self.tops[row + 1] - self.tops[row]))
        for cell in self.table.cells:
            self.cell(cell)
        self.set_page(columns)

    def set_page(self, columns: int) -> None:
        sheet, last = self.sheet, self.tops[-1] - 1
        sheet.set_portrait()
        sheet.set_paper(9)
        sheet.set_margins(*(SIDE_MARGIN / 2.54,) * 2, *(END_MARGIN / 2.54,) * 2)
        sheet.center_horizontally()
        sheet.print_area(0, 0, last, columns - 1)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})

    def cell(self, cell: Cell) -> None:
        """One cell of the table: a number where it is one to the digit, else text that stays text."""
        number = amount(cell.text) if cell.role is Role.NUMBER else None
        style = self.style(cell, number.number_format if number else "General")
        top = self.tops[cell.row]
        rows = self.tops[cell.row + cell.rows] - top
        self.merge(top, cell.column, rows, cell.columns, "" if number else cell.text, style)
        if number:
            self.sheet.write_number(top, cell.column, number.value, style)

    def merge(self, row: int, column: int, rows: int, columns: int, text: str, style: Format) -> None:
        """A text in a cell or a range of them; never taken for a formula, number or link."""
        if rows * columns > 1:
            self.sheet.merge_range(row, column, row + rows - 1, column + columns - 1, "", style)
        if text:
            self.sheet.write_string(row, column, text, style)
        else:
            self.sheet.write_blank(row, column, None, style)

    def heading(self, font: str, points: float) -> Format:
        return self.book.add_format(
            {"font_name": font, "font_size": points, "align": "center", "valign": "vcenter", "text_wrap": True}
        )

    def style(self, cell: Cell, number_format: str) -> Format:
        """The format of a cell; cells that look the same share one."""
        align = "center" if self.table.is_centred(cell) else "left"
        is_bold = self.table.is_heading(cell)
        is_quoted = number_format == "General" and cell.text.startswith(_FORMULA_STARTS)
        key = (align, is_bold, is_quoted, number_format)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(
                {
                    "font_name": BODY_FONT,
                    "font_size": TEXT_POINTS,
                    "align": align,
                    "valign": "vcenter",
                    "text_wrap": True,
                    "border": 1,
                    "bold": is_bold,
                    "quote_prefix": is_quoted,
                    "num_format": number_format,
                }
            )
        return self.formats[key]


def _heights(table: Table) -> list[float]:
    """The rows' heights in points, enough for every text; a merged cell's lack is made up by its last row."""
    heights = [table.least_height(row) / 2.54 * 72 for row in range(table.rows)]
    for cell in sorted(table.cells, key=lambda cell: cell.rows):
        needed = table.lines(cell) * _LINE_HEIGHT + _ROW_PADDING
        rows = range(cell.row, cell.row + cell.rows)
        lack = needed - sum(heights[row] for row in rows)
        if lack > 0:
            for row in rows:
                heights[row] += lack / cell.rows
    return heights
