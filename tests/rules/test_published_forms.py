"""The two published forms of examples/: what they are told as they stand, and after one change."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.form.load import load

EXAMPLES = Path(__file__).parents[2] / "examples"
BEIJING = (EXAMPLES / "beijing-2021-ip-operation.yaml").read_text("utf-8")
CHAOYANG = (EXAMPLES / "chaoyang-2020-transfer.yaml").read_text("utf-8")

NONSTANDARD = ("PE007", "绩效指标[26].二级指标", (212, 9))  # 服务对象满意度标

# what is changed, and every finding: rule, path, (line, column)
CHANGES = {
    "nothing": (None, None, [NONSTANDARD]),
    "the reason of the deducted row is deleted": (
        "  得分: '2.7'\n  偏差原因: 由线下改为线上，参与人员数超出预期\n",
        "  得分: '2.7'\n",
        [("PE401", "绩效指标[3].偏差原因", (49, 3)), ("PE007", "绩效指标[26].二级指标", (211, 9))],
    ),
    "more is spent than budgeted": (
        "  全年执行数: '508.95'\n  分值: '10'\n",
        "  全年执行数: '550'\n  分值: '10'\n",
        [
            ("PE101", "项目资金[0].全年执行数", (13, 10)),
            ("PE102", "项目资金[0].全年执行数", (13, 10)),
            ("PE103", "项目资金[0].执行率", (15, 8)),
            NONSTANDARD,
        ],
    ),
    "the weights add up to 99": (
        "  实际完成值: 100%\n  分值: '10'\n  得分: '10'\n",
        "  实际完成值: 100%\n  分值: '9'\n  得分: '9'\n",
        [
            ("PE201", "绩效指标", (27, 1)),
            ("PE203", "绩效指标", (27, 1)),
            NONSTANDARD,
            ("PE208", "总分.分值", (219, 7)),
            ("PE303", "总分.得分", (220, 7)),
        ],
    ),
}


@pytest.fixture(scope="module")
def told(judge):
    """What a text is told: rule, path, (line, column), in reading order."""

    def read(text):
        (document,) = load(text)
        assert not document.problems
        (verdict,) = judge([document.form])
        assert verdict.not_evaluated == ()
        return [(one.rule.id, one.place.path, tuple(one.place.position)) for one in verdict.findings]

    return read


@pytest.mark.parametrize("name", CHANGES)
def test_beijing_2021(name, told):
    before, after, expected = CHANGES[name]
    text = BEIJING
    if before:
        assert text.count(before) == 1
        text = text.replace(before, after)
    assert told(text) == expected


def test_chaoyang_2020(told):
    assert told(CHAOYANG) == [
        ("PE105", "项目资金[0].执行率", (15, 8)),
        ("PE103", "项目资金[1].执行率", (19, 8)),
        ("PE007", "绩效指标[23].二级指标", (170, 9)),
        *[("PE007", f"绩效指标[{row}].一级指标", (181 + 6 * (row - 25), 9)) for row in range(25, 30)],
        ("PE005", "说明", (211, 5)),
        ("PE702", "说明", (211, 5)),
    ]


def test_what_they_are_told_in_words(judge):
    (document,) = load(BEIJING.replace("  偏差原因: 由线下改为线上，参与人员数超出预期\n", ""))
    (verdict,) = judge([document.form])
    (finding,) = [one for one in verdict.findings if one.rule.id == "PE401"]
    assert finding.message == "得分 2.7 低于分值 3，未填写偏差原因"
    assert finding.place.words == "绩效指标 第4项“培训知识产权工作人员”·偏差原因"
    assert finding.indicator == "培训知识产权工作人员"
