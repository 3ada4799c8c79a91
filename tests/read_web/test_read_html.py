"""Web pages: spans as browsers lay them out, charsets, broken markup, and pages made to harm."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import Paragraph, TableCell
from perfeval_lint.read.model import Cell, Grid, Line, Reading
from perfeval_lint.read.web.html import read_html, read_mhtml
from tests.growth import growth

FIXTURES = Path(__file__).parent / "fixtures"


def page(markup: str) -> Reading:
    return read_html(markup.encode(), "form.html")


def grids(reading: Reading) -> list[list[tuple[int, int, int, int, str]]]:
    return [
        [(cell.row, cell.column, cell.rows, cell.columns, cell.text) for cell in block.cells]
        for block in reading.blocks
        if isinstance(block, Grid)
    ]


def texts(markup: str) -> list[str]:
    (grid,) = grids(page(markup))
    return [cell[-1] for cell in grid]


def lines(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if isinstance(block, Line)]


def cell_text(markup: str) -> str:
    return texts(f"<table><tr><td>{markup}</td><td>末</td></tr></table>")[0]


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ("<tr><td rowspan=2>a<td>b<tr><td>c", [(0, 0, 2, 1, "a"), (0, 1, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<tr><td colspan=2>a<tr><td>b<td>c", [(0, 0, 1, 2, "a"), (1, 0, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<tr><td rowspan=0>a<td>b<tr><td>c", [(0, 0, 2, 1, "a"), (0, 1, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<tr><td rowspan=99>a<td>b<tr><td>c", [(0, 0, 2, 1, "a"), (0, 1, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<tr><td colspan=99999>a<tr><td>b<td>c", [(0, 0, 1, 2, "a"), (1, 0, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<tr><td colspan=0>a<td>b<tr><td>c", [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (1, 0, 1, 1, "c")]),
        ("<tr><td colspan=-3 rowspan=x>a<td>b", [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b")]),
        ("<tr><td colspan='2cm'>a<tr><td>b<td>c", [(0, 0, 1, 2, "a"), (1, 0, 1, 1, "b"), (1, 1, 1, 1, "c")]),
    ],
)  # fmt: skip
def test_spans(rows: str, places: list[tuple[int, int, int, int, str]]) -> None:
    assert grids(page(f"<table>{rows}</table>")) == [places]


def test_a_span_that_runs_into_a_cell_from_above_ends_there() -> None:
    found = grids(page("<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c<tr><td>d<td>e</table>"))
    assert found == [[(0, 0, 1, 1, "a"), (0, 1, 2, 1, "b"), (1, 0, 1, 1, "c"), (2, 0, 1, 1, "d"), (2, 1, 1, 1, "e")]]


def test_a_row_span_ends_with_its_group_and_a_foot_stands_last() -> None:
    markup = "<table><tfoot><tr><td>总分<td>100</tfoot><thead><tr><td rowspan=5>a<td>b</thead><tbody><tr><td>c<td>d"
    (grid,) = grids(page(markup))
    assert [cell[-1] for cell in grid] == ["a", "b", "c", "d", "总分", "100"]
    assert [cell[:4] for cell in grid] == [(row, column, 1, 1) for row in range(3) for column in range(2)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("  项目 \n\t 名称  ", "项目名称"),  # editors wrap between Chinese characters at any place
        (" ≥98 \n % ", "≥98 %"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<div>a<div>b</div></div>c", "a\nb\nc"),
        ("a&nbsp;&nbsp;b", "a  b"),
        ("&nbsp;", ""),
        ("<p>&nbsp;</p>", ""),
        ("12<sup>2</sup>m<sub>3</sub>", "12m3"),
        ("<b>粗<i>体</b>字</i>", "粗体字"),
        ("a<script>var x='<td>';</script><style>td{}</style><!-- 注 -->b", "ab"),
        ("<p class=MsoNormal>指标<o:p></o:p></p><![if !supportEmptyParas]>值<![endif]>", "指标\n值"),
        ("<!--[if gte mso 9]><xml><w:x>隐</w:x></xml><![endif]-->值", "值"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<input value='93.6%'>", "93.6%"),
        ("<input type=hidden value=x>y<input type=submit value=提交>", "y"),
        ("<input type=checkbox checked>是<input type=radio>否", "☑是☐否"),
        ("<select><option>甲<option selected>乙</select>", "乙"),
        ("<select><option>甲<option>乙</select>", "甲"),
        ("<textarea>一\n二</textarea>", "一\n二"),
        ("&lt;90%须说明 &amp; &#8805;5 &#x2265;", "<90%须说明 & ≥5 ≥"),
        ("x<年度", "x<年度"),
        ("<ul><li>一</li><li>二</li></ul>", "一\n二"),
        ("<input placeholder='请填写完成值'>", ""),
        ("<input list=x value=3><datalist id=x><option>3次<option>5次</datalist>", "3"),
        ("57.00<sup>2</sup>", "57.00"),
        ("57.00<span style='vertical-align: super'>[1]</span>万元", "57.00万元"),
        ("120m<sup>2</sup>", "120m²"),
        ("5×10<sup>4</sup>元", "5×10⁴元"),
        ("<sup>3</sup>", "3"),
        ("<ruby>垦<rp>(</rp><rt>kěn</rt><rp>)</rp></ruby>区", "垦区"),
        ("<s>97%</s>98.5%", "98.5%"),
        ("<DEL>97%</DEL><ins>98.5%</ins>", "98.5%"),
        ("<strike><b>97</b>%</strike>98.5%", "98.5%"),
        ("<span style='text-decoration:underline line-through'>97%</span>98.5%", "98.5%"),
        ("<span style='text-decoration-line: line-through'>97<i>%</i></span>98.5%", "98.5%"),
        ("<u>98.5</u><span style='text-decoration:underline'>%</span>", "98.5%"),
        ("98<span style='visibility:hidden'>7</span>%", "98%"),
        ("98<span style='opacity:0'>7</span>%<span style='opacity:0.5'>。</span>", "98%。"),
        ("98<span style='color:#FFF'>7</span>%", "98%"),
        ("98<span style='display: none !important'>7</span>%", "98%"),
    ],
)
def test_cell_text(markup: str, text: str) -> None:
    assert cell_text(markup) == text


def test_what_was_struck_is_told_and_a_struck_cell_keeps_its_place() -> None:
    reading = page("<table><tr><td>a<td style='text-decoration:line-through'>97<b>%</b><td><s>甲</s>乙</table>")
    assert grids(reading) == [[(0, 0, 1, 1, "a"), (0, 1, 1, 1, ""), (0, 2, 1, 1, "乙")]]
    (note,) = reading.notes
    assert note.code == "left-out"
    assert "“97”、“%”、“甲”" in note.message


def test_a_raised_figure_on_a_whole_number_is_doubted() -> None:
    (grid,) = (block for block in page("<table><tr><td>120<sup>2</sup><td>120</table>").blocks)
    assert isinstance(grid, Grid)
    assert [(cell.text, bool(cell.doubt)) for cell in grid.cells] == [("120", True), ("120", False)]


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        (".a {display: none}", "98%"),
        ("td.b, SPAN.a { VISIBILITY: hidden }", "98%"),
        ("/* x */ .a { text-decoration: line-through; }", "98%"),
        (".a { display: none } .a { display: inline }", "987%"),
        (".a { display: none } .a.on { display: inline }", "987%"),  # which of the two counts is not followed
        (".x .a { display: none }", "987%"),
        ("@media print { .a { display: none } }", "987%"),
        (".a { color: white }", "98%"),
        (".a { color: white } td { background: #036 }", "987%"),
        ("@import url(site.css); .a { color: white }", "987%"),
    ],
)
def test_rules_for_one_class_count(rules: str, text: str) -> None:
    markup = f"<style>{rules}</style><table><tr><td>98<span class='c a'>7</span>%<td>末</table>"
    assert texts(markup)[0] == text


def _of_page(rules: str, markup: str) -> Cell:
    (grid,) = page(f"<style>{rules}</style><table><tr><td>{markup}</td><td>末</td></table>").blocks
    assert isinstance(grid, Grid)
    return grid.cells[0]


@pytest.mark.parametrize(
    ("rules", "is_doubted"),
    [
        ("td .a { text-decoration: line-through }", True),
        ("#q { display: none }", True),
        (".a.c { vertical-align: super }", True),
        (".a { display: none } .a.on { display: inline }", True),
        ("td .b { display: none }", False),
        ("td .a { color: red }", False),
        (".menu .a { display: none }", False),
    ],
)
def test_where_rules_of_other_kinds_draw_a_cell_it_is_doubted(rules: str, is_doubted: bool) -> None:
    cell = _of_page(rules, "98<span class='c a' id='q'>7</span>%")
    assert (cell.text, bool(cell.doubt)) == ("987%", is_doubted)


def test_rules_for_the_pointer_do_not_make_a_class_unclear() -> None:
    assert _of_page(".a { display: none } .a:hover { color: red }", "98<span class=a>7</span>%").text == "98%"


def test_a_form_inside_what_may_be_hidden_is_not_doubted() -> None:
    form = "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    markup = f"<style>.tabs .tab {{display: none}}</style><div class=tabs><div class=tab>{form}</div></div>"
    (grid,) = page(markup).blocks
    assert isinstance(grid, Grid)
    assert not any(cell.doubt for cell in grid.cells)


@pytest.mark.parametrize(
    ("rules", "markup", "is_doubted"),
    [
        ("body { background: #fff }", "98<font color=white>7</font>%", True),
        ("body { background: #fff }", "98<span style='color: rgb(254, 254, 254)'>7</span>%", True),
        ("body { background: #fff }", "98<span style='color:#fff; background:#036'>7</span>%", False),
        ("td { background: #036 }", "98<span style='color:#fff'>7</span>%", False),
        ("table tr { background-color: navy }", "98<span style='color:#fff'>7</span>%", False),
        (".g { background: #036 }", "<p class=g>98<span style='color:#fff'>7</span>%</p>", False),
    ],
)
def test_white_text_is_doubted_where_nothing_says_that_its_ground_is_dark(
    rules: str, markup: str, is_doubted: bool
) -> None:
    cell = _of_page(rules, markup)
    assert (cell.text, bool(cell.doubt)) == ("987%", is_doubted)


@pytest.mark.parametrize(
    "style",
    ["font-size:0", "color:transparent", "position:absolute; left:-9999px", "text-indent:-999em", "color:#fefefe"],
)
def test_text_that_no_style_sheet_lets_be_seen_is_left_out(style: str) -> None:
    assert cell_text(f"98<span style='{style}'>7</span>%") == "98%"


@pytest.mark.parametrize("style", ["vertical-align:5px", "vertical-align:30%", "position:relative;top:-3.0pt"])
def test_letters_set_higher_are_raised(style: str) -> None:
    assert cell_text(f"98%<span style='{style}'>2</span>") == "98%"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<span style='display:block'>3</span><span style='display:block'>5</span>", "3\n5"),
        ("<math><mfrac><mn>1</mn> <mn>2</mn></mfrac></math>", "1/2"),
        ("<math><mn>5</mn><mo>×</mo><msup><mn>10</mn><mn>4</mn></msup></math>", "5×10⁴"),
    ],
)
def test_blocks_and_formulas_read_as_drawn(markup: str, text: str) -> None:
    assert cell_text(markup) == text


@pytest.mark.parametrize(
    ("markup", "is_doubted"),
    [
        ("<img src=a.png alt=98%>", True),
        ("<svg><text>98</text></svg>", True),
        ("<img src=space.gif width=1 height=1>", False),
        ("98%<img src=a.png>", False),
    ],
)
def test_a_cell_that_holds_only_a_picture_is_doubted(markup: str, is_doubted: bool) -> None:
    assert ("图片" in _of_page("", markup).doubt) == is_doubted


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>a<td>b<tr><td>c<td>d",
        "<td>a</td><td>b</td><tr><td>c</td><td>d</td>",
        "<form><tr><td>a</td><td>b</td></tr></form><tr><td>c</td><td>d</td></tr>",
        "<tr><td>a</td></td><td>b</td></tr></tr><tr><td>c</td><td>d</td>",
        "<center><tbody><tr><td><div>a</td><td>b</div></td></tr><tr><td><span>c</td><td>d</td></tr></tbody></center>",
        "<TR><TH>a</TH><TH>b</TH></TR><TR><TD NOWRAP>c<TD>d",
    ],
)
def test_broken_markup_reads_as_in_a_browser(rows: str) -> None:
    assert texts(f"<table>{rows}</table>") == ["a", "b", "c", "d"]


def test_layout_tables_give_what_they_hold() -> None:
    inner = "<table><caption>资金表</caption><tr><td>a<td>b<tr><td>c<td>d</table>"
    markup = (
        "<table><tr><td><a href=x>首页</a></td><td>导航</td></tr><tr><td colspan=2>"
        f"<table><tr><td>标题<br>（2023年度）{inner}填表人：张三</td></tr></table></td></tr></table>"
    )
    reading = page(markup)
    assert [block.text if isinstance(block, Line) else "表" for block in reading.blocks] == [
        *("首页", "导航", "标题", "（2023年度）", "资金表", "表", "填表人：张三"),
    ]
    origins = [cell.origin for block in reading.blocks if isinstance(block, Grid) for cell in block.cells]
    assert origins == [TableCell(1, 1, 1), TableCell(1, 1, 2), TableCell(1, 2, 1), TableCell(1, 2, 2)]
    assert reading.blocks[0].origin == Paragraph(1)  # type: ignore[union-attr]


def test_a_table_inside_a_cell_of_a_form_is_text_of_that_cell() -> None:
    rows = "".join(f"<tr><td>指标{number}<td>≥{number}</tr>" for number in range(5))
    markup = f"<table>{rows}<tr><td>资金<td><table><tr><td>预算<td>10<tr><td>执行<td>9</table></table>"
    assert texts(markup)[-2:] == ["资金", "预算 10\n执行 9"]


def test_hidden_content_is_left_out_and_told() -> None:
    reading = page(
        "<table><tr><td>a<td style='DISPLAY: none'>暗<td hidden>暗<td>b<tr style='display:none'><td>暗</table>"
    )
    assert grids(reading) == [[(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b")]]
    assert [note.code for note in reading.notes] == ["hidden-cells"]
    assert not page("<div hidden>菜单</div><table><tr><td>a<td>b<tr style='display:none'><td></table>").notes


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("gb2312", "gbk"), ("GBK", "gb18030"), ("gb18030", "gb18030"), ("utf-8", "utf-8"), ("", "utf-8"), ("", "gbk"),
        ("iso-8859-1", "gbk"), ("windows-1252", "utf-8"), ("gb2312", "utf-8"), ("utf-8", "gbk"), ("big5", "big5"),
        ("utf-8", "utf-16"), ("", "utf-8-sig"), ("rot13", "gbk"), ("none", "utf-8"),
    ],
)  # fmt: skip
def test_charsets(declared: str, encoding: str) -> None:
    word = "項目" if encoding == "big5" else "镕≥５０％项目"
    meta = f"<meta http-equiv=Content-Type content='text/html; charset={declared}'>" if declared else ""
    data = f"<html><head>{meta}</head><table><tr><td>{word}<td>100</table>".encode(encoding)
    assert grids(read_html(data, "x")) == [[(0, 0, 1, 1, word), (0, 1, 1, 1, "100")]]


def test_bytes_that_cannot_be_decoded_make_a_doubt() -> None:
    data = "<meta charset=gbk><table><tr><td>项目".encode("gbk") + b"\xff\xff" + "<td>总分</table>".encode("gbk")
    (grid,) = (block for block in read_html(data, "x").blocks if isinstance(block, Grid))
    assert "\ufffd" in grid.cells[0].text
    assert [bool(cell.doubt) for cell in grid.cells] == [True, False]


def test_web_archive() -> None:
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
    parts = "".join(
        f'--b\nContent-Type: text/html; charset="{charset}"\nContent-Transfer-Encoding: 8bit\n\n{{}}\n'
        for charset in ("gb2312", "utf-8")
    )
    first = "<table><tr><td>项目<td>一</table>"
    data = (head + parts + "--b--\n").format(first, "<table><tr><td>b<td>c</table>").encode("gbk")
    assert [[cell[-1] for cell in grid] for grid in grids(read_mhtml(data, "x.mht"))] == [["项目", "一"], ["b", "c"]]
    with pytest.raises(UnreadableFile, match="没有网页"):
        read_mhtml(b"MIME-Version: 1.0\n\nx", "x.mht")


@pytest.mark.parametrize(
    "data",
    [
        b"", b" \n ", b"<html></html>", b"<script>x</script>",
        b"<table><tr><td>" * 5000 + b"x",
        b"<div>" * 200_000 + b"x",
        b"<td>x" + b"<p>x" * 600_000,
        b"<table><tr>" + b"<td>x" * 300_000,
        b"<table>" + (b"<tr>" + b"<td colspan=1000 rowspan=60000>x" * 100) * 1500,
        b"x" * 17_000_000,
    ],
    ids=range(10),
)  # fmt: skip
def test_harmful_pages_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_html(data, "x.html")
    assert caught.value.problem.message


@pytest.mark.parametrize(
    "made",
    [
        lambda many: "<td>x" + "<p>x" * many,
        lambda many: "<table><tr>" + "<td>x" * many,
        lambda many: "<table><tr>" + "<td></td>" * many + "<tr><td>x<td>y</table>",
        lambda many: "<table>" + "<tr><td colspan=1000 rowspan=60000>x" * many,
    ],
    ids=["paragraphs", "cells", "empty cells", "spans"],
)
def test_the_work_grows_with_the_page(made: Callable[[int], str]) -> None:
    """What nests costs the parser its square, and is refused before it does."""

    def read(many: int) -> None:
        with suppress(UnreadableFile):
            page(made(many))

    assert growth(read, 625, 5000) < 30


@pytest.mark.parametrize(
    "markup",
    [
        "&amp;&notit;&#xFFFFFFFF;&#0;&#x110000;x",
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><p>&b;</p>",
        "<table><caption><math><mi><td>x<tr><td>y</table>",
        "<svg><td>x</svg><td>y",
        "<p>" + "".join(f"<font color={number}>" for number in range(4000)) + "</p>" + "<p>x</p>" * 4000,
    ],
    ids=range(5),
)
def test_odd_pages_are_read(markup: str) -> None:
    assert page(markup).blocks


def test_mutated_pages_raise_nothing_else() -> None:
    source = (FIXTURES / "form.html").read_bytes()
    chance = random.Random(1)
    for _ in range(300):
        data = bytearray(source[: chance.randrange(len(source))] if chance.random() < 0.3 else source)
        for _ in range(chance.randrange(1, 60)):
            if data:
                data[chance.randrange(len(data))] = chance.choice(b"<>/\"'=& \0tdr\xff\x80")
        try:
            read_html(bytes(data), "x.html")
        except UnreadableFile:
            continue
