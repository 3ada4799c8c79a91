"""Files that are broken, disguised or made to do harm: each a clear refusal, none an exception of another kind."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read import package
from perfeval_lint.read.model import Reading
from perfeval_lint.read.sheet.ods import read_ods
from perfeval_lint.read.sheet.xls import read_xls
from perfeval_lint.read.sheet.xlsx import read_xlsx
from perfeval_lint.read.word.docx import read_docx

Parts = dict[str, str]
Reader = Callable[[bytes, str], Reading]
ALL = [read_docx, read_xlsx, read_ods, read_xls]
ZIPPED = [read_docx, read_xlsx, read_ods]
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def refusal(reader: Reader, data: bytes) -> tuple[str, str]:
    with pytest.raises(UnreadableFile) as caught:
        reader(data, "某县.表")
    assert caught.value.problem.file == "某县.表"
    return caught.value.problem.code, caught.value.problem.message


@pytest.fixture
def word(zip_of: Callable[[Parts], bytes], word_parts: Callable[[str], Parts]) -> Callable[[str], bytes]:
    """A Word file whose body is this XML."""
    return lambda body: zip_of(word_parts(body))


@pytest.mark.parametrize("reader", ALL)
def test_no_bytes(reader: Reader) -> None:
    code, message = refusal(reader, b"")
    assert code == "empty"
    assert "0 字节" in message


@pytest.mark.parametrize("reader", ALL)
def test_a_password(reader: Reader) -> None:
    data = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert refusal(reader, data)[0] == "encrypted"


@pytest.mark.parametrize("reader", ALL)
@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><table></table></html>", "网页"),
        (b"{\\rtf1}", "RTF"),
        (b"\0\1\2\3", "认不出"),
        (b"   ", "认不出"),
    ],
)
def test_another_kind_of_file(reader: Reader, data: bytes, looks: str) -> None:
    code, message = refusal(reader, data)
    assert code == "wrong-kind"
    assert looks in message


@pytest.mark.parametrize("reader", ZIPPED)
def test_an_old_office_file(reader: Reader, files: Path) -> None:
    code, message = refusal(reader, (files / "form.xls").read_bytes())
    assert code == "wrong-kind"
    assert ".doc、.xls" in message


@pytest.mark.parametrize("reader", ZIPPED)
def test_a_zip_of_something_else(reader: Reader, zip_of: Callable[[Parts], bytes]) -> None:
    assert refusal(reader, zip_of({"照片/1.txt": "x"}))[0] == "wrong-kind"


def test_office_files_under_the_wrong_name(files: Path, word: Callable[[str], bytes]) -> None:
    assert "Excel 工作簿" in refusal(read_docx, (files / "form.xlsx").read_bytes())[1]
    assert "Word 文档" in refusal(read_xlsx, word("<w:p/>"))[1]
    assert refusal(read_docx, (files / "form.ods").read_bytes())[0] == "wrong-kind"
    assert refusal(read_xls, (files / "form.xlsx").read_bytes())[0] == "wrong-kind"


@pytest.mark.parametrize("kept", [4, 30, 1000, 6000])
def test_a_zip_cut_off(files: Path, kept: int) -> None:
    assert refusal(read_xlsx, (files / "form.xlsx").read_bytes()[:kept])[0] == "damaged"


def test_entries_under_a_password(word: Callable[[str], bytes]) -> None:
    data = bytearray(word("<w:p/>"))
    at = data.find(b"PK\x01\x02")
    while at >= 0:  # the flag of encryption, in the directory
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    assert refusal(read_docx, bytes(data))[0] == "encrypted"


def test_other_ways_of_packing_are_refused(word_parts: Callable[[str], Parts]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as packed:
        for name, content in word_parts("<w:p/>").items():
            packed.writestr(name, content)
    assert refusal(read_docx, buffer.getvalue())[0] == "damaged"


def test_a_bomb_that_says_its_size(word: Callable[[str], bytes]) -> None:
    assert refusal(read_docx, word(" " * 30_000_000))[0] == "too-large"


def test_a_bomb_that_hides_its_size(word: Callable[[str], bytes]) -> None:
    data = word(" " * 30_000_000)
    size = zipfile.ZipFile(io.BytesIO(data)).getinfo("word/document.xml").file_size
    lied = data.replace(struct.pack("<I", size), struct.pack("<I", 500))
    assert refusal(read_docx, lied)[0] == "damaged"


def test_a_part_beyond_the_limit(word: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_TOTAL", 500)
    assert refusal(read_docx, word("<w:p/>" * 50))[0] == "too-large"


def test_too_many_elements(word: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_MARKS", 100)
    assert refusal(read_docx, word("<w:p/>" * 101))[0] == "too-large"


def test_too_many_paragraphs(word: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfeval_lint.read.word.docx.MAX_PARAGRAPHS", 10)
    assert refusal(read_docx, word("<w:p/>" * 11))[0] == "too-large"


def test_too_many_entries(zip_of: Callable[[Parts], bytes]) -> None:
    assert refusal(read_docx, zip_of({f"{n}": "" for n in range(package.MAX_ENTRIES + 1)}))[0] == "too-large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(
    zip_of: Callable[[dict[str, str | bytes]], bytes], word_parts: Callable[[str], Parts], encoding: str
) -> None:
    parts: dict[str, str | bytes] = {**word_parts("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>")}
    xml = str(parts["word/document.xml"]).partition("?>")[2]
    doctype = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    parts["word/document.xml"] = (doctype + xml).encode(encoding)
    assert refusal(read_docx, zip_of(parts))[0] == "unsafe-xml"


def test_entities_in_the_lesser_parts_are_refused(
    zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]
) -> None:
    for name in ("_rels/.rels", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"):
        parts = book_parts("<sheetData/>")
        parts[name] = '<!DOCTYPE a [<!ENTITY a "b">]>' + parts[name].partition("?>")[2] or parts[name]
        assert refusal(read_xlsx, zip_of(parts))[0] == "unsafe-xml", name


def test_deep_nesting(word: Callable[[str], bytes]) -> None:
    depth = 5000
    assert refusal(read_docx, word("<w:p>" * depth + "</w:p>" * depth))[0] == "damaged"
    nested = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60
    assert read_docx(word(nested), "a").blocks


def test_broken_xml_names_the_part(word: Callable[[str], bytes]) -> None:
    code, message = refusal(read_docx, word("<w:p>"))
    assert code == "damaged"
    assert "word/document.xml" in message


def test_a_document_without_a_body(zip_of: Callable[[Parts], bytes]) -> None:
    xml = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    assert refusal(read_docx, zip_of({"word/document.xml": xml}))[0] == "damaged"


def test_outside_targets_are_never_opened(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> None:
    parts = book_parts("<sheetData/>")
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = relations.replace(
        'Target="worksheets/sheet1.xml"', 'TargetMode="External" Target="http://127.0.0.1:9/sheet1.xml"'
    )
    assert refusal(read_xlsx, zip_of(parts)) == (
        "damaged",
        "文件已损坏：没有工作表；请重新发送，或用 Office（WPS）打开后另存为 .xlsx",
    )


def test_targets_that_climb_find_nothing(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> None:
    parts = book_parts("<sheetData/>")
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", "../../../../etc/passwd")
    assert refusal(read_xlsx, zip_of(parts))[0] == "damaged"


@pytest.mark.parametrize("span", ["-1", "0", "x", "", "1e9"])
def test_a_span_that_is_no_number_is_one(word: Callable[[str], bytes], span: str) -> None:
    body = f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
    assert read_docx(word(body), "a").blocks[0].cells[0].columns == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("property_", ["gridSpan", "gridBefore"])
def test_a_table_wider_than_any_form(word: Callable[[str], bytes], property_: str) -> None:
    mark = f'<w:{property_} w:val="99999999"/>'
    body = f"<w:tbl><w:tr><w:trPr>{mark}</w:trPr><w:tc><w:tcPr>{mark}</w:tcPr><w:p/></w:tc></w:tr></w:tbl>"
    assert refusal(read_docx, word(body))[0] == "too-large"


def test_merges_without_end_are_cheap(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> None:
    merges = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 20_000))
    sheet = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="900"><c r="GA900"><v>2</v></c></row></sheetData>'
    (grid,) = read_xlsx(zip_of(book_parts(f"{sheet}<mergeCells>{merges}</mergeCells>")), "a").blocks
    assert len(grid.cells) == 1  # type: ignore[union-attr]
