"""What SQL makes of a cell is what recognition makes of it on paper."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import duckdb
import pytest

from perfeval_lint.audit.tables import values
from perfeval_lint.blanks import NO_CONTENT, NO_CONTENT_PATTERN
from perfeval_lint.form.definition import Kind
from perfeval_lint.recognise import values as recognised
from perfeval_lint.recognise.words.template import shipped_templates
from perfeval_lint.recognise.words.text import clean

WORDS = shipped_templates().all[0].vocabulary
CELLS = [
    *("", " ", "—", " - ", "/", "/ /", "\\", "×", "无此项", "无", "\u200b"),
    *(
        "a\nb\nc",
        "a\n中",
        "1\r\n2",
        "产 出 指 标",
        "foo  bar baz",
        "a b\nc d",
        "x\u3000y",
        "甲\u00a0乙",
        "a\u200bb",
        " 前后 ",
    ),
    *("1,234,567.89", "1,234", "12,34", "a,1,234", "第1,234号", "1,234 2,345", "２，０００", "１２３％", "9.70", "10%"),
    *("5437000元", "1,234.5万元", "1.2亿元", "¥5,000元", "3,100,200,300元", "120.5", "-3", "约5元"),
    *("9.14/10", "98分", "'12", "指标1：数量", "指标12.完成", "指标1.5万", "★指标二、甲", "（1）指标3：乙", "指标"),
    *("2021年3月5日", "2021/3/5", "2021.13.5", "2021-02-30", "三月"),
]
ROLES: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "text": (lambda cell: values.tidy(cell, "VARCHAR"), clean),
    "number": (lambda cell: values.number(cell, "VARCHAR"), recognised.as_number),
    "元": (lambda cell: values.amount(cell, "VARCHAR", "元"), lambda text: recognised.in_ten_thousands(text, "元")),
    "万元": (lambda cell: values.amount(cell, "VARCHAR", "万元"), lambda text: recognised.in_ten_thousands(text, "")),
    "date": (lambda cell: values.day(cell, "VARCHAR"), lambda text: recognised.as_date(text) or None),
    "name": (
        lambda cell: values.value(cell, "VARCHAR", "三级指标", Kind.TEXT, ""),
        lambda text: recognised.without_prompt(clean(text)),
    ),
    "weight": (lambda cell: values.value(cell, "VARCHAR", "分值", Kind.NUMBER, ""), recognised.as_weight),
}


def sql(expression: str, *cells: str | None) -> str | None:
    """The value of an expression over cells c0, c1 …"""
    items = ", ".join(f"?::VARCHAR AS c{number}" for number in range(len(cells)))
    row = duckdb.execute(f"SELECT {expression} FROM (SELECT {items})", list(cells)).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("role", ROLES)
def test_a_cell_reads_as_on_paper(role: str) -> None:
    in_sql, on_paper = ROLES[role]
    for cell in CELLS:
        expected = None if WORDS.is_blank(cell.strip("\u200b")) else on_paper(cell)
        assert sql(in_sql("c0"), cell) == expected, (role, cell)


def test_the_signs_for_not_applicable_are_those_of_forms() -> None:
    assert {*values.BLANKS, *NO_CONTENT} == WORDS.blanks
    assert all(re.fullmatch(NO_CONTENT_PATTERN, cell) for cell in NO_CONTENT)
    assert all(sql(values.tidy("c0", "VARCHAR"), cell) is None for cell in values.BLANKS)


def test_operator_value_and_unit_join_as_on_paper() -> None:
    signs = ("≥", "＞", "=", "定性", "≥（正向）")
    for sign, value, unit in itertools.product(signs, ("98", "98%", "优", "≥3"), ("%", "/", "个（份）", "", "无")):
        expression = values.target(values.sign("c0", "VARCHAR", {}), "c1", values.tidy("c2", "VARCHAR"))
        expected = recognised.joined_target(sign, value, "" if WORDS.is_blank(unit) else unit)
        assert sql(expression, sign, value, unit) == expected, (sign, value, unit)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("1e20", "DOUBLE", "100000000000000000000"),
        ("1e-7", "DOUBLE", "0.0000001"),
        ("508.95", "DOUBLE", "508.95"),
        ("10", "DOUBLE", "10"),
        ("'nan'", "DOUBLE", None),
        ("1.1", "FLOAT", "1.1"),
        ("9.70", "DECIMAL(10,2)", "9.7"),
        ("100", "DECIMAL(10,2)", "100"),
        ("100", "DECIMAL(10,0)", "100"),
        ("12345678901234567890", "HUGEINT", "12345678901234567890"),
        ("'2021-02-03'", "DATE", "2021-02-03"),
        ("'2021-02-03 01:02:03'", "TIMESTAMP", "2021-02-03"),
        ("NULL", "INTEGER", None),
    ],
)
def test_a_typed_cell_is_printed_as_it_is_stored(value: str, kind: str, text: str | None) -> None:
    assert duckdb.execute(f"SELECT {values.plain('c', kind)} FROM (SELECT {value}::{kind} AS c)").fetchone() == (text,)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("5437000", "BIGINT", "543.7"),
        ("5437000.00", "DECIMAL(18,2)", "543.7"),
        ("0.01", "DECIMAL(18,2)", "0.000001"),
        ("123456789012.34", "DECIMAL(18,2)", "12345678.901234"),
        ("10000", "DOUBLE", "1"),
    ],
)
def test_typed_amounts_in_yuan_are_exact_in_ten_thousands(value: str, kind: str, text: str) -> None:
    expression = values.amount("c", kind, "元")
    assert duckdb.execute(f"SELECT {expression} FROM (SELECT {value}::{kind} AS c)").fetchone() == (text,)


@pytest.mark.parametrize(
    ("cell", "year"), [("2021", "2021"), ("2021年度", "2021"), ("２０２１", "2021"), ("去年", "去年"), ("", None)]
)
def test_a_year_is_its_four_digits(cell: str, year: str | None) -> None:
    assert sql(values.year("c0", "VARCHAR"), cell) == year


@pytest.mark.parametrize(("cell", "text"), [("20210305", "2021-03-05"), ("2021-03-05 00:00:00", "2021-03-05")])
def test_days_as_systems_write_them(cell: str, text: str) -> None:
    assert sql(values.day("c0", "VARCHAR"), cell) == text


@pytest.mark.parametrize(("cell", "text"), [("1e3", "1000"), ("1.5E-3", "0.0015"), ("2E+05", "200000")])
def test_exponents_are_written_out(cell: str, text: str) -> None:
    assert sql(values.number("c0", "VARCHAR"), cell) == text


@pytest.mark.parametrize(
    ("cell", "text"), [("其中：财政拨款", "财政拨款"), ("1.年度资金总额：", "年度资金总额"), ("其他资金", "其他资金")]
)
def test_a_source_of_money_without_what_is_printed_before_it(cell: str, text: str) -> None:
    assert sql(values.value("c0", "VARCHAR", "资金来源", Kind.TEXT, ""), cell) == text
