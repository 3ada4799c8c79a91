"""Any cell says the same on paper, as recognition reads it, and in a table, as SQL reads it."""

from __future__ import annotations

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from perfeval_lint.audit.tables.fields import field_sql
from perfeval_lint.form.definition import Kind
from perfeval_lint.values.money import UNITS
from tests.values.facts import FACTS, TARGET_SQL, VARCHAR, queried, target_on_paper

IS_FIXED = "PERFEVAL_EXAMPLES" not in os.environ  # the same examples every time, but for `make proof`
EXAMPLES = 6 * int(os.environ.get("PERFEVAL_EXAMPLES", "5"))  # `make proof` asks for more
CELLS = 60  # in an example, so that one query reads them all
PIECES = (
    *(
        "2021",
        "2020-2021年度",
        "二〇二一年三月五日",
        "二○二○年十二月三十一日",
        "20210305",
        "2021.3.5",
        "2021-03-05 00:00:00",
    ),
    *(
        "5.",
        ".95",
        "1e5",
        "1.5E-3",
        "1E+05",
        "2e-13",
        "9e25",
        "5437000元",
        "1,234.5万元",
        "1.2亿元",
        "¥5,000元",
        "98分",
        "9.14/10",
    ),
    *(
        "10%",
        "—",
        "/",
        "/ /",
        "×",
        "无此项",
        "无",
        "年 月 日",
        "其中：",
        "一、",
        "（二）",
        "1.",
        "2.1",
        "财政拨款",
        "年度资金总额：",
    ),
    *(
        "指标1：",
        "指标12.",
        "★",
        "优☑ 良□",
        "98.64（优）",
        "优秀",
        "中",
        "≥",
        "98",
        "个（份）",
        "文字",
        "…",
        "a",
        "Z",
        "中文",
        ",",
    ),
    *(
        " ",
        "\n",
        "\t",
        "\r\n",
        "\u3000",
        "\u00a0",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\u2003",
        "\u0085",
        "\u001f",
        "\ue000",
        "\x00",
    ),
    *(
        "０",
        "９",
        "Ａ",
        "％",
        "．",
        "＝",
        "1",
        "0",
        ".",
        "-",
        "+",
        "'",
        "元",
        "万",
        "月",
        "日",
        "年",
        "十",
        "〇",
        "(",
        "）",
        "²",
        "①",
    ),
    *("⽉", "⼈", "⻚", "⺠", "﹪", "﹥", "﹣", "｡", "晴", "㎡", "½", "NULL", r"\N", "nan", "N/A", "#DIV/0!"),
    *("选择一项。", "单击或点击此处输入文字。", "请选择", "3\n5", "97% \r\n 98.5"),
)
CELL = st.lists(st.sampled_from(PIECES), max_size=5).map("".join) | st.text(max_size=8)

# By the field and, of amounts, the unit of the column.
FIELDS = {
    "text": ("实际完成值", Kind.TEXT, ""),
    "person": ("项目负责人", Kind.TEXT, ""),
    "name": ("三级指标", Kind.TEXT, ""),
    "source": ("资金来源", Kind.TEXT, ""),
    "number": ("得分", Kind.NUMBER, ""),
    "weight": ("分值", Kind.NUMBER, ""),
    "score": ("总分得分", Kind.NUMBER, ""),
    "grade": ("总分等级", Kind.TEXT, ""),
    "day": ("填写日期", Kind.DATE, ""),
    "year": ("年度", Kind.YEAR, ""),
    **{unit: ("全年预算数", Kind.NUMBER, unit) for unit in UNITS},
}


def test_every_fact_has_a_field() -> None:
    assert {*FIELDS} == {*FACTS}


@pytest.mark.parametrize("name", FIELDS)
@given(cells=st.lists(CELL, min_size=1, max_size=CELLS))
@example(cells=list(PIECES))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=IS_FIXED)
def test_a_cell_is_the_same_on_paper_and_in_a_table(name: str, cells: list[str]) -> None:
    read = zip(cells, queried(field_sql("a", VARCHAR, *FIELDS[name]), cells), strict=True)
    differing = [(cell, in_table) for cell, in_table in read if in_table != FACTS[name].on_paper(cell)]
    assert not differing


@given(cells=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=CELLS))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=IS_FIXED)
def test_a_target_of_three_cells_is_the_same(cells: list[tuple[str, str, str]]) -> None:
    read = zip(cells, queried(TARGET_SQL, *zip(*cells, strict=True)), strict=True)
    assert not [(typed, in_table) for typed, in_table in read if in_table != target_on_paper(*typed)]
