"""The files themselves: properties of Word, Excel and HTML output, hostile texts, size and refusals."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from lxml import html

from perfeval_lint.errors import UsageError
from perfeval_lint.form.model import Form
from perfeval_lint.render.excel import amount
from perfeval_lint.render.render import WRITERS, render
from tests.growth import growth

Make = Callable[..., Form]
SUFFIXES = [".docx", ".xlsx", ".html"]


def sheet_of(form: Form) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(form, ".xlsx"))).active


def cell_of(sheet: Any, value: object) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == value)


def contents(data: bytes) -> dict[str, bytes]:
    """The parts of a Word or Excel file."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def many(count: int, **more: str) -> list[dict[str, str]]:
    return [
        {"一级指标": f"产出{row // 50}", "二级指标": f"数量{row // 7}", "三级指标": f"指标{row}", **more}
        for row in range(count)
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_examples_are_written(example: Form, suffix: str) -> None:
    assert len(render(example, suffix)) > 3000


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_form_gives_the_same_contents(make: Make, suffix: str) -> None:
    first, second = (render(make(项目名称="甲"), suffix) for _ in range(2))
    if suffix == ".html":
        assert first == second
    else:
        first_parts, second_parts = (contents(data) for data in (first, second))
        assert first_parts == second_parts


def test_suffix_may_be_in_capitals(make: Make) -> None:
    assert render(make(), ".HTML") == render(make(), ".htm")


def test_other_suffixes_are_refused_with_the_known_ones(make: Make) -> None:
    with pytest.raises(UsageError, match=r"不能输出为“\.pdf”") as caught:
        render(make(), ".pdf")
    assert all(suffix in str(caught.value) for suffix in WRITERS)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_five_hundred_indicators(make: Make, suffix: str) -> None:
    forms = {number: make(绩效指标=many(number, 偏差原因="由线下改为线上" * 5)) for number in (62, 500)}
    assert growth(lambda number: render(forms[number], suffix), 62, 500) < 30
    data = render(forms[500], suffix)
    if suffix == ".html":
        assert data.decode().count("指标499") == 1
    elif suffix == ".docx":
        assert len(docx.Document(io.BytesIO(data)).tables[0].rows) > 500
    else:
        assert cell_of(openpyxl.load_workbook(io.BytesIO(data)).active, "指标499")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_control_characters_are_shown_as_replaced(make: Make, suffix: str) -> None:
    data = render(make(项目名称="甲\x00\x08乙\x1f丙", 表式="表\x01", 年度="\x02"), suffix)
    if suffix != ".html":
        data = b"".join(contents(data).values())
    text = data.decode(errors="replace")
    assert "甲\ufffd\ufffd乙\ufffd丙" in text
    assert not re.search("[\x00-\x08]", text) or suffix == ".docx"  # the template of a Word file holds a picture


# --- Word ---


def test_word_page_is_upright_a4_and_the_table_fills_it(make: Make) -> None:
    document = docx.Document(io.BytesIO(render(make(项目名称="甲"), ".docx")))
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    grid = document.tables[0]._tbl.tblGrid
    width = sum(int(column.get(qn("w:w"))) for column in grid)
    assert abs(width / 567 - 17.4) < 0.02


def test_word_keeps_short_rows_whole_and_lets_long_ones_go_on(make: Make) -> None:
    form = make(年度总体目标={"预期目标": "长" * 3000, "实际完成情况": "短"}, 绩效指标=many(2))
    rows = docx.Document(io.BytesIO(render(form, ".docx"))).tables[0].rows
    unbroken = [row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows]
    assert unbroken.count(False) == 1


def test_word_names_nobody_as_author(make: Make) -> None:
    properties = docx.Document(io.BytesIO(render(make(), ".docx"))).core_properties
    assert (properties.author, properties.comments, properties.title) == ("", "", "项目支出绩效自评表")


# --- Excel ---


@pytest.mark.parametrize(
    ("text", "value", "number_format"),
    [
        ("9.70", 9.7, "0.00"),
        ("0", 0, "0"),
        ("-3.5", -3.5, "0.0"),
        ("93.61%", 0.9361, "0.00%"),
        ("100%", 1, "0%"),
        ("10740.000000", 10740, "0.000000"),
        ("0.9361", 0.9361, "0.0000"),
    ],
)
def test_exact_numbers_are_numbers(make: Make, text: str, value: float, number_format: str) -> None:
    sheet = sheet_of(make(项目资金=[{"资金来源": "年度资金总额", "执行率": text}]))
    cell = cell_of(sheet, value)
    assert (cell.data_type, cell.number_format) == ("n", number_format)


@pytest.mark.parametrize(
    "text",
    ["+5", "007", "-0", "-0.00", "1,000", "1.5万", "", ".5", "5.", "1e3", "1234567890.1234567", "约10", "1 ", "１"],
)
def test_anything_else_stays_text(text: str) -> None:
    assert amount(text) is None


def test_numbers_in_text_fields_stay_text(make: Make) -> None:
    sheet = sheet_of(make(联系电话="84080200", 绩效指标=[{"三级指标": "甲", "年度指标值": "162.111"}]))
    assert cell_of(sheet, "84080200").data_type == "s"
    assert cell_of(sheet, "162.111").data_type == "s"


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://a")'])
def test_no_text_becomes_a_formula(make: Make, text: str) -> None:
    keys = {"项目名称": text, "项目资金": [{"资金来源": text, "年初预算数": text}], "说明": text}
    sheet = sheet_of(make(**keys, 绩效指标=[{"三级指标": text, "得分": text}]))
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == text.strip()]
    assert len(cells) == 6
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    assert not any(cell.hyperlink for cell in cells)


