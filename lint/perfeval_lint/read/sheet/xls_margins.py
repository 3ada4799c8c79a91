"""Page headers, text boxes and notes of the sheets of an old Excel workbook, which xlrd does not give."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from perfeval_lint.read.model import Margin
from perfeval_lint.read.sheet.margins import header_texts, note_margins, page_margins
from perfeval_lint.read.sheet.xls_records import CONTINUE, Record, Substream

_HEADERS = {0x14: "页眉", 0x15: "页脚"}
_OBJECT, _TEXT = 0x5D, 0x1B6
_NOTE = 0x19  # the kind of object that holds the note of a cell


def margins_of(sheet: Substream, name: str) -> Iterator[Margin]:
    """Yields the headers, text boxes and notes of a worksheet of Excel 97 to 2003."""
    for record in sheet.records:
        where = _HEADERS.get(record.kind)
        if where and len(record.data) > 3:
            code = _letters(record.data[3:], is_wide=bool(record.data[2] & 1))
            yield from page_margins(name, ((where, text) for text in header_texts(code)))
    for is_note, text in _boxes(sheet.records):
        yield from note_margins(name, [text]) if is_note else page_margins(name, [("文本框", text)])


def _boxes(records: Sequence[Record]) -> Iterator[tuple[bool, str]]:
    """The texts of boxes, each with whether it is the note of a cell."""
    is_note = False
    for at, record in enumerate(records):
        if record.kind == _OBJECT and len(record.data) >= 6:
            is_note = struct.unpack_from("<H", record.data, 4)[0] == _NOTE
        elif record.kind == _TEXT and len(record.data) >= 12:
            length = struct.unpack_from("<H", record.data, 10)[0]
            yield is_note, _continued(records[at + 1 :], length)


def _continued(records: Sequence[Record], length: int) -> str:
    """A text of so many letters that the next records hold, each with a byte before it for how wide they are."""
    text = ""
    for record in records:
        if len(text) >= length or record.kind != CONTINUE or not record.data:
            break
        text += _letters(record.data[1:], is_wide=bool(record.data[0] & 1))
    return text[:length].replace("\r", "\n")


def _letters(data: bytes, *, is_wide: bool) -> str:
    return data.decode("utf-16-le" if is_wide else "latin-1", "replace")
