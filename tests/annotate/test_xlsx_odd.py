"""Workbooks of odd make: threaded comments, controls, drawings of other kinds; and files that are refused."""

from __future__ import annotations

import random
import re

import pytest
from lxml import etree

from perfeval_lint.annotate.xlsx.write import annotate_xlsx
from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import SheetCell
from perfeval_lint.read.sheet.xlsx import read_xlsx
from tests.annotate.book_files import (
    BOOK_TYPE,
    RED,
    SEPARATOR,
    book_parts,
    fill,
    note,
    notes,
    opened,
    parts_of,
    relations_of,
    remark,
    rich_book,
    root_of,
    zipped,
)

Parts = dict[str, str | bytes]

SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
NAMED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
ROWS = (
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>自评表</t></is></c><c r="B1"><v>1</v></c></row></sheetData>'
)
VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="3"/>'
    "</o:shapelayout>%s</xml>"
)
CONTROL = (
    '<v:shape id="_x0000_s3075" type="#_x0000_t201" style="width:20pt"><v:textbox><div>两行<br>的字</div></v:textbox>'
    '<x:ClientData ObjectType="Checkbox"><x:Anchor>1, 0, 1, 0, 2, 0, 2, 0</x:Anchor><x:Row>0</x:Row>'
    "<x:Column>1</x:Column></x:ClientData></v:shape>"
)
COMMENTS = (
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>%s</author></authors>'
    '<commentList><comment ref="B1" authorId="0"><text>%s</text></comment></commentList></comments>'
)


def annotated(parts: Parts, *addresses: str) -> bytes:
    return annotate_xlsx(zipped(parts), "表.xlsx", notes(*addresses))


def with_drawing(drawing: str, tail: str = f'<legacyDrawing {NAMED} r:id="d"/>') -> Parts:
    return {
        **book_parts(ROWS + tail),
        RELATIONS: relations_of(("d", "vmlDrawing", "/xl/drawings/vmlDrawing1.vml")),
        "xl/drawings/vmlDrawing1.vml": drawing,
    }


def with_comments(text: str, author: str = "财务科") -> Parts:
    return {
        **book_parts(ROWS),
        RELATIONS: relations_of(("c", "comments", "../comments9.xml")),
        "xl/comments9.xml": COMMENTS % (author, text),
    }


def test_boxes_join_a_control_whose_text_is_no_xml() -> None:
    data = annotated(with_drawing(VML % CONTROL), "B1")
    drawing = parts_of(data)["xl/drawings/vmlDrawing1.vml"].decode()
    assert CONTROL in drawing
    assert re.findall("_x0000_s([0-9]+)", drawing) == ["3075", "3076", "3077"]
    assert len(root_of(data, SHEET).findall("{*}legacyDrawing")) == 1
    again = annotate_xlsx(data, "表.xlsx", notes())
    assert CONTROL in parts_of(again)["xl/drawings/vmlDrawing1.vml"].decode()


def test_other_names_for_the_namespaces_of_a_drawing() -> None:
    drawing = re.sub(r"(?<=[<:/ ])([vox])(?=[:=])", r"\1\1", VML % CONTROL.replace("<br>", ""))
    made = parts_of(annotated(with_drawing(drawing), "B1"))["xl/drawings/vmlDrawing1.vml"]
    shapes = etree.fromstring(made).findall("{urn:schemas-microsoft-com:vml}shape")
    kinds = [shape.find("{urn:schemas-microsoft-com:office:excel}ClientData").get("ObjectType") for shape in shapes]
    assert kinds == ["Checkbox", "Note", "Note"]


TAILS = {
    "a picture in the header": ('<legacyDrawingHF %s r:id="d"/>', "<headerFooter/>%s<legacyDrawingHF"),
    "tables": ('<tableParts count="0"/>', "<headerFooter/>%s<tableParts"),
    "an extension": ('<extLst><ext uri="x"/></extLst>', "<headerFooter/>%s<extLst"),
    "controls": (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" Requires="x14"><controls/>'
        "</mc:Choice></mc:AlternateContent>",
        "<headerFooter/>%s<mc:AlternateContent",
    ),
}


@pytest.mark.parametrize(("after", "order"), TAILS.values(), ids=TAILS.keys())
def test_the_boxes_are_named_where_the_format_wants_them(after: str, order: str) -> None:
    tail = "<headerFooter/>" + after.replace("%s", NAMED)
    data = annotated(with_drawing(VML % "", tail), "B1")
    named = re.escape(order).replace("%s", '<legacyDrawing xmlns:r="[^"]*" r:id="(rId[0-9]+)"/>')
    found = re.search(named, parts_of(data)[SHEET].decode())
    assert found
    targets = {each.get("Id"): each.get("Target") for each in root_of(data, RELATIONS)}
    assert targets[found[1]] == "../drawings/vmlDrawing.vml"
    assert "/xl/drawings/vmlDrawing1.vml" in targets.values()
    assert parts_of(data)["xl/drawings/vmlDrawing1.vml"].decode() == VML % ""
    assert b'data="4"' in parts_of(data)["xl/drawings/vmlDrawing.vml"]  # ids of the other drawing are from block 3


