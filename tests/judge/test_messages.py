"""Messages quote the form as it stands."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfeval_lint.judge.quote import LONGEST_QUOTE, shown_as


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "（空）"),
        (True, "是"),
        (False, "否"),
        (Decimal("9.70"), "9.7"),
        (Decimal("100.000000"), "100"),
        (Decimal("0.000000"), "0"),
        (Decimal(1000), "1000"),
        (Decimal("-3.50"), "-3.5"),
        (["甲", Decimal("1.0"), None], "甲、1、（空）"),
        ("两\n行　文字 ", "两 行 文字"),
        ("长" * LONGEST_QUOTE, "长" * LONGEST_QUOTE),
        ("长" * (LONGEST_QUOTE + 1), "长" * (LONGEST_QUOTE - 1) + "…"),
    ],
)
def test_values(value, shown):
    assert shown_as(value) == shown


@pytest.fixture
def message(judge, form_of):
    def read(rule, plain):
        (verdict,) = judge.judge([form_of(plain)])
        (found,) = [one.message for one in verdict.findings if one.rule.id == rule]
        return found

    return read


def test_numbers_are_quoted_as_printed(message):
    row = {"资金来源": "年度资金总额", "全年预算数": "100.00", "全年执行数": "120.50"}
    assert message("PE101", {"项目资金": [row]}) == (
        "年度资金总额：全年执行数 120.50 万元超过全年预算数 100.00 万元，多 20.5 万元"
    )


def test_what_a_cell_says_is_not_taken_for_a_placeholder(message):
    assert message("PE002", {"绩效指标": [{"三级指标": "培训", "得分": "{字段名}"}]}) == (
        "“{字段名}”不是数字，得分读不出"
    )
    row = {"资金来源": "{全年执行数}", "全年预算数": "1", "全年执行数": "2"}
    assert message("PE101", {"项目资金": [row]}).startswith("{全年执行数}：全年执行数 2 万元")
