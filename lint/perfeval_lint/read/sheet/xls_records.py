"""The records of an old Excel workbook: what xlrd passes over in silence where a file is damaged, and page headers."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import NamedTuple

# The beginnings of workbooks without an OLE container: of Excel 2, 3, 4 and 5, and of programs that write their own.
BARE = (b"\x09\0\4\0", b"\x09\2\6\0", b"\x09\4\6\0", b"\x09\x08\x08\0", b"\x09\x08\x10\0")
_BOFS = (0x809, 0x409, 0x209, 0x009)
_EOF, CONTINUE, _BOUNDSHEET, _SST, _LABELSST = 0x0A, 0x3C, 0x85, 0xFC, 0xFD
_ROW, _DIMENSIONS, _STYLE, _FORMAT = 0x208, 0x200, 0xE0, 0x41E
_OWN_FORMATS = 164  # the first number of a format that the workbook has to write out
_OF_CELLS = 0  # the kind of a sheet that is no chart and no macros
_MOST = 8228  # bytes of a record; no sheet has as many columns
_HEAD = struct.Struct("<HH")
_LENGTHS = {0x203: 14, 0x27E: 10, _LABELSST: 10, 0x201: 6, _ROW: 16}  # of records that are always as long
_ONE_CELL = frozenset((0x203, 0x27E, 0xFD, 0x201, 0x205, 0x06, 0x204, 0xD6))
_MANY_CELLS = {0xBD: 6, 0xBE: 2}  # MULRK, MULBLANK: bytes a cell, before the last column
# Records found among the rows and cells of a sheet: parts of formulas, indexes, and in a few files more.
_AMONG_CELLS = frozenset(
    (_ROW, CONTINUE, 0xD7, 0x4BC, 0x207, 0x221, 0x236, 0x37, 0xE5, 0x406, 0x206, 0xAB, 0x1D, 0x3D, 0x23E, 0x1B8)
)


class DamagedRecords(Exception):
    """Records that contradict each other, so that none can be trusted."""


class Record(NamedTuple):
    """A record: its kind and its bytes."""

    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Substream:
    """The records between a beginning and its end, charts within left out; `at` is its place in the stream."""

    at: int
    records: tuple[Record, ...]

    def first(self, kind: int) -> Record | None:
        """The first record of a kind."""
        return next((record for record in self.records if record.kind == kind), None)


def _substreams_of(stream: bytes) -> list[Substream]:
    """The workbook's globals and its sheets, in order. Raises DamagedRecords."""
    found: list[Substream] = []
    depth, begin, records = 0, 0, list[Record]()
    for at, kind, length in _heads(stream):
        if kind in _BOFS:
            if not depth:
                begin, records = at, []
            depth += 1
        elif not depth:
            raise DamagedRecords("a record outside every sheet")
        elif kind == _EOF:
            depth -= 1
            if not depth:
                found.append(Substream(begin, tuple(records)))
        elif depth == 1:
            records.append(Record(kind, stream[at + 4 : at + 4 + length]))
    if depth or not found or not _starts(found[0]) <= {substream.at for substream in found}:
        raise DamagedRecords("no end")
    return found


