"""Workbooks from before Excel 97: their code pages, and streams without a container."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read.model import Grid
from perfeval_lint.read.read import read

SIMPLIFIED = ("项目名称", "基层业务培训", "绩效指标", "实际完成值", "举办培训班", "≥98%")
TRADITIONAL = ("項目名稱", "基層業務培訓", "績效指標", "實際完成值", "舉辦培訓班", "98%")
WESTERN = ("Prénom", "Déjà vu", "naïve", "café", "1", "2")
_BOOK, _SHEET = 5, 0x10


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def labels(texts: list[bytes], style: int = 0) -> bytes:
    cells = enumerate(texts)
    return b"".join(record(0x204, struct.pack("<4H", row, 0, style, len(text)) + text) for row, text in cells)


def excel_5(texts: list[bytes], code_page: int | None) -> bytes:
    """A bare stream of Excel 5: globals and a sheet of one column."""
    begin = record(0x809, struct.pack("<4H", 0x500, _BOOK, 0xDBB, 1996))
    begin += record(0x42, struct.pack("<H", code_page)) if code_page is not None else b""
    begin += record(0x31, struct.pack("<7H", 200, 0, 0x7FFF, 400, 0, 0, 0) + b"\x05Arial") * 4
    begin += record(0xE0, struct.pack("<HHHHHHHH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0)) * 16
    name = b"Sheet1"
    size = len(begin) + 4 + 7 + len(name) + 4
    sheets = record(0x85, struct.pack("<IHB", size, 0, len(name)) + name) + record(0x0A)
    return begin + sheets + record(0x809, struct.pack("<4H", 0x500, _SHEET, 0xDBB, 1996)) + labels(texts) + record(0x0A)


def texts_of(data: bytes) -> tuple[str, ...]:
    (grid,) = read(data, "a.xls").blocks
    assert isinstance(grid, Grid)
    return tuple(cell.text for cell in grid.cells)


@pytest.mark.parametrize(
    ("texts", "encoding", "code_page"),
    [
        *(
            (SIMPLIFIED, "gbk", page)
            for page in (936, 10008, 54936, 950, 1252, 1250, 10000, 437, 32768, 0, 1200, 7, None)
        ),
        *((TRADITIONAL, "big5", page) for page in (950, 10002, 936, 1252, None)),
        *((TRADITIONAL, "gbk", page) for page in (936, 10008)),
        (SIMPLIFIED, "utf-8", 65001),
        *((WESTERN, "cp1252", page) for page in (1252, 32769)),
        (WESTERN, "mac_roman", 10000),
    ],
)
def test_code_pages(texts: tuple[str, ...], encoding: str, code_page: int | None) -> None:
    data = excel_5([text.encode(encoding) for text in texts], code_page)
    assert texts_of(data) == texts


def test_a_code_page_that_is_not_known_is_named() -> None:
    with pytest.raises(UnreadableFile, match="代码页是 1361") as raised:
        read(excel_5([b"\xff\xff\xfe"], 1361), "a.xls")
    assert "另存为 .xlsx" in raised.value.problem.message


def excel_2(texts: list[bytes]) -> bytes:
    cells = (record(0x04, struct.pack("<HH3sB", row, 0, b"", len(text)) + text) for row, text in enumerate(texts))
    return record(0x09, struct.pack("<HH", 2, _SHEET)) + record(0x00, bytes(8)) + b"".join(cells) + record(0x0A)


def excel_3(texts: list[bytes]) -> bytes:
    font = record(0x231, struct.pack("<HHHB", 200, 0, 0x7FFF, 5) + b"Arial")
    styles = record(0x243, struct.pack("<6H", 0, 0xFFF5, 0, 0, 0, 0)) * 16
    return record(0x209, struct.pack("<3H", 3, _SHEET, 0)) + font * 4 + styles + labels(texts, 15) + record(0x0A)


def by_a_program(texts: list[bytes]) -> bytes:
    """As programs write it that know six words of the format by heart."""
    return record(0x809, struct.pack("<4H", 0, _SHEET, 0, 0)) + labels(texts) + record(0x0A)


@pytest.mark.parametrize("make", [excel_2, excel_3, by_a_program])
def test_bare_streams(make: Callable[[list[bytes]], bytes]) -> None:
    data = make([text.encode("gbk") for text in SIMPLIFIED])
    assert texts_of(data) == SIMPLIFIED
    with pytest.raises(UnreadableFile, match="另存为 \\.xlsx"):
        read(data[:-20], "a.xls")


def test_fonts_of_a_text_are_by_bytes() -> None:
    """The struck letters of an Excel 5 text are where its bytes say."""
    text = "完成98人".encode("gbk")
    struck = record(0x31, struct.pack("<7H", 200, 8, 0x7FFF, 400, 0, 0, 0) + b"\x05Arial")
    rich = record(0xD6, struct.pack("<4H", 0, 0, 0, len(text)) + text + bytes((2, 4, 5, 6, 0)))
    data = excel_5([b"x"], 936)
    plain = labels([b"x"])
    font_end = data.index(record(0xE0, struct.pack("<HHHHHHHH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0)))
    at = data.index(b"\x85\0\x0d\0")
    moved = struct.pack("<I", struct.unpack_from("<I", data, at + 4)[0] + len(struck))
    data = data[: at + 4] + moved + data[at + 8 :]
    data = data[:font_end] + struck + data[font_end:]
    assert texts_of(data.replace(plain, rich)) == ("完成人",)
