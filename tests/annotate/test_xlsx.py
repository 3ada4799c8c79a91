"""Notes, fills and a sheet of findings in a workbook, and nothing else touched."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from lxml import etree

from perfeval_lint.annotate.remarks import AUTHOR, Notes
from perfeval_lint.annotate.xlsx.styles import Shade, shade_of
from perfeval_lint.annotate.xlsx.write import annotate_xlsx
from perfeval_lint.form.origin import Paragraph, SheetCell
from perfeval_lint.rule.model import Severity
from tests.annotate.book_files import (
    BLUE,
    RED,
    SEPARATOR,
    SUMMARY,
    YELLOW,
    book_parts,
    fill,
    looks,
    note,
    notes,
    opened,
    parts_of,
    remark,
    rich_book,
    root_of,
    zipped,
)

STYLES = (
    '<fonts><font/><font><b/></font></fonts><fills><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FF00FF00"/></patternFill></fill></fills><borders><border/><border><left style="thin"/></border>'
    '</borders><cellXfs><xf/><xf fontId="1" borderId="1"><alignment wrapText="1"/></xf><xf fillId="2"/></cellXfs>'
)
ROWS = (
    '<cols><col min="2" max="2" width="9" style="2"/></cols><sheetData><row r="1" spans="1:1"><c r="A1" s="1" '
    't="inlineStr"><is><t>自评表</t></is></c></row><row r="3" s="1" customFormat="1"/><row r="5"><c r="A5" s="1">'
    '<v>1</v></c><c r="D5"><v>2</v></c></row></sheetData>'
)


def annotated(data: bytes, given: list[Notes]) -> bytes:
    return annotate_xlsx(data, "表.xlsx", given)


def styles_by_cell(data: bytes, part: str = "xl/worksheets/sheet1.xml") -> dict[str, str | None]:
    return {cell.get("r", ""): cell.get("s") for cell in root_of(data, part).iterfind(".//{*}c")}


@pytest.fixture(scope="module")
def rich() -> tuple[bytes, bytes]:
    before = rich_book()
    remarks = [remark(SheetCell("表 1", "A4")), remark(SheetCell("表 1", "B3"), Severity.WARNING)]
    return before, annotated(before, notes("A1", *remarks, remark(SheetCell("it's 2", "B2"), Severity.INFO)))


def test_the_notes_stand_in_their_cells(rich: tuple[bytes, bytes]) -> None:
    sheet = opened(rich[1])["表 1"]
    told = remark(SheetCell("表 1", "B3"), Severity.WARNING).text
    assert note(sheet, "B3") == f"{SEPARATOR}\n{told}"
    assert sheet["B3"].comment.author == AUTHOR
    summary = "\n".join(SUMMARY)
    assert note(sheet, "A1") == f"{SEPARATOR}\n{summary}\n\n{told.replace('警告', '错误')}"
    assert note(opened(rich[1])["it's 2"], "B2").startswith(f"{SEPARATOR}\n提示")


def test_a_note_of_another_stays_whole_before_ours(rich: tuple[bytes, bytes]) -> None:
    before, after = (opened(data)["表 1"] for data in rich)
    assert note(before, "A4").endswith("财务科：请核对")
    assert note(after, "A4").startswith(note(before, "A4") + f"\n{SEPARATOR}\n错误 PE000")
    assert after["A4"].comment.author == "财务科"
    assert note(after, "F9") == note(before, "F9")


def test_fills_lie_on_the_cells_and_all_else_of_them_stays(rich: tuple[bytes, bytes]) -> None:
    before, after = (opened(data)["表 1"] for data in rich)
    places = ("A1", "A4", "B3", "A3")
    assert [fill(after, each) for each in places] == [RED, "FFFDD0D1", YELLOW, fill(before, "A3")]
    assert fill(opened(rich[1])["it's 2"], "B2") == BLUE
    assert [looks(cell) for row in before for cell in row] == [looks(cell) for row in after for cell in row]


def test_every_other_part_stays_byte_for_byte(rich: tuple[bytes, bytes]) -> None:
    before, after = map(parts_of, rich)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
    }
    assert after.keys() - before.keys() == {
        "xl/worksheets/review.xml",
        "xl/comments.xml",
        "xl/drawings/vmlDrawing.vml",
    }


def test_all_cells_of_a_merged_range_are_filled(rich: tuple[bytes, bytes]) -> None:
    styles = styles_by_cell(rich[1])
    assert len({styles[letter + row] for letter in "ABCD" for row in "12"}) == 1
    root = root_of(rich[1], "xl/styles.xml")
    look = root.findall("{*}cellXfs/{*}xf")[int(styles["C2"] or 0)]
    assert root.findall("{*}fills/{*}fill")[int(look.get("fillId", ""))][0][0].get("rgb") == RED


@pytest.mark.parametrize("number", [1, 2])
def test_of_a_sheet_only_styles_and_the_boxes_change(rich: tuple[bytes, bytes], number: int) -> None:
    part = f"xl/worksheets/sheet{number}.xml"
    before, after = (parts_of(data)[part] for data in rich)
    old = styles_by_cell(rich[0], part)

    def as_before(match: re.Match[bytes]) -> bytes:
        style = old[match[1].decode()]
        return b'<c r="%s"' % match[1] + (b' s="%s"' % style.encode() if style else b"")

    plain = re.sub(rb'<c r="([A-Z]+[0-9]+)" s="[0-9]+"', as_before, after)
    plain = re.sub(rb'<c r="([A-Z]+[0-9]+)" t="s" s="[0-9]+"', lambda match: as_before(match) + b' t="s"', plain)
    assert re.sub(rb'<legacyDrawing xmlns:r="[^"]*" r:id="rId[0-9]+"/>', b"", plain) == before


def test_boxes_stand_beside_buttons_under_ids_of_their_own(rich: tuple[bytes, bytes]) -> None:
    before, after = (parts_of(data)["xl/drawings/vmlDrawing1.vml"].decode() for data in rich)
    ids = re.findall(r'<v:shape id="_x0000_s(\d+)"', after)
    assert len(ids) == len(set(ids)) == len(re.findall("<v:shape ", before)) + 2  # A1 and B3; A4 has a box
    assert re.findall('<v:shape .*?ObjectType="Button".*?</v:shape>', before, re.DOTALL)[0] in after
    other = parts_of(rich[1])["xl/drawings/vmlDrawing.vml"].decode()
    assert not set(re.findall(r"_x0000_s(\d+)", other)) & set(ids)


def box_of(drawing: str, row: int, column: int) -> str:
    shapes = re.findall("<v:shape .*?</v:shape>", drawing, re.DOTALL)
    wanted = f"<x:Row>{row}</x:Row>\\s*<x:Column>{column}</x:Column>"
    return next(shape for shape in shapes if re.search(wanted, shape))


def anchor_of(shape: str) -> list[int]:
    return [int(number) for number in re.findall("<x:Anchor>([^<]*)</x:Anchor>", shape)[0].split(",")]


def test_boxes_are_hidden_stand_beside_the_cell_and_grow_with_the_text(rich: tuple[bytes, bytes]) -> None:
    before, after = (parts_of(data)["xl/drawings/vmlDrawing1.vml"].decode() for data in rich)
    merged = box_of(after, 0, 0)
    assert "visibility:hidden" in merged
    assert anchor_of(merged)[0] == 4  # A1:D2 is merged
    assert anchor_of(box_of(after, 2, 1))[0] == 2
    assert anchor_of(merged)[6] > anchor_of(box_of(after, 2, 1))[6] - 2
    assert anchor_of(box_of(after, 3, 0))[6] > anchor_of(box_of(before, 3, 0))[6]  # theirs with ours after it
    assert box_of(after, 8, 5) == box_of(before, 8, 5)


def test_the_sheet_that_is_active_stays_so(rich: tuple[bytes, bytes]) -> None:
    assert opened(rich[1]).active.title == "it's 2"
    assert not opened(rich[1])["审核意见"].sheet_view.tabSelected


def test_the_sheet_of_findings(rich: tuple[bytes, bytes]) -> None:
    book = opened(rich[1])
    sheet = book.worksheets[-1]
    assert sheet.title == "审核意见"
    assert [cell.value for cell in sheet[2][:6]] == ["级别", "规则", "位置", "问题", "改法", "依据"]
    assert [sheet.cell(row, 1).value for row in (3, 4)] == list(SUMMARY)
    assert [cell.value for cell in sheet[8][:6]] == [
        "提示",
        "PE000 某条规则",
        "it's 2!B2",
        "绩效指标 第1项·得分\n得分 20，应为 19",
        "改正。",
        "表上要求：某条\n文件：某号",
    ]
    links = {cell.coordinate: cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
    assert links == {"C5": "'表 1'!A1", "C6": "'表 1'!A4", "C7": "'表 1'!B3", "C8": "'it''s 2'!B2"}
    assert [fill(sheet, f"A{row}") for row in (5, 6, 7, 8)] == [RED, RED, YELLOW, BLUE]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A3", "$1:$2")
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert all(cell.alignment.wrap_text for cell in sheet[8][:6])
    assert sheet.column_dimensions["H"].hidden


@pytest.mark.parametrize("text", ["=1+1", "+1", "@a", "_x0041_", "<b>&\"'", "a\x01b", "甲\r\n乙", "x" * 40_000])
def test_texts_stay_texts(text: str) -> None:
    data = annotated(zipped(book_parts(ROWS, styles=STYLES)), notes(remark(SheetCell("表 1", "A5"), message=text)))
    shown = text.replace("\x01", "").replace("\r\n", "\n")[:32_000]
    sheet = opened(data)["审核意见"]
    assert sheet["D5"].data_type == "s"
    assert sheet["D5"].value.replace("_x005F_", "_").startswith(f"绩效指标 第1项·得分\n{shown[:30_000]}")
    assert shown[:30_000] in note(opened(data)["表 1"], "A5").replace("_x005F_", "_")
    assert len(note(opened(data)["表 1"], "A5")) < 32_767
    assert not root_of(data, "xl/worksheets/review.xml").findall(".//{*}f")


CASES: Mapping[str, tuple[str, str | None, str]] = {
    "a cell that is there": ("A5", "1", "FFFDD0D1"),
    "a cell between others": ("B5", "2", RED),
    "a cell after the last": ("F5", "0", "FFFDD0D1"),
    "a row without cells, with a style": ("C3", "1", "FFFDD0D1"),
    "a row that is not there": ("A2", "0", "FFFDD0D1"),
    "a row that is not there in a column with a style": ("B4", "2", RED),
    "a row after the last": ("B9", "2", RED),
}


@pytest.mark.parametrize(("address", "style", "colour"), CASES.values(), ids=CASES.keys())
def test_a_cell_wherever_it_is(address: str, style: str, colour: str) -> None:
    before = zipped(book_parts(ROWS, styles=STYLES))
    given = notes(remark(SheetCell("表 1", address)), remark(SheetCell("表 1", "B1"), Severity.INFO))
    data = annotated(before, given)
    sheet = opened(data)["表 1"]
    assert note(sheet, address).startswith(SEPARATOR)
    assert fill(sheet, address) == colour  # the fill of column B comes first, that of other cells second
    formats = root_of(data, "xl/styles.xml").find("{*}cellXfs")
    assert formats is not None
    was, now = formats[int(style or 0)], formats[int(styles_by_cell(data)[address] or 0)]
    assert [etree.tostring(child) for child in was] == [etree.tostring(child) for child in now]
    assert {**now.attrib, "fillId": "", "applyFill": ""} == {**was.attrib, "fillId": "", "applyFill": ""}
    order = [cell for row in root_of(data, "xl/worksheets/sheet1.xml").iterfind(".//{*}row") for cell in row]
    places = [(int(re.sub("[A-Z]", "", each)), each) for cell in order if (each := cell.get("r", ""))]
    assert places == sorted(places)


def test_cells_whose_letters_a_fill_would_show_or_hide_get_none() -> None:
    fonts = "".join(f'<font><color rgb="FF{colour}"/></font>' for colour in ("000000", "FFFFFF", "1F4E79", "FF0000"))
    blue = '<fill><patternFill patternType="solid"><fgColor rgb="FF1F4E79"/></patternFill></fill>'
    styles = (
        f"<fonts>{fonts}</fonts><fills><fill><patternFill/></fill><fill><patternFill/></fill>{blue}</fills><borders>"
        '<border/></borders><cellXfs><xf/><xf fontId="1"/><xf fontId="1" fillId="2"/><xf fontId="2" fillId="2"/>'
        '<xf fontId="3"/></cellXfs>'
    )
    cells = "".join(f'<c r="{letter}1" s="{style}"><v>1</v></c>' for style, letter in enumerate("ABCDE"))
    book = zipped(book_parts(f'<sheetData><row r="1">{cells}</row></sheetData>', styles=styles))
    data = annotated(book, notes("A1", "B1", "C1", "D1", "E1"))
    before, after = opened(book)["表 1"], opened(data)["表 1"]
    assert [fill(after, f"{letter}1") for letter in "AE"] == [RED, RED]
    assert [fill(after, f"{letter}1") for letter in "BCD"] == [fill(before, f"{letter}1") for letter in "BCD"]
    assert all("错误" in note(after, f"{letter}1") for letter in "BCDE")


@pytest.mark.parametrize("sheet", ["<sheetData/>", "<sheetData><row/><row><c><v>1</v></c></row></sheetData>"])
def test_rows_and_cells_without_addresses(sheet: str) -> None:
    data = annotated(zipped(book_parts(sheet, styles=STYLES)), notes("A2", "B2", "A7"))
    root = root_of(data, "xl/worksheets/sheet1.xml")
    opened_sheet = opened(data)["表 1"]
    assert [fill(opened_sheet, each) for each in ("A2", "B2", "A7", "A1")] == [RED, RED, RED, None]
    assert len(root.findall(".//{*}v")) == sheet.count("<v>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("strict", [False, True])
def test_namespaces_under_a_prefix_and_strict_ones(encoding: str, strict: bool) -> None:
    parts: dict[str, str | bytes] = dict(book_parts(ROWS, styles=STYLES, strict=strict))
    sheet = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", str(parts["xl/worksheets/sheet1.xml"]))
    sheet = sheet.replace("xmlns=", "xmlns:x=").replace('"UTF-8"', f'"{encoding}"')
    parts["xl/worksheets/sheet1.xml"] = sheet.encode(encoding)
    data = annotated(zipped(parts), notes("A5", "B4", "A9"))
    root = root_of(data, "xl/worksheets/sheet1.xml")
    namespace = etree.QName(root).namespace
    assert {etree.QName(element).namespace for element in root.iter()} == {namespace}
    assert ("purl.oclc.org" in str(namespace)) == strict
    assert etree.QName(root[-1]).localname == "legacyDrawing"
    for part in ("xl/comments.xml", "xl/worksheets/review.xml", "xl/styles.xml"):
        assert {etree.QName(element).namespace for element in root_of(data, part).iter()} == {namespace}
    kinds = {relation.get("Type", "") for relation in root_of(data, "xl/worksheets/_rels/sheet1.xml.rels")}
    assert all(("purl.oclc.org" in kind) == strict for kind in kinds)
    assert root[-1].attrib.keys()[0].startswith("{http://purl" if strict else "{http://schemas")


def test_a_workbook_without_styles_gets_the_least_there_must_be() -> None:
    data = annotated(zipped(book_parts(ROWS.replace('s="1"', "").replace('style="2"', ""))), notes("A5"))
    assert fill(opened(data)["表 1"], "A5") == RED
    fills = root_of(data, "xl/styles.xml").findall("{*}fills/{*}fill/{*}patternFill")
    assert [each.get("patternType") for each in fills[:2]] == ["none", "gray125"]


def test_several_findings_on_a_cell_are_one_note_under_the_gravest_colour() -> None:
    place = SheetCell("表 1", "A5")
    given = notes(*(remark(place, severity) for severity in (Severity.INFO, Severity.ERROR, Severity.WARNING)))
    sheet = opened(annotated(zipped(book_parts(ROWS, styles=STYLES)), given))["表 1"]
    assert re.findall("(提示|错误|警告) PE000", note(sheet, "A5")) == ["提示", "错误", "警告"]
    assert fill(sheet, "A5") == RED


def test_what_has_no_place_in_the_file_stands_in_the_summary_and_the_table() -> None:
    given = notes(remark(Paragraph(3), message="甲"), remark(SheetCell("没有的表", "A1"), message="乙"), "A5")
    book = opened(annotated(zipped(book_parts(ROWS, styles=STYLES)), given))
    assert all(f"位置：绩效指标 第1项·得分\n{each}" in note(book["表 1"], "A1") for each in "甲乙")
    assert [book["审核意见"][f"C{row}"].value for row in (5, 6, 7)] == [None, None, "表 1!A5"]


def test_two_forms_have_a_section_each() -> None:
    given = [*notes("A5"), Notes(("第二张表",), SheetCell("表 1", "D5"), ())]
    book = opened(annotated(zipped(book_parts(ROWS, styles=STYLES)), given))
    column = [cell.value for cell in book["审核意见"]["A"]]
    assert column[2:] == [*SUMMARY, "错误", "第二张表"]
    assert note(book["表 1"], "D5") == f"{SEPARATOR}\n第二张表"
    assert fill(book["表 1"], "D5") is None


def luminance(rgb: str) -> float:
    """The relative luminance of a colour, from 0 to 1, as WCAG 2 defines it."""
    parts = [int(rgb[at : at + 2], 16) / 255 for at in (2, 4, 6)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("severity", Severity)
def test_black_text_is_well_read_on_every_shade_and_each_tells_what_it_is(severity: Severity) -> None:
    shades = [Shade(severity, number) for number in range(256)]
    assert [shade_of(shade.rgb) for shade in shades] == shades
    assert min((luminance(shade.rgb) + 0.05) / 0.05 for shade in shades) > 12
    assert shade_of("FFFFFF00") is None
