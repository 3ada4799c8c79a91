"""PDF files to grids and lines: cells by the drawn lines, text outside them line by line."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Block, Cell, Grid, Line, Reading
from perfeval_lint.read.pdf.chars import NO_CHARACTER, Char
from perfeval_lint.read.pdf.drawing import SCANNED
from perfeval_lint.read.pdf.fields import fields_of, forms_of
from perfeval_lint.read.pdf.geometry import Box, TooMuch
from perfeval_lint.read.pdf.halves import put_together
from perfeval_lint.read.pdf.marks import remove_marks
from perfeval_lint.read.pdf.page import Page, read_page
from perfeval_lint.read.pdf.ruling import RuledCell, RuledTable, tables_of, without_unused
from perfeval_lint.read.pdf.size import unpacks_too_far
from perfeval_lint.read.pdf.text import TextLine, lines_of, over_another
from perfeval_lint.read.wrapped import joined_lines

MAX_BYTES = 128 * 1024 * 1024
MAX_PAGES = 200
MAX_SECONDS = 120.0
_UNREADABLE = 0.2  # the share of characters without meaning from which on a file gives no text
_MARGINS = 12.0  # points that programs keep free beside the text of a cell, both sides together
_FIGURE = 0.55  # the width of a figure to the height of its line
_QUOTED, _FEW = 20, 5  # how much of a text that was left out is quoted, and of how many
_BROKEN_BOX = "这个单元格的边框不完整，可能并错了格；请核对原文"

_pdfium = threading.Lock()  # pdfium may be called by one thread at a time
if hasattr(os, "register_at_fork"):  # and a child made by fork lacks the thread that is at it
    os.register_at_fork(before=_pdfium.acquire, after_in_parent=_pdfium.release, after_in_child=_pdfium.release)


def read_pdf(data: bytes, file: str) -> Reading:
    """The ruled tables and lines of a PDF, page by page from the top; a table over two pages is two grids.

    Raises UnreadableFile for scans, protected files, text without encoding, and files too large.
    """
    if len(data) > MAX_BYTES or unpacks_too_far(data):
        raise UnreadableFile(Problem("too-large", "PDF 大得不像自评表；请只留下自评表的几页再检查", file))
    with opened(data, file) as document:
        pages = _read_all(document, file)
    chars = [char for page in pages for char in page.chars]
    if not any(not char.text.isspace() for char in chars):
        raise UnreadableFile(_no_text(pages, file))
    if sum(char.doubt == NO_CHARACTER for char in chars) > _UNREADABLE * len(chars):
        message = "文字无法取出：PDF 的字体没有文字编码；请用原来的 Word、Excel 文件，或先做文字识别（OCR）"
        raise UnreadableFile(Problem("no-encoding", message, file))
    found = [_blocks(page, number) for number, page in enumerate(pages, 1)]
    is_upright = not any(page.turn for page in pages)
    blocks = put_together(found) if is_upright else [block for some in found for block in some]
    return Reading(tuple(blocks), tuple(_notes(pages, file)))


@contextmanager
def opened(data: bytes, file: str) -> Iterator[pypdfium2.PdfDocument]:
    """A PDF in pdfium, which no other thread may call meanwhile. Raises UnreadableFile."""
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise UnreadableFile(_not_opened(error, file)) from None
        try:
            count = len(document)
            if count > MAX_PAGES:
                message = f"PDF 有 {count} 页，超过 {MAX_PAGES} 页，不像自评表；请只留下自评表的几页再检查"
                raise UnreadableFile(Problem("too-large", message, file))
            yield document
        finally:
            document.close()


def _read_all(document: pypdfium2.PdfDocument, file: str) -> list[Page]:
    with forms_of(document.raw) as forms:
        return list(_pages(document, forms, file))


def _pages(document: pypdfium2.PdfDocument, forms: Any, file: str) -> Iterator[Page]:
    started = time.monotonic()
    for index in range(len(document)):
        if time.monotonic() - started > MAX_SECONDS:
            raise UnreadableFile(
                Problem("too-slow", f"读到第 {index} 页已超过 {MAX_SECONDS:.0f} 秒；请拆分后再检查", file)
            )
        try:
            yield _one(document, index, forms)
        except pypdfium2.PdfiumError:
            message = f"第 {index + 1} 页损坏，读不了；请重新导出 PDF，或用原来的 Word、Excel 文件"
            raise UnreadableFile(Problem("damaged", message, file)) from None
        except TooMuch:
            message = f"第 {index + 1} 页的内容多得不像自评表；请只留下自评表的几页再检查"
            raise UnreadableFile(Problem("too-large", message, file)) from None


def _one(document: pypdfium2.PdfDocument, index: int, forms: Any) -> Page:
    page = document[index]
    try:
        fields = fields_of(page.raw, forms)
        marks = remove_marks(page.raw)
        # What was filled into form fields becomes part of the page.
        if pdfium.FPDFPage_GetAnnotCount(page.raw) and pdfium.FPDFPage_Flatten(page.raw, 0) == pdfium.FLATTEN_SUCCESS:
            page.close()
            page = document[index]
        return read_page(page.raw, document.raw, fields, marks)
    finally:
        page.close()


def _not_opened(error: pypdfium2.PdfiumError, file: str) -> Problem:
    if error.err_code == pdfium.FPDF_ERR_PASSWORD:
        return Problem("protected", "PDF 设有打开密码；请去掉密码另存后再检查", file)
    if error.err_code == pdfium.FPDF_ERR_SECURITY:
        return Problem("protected", "PDF 的加密方式不支持；请去掉保护另存后再检查", file)
    return Problem("damaged", "PDF 已损坏或不完整；请重新下载或重新导出", file)


def _no_text(pages: Sequence[Page], file: str) -> Problem:
    if any(page.pictured >= SCANNED or page.unseen for page in pages):
        message = (
            "这是扫描件，页面是图片，没有可取的文字；请用原来的 Word、Excel 文件，或先做文字识别（OCR）并另存为 Word"
        )
        return Problem("scan", message, file)
    if any(page.drawn or page.pictured for page in pages):
        message = "PDF 里没有文字（可能已转成曲线或图片）；请用原来的 Word、Excel 文件，或先做文字识别（OCR）"
        return Problem("scan", message, file)
    return Problem("no-text", "PDF 是空白的；请核对文件", file)


def _notes(pages: Sequence[Page], file: str) -> list[Problem]:
    notes: list[Problem] = []
    scanned = [str(number) for number, page in enumerate(pages, 1) if _is_scan(page)]
    if scanned:
        message = f"第 {'、'.join(scanned)} 页是扫描的图片，没有读入；请对这几页做文字识别（OCR）"
        notes.append(Problem("scanned-pages", message, file))
    if any(page.tilted for page in pages):
        notes.append(Problem("tilted-text", "斜排的文字（如水印）没有读入", file))
    if any(page.cut for page in pages):
        message = "有文字超出单元格，在 PDF 里被截断，只读入了显示出来的部分；请在 Excel 中设置自动换行后重新导出"
        notes.append(Problem("cut-text", message, file))
    if any(page.unseen and not _is_scan(page) for page in pages):
        unseen = _quoted(page.unseen for page in pages if not _is_scan(page))
        notes.append(Problem("hidden-text", f"看不见的文字没有读入：{unseen}", file))
    struck = [text for page in pages for text in page.struck]
    if struck:
        notes.append(Problem("left-out", f"划掉的文字没有读入：{_quoted(struck)}", file))
    watermarks = [text for page in pages for text in page.watermarks]
    if watermarks:
        notes.append(Problem("left-out", f"印在表上的浅色文字（水印）没有读入：{_quoted(watermarks)}", file))
    return notes


def _quoted(texts: Iterable[str]) -> str:
    """Texts as a message names them, each once: a few, and of each the beginning."""
    each = [f"“{text[:_QUOTED]}{'…' * (len(text) > _QUOTED)}”" for text in dict.fromkeys(texts) if text]
    return "、".join(each[:_FEW]) + ("等" if len(each) > _FEW else "")


def _is_scan(page: Page) -> bool:
    return page.pictured >= SCANNED and not any(not char.text.isspace() for char in page.chars)


def _blocks(page: Page, number: int) -> list[Block]:
    """The grids and lines of a page, by their upper edge."""
    tables = tables_of(page.rules)
    inside: list[dict[int, list[Char]]] = [{} for _ in tables]
    outside: list[Char] = []
    for char in page.chars:
        left, top, right, bottom = char.box
        for table, cells in zip(tables, inside, strict=True):
            index = table.cell_at((left + right) / 2, (top + bottom) / 2)
            if index is not None:
                cells.setdefault(index, []).append(char)
                break
        else:
            outside.append(char)
    placed: list[tuple[float, float, Block]] = []
    for table, cells in zip(tables, inside, strict=True):
        grid = _grid(table, cells, page, number)
        if any(cell.text for cell in grid.cells):
            placed.append((table.box[1], table.box[0], grid))
    placed += [
        (line.box[1], line.box[0], Line(line.text, _origin(number, page.displayed(line.box))))
        for line in lines_of(outside)
    ]
    return [block for *_, block in sorted(placed, key=lambda place: place[:2])]


def _grid(table: RuledTable, chars: dict[int, list[Char]], page: Page, number: int) -> Grid:
    texts = {index: lines_of(inside) for index, inside in chars.items()}
    kept = table.within({index for index, lines in texts.items() if lines})
    cells = without_unused([table.cells[index] for index in kept])
    made = [_cell(cell, texts.get(index, []), page, number) for index, cell in zip(kept, cells, strict=True)]
    return Grid(tuple(sorted(made, key=lambda cell: (cell.row, cell.column))))


def _cell(cell: RuledCell, lines: Sequence[TextLine], page: Page, number: int) -> Cell:
    full = [_is_full(line.box, cell.box) for line in lines]
    text = joined_lines(zip((line.text for line in lines), full, strict=True))
    origin, doubt = _origin(number, page.displayed(cell.box)), _doubt(lines, broken=cell.broken)
    return Cell(cell.row, cell.column, text, origin, cell.rows, cell.columns, doubt, full=full[-1:] == [True])


def _is_full(line: Box, cell: Box) -> bool:
    """Returns whether a line leaves no space in its cell for another figure, beside the usual margins at both sides."""
    free = (cell[2] - cell[0]) - (line[2] - line[0])
    return free < _MARGINS + _FIGURE * (line[3] - line[1])


def _doubt(lines: Sequence[TextLine], *, broken: bool) -> str:
    doubts = (*(line.doubt for line in lines), over_another(lines), _BROKEN_BOX if broken and lines else "")
    return next(filter(None, doubts), "")


def _origin(number: int, box: Box) -> PageBox:
    left, top, right, bottom = (round(side, 1) for side in box)
    return PageBox(number, (left, top, right, bottom))