def test_workbook_prints_on_a4_as_wide_as_the_page(make: Make) -> None:
    sheet = sheet_of(make(绩效指标=many(3)))
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_area == f"'绩效自评表'!$A$1:$I${sheet.max_row}"


def test_rows_are_as_high_as_their_texts(make: Make) -> None:
    sheet = sheet_of(make(说明="长" * 100, 绩效指标=[{"三级指标": "长" * 100}, {"三级指标": "短"}]))
    heights = [sheet.row_dimensions[cell_of(sheet, text).row].height for text in ("长" * 100, "短")]
    assert heights[0] > 100 > 20 > heights[1]


def test_a_row_too_high_for_excel_stands_over_several(make: Make) -> None:
    sheet = sheet_of(make(年度总体目标={"预期目标": "长" * 5000}))
    cell = cell_of(sheet, "长" * 5000)
    merged = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
    heights = [sheet.row_dimensions[row].height for row in range(merged.min_row, merged.max_row + 1)]
    assert len(heights) > 3
    assert max(heights) <= 409
    assert sum(heights) > 5000 / 28 * 12


def test_low_level_cells_get_room_for_a_long_name(make: Make) -> None:
    name = "服务对象满意度指标等很长的名称" * 3
    sheet = sheet_of(make(绩效指标=[{"一级指标": "甲", "二级指标": name, "三级指标": "乙"}]))
    assert sheet.row_dimensions[cell_of(sheet, name).row].height > 100


@pytest.mark.parametrize("key", ["说明", "表式"])
def test_a_text_too_long_for_a_cell_is_refused(make: Make, key: str) -> None:
    with pytest.raises(UsageError, match=r"有 40000 个字符，超过 Excel 一格 32767 的上限；请改用"):
        render(make(**{key: "长" * 40_000}), ".xlsx")
    assert render(make(**{key: "长" * 40_000}), ".docx")


def test_escaped_looking_text_is_kept(make: Make) -> None:
    assert b"_x005F_x0041_" in contents(render(make(项目名称="_x0041_"), ".xlsx"))["xl/sharedStrings.xml"]


# --- HTML ---


def test_page_is_self_contained(example: Form) -> None:
    text = render(example, ".html").decode()
    assert text.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert not re.search(r"<(?:link|script|img|iframe)|\bsrc=|url\(", text)


def test_page_escapes_everything(make: Make) -> None:
    evil = "<script>alert(1)</script>\"'&"
    text = render(make(表式=evil, 年度=evil, 项目名称=evil, 绩效指标=[{"三级指标": evil}]), ".html").decode()
    assert "<script" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;") == 5


def test_page_has_real_spans_and_headings(make: Make) -> None:
    page = html.document_fromstring(render(make(绩效指标=many(3)), ".html").decode())
    label = next(cell for cell in page.iter("th") if cell.text == "绩效指标")
    assert label.get("rowspan") == "4"
    assert next(page.iter("td")).get("colspan") == "7"
