"""复核得分: the scores a reviewer would let stand, why they differ, and where they are an upper bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Review
from perfeval_lint.rule.profile import Overrides, pack_under, params_of, shared_params
from tests.rules import corpus

EXAMPLES = Path(__file__).parents[2] / "examples"
BY_DIFFERENCE = Overrides(params={"共用": {"反向计分": "按差额"}})
TOTAL = {"资金来源": "年度资金总额", "全年预算数": "100", "全年执行数": "90", "分值": "10", "得分": "9"}
DONE = {"三级指标": "会议", "年度指标值": "4次", "实际完成值": "4次", "分值": "80", "得分": "80"}

Reviewing = Callable[..., Review | None]


@pytest.fixture(scope="module")
def review(pack) -> Reviewing:
    """The review of a form, given as plain dicts or as a form that was read."""
    judges: dict[tuple[str, int], Judge] = {}

    def of(form: Any, profile: str = "通用", overrides: Overrides | None = None) -> Review | None:
        wanted = overrides or Overrides()
        key = profile, id(overrides)
        if key not in judges:
            judges[key] = Judge(pack_under(pack, profile, wanted), [], year=corpus.THIS_YEAR, with_review=True)
        (verdict,) = judges[key].judge([corpus.form_of(form) if isinstance(form, Mapping) else form])
        return verdict.review

    return of


def form(*indicators: Mapping[str, str], total: Mapping[str, str] | None = TOTAL) -> dict[str, Any]:
    funds = {"项目资金": [dict(total)]} if total else {}
    return {"年度": "2022", **funds, "绩效指标": [dict(row) for row in indicators]}


def indicator(
    target: str, actual: str, weight: str, score: str, reason: str | None = None, **more: str
) -> dict[str, str]:
    row = {"三级指标": "事项", "年度指标值": target, "实际完成值": actual, "分值": weight, "得分": score}
    return row | ({"偏差原因": reason} if reason else {}) | more


def changes(found: Review) -> list[tuple[str, Decimal, Decimal]]:
    return [(one.place.path, one.given, one.due) for one in found.changes]


@pytest.mark.parametrize(
    ("name", "score", "covered", "total", "changed"),
    [
        ("beijing-2021-ip-operation", "99.06", "61", "100", []),  # 按时完成 for the four quarters
        (
            "beijing-2021-ip-exchange",
            "89.70",
            "56",
            "100",
            [
                ("绩效指标[0].得分", 2, 0),
                ("绩效指标[6].得分", 2, 0),
                ("绩效指标[17].得分", 2, 0),
            ],  # 0场, 未举办, 未举办
        ),
        ("beijing-2021-ip-public-service", "99.57", "44", "100", []),  # 按计划完成 for the four quarters
        ("zhongguancun-2021-patent-standards", "94.23", "48", "100", []),  # bounds and deadlines copied
        ("flawed", "91.33", "84", "99", [("绩效指标[0].得分", 20, Decimal("13.33"))]),
    ],
)
def test_the_published_forms(name, score, covered, total, changed, review):
    (document,) = load((EXAMPLES / f"{name}.yaml").read_text("utf-8"))
    found = review(document.form)
    assert (found.score, found.covered, found.total) == (Decimal(score), Decimal(covered), Decimal(total))
    assert changes(found) == changed
    assert not found.is_most


def test_no_scores_no_review(clean, review):
    (document,) = load((EXAMPLES / "chaoyang-2020-transfer.yaml").read_text("utf-8"))
    assert review(document.form, "转移支付") is None
    assert review(clean["transfer-2023"], "转移支付") is None
    assert review(form({"三级指标": "会议", "年度指标值": "4次", "实际完成值": "4次"}, total=None)) is None


def test_on_a_clean_form_it_is_the_total(clean, remarks, review):
    wrong = {}
    for name, plain in clean.items():
        found = review(plain, remarks[name].get("规则集", "通用"))
        given = Decimal(plain["总分"]["得分"]) if "总分" in plain else None
        if found and (found.changes or (given is not None and found.score != given)):
            wrong[name] = found
    assert wrong == {}


def test_a_score_that_is_not_the_ratio_is_put_right(review):
    found = review(form(DONE, indicator("≥200人", "150人", "10", "10")))
    assert changes(found) == [("绩效指标[1].得分", 10, Decimal("7.5"))]
    assert (found.score, found.covered, found.total) == (Decimal("96.5"), 100, 100)
    (change,) = found.changes
    assert (change.target, change.actual) == ("≥200人", "150人")


def test_a_score_printed_with_fewer_decimals_is_right(review):
    found = review(form(DONE, indicator("3个", "2个", "10", "6.7", "一个未验收；下年一季度前补验")))
    assert found.changes == ()
    assert found.score == Decimal("95.7")


def test_what_cannot_be_reckoned_keeps_its_own_score(review):
    words = indicator("建立机制", "机制已经建立并运行", "6", "5", "尚未发文；下年印发")
    units = indicator("200人", "150人次", "4", "4")
    found = review(form(DONE, words, units))
    assert found.changes == ()
    assert (found.score, found.covered) == (Decimal(98), 90)


def test_an_explained_deduction_is_kept(review):
    row = indicator("≥30项", "68项", "10", "7.5", "申报数量预测偏低；今后加强数据监控")
    kept = review(form(DONE, row))
    assert (kept.changes, kept.score, kept.covered) == ((), Decimal("96.5"), 90)


@pytest.mark.parametrize("reason", [None, "无", "已完成"])
def test_points_the_unit_took_off_itself_are_not_given_back(reason, review):
    found = review(form(DONE, indicator("≥30项", "68项", "10", "7.5", reason)))
    assert (found.changes, found.score, found.covered) == ((), Decimal("96.5"), 100)
    low = review(form(DONE, indicator("≥30项", "15项", "10", "2", reason)))
    assert (low.changes, low.score) == ((), Decimal(91))


@pytest.mark.parametrize(
    ("actual", "by_ratio", "by_difference"),
    [
        ("2%", "10", "10"),
        ("2.5%", "8", "7.5"),
        ("3%", "6.67", "5"),
        ("4%", "5", "0"),
        ("5%", "4", "0"),
    ],
)
def test_both_ways_to_score_a_reverse_indicator(actual, by_ratio, by_difference, review):
    given = form(DONE, indicator("≤2%", actual, "10", "10", 三级指标="差错率"))
    assert review(given).score == Decimal(89) + Decimal(by_ratio)
    assert review(given, "湖北").score == Decimal(89) + Decimal(by_ratio)
    assert review(given, "通用", BY_DIFFERENCE).score == Decimal(89) + Decimal(by_difference)


def test_what_is_more_is_better_is_scored_by_the_ratio_in_either_way(review):
    given = form(DONE, indicator("≥200人", "150人", "10", "10"))
    assert review(given, "通用", BY_DIFFERENCE).score == Decimal("96.5")


def test_a_drop_that_falls_short_is_scored_by_the_ratio_in_either_way(review):
    given = form(DONE, indicator("下降10%", "下降8%", "10", "10", 三级指标="交通事故起数"))
    assert review(given).score == Decimal(97)
    assert review(given, "通用", BY_DIFFERENCE).score == Decimal(97)


def test_a_wrong_score_of_execution_is_put_right(review):
    found = review(form(DONE | {"分值": "90", "得分": "90"}, total=TOTAL | {"得分": "10"}))
    assert changes(found) == [("项目资金[0].得分", 10, 9)]
    assert (found.score, found.covered) == (Decimal(99), 100)


def test_the_score_of_execution_as_the_profile_wants_it(review):
    given = form(DONE | {"分值": "90", "得分": "90"}, total=TOTAL | {"得分": "10"})
    found = review(given, "广西")
    assert (found.changes, found.score) == ((), Decimal(100))
    low = review(form(DONE | {"分值": "90", "得分": "90"}, total=TOTAL | {"全年执行数": "85", "得分": "8.5"}), "广西")
    assert changes(low) == [("项目资金[0].得分", Decimal("8.5"), 5)]


def test_without_a_score_of_execution_the_indicators_are_all(review):
    found = review(form(DONE, total=None))
    assert (found.score, found.covered, found.total) == (80, 80, 80)


@pytest.mark.parametrize("printed", ["5.71", "5.7", "6"])
def test_a_score_of_execution_that_agrees_as_printed_stays(printed, review):
    total = TOTAL | {"全年预算数": "35", "全年执行数": "20", "得分": printed}
    found = review(form(DONE | {"分值": "90", "得分": "90"}, total=total))
    assert (found.changes, found.score) == ((), 90 + Decimal(printed))


def test_the_amounts_decide_against_a_printed_rate(review):
    total = TOTAL | {"全年预算数": "60", "全年执行数": "17.1", "执行率": "98.50%", "得分": "9.85"}
    found = review(form(DONE | {"分值": "90", "得分": "90"}, total=total))
    assert changes(found) == [("项目资金[0].得分", Decimal("9.85"), Decimal("2.85"))]
    assert found.changes[0].reason == "按金额应得 2.85 分"


@pytest.mark.parametrize("profile", ["通用", "广西"])
def test_a_rate_without_amounts_decides_nothing(profile, review):
    total = {"资金来源": "年度资金总额", "全年执行数": "20", "分值": "10", "执行率": "50%", "得分": "10"}
    found = review(form(DONE | {"分值": "90", "得分": "90"}, total=total), profile)
    assert (found.changes, found.score, found.covered) == ((), 100, 90)


def test_a_score_of_execution_without_a_weight_counts(review):
    total = {"资金来源": "年度资金总额", "全年预算数": "100", "全年执行数": "90", "得分": "9"}
    assert review(form(DONE, total=total)).score == 89


def test_scores_that_cannot_be_read_leave_no_review(review):
    assert review(form(DONE, indicator("建立机制", "机制已经建立并运行", "6", "五分"))) is None
    assert review(form(DONE, total=TOTAL | {"得分": "九分"})) is None


def test_a_score_not_filled_in_counts_as_nothing_and_is_said(review):
    bare = {"三级指标": "培训", "年度指标值": "3期", "实际完成值": "3期", "分值": "10"}
    blank = {name: text for name, text in TOTAL.items() if name != "得分"}
    found = review(form(DONE, bare, total=blank))
    assert found.score == 80
    assert [(one.place.path, one.given, one.due, one.reason) for one in found.changes] == [
        ("项目资金[0].得分", None, 0, "没有填得分，按 0 分计"),
        ("绩效指标[1].得分", None, 0, "没有填得分，按 0 分计"),
    ]


def test_no_row_is_above_its_weight_and_no_form_above_the_whole(review):
    found = review(form(DONE, indicator("建立机制", "机制已经建立并运行", "10", "12")))
    assert (found.score, found.changes[0].reason) == (99, "不超过分值 10 分")
    full = review(form(DONE, indicator("4次", "4次", "30", "30"), total=TOTAL) | {"总分": {"得分": "119"}})
    assert full.score == 100
    assert [(one.place.path, one.given, one.due, one.reason) for one in full.changes] == [
        ("总分.得分", 119, 100, "各行合计 119 分，不超过满分 100 分")
    ]


def test_a_total_rounded_down_is_not_exceeded(review):
    row = indicator("3个", "2个", "10", "6.67", "一个未验收；下年一季度前补验")
    assert review(form(DONE, row) | {"总分": {"得分": "95.6"}}).score == Decimal("95.67")  # the total is wrong
    assert review(form(DONE, row, total=None) | {"总分": {"得分": "86.67"}}).score == Decimal("86.67")
    third = indicator("3个", "2个", "10", "6.667", "一个未验收；下年一季度前补验")
    assert review(form(DONE, third, total=None) | {"总分": {"得分": "86.66"}}).score <= Decimal("86.67")


def test_the_bands_are_the_profiles(review, pack):
    given = form(
        DONE | {"分值": "70", "得分": "70"}, indicator("业务水平明显提升", "未达成年度指标且效果较差", "20", "20")
    )
    assert review(given).score == Decimal(91)
    assert review(given, "湖北").score == Decimal(89)
    for profile in pack.profiles:
        bands = params_of(pack, pack.rules["PE310"], profile, Overrides())
        shared = shared_params(pack, profile, Overrides())
        assert (bands["达成"], bands["部分"]) == (shared["部分达成"], shared["未达成"]), profile


def test_what_the_unit_took_off_and_explained_stands_as_it_is(review):
    row = indicator("2022年9月底前", "2022年11月", "20", "17", "疫情封控停工两个月；今后提前备料")
    found = review(form(DONE | {"分值": "70", "得分": "70"}, row))
    assert (found.score, found.is_most, found.changes, found.covered) == (96, False, (), 80)
    unexplained = review(form(DONE | {"分值": "70", "得分": "70"}, row | {"偏差原因": "无"}))
    assert (unexplained.score, unexplained.is_most) == (96, True)


@pytest.mark.parametrize(
    ("score", "own", "due"),
    [("99", "优", "中"), ("99", "良", "中"), ("99", None, "中"), ("99", "差", "差"), ("99", "优秀", "中")],
)
def test_the_grade_is_that_of_the_score_and_never_better_than_the_own(score, own, due, review):
    given = form(DONE | {"分值": "70", "得分": "70"}, indicator("业务水平明显提升", "未举办", "20", "20"))
    grade = {"等级": own} if own else {}
    assert review(given | {"总分": {"得分": score, **grade}}).grade == due
