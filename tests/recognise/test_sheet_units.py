"""What stands outside the cells of a sheet: a unit of money holds for its form alone, the name of a unit is named."""

from __future__ import annotations

import pytest

from perfeval_lint.read.model import Margin
from perfeval_lint.recognise.rows.outside import Outside

HEADER = Margin("页眉", "金额单位：元", True, "自评表")


@pytest.mark.parametrize(
    ("margins", "unit"),
    [
        ([HEADER], "元"),
        ([HEADER, Margin("文本框", "单位：万元", True, "附表")], "元"),
        ([HEADER, Margin("文本框", "单位：万元", True, "自评表")], ""),
        ([Margin("批注", "单位：元", False, "自评表")], ""),
        ([Margin("页眉", "单位：元", True, "附表")], ""),
        ([Margin("页眉", "单位：元", True)], "元"),
    ],
)
def test_the_unit_of_a_sheet(margins: list[Margin], unit: str) -> None:
    assert Outside(margins, []).money("自评表") == unit


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("某市财政局", True),
        ("高新区管委会", True),
        ("市公安局交警支队", True),
        ("省人民法院", True),
        ("第一中学", True),
        ("机关幼儿园", True),
        ("国有林场", True),
        ("绩效自评材料", False),
        ("第 1 页", False),
    ],
)
def test_the_name_of_a_unit_in_a_header_is_named(header: str, named: bool) -> None:
    outside = Outside([Margin("页眉", header, holds=True)], ["项目支出绩效自评表"])
    assert [header in note.message for note in outside.notes("a.docx")] == [True] * named
