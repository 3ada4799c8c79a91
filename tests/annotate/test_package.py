"""An office file changed in place: what is not put stays byte for byte, with dates, packing and extra fields."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from perfeval_lint.annotate.archive import rewritten
from perfeval_lint.annotate.package import OfficeFile
from perfeval_lint.errors import UnreadableFile
from tests.annotate.word_files import p, part_of, types, word_parts, zipped

EXTRA = struct.pack("<HH4s", 0xA220, 4, b"\0\0\0\0")  # the room Word leaves for its parts to grow


class _Stream(io.RawIOBase):
    """Takes a zip without letting it go back, so that lengths stand behind the contents."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.data += bytes(data)
        return len(data)


def _archive(target: io.BytesIO | _Stream) -> None:
    """An archive of many kinds of entries."""
    with zipfile.ZipFile(target, "w") as package:
        package.comment = "备注".encode()
        for number, name in enumerate(("a.xml", "b.xml", "夹/丙.xml", "media/image1.png")):
            entry = zipfile.ZipInfo(name, (1999 + number, 2, 3, 4, 5, 6))
            entry.compress_type = zipfile.ZIP_STORED if number == 3 else zipfile.ZIP_DEFLATED
            entry.extra, entry.comment = EXTRA, b"c"
            entry.external_attr = 0o644 << 16
            package.writestr(entry, f"<{name}>" * 200)
        package.writestr(zipfile.ZipInfo("empty/"), b"")


@pytest.fixture(params=["as usual", "streamed", "behind other bytes"])
def archive(request: pytest.FixtureRequest) -> bytes:
    target = _Stream() if request.param == "streamed" else io.BytesIO()
    _archive(target)
    data = target.data if isinstance(target, _Stream) else target.getvalue()
    return b"MZ" * 50 + data if request.param == "behind other bytes" else data


def _told(entry: zipfile.ZipInfo) -> tuple[object, ...]:
    names = (
        *("filename", "date_time", "compress_type", "comment", "extra", "create_system", "create_version"),
        *("extract_version", "flag_bits", "external_attr", "internal_attr", "CRC", "compress_size", "file_size"),
    )
    return tuple(getattr(entry, name) for name in names)


def _raw(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """An entry as it lies, from its local header to the end of its contents."""
    name, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
    return data[entry.header_offset : entry.header_offset + 30 + name + extra + entry.compress_size]


def test_all_other_entries_stay_as_they_lay(archive: bytes) -> None:
    out = rewritten(archive, {"b.xml": b"<new/>", "zz.xml": b"<more/>"})
    with zipfile.ZipFile(io.BytesIO(archive)) as before, zipfile.ZipFile(io.BytesIO(out)) as after:
        assert after.testzip() is None
        assert after.namelist() == [*before.namelist(), "zz.xml"]
        assert (after.read("b.xml"), after.read("zz.xml")) == (b"<new/>", b"<more/>")
        assert after.comment == before.comment
        for old, new in zip(before.infolist(), after.infolist(), strict=False):
            if old.filename == "b.xml":
                assert (new.date_time, new.external_attr) == (old.date_time, old.external_attr)
                assert new.compress_type == old.compress_type
            else:
                assert _told(new) == _told(old)
                assert _raw(out, new) == _raw(archive, old)


def test_a_stored_entry_is_stored_again(archive: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(rewritten(archive, {"media/image1.png": b"new"}))) as after:
        assert after.read("media/image1.png") == b"new"
        assert after.getinfo("media/image1.png").compress_type == zipfile.ZIP_STORED


def test_no_change_gives_the_very_bytes() -> None:
    target = io.BytesIO()
    _archive(target)
    assert rewritten(target.getvalue(), {}) == target.getvalue()


def test_a_workbook_of_another_program_stays_as_it_lay() -> None:
    data = (Path(__file__).parents[1] / "read_office" / "files" / "form.xlsx").read_bytes()
    out = rewritten(data, {"xl/comments1.xml": b"<x/>"})
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(out)) as after:
        olds = before.infolist()
        assert [_told(entry) for entry in after.infolist()[:-1]] == [_told(entry) for entry in olds]
        assert all(_raw(out, after.getinfo(old.filename)) == _raw(data, old) for old in olds)


def test_entries_over_one_another_are_refused() -> None:
    data = bytearray(zipped({"a.xml": "<a/>", "b.xml": "<b/>"}))
    second = data.rindex(b"PK\1\2")
    data[second + 42 : second + 46] = struct.pack("<I", 0)  # the record of b.xml points to a.xml
    with pytest.raises(zipfile.BadZipFile):
        rewritten(bytes(data), {})


def test_damaged_files_are_refused_in_words_or_written_whole() -> None:
    data = zipped(word_parts(p("题")) | {"word/x.xml": "<x/>" * 50})
    chance = random.Random(7)
    for _ in range(400):
        broken = bytearray(data)
        for _ in range(3):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            office = OfficeFile(bytes(broken), "a.docx", ".docx")
            office.declare("word/new.xml", "a/b")
            office.put("word/new.xml", b"<new/>")
            out = office.to_bytes()
        except UnreadableFile:
            continue
        assert part_of(out, "word/new.xml") == b"<new/>"


def _office() -> OfficeFile:
    return OfficeFile(zipped(word_parts(p("题")) | {"word/comments2.xml": "<x/>"}), "a.docx", ".docx")


def test_relations_get_free_ids_and_relative_targets() -> None:
    office = _office()
    assert office.relate("word/document.xml", "comments", "word/comments.xml") == "rId1"
    assert office.relate("word/document.xml", "http://x/people", "docProps/people.xml", strict=True) == "rId2"
    assert office.relate("", "custom", "custom.xml") == "rId1"
    found = etree.fromstring(part_of(office.to_bytes(), "word/_rels/document.xml.rels"))
    assert [(each.get("Type", "").rpartition("/")[2], each.get("Target")) for each in found] == [
        ("comments", "comments.xml"),
        ("people", "../docProps/people.xml"),
    ]
    top = etree.fromstring(part_of(office.to_bytes(), "_rels/.rels"))
    assert [each.get("Target") for each in top] == ["word/document.xml", "custom.xml"]


def test_types_are_declared_once() -> None:
    office = _office()
    for kind in ("a/b", "c/d"):
        office.declare("word/comments.xml", kind)
        office.declare_default("vml", kind)
    written = part_of(office.to_bytes(), "[Content_Types].xml").decode()
    assert written.count('PartName="/word/comments.xml" ContentType="c/d"') == 1
    assert written.count("/word/comments.xml") == 1
    assert written.count('Extension="vml" ContentType="a/b"') == 1
    assert written.startswith(types()[:55])


def test_a_free_name_is_one_no_part_has() -> None:
    office = _office()
    assert office.free_name("word", "comments", "xml") == "word/comments.xml"
    office.put("word/Comments.xml", b"<x/>")
    assert office.free_name("word", "comments", "xml") == "word/comments3.xml"


def test_names_go_without_case() -> None:
    office = _office()
    office.put("WORD/document.XML", b"<x/>")
    assert part_of(office.to_bytes(), "word/document.xml") == b"<x/>"
