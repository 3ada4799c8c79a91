"""Any bytes: a reader gives a sound grid or raises UnreadableFile, and nothing else."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read.model import Grid, Reading
from perfeval_lint.read.sheet.ods import read_ods
from perfeval_lint.read.sheet.xls import read_xls
from perfeval_lint.read.sheet.xlsx import read_xlsx
from perfeval_lint.read.word.docx import read_docx

Reader = Callable[[bytes, str], Reading]
READERS: dict[str, Reader] = {".docx": read_docx, ".xlsx": read_xlsx, ".ods": read_ods, ".xls": read_xls}
CASES = 150
NUMBERS = [b"0", b"-1", b"99999999", b"999999999999999999999", b"", b"1e999", b"nan", b"2"]
INSERTED = [
    b"<a>",
    b"</a>",
    b"&x;",
    b"\0",
    b"<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    b'<c t="s"><v>9</v></c>',
    b'<mergeCell ref="A1:XFD1048576"/>',
]


@pytest.fixture(scope="session")
def sound(files: Path, zip_of: Callable[..., bytes], word_parts: Callable[[str], dict[str, str]]) -> dict[str, bytes]:
    """A sound file of each kind."""
    text = "<w:p><w:r><w:t>甲</w:t></w:r></w:p>"
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="{{0}}"/></w:tcPr>{text}</w:tc>'
    rows = "".join(f"<w:tr>{cell.format(merge) * 2}</w:tr>" for merge in ("restart", "continue", "continue"))
    word = zip_of(word_parts(f"<w:p><w:r><w:t>题</w:t></w:r></w:p><w:tbl>{rows}</w:tbl>"))
    return {".docx": word} | {kind: (files / f"form{kind}").read_bytes() for kind in (".xlsx", ".ods", ".xls")}


def check(reader: Reader, data: bytes) -> None:
    try:
        reading = reader(data, "f")
    except UnreadableFile:
        return
    for block in reading.blocks:
        if isinstance(block, Grid):
            places = [
                (row, column)
                for cell in block.cells
                for row in range(cell.row, cell.row + cell.rows)
                for column in range(cell.column, cell.column + cell.columns)
            ]
            assert len(places) == len(set(places))
            "".join(cell.text for cell in block.cells).encode()  # no lone surrogates


def mangle_bytes(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice([1, 2, 8])):
        at = chance.randrange(len(out))
        match chance.randrange(4):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                del out[at : at + chance.choice([1, 8, 100])]
            case 2:
                out[at:at] = chance.randbytes(4)
            case _:
                out[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(out) if chance.random() < 0.9 else bytes(out[: chance.randrange(len(out) + 1)])


def mangle_xml(data: bytes, chance: random.Random) -> bytes:
    pieces = re.findall(rb"<[^>]*>|[^<]+", data)
    for _ in range(chance.choice([1, 2, 4])):
        at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        match chance.randrange(5):
            case 0:
                pieces[at] = b""
            case 1:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 2:
                pieces.insert(at, pieces[other])
            case 3:
                pieces[at] = re.sub(rb"\d+", lambda _: chance.choice(NUMBERS), pieces[at])
            case _:
                pieces.insert(at, chance.choice(INSERTED))
    return b"".join(pieces)


def mangle_part(data: bytes, chance: random.Random) -> bytes:
    """The same zip file with one XML part mangled or missing."""
    source = zipfile.ZipFile(io.BytesIO(data))
    names = [name for name in source.namelist() if re.search(r"document|sheet|book|styles|Strings|content|rels", name)]
    picked = chance.choice(names)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name != picked:
                target.writestr(name, content)
            elif chance.random() < 0.95:
                target.writestr(name, mangle_xml(content, chance) if content else content)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", list(READERS))
def test_mangled_bytes(sound: dict[str, bytes], kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(CASES):
        check(READERS[kind], mangle_bytes(sound[kind], chance))


@pytest.mark.parametrize("kind", [".docx", ".xlsx", ".ods"])
def test_mangled_parts(sound: dict[str, bytes], kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(CASES):
        check(READERS[kind], mangle_part(sound[kind], chance))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.sampled_from([b"", b"PK\3\4", b"PK\5\6", bytes.fromhex("d0cf11e0a1b11ae1"), b"\x09\x08"]), st.binary())
def test_any_bytes(start: bytes, rest: bytes) -> None:
    for reader in READERS.values():
        check(reader, start + rest)
