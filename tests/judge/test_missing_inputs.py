"""What could not be evaluated says which words of the form are missing or not understood."""

from __future__ import annotations

import pytest

TOTAL_ROW = {"资金来源": "年度资金总额", "全年预算数": "100"}
ROWS = [{"三级指标": "培训", "分值": "五十", "得分": "45"}, {"三级指标": "会议", "分值": "50", "得分": "50"}]

# form, rule, path, what is missing
CASES = [
    ({"年度": "二〇二一"}, "PE004", "年度", ("年度",)),
    (
        {"绩效指标": [{"三级指标": "拨付", "年度指标值": "2020年12月底前"}]},
        "PE010",
        "绩效指标[0].年度指标值",
        ("年度",),
    ),
    ({"项目资金": [TOTAL_ROW]}, "PE101", "项目资金[0].全年执行数", ("项目资金.全年执行数",)),
    ({"项目资金": [TOTAL_ROW | {"全年执行数": "九十"}]}, "PE108", "项目资金[0].全年执行数", ("项目资金.全年执行数",)),
    (
        {"项目资金": [TOTAL_ROW | {"全年执行数": "九十"}]},
        "PE105",
        "项目资金[0].执行率",
        ("项目资金.全年执行数", "项目资金.执行率"),
    ),
    ({"绩效指标": ROWS}, "PE201", "绩效指标", ("绩效指标.分值",)),
    ({"绩效指标": ROWS}, "PE205", "绩效指标[0].分值", ("绩效指标.分值",)),
    ({"绩效指标": ROWS}, "PE301", "绩效指标[0].得分", ("绩效指标.分值",)),
    ({"绩效指标": ROWS, "总分": {"分值": "100"}}, "PE208", "总分.分值", ("绩效指标.分值",)),
    ({"总分": {"得分": "很高", "等级": "优"}}, "PE308", "总分.等级", ("总分.得分",)),
    ({"总分": {"得分": "很高"}}, "PE302", "总分.得分", ("总分.得分",)),
    ({"总分": {"得分": "很高"}, "评价结论": "自评得分为 95 分"}, "PE311", "评价结论", ("总分.得分",)),
]


@pytest.mark.parametrize(("plain", "rule", "path", "missing"), CASES)
def test_missing_inputs_are_named(plain, rule, path, missing, judge, form_of):
    (verdict,) = judge.judge([form_of(plain)])
    assert (rule, path, missing) in {(one.rule.id, one.place.path, one.missing) for one in verdict.not_evaluated}
    assert (rule, path) not in {(one.rule.id, one.place.path) for one in verdict.findings}


def test_only_what_is_missing_is_named(judge, form_of):
    """The divisor is 全年预算数, which is there; 年初预算数 plays no part."""
    (verdict,) = judge.judge([form_of({"项目资金": [TOTAL_ROW | {"执行率": "95%"}]})])
    missing = {one.rule.id: one.missing for one in verdict.not_evaluated}
    assert "项目资金.全年执行数" in missing["PE103"]
    assert "项目资金.全年预算数" not in missing["PE103"]
    assert "项目资金.执行率" not in missing["PE103"]
