"""What findings say, case by case: each is asked of the Python of one form and of the SQL of a million."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal

_BLANKS = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace())

# value, its SQL type, as a message quotes it
QUOTES = [
    (None, "VARCHAR", "（空）"),
    (None, "DECIMAL(30,6)", "（空）"),
    (None, "BOOLEAN", "（空）"),
    (None, "DOUBLE", "（空）"),
    (None, "VARCHAR[]", "（空）"),
    (True, "BOOLEAN", "是"),
    (False, "BOOLEAN", "否"),
    (Decimal("9.70"), "DECIMAL(18,2)", "9.7"),
    (Decimal("100.000000"), "DECIMAL(30,6)", "100"),
    (Decimal("0.000000"), "DECIMAL(30,6)", "0"),
    (Decimal(1000), "DECIMAL(18,0)", "1000"),
    (Decimal("-3.50"), "DECIMAL(18,2)", "-3.5"),
    (Decimal("0.0000000001"), "DECIMAL(30,10)", "0.0000000001"),
    (1000, "INTEGER", "1000"),
    (-70, "HUGEINT", "-70"),
    (2.5, "DOUBLE", "2.5"),
    (100.0, "DOUBLE", "100"),
    (1 / 3, "DOUBLE", "0.333333"),
    (1e22, "DOUBLE", "10000000000000000000000"),
    (0.0000001, "DOUBLE", "0"),
    (0.25, "FLOAT", "0.25"),
    (date(2023, 3, 5), "DATE", "2023-03-05"),
    ("", "VARCHAR", ""),
    ("两\n行　文字 ", "VARCHAR", "两 行 文字"),
    ("a\u00a0\u2003b", "VARCHAR", "a b"),
    (f"{_BLANKS}甲{_BLANKS}乙{_BLANKS}", "VARCHAR", "甲 乙"),
    (_BLANKS, "VARCHAR", ""),
    *((f"甲{blank}乙", "VARCHAR", "甲 乙") for blank in _BLANKS),
    ("甲\u200b乙", "VARCHAR", "甲\u200b乙"),  # has no width, but is no white space
    ("长" * 60, "VARCHAR", "长" * 60),
    ("长" * 61, "VARCHAR", "长" * 59 + "…"),
    (" " + "长" * 60 + "\n", "VARCHAR", "长" * 60),
    ("\U0001f600" * 61, "VARCHAR", "\U0001f600" * 59 + "…"),
    ([], "VARCHAR[]", ""),
    (["甲", None, "乙\n丙"], "VARCHAR[]", "甲、（空）、乙 丙"),
    ([Decimal("1.00"), Decimal("2.50")], "DECIMAL(18,2)[]", "1、2.5"),
    ([True, None], "BOOLEAN[]", "是、（空）"),
    (["长" * 61], "VARCHAR[]", "长" * 59 + "…"),
    ([["甲", "乙"], [], None, ["丙"]], "VARCHAR[][]", "甲、乙、、（空）、丙"),
    ([[[Decimal("1.50")], None]], "DECIMAL(18,2)[][][]", "1.5、（空）"),
]

# template, the text of its name 甲, as it is filled in
TEMPLATES = [
    ("没有名字", "乙", "没有名字"),
    ("{甲}", "乙。", "乙。"),
    ("{甲}{甲}", "乙。", "乙。乙。"),
    ("实际 {甲}，完成", "重点企业资助88家。", "实际 重点企业资助88家，完成"),
    ("实际 {甲}；完成", "88家；", "实际 88家；完成"),
    ("{甲}、再{甲}！", "乙。；，", "乙、再乙！"),
    ("写“{甲}”，没有", "未能举办。", "写“未能举办”，没有"),
    ("写（{甲}）。", "未能举办;", "写（未能举办）。"),
    ("写“{甲}”", "未能举办。", "写“未能举办。”"),
    ("写：{甲}", "未能举办：", "写：未能举办："),
    ("写 {甲} 分", "。", "写 。 分"),
    ("只写“{甲}”，", "。", "只写“。”，"),
    ("{甲}，", "3.", "3.，"),
    ("它's {甲}，", "'乙'、", "它's '乙'，"),
]

FORM = """\
格式: perfeval/1
项目名称: 培训
项目资金:
  - {资金来源: 年度资金总额, 全年预算数: 10}
  - 资金来源: 当年财政拨款
    执行率: 95%
