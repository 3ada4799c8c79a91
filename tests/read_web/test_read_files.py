"""Which reader a file gets, what is refused and how, and old files by way of LibreOffice."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read import office
from perfeval_lint.read.kind import Kind, kind_of
from perfeval_lint.read.model import Grid, Reading
from perfeval_lint.read.read import CONVERTERS, READERS, REFUSED, read

FIXTURES = Path(__file__).parent / "fixtures"
PAGE = "<html><table><tr><td>项目<td>名称</table>".encode("gbk")
RTF = rb"{\rtf1\ansi\trowd\cellx2000\cellx4000\intbl A\cell B\cell\row\pard x\par}"
EXCEL_XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>
<Row><Cell><Data ss:Type="String">A</Data></Cell><Cell><Data ss:Type="String">B</Data></Cell></Row>
</Table></Worksheet></Workbook>""".encode()


def zipped(*names: str, **contents: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in {**contents, **dict.fromkeys(names, "")}.items():
            archive.writestr(name, content)
    return stream.getvalue()


def ole(name: str) -> bytes:
    entry = name.encode("utf-16-le")
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
        + entry.ljust(64, b"\0")
        + bytes([len(entry) + 2, 0])
        + bytes(62)
    )


@pytest.mark.parametrize(
    ("data", "suffix", "kind"),
    [
        (b"", ".xls", Kind.EMPTY),
        (zipped("[Content_Types].xml", "word/document.xml"), ".docx", Kind.DOCX),
        (zipped("word\\document.xml"), ".docx", Kind.DOCX),
        (zipped("xl/workbook.xml"), ".xls", Kind.XLSX),
        (zipped("xl/workbook.bin", "xl/x.xml"), ".xlsx", Kind.XLSB),
        (zipped("ppt/presentation.xml"), ".docx", Kind.SLIDES),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), ".ods", Kind.ODS),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), ".odt", Kind.ODT),
        (zipped("OFD.xml", "Doc_0/Document.xml"), ".ofd", Kind.OFD),
        (zipped("自评表.docx"), ".docx", Kind.ARCHIVE),
        (zipped("word/document.xml")[:60], ".docx", Kind.BROKEN_ZIP),
        (ole("WordDocument"), ".wps", Kind.DOC),
        (ole("Workbook"), ".et", Kind.XLS),
        (ole("Book"), ".xls", Kind.XLS),
        (ole("EncryptedPackage"), ".docx", Kind.ENCRYPTED),
        (ole("PowerPoint Document"), ".doc", Kind.SLIDES),
        (ole("Other"), ".doc", Kind.OLE),
        (RTF, ".doc", Kind.RTF),
        (b"\xef\xbb\xbf\n%PDF-1.7", ".doc", Kind.PDF),
        (b"\x89PNG\r\n\x1a\n", ".pdf", Kind.PICTURE),
        (b"\xff\xd8\xff\xe0", ".jpg", Kind.PICTURE),
        (b"II*\0", ".tif", Kind.PICTURE),
        (b"BM\0\0\0\0\0\0\0\0", ".bmp", Kind.PICTURE),
        (b"Rar!\x1a\x07\0", ".rar", Kind.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c", ".docx", Kind.ARCHIVE),
        (PAGE, ".xls", Kind.HTML),
        ("\ufeff<!-- x --><!DOCTYPE html><p>".encode("utf-16-le"), "", Kind.HTML),
        (b"x <td>y", ".xls", Kind.HTML),
        (b"x <td>y", ".txt", Kind.TEXT),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n", ".doc", Kind.MHTML),
        (EXCEL_XML, ".xls", Kind.EXCEL_XML),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>', ".doc", Kind.WORD_XML),
        ("项目|名称".encode(), ".xls", Kind.TEXT),
        ("项目|名称".encode("utf-16"), ".txt", Kind.TEXT),
        (b"\x01\0\x02\0", ".txt", Kind.UNKNOWN),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else None,  # zips bear the time of day
)  # fmt: skip
def test_kinds_go_by_content(data: bytes, suffix: str, kind: Kind) -> None:
    assert kind_of(data, suffix) is kind


