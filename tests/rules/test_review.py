"""复核得分: what the scores come to when those that can be reckoned are, and which scores that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import corpus
import pytest

from perfeval_lint.form.load import load
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Review
from perfeval_lint.rule.profile import Overrides, checks_for, pack_under

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
            checks = list(checks_for(pack, profile, wanted))
            judges[key] = Judge(pack_under(pack, profile, wanted), checks, year=corpus.THIS_YEAR, with_review=True)
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
        ("beijing-2021-ip-operation", "99.06", "65", "100", []),
        ("beijing-2021-ip-exchange", "93.70", "52", "100", [("绩效指标[0].得分", 2, 0)]),  # 0场 of 1场
        ("beijing-2021-ip-public-service", "99.57", "54", "100", []),
        ("zhongguancun-2021-patent-standards", "94.23", "58", "100", []),
        (
            "flawed",
            "91.93",
            "84",
            "99",
            [("绩效指标[0].得分", 20, Decimal("13.33")), ("绩效指标[1].得分", 19, Decimal("19.6"))],
        ),
    ],
)
def test_the_published_forms(name, score, covered, total, changed, review):
    (document,) = load((EXAMPLES / f"{name}.yaml").read_text("utf-8"))
    found = review(document.form)
    assert (found.score, found.covered, found.total) == (Decimal(score), Decimal(covered), Decimal(total))
    assert changes(found) == changed


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
def test_a_deduction_without_a_real_reason_is_not(reason, review):
    found = review(form(DONE, indicator("≥30项", "68项", "10", "7.5", reason)))
    assert changes(found) == [("绩效指标[1].得分", Decimal("7.5"), 10)]
    assert found.score == Decimal(99)


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


def test_scores_that_cannot_be_read_leave_no_review(review):
    assert review(form(DONE, indicator("建立机制", "机制已经建立并运行", "6", "五分"))) is None
