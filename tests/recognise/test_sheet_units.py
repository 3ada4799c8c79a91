"""A unit of money in the page header of a sheet is that of its form; of another sheet it is not."""

from __future__ import annotations

import pytest

from perfeval_lint.read.model import Margin
from perfeval_lint.recognise.outside import Outside

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
