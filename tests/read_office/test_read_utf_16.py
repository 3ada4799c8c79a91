"""Office files whose parts are in UTF-16, the other encoding the formats allow, read as those in UTF-8."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from perfeval_lint.read.read import read

_DECLARED = re.compile(r"^<\?xml[^>]*\?>")


def in_utf_16(data: bytes) -> bytes:
    """The same package with every part of XML in UTF-16."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if part.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
                text = _DECLARED.sub("", part.decode("utf-8-sig"))
                part = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
            new.writestr(name, part)
    return out.getvalue()


def word_file() -> bytes:
    """A table with a value that a character style strikes out beside the one that holds."""
    document = docx.Document()
    style = document.styles.add_style("作废", WD_STYLE_TYPE.CHARACTER)
    style.font.strike = True
    paragraph = document.add_table(1, 1).cell(0, 0).paragraphs[0]
    paragraph.add_run("97%", style=style)
    paragraph.add_run("98.5%")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["drawn.xlsx", "drawn.ods"])
def test_a_workbook_in_utf_16(files: Path, name: str) -> None:
    data = (files / name).read_bytes()
    assert read(in_utf_16(data), name) == read(data, name)


def test_a_word_file_in_utf_16() -> None:
    reading = read(word_file(), "a.docx")
    assert ["“97%”" in note.message for note in reading.notes] == [True]
    assert read(in_utf_16(word_file()), "a.docx") == reading
