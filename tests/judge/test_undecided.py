"""What could not be judged names the value of the row, quotes it and says how to write it."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pytest

from perfeval_lint.judge.outcome import Undecided
from perfeval_lint.judge.tell.undecided import REASON, words_of
from perfeval_lint.report.lines import unjudged_lines, unjudged_values
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.sql.columns import READINGS
from perfeval_lint.sql.text import identifier

INDICATOR = {"二级指标": "数量指标", "三级指标": "培训", "分值": "10", "得分": "10"}

# 三级指标, target and result; the cause, the cell, what is said and how to write it
COMPARED = [
    ("考核名次", "前8名", "第6名", "目标看不懂", "年度指标值", "“前8名”看不懂", "写成一个数加单位"),
    ("编制手册", "1册", "3-?本约", "实际看不懂", "实际完成值", "“3-?本约”看不懂", "写成一个数加单位"),
    ("合格率", "≥95%", "0.98", "实际是小数", "实际完成值", "“0.98”是 98% 吗？", "请写 98%"),
    ("合格率", "0.95", "98%", "目标是小数", "年度指标值", "“0.95”是 95% 吗？", "请写 95%"),
    (
        "受益户数",
        "≥800户",
        "达到预期指标",
        "文字答数",
        "实际完成值",
        "没有写数，不能和目标“≥800户”相比",
        "写出实际完成的数",
    ),
    ("完工时间", "11月底前", "11", "没写哪一天", "实际完成值", "“11”看不出是哪一天", "写完成的日期"),
    ("字数", "120万字左右", "118万字", "目标是约数", "年度指标值", "“120万字左右”不是准确数", "请写准确数"),
    ("宣传", "5场，20次", "18次", "几项对不上", "实际完成值", "“5场，20次”和“18次”", "照同样的次序写几项"),
]


def _all(form: Any, judge: Any) -> list[Undecided]:
    (verdict,) = judge.judge([form])
    return [one.why for one in verdict.not_evaluated if one.why is not None]


@pytest.mark.parametrize(("name", "target", "actual", "cause", "field", "said", "help_"), COMPARED)
def test_the_value_is_named(name, target, actual, cause, field, said, help_, judge, form_of):
    row = INDICATOR | {"三级指标": name, "年度指标值": target, "实际完成值": actual}
    (why,) = set(_all(form_of({"年度": "2023", "绩效指标": [row]}), judge))
    assert (why.cause, why.place.path) == (cause, f"绩效指标[0].{field}")
    assert why.value == row[field]
    assert said in why.message
    assert help_ in why.help


TOTAL_ROW = {"资金来源": "年度资金总额", "年初预算数": "100"}
ROWS = [INDICATOR | {"分值": "50", "得分": "50"}, INDICATOR | {"三级指标": "会议", "分值": "五十", "得分": "45"}]
CELLS = [
    ({"项目资金": [TOTAL_ROW | {"全年执行数": "90"}]}, "项目资金[0].全年预算数", None, "没有填写"),
    (
        {"项目资金": [TOTAL_ROW | {"全年预算数": "五百万", "全年执行数": "90"}]},
        "项目资金[0].全年预算数",
        "五百万",
        "“五百万”不是数",
    ),
    ({"年度": "二〇二一"}, "年度", "二〇二一", "“二〇二一”不是年份"),
    ({"总分": {"得分": "很高"}}, "总分.得分", "很高", "“很高”不是数"),
    ({"绩效指标": ROWS, "总分": {"分值": "100"}}, "绩效指标[1].分值", "五十", "“五十”不是数"),
    ({"绩效指标": [INDICATOR | {"年度指标值": "2020年12月底前"}]}, "年度", None, "没有填写"),
]


@pytest.mark.parametrize(("plain", "path", "value", "message"), CELLS)
def test_the_cell_is_named(plain, path, value, message, judge, form_of):
    found = {(one.place.path, one.value, one.message) for one in _all(form_of(plain), judge)}
    assert (path, value, message) in found
    assert all(text is None for _, text, _ in found - {(path, value, message)})


def test_a_value_that_leaves_several_rules_undecided_is_told_once(judge, form_of):
    row = INDICATOR | {"三级指标": "完工时间", "年度指标值": "11月底前", "实际完成值": "11"}
    (verdict,) = judge.judge([form_of({"年度": "2023", "绩效指标": [row]})])
    (value,) = unjudged_values(verdict.not_evaluated)
    assert len(value.rules) > 1
    assert {one.rule.id for one in verdict.not_evaluated} == set(value.rules)
    assert not [*unjudged_lines(verdict.not_evaluated)]


def test_what_lacks_more_than_one_value_says_what_is_missing(judge, form_of):
    rows = [{"一级指标": "产出指标", "三级指标": name, "得分": "9"} for name in ("培训", "会议")]
    (verdict,) = judge.judge([form_of({"绩效指标": rows, "指标分组": {"产出": "50"}})])
    assert any(line.startswith("PE206 ") and "绩效指标.分值" in line for line in unjudged_lines(verdict.not_evaluated))


# --- the decision and its words -------------------------------------------------------------------

COLUMNS = {name: reading.kind for name, reading in READINGS.items()} | {
    **dict.fromkeys(("年度指标值", "实际完成值", "三级指标"), "VARCHAR"),
    **dict.fromkeys(("反向", "是否完成"), "BOOLEAN"),
}
NUMBERS = {
    "目标读懂": True,
    "实际读懂": True,
    "目标种类": "数量",
    "实际种类": "数量",
    "目标算符": "=",
    "实际算符": "=",
    "目标单位": "人",
    "实际单位": "人",
    "目标值": 5,
    "实际值": 4,
    "单位相同": True,
    "反向": False,
    "年度指标值": "5人",
    "实际完成值": "4人",
    "三级指标": "培训",
}
DECIDED = [
    ({}, "不能比"),
    ({"是否完成": False}, None),
    ({"年度指标值": None}, None),
    ({"实际完成值": None}, None),
    ({"目标读懂": False}, "目标看不懂"),
    ({"实际读懂": False}, "实际看不懂"),
    ({"反向": None, "正向完成": True, "反向完成": False}, "方向不明"),
    ({"反向": None}, "不能比"),
    ({"目标种类": "定性"}, "不能比"),
    ({"目标种类": "时间", "实际种类": "定性"}, "文字答期限"),
    ({"目标种类": "复合", "实际种类": "定性"}, "文字答几项"),
    ({"实际种类": "定性"}, "文字答数"),
    ({"目标种类": "时间"}, "没写哪一天"),
    ({"目标种类": "时间", "实际种类": "时间"}, "不能比"),
    ({"实际种类": "复合"}, "几项对不上"),
    ({"目标单位": "%", "目标值": 95, "实际单位": "", "实际值": "0.98"}, "实际是小数"),
    ({"目标单位": "", "目标值": "0.95", "实际单位": "%", "实际值": 98}, "目标是小数"),
    ({"目标单位": "%", "目标值": 95, "实际单位": "", "实际值": 980}, "百分数太大"),
    ({"年度指标值": "20次", "实际完成值": "每月2次"}, "每期还是全年"),
    ({"年度指标值": "每月2次", "实际完成值": "每季3次"}, "每期还是全年"),
    ({"实际单位": "户", "单位相同": False}, "单位不能比"),
    ({"实际单位": "", "单位相同": None}, "不能比"),
    ({"实际完成值": "近50人"}, "实际是约数"),
    ({"年度指标值": "50人左右"}, "目标是约数"),
    ({"三级指标": "补助标准", "实际值": 6}, "高于标准"),
    ({"三级指标": "补助标准", "实际值": 6, "反向": None, "正向完成": True, "反向完成": False}, "高于标准"),
    ({"三级指标": "补助标准", "实际值": 4}, "不能比"),
    ({"实际算符": "≥"}, "实际只是界限"),
]


@pytest.fixture(scope="module")
def reason(pack):
    """What 未判原因 says of a row with some columns."""
    body = pack.definitions.columns["指标", REASON].body.sql
    with duckdb.connect() as database:
        database.execute(macro_statements(pack.definitions))

        def decide(row: dict[str, object]) -> object:
            items = ", ".join(
                f"${number}::{COLUMNS[name]} AS {identifier(name)}" for number, name in enumerate(COLUMNS, 1)
            )
            found = database.execute(f"SELECT {body} FROM (SELECT {items})", [row.get(name) for name in COLUMNS])
            return found.fetchall()[0][0]

        yield decide


@pytest.mark.parametrize(("changes", "cause"), DECIDED)
def test_the_cause_is_decided_by_the_readings(changes, cause, reason):
    assert reason(NUMBERS | changes) == cause


def test_every_cause_has_words_and_every_word_a_cause(pack):
    decided = set(re.findall("(?:THEN|ELSE) '(.*?)'", pack.definitions.columns["指标", REASON].body.sql))
    assert decided == set(words_of("指标"))
    assert decided == {cause for _, cause in DECIDED if cause}


@pytest.mark.parametrize("words", words_of("指标").values(), ids=words_of("指标"))
def test_what_is_said_quotes_the_row_and_says_how_to_write_it(words, pack):
    known = {*COLUMNS, *(name for table, name in pack.definitions.columns if table == "指标")}
    assert words.placeholders <= known
    assert words.at in words.placeholders
    assert words.help


PERIODS = [
    "每年1次",
    "每学年1次",
    "每学期1次",
    "每半年1次",
    "每季度1次",
    "每季1次",
    "每月1次",
    "每个月1次",
    "每旬1次",
    "每周1次",
]
PERIODS += [
    "每星期1次",
    "每日1次",
    "每天1次",
    "月均3次",
    "季均3次",
    "周均3次",
    "日均3次",
    "3次/年",
    "3次/季度",
    "3次／季",
]
PERIODS += ["3次/月", "3次/周", "3次/日", "3次/天", "按季1次", "按月1次", "按周1次", "按日1次"]
ABOUT = [
    "约50人",
    "近50人",
    "接近五十人",
    "50人左右",
    "50人上下",
    "大概50人",
    "大致50人",
    "几乎一半",
    "50余人",
    "百余人",
    "50多人",
]
ABOUT += ["几十人", "数百人", "几个", "十几人", "20几人", "七成左右", "八成上下", "七八成", "三五十人"]
EXACT = [
    "50人",
    "每人1本",
    "每村1次",
    "多于50人",
    "不少于3个月",
    "3个月",
    "全年3次",
    "平均分80",
    "按时",
    "数量50",
    "95%",
]


@pytest.mark.parametrize(("macro", "yes"), [("有周期词", PERIODS), ("有约数词", ABOUT)])
def test_words_of_periods_and_of_what_is_not_exact(macro, yes, pack):
    with duckdb.connect() as database:
        database.execute(macro_statements(pack.definitions))
        texts = [*yes, *EXACT, None]
        found = database.execute(f"SELECT t, {macro}(t) FROM (SELECT unnest($1::VARCHAR[]) AS t)", [texts]).fetchall()
    assert {text for text, says in found if says} == set(yes)
