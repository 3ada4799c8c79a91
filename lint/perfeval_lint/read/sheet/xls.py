"""Old Excel workbooks (.xls) to grids.

xlrd: 800 forms a second with formats, merges and hidden rows; python-calamine is faster but gives values only.
olefile takes the workbook out of its container, where xlrd alone loops for ever on some damaged files.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence

import olefile
import xlrd
from xlrd.biffh import XLRDError
from xlrd.formula import FormulaError

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.model import Reading
from perfeval_lint.read.package import encrypted, refuse_encrypted, wrong_kind
from perfeval_lint.read.sheet.address import address
from perfeval_lint.read.sheet.drawn import NO_STYLE, Look, drawn_number, drawn_plainly, drawn_text, formatted
from perfeval_lint.read.sheet.number.format import show_number
from perfeval_lint.read.sheet.sheet import Content, Merge, Sheet, Span, read_sheets
from perfeval_lint.read.sheet.xls_look import Looks
from perfeval_lint.read.sheet.xls_margins import margins_of
from perfeval_lint.read.sheet.xls_records import (
    BARE,
    Contradiction,
    DamagedRecords,
    checked_records,
    contradictions,
    unformatted_styles,
    worksheets_of,
)
from perfeval_lint.read.sheet.xls_text import RAW, encoding_of

MAX_FILE = 32 * 1024 * 1024
_FILEPASS = 0x2F  # the record of an encrypted workbook, right after its beginning and what protects it from writing
_UNICODE = 80  # the version of Excel 97, from which on texts are Unicode
_MOST_NAMED = 5  # cells that a note names
_FLAT_ROW, _THIN_COLUMN = 30, 51  # twentieths of a point, 256ths of a letter's width: too small for letters
_FIRST = 10  # records in which it is looked for
_CONTAINERS = (olefile.MAGIC, *BARE)
# Exceptions that xlrd and olefile raise on damaged files, by family.
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
        substreams = checked_records(stream)
        worksheets = worksheets_of(substreams)
        damage = [list(contradictions(records)) for records in worksheets]
        book = _opened(stream, file)
    except _BROKEN:
        message = "文件已损坏，或不是完整的 .xls；请重新发送，或用 Excel（WPS）打开后另存为 .xlsx"
        raise UnreadableFile(Problem("damaged", message, file)) from None
    looks = Looks(book, unformatted_styles(substreams))
    sheets = [_read_sheet(book, sheet, looks) for sheet in book.sheets()]
    for sheet, records, found in zip(sheets, worksheets, damage, strict=False):
        _doubt_damaged(sheet, found)
        if book.biff_version >= _UNICODE:
            sheet.margins.extend(margins_of(records, sheet.name))
    return read_sheets(sheets, file)


def _opened(stream: bytes, file: str) -> xlrd.Book:
    """The workbook; before Excel 97 its texts are in an encoding that they show themselves."""
    book = _book(stream, RAW)
    if book.biff_version >= _UNICODE:
        return book
    encoding = encoding_of(book.codepage, _texts(book))
    if not encoding:
        message = f"文字的编码认不出（文件标明的代码页是 {book.codepage}）；请用 Excel（WPS）打开后另存为 .xlsx"
        raise UnreadableFile(Problem("encoding", message, file))
    return _book(stream, encoding)


def _book(stream: bytes, encoding: str) -> xlrd.Book:
    return xlrd.open_workbook(
        file_contents=stream,
        encoding_override=encoding,
        formatting_info=True,
        ragged_rows=True,
        logfile=io.StringIO(),
    )


def _texts(book: xlrd.Book) -> Iterator[str]:
    for sheet in book.sheets():
        yield sheet.name
        for row in sheet.get_rows():
            yield from (str(cell.value) for cell in row if cell.ctype == xlrd.XL_CELL_TEXT)


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
    """Returns whether a workbook's first records say that the others are encrypted."""
    at = 0
    for _ in range(_FIRST):
        if at + 4 > len(stream):
            break
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            return True
        at += 4 + int(length)
    return False


def _read_sheet(book: xlrd.Book, source: xlrd.sheet.Sheet, looks: Looks) -> Sheet:
    sheet = Sheet(source.name, hidden=source.visibility != 0)
    _read_cells(sheet, book, source, looks)
    sheet.merges.extend(
        Merge(top, left, bottom - 1, right - 1)
        for top, bottom, left, right in source.merged_cells
        if 0 <= top < bottom and 0 <= left < right
    )
    sheet.hidden_rows.extend(
        Span(row, row) for row, info in source.rowinfo_map.items() if info.hidden or 0 < (info.height or 0) < _FLAT_ROW
    )
    sheet.hidden_columns.extend(
        Span(column, column) for column, info in source.colinfo_map.items() if info.hidden or info.width < _THIN_COLUMN
    )
    return sheet


def _doubt_damaged(sheet: Sheet, damage: Sequence[Contradiction]) -> None:
    """Doubts the cells that contradict something else in the file, and says so of the sheet."""
    found: dict[str, list[str]] = {}
    for what, place in damage:
        places = found.setdefault(what, [])
        if place is not None:
            places.append(address(*place))
            sheet.doubt(place, f"{what}，可能读错；请用 Excel（WPS）打开核对后另存")
    for what, places in found.items():
        several = f"等 {len(places)} 格" if len(places) > _MOST_NAMED else ""
        sheet.damage.append(f"{what}（{'、'.join(places[:_MOST_NAMED])}{several}）" if places else what)


def _read_cells(sheet: Sheet, book: xlrd.Book, source: xlrd.sheet.Sheet, looks: Looks) -> None:
    from_1904 = book.datemode == 1
    for row in range(source.nrows):
        for column in range(source.row_len(row)):
            kind = source.cell_type(row, column)
            if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                continue
            style = source.cell_xf_index(row, column)
            value, look, code = source.cell_value(row, column), looks.of_style(style), looks.format_of(style)
            if kind == xlrd.XL_CELL_TEXT:
                runs = _runs_of(book, str(value), source.rich_text_runlist_map.get((row, column), ()))
                sheet.put(row, column, _text(str(value), runs, looks, look, code or "General"))
            else:
                sheet.put(row, column, drawn_number(_value(kind, float(value), code, from_1904), look))


def _runs_of(book: xlrd.Book, text: str, runs: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The runs of a text by characters; before Excel 97 they are by bytes, of which a Chinese character has two."""
    if book.biff_version >= _UNICODE or text.isascii():
        return runs
    encoding = str(book.encoding)
    data = text.encode(encoding)
    return [(len(data[:at].decode(encoding, "ignore")), font) for at, font in runs]


def _text(text: str, runs: Sequence[tuple[int, int]], looks: Looks, look: Look, code: str) -> Content:
    """Returns the content of a cell with a text."""
    if not runs:
        return drawn_plainly(_line_ends(text), look, code)
    pieces = [(_line_ends(piece), font) for piece, font in looks.pieces(text, runs)]
    return formatted(drawn_text(pieces, look), code)


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _value(kind: int, value: float, code: str | None, from_1904: bool) -> Content:
    """Returns the content of a cell with a number, a truth or an error."""
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Content("TRUE" if value else "FALSE")
    if kind == xlrd.XL_CELL_ERROR:
        text = xlrd.error_text_from_code.get(int(value), "#ERR!")
        return Content(text, f"单元格显示的是错误值 {text}；请改正公式")
    shown = Content(*show_number(value, code or "General", from_1904=from_1904))
    return shown if code is not None else shown._replace(doubt=NO_STYLE)
