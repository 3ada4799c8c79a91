"""Excel workbooks to grids: what the sheet shows, and where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import SheetCell
from perfeval_lint.read.model import Cell, Grid, Reading
from perfeval_lint.read.sheet.xlsx import read_xlsx

Parts = dict[str, str]
Read = Callable[..., Reading]
STYLES = (
    '<numFmts><numFmt numFmtId="176" formatCode="0.00_ "/><numFmt numFmtId="177" formatCode="# ?/?"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="176"/><xf numFmtId="14"/><xf numFmtId="177"/>'
    '<xf numFmtId="31"/><xf numFmtId="4"/></cellXfs>'
)


@pytest.fixture
def read(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> Read:
    """Reads a workbook of one sheet whose XML is this."""
    return lambda sheet, **parts: read_xlsx(zip_of(book_parts(sheet, styles=STYLES, **parts)), "a.xlsx")


def data(cells: str) -> str:
    return f'<sheetData><row r="1">{cells}</row></sheetData>'


def text(address: str, content: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{content}</t></is></c>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def cells_of(reading: Reading) -> tuple[Cell, ...]:
    (grid,) = reading.blocks
    assert isinstance(grid, Grid)
    return grid.cells


def shown(reading: Reading) -> list[tuple[str, str, int, int]]:
    return [(cell.origin[1], cell.text, cell.rows, cell.columns) for cell in cells_of(reading)]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1" s="1"><v>0.9361</v></c>', "93.61%"),
        ('<c r="A1" s="2"><v>508.9500000001</v></c>', "508.95"),
        ('<c r="A1" s="2"><v>9.6999999999999993</v></c>', "9.70"),
        ('<c r="A1"><v>0.30000000000000004</v></c>', "0.3"),
        ('<c r="A1" s="6"><v>1234.5</v></c>', "1,234.50"),
        ('<c r="A1" s="3"><v>44927</v></c>', "2023/1/1"),
        ('<c r="A1" s="5"><v>44927</v></c>', "2023年1月1日"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="A1" t="d"><v>2023-01-01T00:00:00</v></c>', "2023-01-01"),
        ('<c r="A1" t="str"><f>B1</f><v>甲</v></c>', "甲"),
        ('<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></is></c>', "甲 乙"),
        ('<c r="A1" t="s" s="2"><v>0</v></c>', "9.70"),
        ('<c r="A1" t="s"><v>1</v></c>', "甲乙"),
        ('<c r="A1" t="s"><v>2</v></c>', "一\n二_x000D_"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
    ],
)
def test_cells_as_shown(read: Read, cell: str, expected: str) -> None:
    strings = (
        "<si><t>9.70</t></si><si><r><t>甲</t></r><r><t>乙</t></r><rPh><t>jia</t></rPh></si>"
        "<si><t>一_x000D_\n二_x005F_x000D_</t></si>"
    )
    (found,) = cells_of(read(data(cell), strings=strings))
    assert (found.text, found.doubt) == (expected, "")


@pytest.mark.parametrize(
    ("cell", "expected", "why"),
    [
        ('<c r="A1"><f>B1</f></c>', "", "没有存下计算结果"),
        ('<c r="A1"><f>B1</f><v></v></c>', "", "没有存下计算结果"),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!", "错误值"),
        ('<c r="A1" t="s"><v>9</v></c>', "", "找不到"),
        ('<c r="A1" s="4"><v>0.5</v></c>', "0.5", "无法还原"),
        ('<c r="A1"><v>十</v></c>', "十", "有效的数值"),
        ('<c r="A1" s="99"><v>0.119</v></c>', "0.119", "没有这一格的格式"),
        ('<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>', "", "图片"),
        ('<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_61A4",1)</f><v>=DISPIMG("ID_61A4",1)</v></c>', "", "图片"),
        ('<c r="A1" t="inlineStr"><is><t>=DISPIMG("ID_61A4",1)</t></is></c>', "", "图片"),
    ],
)
def test_what_is_not_sure_is_doubted(read: Read, cell: str, expected: str, why: str) -> None:
    (found,) = cells_of(read(data(cell)))
    assert found.text == expected
    assert why in found.doubt


def test_zeros_of_a_workbook_never_calculated_are_doubted(read: Read) -> None:
    sheet = data('<c r="A1"><f>1+1</f><v>0</v></c><c r="B1"><v>0</v></c>')
    formula, typed = cells_of(read(sheet, book='<calcPr fullCalcOnLoad="1"/>'))
    assert "未经计算" in formula.doubt
    assert not typed.doubt


def test_the_1904_calendar(read: Read) -> None:
    reading = read(data('<c r="A1" s="3"><v>43465</v></c>'), book='<workbookPr date1904="1"/>')
    assert cells_of(reading)[0].text == "2023/1/1"


def test_the_grid_is_the_used_rectangle_with_real_addresses(read: Read) -> None:
    blank = '<c r="H5" s="1"/>'
    sheet = f"<sheetData>{row(3, text('C3', '甲'))}{row(5, text('E5', '乙'), blank)}</sheetData>"
    cells = cells_of(read(sheet))
    assert len(cells) == 9
    assert (cells[0].row, cells[0].column, cells[0].origin) == (0, 0, SheetCell("自评表", "C3"))
    assert (cells[-1].row, cells[-1].column, cells[-1].text) == (2, 2, "乙")


def test_merges_are_clipped_to_the_used_rectangle(read: Read) -> None:
    sheet = (
        f"<sheetData>{row(1, text('A1', '题'))}{row(2, text('A2', '甲'), text('B2', '乙'))}</sheetData>"
        '<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="B2:C9"/><mergeCell ref="B1:B2"/></mergeCells>'
    )
    assert shown(read(sheet)) == [("A1", "题", 1, 2), ("A2", "甲", 1, 1), ("B2", "乙", 1, 1)]


def test_text_under_a_merge_is_not_shown(read: Read) -> None:
    sheet = data(text("A1", "甲") + text("B1", "盖住")) + '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    assert shown(read(sheet)) == [("A1", "甲", 1, 2)]


def test_hidden_rows_and_columns_are_left_out_and_named(read: Read) -> None:
    sheet = (
        '<cols><col min="2" max="3" hidden="1"/><col min="5" max="16384" hidden="1"/></cols><sheetData>'
        + row(1, text("A1", "甲"), text("B1", "藏"), text("D1", "乙"))
        + row(2, text("A2", "藏"), attributes='hidden="1"')
        + row(3, text("A3", "藏"), attributes='ht="0"')
        + row(4, attributes='hidden="1"')
        + row(5, text("A5", "丙"))
        + "</sheetData>"
    )
    reading = read(sheet)
    assert shown(reading) == [("A1", "甲", 1, 1), ("D1", "乙", 1, 1), ("A5", "丙", 1, 1), ("D5", "", 1, 1)]
    assert [note.message for note in reading.notes] == [
        "工作表“自评表”隐藏了第2–3行，没有读取；如要检查请取消隐藏",
        "工作表“自评表”隐藏了B列，没有读取；如要检查请取消隐藏",
    ]


def test_rows_and_columns_too_small_for_letters_are_hidden(read: Read) -> None:
    sheet = (
        '<cols><col min="2" max="2" width="0.08" customWidth="1"/><col min="3" max="3" width="1.5"/></cols><sheetData>'
        + row(1, text("A1", "甲"), text("B1", "藏"), text("C1", "乙"))
        + row(2, text("A2", "藏"), attributes='ht="0.0" customHeight="1"')
        + row(3, text("A3", "藏"), attributes='ht="0.75" customHeight="1"')
        + "</sheetData>"
    )
    reading = read(sheet)
    assert shown(reading) == [("A1", "甲", 1, 1), ("C1", "乙", 1, 1)]
    assert [note.message[:15] for note in reading.notes] == ["工作表“自评表”隐藏了第2–3", "工作表“自评表”隐藏了B列，没"]


@pytest.mark.parametrize(("value", "is_doubted"), [("", True), ("<v></v>", False), ("<v>甲</v>", False)])
def test_a_formula_of_text_without_its_result_is_doubted(read: Read, value: str, is_doubted: bool) -> None:
    cells = cells_of(read(data(text("A1", "乙") + f'<c r="B1" t="str"><f>IF(A1=1,"甲","")</f>{value}</c>')))
    assert ("公式没有存下计算结果" in cells[-1].doubt) == is_doubted


def test_a_merge_that_begins_in_a_hidden_row_shows_below_it(read: Read) -> None:
    first = row(1, text("A1", "一级"), attributes='hidden="1"')
    sheet = f'<sheetData>{first}{row(2, text("B2", "甲"))}</sheetData><mergeCells><mergeCell ref="A1:A3"/></mergeCells>'
    assert shown(read(sheet)) == [("A1", "一级", 1, 1), ("B2", "甲", 1, 1)]


def test_hidden_sheets_are_left_out_with_a_note(read: Read) -> None:
    reading = read(data(text("A1", "甲")), state="veryHidden")
    assert reading.blocks == ()
    assert "工作表“自评表”是隐藏的" in reading.notes[0].message


def test_a_hidden_sheet_without_content_is_not_worth_a_note(read: Read) -> None:
    assert read("<sheetData/>", state="hidden") == Reading(())


def test_cells_and_rows_without_addresses_follow_each_other(read: Read) -> None:
    sheet = "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>"
    assert [each[:2] for each in shown(read(sheet))] == [("A1", "1"), ("B1", "2"), ("A2", "3"), ("B2", "")]


def test_a_million_formatted_rows_cost_nothing(read: Read) -> None:
    blank = "".join(f'<row r="{n}" spans="1:9" ht="14.25" customHeight="1"/>' for n in range(2, 900_000))
    cells = "".join(f'<c r="A{n}" s="1"/>' for n in range(1_000_000, 1_048_577))
    sheet = f"<sheetData>{row(1, text('A1', '甲'))}{blank}{row(1_000_000, cells)}</sheetData>"
    assert len(cells_of(read(sheet))) == 1


@pytest.mark.parametrize(
    ("sheet", "why"),
    [
        (data(text("A1", "甲") + text("IV1", "乙")), "200 列"),
        (f"<sheetData>{row(1, text('A1', '甲'))}{row(900000, text('A900000', '乙'))}</sheetData>", "20000 行"),
        (f"<sheetData>{row(1, text('A1', '甲'))}{row(9000, text('GA9000', '乙'))}</sheetData>", "400000 个单元格"),
    ],
)
def test_a_sheet_beyond_the_limits_is_refused(read: Read, sheet: str, why: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(sheet)
    assert caught.value.problem.code == "too-large"
    assert why in caught.value.problem.message


def test_strict_files_read_alike(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> None:
    parts = book_parts(data('<c r="A1" s="1"><v>1</v></c>'), styles=STYLES)
    strict = {
        name: content.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/",
                              "http://purl.oclc.org/ooxml/spreadsheetml/")
        .replace("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/")
        for name, content in parts.items()
    }  # fmt: skip
    assert read_xlsx(zip_of(strict), "a") == read_xlsx(zip_of(parts), "a")


def test_a_missing_sheet_is_named(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> None:
    parts = book_parts(data(""))
    del parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(UnreadableFile, match="缺少工作表“自评表”的内容"):
        read_xlsx(zip_of(parts), "a")


def test_parts_a_workbook_may_do_without(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> None:
    parts = book_parts(data('<c r="A1" s="1"><v>1</v></c>'))
    del parts["xl/styles.xml"], parts["xl/sharedStrings.xml"]
    (found,) = cells_of(read_xlsx(zip_of(parts), "a"))
    assert found.text == "1"
    assert "没有这一格的格式" in found.doubt


def test_a_workbook_without_its_texts_is_refused(
    zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]
) -> None:
    parts = book_parts(data('<c r="A1" t="s"><v>0</v></c>'))
    del parts["xl/sharedStrings.xml"]
    with pytest.raises(UnreadableFile, match="缺少各单元格的文字"):
        read_xlsx(zip_of(parts), "a")
