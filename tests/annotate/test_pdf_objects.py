"""The bytes of PDFs: values as written, cross-references, and what only guesses could read."""

from __future__ import annotations

import io
import random
import zlib
from pathlib import Path

import pikepdf
import pytest

from perfeval_lint.annotate.pdf import file as pdf_file
from perfeval_lint.annotate.pdf.file import PdfFile
from perfeval_lint.annotate.pdf.objects import Name, Node, NotSound, Reference, Value, text_of, value_at
from perfeval_lint.annotate.pdf.streams import unpacked
from perfeval_lint.annotate.pdf.write import annotate_pdf
from perfeval_lint.annotate.remarks import Notes, Remark
from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import PageBox
from perfeval_lint.rule.model import Severity

FORM = Path(__file__).parents[1] / "read_web" / "fixtures" / "form.pdf"
MARK = Remark(PageBox(1, (50.0, 50.0, 90.0, 80.0)), Severity.ERROR, "PE301 错误", "得分", "错", "改正。", ())
NOTES = [Notes(("绩效自评审核",), PageBox(1, (0.0, 0.0, 1.0, 1.0)), (MARK,))]


def plain(value: Value) -> object:
    """A value without its places."""
    if isinstance(value, list):
        return [plain(node.value) for node in value]
    return {key: plain(node.value) for key, node in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b" % a comment\r\n 12", 12),
        (b"-.5", -0.5),
        (b"+4.", 4.0),
        (b"true", True),
        (b"null", None),
        (b"/A#42c", Name(b"ABc")),
        (b"12 0 R", Reference(12, 0)),
        (b"[12 0 R 1 0 2]", [Reference(12, 0), 1, 0, 2]),
        (b"(a(b)c\\)\\\\)", b"a(b)c)\\"),
        (b"(\\101\\7\\n\\\r\nx)", b"A\x07\nx"),
        (b"<4 1 4>", b"A@"),
        (b"<</A<</B[/C/D]>>/E(>>)%>>\n/F<>>>", {b"A": {b"B": [Name(b"C"), Name(b"D")]}, b"E": b">>", b"F": b""}),
    ],
)
def test_values_and_where_they_stand(written: bytes, value: object) -> None:
    node = value_at(written + b" rest", 0)
    assert plain(node.value) == value
    assert plain(value_at(written[node.start : node.end], 0).value) == value


@pytest.mark.parametrize(
    "written",
    [
        *(b"", b"(never ends", b"<</A 1", b"<</A 1/A 2>>", b"<</A>>", b"[1 2", b"<4x>", b"endobj", b"<<1 2>>"),
        *(b"[" * 100_000, b"<</A" * 100_000, b"[" + b"1 " * 300_000 + b"]", b"9" * 5_000, b"(" * 100_000),
    ],
    ids=lambda written: repr(written[:12]),
)
def test_what_is_no_value_or_has_no_end(written: bytes) -> None:
    with pytest.raises(NotSound):
        value_at(written, 0)


def test_strings_as_text() -> None:
    assert text_of("审核".encode("utf-16")) != "审核"
    assert text_of(b"\xfe\xff" + "审核".encode("utf-16-be")) == "审核"
    assert text_of(b"abc") == "abc"
    assert text_of(12) is None


ROWS = [bytes([1, 2, 3]), bytes([250, 4, 9]), bytes([0, 0, 255]), bytes([7, 7, 7]), bytes([9, 8, 1])]


