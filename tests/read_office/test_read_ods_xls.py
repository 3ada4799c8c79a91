"""The same workbook in three formats reads the same; and what is particular to .ods and .xls."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.read.model import Cell, Grid, Reading
from perfeval_lint.read.sheet.ods import read_ods
from perfeval_lint.read.sheet.xls import read_xls
from perfeval_lint.read.sheet.xlsx import read_xlsx

Parts = dict[str, str]


@pytest.fixture
def ods(zip_of: Callable[[Parts], bytes], ods_parts: Callable[..., Parts]) -> Callable[..., Reading]:
    """Reads an OpenDocument workbook of one table whose XML is this."""
    return lambda rows, styles="": read_ods(
        zip_of(ods_parts(f'<table:table table:name="表" table:style-name="ta1">{rows}</table:table>', styles)), "a.ods"
    )


def cells_of(reading: Reading) -> tuple[Cell, ...]:
    (grid,) = reading.blocks
    assert isinstance(grid, Grid)
    return grid.cells


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def cell(content: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{content}</text:p></table:table-cell>"


def test_the_form_reads_as_written(files: Path) -> None:
    reading = read_xlsx((files / "form.xlsx").read_bytes(), "form")
    shown = {cell.origin[1]: cell.text for cell in cells_of(reading)}
    assert shown["A1"] == "项目支出绩效自评表（2021年度）"
    assert [shown[f"{letter}3"] for letter in "ABCDEF"] == ["年度资金总额", "543.70", "508.95", "10", "93.61%", "9.70"]
    assert [shown[f"{letter}4"] for letter in "BCF"] == ["1,234.50", "0.3", "-3.20"]
    assert [shown[f"{letter}5"] for letter in "BCD"] == ["2022年1月5日", "TRUE", "两行\n文字"]
    assert [(note.code, note.message.partition("，")[0]) for note in reading.notes] == [
        ("hidden", "工作表“自评表”隐藏了第7行"),
        ("hidden", "工作表“自评表”隐藏了H列"),
        ("hidden", "工作表“底稿”是隐藏的"),
    ]


def test_the_three_formats_agree(files: Path) -> None:
    first = read_xlsx((files / "form.xlsx").read_bytes(), "form")
    assert read_ods((files / "form.ods").read_bytes(), "form") == first
    assert read_xls((files / "form.xls").read_bytes(), "form") == first


def test_ods_keeps_white_space_and_line_ends(ods: Callable[..., Reading]) -> None:
    content = '甲<text:s text:c="2"/>乙<text:tab/><text:span>丙</text:span><text:line-break/>丁</text:p><text:p>戊'
    assert cells_of(ods(row(cell(content))))[0].text == "甲  乙\t丙\n丁\n戊"


def test_ods_leaves_comments_out(ods: Callable[..., Reading]) -> None:
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    rows = f"<table:table-row><table:table-cell>{note}<text:p>甲</text:p></table:table-cell></table:table-row>"
    assert [each.text for each in cells_of(ods(rows))] == ["甲"]


def test_ods_repeats_rows_and_cells(ods: Callable[..., Reading]) -> None:
    rows = (
        row(cell("甲", 'table:number-columns-repeated="2"'), attributes='table:number-rows-repeated="2"')
        + row(attributes='table:number-rows-repeated="3"')
        + f"<table:table-row-group>{row(cell('乙'))}</table:table-row-group>"
        + row(
            "<table:table-cell table:number-columns-repeated='16384'/>",
            attributes='table:number-rows-repeated="1048570"',
        )
    )
    cells = cells_of(ods(rows))
    assert [each.origin[1] for each in cells if each.text] == ["A1", "B1", "A2", "B2", "A6"]
    assert len(cells) == 12


def test_ods_merges_and_hidden_places(ods: Callable[..., Reading]) -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    covered = "<table:covered-table-cell/>"
    rows = (
        columns
        + row(cell("甲", 'table:number-columns-spanned="3" table:number-rows-spanned="2"'), covered, covered)
        + row("<table:covered-table-cell table:number-columns-repeated='3'/>")
        + row(cell("乙"), cell("藏"), cell("丙"))
        + row(cell("筛"), attributes='table:visibility="filter"')
    )
    reading = ods(rows)
    assert [(each.text, each.rows, each.columns) for each in cells_of(reading)] == [
        ("甲", 2, 2),
        ("乙", 1, 1),
        ("丙", 1, 1),
    ]
    assert len(reading.notes) == 2


@pytest.mark.parametrize(("size", "is_shown"), [("0.0102in", False), ("0.2mm", False), ("1pt", False), ("0.5cm", True)])
def test_ods_rows_and_columns_too_small_for_letters_are_hidden(
    ods: Callable[..., Reading], size: str, is_shown: bool
) -> None:
    styles = (
        f'<style:style style:name="s1" style:family="table-row"><style:table-row-properties style:row-height="{size}"/>'
        '</style:style><style:style style:name="s2" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{size}"/></style:style>'
    )
    columns = '<table:table-column/><table:table-column table:style-name="s2"/>'
    rows = row(cell("甲"), cell("藏")) + row(cell("藏"), cell("藏"), attributes='table:style-name="s1"')
    reading = ods(columns + rows, styles)
    assert [each.text for each in cells_of(reading)] == (["甲", "藏", "藏", "藏"] if is_shown else ["甲"])
    assert len(reading.notes) == (0 if is_shown else 2)


def test_xls_rows_too_small_for_letters_are_hidden(files: Path) -> None:
    data = bytearray((files / "form.xls").read_bytes())
    row_3 = data.index(struct.pack("<HHH", 0x208, 16, 2))
    struct.pack_into("<H", data, row_3 + 10, 15)
    reading = read_xls(bytes(data), "form")
    assert "年度资金总额" not in [each.text for each in cells_of(reading)]
    assert "隐藏了第3行、第7行" in reading.notes[0].message


def test_ods_hidden_sheet(ods: Callable[..., Reading]) -> None:
    style = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
    reading = ods(row(cell("甲")), style)
    assert reading.blocks == ()
    assert "隐藏" in reading.notes[0].message


@pytest.mark.parametrize(
    ("attributes", "content", "text", "why"),
    [
        ('calcext:value-type="error"', "<text:p>#DIV/0!</text:p>", "#DIV/0!", "错误值"),
        ('table:formula="of:=1/0"', "<text:p>Err:502</text:p>", "Err:502", "错误值"),
        ('table:formula="of:=1"', "", "", "没有存下计算结果"),
        ('office:value-type="float" office:value="0.30000000000000004"', "", "0.3", "没有存下单元格显示的文字"),
        ('office:value-type="date" office:date-value="2022-01-05"', "", "2022-01-05", "没有存下单元格显示的文字"),
        ('office:string-value="甲"', "", "甲", ""),
    ],
)
def test_ods_doubts(ods: Callable[..., Reading], attributes: str, content: str, text: str, why: str) -> None:
    (found,) = cells_of(ods(row(f"<table:table-cell {attributes}>{content}</table:table-cell>")))
    assert found.text == text
    assert why in found.doubt
    assert bool(why) == bool(found.doubt)


def test_ods_that_repeats_text_without_end_is_refused(ods: Callable[..., Reading]) -> None:
    bomb = row(cell("甲", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048576"')
    with pytest.raises(UnreadableFile) as caught:
        ods(bomb * 50)
    assert caught.value.problem.code == "too-large"


def test_ods_with_a_password(zip_of: Callable[[Parts], bytes], ods_parts: Callable[..., Parts]) -> None:
    parts = ods_parts("") | {"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": "\x01\x02"}
    with pytest.raises(UnreadableFile) as caught:
        read_ods(zip_of(parts), "a.ods")
    assert caught.value.problem.code == "encrypted"


def test_xls_with_a_password() -> None:
    # BIFF5 without a container: BOF, then FILEPASS.
    data = bytes.fromhex("09080800 00050500 00000000 2f000400 12345678 0a000000")
    with pytest.raises(UnreadableFile) as caught:
        read_xls(data, "a.xls")
    assert caught.value.problem.code == "encrypted"


@pytest.mark.parametrize("kept", [9, 600, 4000])
def test_xls_cut_off(files: Path, kept: int) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_xls((files / "form.xls").read_bytes()[:kept], "a.xls")
    assert caught.value.problem.code == "damaged"


def test_xls_with_a_record_taken_for_a_name(files: Path) -> None:
    """A damaged style record that says it is a defined name: its formula makes no sense to xlrd."""
    data = bytearray((files / "form.xls").read_bytes())
    data[2244] = 0x18
    with pytest.raises(UnreadableFile) as found:
        read_xls(bytes(data), "f.xls")
    assert found.value.problem.code == "damaged"


def test_xls_that_is_a_word_file(files: Path) -> None:
    data = bytearray((files / "form.xls").read_bytes())
    at = data.find("Workbook".encode("utf-16-le"))
    data[at : at + 24] = "WordDocument".encode("utf-16-le")
    data[at + 64] = 26  # bytes of the name, with its end
    with pytest.raises(UnreadableFile) as caught:
        read_xls(bytes(data), "a.xls")
    assert caught.value.problem.code == "wrong-kind"
