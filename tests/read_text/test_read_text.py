"""Typed tables as people and converters give them: cells, spans, marks, places."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import Position, TableCell
from perfeval_lint.read.model import Cell, Grid, Line
from perfeval_lint.read.text.decode import utf16_of
from perfeval_lint.read.text.text import decode_text, read_text
from tests.growth import growth


def blocks(text: str, file: str = "a.txt") -> list[Grid | Line]:
    return list(read_text(text.encode(), file).blocks)


def grid(text: str, file: str = "a.txt") -> Grid:
    (found,) = (block for block in blocks(text, file) if isinstance(block, Grid))
    return found


def rows(found: Grid) -> list[list[str]]:
    table: list[list[str]] = []
    for cell in found.cells:
        if cell.row == len(table):
            table.append([])
        table[cell.row].append(cell.text)
    return table


def cells(text: str, file: str = "a.txt") -> list[list[str]]:
    return rows(grid(text, file))


def lines(text: str, file: str = "a.txt") -> list[str]:
    return [block.text for block in blocks(text, file) if isinstance(block, Line) and block.text.strip()]


def cell_of(found: Grid, text: str) -> Cell:
    (cell,) = (cell for cell in found.cells if cell.text == text)
    return cell


# --- bars --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dash", ["-", "—", "---"])
def test_a_dash_alone_before_a_bar_is_a_cell(dash: str) -> None:
    assert cells(f"得分 |\n{dash} |\n10 |\n") == [["得分"], [dash], ["10"]]


@pytest.mark.parametrize("rule", ["| --- | --- |", "|:-:|-:|", "|-|-|", "---|---", "| === | === |", "| —— | —— |"])
def test_a_rule_is_no_row(rule: str) -> None:
    assert cells(f"| 分值 | 得分 |\n{rule}\n| 10 | 9 |\n") == [["分值", "得分"], ["10", "9"]]


def test_a_row_of_dashes_is_no_rule() -> None:
    assert cells("| 分值 | 得分 |\n| - | - |\n| — | - |\n")[1:] == [["-", "-"], ["—", "-"]]


def test_a_blank_last_cell_of_rows_without_closing_bars_stays() -> None:
    text = "名称 | 分值 | 得分 | 原因\n---|---|---|---\n种苗 | 10 | 9 | \n | 10 | 10 | 雨天\n"
    assert cells(text) == [["名称", "分值", "得分", "原因"], ["种苗", "10", "9", ""], ["", "10", "10", "雨天"]]
    assert not grid(text).ragged
    assert cells(text.replace("---|---|---|---\n", "")) == cells(text)


def test_closing_bars_of_all_rows_close_the_last_cell() -> None:
    assert cells("名称 | 分值 |\n种苗 |  |\n") == [["名称", "分值"], ["种苗", ""]]
    assert cells("| 名称 | 分值 |\n|  | 10 |\n") == [["名称", "分值"], ["", "10"]]


def test_a_grid_is_ragged_unless_all_rows_have_the_same_four_cells_or_more() -> None:
    assert grid("| a | b | c |\n| d | e | f |\n").ragged
    assert not grid("| a | b | c | d |\n| e | f | g | h |\n").ragged
    assert grid("| a | b | c | d |\n| e | f | g |\n").ragged


def test_a_bar_within_a_cell() -> None:
    assert cells("| a | 甲\\|乙 |\n| c | d |\n")[0] == ["a", "甲|乙"]
    spaced = "| 名称 | 值 | 分值 | 得分 |\n" * 3 + "| A|B类站点 | 1 | 2 | 3 |\n" + "| 名 | 1 | 2 | 3 |\n" * 3
    assert cells(spaced)[3] == ["A|B类站点", "1", "2", "3"]
    assert cells("|a|b|\n|c|d|\n") == [["a", "b"], ["c", "d"]]


def test_one_bar_in_one_of_many_lines_makes_no_table() -> None:
    text = "\n".join(["项目名称", "A|B类站点", *(f"第{number}格" for number in range(20))])
    assert all(isinstance(block, Line) for block in blocks(text))
    assert lines(text)[1] == "A|B类站点"


def test_a_table_amid_much_prose() -> None:
    prose = "一、项目概况\n" * 40
    assert cells(prose + "名称 | 分值 | 得分\n种苗 | 10 | 9\n" + prose) == [
        ["名称", "分值", "得分"],
        ["种苗", "10", "9"],
    ]
    assert len(lines(prose + "a | b\n" + prose)) == 81


@pytest.mark.parametrize("bar", ["｜", "│"])
def test_other_bars(bar: str) -> None:
    assert cells(f"名称 {bar} 分值\n种苗 {bar} 10\n") == [["名称", "分值"], ["种苗", "10"]]


def test_two_tables_with_a_rule_each_are_two_grids() -> None:
    table = "| a | b |\n|---|---|\n| c | d |\n"
    assert [rows(block) for block in blocks(f"{table}\n{table}") if isinstance(block, Grid)] == [cells(table)] * 2
    assert len(cells(table.replace("\n", "\n\n"))) == 2


# --- marks of markdown -------------------------------------------------------------------------------

RULE = "|---|---|\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("**项目名称**", "项目名称"),
        ("__项目名称__", "项目名称"),
        ("(≥**人)", "(≥**人)"),
        ("每村≥**人，每户≥**元", "每村≥**人，每户≥**元"),
        ("★种植（≥\\*\\*亩）", "★种植（≥**亩）"),
        ("\\-", "-"),
        ("1\\. a\\_b", "1. a_b"),
        ("&gt;=95% &amp; &#124;", ">=95% & |"),
        ("&nbsp;", ""),
        ("资金<br>（万元）", "资金\n（万元）"),
        ("资金<BR />（万元）", "资金\n（万元）"),
        ("C:\\new", "C:\\new"),
        ("- 列项", "- 列项"),
        ("NaN", ""),
        ("Unnamed: 3", ""),
    ],
)
def test_marks_in_a_cell(typed: str, meant: str) -> None:
    assert cells(f"| a | b |\n{RULE}| {typed} | d |\n")[1] == [meant, "d"]


def test_no_marks_in_text_that_is_not_markdown() -> None:
    assert cells("| **a** | \\- | &gt; |\n| d | e | f |\n")[0] == ["**a**", "\\-", "&gt;"]
    assert cells("| **a** | b |\n| d | e |\n", "a.md")[0] == ["a", "b"]


def test_two_characters_for_a_line_break_only_where_other_cells_show_it() -> None:
    assert cells(f"| a | b |\n{RULE}| 资金\\n（万元） | NaN |\n")[1] == ["资金\n（万元）", ""]
    assert cells(f"| a | b |\n{RULE}| 资金\\n（万元） | 目标\\n值 |\n| 一\\n二 | |\n")[1] == [
        "资金\n（万元）",
        "目标\n值",
    ]
    assert cells(f"| a | b |\n{RULE}| 资金\\n（万元） | 目标<br>值 |\n")[1] == ["资金\\n（万元）", "目标\n值"]


def test_headings_and_quotations() -> None:
    text = f"> ## **绩效自评表**\n>\n> | a | b |\n> {RULE}> | c | d |\n"
    assert lines(text, "a.md") == ["绩效自评表"]
    assert cells(text, "a.md") == [["a", "b"], ["c", "d"]]
    assert cell_of(grid(text, "a.md"), "c").origin == Position(5, 5)
    assert lines("# 说明\n", "a.txt") == ["# 说明"]


# --- drawn tables ------------------------------------------------------------------------------------

PANDOC = """\
+--------------+------------------------------+
| 项目名称     | 育苗                         |
+=======+======+==============+===============+
| 资金\\ | 合计 | 10           | \\-            |
| 万元  |      |              |               |
|       +------+--------------+---------------+
|       | 其他 | ≥\\*\\*人      | ---           |
+-------+------+--------------+---------------+
"""


def test_a_grid_table_of_pandoc_gives_merged_cells() -> None:
    found = grid(PANDOC, "a.md")
    assert rows(found) == [["项目名称", "育苗"], ["资金\n万元", "合计", "10", "-"], ["其他", "≥**人", "—"]]
    assert not found.ragged
    assert [(cell.column, cell.columns) for cell in found.cells if cell.row == 0] == [(0, 2), (2, 2)]
    money = cell_of(found, "资金\n万元")
    assert (money.row, money.rows, money.columns, money.origin) == (1, 2, 1, Position(4, 3))
    assert cell_of(found, "其他").origin == Position(7, 11)


def test_a_box_drawn_on_a_chinese_screen() -> None:
    text = "┌────┬──┬──┬──┐\n│项目名称│≥  │a   │    │\n├────┼──┴──┼──┤\n│主管部门│农业局    │b   │\n└────┴─────┴──┘\n"
    found = grid(text)
    assert rows(found) == [["项目名称", "≥", "a", ""], ["主管部门", "农业局", "b"]]
    assert cell_of(found, "农业局").columns == 2


def test_a_drawing_whose_bars_are_out_of_line() -> None:
    rule = "+----+----+---+---+\n"
    text = f"{rule}| 项目名称 | b | c | d |\n{rule}| x | 一二三四 | e | f |\n| y | z |  |  |\n{rule}"
    assert cells(text) == [["项目名称", "b", "c", "d"], ["x\ny", "一二三四\nz", "e", "f"]]


def test_rows_a_line_between_three_rules() -> None:
    rule = "+-----+-----+\n"
    text = rule + "| a   | b   |\n" + rule + "| c   | d   |\n" * 5 + rule
    assert cells(text) == [["a", "b"], *[["c", "d"]] * 5]


# --- tabs and commas ---------------------------------------------------------------------------------


def test_fields_are_unquoted_as_excel_quotes_them() -> None:
    text = '名称\t金额\t说明\n"""两癌""筛查人数"\t"3500000.00"\t"甲\n乙\t丙"\n'
    assert cells(text)[1] == ['"两癌"筛查人数', "3500000.00", "甲\n乙\t丙"]


