"""Profiles: how one is chosen, what it changes, and what the change does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfeval_lint.judge.judge import Judge
from perfeval_lint.rule.model import Severity
from perfeval_lint.rule.profile import (
    Overrides,
    checks_for,
    choose,
    lineage,
    pack_under,
    params_of,
    severity_of,
    shared_params,
)

NONE = Overrides()


@pytest.mark.parametrize(
    ("kind", "profile"),
    [
        ("转移支付区域（项目）绩效目标自评表", "转移支付"),
        ("区域绩效目标自评表", "转移支付"),
        ("项目支出绩效自评表", "通用"),
        ("部门整体支出绩效自评表", "通用"),
        ("四川省部门预算项目支出绩效自评表", "通用"),
        (None, "通用"),
    ],
)
def test_the_kind_of_form_chooses(kind, profile, pack):
    assert choose(pack, kind, None).profile == profile


@pytest.mark.parametrize(
    ("kind", "levels", "profile"),
    [
        ("部门整体支出绩效自评表", ["投入", "过程", "产出", "效果"], "评分表"),
        ("项目支出绩效自评表", ["项目决策", "产出指标"], "评分表"),
        (None, ["过程指标"], "评分表"),
        ("项目支出绩效自评表", ["产出指标", "效益指标", "满意度指标", "成本指标"], "通用"),
        ("转移支付区域（项目）绩效目标自评表", ["投入"], "转移支付"),
    ],
)
def test_the_levels_choose_where_the_kind_does_not(kind, levels, profile, pack):
    assert choose(pack, kind, None, levels).profile == profile
    assert choose(pack, kind, "湖北", levels).profile == "湖北"


def test_the_user_chooses_first(pack):
    assert choose(pack, "转移支付区域（项目）绩效目标自评表", "湖北").profile == "湖北"


@pytest.mark.parametrize("name", ["101号", "四川2023", "天津河北", "宁夏", "广西", "湖北", "转移支付", "评分表"])
def test_every_other_profile_extends_the_default(name, pack):
    assert [profile.name for profile in lineage(pack, name)] == ["通用", name]


@pytest.mark.parametrize(
    ("profile", "rule", "severity"),
    [
        ("通用", "PE011", None),
        ("转移支付", "PE011", None),
        ("四川2023", "PE011", Severity.WARNING),
        ("通用", "PE105", Severity.WARNING),
        ("四川2023", "PE105", Severity.ERROR),
        ("通用", "PE203", Severity.WARNING),
        ("湖北", "PE203", None),
        ("通用", "PE309", Severity.INFO),
        ("广西", "PE309", None),
    ],
)
def test_severities(profile, rule, severity, pack):
    assert severity_of(pack, pack.rules[rule], profile, NONE) is severity
    runs = rule in {check.rule.id for check in checks_for(pack, profile, NONE)}
    assert runs == (severity is not None)


@pytest.mark.parametrize(
    ("profile", "rule", "param", "value"),
    [
        ("通用", "PE105", "下限", Decimal("0.80")),
        ("四川2023", "PE105", "下限", Decimal("0.90")),
        ("通用", "PE106", "幅度", Decimal("0.30")),
        ("四川2023", "PE106", "幅度", Decimal(0)),
        ("通用", "PE202", "应为", Decimal(10)),
        ("湖北", "PE202", "应为", Decimal(20)),
        ("通用", "PE310", "部分", Decimal("0.6")),
        ("湖北", "PE310", "部分", Decimal("0.5")),
        ("通用", "PE402", "倍数", Decimal("1.30")),
        ("天津河北", "PE402", "倍数", Decimal("1.20")),
        ("广西", "PE402", "倍数", Decimal("1.30")),
    ],
)
def test_parameters(profile, rule, param, value, pack):
    assert params_of(pack, pack.rules[rule], profile, NONE)[param] == value


GRADES = {"优": 90, "良": 80, "中": 60}
BANDS = {"部分达成": Decimal("0.8"), "未达成": Decimal("0.6"), "满分": 100, "高出": Decimal("0.1")}


@pytest.mark.parametrize(
    ("profile", "execution", "reverse"),
    [
        ("通用", "按比例", "按比例"),
        ("广西", "九成满分", "按比例"),
        ("湖北", "按比例", "按比例"),
        ("天津河北", "按比例", "按比例"),
    ],
)
def test_shared_parameters(profile, execution, reverse, pack):
    bands = BANDS | ({"未达成": Decimal("0.5")} if profile == "湖北" else {})
    expected = {"执行计分": execution, "反向计分": reverse} | bands | GRADES
    assert shared_params(pack, profile, NONE) == expected
    assert pack_under(pack, profile, NONE).definitions.params == expected


def test_the_users_own_shared_parameters_come_last(pack):
    overrides = Overrides(params={"共用": {"反向计分": "按差额"}})
    assert shared_params(pack, "广西", overrides) == {"执行计分": "九成满分", "反向计分": "按差额"} | BANDS | GRADES


def test_the_users_own_changes_come_last(pack):
    overrides = Overrides(rules={"PE105": None, "PE011": Severity.INFO}, params={"PE106": {"幅度": Decimal("0.5")}})
    assert severity_of(pack, pack.rules["PE105"], "四川2023", overrides) is None
    assert severity_of(pack, pack.rules["PE011"], "通用", overrides) is Severity.INFO
    assert params_of(pack, pack.rules["PE106"], "四川2023", overrides) == {"幅度": Decimal("0.5")}


def test_select_and_ignore_take_beginnings_and_names(pack):
    def running(**picks):
        return {check.rule.id for check in checks_for(pack, "通用", Overrides(**picks))}

    assert {rule[:3] for rule in running(select=("PE4",))} == {"PE4"}
    assert running(select=("PE401", "negative-amount")) == {"PE401", "PE108"}
    assert running(select=("PE4",), ignore=("PE401",)) == running(select=("PE4",)) - {"PE401"}


# profile, 年初预算数, 全年预算数, 全年执行数, 分值, 得分: what of PE1 and PE2 is said of that total row
ROWS = [
    ("通用", "100", "100", "85", "10", "8.50", set()),
    ("四川2023", "100", "100", "85", "10", "8.50", {("PE105", Severity.ERROR)}),
    ("四川2023", "100", "100", "90", "10", "9.00", set()),
    ("通用", "100", "75", "75", "10", "10", {("PE109", Severity.INFO)}),
    ("通用", "100", "101", "101", "10", "10", set()),
    ("四川2023", "100", "101", "101", "10", "10", {("PE106", Severity.WARNING)}),
    ("湖北", "100", "100", "95", "20", "19", set()),
    ("通用", "100", "100", "95", "20", "19", {("PE202", Severity.WARNING)}),
    ("湖北", "100", "100", "95", "10", "9.5", {("PE202", Severity.WARNING)}),
    ("广西", "100", "100", "93", "10", "10", set()),
    ("广西", "100", "100", "90", "10", "10", set()),
    ("广西", "100", "100", "93", "10", "9.3", {("PE104", Severity.ERROR)}),
    ("广西", "100", "100", "85", "10", "5", set()),  # five points below 90%
    ("广西", "100", "100", "85", "10", "8.50", {("PE104", Severity.ERROR)}),
]


@pytest.mark.parametrize("row", ROWS)
def test_what_the_change_does(row, form_of, judge):
    profile, opening, budget, spent, weight, score, expected = row
    total = {"资金来源": "年度资金总额", "年初预算数": opening, "全年预算数": budget, "全年执行数": spent}
    form = form_of({"项目资金": [total | {"分值": weight, "得分": score}]})
    (verdict,) = judge([form], profile)
    found = {(one.rule.id, one.severity) for one in verdict.each() if one.rule.family in ("PE1", "PE2")}
    assert found == expected


HALF = {"三级指标": "工作机制", "年度指标值": "建立联动机制", "实际完成值": "部分完成", "分值": "10", "得分": "5.5"}
OVER = {"三级指标": "培训", "年度指标值": "≥100人次", "实际完成值": "125人次", "分值": "10", "得分": "10"}

# profile, an indicator, what of PE3 and PE4 is said of it beside a reason that is there
INDICATORS = [
    ("通用", HALF, {"PE310"}),
    ("湖北", HALF, set()),
    ("湖北", HALF | {"得分": "4.5"}, {"PE310"}),
    ("通用", HALF | {"得分": "8.5"}, {"PE310"}),
    ("湖北", HALF | {"得分": "8.5"}, {"PE310"}),
    ("通用", HALF | {"实际完成值": "达成年度指标", "得分": "7.5"}, {"PE310"}),
    ("湖北", HALF | {"实际完成值": "达成年度指标", "得分": "7.5"}, {"PE310"}),
    ("通用", OVER, set()),
    ("广西", OVER, set()),
    ("天津河北", OVER, {"PE402"}),
    ("天津河北", OVER | {"实际完成值": "120人次"}, {"PE402"}),
    ("天津河北", OVER | {"实际完成值": "119人次"}, set()),
    ("广西", OVER | {"实际完成值": "130人次"}, {"PE402"}),
]


@pytest.mark.parametrize(("profile", "row", "expected"), INDICATORS)
def test_what_the_change_does_to_an_indicator(profile, row, expected, form_of, judge):
    reason = {"偏差原因": "牵头单位年中调整；下年明确专人，每季核对。"} if row["三级指标"] == "工作机制" else {}
    (verdict,) = judge([form_of({"绩效指标": [row | reason]})], profile)
    assert {one.rule.id for one in verdict.each() if one.rule.family in ("PE3", "PE4")} == expected


@pytest.mark.parametrize(
    ("profile", "name", "expected"),
    [
        ("101号", "cost-first-level-waterway", set()),
        ("101号", "project-cost-level", set()),
        ("通用", "project-cost-level", set()),
        ("101号", "project-full", {"PE203"}),  # 50, 30 and 10
        ("通用", "project-full", set()),
        ("宁夏", "project-full", {"PE203"}),
    ],
)
def test_the_weights_of_the_levels(profile, name, expected, clean, form_of, judge):
    (verdict,) = judge([form_of(clean[name])], profile)
    assert {one.rule.id for one in verdict.each()} == expected


@pytest.mark.parametrize(
    ("reverse", "score", "expected"),
    [
        ("按比例", "8.33", set()),
        ("按比例", "8.00", set()),  # less than the ratio, with a reason
        ("按比例", "8.50", {"PE306"}),
        ("按差额", "8.00", set()),
        ("按差额", "8.33", {"PE306"}),
    ],
)
def test_how_a_reverse_indicator_is_scored(reverse, score, expected, pack, form_of):
    overrides = Overrides(params={"共用": {"反向计分": reverse}})
    judge = Judge(pack_under(pack, "通用", overrides), list(checks_for(pack, "通用", overrides)), year=2025)
    row = {"三级指标": "水葫芦覆盖面积占比", "年度指标值": "≤3%", "实际完成值": "3.6%", "分值": "10", "得分": score}
    (verdict,) = judge.judge([form_of({"绩效指标": [row | {"偏差原因": "高温少雨；下年打捞加密到每周两次。"}]})])
    assert {one.rule.id for one in verdict.each() if one.rule.family == "PE3"} == expected