PLAIN = "<t>请 核对</t>"
STYLED = "<r><rPr><b/></rPr><t>请</t></r><r><t xml:space='preserve'> 核对</t></r><phoneticPr fontId='1'/>"


@pytest.mark.parametrize("text", [PLAIN, STYLED], ids=["plain", "styled"])
def test_a_note_of_another_is_whole_again_when_ours_is_taken_out(text: str) -> None:
    parts = with_comments(text)
    data = annotated(parts, "B1")
    assert note(opened(data)["表 1"], "B1").startswith(f"请 核对\n{SEPARATOR}\n错误")
    again = annotate_xlsx(data, "表.xlsx", notes())
    before = etree.fromstring(str(parts["xl/comments9.xml"])).find(".//{*}text")
    after = root_of(again, "xl/comments9.xml").find(".//{*}text")
    assert before is not None
    assert after is not None
    assert [child.tag for child in after] == [child.tag for child in before]
    assert "".join(after.itertext()) == "请 核对"


@pytest.mark.parametrize("text", ["[Threaded comment]", f"[Threaded comment]\n{SEPARATOR}\n甲"], ids=["other", "ours"])
def test_a_threaded_comment_is_left_alone_and_the_table_says_so(text: str) -> None:
    parts = with_comments(f"<t>{text}</t>", "tc={6E0C}")
    threads = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    parts[RELATIONS] = relations_of(("c", "comments", "../comments9.xml"), ("t", threads, "../threadedComments/t1.xml"))
    parts["xl/threadedComments/t1.xml"] = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B1" personId="{1}" id="{6E0C}"><text>在看</text></threadedComment></ThreadedComments>'
    )
    data = annotated(parts, "B1", "C1")
    book = opened(data)
    assert note(book["表 1"], "B1") == text
    assert note(book["表 1"], "C1").startswith(SEPARATOR)
    assert [fill(book["表 1"], each) for each in ("B1", "C1")] == [RED, RED]
    told = [book["审核意见"][f"D{row}"].value for row in (5, 6)]
    assert [text.endswith("（此格有讨论串式的批注，没有另加批注）") for text in told] == [True, False]
    assert parts_of(data)["xl/threadedComments/t1.xml"].decode() == parts["xl/threadedComments/t1.xml"]


def test_notes_on_hidden_rows_and_narrow_columns_have_boxes_of_some_size() -> None:
    columns = '<cols><col min="1" max="5" width="0.5"/><col min="6" max="9" hidden="1"/></cols>'
    rows = ROWS.replace('<row r="1"', '<row r="1" hidden="1"')
    data = annotated(dict(book_parts(columns + rows)), "B1")
    anchors = re.findall(rb"<x:Anchor>([^<]*)<", parts_of(data)["xl/drawings/vmlDrawing.vml"])
    corners = [[int(number) for number in anchor.split(b",")] for anchor in anchors]
    assert all(corner[4] > corner[0] + 4 and corner[6] > corner[2] + 2 for corner in corners)


def test_the_sheet_of_findings_is_no_form_and_no_note_to_the_reader() -> None:
    parts = dict(book_parts(ROWS))
    before, after = read_xlsx(zipped(parts), "表.xlsx"), read_xlsx(annotated(parts, "B1"), "表.xlsx")
    assert after == before


def test_a_merged_range_of_a_whole_sheet_is_filled_at_its_first_cell_only() -> None:
    data = annotated(dict(book_parts(f'{ROWS}<mergeCells><mergeCell ref="B1:XFD9999"/></mergeCells>')), "B1")
    assert len(parts_of(data)[SHEET]) < 1200
    assert b'<c r="B1" s="1">' in parts_of(data)[SHEET]


def macros(parts: Parts) -> None:
    parts["xl/vbaProject.bin"] = b"x"


def macro_type(parts: Parts) -> None:
    types = str(parts["[Content_Types].xml"])
    parts["[Content_Types].xml"] = types.replace(BOOK_TYPE, "application/vnd.ms-excel.sheet.macroEnabled.main+xml")


def macro_sheet(parts: Parts) -> None:
    override = '<Override PartName="/xl/macrosheets/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
    parts["[Content_Types].xml"] = str(parts["[Content_Types].xml"]).replace("</Types>", f"{override}</Types>")


def signed(parts: Parts) -> None:
    parts["_xmlsignatures/sig1.xml"] = "<Signature/>"


def doctype(parts: Parts) -> None:
    parts[SHEET] = str(parts[SHEET]).replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet')


def cut_off(parts: Parts) -> None:
    parts[SHEET] = str(parts[SHEET])[:-20]


def unknown_encoding(parts: Parts) -> None:
    parts[SHEET] = str(parts[SHEET]).replace("UTF-8", "x-none")


def no_drawing(parts: Parts) -> None:
    parts.update(with_drawing("没有"))


def lost_drawing(parts: Parts) -> None:
    parts[SHEET] = str(parts[SHEET]).replace("</worksheet>", f'<legacyDrawing {NAMED} r:id="z"/></worksheet>')