def test_quotes_typed_by_hand_stay() -> None:
    assert cells('名称\t金额\n"两癌"筛查\t10\n"十四五\t9\n') == [
        ["名称", "金额"],
        ['"两癌"筛查', "10"],
        ['"十四五', "9"],
    ]


def test_a_tab_row_of_one_filled_cell_belongs_to_the_table() -> None:
    text = "自评表\t\t\t\n名称\t\t分值\t得分\n\t总分\t\t\n种苗\t\t10\t9\n\t\t\t95\n"
    assert len(cells(text)) == 5
    assert cells(text)[2] == ["", "总分", "", ""]
    assert not grid(text).ragged


def test_indented_lines_beside_a_tab_table_stay_lines() -> None:
    text = "\t一、概况\n名称\t分值\t得分\n种苗\t10\t9\n\t二、问题\n"
    assert lines(text) == ["\t一、概况", "\t二、问题"]
    assert lines("\t一、概况\n\n正文\n") == ["\t一、概况", "正文"]


def test_a_bar_in_a_tab_table_is_text() -> None:
    assert cells("名称\t分值\nA | B\t10\n乙\t9\n") == [["名称", "分值"], ["A | B", "10"], ["乙", "9"]]


@pytest.mark.parametrize(
    ("separator", "file"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.csv"), (",", "a.txt"), (";", "a.txt")]
)
def test_separated_values_by_any_name(separator: str, file: str) -> None:
    text = "名称,分值,得分,原因\n种苗,10,9,\n农药,10,nan,\n".replace(",", separator)
    assert cells(text, file) == [["名称", "分值", "得分", "原因"], ["种苗", "10", "9", ""], ["农药", "10", "", ""]]


def test_prose_with_commas_is_no_table() -> None:
    assert all(isinstance(block, Line) for block in blocks("One, two, three.\nFour, five\nSix\n"))


# --- the rest ----------------------------------------------------------------------------------------


def test_html_tables_within_markdown() -> None:
    table = '<table>\n<tr><td rowspan="2">资金<br />万元</td><td>合计</td></tr>\n<tr><td>其他</td></tr>\n</table>\n'
    found = blocks(f"# 绩效自评表\n\n{table}\n说明\n\n{table}", "a.md")
    grids = [block for block in found if isinstance(block, Grid)]
    assert [rows(block) for block in grids] == [[["资金\n万元", "合计"], ["其他"]]] * 2
    assert grids[0].cells[0].rows == 2
    assert [block.cells[0].origin for block in grids] == [TableCell(1, 1, 1), TableCell(2, 1, 1)]
    assert [block.text for block in found if isinstance(block, Line) and block.text] == ["绩效自评表", "说明"]


def test_cells_led_by_tabs() -> None:
    row = "\t 项目[bookmark: _Go]\n\t10\n续\n\n"
    found = grid("标题\n\n" + row * 8)
    assert rows(found) == [["项目", "10\n续"]] * 8
    assert found.ragged
    assert [cell.origin for cell in found.cells[:2]] == [Position(3, 3), Position(4, 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    text = "一级指标\t分值\r\n产出指标\t10\r\n"
    assert decode_text(text.encode(encoding), "a.txt") == text
    assert (utf16_of(text.encode(encoding)) != "") == (encoding in ("utf-16-le", "utf-16-be"))


@pytest.mark.parametrize(
    ("text", "file", "places"),
    [
        ("|  甲 |乙|\n| 丙 |  丁 |\n", "a.txt", [(1, 4), (1, 7), (2, 3), (2, 8)]),
        ("甲 |  乙\n丙 | 丁\n", "a.txt", [(1, 1), (1, 6), (2, 1), (2, 5)]),
        ("甲\t 乙\n丙\t丁\n", "a.txt", [(1, 1), (1, 4), (2, 1), (2, 3)]),
        ('"甲\n一", 乙\n"丙",丁\n', "a.csv", [(1, 2), (2, 5), (3, 2), (3, 5)]),
        ('"\n甲",乙\n', "a.csv", [(2, 1), (2, 4)]),
    ],
)
def test_a_cell_has_the_place_at_which_its_text_begins(text: str, file: str, places: list[tuple[int, int]]) -> None:
    assert [cell.origin for cell in grid(text, file).cells] == [Position(*place) for place in places]


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.csv"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_reading_or_a_problem(data: bytes, file: str) -> None:
    with suppress(UnreadableFile):
        read_text(data, file)


SIGNS = "甲a1 \t\n|+-=:*_\\\"',;<>&#│─┌┐┼≥"
PARTS = st.sampled_from([*SIGNS, "+---+", "|---|", "<table>", "<td>", "</table>", "\n|", "\n+--+--+\n"])


@given(st.lists(PARTS, max_size=80).map("".join), st.sampled_from(["a.txt", "a.md", "a.csv"]))
@settings(max_examples=600, deadline=None)
def test_any_signs_give_cells_that_do_not_overlap(text: str, file: str) -> None:
    for block in blocks(text, file):
        if isinstance(block, Grid):
            places = [
                (cell.row + down, cell.column + right)
                for cell in block.cells
                for down in range(cell.rows)
                for right in range(cell.columns)
            ]
            assert len(places) == len(set(places))


@pytest.mark.parametrize(
    "unit",
    [
        '"a""b\t',
        '"a\n""\t',
        "+-+-+\n| | |\n",
        "<table>",
        "|**a",
        "| a |\n|   +---+\n",
        "\t[bookmark: x]",
        "&amp",
        "-",
        "+--",
        "> ",
        "- ",
    ],
)
def test_no_text_takes_long(unit: str) -> None:
    def read_long(length: int) -> None:
        with suppress(UnreadableFile):
            blocks("| a | b |\n|---|---|\n+---+---+\n" + unit * (length // len(unit)) + "x\n", "a.md")

    assert growth(read_long, 20_000, 160_000) < 30


def test_too_much_text_is_refused() -> None:
    for text in ("\n" * 500_000, "|" * 500_000, "a" * 8_000_001):
        with pytest.raises(UnreadableFile) as caught:
            blocks(text)
        assert caught.value.problem.code == "too-large"


def test_a_number_wrapped_in_a_drawn_column_is_one_and_figures_typed_apart_are_not() -> None:
    drawn = """
+------+------+----------+
| 里程 | 1234 | 61       |
|      | 56   | 62       |
+------+------+----------+
| 人数 | 12   | 12345678 |
|      |      | 90       |
+------+------+----------+
"""
    assert cells(drawn) == [["里程", "123456", "61\n62"], ["人数", "12", "1234567890"]]