def differences(kind: int) -> bytes:
    """Rows as PNG writes them (RFC 2083, 6)."""
    out, above = b"", bytes(3)
    for row in ROWS:
        left = bytes([0]) + row[:-1]
        corner = bytes([0]) + above[:-1]
        paeth = [
            min((a, b, c), key=lambda side, p=a + b - c: abs(p - side))  # type: ignore[misc]
            for a, b, c in zip(left, above, corner, strict=True)
        ]
        guess = (bytes(3), left, above, [(a + b) // 2 for a, b in zip(left, above, strict=True)], paeth)[kind]
        out += bytes([kind, *((value - expected) & 255 for value, expected in zip(row, guess, strict=True))])
        above = row
    return out


@pytest.mark.parametrize("kind", range(5))
def test_rows_by_differences(kind: int) -> None:
    entries = value_at(b"<</Filter[/FlateDecode]/DecodeParms[<</Predictor 15/Columns 3>>]>>", 0).value
    assert isinstance(entries, dict)
    assert unpacked(zlib.compress(differences(kind)), entries) == b"".join(ROWS)


@pytest.mark.parametrize(
    ("content", "entries"),
    [
        (zlib.compress(bytes(40 * 1024 * 1024)), b"<</Filter/FlateDecode>>"),
        (zlib.compress(b"abc")[:-5], b"<</Filter/FlateDecode>>"),
        (b"abc", b"<</Filter/FlateDecode>>"),
        (b"abc", b"<</Filter/LZWDecode>>"),
        (b"abc", b"<</Filter[/FlateDecode/FlateDecode]>>"),
        (zlib.compress(bytes([9, 1, 1, 1])), b"<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 3>>>>"),
        (zlib.compress(bytes(8)), b"<</Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 3>>>>"),
        (zlib.compress(bytes(8)), b"<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 0>>>>"),
    ],
    ids=[
        "bomb",
        "cut",
        "not packed",
        "other packing",
        "packed twice",
        "unknown row",
        "other differences",
        "no columns",
    ],
)
def test_streams_that_are_not_unpacked(content: bytes, entries: bytes) -> None:
    value = value_at(entries, 0).value
    assert isinstance(value, dict)
    with pytest.raises(NotSound):
        unpacked(content, value)


def written(
    trailer: bytes = b"",
    pages: bytes = b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    startxref: int | None = None,
    page: bytes = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<<>>>>",
) -> bytes:
    """A PDF of one page with its table."""
    bodies = [b"<</Type/Catalog/Pages 2 0 R>>", pages, page]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 4\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size 4%s>>\n" % (rows, trailer)
    return data + table + b"startxref\n%d\n%%%%EOF" % (len(data) if startxref is None else startxref)


def test_blanks_before_the_table() -> None:
    data = written().replace(b"xref\n0 4", b"\n xref\n0 4")
    pdf = pikepdf.open(io.BytesIO(annotate_pdf(data, "x.pdf", NOTES)))
    assert len(pdf.pages[0].Annots) == 4


@pytest.mark.parametrize("nothing", [b"null", b"[]", b"9 0 R"])
def test_a_page_with_a_list_of_no_annotations(nothing: bytes) -> None:
    data = written(page=b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Annots %s/Resources<<>>>>" % nothing)
    pdf = pikepdf.open(io.BytesIO(annotate_pdf(data, "x.pdf", NOTES)))
    assert len(pdf.pages[0].Annots) == 4


def test_annotations_that_are_no_list_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="内部目录"):
        annotate_pdf(written(page=b"<</Type/Page/Parent 2 0 R/Annots 7/MediaBox[0 0 9 9]>>"), "x.pdf", NOTES)


def test_a_small_file_by_its_table() -> None:
    ((reference, page),) = PdfFile(written()).pages()
    assert reference == Reference(3, 0)
    assert page.raw(page.entries[b"MediaBox"]) == b"[0 0 300 200]"
    done = annotate_pdf(written(), "x.pdf", NOTES)
    assert done.startswith(written() + b"\n")
    assert pikepdf.open(io.BytesIO(done)).check_pdf_syntax() == []


@pytest.mark.parametrize(
    "data",
    [
        written(b"/Prev 9999"),
        written(b"/Prev %d" % written().index(b"xref")),
        written(b"/Prev -1"),
        written(b"/XRefStm 12"),
        written(b"/Encrypt 3 0 R"),
        written(startxref=0),
        written(startxref=10**9),
        written(pages=b"<</Kids[2 0 R]/Count 1>>"),
        written(pages=b"<</Kids[2 0 R 2 0 R 2 0 R]/Count 1>>"),
        written(pages=b"<</Kids[9 0 R]/Count 1>>"),
        written(pages=b"<</Kids 7/Count 1>>"),
        written(pages=b"[]"),
        written().replace(b"0000000000 65535", b"9999999999 65535").replace(b"0 4\n", b"0 9\n"),
        written().replace(b"3 0 obj", b"4 0 obj"),
        b"",
        b"%PDF-1.4\nstartxref\n9\n%%EOF",
    ],
)
def test_files_that_contradict_themselves(data: bytes) -> None:
    with pytest.raises(NotSound):
        PdfFile(data).pages()


def sections(count: int, size: int) -> bytes:
    """That many cross-reference streams, each of zeros and before the next."""
    data, before = b"%PDF-1.5\n", b""
    packed = zlib.compress(bytes(size))
    for number in range(1, count + 1):
        start = len(data)
        data += b"%d 0 obj<</Type/XRef/W[1 1 1]/Size %d/Root 1 0 R/Filter/FlateDecode/Length %d%s>>stream\n" % (
            *(number, size // 3, len(packed), before),
        )
        data += packed + b"\nendstream endobj\n"
        before = b"/Prev %d" % start
    return data + b"startxref\n%d\n%%%%EOF" % start


def in_object_stream(head: bytes, first: int) -> bytes:
    """A PDF whose catalogue is in an object stream that begins with `head`."""
    data = b"%PDF-1.5\n"
    content = head + b"<</Pages 1 0 R>>"
    stream = len(data)
    data += b"2 0 obj<</Type/ObjStm/N 1/First %d/Length %d>>stream\n%s\nendstream endobj\n" % (
        *(first, len(content), content),
    )
    rows = bytes(3) + bytes([2, 2, 0]) + bytes([1, stream, 0]) + bytes(3)
    start = len(data)
    data += b"3 0 obj<</Type/XRef/W[1 1 1]/Size 4/Root 1 0 R/Length 12>>stream\n%s\nendstream endobj\n" % rows
    return data + b"startxref\n%d\n%%%%EOF" % start


@pytest.mark.parametrize(
    "data",
    [
        sections(3, 1_200_000),
        sections(400, 300_000),
        written(pages=b"<</Kids[%s]/Count 1>>" % (b"3 0 R " * 3_000)),
        written(pages=b"<</Kids[%s]/Count 1>>" % (b"2 0 R " * 1_500)),
        in_object_stream(b"1 0 " * 300_000, 1_200_000),
        in_object_stream(b"1 x ", 4),
        in_object_stream(b"1 0 7 ", 6),
        in_object_stream(b"7 0 ", 4),
        in_object_stream(b"1 99 ", 5),
    ],
    ids=["entries", "unpacked", "pages", "tree", "head", "no number", "odd", "another", "outside"],
)
def test_files_that_would_never_be_done_with(data: bytes) -> None:
    with pytest.raises(NotSound):
        PdfFile(data).pages()


def test_every_bound_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    pikepdf.open(FORM).save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    data = annotate_pdf(out.getvalue(), "x.pdf", NOTES)
    assert len(PdfFile(data).pages()) == 2
    for bound in ("_MAX_READ", "_MAX_OBJECTS", "_MAX_NODES", "_MAX_SECTIONS", "_MAX_HEAD"):
        with monkeypatch.context() as patch:
            patch.setattr(pdf_file, bound, 1)
            with pytest.raises(NotSound):
                PdfFile(data).pages()


def test_what_is_unpacked_counts_as_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = in_object_stream(b"1 0 " + b" " * 9_000, 9_004)
    found = PdfFile(data).at(Reference(1, 0))
    assert found is not None
    assert found.node.value
    monkeypatch.setattr(pdf_file, "_MAX_READ", 5_000)
    with pytest.raises(NotSound):
        PdfFile(data).at(Reference(1, 0))


def test_one_page_listed_twice_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="内部目录"):
        annotate_pdf(written(pages=b"<</Kids[3 0 R 3 0 R]/Count 2>>"), "x.pdf", NOTES)


@pytest.mark.parametrize("streams", [False, True])
def test_damaged_bytes_give_a_sound_file_or_a_refusal(streams: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if streams else pikepdf.ObjectStreamMode.disable
    out = io.BytesIO()
    pikepdf.open(FORM).save(out, object_stream_mode=mode)
    sound, chance, done = out.getvalue(), random.Random(7), 0
    for _ in range(400):
        data = bytearray(sound)
        for _ in range(chance.randrange(1, 12)):
            # Near the end, where the cross-references are, as often as anywhere.
            least = chance.choice((0, len(data) - 900))
            data[chance.randrange(least, len(data))] = chance.choice((chance.randrange(256), *b"0123456789<>[]/ "))
        try:
            annotated = annotate_pdf(bytes(data), "x.pdf", NOTES)
        except UnreadableFile:
            continue
        assert annotated.startswith(bytes(data))
        done += 1
    assert 0 < done < 400


def test_places_of_nodes_are_those_of_the_bytes() -> None:
    assert value_at(b"  /A ", 0) == Node(Name(b"A"), 2, 4)
