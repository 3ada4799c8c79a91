"""An old workbook that has lost cells, texts or styles is refused or doubted: xlrd reads the rest without a word."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read.model import Grid
from perfeval_lint.read.sheet.xls import read_xls

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


def noted(book: bytearray) -> list[str]:
    """What the notes on a workbook say is damaged."""
    return [note.message for note in read_xls(bytes(book), "a.xls").notes if note.code == "damaged"]


def doubted(book: bytearray) -> list[str]:
    """The texts of the cells that are doubted."""
    blocks = read_xls(bytes(book), "a.xls").blocks
    return [cell.text for block in blocks if isinstance(block, Grid) for cell in block.cells if cell.doubt]


def test_the_sound_one_is_read(book: bytearray) -> None:
    assert not refused(book)


@pytest.mark.parametrize("kind", [LABELSST, NUMBER])
def test_a_cell_whose_record_became_another(book: bytearray, kind: int) -> None:
    struct.pack_into("<H", book, place(book, kind), 0x55)
    assert refused(book)


@pytest.mark.parametrize(("row", "what"), [(1, "同一处有两个单元格（A2）"), (900, "单元格在文件所列的行之外（A901）")])
def test_a_cell_moved_to_another_row(book: bytearray, row: int, what: str) -> None:
    struct.pack_into("<H", book, place(book, LABELSST) + 4, row)
    (note,) = noted(book)
    assert what in note
    assert doubted(book)


def test_texts_counted_more_often_than_they_are_used_are_no_damage(book: bytearray) -> None:
    at = place(book, SST) + 4
    struct.pack_into("<I", book, at, struct.unpack_from("<I", book, at)[0] + 5)
    assert not refused(book)
    assert not noted(book)


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
    assert doubted(book) == ["44566"]


def test_rows_that_are_missing_at_the_end(book: bytearray) -> None:
    at = place(book, DIMENSIONS) + 8
    end = struct.unpack_from("<I", book, at)[0]
    struct.pack_into("<I", book, at, end + 5)
    (note,) = noted(book)
    assert f"文件写明用到第 {end + 5} 行，只有 {end} 行，可能缺少行" in note


def test_what_follows_the_last_sheet_is_no_record(book: bytearray) -> None:
    at = place(book, EOF, -1) + 4
    book[at : at + 8] = b"\0\0\x05\0abcd"
    assert not refused(book)


def test_a_workbook_cut_off_between_records(book: bytearray) -> None:
    at = place(book, EOF, -1)
    book[at:] = bytes(len(book) - at)
    assert refused(book)


def test_chinese_under_a_western_code_page(files: Path) -> None:
    (grid,) = read_xls((files / "western.xls").read_bytes(), "a.xls").blocks
    assert isinstance(grid, Grid)
    assert grid.cells[0].text == "项目支出绩效自评表"
