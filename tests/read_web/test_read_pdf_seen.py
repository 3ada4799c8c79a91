"""PDF: a cell holds what a person sees in it; what is left out is named, and what is unsure is doubted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read.model import Grid, Line
from perfeval_lint.read.pdf.pdf import read_pdf
from tests.drawn import LEVEL, UPRIGHT, WORDS, at, drawn, stream, stroke

TABLE = stroke(*LEVEL, *UPRIGHT)
ROW = "".join(at(x, 130, text) for x, text in ((55, "57.00"), (115, "95%"), (175, "9.5")))
SHOWN = ["57.00", "95%", "9.5", "", "", ""]
PALE = "0.8 g "


def cells(data: bytes) -> tuple[list[str], list[str], list[str]]:
    """The texts of the one table, the texts of its doubted cells, and the notes."""
    reading = read_pdf(data, "x.pdf")
    (grid,) = (block for block in reading.blocks if isinstance(block, Grid))
    doubted = [cell.text for cell in grid.cells if cell.doubt]
    return [cell.text for cell in grid.cells], doubted, [note.message for note in reading.notes]


def lines(data: bytes) -> list[str]:
    return [block.text for block in read_pdf(data, "x.pdf").blocks if isinstance(block, Line)]


def with_codes(codes: Sequence[str]) -> str:
    """A font whose letters from A on have these texts, in UTF-16 as hexadecimal digits."""
    pairs = "".join(f"<{number + 65:02X}> <{code}>\n" for number, code in enumerate(codes))
    return (
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 32/LastChar 126/Widths["
        + "500 " * 95
        + "]/ToUnicode 6 0 R>>endobj\n"
        + stream(
            6,
            "",
            "begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n"
            f"{len(codes)} beginbfchar\n{pairs}endbfchar endcmap",
        )
    )


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("006600660069", "ffi"),
        ("0038003800250038", "88%8"),
        ("D842DFB7", "\U00020bb7"),
        ("D842DFB70041", "\U00020bb7A"),
        ("00AD", "-"),
        ("D842", "\ufffd"),
        ("DFB7", "\ufffd"),
        ("D842D842DFB7", "\ufffd\U00020bb7"),
        ("FFFE", "\ufffd"),
        ("0000", "\ufffd"),
        ("E000", "\ufffd"),
        ("FFFD", "\ufffd"),
    ],
)
def test_a_glyph_has_the_text_that_its_font_says_or_is_doubted(code: str, text: str) -> None:
    content = TABLE + at(55, 130, "Before") + at(115, 130, "xAx", font="G")
    found, doubted, _ = cells(drawn(content, objects=with_codes([code])))
    assert found[:2] == ["Before", f"x{text}x"]
    assert doubted == ([f"x{text}x"] if "\ufffd" in text else [])


def test_a_code_beyond_all_characters_is_no_character() -> None:
    wide = (
        "5 0 obj<</Type/Font/Subtype/Type0/BaseFont/A/Encoding 6 0 R/DescendantFonts[7 0 R]>>endobj\n"
        "7 0 obj<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        "/Supplement 0>>/FontDescriptor 8 0 R>>endobj\n"
        "8 0 obj<</Type/FontDescriptor/FontName/A/Flags 4>>endobj\n"
    ) + stream(
        6,
        "/Type/CMap/CMapName/W",
        "begincmap 1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange endcmap",
    )
    content = "".join(at(20, 20 + 20 * n, "Words in plenty here") for n in range(3))
    content += "BT /G 10 Tf 1 0 0 1 20 150 Tm <FFFFFFFF7FFFFFFF> Tj ET\n"
    assert len(lines(drawn(content, objects=wide))) >= 3


def test_a_hyphen_at_the_end_of_a_line_is_one() -> None:
    # pdfium gives such a hyphen as the control character 2.
    assert lines(drawn(at(20, 100, "ab-") + at(20, 85, "cd"))) == ["ab-", "cd"]


@pytest.mark.parametrize(
    "mark",
    [
        PALE + at(100, 128, "user8001 user8001", size=12),
        PALE + at(60, 85, "DRAFT", size=60),
        "".join(PALE + at(70 + 6 * place, y, letter) for y in (128, 98) for place, letter in enumerate("user8001")),
        "/Artifact <</Subtype /Watermark>> BDC 0.2 g " + at(60, 95, "DRAFT", size=50) + "EMC ",
        PALE + "BT /F 30 Tf 0 1 -1 0 135 80 Tm (DRAFT) Tj ET\n",
        PALE + "".join(at(x, y, "user8001") for y in (128, 105, 98) for x in (70, 100, 180)),
    ],
    ids=["level", "large", "letter by letter", "artifact", "upward", "repeated"],
)
def test_pale_text_over_lines_or_other_text_is_no_part_of_the_cells(mark: str) -> None:
    for content in (TABLE + ROW + mark, mark + "0 g " + TABLE + ROW):
        found, doubted, notes = cells(drawn(content))
        assert (found, doubted) == (SHOWN, [])
        assert [("水印" in note, "user8001" in note or "DRAFT" in note) for note in notes] == [(True, True)]


def test_dark_text_over_other_text_is_doubted() -> None:
    _, doubted, _ = cells(drawn(TABLE + ROW + at(60, 129, "user8001")))
    assert len(doubted) == 1
    _, doubted, _ = cells(drawn(TABLE + ROW + at(60, 125, "user8001")))
    assert len(doubted) == 1


def test_pale_text_in_a_cell_of_its_own_is_read() -> None:
    assert cells(drawn(TABLE + ROW + PALE + at(55, 100, "late") + at(115, 100, "57.00"))) == (
        [*SHOWN[:3], "late", "57.00", ""],
        [],
        [],
    )


def test_pale_text_once_over_a_line_or_other_text_is_doubted() -> None:
    for content in (at(100, 100, "late"), at(60, 128, "late")):
        found, doubted, notes = cells(drawn(TABLE + ROW + PALE + content))
        assert "l" in "".join(doubted)
        assert "late" in "".join(found) or "l" in "".join(found)
        assert notes == []


def test_pale_text_only_repeated_is_doubted() -> None:
    mark = PALE + "".join(at(x, 100, "user8001") for x in (55, 115, 175))
    assert cells(drawn(TABLE + ROW + mark))[1] == ["user8001"] * 3


@pytest.mark.parametrize(
    "line",
    [
        stroke((55, 133.5, 80, 133.5)),
        "55 133 25 0.8 re f\n",
        stroke((54, 132.5, 81, 132.5), (54, 134.5, 81, 134.5)),
    ],
    ids=["stroke", "box", "double"],
)
def test_text_with_a_line_through_it_is_left_out_and_named(line: str) -> None:
    found, doubted, notes = cells(drawn(TABLE + ROW + line + at(82, 130, "58")))
    assert (found, doubted) == (["58", *SHOWN[1:]], [])
    assert notes == ["划掉的文字没有读入：“57.00”"]


def test_a_line_through_a_text_and_beyond_it_is_doubted() -> None:
    assert cells(drawn(TABLE + ROW + stroke((54, 133, 100, 133))))[:2] == (SHOWN, ["57.00"])


@pytest.mark.parametrize("lines", [((54, 129, 82, 139),), ((54, 129, 82, 139), (54, 139, 82, 129))])
def test_text_with_slanted_lines_through_it_is_doubted(lines: Sequence[tuple[float, float, float, float]]) -> None:
    assert cells(drawn(TABLE + ROW + stroke(*lines)))[:2] == (SHOWN, ["57.00"])


def test_a_slanted_line_through_a_blank_cell_says_nothing() -> None:
    assert cells(drawn(TABLE + ROW + stroke((50, 120, 110, 90)))) == (SHOWN, [], [])


@pytest.mark.parametrize(
    "mark", ["/Line/L[54 133 82 133]", "/Ink/InkList[[54 133 82 133]]", "/Square/IC[1 1 1]", "/Redact"]
)
def test_text_that_a_remark_is_drawn_over_is_doubted(mark: str) -> None:
    remark = f"/Annots[<</Type/Annot/Subtype{mark}/Rect[54 128 82 140]/F 4>>]"
    assert cells(drawn(TABLE + ROW, page=remark))[:2] == (SHOWN, ["57.00"])


def test_a_box_that_a_remark_draws_around_text_says_nothing() -> None:
    remark = "/Annots[<</Type/Annot/Subtype/Square/Rect[54 128 82 140]/F 4>>]"
    assert cells(drawn(TABLE + ROW, page=remark))[1] == []


@pytest.mark.parametrize(
    "line",
    [
        stroke((55, 128.8, 80, 128.8)),
        stroke((55, 141, 80, 141)),
        "8 w 0.2 g 0.9 G " + stroke((54, 133, 81, 133)) + "1 w 0 G 0 g " + ROW,
    ],
    ids=["under", "over", "ground"],
)
def test_lines_under_or_over_text_strike_nothing_out(line: str) -> None:
    found, doubted, notes = cells(drawn(TABLE + ROW + line))
    assert (found, doubted, notes) == (SHOWN, [], [])


def test_a_line_of_the_table_strikes_nothing_out() -> None:
    low = at(55, 117, "low")
    found, _, notes = cells(drawn(TABLE + ROW + low))
    assert notes == []
    assert "low" in "".join(found)


OFF = "/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]>>>>"
ON = "/OCProperties<</OCGs[9 0 R]/D<<>>>>"
LAYER = "9 0 obj<</Type/OCG/Name(L)>>endobj\n"
PICTURE = stream(8, "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "\xff")
CLEAR = PICTURE.replace("/Width", "/SMask 7 0 R/Width") + stream(
    7, "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "\x20"
)


@pytest.mark.parametrize(
    ("hidden", "objects", "root"),
    [
        ("1 g " + at(55, 100, "secret"), "", ""),
        ("0.98 g " + at(55, 100, "secret"), "", ""),
        ("0.3 g 51 92 55 25 re f " + at(55, 100, "secret"), "", ""),
        (at(55, 100, "secret") + "1 g 51 92 55 25 re f", "", ""),
        (at(55, 100, "secret") + "0 g 51 92 55 25 re f", "", ""),
        (at(55, 100, "secret") + "q 58 0 0 28 51 91 cm /X Do Q", PICTURE, ""),
        ("/OC /L BDC " + at(55, 100, "secret") + "EMC", LAYER, OFF),
        (at(55, 100, "secret", size=0.3), "", ""),
        ("BT 3 Tr /F 10 Tf 1 0 0 1 55 100 Tm (secret) Tj ET", "", ""),
    ],
    ids=[
        "white",
        "nearly white",
        "as its ground",
        "covered",
        "blacked out",
        "under a picture",
        "layer",
        "tiny",
        "no ink",
    ],
)
def test_hidden_text_is_left_out_and_named(hidden: str, objects: str, root: str) -> None:
    data = drawn(f"{TABLE}{ROW} q {hidden} Q ", objects=objects, root=root)
    assert cells(data) == (SHOWN, [], ["看不见的文字没有读入：“secret”"])


@pytest.mark.parametrize(
    ("seen", "objects", "root"),
    [
        ("0.2 g 51 92 55 25 re f 1 g " + at(55, 100, "seen"), "", ""),
        ("0.2 g 51 92 m 106 92 l 106 110 106 110 106 117 c 51 117 l h f 1 g " + at(55, 100, "seen"), "", ""),
        ("0.9 g 51 92 55 25 re f 0 g " + at(55, 100, "seen"), "", ""),
        (at(55, 100, "old", size=8) + "1 g 51 92 55 25 re f 0 g " + at(55, 100, "seen"), "", ""),
        (at(55, 100, "seen") + "1 g 54 93 45 5 re f", "", ""),
        (at(55, 100, "seen") + "q 58 0 0 28 51 91 cm /X Do Q", CLEAR, ""),
        ("/OC /L BDC " + at(55, 100, "seen") + "EMC", LAYER, ON),
    ],
    ids=["white on dark", "white on a shape", "on a light ground", "over", "beside", "under a seal", "layer"],
)
def test_seen_text_is_read(seen: str, objects: str, root: str) -> None:
    found, doubted, _ = cells(drawn(f"{TABLE}{ROW} q {seen} Q ", objects=objects, root=root))
    assert (found, doubted) == ([*SHOWN[:3], "seen", "", ""], [])


def test_text_in_part_of_a_font_that_is_not_there_is_doubted() -> None:
    font = "5 0 obj<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Arial/Encoding/WinAnsiEncoding>>endobj\n"
    found, doubted, _ = cells(drawn(TABLE + ROW + at(55, 100, "125", font="G"), objects=font))
    assert found == [*SHOWN[:3], "125", "", ""]
    assert doubted == ["125"]


@pytest.mark.parametrize(
    ("content", "text", "doubted"),
    [
        (at(55, 130, "520m") + at(80, 134, "2", size=6), "520m²", False),
        (at(55, 130, "3x10") + at(76.5, 135.5, "4", size=6), "3x10⁴", False),
        (at(55, 130, "57.00") + at(80.1, 134, "[1]", size=6), "57.00", False),
        (at(55, 130, "125") + at(71.8, 134, "2", size=6) + at(75.2, 130, "p"), "125p", True),
        (at(55, 130, "CO") + at(70, 128, "2", size=6), "CO2", False),
        (at(55, 130, "97") + at(66.2, 130, "%", size=7), "97%", False),
        (at(55, 138, "small", size=6) + at(55, 130, "large"), "small\nlarge", False),
    ],
    ids=["area", "power", "note", "on a whole number", "lowered", "small", "two lines"],
)
def test_raised_letters(content: str, text: str, doubted: bool) -> None:
    found, doubts, _ = cells(drawn(TABLE + content + at(115, 130, "x")))
    assert found[0] == text
    assert bool(doubts) == doubted


def field(entries: str, *, drawing: str | None = None, flags: int = 4) -> bytes:
    """The table, with a form field in its fourth cell."""
    appearance = "/AP<</N 6 0 R>>" if drawing is not None else ""
    objects = (
        f"7 0 obj<</Type/Annot/Subtype/Widget/T(a)/F {flags}/Rect[54 95 106 110]{entries}{appearance}>>endobj\n"
        + stream(
            6, "/Type/XObject/Subtype/Form/BBox[0 0 52 15]/Resources<</Font<</F 3 0 R>>>>", drawing or "/Tx BMC EMC"
        )
    )
    return drawn(TABLE + ROW, objects=objects, page="/Annots[7 0 R]", root="/AcroForm<</Fields[7 0 R]>>")


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ("/FT/Tx/V(98.5%)", "98.5%"),
        ("/FT/Tx/V<FEFF4E0A534A5E74>", "上半年"),
        ("/FT/Tx/Ff 4096/V(one\rtwo)", "one\ntwo"),
        ("/FT/Ch/Ff 131072/Opt[[(1)(yes)][(2)(no)]]/V(2)", "no"),
        ("/FT/Btn/AS/On/V/On", "√"),
        ("/FT/Btn/AS/Off/V/Off", ""),
        ("/FT/Btn/Ff 65536/V(press)", ""),
    ],
)
def test_a_field_that_the_file_does_not_draw_is_read(entries: str, text: str) -> None:
    assert cells(field(entries)) == ([*SHOWN[:3], text, "", ""], [], [])


def test_a_field_drawn_otherwise_than_filled_in_is_doubted() -> None:
    assert cells(field("/FT/Tx/V(42)", drawing=""))[:2] == ([*SHOWN[:3], "42", "", ""], ["42"])
    assert cells(field("/FT/Tx/V(42)", drawing=at(2, 4, "41")))[:2] == ([*SHOWN[:3], "41", "", ""], ["41"])
    for same in ("42", "1,234.5", "42.00"):
        stored = same.replace(",", "").removesuffix(".00")
        assert cells(field(f"/FT/Tx/V({stored})", drawing=at(2, 4, same)))[1] == []
    for stored, shown in (("7", "57.00"), ("5", "57.00"), ("57", "57.5"), ("7.5", "57.5"), ("57.0", "57.05")):
        assert cells(field(f"/FT/Tx/V({stored})", drawing=at(2, 4, shown)))[1] == [shown]
    for stored, shown in (("57", "57.00yuan"), ("57.5", "57.50"), ("yes", "1yes")):
        assert cells(field(f"/FT/Tx/V({stored})", drawing=at(2, 4, shown)))[1] == []


@pytest.mark.parametrize("flags", [2, 32, 36])
@pytest.mark.parametrize("drawing", [None, at(2, 4, "42")])
def test_hidden_fields_are_left_out_and_named(flags: int, drawing: str | None) -> None:
    found = cells(field("/FT/Tx/V(42)", drawing=drawing, flags=flags))
    assert found == (SHOWN, [], ["看不见的文字没有读入：“42”"])


def test_text_struck_out_by_a_remark_is_doubted_and_watermarks_are_taken_off() -> None:
    struck = (
        "7 0 obj<</Type/Annot/Subtype/StrikeOut/F 4/Rect[55 128 81 140]"
        "/QuadPoints[55 140 81 140 55 128 81 128]>>endobj\n"
    )
    assert cells(drawn(TABLE + ROW, objects=struck, page="/Annots[7 0 R]")) == (SHOWN, ["57.00"], [])
    mark = "7 0 obj<</Type/Annot/Subtype/Watermark/F 4/Rect[55 95 107 110]/Contents(copy)/AP<</N 6 0 R>>>>endobj\n"
    drawing = stream(6, "/Type/XObject/Subtype/Form/BBox[0 0 52 15]/Resources<</Font<</F 3 0 R>>>>", at(2, 4, "copy"))
    found, doubted, notes = cells(drawn(TABLE + ROW, objects=mark + drawing, page="/Annots[7 0 R]"))
    assert (found, doubted) == (SHOWN, [])
    assert ["copy" in note for note in notes] == [True]


def test_a_page_of_nothing_but_hidden_text_has_none() -> None:
    with pytest.raises(UnreadableFile):
        read_pdf(drawn("1 g " + at(20, 100, "secret")), "x.pdf")


def test_words_beside_each_other_are_not_one_over_another() -> None:
    assert cells(drawn(TABLE + WORDS))[1] == []