年度总体目标:
  实际完成情况: 培训两期
  目标: 无
绩效指标:
  - 三级指标: 一个名称长得超过二十个字因而在提示里要截短的指标
    得分: 3
  - 得分: 2
    权重: 5
  - {三级指标: 一二三四五六七八九十甲乙丙丁戊己庚辛壬癸, 得分: 1}
  - {三级指标: 一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子, 得分: 1}
指标分组: {数量指标: 10, 一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子: 1}
总分:
  得分: 95
  分: 1
资金管理情况:
  - {事项: 分配科学性, 情况说明: 科学}
豁免:
  - {规则: PE401, 理由: 有}
项目名: 培训
"""

# table, row, at; part of the form, path, words, and line:column of FORM
PLACES = [
    ("表", 0, "项目名称", "基本信息", "项目名称", "项目名称", "2:7"),
    ("表", 0, "主管部门", "基本信息", "主管部门", "主管部门", "1:1"),  # not on the form: the top
    ("表", 0, "说明", "文字说明", "说明", "说明", "1:1"),
    ("资金", 0, "全年预算数", "项目资金", "项目资金[0].全年预算数", "项目资金 第1项“年度资金总额”·全年预算数", "4:27"),
    ("资金", 1, "执行率", "项目资金", "项目资金[1].执行率", "项目资金 第2项“当年财政拨款”·执行率", "6:10"),
    ("资金", 1, "得分", "项目资金", "项目资金[1].得分", "项目资金 第2项“当年财政拨款”·得分", "5:5"),  # absent: its row
    ("目标", 0, "实际完成情况", "年度总体目标", "年度总体目标.实际完成情况", "年度总体目标·实际完成情况", "8:11"),
    ("目标", 0, "预期目标", "年度总体目标", "年度总体目标.预期目标", "年度总体目标·预期目标", "8:3"),
    (
        *("指标", 0, "得分", "绩效指标", "绩效指标[0].得分"),
        *("绩效指标 第1项“一个名称长得超过二十个字因而在提示里要…”·得分", "12:9"),
    ),
    ("指标", 1, "得分", "绩效指标", "绩效指标[1].得分", "绩效指标 第2项·得分", "13:9"),
    (
        *("指标", 2, "得分", "绩效指标", "绩效指标[2].得分"),
        *("绩效指标 第3项“一二三四五六七八九十甲乙丙丁戊己庚辛壬癸”·得分", "15:38"),
    ),
    (
        *("指标", 3, "得分", "绩效指标", "绩效指标[3].得分"),
        *("绩效指标 第4项“一二三四五六七八九十甲乙丙丁戊己庚辛壬…”·得分", "16:39"),
    ),
    ("指标", 1, "总分", "总分", "总分", "总分", "18:1"),  # a section, seen from a row
    ("分组", 0, "分值", "指标分组", "指标分组.数量指标", "指标分组“数量指标”", "17:14"),
    (
        *("分组", 1, "分值", "指标分组", "指标分组.一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子"),
        *("指标分组“一二三四五六七八九十甲乙丙丁戊己庚辛壬…”", "17:41"),
    ),
    ("表", 0, "总分得分", "总分", "总分.得分", "总分·得分", "19:7"),
    ("表", 0, "总分等级", "总分", "总分.等级", "总分·等级", "18:1"),  # absent: the section
    ("表", 0, "绩效指标", "绩效指标", "绩效指标", "绩效指标", "10:1"),  # a whole section
    ("表", 0, "存疑", "存疑", "存疑", "存疑", "1:1"),
    (
        "管理",
        0,
        "情况说明",
        "资金管理情况",
        "资金管理情况[0].情况说明",
        "资金管理情况 第1项“分配科学性”·情况说明",
        "22:23",
    ),
    ("豁免", 0, "规则", "豁免", "豁免[0].规则", "豁免 第1项“PE401”·规则", "24:10"),
    ("未知项", 0, "键", "年度总体目标", "年度总体目标.目标", "年度总体目标·目标", "9:3"),
    ("未知项", 1, "键", "绩效指标", "绩效指标[1].权重", "绩效指标 第2项·权重", "14:5"),
    ("未知项", 2, "键", "总分", "总分.分", "总分·分", "20:3"),
    ("未知项", 3, "键", "基本信息", "项目名", "项目名", "25:1"),
]

_REASON = {"理由": "疫情停训"}
WAIVED = ("疫情停训", ())
_NAME = "“{}”没有这条规则的问题"
_NO_REASON = (None, ("没有写理由，不生效",))
_NOTHING = (None, ("本表没有这条规则的问题",))

# the waivers of a form with one finding, PE401 of 培训人次; the reason beside it, and what PE012 says of the waivers
WAIVERS = [
    ([{"规则": "PE401", **_REASON}], WAIVED),
    ([{"规则": "unexplained-deduction", **_REASON}], WAIVED),
    ([{"规则": "PE401\n", **_REASON}], WAIVED),
    ([{"规则": "\u3000PE401\u00a0", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "培训人次", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "\t培训人次", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "培训人次\r\n", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": " \n", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "培训…", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "培训...", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "培训人次……", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "培训...\n", **_REASON}], WAIVED),
    ([{"规则": "PE401", "指标": "培训", **_REASON}], (None, (_NAME.format("培训"),))),
    ([{"规则": "PE401", "指标": "培训..", **_REASON}], (None, (_NAME.format("培训.."),))),
    ([{"规则": "PE401", "指标": "人次…", **_REASON}], (None, (_NAME.format("人次…"),))),
    ([{"规则": "PE401", "指标": "…", **_REASON}], (None, (_NAME.format("…"),))),
    ([{"规则": "PE401", "指标": "....", **_REASON}], (None, (_NAME.format("...."),))),
    ([{"规则": "PE401"}], _NO_REASON),
    ([{"规则": "PE401", "理由": "\u3000 \t"}], _NO_REASON),
    ([{"规则": "PE301", **_REASON}], _NOTHING),
    ([{"规则": "PE999", **_REASON}], _NOTHING),
    ([{"规则": "pe401", **_REASON}], _NOTHING),
    ([{"规则": "PE101", **_REASON}], (None, ())),  # not running: nothing can be said
    ([{"规则": "overspent-budget", **_REASON}], (None, ())),
    ([{"规则": "PE401", "理由": "甲"}, {"规则": "PE401", "理由": "乙"}], ("甲", ())),
    ([{"规则": "PE401"}, {"规则": "PE401", "理由": "乙"}], ("乙", ("没有写理由，不生效",))),
]

# a place in doubt; what is remarked of a form with three indicators: rules by their rows (see DOUBT_RULES in the test)
_OWN, _LINKED, _SUMMED, _HEAD = "own", "linked", "summed", "head"
# A cell that was not understood may hold what is not on the form.
_UNREAD = {*(("unfilled", row) for row in range(3)), ("unfilled head", 0), ("no section", 0)}
_OF_NAME = {(_HEAD, 0), ("unfilled head", 0), ("no section", 0)}
DOUBTS = [
    ("绩效指标[1].得分", {(_OWN, 1), (_SUMMED, 0)}),
    ("\t绩效指标[1].得分\n", {(_OWN, 1), (_SUMMED, 0)}),
    ("绩效指标[1]", {(_OWN, 1), (_SUMMED, 0), ("unfilled", 1)}),
    ("绩效指标", {(_OWN, 0), (_SUMMED, 0), ("unfilled", 0)}),  # as the first row
    ("绩效指标[2].三级指标", {("unfilled", 2)}),
    ("绩效指标[1].没有", set()),
    ("绩效指标[9].得分", {(_SUMMED, 0)}),
    ("绩效指标[1234567890].得分", _UNREAD),  # no path
    ("总分.得分", {(_LINKED, 0), (_LINKED, 1), (_LINKED, 2), (_HEAD, 0)}),
    ("总分", {(_LINKED, 0), (_LINKED, 1), (_LINKED, 2), (_HEAD, 0)}),
    ("总分.等级", set()),
    ("总分得分", {(_LINKED, 0), (_LINKED, 1), (_LINKED, 2), (_HEAD, 0)}),
    ("总分得分[1]", {(_LINKED, 0), (_LINKED, 1), (_LINKED, 2), (_HEAD, 0)}),
    ("项目名称", _OF_NAME),
    ("项目名称[3]", _OF_NAME),
    ("项目名称.甲", _OF_NAME),
    ("表1第2行", _UNREAD),
    ("Sheet1!C5", _UNREAD),
    ("第1页(98,210)", _UNREAD),
    ("[0]", _UNREAD),
    ("绩效指标[0].得分.再", set()),
]

_TOTAL = {"资金来源": "年度资金总额", "全年预算数": "100"}
_ROWS = [{"三级指标": "培训", "分值": "五十", "得分": "45"}, {"三级指标": "会议", "分值": "50", "得分": "50"}]

# form, rule, path, the inputs that are missing
MISSING = [
    ({"年度": "二〇二一"}, "PE004", "年度", ("年度",)),
    (
        {"绩效指标": [{"三级指标": "拨付", "年度指标值": "2020年12月底前"}]},
        "PE010",
        "绩效指标[0].年度指标值",
        ("年度",),
    ),
    ({"项目资金": [_TOTAL]}, "PE101", "项目资金[0].全年执行数", ("项目资金.全年执行数",)),
    ({"项目资金": [_TOTAL | {"全年执行数": "九十"}]}, "PE108", "项目资金[0].全年执行数", ("项目资金.全年执行数",)),
    (
        {"项目资金": [_TOTAL | {"全年执行数": "九十"}]},
        "PE105",
        "项目资金[0].执行率",
        ("项目资金.全年执行数", "项目资金.执行率"),
    ),
    # The divisor 全年预算数 is there: only what is missing is named.
    (
        {"项目资金": [_TOTAL | {"执行率": "95%"}]},
        "PE103",
        "项目资金[0].执行率",
        ("项目资金.全年执行数", "项目资金.年初预算数"),
    ),
    # What is NULL is the score of the total row, which is no cell of this row: the check's own cell is named.
    (
        {"项目资金": [_TOTAL | {"得分": "无"}, {"资金来源": "其中：财政拨款", "得分": "0"}]},
        "PE110",
        "项目资金[1].得分",
        ("项目资金.得分",),
    ),
    ({"绩效指标": _ROWS}, "PE201", "绩效指标", ("绩效指标.分值",)),
    ({"绩效指标": _ROWS}, "PE205", "绩效指标[0].分值", ("绩效指标.分值",)),
    ({"绩效指标": _ROWS}, "PE301", "绩效指标[0].得分", ("绩效指标.分值",)),
    ({"绩效指标": _ROWS, "总分": {"分值": "100"}}, "PE208", "总分.分值", ("绩效指标.分值",)),
    ({"总分": {"得分": "很高", "等级": "优"}}, "PE308", "总分.等级", ("总分.得分",)),
    ({"总分": {"得分": "很高"}}, "PE302", "总分.得分", ("总分.得分",)),
    ({"总分": {"得分": "很高"}, "评价结论": "自评得分为 95 分"}, "PE311", "评价结论", ("总分.得分",)),
]

# rule: severity, at, its links and whether it repeats. A rule fails on a row whose 偏差原因 holds its last digit.
HEAD_RULES = {
    "XX001": ("info", "得分", "heads: {XX002: row}"),
    "XX002": ("error", "偏差原因", "heads: {XX003: row}"),
    "XX003": ("info", "分值", ""),
    "XX004": ("warning", "分值", "heads: {XX002: row, XX006: form}"),
    "XX005": ("info", "得分", "heads: {XX006: cell}\nplaces: true"),
    "XX006": ("warning", "得分", "follows: {XX007: row}\nplaces: true"),
    "XX007": ("warning", "三级指标", ""),
    "XX008": ("info", "年度指标值", "heads: {XX002: row}"),
}
_FIRST, _SECOND = ({"指标": name, "理由": "疫情"} for name in "甲乙")

# what fails on each row, waivers, rules that are off; each finding with its severity, > and its head
HEADS = [
    # A follower in the row, not in another; the head is as grave as its follower.
    (["12"], [], [], {"XX001[0] error", "XX002[0] error > XX001[0]"}),
    (["1", "2"], [], [], {"XX001[0] info", "XX002[1] error"}),
    # A chain hangs under its top, also where the middle is missing, off or waived.
    (["123"], [], [], {"XX001[0] error", "XX002[0] error > XX001[0]", "XX003[0] info > XX001[0]"}),
    (["13"], [], [], {"XX001[0] info", "XX003[0] info"}),
    (["123"], [], ["XX002"], {"XX001[0] info", "XX003[0] info"}),
    (["123"], [{"规则": "XX002", **_FIRST}], [], {"XX001[0] info", "XX002[0] error waived", "XX003[0] info"}),
    # A head that is off or waived is none; a waived follower stays by itself.
    (["12"], [], ["XX001"], {"XX002[0] error"}),
    (["12"], [{"规则": "XX001", **_FIRST}], [], {"XX001[0] info waived", "XX002[0] error"}),
    (["12"], [{"规则": "XX002", **_FIRST}], [], {"XX001[0] info", "XX002[0] error waived"}),
    (
        ["12", "12"],
        [{"规则": "XX001", **_SECOND}],
        [],
        {"XX001[0] error", "XX002[0] error > XX001[0]", "XX001[1] info waived", "XX002[1] error"},
    ),
    # Of several heads the gravest, then the lowest rule; where that is off or waived, the next.
    (["124"], [], [], {"XX004[0] error", "XX002[0] error > XX004[0]", "XX001[0] info"}),
    (["128"], [], [], {"XX001[0] error", "XX002[0] error > XX001[0]", "XX008[0] info"}),
    (["128"], [], ["XX001"], {"XX008[0] error", "XX002[0] error > XX008[0]"}),
    (
        ["124"],
        [{"规则": "XX004", **_FIRST}],
        [],
        {"XX004[0] warning waived", "XX001[0] error", "XX002[0] error > XX001[0]"},
    ),
    # A head of the whole form: the first of its rule.
    (["", "4", "64"], [], [], {"XX004[1] warning", "XX004[2] warning", "XX006[2] warning > XX004[1]"}),
    # The same cell; what hangs under a place hangs under the first place.
    (["56"], [], [], {"XX005[0] warning", "XX006[0] warning > XX005[0]"}),
    (
        ["5", "56", "5"],
        [],
        [],
        {"XX005[0] warning", "XX005[1] info > XX005[0]", "XX005[2] info > XX005[0]", "XX006[1] warning > XX005[0]"},
    ),
    # Places; the first of them that is not waived heads them.
    (["", "5", "5"], [], [], {"XX005[1] info", "XX005[2] info > XX005[1]"}),
    (["5", "5"], [{"规则": "XX005", **_FIRST}], [], {"XX005[0] info waived > XX005[1]", "XX005[1] info"}),
    (["5", "5"], [{"规则": "XX005", "理由": "疫情"}], [], {"XX005[0] info waived", "XX005[1] info waived > XX005[0]"}),
    # A place that follows something else is none.
    (
        ["6", "67", "6"],
        [],
        [],
        {"XX006[0] warning", "XX007[1] warning", "XX006[1] warning > XX007[1]", "XX006[2] warning > XX006[0]"},
    ),
    (["6", "67"], [], ["XX007"], {"XX006[0] warning", "XX006[1] warning > XX006[0]"}),
]
