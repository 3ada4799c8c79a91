"""An old workbook that has lost cells, texts or styles is refused: xlrd reads the rest as if nothing were missing."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read.model import Grid
from perfeval_lint.read.xls import read_xls

SST, LABELSST, ROW, XF, FORMAT = 0xFC, 0xFD, 0x208, 0xE0, 0x41E
EOF, NUMBER, DIMENSIONS = 0x0A, 0x203, 0x200


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """The place, kind and length of every record."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if not kind:
            return
        yield at, kind, length
        at += 4 + length


@pytest.fixture
def book(files: Path) -> bytearray:
    """The bytes of a sound workbook, whose stream stands in one piece after the container's head."""
    return bytearray((files / "form.xls").read_bytes())


def place(book: bytearray, kind: int, which: int = 0) -> int:
    """Where a record of a kind stands in the file."""
    start = book.index(struct.pack("<HHHH", 0x809, 16, 0x600, 5))
    return start + [at for at, found, _ in records(bytes(book[start:])) if found == kind][which]


def refused(book: bytearray) -> bool:
    try:
        read_xls(bytes(book), "a.xls")
    except UnreadableFile as error:
        return error.problem.code == "damaged"
    return False


def test_the_sound_one_is_read(book: bytearray) -> None:
    assert not refused(book)


@pytest.mark.parametrize("kind", [LABELSST, NUMBER])
def test_a_cell_whose_record_became_another(book: bytearray, kind: int) -> None:
    struct.pack_into("<H", book, place(book, kind), 0x55)
    assert refused(book)


@pytest.mark.parametrize("row", [1, 900])
def test_a_cell_moved_to_another_row(book: bytearray, row: int) -> None:
    struct.pack_into("<H", book, place(book, LABELSST) + 4, row)
    assert refused(book)


def test_a_text_whose_length_is_wrong(book: bytearray) -> None:
    at = place(book, SST) + 12
    struct.pack_into("<H", book, at, struct.unpack_from("<H", book, at)[0] + 3)
    assert refused(book)


def test_a_record_whose_length_is_wrong(book: bytearray) -> None:
    at = place(book, ROW) + 2
    struct.pack_into("<H", book, at, 12)
    assert refused(book)


def test_a_style_that_is_lost(book: bytearray) -> None:
    struct.pack_into("<H", book, place(book, XF, 3), 0x55)
    assert refused(book)


def test_a_number_format_that_is_lost(book: bytearray) -> None:
    struct.pack_into("<H", book, place(book, FORMAT, -1), 0x55)
    assert refused(book)


def test_rows_that_are_missing_at_the_end(book: bytearray) -> None:
    at = place(book, DIMENSIONS) + 8
    struct.pack_into("<I", book, at, struct.unpack_from("<I", book, at)[0] + 5)
    assert refused(book)


def test_a_workbook_cut_off_between_records(book: bytearray) -> None:
    at = place(book, EOF, -1)
    book[at:] = bytes(len(book) - at)
    assert refused(book)


def test_chinese_under_a_western_code_page(files: Path) -> None:
    (grid,) = read_xls((files / "western.xls").read_bytes(), "a.xls").blocks
    assert isinstance(grid, Grid)
    assert grid.cells[0].text == "项目支出绩效自评表"
