"""The published forms of examples/: everything they are told as they stand, and after one change."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.form.load import load

EXAMPLES = Path(__file__).parents[2] / "examples"
TOTAL = "项目资金[0]"


def rows(rule: str, cell: str, *numbers: int) -> set[tuple[str, str]]:
    """The findings of a rule at a cell of some indicators."""
    return {(rule, f"绩效指标[{number}].{cell}") for number in numbers}


OPERATION = {
    *rows("PE007", "二级指标", 26),  # 服务对象满意度标
    *rows("PE402", "偏差原因", 0, 1, 5, 8),  # 1→5, 3→10, 1→2, 1→2
    *rows("PE505", "实际完成值", 19),  # 597万, 严格控制在预算范围内
    *rows("PE508", "实际完成值", 3),  # 500人次以上
    *rows("PE509", "实际完成值", 3),  # 人, 人次
    *rows("PE510", "实际完成值", 11, 14, 20, 21, 23, 24, 25),
    *rows("PE516", "实际完成值", 26),
}
CHAOYANG = {
    ("PE105", f"{TOTAL}.执行率"),
    ("PE117", "项目资金[1].执行率"),  # 3.700% for 3.738%; not the total's 11.900%
    *rows("PE007", "二级指标", 23),
    *rows("PE007", "一级指标", *range(25, 30)),
    *rows("PE113", "实际完成值", 15, 17, 18),
    *rows("PE402", "偏差原因", 3, 6, 8),  # 10→88, 100→198, 80→151
    *rows("PE405", "偏差原因", 0),
    *rows("PE406", "偏差原因", 15, 17, 18),
    *rows("PE508", "实际完成值", 23),  # 5亿元以上
    *rows("PE516", "实际完成值", *range(25, 30)),
    *rows("PE520", "三级指标", 21),  # 9000件, 11473件: the patents of row 5
    ("PE005", "说明"),
    ("PE702", "说明"),
}
EXCHANGE = {
    ("PE106", f"{TOTAL}.全年预算数"),  # 162.111 → 75.07
    ("PE309", f"{TOTAL}.执行率"),
    ("PE309", f"{TOTAL}.得分"),
    ("PE309", "项目资金[1].执行率"),
    ("PE112", "绩效指标"),  # 75.07 is the budget; 72.55 was spent
    ("PE203", "绩效指标"),
    *rows("PE007", "二级指标", 22),
    *rows("PE305", "得分", 0, 6, 17),  # 0场, 未举办
    *rows("PE504", "年度指标值", 22),  # 基本满意, and so the result
    *rows("PE507", "实际完成值", 7, 19, 20),
    *rows("PE526", "实际完成值", 8, 9, 10),  # 达到出版要求, 通过集体评审
}
PUBLIC_SERVICE = {
    *rows("PE007", "二级指标", 35, 36, 37),
    *rows("PE402", "偏差原因", 5),  # 10 → 100余
    *rows("PE507", "实际完成值", 28, 34),
    *rows("PE508", "实际完成值", 7),  # 超过100人次; again in row 15, for a target in words
    *rows("PE511", "实际完成值", 6),  # 6-8, 9
}
STANDARDS = {
    *rows("PE402", "偏差原因", 1, 5, 25, 27),  # 60→151, 10→14, 6→10, 12→23
    *rows("PE405", "偏差原因", 20, 22),
    *rows("PE507", "实际完成值", 6, 7, 8, 9, 10, 11, 13, 15, 16, 17, 18, 19, 21),  # 9月底前完成项目申报, 不超过100万元
    *rows("PE508", "实际完成值", 28),
    *rows("PE514", "三级指标", 14),  # 资金支出进度
}
FLAWED = {
    ("PE101", f"{TOTAL}.全年执行数"),
    ("PE201", "绩效指标"),
    ("PE203", "绩效指标"),
    *rows("PE305", "得分", 0),  # 2 of 3
    *rows("PE307", "得分", 1),
    *rows("PE401", "偏差原因", 1),
    *rows("PE402", "偏差原因", 3),  # 20% less wanted, 31% less reached
    *rows("PE403", "偏差原因", 0, 1),
}
TOLD = {
    "beijing-2021-ip-operation": OPERATION,
    "chaoyang-2020-transfer": CHAOYANG,
    "beijing-2021-ip-exchange": EXCHANGE,
    "beijing-2021-ip-public-service": PUBLIC_SERVICE,
    "zhongguancun-2021-patent-standards": STANDARDS,
    "flawed": FLAWED,
}

# What is changed of the operation form, the findings that come and those that go.
REASON = "  得分: '2.7'\n  偏差原因: 由线下改为线上，参与人员数超出预期\n"
CHANGES = {
    "the reason of the deducted row is deleted": (
        REASON,
        "  得分: '2.7'\n",
        rows("PE401", "偏差原因", 3),
        set(),
    ),
    "the reason is no longer that it was more": (
        REASON,
        "  得分: '2.7'\n  偏差原因: 报名人数不足\n",
        rows("PE405", "偏差原因", 3),
        set(),
    ),
    "the unit of the target is the result's": (
        "年度指标值: 200人\n",
        "年度指标值: 200人次\n",
        set(),
        rows("PE509", "实际完成值", 3),
    ),
    "more is spent than budgeted": (
        "  全年执行数: '508.95'\n  分值: '10'\n",
        "  全年执行数: '550'\n  分值: '10'\n",
        {("PE101", f"{TOTAL}.全年执行数"), ("PE102", f"{TOTAL}.全年执行数"), ("PE103", f"{TOTAL}.执行率")},
        set(),
    ),
    "the weights add up to 99": (
        "  实际完成值: 100%\n  分值: '10'\n  得分: '10'\n",
        "  实际完成值: 100%\n  分值: '9'\n  得分: '9'\n",
        {("PE201", "绩效指标"), ("PE203", "绩效指标"), ("PE208", "总分.分值"), ("PE303", "总分.得分")},
        set(),
    ),
    "a meeting was not held": (
        "  实际完成值: 5次\n",
        "  实际完成值: 未举办\n",
        rows("PE305", "得分", 0) | rows("PE403", "偏差原因", 0),
        rows("PE402", "偏差原因", 0),
    ),
    "fewer areas than planned": (
        "  实际完成值: 10家\n",
        "  实际完成值: 2家\n",
        rows("PE305", "得分", 1) | rows("PE403", "偏差原因", 1),
        rows("PE402", "偏差原因", 1),
    ),
}


def text_of(name: str) -> str:
    return (EXAMPLES / f"{name}.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def verdict_on(judge):
    def read(text):
        (document,) = load(text)
        assert not document.problems
        (verdict,) = judge([document.form])
        return verdict

    return read


def told(verdict):
    return {(one.rule.id, one.place.path) for one in verdict.each()}


def test_every_example_is_here():
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == set(TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_everything_they_are_told(name, verdict_on):
    assert told(verdict_on(text_of(name))) == TOLD[name]


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_change_changes(name, verdict_on):
    before, after, come, go = CHANGES[name]
    text = text_of("beijing-2021-ip-operation")
    assert text.count(before) == 1
    assert told(verdict_on(text.replace(before, after))) == OPERATION - go | come


def test_where_it_is_in_the_file(verdict_on):
    text = text_of("beijing-2021-ip-operation").replace(REASON, "  得分: '2.7'\n")
    places = {(one.rule.id, *one.place.position) for one in verdict_on(text).each()}
    assert places >= {("PE401", 49, 3), ("PE007", 211, 9)}


def test_what_they_are_told_in_words(verdict_on):
    (finding,) = [
        one
        for one in verdict_on(text_of("beijing-2021-ip-operation").replace(REASON, "  得分: '2.7'\n")).each()
        if one.rule.id == "PE401"
    ]
    assert finding.message == "得分 2.7 低于分值 3，未填写偏差原因"
    assert finding.place.words == "绩效指标 第4项“培训知识产权工作人员”·偏差原因"
    assert finding.indicator == "培训知识产权工作人员"


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        # 500人次以上 for 200人; 严格控制在预算范围内 for 597万
        (
            "beijing-2021-ip-operation",
            {
                ("PE112", "绩效指标"),
                *rows("PE306", "得分", 3),
                *rows("PE305", "得分", 19),
                *rows("PE403", "偏差原因", 19),
            },
        ),
        ("chaoyang-2020-transfer", rows("PE406", "偏差原因", 9)),  # 200余件 and 5件 for one of three targets
        ("beijing-2021-ip-exchange", set()),
        ("zhongguancun-2021-patent-standards", set()),
        ("flawed", set()),
    ],
)
def test_what_cannot_be_judged(name, unknown, verdict_on):
    assert {(one.rule.id, one.place.path) for one in verdict_on(text_of(name)).not_evaluated} == unknown
