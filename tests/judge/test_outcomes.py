"""Every check on every row has exactly one outcome, and the four always add up."""

from __future__ import annotations

import pytest

from perfeval_lint.form.definition import SECTIONS, SLIPS_TABLE, TOTAL, UNKNOWN_TABLE
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Counts
from perfeval_lint.rule.pack import every_check

EMPTY_ROWS = {
    "项目资金": [{}],
    "绩效指标": [{}, {}],
    "资金管理情况": [{}],
    "年度总体目标": {},
    "总分": {},
    "指标分组": {},
}
BROKEN = {
    "nothing": {},
    "empty rows": EMPTY_ROWS,
    "empty lists": {"项目资金": [], "绩效指标": [], "资金管理情况": [], "豁免": []},
    "blank values": {"项目名称": " ", "项目资金": [{"资金来源": "　", "全年预算数": "\t"}], "总分": {"得分": " "}},
    "no numbers": {
        "年度": "今年",
        "项目资金": [
            {"资金来源": "年度资金总额", "全年预算数": "多", "全年执行数": "少", "执行率": "高", "得分": "满"}
        ],
        "绩效指标": [{"三级指标": "培训", "分值": "甲", "得分": "乙"}],
        "指标分组": {"数量指标": "丙"},
        "总分": {"分值": "丁", "得分": "戊", "等级": "己"},
        "填写日期": "明天",
    },
    "unknown keys": {"项目名": "培训", "绩效指标": [{"指标": "培训", "分": "3"}], "总分": {"合计": "100"}},
    "waivers": {
        "绩效指标": [{"三级指标": "培训", "分值": "3", "得分": "2"}, {"三级指标": "会议", "分值": "3", "得分": "2"}],
        "豁免": [
            {"规则": "PE401", "指标": "培训", "理由": "系统另附说明"},
            {"规则": "unexplained-deduction", "指标": "会…", "理由": "系统另附说明"},
            {"规则": "PE999", "理由": "写错的编号"},
        ],
    },
    "thousand rows": {"绩效指标": [{"三级指标": f"第{n}项", "分值": "1", "得分": "2"} for n in range(1000)]},
}


def rows(form, table):
    """How many rows a form has in a table."""
    if table == UNKNOWN_TABLE:
        return len(form.unknown)
    section = next(section for section in SECTIONS if section.table == table and section is not TOTAL)
    return len(form.rows(section))


def expected_total(pack, form, verdict):
    """Every check on every row of the form, and one outcome for each slip found."""
    slips = sum(1 for finding in verdict.each() if finding.rule.targets[0].table == SLIPS_TABLE)
    checks = [check for check in every_check(dict(pack.rules)) if check.table != SLIPS_TABLE]
    return sum(rows(form, check.table) for check in checks) + slips


def assert_adds_up(pack, form, verdict):
    counts = verdict.counts
    assert counts.total == expected_total(pack, form, verdict)
    assert counts.failed == sum(1 for _ in verdict.each())
    assert counts.not_evaluated == len(verdict.not_evaluated)
    assert min(counts.passed, counts.failed, counts.not_applicable, counts.not_evaluated) >= 0


def test_on_clean_forms(pack, judge, clean):
    for form, verdict in zip(clean, judge.judge(clean), strict=True):
        assert_adds_up(pack, form, verdict)
        assert verdict.counts.passed > 100


@pytest.mark.parametrize("name", BROKEN)
def test_on_broken_forms(name, pack, judge, form_of):
    form = form_of(BROKEN[name])
    (verdict,) = judge.judge([form])
    assert_adds_up(pack, form, verdict)


def test_in_one_batch_as_alone(judge, form_of, clean, told):
    forms = [*clean, *(form_of(plain) for plain in BROKEN.values())]
    alone = [told(judge.judge([form])[0]) for form in forms]
    assert [told(verdict) for verdict in judge.judge(forms)] == alone
    assert [told(verdict) for verdict in judge.judge(forms[::-1])] == alone[::-1]


def test_an_empty_batch_has_no_verdicts(judge):
    assert judge.judge([]) == []


def test_an_empty_batch_may_come_first(pack):
    assert Judge(pack, every_check(dict(pack.rules)), year=2025).judge([]) == []


def test_a_waived_finding_still_counts_as_failed(judge, form_of):
    (verdict,) = judge.judge([form_of(BROKEN["waivers"])])
    found = {(one.place.path, one.waived) for one in verdict.each() if one.rule.id in ("PE401", "PE012")}
    assert found == {
        ("绩效指标[0].偏差原因", "系统另附说明"),
        ("绩效指标[1].偏差原因", "系统另附说明"),
        ("豁免[2].规则", None),
    }
    assert verdict.counts.failed == sum(1 for _ in verdict.each())


def test_counts_add():
    assert Counts(1, 2, 3, 4) + Counts(10, 20, 30, 40) == Counts(11, 22, 33, 44)
    assert Counts(1, 2, 3, 4).total == 10
