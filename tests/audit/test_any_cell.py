"""Any cell says the same on paper, as recognition reads it, and in a table, as SQL reads it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from perfeval_lint.audit.tables import values
from perfeval_lint.form.definition import Kind
from perfeval_lint.letters import folded
from perfeval_lint.recognise import values as recognised
from perfeval_lint.recognise.rows.funds import source_name
from perfeval_lint.recognise.words.template import shipped_templates
from perfeval_lint.recognise.words.text import clean

IS_FIXED = "PERFEVAL_EXAMPLES" not in os.environ  # the same examples every time, but for `make proof`
EXAMPLES = 6 * int(os.environ.get("PERFEVAL_EXAMPLES", "5"))  # `make proof` asks for more
CELLS = 60  # in an example, so that one query reads them all
WORDS = shipped_templates().all[0].vocabulary
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

Reads = tuple[Callable[[str], str], Callable[[str], str | None]]


def _named(name: str, kind: Kind, money: str = "") -> Callable[[str], str]:
    return lambda cell: values.value(cell, "VARCHAR", name, kind, money)


ROLES: dict[str, Reads] = {
    "text": (_named("实际完成值", Kind.TEXT), clean),
    "person": (_named("项目负责人", Kind.TEXT), clean),
    "name": (_named("三级指标", Kind.TEXT), lambda text: recognised.without_prompt(clean(text))),
    "source": (_named("资金来源", Kind.TEXT), source_name),
    "number": (_named("得分", Kind.NUMBER), recognised.as_number),
    "rate": (_named("执行率", Kind.RATE), recognised.as_number),
    "weight": (_named("分值", Kind.NUMBER), recognised.as_weight),
    "total": (_named("总分得分", Kind.NUMBER), recognised.score_of),
    "grade": (_named("总分等级", Kind.TEXT), lambda text: recognised.grade_in(text) or clean(text)),
    "元": (_named("全年预算数", Kind.NUMBER, "元"), lambda text: recognised.in_ten_thousands(text, "元")),
    "千元": (_named("全年预算数", Kind.NUMBER, "千元"), lambda text: recognised.in_ten_thousands(text, "千元")),
    "万元": (_named("全年预算数", Kind.NUMBER, "万元"), lambda text: recognised.in_ten_thousands(text, "")),
    "day": (_named("填写日期", Kind.DATE), lambda text: recognised.as_date(text) or None),
    "year": (_named("年度", Kind.YEAR), lambda text: recognised.year_in(text) or clean(text)),
}


@pytest.mark.parametrize("role", ROLES)
@given(cells=st.lists(CELL, min_size=1, max_size=CELLS))
@example(cells=list(PIECES))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=IS_FIXED)
def test_a_cell_is_the_same_on_paper_and_in_a_table(role: str, cells: list[str]) -> None:
    in_sql, on_paper = ROLES[role]
    told = zip(cells, _asked(in_sql("a"), cells), strict=True)
    seen = [(cell if role == "person" else folded(cell), in_table) for cell, in_table in told]
    read = [(cell, in_table, None if WORDS.is_blank(cell) else on_paper(cell)) for cell, in_table in seen]
    assert not [one for one in read if one[1] != one[2]]


@given(cells=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=CELLS))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=IS_FIXED)
def test_a_target_of_three_cells_is_the_same(cells: list[tuple[str, str, str]]) -> None:
    expression = values.target(
        values.sign("a", "VARCHAR", {}), values.tidy("b", "VARCHAR"), values.tidy("c", "VARCHAR")
    )
    signs, targets, units = zip(*cells, strict=True)
    for typed, told in zip(cells, _asked(expression, signs, targets, units), strict=True):
        sign, target, unit = map(folded, typed)
        if not WORDS.is_blank(target):
            sign, unit = ("" if WORDS.is_blank(text) else clean(text) for text in (sign, unit))
            assert told == recognised.joined_target(sign, clean(target), unit), (sign, target, unit)


def _asked(expression: str, *columns: Sequence[str]) -> list[str | None]:
    """The values of an expression over columns of cells a, b and c."""
    items = ", ".join(f"unnest(${number}::VARCHAR[]) AS {name}" for number, name in enumerate("abc"[: len(columns)], 1))
    rows = duckdb.execute(f"SELECT {expression} FROM (SELECT {items})", [list(column) for column in columns]).fetchall()
    return [value for (value,) in rows]
