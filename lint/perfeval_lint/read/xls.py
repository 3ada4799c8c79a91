"""Old Excel workbooks (.xls) to grids.

xlrd: 800 forms a second with formats, merges and hidden rows; python-calamine is faster but gives values only.
olefile takes the workbook out of its container, where xlrd alone loops for ever on some damaged files.
"""

from __future__ import annotations

import io
import struct

import olefile
import xlrd
from xlrd.biffh import XLRDError
from xlrd.formula import FormulaError

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.model import Reading
from perfeval_lint.read.number_builtin import BUILTIN
from perfeval_lint.read.number_format import show_number, show_text
from perfeval_lint.read.package import encrypted, refuse_encrypted, wrong_kind
from perfeval_lint.read.sheet import Content, Merge, Sheet, Span, read_sheets
from perfeval_lint.read.xls_records import DamagedRecords, check_records

MAX_FILE = 32 * 1024 * 1024
_FILEPASS = 0x2F  # the record of an encrypted workbook, right after its beginning and what protects it from writing
_FIRST = 10  # records in which it is looked for
_CONTAINERS = (b"\xd0\xcf\x11\xe0", b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
# What xlrd and olefile were seen to raise on damaged files, by family.
_BROKEN = (
    DamagedRecords,
    XLRDError,
    FormulaError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NameError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


def read_xls(data: bytes, file: str) -> Reading:
    """The sheets of a workbook that show anything, a Grid each; raises UnreadableFile."""
    refuse_encrypted(data, file)
    if not data.startswith(_CONTAINERS):
        raise wrong_kind(data, file, ".xls")
    if len(data) > MAX_FILE:
        message = f"文件超过 {MAX_FILE // 1024 // 1024} MiB，不像自评表；请删去多余的内容或拆分后再检查"
        raise UnreadableFile(Problem("too-large", message, file))
    try:
        stream = _stream(data, file)
        if _is_encrypted(stream):
            raise encrypted(file)
        check_records(stream)
        book = xlrd.open_workbook(file_contents=stream, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    except _BROKEN:
        message = "文件已损坏，或不是完整的 .xls；请重新发送，或用 Excel（WPS）打开后另存为 .xlsx"
        raise UnreadableFile(Problem("damaged", message, file)) from None
    return read_sheets([_read_sheet(book, sheet) for sheet in book.sheets()], file)


def _stream(data: bytes, file: str) -> bytes:
    """The workbook inside an OLE container; the oldest workbooks (before Excel 5) have none around them."""
    if not data.startswith(olefile.MAGIC):
        return data
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
        if container.exists("WordDocument") or container.exists("PowerPoint Document"):
            message = "不是 Excel 工作簿（是旧版 Word 或 PowerPoint 文件）；请用 Office（WPS）打开后另存为 .docx"
            raise UnreadableFile(Problem("wrong-kind", message, file))
        if name is None:
            raise OSError("no workbook")
        stream: bytes = container.openstream(name).read()
        if len(stream) != container.get_size(name):
            raise OSError("cut off")
        return stream


def _is_encrypted(stream: bytes) -> bool:
    """Whether a workbook's first records say that the others are encrypted."""
    at = 0
    for _ in range(_FIRST):
        if at + 4 > len(stream):
            break
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            return True
        at += 4 + int(length)
    return False


def _read_sheet(book: xlrd.Book, source: xlrd.sheet.Sheet) -> Sheet:
    sheet = Sheet(source.name, hidden=source.visibility != 0)
    _read_cells(sheet, book, source)
    sheet.merges.extend(
        Merge(top, left, bottom - 1, right - 1)
        for top, bottom, left, right in source.merged_cells
        if 0 <= top < bottom and 0 <= left < right
    )
    sheet.hidden_rows.extend(Span(row, row) for row, info in source.rowinfo_map.items() if info.hidden)
    sheet.hidden_columns.extend(
        Span(column, column) for column, info in source.colinfo_map.items() if info.hidden or info.width == 0
    )
    return sheet


def _read_cells(sheet: Sheet, book: xlrd.Book, source: xlrd.sheet.Sheet) -> None:
    for row in range(source.nrows):
        for column in range(source.row_len(row)):
            kind = source.cell_type(row, column)
            if kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                code = _code(book, source.cell_xf_index(row, column))
                sheet.put(row, column, _content(kind, source.cell_value(row, column), code, book.datemode == 1))


def _code(book: xlrd.Book, style: int) -> str:
    """The number format code of a cell style; General where a damaged file names a style it does not have."""
    key = book.xf_list[style].format_key if 0 <= style < len(book.xf_list) else 0
    if key in BUILTIN:
        return BUILTIN[key]
    known = book.format_map.get(key)
    return known.format_str if known is not None else f"#{key}"


def _content(kind: int, value: str | float, code: str, from_1904: bool) -> Content:
    """What one cell shows."""
    if kind == xlrd.XL_CELL_TEXT:
        return Content(show_text(str(value).replace("\r\n", "\n").replace("\r", "\n"), code))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Content("TRUE" if value else "FALSE")
    if kind == xlrd.XL_CELL_ERROR:
        text = xlrd.error_text_from_code.get(int(value), "#ERR!")
        return Content(text, f"单元格显示的是错误值 {text}；请改正公式")
    return Content(*show_number(float(value), code, from_1904=from_1904))