def test_each_kind_is_read_or_refused() -> None:
    assert Counter([*READERS, *CONVERTERS, *REFUSED]) == Counter(Kind)


@pytest.mark.parametrize(
    ("name", "needed"),
    [("form.html", {"lxml", "selectolax"}), ("from_excel.pdf", {"lxml", "pypdfium2"})],
)
def test_a_file_loads_the_libraries_of_its_kind_alone(name: str, needed: set[str]) -> None:
    code = (
        f"import sys; from perfeval_lint.read.read import read; read(open({str(FIXTURES / name)!r}, 'rb').read(), 'x')"
    )
    code += "; print(*{'lxml', 'olefile', 'pypdfium2', 'selectolax', 'xlrd'} & {*sys.modules})"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, env={**os.environ, "PYTHONPATH": "lint"}, capture_output=True, check=True, text=True)
    assert set(done.stdout.split()) == needed


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_says_what_to_do(kind: Kind) -> None:
    _, message = REFUSED[kind]
    assert "请" in message


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty"), (b"\x89PNG\r\n\x1a\n", "picture"), (ole("EncryptedPackage"), "protected")]
)
def test_refused_files_raise_with_their_name(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(data, "甲/表.docx")
    assert (caught.value.problem.code, caught.value.problem.file) == (code, "甲/表.docx")


def test_a_page_named_xls_is_read_with_a_note() -> None:
    reading = read(PAGE, "表.XLS")
    assert isinstance(reading.blocks[0], Grid)
    assert [note.code for note in reading.notes] == ["suffix-mismatch"]
    assert not read(PAGE, "表.html").notes
    assert not read(PAGE, "<stdin>").notes


def test_random_and_cut_files_raise_nothing_else() -> None:
    chance = random.Random(1)
    starts = (
        b"",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"<table>",
        b"MIME-Version: 1.0\nmultipart/",
    )
    for number in range(300):
        data = starts[number % len(starts)] + chance.randbytes(chance.randrange(600))
        try:
            read(data, chance.choice(("x.docx", "x.xls", "x.txt", "x.html", "x")))
        except UnreadableFile:
            continue


@pytest.fixture
def libreoffice() -> None:
    if office.soffice() is None:
        assert not os.environ.get("CI"), "LibreOffice is not installed; the readers of old files are untested"
        pytest.skip("LibreOffice is not installed")


def texts(reading: Reading) -> list[list[str]]:
    return [[cell.text for cell in block.cells] for block in reading.blocks if isinstance(block, Grid)]


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize(("data", "file"), [(RTF, "x.rtf"), (EXCEL_XML, "x.xls")])
def test_old_files_by_way_of_libreoffice(data: bytes, file: str) -> None:
    reading = read(data, file)
    assert texts(reading) == [["A", "B"]]
    assert "through-libreoffice" in [note.code for note in reading.notes]


@pytest.mark.usefixtures("libreoffice")
def test_an_old_word_file_keeps_the_cells_of_its_form() -> None:
    def plain(reading: Reading) -> list[str]:
        return ["".join(text.split()) for grid in texts(reading) for text in grid]

    assert plain(read((FIXTURES / "form.doc").read_bytes(), "form.doc")) == plain(
        read((FIXTURES / "form.html").read_bytes(), "form.html")
    )


@pytest.mark.usefixtures("libreoffice")
def test_a_damaged_old_file_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        read(ole("WordDocument"), "x.doc")


@pytest.mark.usefixtures("libreoffice")
def test_a_conversion_without_end_is_stopped() -> None:
    with pytest.raises(UnreadableFile, match="超过"):
        read(RTF, "x.rtf", 0.01)


def test_without_libreoffice_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "soffice", lambda: None)
    with pytest.raises(UnreadableFile, match=r"另存为 \.docx"):
        read(RTF, "x.rtf")