def broken_comments(parts: Parts) -> None:
    parts.update(with_comments("<t>"))


def styles_with_doctype(parts: Parts) -> None:
    parts.update(book_parts(ROWS, styles="<fonts/>"))
    parts["xl/styles.xml"] = '<!DOCTYPE a [<!ENTITY b "c">]>' + str(parts["xl/styles.xml"]).partition("?>")[2].strip()


REFUSED = {
    macros: "文件带有宏.*另存为不带宏的 .xlsx",
    macro_type: "文件带有宏",
    macro_sheet: "文件带有宏",
    signed: "数字签名",
    doctype: "DTD",
    cut_off: "不是完整的 XML",
    unknown_encoding: "不是完整的 XML",
    no_drawing: "批注框",
    lost_drawing: "批注框",
    broken_comments: "不是完整的 XML",
    styles_with_doctype: "DTD",
}


@pytest.mark.parametrize(("spoil", "message"), REFUSED.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_what_cannot_be_annotated_is_refused_in_words(spoil: object, message: str) -> None:
    parts: Parts = dict(book_parts(ROWS))
    assert callable(spoil)
    spoil(parts)
    with pytest.raises(UnreadableFile, match=message):
        annotated(parts, "B1")


def test_a_workbook_whose_structure_is_protected_keeps_the_protection() -> None:
    parts = dict(book_parts(f"{ROWS}<sheetProtection sheet='1'/>"))
    protection = '<workbookProtection lockStructure="1" workbookPassword="CC1A"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("<sheets>", f"{protection}<sheets>")
    book = opened(annotated(parts, "B1"))
    assert book.security.lockStructure
    assert book["表 1"].protection.sheet
    assert book.sheetnames == ["表 1", "审核意见"]


def test_two_sheets_of_one_name_are_no_trouble() -> None:
    parts = dict(book_parts(ROWS))
    again = '<sheet name="表 1" sheetId="8" r:id="a"/></sheets>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("</sheets>", again)
    data = annotate_xlsx(zipped(parts), "表.xlsx", notes(remark(SheetCell("表 1", "B1"))))
    assert parts_of(data)[SHEET].count(b"<legacyDrawing") == 1


LONG = 3_000_000
SLOW = {
    "blanks in a tag": {SHEET: ROWS.replace('r="B1"', 'r="B1"' + " " * LONG)},
    "quotes in a tag": {SHEET: ROWS.replace('r="B1"', f'r="B1" x="{">" * LONG}"')},
    "shapes without end": {"xl/drawings/vmlDrawing1.vml": VML % ("<v:shape >" * (LONG // 10))},
    "names of blocks": {"xl/drawings/vmlDrawing1.vml": VML % ("idmap " * (LONG // 6))},
    "ends of drawings": {"xl/drawings/vmlDrawing1.vml": VML % ("</xml " * (LONG // 6))},
    "texts of a note": {"xl/comments9.xml": COMMENTS % ("甲", f"<r><t>{SEPARATOR}</t></r>" * (LONG // 100))},
}


@pytest.mark.parametrize("spoilt", SLOW.values(), ids=SLOW.keys())
def test_long_parts_take_no_longer_than_they_are_long(spoilt: Parts) -> None:
    tail = f'<legacyDrawing {NAMED} r:id="d"/>'
    parts = {**with_drawing(VML % ""), "xl/comments9.xml": COMMENTS % ("甲", PLAIN)}
    parts[RELATIONS] = relations_of(
        ("d", "vmlDrawing", "../drawings/vmlDrawing1.vml"), ("c", "comments", "../comments9.xml")
    )
    for name, part in spoilt.items():
        parts[name] = book_parts(f"{part!s}{tail}")[SHEET] if name == SHEET else part
    data = zipped(parts, stored=True)  # packed, such parts are refused for how small they are
    assert note(opened(annotate_xlsx(data, "表.xlsx", notes("B1")))["表 1"], "B1").count(SEPARATOR) == 1


PIECES = (b"", b"<", b'"', b"-1", b"99999999999", b"\xff", b"\0", b"&#0;", b"ZZZZ1", b"<row/>", b"<!--x-->", b"<?x y?>")


@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_are_refused_in_words_or_annotated(seed: int) -> None:
    chance = random.Random(seed)
    parts = parts_of(annotate_xlsx(rich_book(), "表.xlsx", notes()))
    names = [name for name in parts if name.endswith((".xml", ".rels", ".vml")) and "theme" not in name]
    outcomes = set()
    for _ in range(30):
        name = chance.choice(names)
        part = parts[name]
        bounds = [match.span() for match in re.finditer(rb"<[^<>]*>|\"[^\"<>]*\"|[^<>\"]+", part)]
        start, end = chance.choice(bounds)
        spoilt = part[:start] + chance.choice((chance.choice(PIECES), part[start:end] * 2)) + part[end:]
        try:
            annotate_xlsx(zipped({**parts, name: spoilt}), "表.xlsx", notes("A4", "Q9"))
            outcomes.add("annotated")
        except UnreadableFile:
            outcomes.add("refused")
    assert outcomes == {"annotated", "refused"}
