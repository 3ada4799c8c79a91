"""How printed numbers are compared: at the precision they are printed with, at most two decimals, half up."""

from __future__ import annotations

import pytest

AGREE, DIFFER = True, False
NEAR = "near"  # off in the last digit only, or cut: PE117 says so, and no error does

# 全年预算数, 全年执行数, 执行率 as printed
RATES = [
    ("75.07", "72.55", "96.6%", AGREE),  # 96.643%
    ("10926.2", "1300", "11.900%", AGREE),  # 11.898%: two decimals at most
    ("10000", "373.8", "3.700%", NEAR),  # 3.738%
    ("10000", "373.8", "3.69%", NEAR),
    ("10000", "373.8", "3.68%", DIFFER),
    ("148", "46", "31.00%", DIFFER),  # 31.08%
    ("148", "46", "31.0%", NEAR),  # cut
    ("148", "46", "31.2%", DIFFER),
    ("543.7", "508.95", "93.61%", AGREE),
    ("543.7", "508.95", "93.6%", AGREE),
    ("543.7", "508.95", "94%", AGREE),
    ("543.7", "508.95", "93%", DIFFER),
    ("543.7", "508.95", "93.60%", NEAR),
    # the same rate in its other spellings
    ("100", "100", "1", AGREE),
    ("100", "100", "100%", AGREE),
    ("100", "100", "100.00%", AGREE),
    ("100", "100", "1.0000", AGREE),
    ("100", "95.8", "0.958", AGREE),
    ("100", "95.8", "95.8", AGREE),
    ("100", "95.8", "95.80%", AGREE),
    ("100", "95.8", "9.58", DIFFER),
    ("100", "95.84", "0.958", AGREE),
    ("100", "95.86", "0.958", NEAR),
    ("100", "95.84", "0.9584", AGREE),
    ("100", "95.84", "0.9580", NEAR),
    ("100", "0.5", "0.5%", AGREE),
    ("100", "0.5", "0.005", AGREE),
    ("100", "0", "0%", AGREE),
    # exact ties go up, and no float blurs them
    ("1000000", "10050", "1.01%", AGREE),  # 1.005%
    ("1000000", "10050", "1.00%", NEAR),
    ("100000", "12345", "12.35%", AGREE),  # 12.345%
    ("100000", "12345", "12.34%", NEAR),
    ("100000", "12344.999999", "12.34%", AGREE),
    ("100000", "12344.999999", "12.35%", NEAR),
    ("800", "100", "13%", AGREE),  # 12.5%
    ("800", "100", "12%", DIFFER),
    ("400", "1", "0.3%", AGREE),  # 0.25%
    ("400", "1", "0.2%", NEAR),
    ("3", "2", "66.67%", AGREE),
    ("3", "2", "66.66%", NEAR),
    ("200000", "199990", "99.99%", NEAR),  # 99.995%
    ("10000", "9587", "95.82%", DIFFER),  # exactly 0.05 points
    ("1000", "901", "90.0%", DIFFER),
]

# 分值, 全年预算数, 全年执行数, 得分 as printed
EXECUTION_SCORES = [
    ("10", "75.07", "72.55", "9.66", AGREE),  # 9.664
    ("10", "75.07", "72.55", "9.7", AGREE),
    ("10", "75.07", "72.55", "10", AGREE),
    ("10", "75.07", "72.55", "9.6", NEAR),
    ("10", "75.07", "72.55", "9.67", NEAR),
    ("10", "75.07", "72.55", "9.660", AGREE),
    ("10", "100", "96.45", "9.65", AGREE),  # 9.645: half of the last digit on either side
    ("10", "100", "96.45", "9.64", AGREE),
    ("10", "100", "96.45", "9.63", NEAR),
    ("10", "100", "96.45", "9.59", DIFFER),
    ("20", "3", "1", "6.67", AGREE),
    ("20", "3", "1", "6.66", NEAR),
    ("10", "100", "95", "9.4", DIFFER),
    ("10", "100", "100", "10", AGREE),
    ("10", "100", "120", "10", AGREE),  # never above the weight
    ("10", "100", "120", "12", DIFFER),
    ("10", "100", "0", "0", AGREE),
]

