"""Letters of a workbook as they are drawn: raised, struck out, and in the colour of their ground."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perfeval_lint.read.model import Cell, Grid, Reading
from perfeval_lint.read.sheet.xlsx import read_xlsx
from perfeval_lint.read.sheet.xlsx_shapes import _Shape, _small

Parts = dict[str, str]
Read = Callable[..., Reading]
STYLES = (
    '<fonts><font/><font><strike/></font><font><color rgb="FFFFFFFF"/></font><font><color theme="0"/></font>'
    '<font><strike val="0"/><color indexed="9"/></font></fonts>'
    '<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FF4472C4"/></patternFill></fill><fill><patternFill patternType="solid"><fgColor theme="0"/>'
    "</patternFill></fill></fills>"
    '<numFmts><numFmt numFmtId="180" formatCode=";;;"/></numFmts>'
    '<cellXfs><xf/><xf fontId="1"/><xf fontId="2"/><xf fontId="3" fillId="1"/><xf fontId="3" fillId="2"/>'
    '<xf fontId="4"/><xf numFmtId="180"/></cellXfs>'
)
PLAIN, STRUCK, WHITE, ON_BLUE, ON_WHITE, INDEXED, HIDDEN = range(7)


@pytest.fixture
def read(zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]) -> Read:
    """Reads a workbook of one row whose cells are these."""

    def reading(cells: str, after: str = "", **parts: str) -> Reading:
        sheet = f'<sheetData><row r="1">{cells}</row></sheetData>{after}'
        return read_xlsx(zip_of(book_parts(sheet, styles=STYLES, **parts)), "a.xlsx")

    return reading


def first(reading: Reading) -> Cell:
    (grid,) = reading.blocks
    assert isinstance(grid, Grid)
    return grid.cells[0]


def run(text: str, font: str = "") -> str:
    return f"<r><rPr>{font}</rPr><t>{text}</t></r>"


def text(*runs: str, style: int = PLAIN) -> str:
    return f'<c r="A1" s="{style}" t="inlineStr"><is>{"".join(runs)}</is></c>'


RAISED = '<vertAlign val="superscript"/>'


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ((run("125人"), run("1", RAISED)), "125人"),
        ((run("160m"), run("2", RAISED)), "160m²"),
        ((run("3×10"), run("4", RAISED)), "3×10⁴"),
        ((run("57.00"), run("①", RAISED)), "57.00"),
        ((run("CO"), run("2", '<vertAlign val="subscript"/>')), "CO2"),
    ],
)
def test_raised_letters_leave_the_number_alone(read: Read, runs: tuple[str, ...], expected: str) -> None:
    assert first(read(text(*runs))).text == expected
    strings = f"<si>{''.join(runs)}</si>"
    assert first(read('<c r="A1" t="s"><v>0</v></c>', strings=strings)).text == expected


def test_a_raised_figure_on_a_whole_number_is_doubted(read: Read) -> None:
    found = first(read(text(run("125"), run("1", RAISED))))
    assert found.text == "125"
    assert "上标“1”" in found.doubt


def test_struck_runs_are_left_out_and_named(read: Read) -> None:
    reading = read(text(run("97%", "<strike/>"), run("98.5%")))
    assert (first(reading).text, first(reading).doubt) == ("98.5%", "")
    assert [note.message for note in reading.notes] == ["工作表“自评表”里没有读取：A1 划掉的“97%”"]


def test_a_run_without_a_font_has_that_of_the_cell(read: Read) -> None:
    found = first(read(text("<r><t>97%</t></r>", run("98.5%"), style=STRUCK)))
    assert found.text == "98.5%"


@pytest.mark.parametrize("cell", [text("<t>97%</t>", style=STRUCK), f'<c r="A1" s="{STRUCK}"><v>97</v></c>'])
def test_a_cell_struck_out_as_a_whole_is_doubted(read: Read, cell: str) -> None:
    found = first(read(cell))
    assert found.text == ""
    assert "整个划掉了" in found.doubt


@pytest.mark.parametrize("style", [WHITE, ON_WHITE, INDEXED, HIDDEN])
def test_text_that_cannot_be_seen_is_left_out_and_named(read: Read, style: int) -> None:
    reading = read(text("<t>底稿</t>", style=style) + '<c r="B1"><v>1</v></c>')
    assert [cell.text for cell in reading.blocks[0].cells] == ["1"]  # type: ignore[union-attr]
    assert [note.message for note in reading.notes] == ["工作表“自评表”里没有读取：A1 看不见的“底稿”"]


@pytest.mark.parametrize("style", [WHITE, HIDDEN])
def test_a_number_that_cannot_be_seen_is_doubted(read: Read, style: int) -> None:
    found = first(read(f'<c r="A1" s="{style}"><v>57</v></c>'))
    assert found.text == "57"
    assert "核对" in found.doubt


def test_white_letters_on_a_coloured_ground_are_read(read: Read) -> None:
    reading = read(text("<t>项目名称</t>", style=ON_BLUE))
    assert (first(reading).text, first(reading).doubt, reading.notes) == ("项目名称", "", ())


def test_where_something_else_may_colour_the_cell_unseen_text_is_doubted(read: Read) -> None:
    found = first(read(text("<t>合格</t>", style=WHITE), after='<conditionalFormatting sqref="A1"/>'))
    assert found.text == "合格"
    assert "字色与底色相同" in found.doubt


def test_a_tint_that_is_no_number_is_a_colour_that_is_not_known(
    zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]
) -> None:
    styles = '<fonts><font><color theme="0" tint="half"/></font></fonts><cellXfs><xf fontId="0"/></cellXfs>'
    sheet = '<sheetData><row r="1"><c r="A1"><v>57</v></c></row></sheetData>'
    cell = first(read_xlsx(zip_of(book_parts(sheet, styles=styles)), "a.xlsx"))
    assert (cell.text, cell.doubt) == ("57", "")


@pytest.mark.parametrize(
    ("ground", "unseen"), [('theme="4"', True), ('theme="5"', False), ('theme="4" tint="0.4"', False)]
)
def test_letters_in_the_theme_colour_of_their_ground(
    zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts], ground: str, unseen: bool
) -> None:
    styles = (
        '<fonts><font><color theme="4"/></font></fonts><fills><fill><patternFill patternType="solid">'
        f'<fgColor {ground}/></patternFill></fill></fills><cellXfs><xf fontId="0" fillId="0"/></cellXfs>'
    )
    sheet = '<sheetData><row r="1"><c r="A1"><v>57</v></c></row></sheetData>'
    cell = first(read_xlsx(zip_of(book_parts(sheet, styles=styles)), "a.xlsx"))
    assert (cell.text, "字色与底色相同" in cell.doubt) == ("57", unseen)


def test_a_shape_over_no_row_at_all_lies_over_nothing() -> None:
    """However many columns it goes over: they are not even counted out."""
    assert [*_small([_Shape(range(5, 3), range(1 << 31), ""), _Shape(range(1 << 31), range(5, 3), "")])] == []
