"""Where findings point: path, words, line and column."""

from __future__ import annotations

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.judge.tell.place import locate

TEXT = """\
格式: perfeval/1
项目名称: 培训
项目资金:
  - {资金来源: 年度资金总额, 全年预算数: 10}
  - 资金来源: 当年财政拨款
    执行率: 95%
年度总体目标:
  实际完成情况: 培训两期
绩效指标:
  - 三级指标: 一个名称长得超过二十个字因而在提示里要截短的指标
    得分: 3
  - 得分: 2
    权重: 5
指标分组: {数量指标: 10}
总分:
  得分: 95
资金管理情况:
  - {事项: 分配科学性, 情况说明: 科学}
豁免:
  - {规则: PE401, 理由: 有}
项目名: 培训
"""

# table, row, at, path, words, (line, column)
PLACES = [
    ("表", 0, "项目名称", "项目名称", "项目名称", (2, 7)),
    ("表", 0, "说明", "说明", "说明", (1, 1)),  # not on the form: the top
    ("资金", 0, "全年预算数", "项目资金[0].全年预算数", "项目资金 第1项“年度资金总额”·全年预算数", (4, 27)),
    ("资金", 1, "执行率", "项目资金[1].执行率", "项目资金 第2项“当年财政拨款”·执行率", (6, 10)),
    ("资金", 1, "得分", "项目资金[1].得分", "项目资金 第2项“当年财政拨款”·得分", (5, 5)),  # absent: its row
    ("目标", 0, "实际完成情况", "年度总体目标.实际完成情况", "年度总体目标·实际完成情况", (8, 11)),
    ("目标", 0, "预期目标", "年度总体目标.预期目标", "年度总体目标·预期目标", (8, 3)),
    ("指标", 0, "得分", "绩效指标[0].得分", "绩效指标 第1项“一个名称长得超过二十个字因而在提示里要…”·得分", (11, 9)),
    ("指标", 1, "得分", "绩效指标[1].得分", "绩效指标 第2项·得分", (12, 9)),
    ("分组", 0, "分值", "指标分组.数量指标", "指标分组“数量指标”", (14, 14)),
    ("表", 0, "总分得分", "总分.得分", "总分·得分", (16, 7)),
    ("表", 0, "总分等级", "总分.等级", "总分·等级", (15, 1)),  # absent: the section
    ("管理", 0, "情况说明", "资金管理情况[0].情况说明", "资金管理情况 第1项“分配科学性”·情况说明", (18, 23)),
    ("豁免", 0, "规则", "豁免[0].规则", "豁免 第1项“PE401”·规则", (20, 10)),
    ("表", 0, "绩效指标", "绩效指标", "绩效指标", (9, 1)),  # a whole section
    ("指标", 1, "总分", "总分", "总分", (15, 1)),
    ("未知项", 0, "键", "绩效指标[1].权重", "绩效指标 第2项·权重", (13, 5)),
    ("未知项", 1, "键", "项目名", "项目名", (21, 1)),
]


@pytest.fixture(scope="module")
def form():
    (document,) = load(TEXT)
    assert not document.problems
    return document.form


@pytest.mark.parametrize(("table", "row", "at", "path", "words", "position"), PLACES)
def test_places(table, row, at, path, words, position, form):
    place = locate(form, table, row, at)
    assert (place.path, place.words, tuple(place.position)) == (path, words, position)


def test_a_section_that_is_not_there_is_placed_at_the_top():
    (document,) = load("# 表\n格式: perfeval/1\n")
    for at in ("绩效指标", "总分", "总分得分", "项目名称"):
        assert tuple(locate(document.form, "表", 0, at).position) == (2, 1)


def test_findings_come_in_reading_order(judge, form):
    (verdict,) = judge.judge([form])
    positions = [tuple(one.place.position) for one in verdict.findings]
    assert positions == sorted(positions)
    assert len(positions) > 5