# the indicators' scores, 总分 as printed; 执行率得分 is 9.36
TOTALS = [
    (["89.7"], "99.06", AGREE),
    (["89.7"], "99.1", AGREE),
    (["89.7"], "99", AGREE),
    (["89.7"], "99.0", DIFFER),
    (["89.7"], "99.07", DIFFER),
    (["89.7"], "99.060", AGREE),
    (["44.85", "44.84"], "99.05", AGREE),
    (["44.85", "44.84"], "99.1", AGREE),  # exactly half a digit off
    (["44.85", "44.84"], "99.0", AGREE),
    (["44.85", "44.84"], "98.9", DIFFER),
]

# 总额, 来源, 来源 …
SUMS = [
    ("100", "60", "40", AGREE),
    ("100.01", "60", "40", AGREE),
    ("99.99", "60", "40", AGREE),
    ("100.011", "60", "40", DIFFER),
    ("99.98", "60", "40", DIFFER),
    ("0.3", "0.1", "0.2", AGREE),
    ("1000000000.01", "999999999.99", "0.01", AGREE),
    ("1000000000.02", "999999999.99", "0.01", DIFFER),
    # the more parts, the more is rounded away
    ("100.02", "33.33", "33.33", "33.34", DIFFER),
    ("100.02", "25.01", "25.01", "25.01", "24.97", AGREE),
    ("100.03", "25.01", "25.01", "25.01", "24.97", DIFFER),
    ("100.1", "33.3", "33.3", "33.4", AGREE),
    ("100.2", "33.3", "33.3", "33.4", DIFFER),
    ("101", "25", "25", "25", "25", DIFFER),
]


@pytest.fixture(scope="module")
def agreements(form_of, judge):
    """Whether a rule passes on each form; every form is judged in one batch."""

    def of(rule, forms):
        verdicts = judge([form_of(plain) for plain in forms], "通用")
        for verdict in verdicts:
            assert rule not in {unknown.rule.id for unknown in verdict.not_evaluated}
        return [rule not in {found.rule.id for found in verdict.each()} for verdict in verdicts]

    return of


def total_row(**cells: str) -> dict[str, str]:
    return {"资金来源": "年度资金总额", **cells}


def nearly(agree, are_exact):
    """One answer a case of two rules: the error, and what is near."""
    assert all(one or other for one, other in zip(agree, are_exact, strict=True))
    return [NEAR if agrees and not exact else agrees for agrees, exact in zip(agree, are_exact, strict=True)]


def wrong(cases, results):
    """The cases that did not come out as the table says."""
    return [case for case, agrees in zip(cases, results, strict=True) if case[-1] is not agrees]


def test_execution_rates(agreements):
    forms = [{"项目资金": [total_row(全年预算数=b, 全年执行数=e, 执行率=r)]} for b, e, r, _ in RATES]
    assert wrong(RATES, nearly(agreements("PE103", forms), agreements("PE117", forms))) == []


def test_execution_scores(agreements):
    forms = [
        {"项目资金": [total_row(全年预算数=b, 全年执行数=e, 分值=w, 得分=s)]} for w, b, e, s, _ in EXECUTION_SCORES
    ]
    assert wrong(EXECUTION_SCORES, nearly(agreements("PE104", forms), agreements("PE117", forms))) == []


def test_total_scores(agreements):
    forms = [
        {
            "项目资金": [total_row(分值="10", 得分="9.36")],
            "绩效指标": [{"三级指标": f"第{n}项", "分值": "45", "得分": s} for n, s in enumerate(scores)],
            "总分": {"得分": total},
        }
        for scores, total, _ in TOTALS
    ]
    assert wrong(TOTALS, agreements("PE303", forms)) == []


def test_whole_scores_are_exact(agreements):
    rows = [{"三级指标": "培训", "分值": "50", "得分": "48"}, {"三级指标": "会议", "分值": "50", "得分": "48"}]
    cases = [("96", AGREE), ("96.00", AGREE), ("95.7", DIFFER), ("96.4", DIFFER), ("97", DIFFER)]
    forms = [{"绩效指标": rows, "总分": {"得分": total}} for total, _ in cases]
    assert wrong(cases, agreements("PE303", forms)) == []


@pytest.mark.parametrize("column", ["年初预算数", "全年预算数", "全年执行数"])
def test_amounts(column, agreements):
    forms = [
        {
            "项目资金": [
                total_row(**{column: total}),
                *({"资金来源": f"第{number}项资金", column: part} for number, part in enumerate(parts, 1)),
            ]
        }
        for total, *parts, _ in SUMS
    ]
    assert wrong(SUMS, agreements("PE102", forms)) == []