def _heads(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """The place, kind and length of each record, as far as there are any."""
    at, size = 0, len(stream)
    has_zeros = not stream.startswith(BARE[0])  # behind its end; in Excel 2 it is the kind of a record
    while at + 4 <= size:
        kind, length = _HEAD.unpack_from(stream, at)
        if (
            (not kind and has_zeros)
            or length > _MOST
            or at + 4 + length > size
            or (kind in _LENGTHS and _LENGTHS[kind] != length)
        ):
            return
        yield at, kind, length
        at += 4 + length


def _starts(book: Substream) -> set[int]:
    """Returns the places where the sheets of a workbook begin, as its globals say."""
    return {struct.unpack_from("<I", record.data)[0] for record in book.records if record.kind == _BOUNDSHEET}


def worksheets_of(substreams: Sequence[Substream]) -> list[Substream]:
    """The records of the worksheets, in the order of the workbook; sheets of other kinds left out."""
    places = {substream.at: substream for substream in substreams}
    listed = [record.data for book in substreams[:1] for record in book.records if record.kind == _BOUNDSHEET]
    starts = [struct.unpack_from("<I", data)[0] for data in listed if data[5] == _OF_CELLS]
    return [places[start] for start in starts]


def checked_records(stream: bytes) -> list[Substream]:
    """The workbook's globals and its sheets; the one sheet for what is older than Excel 5.

    Raises DamagedRecords where no cell can be trusted; see `contradictions` for what some programs write so.
    """
    book, *_ = found = _substreams_of(stream)
    if len([kind for kind, _ in groupby(record.kind for record in book.records) if kind == _STYLE]) > 1:
        raise DamagedRecords("styles are missing")
    _check_strings(book)
    return found


def unformatted_styles(substreams: Sequence[Substream]) -> set[int]:
    """The places, among the cell styles, of those whose number format is not there; xlrd makes it General."""
    records = [record for book in substreams[:1] for record in book.records if record.kind in (_FORMAT, _STYLE)]
    formats = {record.data[:2] for record in records if record.kind == _FORMAT}
    named = [record.data[2:4] for record in records if record.kind == _STYLE]
    return {
        at
        for at, key in enumerate(named)
        if key not in formats and len(key) == 2 and struct.unpack("<H", key)[0] >= _OWN_FORMATS
    }


class Contradiction(NamedTuple):
    """A contradiction in a sheet, in words, and the cell it is about, None for the sheet."""

    what: str
    place: tuple[int, int] | None = None


def contradictions(sheet: Substream) -> Iterator[Contradiction]:
    """Yields signs that cells of a sheet are lost or misplaced; programs other than Excel write some of them.

    Each cell has a place of its own, in a row of the sheet and before the row's end; no row is missing. Of 410
    sound workbooks of public test suites each of these held for all but one or two; in none was another record among
    the cells, which raises DamagedRecords.
    """
    ends = {row: last for row, last in map(_row_end, sheet.records) if row >= 0}
    counts = Counter(_places(sheet.records))
    for place, count in counts.items():
        row, column = place
        if count > 1:
            yield Contradiction("同一处有两个单元格", place)
        if column >= ends.get(row, 0 if ends else _MOST):
            yield Contradiction("单元格在文件所列的行之外", place)
    if not _kinds_among_cells(sheet.records) <= _AMONG_CELLS:
        raise DamagedRecords("a record that is none among the cells: a cell may have been there")
    size = sheet.first(_DIMENSIONS)
    last = max([*ends, *(row for row, _ in counts)], default=-1)
    if counts and size is not None and len(size.data) == 14:
        (end,) = struct.unpack_from("<I", size.data, 4)
        if end > last + 2:
            yield Contradiction(f"文件写明用到第 {end} 行，只有 {last + 1} 行，可能缺少行")


def _kinds_among_cells(records: Sequence[Record]) -> set[int]:
    """The kinds of the records from the first row or cell to the last cell, cells left out."""
    cells = _ONE_CELL | _MANY_CELLS.keys()
    places = [at for at, record in enumerate(records) if record.kind in cells]
    first = next((at for at, record in enumerate(records) if record.kind in cells or record.kind == _ROW), 0)
    return {record.kind for record in records[first : places[-1] + 1]} - cells if places else set()


def _row_end(record: Record) -> tuple[int, int]:
    """The row that a record is about and where its cells end, -1 where it is about none."""
    if record.kind != _ROW:
        return -1, 0
    row, first, last = struct.unpack_from("<HHH", record.data)
    return row, last if first < last else _MOST


def _places(records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """The places of all cells, blank ones too."""
    for kind, data in records:
        if kind in _ONE_CELL and len(data) >= 6:
            yield _HEAD.unpack_from(data)
        elif kind in _MANY_CELLS and len(data) >= 6:
            row, first = struct.unpack_from("<HH", data)
            (last,) = struct.unpack_from("<H", data, len(data) - 2)
            if (last - first + 1) * _MANY_CELLS[kind] != len(data) - 6:
                raise DamagedRecords("more cells than there are")
            yield from ((row, column) for column in range(first, last + 1))


def _check_strings(book: Substream) -> None:
    """The texts of a workbook end where their records end."""
    at = next((at for at, record in enumerate(book.records) if record.kind == _SST), None)
    if at is None:
        return
    parts = [record.data for record in takewhile(lambda one: one.kind == CONTINUE, book.records[at + 1 :])]
    _Strings([book.records[at].data, *parts]).check()


class _Strings:
    """Walks the texts of a workbook, which go on over several records."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._part, self._at = 0, 8

    def check(self) -> None:
        """Raises DamagedRecords where the texts and their records do not end together."""
        try:
            (count,) = struct.unpack_from("<I", self._parts[0], 4)
            for _ in range(count):
                self._text()
        except (IndexError, struct.error):
            raise DamagedRecords("texts are cut off") from None
        self._settle()
        if self._part < len(self._parts) and self._parts[self._part][self._at :].strip(b"\0"):
            raise DamagedRecords("texts are left over")

    def _text(self) -> None:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        if flags & 0xF2:
            raise DamagedRecords("a text that is none")
        width = 1 + (flags & 1)
        while length:
            left = (len(self._parts[self._part]) - self._at) // width
            taken = min(left, length)
            self._at += taken * width
            length -= taken
            if length:
                self._part, self._at = self._part + 1, 1
                width = 1 + (self._parts[self._part][0] & 1)
        self._take(4 * runs)
        self._take(extra)

    def _take(self, count: int) -> bytes:
        """The next bytes, from the next record where one is used up."""
        out = b""
        while count:
            self._settle()
            piece = self._parts[self._part][self._at : self._at + count]
            self._at += len(piece)
            count -= len(piece)
            out += piece
        return out

    def _settle(self) -> None:
        while self._part < len(self._parts) and self._at >= len(self._parts[self._part]):
            self._part, self._at = self._part + 1, 0
