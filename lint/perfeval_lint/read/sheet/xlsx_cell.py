"""The text that one cell of an Excel workbook shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lxml import etree

from perfeval_lint.read.markup import SHEET, TRUE, whole_number
from perfeval_lint.read.sheet.drawn import (
    NO_STYLE,
    PICTURE,
    PLAIN_LOOK,
    Look,
    drawn_number,
    drawn_plainly,
    drawn_text,
    formatted,
    is_picture,
)
from perfeval_lint.read.sheet.number.format import show_number
from perfeval_lint.read.sheet.sheet import Content
from perfeval_lint.read.sheet.xlsx_text import Strings, plain_text, runs_of, unescaped

_V, _F, _IS, _R, _PROPERTIES = (SHEET + name for name in ("v", "f", "is", "r", "rPr"))
_NO_RESULT = "公式没有存下计算结果；请用 Excel（WPS）打开、重新计算并保存"


@dataclass(frozen=True, slots=True)
class Book:
    """The parts of a workbook that the cells of every sheet refer to: texts, number formats, looks."""

    strings: Strings
    codes: list[str]
    from_1904: bool
    uncalculated: bool
    looks: dict[int, Look] = field(default_factory=dict)

    def style(self, cell: etree._Element) -> int:
        """The number of a cell's style."""
        return whole_number(cell.get("s")) or 0

    def code(self, style: int) -> str:
        """The number format code of a style."""
        return self.codes[style] if style < len(self.codes) else "General"

    def look(self, style: int) -> Look:
        """The font and ground of a style."""
        return self.looks.get(style, PLAIN_LOOK)

    def recoloured(self) -> Book:
        """The same for a sheet whose colours do not come from the styles alone."""
        return replace(self, looks={style: replace(look, unsure=True) for style, look in self.looks.items()})


def content_of(cell: etree._Element, book: Book) -> Content:
    """Returns the text that one cell shows."""
    kind = cell.get("t", "n")
    style = book.style(cell)
    value = cell.find(_V)
    text = "" if value is None else value.text or ""
    formula = cell.find(_F)
    if is_picture(text) or (formula is not None and is_picture(formula.text or "")):
        return PICTURE
    if kind == "inlineStr":
        return _inline(cell.find(_IS), book, style)
    if kind == "str" and (value is not None or formula is None):
        return drawn_plainly(unescaped(text), book.look(style), book.code(style))
    if not text.strip():
        return Content("", "" if formula is None else _NO_RESULT)
    if kind == "s":
        return _shared(text, book, style)
    if kind == "e" and cell.get("vm"):  # a value that programs of before 2019 do not know; nearly always a picture
        return PICTURE
    content = drawn_number(_typed(kind, text.strip(), book, style), book.look(style))
    if formula is not None and book.uncalculated and text == "0":
        return content._replace(doubt="公式的结果未经计算就存成了 0；请用 Excel（WPS）打开、重新计算并保存")
    return content


def _shared(text: str, book: Book, style: int) -> Content:
    index = int(text) if text.strip().isdecimal() and len(text) < 10 else -1
    if not 0 <= index < len(book.strings.plain):
        return Content("", "单元格的文字在文件里找不到；请用 Excel（WPS）打开后另存")
    pieces = book.strings.runs.get(index)
    if pieces is None:
        return drawn_plainly(book.strings.plain[index], book.look(style), book.code(style))
    return formatted(drawn_text(pieces, book.look(style)), book.code(style))


def _inline(string: etree._Element | None, book: Book, style: int) -> Content:
    if string is None:
        return Content("")
    if string.find(f"{_R}/{_PROPERTIES}") is None:
        return drawn_plainly(plain_text(string), book.look(style), book.code(style))
    return formatted(drawn_text(runs_of(string), book.look(style)), book.code(style))


def _typed(kind: str, text: str, book: Book, style: int) -> Content:
    if kind == "b":
        return Content("TRUE" if text in TRUE else "FALSE")
    if kind == "e":
        return Content(text, f"单元格显示的是错误值 {text}；请改正公式")
    if kind == "d":
        return Content(text.partition("T")[0])
    try:
        number = float(text)
    except ValueError:
        return Content(unescaped(text), "单元格里的数不是有效的数值；请在表格软件里核对")
    shown = Content(*show_number(number, book.code(style), from_1904=book.from_1904))
    return shown._replace(doubt=NO_STYLE) if style and style >= len(book.codes) else shown
