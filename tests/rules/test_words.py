"""Words in the shipped definitions: every one of a list decides something."""

from __future__ import annotations

import re

import pytest

from perfeval_lint.judge.judge import Judge
from perfeval_lint.rule.pack import every_check

BLANK = {"一级指标": "成本指标", "二级指标": "经济成本指标"}


def words_in(sql: str, before: str) -> list[str]:
    """The words of the alternation in the quoted text that follows `before`."""
    quoted = sql.partition(before)[2].partition("'")[2].partition("'")[0]
    inner = re.fullmatch(r"\(\?:(.*)\)\$", quoted)
    words = (inner[1] if inner else quoted).split("|")
    assert len(words) > 3
    return words


RULES = ("PE005", "PE007", "PE207", "PE404", "PE405", "PE406", "PE512", "PE604")
OTHERS = [{"一级指标": "产出指标"}, {"一级指标": "效益指标"}]


@pytest.fixture(scope="module")
def quick(pack):
    return Judge(pack, every_check({name: pack.rules[name] for name in RULES}), year=2025)


@pytest.fixture
def found(quick, form_of):
    """The messages of rules on each of some forms, given by their indicators."""

    def run(rules, forms):
        made = [form_of({"表式": "项目支出绩效自评表", "绩效指标": rows}) for rows in forms]
        told = [[one.message for one in verdict.each() if one.rule.id in rules] for verdict in quick.judge(made)]
        return dict(enumerate(told))

    return run


def test_a_cost_with_a_least_amount_is_a_finding_but_for_each_of_these_names(pack, found):
    sql = pack.definitions.columns["指标", "成本写下限"].body.sql
    names = [f"甲{word}乙" for word in words_in(sql, "AND NOT regexp_matches(三级指标, ")]
    rows = [BLANK | {"三级指标": name, "年度指标值": "≥57万元", "实际完成值": "57万元"} for name in ["甲乙", *names]]
    assert found(["PE512"], [rows]) == {0: ["指标“甲乙”的目标写 ≥57万元，算符方向相反"]}


def test_ways_to_write_a_least_amount_and_other_targets(found):
    least = ["不低于57万元", "≥57", "至少57万元", "57万元以上", "＞570000元"]
    others = ["57万元", "≤57万元", "≥400元/人", "每亩不低于400元", "≥95%", "≥57个"]
    rows = [BLANK | {"三级指标": "项目成本（万元）", "年度指标值": one, "实际完成值": "57"} for one in least + others]
    assert found(["PE512"], [[row] for row in rows]) == {
        number: [f"指标“项目成本（万元）”的目标写 {one}，算符方向相反"] if one in least else []
        for number, one in enumerate(least + others)
    }


def test_each_group_of_people_is_asked_how_content_it_is(pack, found):
    sql = pack.definitions.columns["指标", "说到满意"].body.sql
    words = words_in(sql, "目标种类 = '比率' AND coalesce(regexp_matches(三级指标, ")
    row = {"一级指标": "满意度指标", "年度指标值": "≥90%"}
    told = found(["PE207"], [[*OTHERS, row | {"三级指标": f"受益{word}"}] for word in [*words, "甲"]])
    assert [number for number, messages in told.items() if messages] == [len(words)]
    told = found(["PE207"], [[*OTHERS, row | {"三级指标": f"受益{word}", "年度指标值": "90个"}] for word in words])
    assert all(told.values())


def test_each_word_of_satisfaction_in_each_cell(found):
    row = {"一级指标": "满意度指标", "三级指标": "甲", "年度指标值": "≥90", "实际完成值": "91"}
    changed = [
        row | {cell: f"{word}90"}
        for word in ("满意", "认可", "好评", "评价", "投诉")
        for cell in ("三级指标", "年度指标值", "实际完成值")
    ]
    told = found(["PE207"], [[*OTHERS, one] for one in [row, *changed]])
    assert told.pop(0) == ["没有一项满意度指标，放在满意度之下的“甲”说的不是满意度"]
    assert not any(told.values())


@pytest.mark.parametrize("macro", ["不可抗力", "说超额"])
def test_reasons_that_need_no_measure(macro, pack, found):
    row = {"三级指标": "培训", "年度指标值": "按计划", "实际完成值": "按计划", "分值": "3", "得分": "2"}
    sql = re.sub(
        r"(\w+)\(\?:([^)]*)\)",
        lambda part: "|".join(part[1] + end for end in part[2].split("|")),
        pack.definitions.macros[macro].body.sql,
    )
    words = words_in(sql, "regexp_matches(文字, ")
    told = found(["PE405"], [[row | {"偏差原因": f"甲乙丙{word}丁"}] for word in [*words, ""]])
    assert [number for number, messages in told.items() if messages] == [len(words)]


def test_each_empty_phrase(pack, found):
    row = {"三级指标": "培训", "年度指标值": "3期", "实际完成值": "2期", "分值": "3", "得分": "2"}
    phrases = re.findall("'([^']+)'", pack.definitions.macros["套话词"].body.sql)
    told = found(["PE404", "PE406"], [[row | {"偏差原因": phrase}] for phrase in [*phrases, "报名人数不足"]])
    assert [number for number, messages in told.items() if len(messages) != 1] == [len(phrases)]


def test_what_of_a_name_is_left_of_the_template(found):
    left = ["数量指标", "社会效益指标：", "**"]
    names = [*left, "受益人口≥**人", "服务对象满意度指标", "服务对象满意度", "成本"]
    told = found(["PE005"], [[{"二级指标": "数量指标", "三级指标": name, "年度指标值": "3"}] for name in names])
    assert [names[number] for number, messages in told.items() if messages] == left
    told = found(["PE005"], [[{"三级指标": "受益人口", "年度指标值": "≥**人"}]])
    assert told == {0: ["还留着空表的文字“**”：≥**人"]}


def test_names_of_levels(found):
    wrong = ["服务对象满意度标", "服务对象满意度指", "服务对象满意度"]
    names = [*wrong, "服务对象满意度指标等", "服务对象满意度 指标", "满意度指标", "社会公众满意度指标", "产出数量"]
    told = found(
        ["PE007"],
        [
            [{"一级指标": "产出指标", "二级指标": level, "三级指标": "甲"} for level in ("数量指标", "质量指标", name)]
            for name in names
        ],
    )
    assert [names[number] for number, messages in told.items() if messages] == wrong


def test_two_numbers_make_a_short_goal_a_goal(quick, form_of):
    vague = ["完成培训", "维护监测站点60个", "2023年12月底前完成采购", "造林1.5万亩，提高覆盖率"]
    goals = [*vague, "养护公路186.4公里，绿化0.5万平方米", "培训三期、一百人次"]
    forms = [form_of({"项目名称": "公路养护", "年度总体目标": {"预期目标": goal}}) for goal in goals]
    told = [any(one.rule.id == "PE604" for one in verdict.each()) for verdict in quick.judge(forms)]
    assert [goal for goal, is_told in zip(goals, told, strict=True) if is_told] == vague
