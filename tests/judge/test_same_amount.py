"""A sum that is off heads another only where both are off by as much, in lint and audit alike."""

from __future__ import annotations

import pytest

from perfeval_lint.judge.bulk import FINDINGS
from perfeval_lint.judge.in_bulk import judged_in_bulk
from perfeval_lint.judge.judge import Judge
from perfeval_lint.rule.profile import DEFAULT, Overrides, checks_for
from tests.rules.corpus import form_of, shipped_rules

RULES = ("PE201", "PE203", "PE206", "PE208")
YEAR = 2024
# Weights of 产出, 效益 and 满意度, printed group, printed total; what heads what.
CASES = [
    ((55, 30, 10), None, 100, {("PE201", None), ("PE203", "PE201"), ("PE208", "PE201")}),
    ((45, 30, 10), None, 100, {("PE201", None), ("PE203", "PE201"), ("PE208", "PE201")}),
    # The sum is short, one level over and one short.
    ((55, 10, 10), None, None, {("PE201", None), ("PE203", None), ("PE203", "PE203")}),
    # The printed group is off by as much as its level, not as the sum.
    ((24, 20, 10), 50, None, {("PE206", None), ("PE203", "PE206"), ("PE203", None), ("PE201", None)}),
    ((55, 30, 10), 50, 100, {("PE206", None), ("PE201", "PE206"), ("PE203", "PE206"), ("PE208", "PE206")}),
]


@pytest.mark.parametrize(("weights", "group", "total", "expected"), CASES)
def test_heads(
    weights: tuple[int, ...], group: int | None, total: int | None, expected: set[tuple[str, str | None]]
) -> None:
    levels = zip(("产出指标", "效益指标", "满意度指标"), weights, strict=True)
    plain = {
        "表式": "项目支出绩效自评表",
        "项目资金": [{"资金来源": "年度资金总额", "分值": "10"}],
        "绩效指标": [{"一级指标": level, "三级指标": f"{level}一项", "分值": str(weight)} for level, weight in levels],
        **({"指标分组": {"产出指标": str(group)}} if group else {}),
        **({"总分": {"分值": str(total)}} if total else {}),
    }
    form, pack = form_of(plain), shipped_rules()
    checks = [check for check in checks_for(pack, DEFAULT, Overrides()) if check.rule.id in RULES]
    (verdict,) = Judge(pack, checks, year=YEAR).judge([form])
    told = {(one.rule.id, None if one is head else head.rule.id) for head in verdict.findings for one in head.each()}
    assert told == expected
    with judged_in_bulk(pack, checks, [form], YEAR) as database:
        rows = database.execute(f"SELECT 规则, split_part(主问题, ' ', 1) FROM {FINDINGS}").fetchall()
    assert {*rows} == expected
