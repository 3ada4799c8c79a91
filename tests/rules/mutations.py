"""Right forms made wrong: one by one in a table, and every form in every way by the generic breakages.

A case edits a cell or a few of a clean form. The findings must be exactly the rule at `at` (the edited cell
unless told) and the rules in `also`, which stand for what cannot be avoided: a changed weight changes its total.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from perfeval_lint.judge.outcome import Finding
from perfeval_lint.rule.model import Severity

FULL, DEDUCTED, GRADED, GROUPED = "project-full", "project-deducted", "project-graded", "project-grouped"
NO_TOTAL, COST, LOW = "project-without-total", "project-cost-level", "project-low-execution"
COMPOUNDS, DATES, NUMERALS = "project-compounds", "project-dates", "project-chinese-numerals"
REVERSE, SUZHOU, HEBEI = "project-reverse-indicators", "project-suzhou-flat", "project-hebei-vouchers"
STARRED, COUNTY, CULTURE = "alleviation-starred-indicators", "county-special-fund", "culture-full-width-digits"
EDITION_2016, WATERWAY, GOAL = "beijing-2016-edition", "cost-first-level-waterway", "project-goal-completion"
WHOLE, EMERGENCY, MARKET = "department-whole", "department-flat-emergency", "department-market-supervision"
GUANGXI, SICHUAN, TIANJIN = "guangxi-tiers", "sichuan-export", "tianjin-overachieved"
HUBEI, DECISION = "hubei-twenty-points", "project-hubei-decision"
XINJIANG, YUNNAN = "xinjiang-2023", "yunnan-split-units"
T2020, T2021, PUBLIC = "transfer-2020", "transfer-2021-five-goals", "transfer-2022-public-health"
T2023, FORESTRY, RELICS = "transfer-2023", "transfer-2023-forestry", "transfer-2023-relics-late"
T2024 = "transfer-2024-farmland"
OPERATION, STANDARDS = "corrected-beijing-2021-ip-operation", "corrected-zhongguancun-2021-patent-standards"
SERVICE, EXCHANGE = "corrected-beijing-2021-ip-public-service", "corrected-beijing-2021-ip-exchange"
CHAOYANG, LESSONS = "corrected-chaoyang-2020-transfer", "corrected-flawed"

GONE = None  # the cell, row or section is taken away
TARGET, ACTUAL = "年度总体目标.预期目标", "年度总体目标.实际完成情况"
MANAGED = "资金管理情况"
LONG_NAME = "基层卫生人员能力提升培训与远程会诊平台建设项目"
COPIED = "支持拥有1件（含）以上高价值发明专利的企业围绕专利布局"  # a number in it, and yet in words
SAME_REASON = "上游排口改造延期影响进度；已商请住建部门尽快完成改造。"
LESS = (1, 2, 6, 8)  # the rows of DEDUCTED that have lost points
MENDED = "牵头科室年中调整，两项工作没有衔接好；下年明确专人，每季核对一次进度。"

Plain = dict[str, Any]
Edit = dict[str, Any]


@dataclass(frozen=True)
class Case:
    rule: str
    form: str
    edit: Edit
    at: tuple[str, ...]
    also: frozenset[str] = frozenset()
    profile: str | None = None


def case(rule: str, form: str, edit: Edit, *at: str, also: str = "", profile: str | None = None) -> Case:
    """`at` that begins with a dot is a cell of the row that is edited first; no profile is the form's own."""
    first = next(iter(edit))
    places = [first.rpartition(".")[0] + place if place.startswith(".") else place for place in at]
    return Case(rule, form, edit, tuple(places) or (first,), frozenset(also.split()), profile)


def on(number: int, **cells: str | None) -> Edit:
    """The edit of some cells of an indicator."""
    return {f"绩效指标[{number}].{name}": value for name, value in cells.items()}


def waiver(**fields: str) -> Edit:
    return {"豁免": [fields]}


def is_slip(one: Case, found: Finding) -> bool:
    """Whether a finding names what was edited as a slip."""
    return found.rule.id == "PE015" and found.place.path in one.edit


def is_caught(one: Case, findings: Iterable[Finding]) -> bool:
    """Whether the rule fires at the right places, and there only."""
    return sorted(found.place.path for found in findings if found.rule.id == one.rule) == sorted(one.at)


def collateral(one: Case, findings: Iterable[Finding]) -> list[str]:
    """The other rules of severity error that fire and need not."""
    expected = {one.rule, *one.also}
    graver = [found for found in findings if found.severity is Severity.ERROR and not is_slip(one, found)]
    return [found.rule.id for found in graver if found.rule.id not in expected]


CASES = [
    # structure
    case("PE001", FULL, {"年度": GONE}),
    case("PE001", FULL, {"项目名称": " "}),
    case("PE001", FULL, {"实施单位": GONE}),
    case("PE001", FULL, {"主管部门": "　"}),
    case("PE001", FULL, {"年度总体目标": GONE}),
    case("PE001", FULL, {"绩效指标": GONE}),
    case("PE001", T2020, {"项目资金[0]": GONE}, "项目资金"),
    case("PE001", T2020, {"资金使用单位": GONE}),
    case("PE001", WHOLE, {"部门": GONE}, "部门"),
    case("PE001", FULL, {"项目资金[0].全年执行数": "—"}),
    case("PE001", T2020, {f"项目资金[{n}].全年预算数": GONE for n in range(4)}, "项目资金[0].全年预算数"),
    case("PE002", FULL, {"年度": "二〇二二"}),
    case("PE002", FULL, {"项目资金[1].全年执行数": "95.26万元"}),
    case("PE002", FULL, {"绩效指标[0].得分": "十分"}),
    case("PE002", FULL, {"总分.得分": "99,73"}),
    case("PE002", GROUPED, {"指标分组.数量指标": "三十"}),
    case("PE002", FULL, {"项目资金[1].执行率": "约 97%"}),
    case("PE002", GUANGXI, {"项目资金[0].分值": "十分"}),  # and its score is not called wrong
    case("PE003", FULL, {"项目名": "培训"}),
    case("PE003", FULL, {"项目资金[1].备注": "已拨"}),
    case("PE003", FULL, {"绩效指标[7].权重": "10"}),
    case("PE003", FULL, {"总分.合计": "100"}),
    case("PE004", DEDUCTED, {"年度": "2203"}),
    case("PE004", DEDUCTED, {"年度": "2009"}),
    case("PE004", DEDUCTED, {"年度": "2026"}),
    case("PE005", FULL, {"说明": "请在此处简要说明审计中发现的问题。"}),
    case("PE005", FULL, {"绩效指标[0].年度指标值": "≥**期"}, also="PE503"),
    case("PE005", FULL, {"绩效指标[0].三级指标": "指标1："}),
    case("PE005", FULL, {TARGET: "XX 年举办基层卫生人员培训班 6 期，培训 600 人次，提高诊疗能力。"}),
    case("PE005", T2023, {f"{MANAGED}[5].存在问题": "……"}),
    case("PE006", FULL, {"绩效指标[0].二级指标": GONE}),
    case("PE006", T2020, {"绩效指标[0].一级指标": GONE}),
    case("PE007", FULL, {"绩效指标[7].二级指标": "服务对象满意度标"}),
    case("PE007", FULL, {"绩效指标[0].一级指标": "产出"}),
    case("PE007", T2020, {"绩效指标[6].二级指标": "可持续影响"}),
    case("PE008", FULL, {"绩效指标[0].二级指标": "社会效益指标"}),
    case("PE008", FULL, {"绩效指标[7].二级指标": "质量指标"}),
    case("PE008", COST, {"绩效指标[0].二级指标": "数量指标"}, also="PE513"),
    case("PE009", T2020, {"绩效指标[8]": "=绩效指标[0]"}, "绩效指标[8].三级指标"),
    case("PE009", FULL, on(1, 三级指标="培训班期数", 年度指标值="≥6期", 实际完成值="6期")),
    case("PE010", FULL, {"绩效指标[3].年度指标值": "2021年11月底前"}, also="PE312 PE403"),
    case("PE010", FULL, {"绩效指标[3].实际完成值": "2023年1月5日"}, also="PE312 PE403"),
    case("PE010", LOW, {"绩效指标[2].实际完成值": "2021-12-24"}),
    case("PE010", FULL, {"填写日期": "2021-02-20"}),
    case("PE010", T2020, {"填写日期": "2022-03-12"}),
    case("PE011", FULL, {"改进措施": "增设线上课程。" * 29}, profile="四川2023"),
    case("PE011", FULL, {ACTUAL: "培训班已办 6 期，" + "到课人数逐期增加，" * 12}, profile="四川2023"),
    case("PE012", FULL, waiver(规则="PE401", 理由="系统另附说明"), "豁免[0].规则"),
    case("PE012", DEDUCTED, waiver(规则="PE999", 理由="系统另附说明"), "豁免[0].规则"),
    case("PE012", FULL, waiver(规则="PE205"), "豁免[0].规则"),
    # funds
    case("PE015", COST, {"项目资金[0].得分": "95.9"}, also="PE104 PE301 PE303"),
    case("PE101", GRADED, {"项目资金[1].全年执行数": "1500.02", "项目资金[1].执行率": "100.00%"}, also="PE102"),
    case("PE101", GRADED, {"项目资金[0].全年执行数": "1510"}, also="PE103"),
    case("PE101", T2020, {"项目资金[3].全年执行数": "0.011", "项目资金[2].全年执行数": "202.99"}),
    case("PE102", WHOLE, {"项目资金[1].年初预算数": "1900"}, "项目资金[0].年初预算数"),
    case("PE102", FULL, {"项目资金[0].年初预算数": "121"}),
    case("PE102", FULL, {"项目资金[3].年初预算数": "6"}, "项目资金[0].年初预算数"),
    case("PE102", FULL, {"项目资金[2].年初预算数": GONE}, "项目资金[0].年初预算数"),
    case("PE102", T2020, {"项目资金[3].全年预算数": "5"}, "项目资金[0].全年预算数"),
    case("PE103", FULL, {"项目资金[1].执行率": "97.71%"}),
    case("PE103", T2020, {"项目资金[2].执行率": "84.4%"}),
    case("PE103", T2023, {"项目资金[1].执行率": "0.95"}),
    case("PE103", COST, {"项目资金[1].执行率": "9590%"}),
    case("PE104", NO_TOTAL, {"项目资金[0].得分": "9.4"}),
    case("PE104", NO_TOTAL, {"项目资金[0].得分": "9.45"}),
    case("PE104", NO_TOTAL, {"项目资金[0].执行率": "85.00%", "项目资金[0].得分": "8.50"}, ".得分", also="PE103"),
    case("PE104", GRADED, {"项目资金[0].得分": "10.0", "总分.得分": "100"}),
    case("PE105", LOW, {"项目资金[0].偏差原因": GONE, "存在问题": GONE}, "项目资金[0].执行率"),
    case("PE105", LOW, {"项目资金[0].偏差原因": "无", "存在问题": "/"}, "项目资金[0].执行率"),
    case("PE106", NO_TOTAL, {"项目资金[0].年初预算数": "500"}, "项目资金[0].全年预算数"),
    case("PE106", COST, {"项目资金[0].年初预算数": "0", "项目资金[1].年初预算数": "0"}, "项目资金[0].全年预算数"),
    case("PE107", NO_TOTAL, {"项目资金[0].全年执行数": GONE}, also="PE001"),
    case("PE107", T2020, {"项目资金[0].全年预算数": "0"}),
    case("PE108", LOW, {"项目资金[2].年初预算数": "-0.01"}),
    case("PE108", GRADED, {"项目资金[1].年初预算数": "-1500"}),
    case("PE109", GROUPED, {"项目资金[0].年初预算数": "45", "项目资金[2].年初预算数": "25"}, "项目资金[0].全年预算数"),
    case("PE109", NO_TOTAL, {"项目资金[0].全年预算数": "251.75", "项目资金[0].年初预算数": "265",
                             "项目资金[1].全年预算数": "186.75", "项目资金[0].执行率": "100%",
                             "项目资金[1].执行率": "100%", "项目资金[0].得分": "10"}),
    case("PE110", FULL, {"项目资金[1].分值": "5"}),
    case("PE110", GROUPED, {"项目资金[1].得分": "9.5"}),
    case("PE111", GRADED, {"项目资金[1].全年预算数": "15000000", "项目资金[1].执行率": GONE}, also="PE102"),
    case("PE111", COST, {"项目资金[1].年初预算数": "3100000"}, also="PE102"),
    case("PE111", GRADED, {"项目资金[1].年初预算数": "0.15"}),
    # weights
    case("PE117", T2020, {"项目资金[2].执行率": "84.5%"}),  # cut
    case("PE117", CHAOYANG, {"项目资金[1].执行率": "3.700%"}),
    case("PE117", NO_TOTAL, {"项目资金[0].得分": "9.49"}),
    case("PE201", WHOLE, {"绩效指标[0].分值": "14", "绩效指标[0].得分": "14", "总分.分值": "99", "总分.得分": "98.9"},
         "绩效指标"),
    case("PE201", WHOLE, {"绩效指标[0].分值": GONE, "绩效指标[0].得分": GONE, "总分.分值": "85", "总分.得分": "84.9",
                          "总分.等级": "良"}, "绩效指标"),
    case("PE201", NO_TOTAL, {"绩效指标[0].分值": "21", "绩效指标[0].得分": "21"}, "绩效指标", also="PE203 PE205"),
    case("PE202", WHOLE, {"项目资金[0].分值": "20", "项目资金[0].得分": "19.80", "绩效指标[0].分值": "5",
                          "绩效指标[0].得分": "5", "总分.得分": "99.80"}),
    case("PE202", NO_TOTAL, {"项目资金[0].分值": "5", "项目资金[0].得分": "4.75"}, also="PE201"),
    case("PE202", GRADED, {"项目资金[0].分值": "10"}, profile="湖北"),
    case("PE203", NO_TOTAL, {"绩效指标[0].分值": "15", "绩效指标[0].得分": "15", "绩效指标[4].分值": "20",
                             "绩效指标[4].得分": "20"}, "绩效指标", "绩效指标"),
    case("PE203", COST, {"绩效指标[1].分值": "10", "绩效指标[1].得分": "10", "绩效指标[6].分值": "5",
                         "绩效指标[6].得分": "5"}, "绩效指标", "绩效指标"),
    case("PE204", FULL, {"绩效指标[0].分值": "0", "绩效指标[0].得分": "0", "绩效指标[1].分值": "20",
                         "绩效指标[1].得分": "20"}),
    case("PE204", FULL, {"绩效指标[0].分值": GONE}),
    case("PE205", FULL, {"绩效指标[5].分值": "20.5", "绩效指标[5].得分": "20.5", "绩效指标[6].分值": "9.5",
                         "绩效指标[6].得分": "9.5"}),
    case("PE205", WHOLE, {"绩效指标[0].分值": "25", "绩效指标[0].得分": "25", "绩效指标[1].分值": "5",
                          "绩效指标[1].得分": "5"}),
    case("PE206", GROUPED, {"指标分组.数量指标": "25"}),
    case("PE206", GROUPED, {"指标分组.产出指标": "60"}),
    case("PE206", GROUPED, {"指标分组.可持续影响": "20"}),
    case("PE207", T2023, {"绩效指标[6]": GONE}, "绩效指标"),
    case("PE207", T2023, {"绩效指标[5]": GONE}, "绩效指标"),
    case("PE208", FULL, {"总分.分值": "90"}),
    case("PE208", DEDUCTED, {"总分.分值": "100.5"}),
    # scores
    case("PE301", NO_TOTAL, {"绩效指标[0].得分": "20.5"}),
    case("PE301", NO_TOTAL, {"项目资金[0].得分": "10.5"}, also="PE104"),
    case("PE302", NO_TOTAL, {"绩效指标[0].得分": "-1", "绩效指标[0].偏差原因": "大棚未验收，2023 年 3 月前补验。"}),
    case("PE302", NO_TOTAL, {"项目资金[0].得分": "-9.50"}, also="PE104"),
    case("PE302", GROUPED, {"总分.得分": "-100"}, also="PE303"),
    case("PE303", GROUPED, {"总分.得分": "99"}),
    case("PE303", DEDUCTED, {"总分.得分": "88.15"}),
    case("PE303", DEDUCTED, {"绩效指标[1].得分": "4"}, "总分.得分"),
    case("PE304", NO_TOTAL, {"绩效指标[0].得分": GONE}),
    case("PE304", NO_TOTAL, {"项目资金[0].得分": GONE}),
    case("PE308", DEDUCTED, {"总分.等级": "优"}),
    case("PE308", GRADED, {"总分.等级": "良好"}),
    case("PE309", FULL, {"项目资金[1].执行率": "96.7%"}),
    case("PE309", FULL, {"项目资金[0].得分": "9.7"}),
    case("PE309", DEDUCTED, {"总分.得分": "89.2"}),
    case("PE311", FULL, {"评价结论": "项目按计划完成，自评得分为 97.73 分。"}),
    case("PE311", DEDUCTED, {"存在问题": "自评总分 90 分，垃圾清理量目标核定偏高。"}),
    case("PE311", FULL, {ACTUAL: "培训班已办 6 期，到课 612 人次，综合得分：98 分。"}),
    # reasons
    case("PE401", DEDUCTED, {"绩效指标[1].偏差原因": GONE}, also="PE403"),
    case("PE401", DEDUCTED, {"绩效指标[8].偏差原因": "　"}, also="PE403"),
    case("PE401", NO_TOTAL, {"绩效指标[0].得分": "19"}, "绩效指标[0].偏差原因"),
    case("PE401", DEDUCTED, {f"绩效指标[{n}].偏差原因": GONE for n in LESS} | {"偏差分析": "各项指标均已完成。"},
         *(f"绩效指标[{n}].偏差原因" for n in LESS), also="PE403 PE307"),
    case("PE401", DEDUCTED, {f"绩效指标[{n}].偏差原因": GONE for n in LESS} | {"偏差分析": "全部按时完成，经费略有结余。"},
         *(f"绩效指标[{n}].偏差原因" for n in LESS), also="PE403 PE307"),
    case("PE404", DEDUCTED, {"绩效指标[1].偏差原因": "疫情影响。"}),
    case("PE404", DEDUCTED, {"绩效指标[2].偏差原因": "/"}),
    case("PE404", DEDUCTED, on(0, 偏差原因="已完成", 得分="9") | {"总分.得分": "88.15"}),  # it is; why, then, a point less?
    case("PE404", DEDUCTED, on(7, 偏差原因="全部完成", 得分="9.5") | {"总分.得分": "88.65"}),
    case("PE407", DEDUCTED, {f"绩效指标[{n}].偏差原因": SAME_REASON for n in (1, 2, 6)}),
    case("PE407", T2020, {f"绩效指标[{n}].偏差原因": SAME_REASON for n in (2, 3, 4, 5)}),
    case("PE408", DEDUCTED, {"存在问题": "无"}),
    case("PE408", LOW, {"存在问题": "未发现问题。"}),
    # indicators
    case("PE501", FULL, {"绩效指标[3].年度指标值": GONE}),
    case("PE501", T2020, {"绩效指标[7].年度指标值": " "}),
    case("PE502", FULL, {"绩效指标[3].实际完成值": GONE}),
    case("PE502", T2020, {"绩效指标[7].实际完成值": "　"}),
    case("PE507", FULL, {"绩效指标[6].实际完成值": "建立学员跟踪帮扶机制。", "绩效指标[6].年度指标值": "建立学员跟踪帮扶机制"}),
    case("PE507", T2023, {"绩效指标[2].实际完成值": "备案机构全部公示并接受监督", "绩效指标[2].年度指标值": "备案机构全部公示并接受监督"}),
    case("PE507", FULL, on(6, 年度指标值=COPIED, 实际完成值=COPIED), ".实际完成值"),
    case("PE507", CULTURE, on(14, 年度指标值=COPIED, 实际完成值=f"{COPIED}。"), ".实际完成值"),
    case("PE507", FULL, on(3, 年度指标值="2022年11月底前完成全部培训", 实际完成值="2022年11月底前完成全部培训"), ".实际完成值"),
    case("PE526", FULL, on(3, 年度指标值="11月底前", 实际完成值="11月底前。"), ".实际完成值"),
    case("PE526", FULL, on(1, 实际完成值="≥600人次")),
    case("PE526", NUMERALS, on(4, 实际完成值="一百二十件以上")),
    case("PE526", FULL, on(6, 年度指标值="有效提升", 实际完成值="有效提升"), ".实际完成值"),
    case("PE520", FULL, on(5, 年度指标值="≥600人次", 实际完成值="612"), ".三级指标"),
    case("PE520", FULL, on(5, 年度指标值="≥６００人次", 实际完成值="共612人次"), ".三级指标"),
    case("PE521", FULL, on(5, 三级指标="培训 人次", 年度指标值="≥600", 实际完成值="612"), ".三级指标"),
    # goals
    case("PE601", FULL, {ACTUAL: GONE}),
    case("PE601", T2023, {TARGET: " "}),
    case("PE602", FULL, {ACTUAL: "=" + TARGET}),
    case("PE602", T2020, {ACTUAL: "维修养护小型水库 12 座、渠道 97 公里，恢复和改善灌溉面积 3.4 万亩。"}),
    case("PE603", FULL, {ACTUAL: "2022年培训任务全面完成，学员能力明显提升。"}),
    case("PE603", T2023, {ACTUAL: "普惠托位建设任务全部完成，示范机构按期挂牌。"}),
    case("PE604", FULL, {TARGET: "做好培训工作"}),
    case("PE604", FULL, {TARGET: LONG_NAME, "项目名称": LONG_NAME}),
    # transfers
    case("PE701", T2023, {f"{MANAGED}[3]": GONE}, MANAGED),
    case("PE701", T2023, {f"{MANAGED}[4].情况说明": GONE}),
    case("PE701", T2023, {f"{MANAGED}[0].事项": "分配科学"}, MANAGED),
    case("PE701", T2023, {MANAGED: GONE}, *[MANAGED] * 7),
    case("PE702", T2020, {"说明": GONE}),
    case("PE702", T2023, {"说明": "请在此处简要说明巡视、审计中发现的问题。"}, also="PE005"),
    case("PE703", T2020, {"填表人": GONE}),
    case("PE703", T2020, {"联系电话": " "}),
    case("PE703", T2023, {"填写日期": GONE}),
    # --- readings: funds
    case("PE112", FULL, on(4, 实际完成值="112.6万元"), "绩效指标"),
    case("PE112", DEDUCTED, on(4, 实际完成值="80.7万元"), "绩效指标"),
    case("PE112", REVERSE, on(8, 实际完成值="360万元"), "绩效指标"),
    case("PE112", EDITION_2016, on(8, 实际完成值="实际支出2381700元"), "绩效指标"),
    case("PE113", FULL, on(4, 实际完成值="118.6万元"), also="PE112 PE305 PE403"),
    case("PE113", STARRED, on(11, 实际完成值="每公里49.2万元"), also="PE305 PE403"),
    case("PE113", COUNTY, on(9, 实际完成值="3,060元"), also="PE403"),
    case("PE113", NUMERALS, on(9, 实际完成值="八千二百元"), also="PE305 PE403"),
    case("PE113", YUNNAN, on(8, 实际完成值="2650元/台"), also="PE305 PE403"),
    case("PE113", T2020, on(4, 实际完成值="3.3万元", 偏差原因="水泥涨价；2021 年按批次招标锁定价格。")),
    # --- readings: scores
    case("PE305", FULL, on(1, 实际完成值="512人次"), ".得分", also="PE403"),
    case("PE305", COMPOUNDS, on(9, 实际完成值="培训1150元/人、创业8200元/户"), ".得分", also="PE403"),
    case("PE305", GRADED, on(2, 实际完成值="93.4%"), ".得分", also="PE403"),
    case("PE305", NUMERALS, on(1, 实际完成值="十一场"), ".得分", also="PE403"),
    case("PE305", NUMERALS, on(0, 实际完成值="１１２场"), ".得分", also="PE403"),
    case("PE305", STARRED, on(3, 实际完成值="一台"), ".得分", also="PE403"),
    case("PE305", COST, on(6, 实际完成值="18分钟"), ".得分", also="PE403"),
    case("PE305", COMPOUNDS, on(1, 实际完成值="招聘会4场，提供岗位528个"), ".得分", also="PE403"),
    case("PE305", COMPOUNDS, on(0, 实际完成值="4期、312人次"), ".得分", also="PE403"),
    case("PE305", COMPOUNDS, on(14, 实际完成值="残疾人93.5%、用人单位82.1%"), ".得分", also="PE403"),
    case("PE305", CULTURE, on(3, 实际完成值="5项、7家"), ".得分", also="PE403"),
    case("PE305", SUZHOU, on(4, 实际完成值="未开展"), ".得分", also="PE403"),
    case("PE305", EDITION_2016, on(12, 实际完成值="未建立"), ".得分", also="PE403"),
    case("PE305", TIANJIN, on(4, 实际完成值="0家"), ".得分", also="PE403"),
    case("PE305", GUANGXI, on(12, 实际完成值="提高0.1个百分点"), ".得分", also="PE403"),
    case("PE305", XINJIANG, on(15, 实际完成值="96%"), ".得分", also="PE403"),
    case("PE305", REVERSE, on(5, 实际完成值="1起"), ".得分", also="PE403"),
    case("PE305", HEBEI, on(7, 实际完成值="0.14亿元"), ".得分", also="PE403"),
    case("PE305", WHOLE, on(1, 实际完成值="54200家"), ".得分", also="PE403"),
    case("PE305", MARKET, on(11, 实际完成值="10900户"), ".得分", also="PE403"),
    case("PE305", HUBEI, on(3, 实际完成值="2期"), ".得分"),
    case("PE305", YUNNAN, on(7, 三级指标="劝导站建设工期", 年度指标值="6个月", 实际完成值="8个月"), ".得分", also="PE403"),
    case("PE305", YUNNAN, on(7, 三级指标="设备质保期", 年度指标值="2年", 实际完成值="1年"), ".得分", also="PE403"),
    case("PE305", MARKET, on(7, 三级指标="投诉举报审批天数", 年度指标值="7个工作日", 实际完成值="9个工作日"), ".得分", also="PE403"),
    case("PE305", SUZHOU, on(9, 三级指标="交通事故起数", 得分="8") | {"总分.得分": "100"}, ".得分"),  # 8.2% less, not 10%
    case("PE305", SUZHOU, on(9, 三级指标="交通事故起数", 实际完成值="上升3%", 得分="8") | {"总分.得分": "100"}, ".得分"),
    case("PE305", DECISION, on(5, 实际完成值="20600米"), ".得分", also="PE403"),
    case("PE306", DEDUCTED, on(6, 得分="8.5") | {"总分.得分": "89.65"}),
    case("PE306", YUNNAN, on(12, 得分="7.9") | {"总分.得分": "99.13"}),
    case("PE306", SUZHOU, on(9, 得分="7.2") | {"总分.得分": "99.20"}),
    case("PE306", COMPOUNDS, on(2, 得分="5.7") | {"总分.得分": "99.30"}),
    case("PE306", NUMERALS, on(3, 得分="4.8") | {"总分.得分": "99.48"}),
    case("PE306", SICHUAN, on(2, 得分="3.6") | {"总分.得分": "97.44"}, also="PE311"),
    case("PE306", HUBEI, on(2, 得分="5.7") | {"总分.得分": "98.89"}),
    case("PE306", XINJIANG, on(17, 得分="4.95") | {"总分.得分": "97.58"}),
    case("PE306", EMERGENCY, on(2, 得分="9") | {"总分.得分": "98.82"}),
    case("PE306", STARRED, on(15, 实际完成值="78%"), ".得分"),
    case("PE305", STARRED, on(15, 实际完成值="70%"), ".得分"),  # 4.70 of 5 for what makes 4.12
    case("PE305", MARKET, on(2, 实际完成值="5处"), ".得分"),
    case("PE305", SICHUAN, on(2, 得分="4") | {"总分.得分": "97.84"}, ".得分", also="PE311"),
    case("PE307", DEDUCTED, on(1, 得分="4", 偏差原因=GONE) | {"总分.得分": "88.15"}, also="PE401 PE403"),
    case("PE307", YUNNAN, on(12, 得分="7", 偏差原因=GONE) | {"总分.得分": "98.23"}, also="PE401 PE403"),
    case("PE307", WATERWAY, on(5, 得分="4.5", 偏差原因=GONE) | {"总分.得分": "99.10"}, also="PE401 PE403"),
    case("PE307", REVERSE, on(4, 得分="2", 偏差原因=GONE) | {"总分.得分": "97.67"}, also="PE401 PE403"),
    case("PE307", NUMERALS, on(3, 得分="4", 偏差原因=GONE) | {"总分.得分": "98.68"}, also="PE401 PE403"),
    case("PE310", MARKET, on(14, 得分="4.5") | {"总分.得分": "98.23"}),
    case("PE310", HUBEI, on(11, 实际完成值="部分达成年度指标并具有一定效果", 得分="2.4") | {"总分.得分": "94.99"}, ".得分"),
    case("PE310", SUZHOU, on(0, 实际完成值="达成年度指标", 得分="3", 偏差原因=MENDED) | {"总分.得分": "96.56"}, ".得分"),
    case("PE310", EDITION_2016, on(13, 实际完成值="未开展", 得分="4", 偏差原因=MENDED) | {"总分.得分": "98.94"}, ".得分"),
    case("PE310", SICHUAN, on(8, 实际完成值="部分完成", 得分="5.8", 偏差原因=MENDED) | {"总分.得分": "96.97"}, ".得分", also="PE311"),
    case("PE310", TIANJIN, on(15, 实际完成值="已完成", 得分="3", 偏差原因=MENDED) | {"总分.得分": "97.74"}, ".得分"),
    case("PE312", FULL, on(3, 实际完成值="2022年12月8日"), ".得分", also="PE403"),
    case("PE312", CULTURE, on(7, 实际完成值="2022年12月5日"), ".得分", also="PE403"),
    case("PE312", CULTURE, on(8, 实际完成值="10月"), ".得分", also="PE403"),
    case("PE312", COST, on(5, 实际完成值="10月"), ".得分", also="PE403"),
    case("PE312", NUMERALS, on(8, 实际完成值="十二月三日"), ".得分", also="PE403"),
    case("PE312", STARRED, on(7, 实际完成值="7月"), ".得分", also="PE403"),
    case("PE312", DATES, on(5, 实际完成值="第三季度"), ".得分", also="PE403"),
    case("PE312", DATES, on(6, 实际完成值="2023年9月1日"), ".得分", also="PE403"),
    case("PE312", DATES, on(9, 实际完成值="7月上旬"), ".得分", also="PE403"),
    case("PE312", EDITION_2016, on(7, 实际完成值="2018-12-16"), ".得分", also="PE403"),
    case("PE312", COMPOUNDS, on(8, 实际完成值="10月12日完成86%"), ".得分", also="PE403"),
    case("PE312", COMPOUNDS, on(8, 实际完成值="10月12日完成"), ".得分", also="PE403"),  # of 9月底前完成80%以上
    case("PE312", COMPOUNDS, on(8, 年度指标值="9月底前完成，验收率≥80%", 实际完成值="10月"), ".得分", also="PE403"),
    case("PE312", GUANGXI, on(7, 得分="5") | {"总分.得分": "100"}),
    case("PE312", HUBEI, on(6, 年度指标值="9月底前"), ".得分"),
    # --- readings: reasons
    case("PE402", HEBEI, on(2, 偏差原因=GONE), profile="天津河北"),
    case("PE402", HEBEI, on(0, 实际完成值="190家"), ".偏差原因", profile="天津河北"),
    case("PE402", TIANJIN, on(1, 偏差原因=GONE)),
    case("PE402", TIANJIN, on(13, 偏差原因="已完成")),
    case("PE402", GUANGXI, on(3, 偏差原因=GONE)),
    case("PE402", T2024, on(5, 偏差原因="无")),
    case("PE402", EDITION_2016, on(11, 偏差原因=GONE)),
    case("PE402", FULL, on(1, 实际完成值="912人次"), ".偏差原因"),
    case("PE402", NUMERALS, on(2, 实际完成值="五期"), ".偏差原因"),
    case("PE402", COUNTY, on(11, 实际完成值="0.09亿元"), ".偏差原因"),
    case("PE402", GOAL, on(0, 实际完成值="建成9个"), ".偏差原因"),
    case("PE403", T2020, on(3, 偏差原因=GONE)),
    case("PE403", COUNTY, on(8, 三级指标="养老补贴审批天数", 年度指标值="20天", 实际完成值="23天"), ".偏差原因"),
    case("PE403", COUNTY, on(1, 偏差原因=" ")),
    case("PE403", GOAL, on(1, 实际完成值="共开展52场"), ".偏差原因"),
    case("PE403", GOAL, on(10, 实际完成值="1起"), ".偏差原因"),
    case("PE403", T2021, on(8, 实际完成值="9月16日"), ".偏差原因"),
    case("PE403", PUBLIC, on(8, 实际完成值="5.2‰"), ".偏差原因"),
    case("PE403", RELICS, on(1, 实际完成值="未实施"), ".偏差原因"),
    case("PE403", DEDUCTED, on(2, 偏差原因=GONE), also="PE401"),
    case("PE403", DATES, on(7, 偏差原因=GONE), also="PE401"),
    case("PE405", DEDUCTED, on(1, 偏差原因="汛期停工 21 天，上游来量减少")),
    case("PE405", COUNTY, on(1, 偏差原因="两个站点的用房产权年底才过户")),
    case("PE405", YUNNAN, on(12, 偏差原因="7 月雷击损坏 11 路前端，备件到货慢。")),
    case("PE405", T2020, on(3, 偏差原因="两段渠道遇冬灌无法断水施工")),
    case("PE405", SUZHOU, on(9, 偏差原因="三个路口因地铁围挡改道，事故多于往年")),
    case("PE405", DEDUCTED, on(1, 偏差原因="上游来量减少，目标定得不够科学合理")),
    case("PE405", DEDUCTED, on(2, 偏差原因="上游排口改造延期，做好保洁也达不到")),
    case("PE406", T2020, on(3, 偏差原因="已按时完成。")),
    case("PE406", DEDUCTED, on(6, 偏差原因="已完成")),
    case("PE406", DEDUCTED, on(1, 偏差原因="各项指标均已完成。")),
    case("PE406", COUNTY, on(1, 偏差原因="全部完成")),
    case("PE406", T2024, on(4, 偏差原因="已按计划完成任务")),
    case("PE406", FORESTRY, on(3, 偏差原因="无偏差")),
    case("PE406", RELICS, on(0, 偏差原因="已达标")),
    case("PE406", T2020, on(4, 实际完成值="3.3万元", 偏差原因="已完成"), ".偏差原因", also="PE113"),
    # --- readings: indicators
    case("PE503", FULL, on(1, 年度指标值="满足基层需要")),
    case("PE503", T2023, on(1, 年度指标值="覆盖主要街道")),
    case("PE503", COUNTY, on(0, 年度指标值="县城和重点镇")),
    case("PE503", WATERWAY, on(6, 年度指标值="能清尽清")),
    case("PE503", STARRED, on(3, 年度指标值="按需购置")),
    case("PE504", FULL, on(7, 实际完成值="基本满意")),
    case("PE504", T2023, on(6, 年度指标值="满意")),
    case("PE504", WHOLE, on(5, 实际完成值="较为满意")),
    case("PE504", COUNTY, on(15, 实际完成值="达成预期指标")),
    case("PE504", HEBEI, on(10, 年度指标值="满意度较高")),
    case("PE505", FULL, on(4, 实际完成值="控制在预算内")),
    case("PE505", NUMERALS, on(9, 年度指标值="控制在预算范围内"), ".实际完成值"),
    case("PE505", YUNNAN, on(9, 实际完成值="不超标准")),
    case("PE505", T2021, on(9, 实际完成值="达成预期指标")),
    case("PE505", WATERWAY, on(1, 年度指标值="按定额标准"), ".实际完成值"),
    case("PE506", FULL, on(3, 年度指标值="及时完成")),
    case("PE506", DATES, on(4, 年度指标值="按进度完成")),
    case("PE506", T2023, on(3, 年度指标值="按计划")),
    case("PE506", HUBEI, on(6, 年度指标值="如期建成")),
    case("PE506", GROUPED, on(3, 年度指标值="及时上架")),
    case("PE508", FULL, on(1, 实际完成值="≥610人次")),
    case("PE508", T2020, on(6, 实际完成值="90%以上")),
    case("PE508", COST, on(6, 实际完成值="不超过15分钟")),
    case("PE508", NUMERALS, on(4, 实际完成值="一百三十件以上")),
    case("PE508", CULTURE, on(11, 实际完成值="超过15万人次")),
    case("PE508", FORESTRY, on(7, 实际完成值="4‰以内")),
    case("PE508", COMPOUNDS, on(7, 实际完成值="结业率≥96%，取证率≥81%")),
    case("PE509", FULL, on(1, 实际完成值="612人")),
    case("PE509", FULL, on(2, 实际完成值="39项")),
    case("PE509", GRADED, on(0, 实际完成值="823.6亩")),
    case("PE509", T2024, on(1, 实际完成值="1.2万公里")),
    case("PE509", T2023, on(1, 实际完成值="8%")),
    case("PE509", XINJIANG, on(1, 实际完成值="4人")),
    case("PE509", NUMERALS, on(2, 实际完成值="三人次")),
    case("PE509", GUANGXI, on(12, 实际完成值="提高0.22%")),
    case("PE510", T2021, on(14, 实际完成值="100%")),
    case("PE510", SUZHOU, on(1, 实际完成值="100%")),
    case("PE510", FORESTRY, on(14, 实际完成值="98 %")),
    case("PE510", SICHUAN, on(8, 实际完成值="95％")),
    case("PE510", EDITION_2016, on(12, 实际完成值="100.00%")),
    case("PE511", COUNTY, on(3, 实际完成值="186张")),
    case("PE511", T2021, on(4, 实际完成值="9所")),
    case("PE511", T2024, on(2, 实际完成值="1.1万亩")),
    case("PE511", T2024, on(2, 实际完成值="7000亩"), also="PE403"),
    case("PE511", COMPOUNDS, on(11, 实际完成值="231人"), also="PE305 PE403"),
    case("PE511", HUBEI, on(1, 实际完成值="9个")),
    case("PE512", FULL, on(0, 年度指标值="≤6期")),
    case("PE512", T2023, on(1, 年度指标值="不超过8家")),
    case("PE512", T2020, on(7, 年度指标值="≤93%")),
    case("PE512", REVERSE, on(16, 年度指标值="投诉率≥0.2%")),
    case("PE512", XINJIANG, on(6, 年度指标值="不低于0.2‰")),
    case("PE512", WHOLE, on(5, 年度指标值="低于85%"), also="PE305 PE403"),
    case("PE513", GROUPED, on(1, 年度指标值="30万元", 实际完成值="30.2万元")),
    case("PE513", T2023, on(0, 年度指标值="≥1600万元", 实际完成值="1640万元")),
    case("PE513", STARRED, on(2, 年度指标值="60000元", 实际完成值="6.1万元")),
    case("PE513", HEBEI, on(1, 年度指标值="发放补助不少于二百万元", 实际完成值="发放补助214万元")),
    case("PE514", FULL, on(2, 三级指标="预算执行率")),
    case("PE514", WHOLE, on(0, 三级指标="财政资金支出进度")),
    case("PE514", DEDUCTED, on(7, 三级指标="资金使用率")),
    case("PE514", STARRED, on(6, 三级指标="项目资金支付率")),
    case("PE514", HUBEI, on(4, 三级指标="年度预算执行进度")),
    case("PE515", FULL, on(7, 实际完成值="963%")),
    case("PE515", DEDUCTED, on(8, 实际完成值="280%")),
    case("PE515", FULL, on(5, 年度指标值="≥900%"), also="PE305 PE403"),
    case("PE515", NUMERALS, on(6, 实际完成值="１１７．３％")),
    case("PE515", PUBLIC, on(0, 实际完成值="109.7%")),
    case("PE515", GRADED, on(2, 实际完成值="百分之一百零二")),
    case("PE516", FULL, on(7, 实际完成值="100%")),
    case("PE516", COMPOUNDS, on(14, 实际完成值="100%、100%")),
    case("PE516", T2023, on(6, 实际完成值="100.00%")),
    case("PE516", NUMERALS, on(15, 实际完成值="１００％")),
    case("PE516", CULTURE, on(15, 实际完成值="百分之百")),
    case("PE516", T2023, on(6, 实际完成值="百分之百")),
    case("PE516", REVERSE, on(17, 实际完成值="100％")),
    # --- published forms that were corrected: the faults are put back
    case("PE402", OPERATION, on(0, 偏差原因=GONE)),
    case("PE402", OPERATION, on(8, 偏差原因=GONE)),
    case("PE508", OPERATION, on(3, 实际完成值="500人以上")),
    case("PE509", OPERATION, on(3, 实际完成值="512人次")),
    case("PE510", OPERATION, on(24, 实际完成值="100%")),
    case("PE505", OPERATION, on(19, 实际完成值="严格控制在预算范围内")),
    case("PE007", OPERATION, on(26, 二级指标="服务对象满意度标")),
    case("PE516", OPERATION, on(26, 实际完成值="100%")),
    case("PE103", CHAOYANG, {"项目资金[1].执行率": "3.600%"}),
    case("PE105", CHAOYANG, {"项目资金[0].偏差原因": GONE}, "项目资金[0].执行率"),
    case("PE402", CHAOYANG, on(3, 偏差原因="已完成")),
    case("PE405", CHAOYANG, on(0, 偏差原因="由于专利资助和奖励项目属于普惠制政策，资助件数与申报情况有关。")),
    case("PE113", CHAOYANG, {"绩效指标[15].年度指标值": "550万"}, ".实际完成值"),
    case("PE406", CHAOYANG, on(17, 年度指标值="200万", 偏差原因="已完成"), ".偏差原因", also="PE113"),
    case("PE508", CHAOYANG, on(23, 实际完成值="专利技术产业化收入5亿元以上，项目支持新能源、新材料项目。")),
    case("PE516", CHAOYANG, on(29, 实际完成值="100%、100%、100%", 偏差原因="已完成")),
    case("PE520", CHAOYANG, on(21, 年度指标值="发明专利授权量9000件", 实际完成值="全区授权量为11473件。"), ".三级指标"),
    case("PE702", CHAOYANG, {"说明": "请在此处简要说明中央巡视、各级审计和财政监督中发现的问题，如没有请填无。"}, also="PE005"),
    case("PE402", STANDARDS, on(1, 偏差原因=GONE)),
    case("PE405", STANDARDS, on(22, 偏差原因="根据两委合署办公新形势新要求，标准示范试点单位，国际组织秘书处任职等未进行资金支持")),
    case("PE507", STANDARDS, {"绩效指标[6].实际完成值": "=绩效指标[6].年度指标值"}),
    case("PE507", STANDARDS, {"绩效指标[21].实际完成值": "=绩效指标[21].年度指标值"}),
    case("PE507", STANDARDS, {"绩效指标[15].实际完成值": "=绩效指标[15].年度指标值"}),
    case("PE507", STANDARDS, {"绩效指标[11].实际完成值": "=绩效指标[11].年度指标值"}),
    case("PE508", STANDARDS, on(28, 实际完成值="≤4%")),
    case("PE514", STANDARDS, on(14, 三级指标="资金支出进度")),
    case("PE402", SERVICE, on(5, 偏差原因=GONE)),
    case("PE507", SERVICE, {"绩效指标[28].实际完成值": "=绩效指标[28].年度指标值"}),
    case("PE508", SERVICE, on(7, 实际完成值="开展“行政执法工作业务能力提升”线上培训会，超过100人次参会")),
    case("PE511", SERVICE, on(6, 偏差原因=GONE), ".实际完成值"),
    case("PE106", EXCHANGE, {"项目资金[0].偏差原因": GONE}, "项目资金[0].全年预算数"),
    case("PE309", EXCHANGE, {"项目资金[0].执行率": "96.6%"}),
    case("PE112", EXCHANGE, on(15, 实际完成值="75.07万元"), "绩效指标"),
    case("PE203", EXCHANGE, on(22, 分值="5", 得分="5") | on(12, 分值="8", 得分="8"), "绩效指标", "绩效指标"),
    case("PE305", EXCHANGE, on(0, 得分="2") | {"总分.得分": "91.66"}),
    case("PE305", EXCHANGE, on(17, 得分="2") | {"总分.得分": "91.66"}),
    case("PE405", EXCHANGE, on(5, 偏差原因="接待方变更，未安排出访")),
    case("PE507", EXCHANGE, on(7, 实际完成值="项目通过集体评审")),
    case("PE504", EXCHANGE, on(22, 实际完成值="基本满意")),
    case("PE101", LESSONS, {"项目资金[0].全年预算数": "60"}, "项目资金[0].全年执行数"),
    case("PE305", LESSONS, on(0, 得分="20") | {"总分.得分": "99.6"}),
    case("PE401", LESSONS, on(1, 偏差原因=GONE), also="PE403"),
    case("PE402", LESSONS, on(3, 偏差原因=GONE)),
    case("PE201", LESSONS, on(2, 分值="9", 得分="9") | {"总分.得分": "91.93"}, "绩效指标", also="PE203"),
]  # fmt: skip

# Edits that leave a right form right (or waive what is wrong).
HARMLESS = [
    (FULL, on(5, 三级指标="培训人次", 年度指标值="≥560人次", 实际完成值="612人次")),
    (FULL, on(5, 年度指标值="≥600户次", 实际完成值="612户次")),
    (FULL, on(2, 三级指标="培训人次")),
    (FULL, {"绩效指标[7].二级指标": "服务对象满意度指标等"}),
    (FULL, {"绩效指标[0].二级指标": "产出数量"}),
    (OPERATION, on(3, 偏差原因="由线下改为线上，参与人员数超出预期")),
    (FULL, {"项目资金[0].资金来源": "合计"}),
    (FULL, {"项目资金[0].资金来源": "年度 总 金额："}),
    (FULL, {"项目资金[1].执行率": "0.9671"}),
    (FULL, {"项目资金[1].执行率": "96.71"}),
    (FULL, {"项目资金[1].执行率": "96.710%"}),
    (FULL, {"项目资金[1].分值": "10", "项目资金[1].得分": "9.73"}),
    (FULL, {"项目资金[0].年初预算数": "120.01"}),
    (FULL, {"绩效指标[0].三级指标": "X 光片判读培训期数（3×2 场）"}),
    (FULL, {"绩效指标[3].年度指标值": "比2021年提前10天"}),
    (FULL, {"绩效指标[0].一级指标": " 产出指标", "绩效指标[0].二级指标": "数量指标 "}),
    (FULL, {"总分": GONE, "评价结论": GONE}),
    (GRADED, {"总分.等级": "优秀"}),
    (GROUPED, {"指标分组": GONE}),
    (GROUPED, {"总分.得分": "100.00", "总分.等级": "优"}),
    (NO_TOTAL, {"项目资金[0].得分": "9.5", "项目资金[0].执行率": "95%"}),
    (COST, {"项目资金[2]": GONE}),
    (DEDUCTED, {"年度": "2025"}),
    (DEDUCTED, {"年度": "2010"}),
    (DEDUCTED, {"绩效指标[1].偏差原因": SAME_REASON, "绩效指标[2].偏差原因": SAME_REASON}),
    (DEDUCTED, {f"绩效指标[{n}].偏差原因": GONE for n in (1, 2, 6, 8)} | {"偏差分析": "汛期停工，排口改造延期。"}),
    (DEDUCTED, {f"绩效指标[{n}].偏差原因": GONE for n in (1, 2, 6, 8)}
     | {"豁免": [{"规则": rule, "理由": "原因在系统中另行填报"} for rule in ("PE401", "PE403", "PE307")]}),
    (LOW, {"存在问题": GONE}),
    (LOW, {"项目资金[0].偏差原因": GONE}),
    (WHOLE, {"部门": GONE, "主管部门": "青河市统计局"}),
    (WHOLE, {"项目名称": "部门整体支出"}),
    (T2020, {"填写日期": "2020-12-31"}),
    (T2020, {"中央主管部门": GONE}),
    (T2023, {"说明": "审计发现超范围支出 2.6 万元，已追回。"}),
    (T2023, {"项目资金[0].资金来源": "总额"}),
    (MARKET, on(7, 年度指标值="7个工作日", 实际完成值="5个工作日")),  # sooner is better
    (YUNNAN, on(7, 三级指标="劝导站建设工期", 年度指标值="6个月", 实际完成值="5个月")),
    (YUNNAN, on(7, 三级指标="劝导站建设工期", 年度指标值="6个月", 实际完成值="3个月")),  # no 大幅超额 either
    (YUNNAN, on(7, 三级指标="设备质保期", 年度指标值="24个月", 实际完成值="30个月")),  # longer is better
    (COUNTY, on(8, 三级指标="养老补贴审批天数", 年度指标值="20天", 实际完成值="17天")),
    (MARKET, on(7, 三级指标="投诉举报审批天数", 年度指标值="7个工作日", 实际完成值="7个工作日")),
    (SUZHOU, on(9, 年度指标值="下降5%以上")),  # fewer accidents: more of a drop is better
    (SUZHOU, on(9, 三级指标="交通事故起数", 实际完成值="下降12%", 得分="8", 偏差原因=GONE) | {"总分.得分": "100"}),
    (SUZHOU, on(9, 三级指标="交通事故起数", 年度指标值="比上年下降10%", 实际完成值="比上年下降10%", 得分="8", 偏差原因=GONE)
     | {"总分.得分": "100"}),
    (SUZHOU, on(8, 三级指标="车速排名", 年度指标值="全省前3名", 实际完成值="第2名")),  # a smaller number is no less
    (SUZHOU, on(8, 三级指标="考核名次", 年度指标值="前10名", 实际完成值="第3名")),
    (SUZHOU, on(8, 三级指标="考核名次", 年度指标值="第一名", 实际完成值="第一名")),
    (YUNNAN, on(7, 三级指标="工资发放时间", 年度指标值="每月5日前", 实际完成值="每月5日前")),
    (YUNNAN, on(7, 三级指标="工资发放时间", 年度指标值="每月5日前", 实际完成值="每月3日")),
    (YUNNAN, on(7, 三级指标="工资发放时间", 年度指标值="每月5日前", 实际完成值="按时发放")),
    (COMPOUNDS, on(8, 实际完成值="9月22日")),  # in time; the 80% is not known
    (FULL, on(3, 实际完成值="2021年决算数据核对后于2022年11月18日办结")),
    (CULTURE, on(14, 实际完成值="按2021年度群众文化工作年报的口径，参与意愿明显增强")),
    (CULTURE, on(14, 实际完成值="注册志愿者超过468人")),  # for a target in words
    (DEDUCTED, on(1, 偏差原因="汛期停工 21 天，人手不足，已补招 4 人")),
    (DEDUCTED, on(2, 偏差原因="两个断面受上游影响，奖补资金已补发")),
    (FULL, {"偏差分析": GONE}),
]  # fmt: skip


# Other ways to write every target and result of a form, which change nothing.
_WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
REWRITINGS: dict[str, Callable[[str], str]] = {
    "full-width digits": lambda text: text.translate(_WIDE),
    "full-width percent signs": lambda text: text.replace("%", "％"),
    "不低于": lambda text: text.replace("≥", "不低于"),
    ">=": lambda text: text.replace("≥", ">="),
    "以上": lambda text: re.sub("^≥(.*)$", r"\1以上", text),
    "至少完成": lambda text: re.sub("^≥(.*)$", r"至少完成\1", text),
    "不超过": lambda text: text.replace("≤", "不超过"),
    "以内": lambda text: re.sub("^≤(.*)$", r"\1以内", text),
    "控制在…以下": lambda text: re.sub("^≤(.*)$", r"控制在\1以下", text),
    "blanks around numbers": lambda text: re.sub("([0-9.]+)", r" \1 ", text),
    "thousands": lambda text: re.sub("(?<![0-9.年月-])[0-9]{4,}(?![0-9.年月-])", lambda got: f"{int(got[0]):,}", text),
    "needless zeros": lambda text: re.sub(r"(?<![0-9.])([0-9]+\.[0-9]+)(?![0-9])", r"\g<1>0", text),
    "several lines": lambda text: text.replace("、", "\n").replace("，", "\n"),
}


def rewritten(plain: Plain, rewrite: Callable[[str], str]) -> Plain:
    result = copy.deepcopy(plain)
    for row in result["绩效指标"]:
        row |= {name: rewrite(row[name]) for name in ("年度指标值", "实际完成值") if row.get(name)}
    return result


def steps(path: str) -> list[str | int]:
    """绩效指标[3].得分 as 绩效指标, 3, 得分."""
    return [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]


def look_up(plain: Any, path: str) -> Any:
    for step in steps(path):
        plain = plain[step]
    return plain


def edited(plain: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any]:
    """A copy with cells, rows or sections set, taken away (GONE), or copied from elsewhere ("=path")."""
    result = copy.deepcopy(plain)
    for path, value in edit.items():
        *above, last = steps(path)
        parent = result
        for step in above:
            parent = parent[step]
        if value is GONE and isinstance(parent, dict):
            parent.pop(last, None)
        elif value is GONE:
            del parent[last]
        elif isinstance(value, str) and value.startswith("="):
            found = copy.deepcopy(look_up(plain, value[1:]))
            parent.append(found) if isinstance(parent, list) else parent.update({last: found})
        else:
            parent[last] = value
    return result


# --- generic breakages: each breaks every clean form that has the place for it -----------------------

Breaks = Iterator[tuple[Edit, str]]  # what is edited, and the path the rule must fire at
Row = tuple[str, dict[str, str]]  # 绩效指标[3] and its cells


@dataclass(frozen=True)
class Breakage:
    """`of` yields every way to break a form so that `rule` must fire; `unavoidable` are the rules of severity error
    that may fire beside it."""

    rule: str
    unavoidable: frozenset[str]
    of: Callable[[Plain], Breaks]


BREAKAGES: list[Breakage] = []


def breaks(rule: str, unavoidable: str = "") -> Callable[[Callable[[Plain], Breaks]], Callable[[Plain], Breaks]]:
    def add(of: Callable[[Plain], Breaks]) -> Callable[[Plain], Breaks]:
        BREAKAGES.append(Breakage(rule, frozenset(unavoidable.split()), of))
        return of

    return add


def broken(clean: Mapping[str, Plain], every: int = 1) -> Iterator[Case]:
    """Clean forms broken in every way, one of `every` so many places a way; judged under their own profiles."""
    for breakage in BREAKAGES:
        places = ((name, edit, at) for name, plain in clean.items() for edit, at in breakage.of(plain))
        for name, edit, at in islice(places, 0, None, every):
            yield Case(breakage.rule, name, edit, (at,), breakage.unavoidable)


# What the breakages know of a form, on purpose without the linter's own reading.

UPWARD = ("≥", "＞", ">", "不少于", "不低于", "以上")
DOWNWARD = ("≤", "不超过", "不高于", "不多于", "以内", "以下", "日内")
_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_COUNTED = re.compile(r"[0-9０-９一二三四五六七八九十百两半全尽季月年]")  # a target without these is in words
_COUNT = re.compile(r"[≥≤]?[0-9][0-9,]*[\u4e00-\u9fff]{1,2}")
_OF_A_YEAR = re.compile(r"《[^》]*》|[0-9]{4}年[^，。；]*报告")  # titles and reports may be of any year
OTHER_UNITS = {"人次": "人", "家": "人", "台": "公里", "场": "%", "篇": "天", "公里": "亩", "万亩": "万公里", "户": "人次",
               "处": "吨", "册": "分钟", "个": "%", "万人次": "万亩", "%": "件", "‰": "元"}  # fmt: skip


def rows(plain: Plain) -> list[Row]:
    """The indicators that have a target and a result."""
    found = [(f"绩效指标[{number}]", row) for number, row in enumerate(plain["绩效指标"])]
    return [(at, row) for at, row in found if row.get("年度指标值") and row.get("实际完成值")]


def full(some: Iterable[Row]) -> list[Row]:
    """Those with full marks."""
    return [(at, row) for at, row in some if row.get("分值") and row["分值"] == row.get("得分")]


def simple(some: Iterable[Row], *operators: str) -> list[Row]:
    """Those with one of the operators in the target and one number on either side."""
    return [
        (at, row)
        for at, row in some
        if any(word in row["年度指标值"] for word in operators)
        and len(_NUMBER.findall(row["年度指标值"])) == len(_NUMBER.findall(row["实际完成值"])) == 1
    ]


def halved(some: Iterable[Row], *operators: str) -> list[tuple[str, dict[str, str], str]]:
    """The simple ones, with the result that is half of it; without those that half is nearly enough for."""
    found = []
    for at, row in simple(some, *operators):
        half = times(row["实际完成值"], "0.5")
        target, result = (Decimal(_NUMBER.findall(text)[0].replace(",", "")) for text in (row["年度指标值"], half))
        if result <= target * Decimal("0.8"):
            found.append((at, row, half))
    return found


def of_kind(some: Iterable[Row], *words: str) -> list[Row]:
    """Those whose 二级指标 begins with one of the words."""
    return [(at, row) for at, row in some if row.get("二级指标", "").startswith(words)]


def named(some: Iterable[Row], *ends: str) -> list[Row]:
    """Those whose 三级指标 ends with one of the words."""
    return [(at, row) for at, row in some if row["三级指标"].endswith(ends)]


def in_words(some: Iterable[Row]) -> list[Row]:
    return [(at, row) for at, row in some if not _COUNTED.search(row["年度指标值"])]


def times(text: str, factor: str) -> str:
    """A text with its number multiplied."""
    return _NUMBER.sub(lambda found: f"{Decimal(found.group().replace(',', '')) * Decimal(factor):f}", text)


def plus(text: str, more: str) -> str:
    return f"{Decimal(text) + Decimal(more):f}"


def explained_apart(plain: Plain) -> list[Row]:
    """The indicators of a form that explains each beside it, not all in one text; a text that begins by saying that
    all is done explains none."""
    together = plain.get("偏差分析", "")
    return [] if together and not together.startswith("各项指标均已完成") else rows(plain)


def unreduced(some: Iterable[Row]) -> list[Row]:
    """Those that have lost no points, or have none to lose."""
    return [(at, row) for at, row in some if row.get("分值") == row.get("得分")]


def a_few(some: Sequence[Row]) -> list[Row]:
    """The first, the middle and the last."""
    return [some[number] for number in sorted({0, len(some) // 2, len(some) - 1})] if some else []


def funds(plain: Plain) -> list[Row]:
    return [(f"项目资金[{number}]", row) for number, row in enumerate(plain["项目资金"])]


# structure


@breaks("PE001")
def the_name_is_missing(plain: Plain) -> Breaks:
    for name in ("年度", "项目名称", "年度总体目标"):
        if name in plain and not (name == "项目名称" and "整体" in plain["表式"]):
            yield {name: GONE}, name


@breaks("PE002", "PE206")
def a_number_is_garbled(plain: Plain) -> Breaks:
    for at, row in a_few(full(rows(plain))):
        yield {f"{at}.得分": row["得分"] + "分"}, f"{at}.得分"


@breaks("PE003")
def a_key_is_misspelt(plain: Plain) -> Breaks:
    for at, _ in a_few(rows(plain)):
        yield {f"{at}.备注": "见附件"}, f"{at}.备注"


@breaks("PE004", "PE701")
def the_year_is_impossible(plain: Plain) -> Breaks:
    for year in ("2005", "2062"):
        yield {"年度": year}, "年度"


@breaks("PE005")
def a_prompt_is_left(plain: Plain) -> Breaks:
    for at, _ in a_few(rows(plain)):
        yield {f"{at}.三级指标": "指标1："}, f"{at}.三级指标"


@breaks("PE006", "PE206")
def a_level_is_missing(plain: Plain) -> Breaks:
    for at, row in a_few(rows(plain)):
        if row.get("二级指标"):
            yield {f"{at}.二级指标": GONE}, f"{at}.二级指标"


@breaks("PE007")
def a_level_is_named_otherwise(plain: Plain) -> Breaks:
    for at, row in rows(plain):
        if row.get("一级指标", "") in ("产出指标", "效益指标", "满意度指标"):
            yield {f"{at}.一级指标": row["一级指标"].removesuffix("指标")}, f"{at}.一级指标"


@breaks("PE008", "PE206")
def a_level_is_misplaced(plain: Plain) -> Breaks:
    for at, _ in of_kind(rows(plain), "数量", "质量"):
        yield {f"{at}.二级指标": "社会效益指标"}, f"{at}.二级指标"


@breaks("PE009", "PE201 PE208 PE303 PE206")
def a_row_is_there_twice(plain: Plain) -> Breaks:
    last = len(plain["绩效指标"])
    for at, _ in a_few(rows(plain)):
        yield {f"绩效指标[{last}]": f"={at}"}, f"绩效指标[{last}].三级指标"


@breaks("PE521", "PE201 PE208 PE303 PE206")
def a_row_is_there_again_under_another_level(plain: Plain) -> Breaks:
    last = len(plain["绩效指标"])
    for at, _ in a_few(with_counts(plain)):
        again = {f"绩效指标[{last}].一级指标": "效益指标", f"绩效指标[{last}].二级指标": "社会效益指标"}
        yield {f"绩效指标[{last}]": f"={at}", **again}, f"绩效指标[{last}].三级指标"


@breaks("PE520", "PE201 PE208 PE303 PE206")
def an_output_is_there_again_as_a_benefit(plain: Plain) -> Breaks:
    last = len(plain["绩效指标"])
    for at, row in with_counts(plain):
        again = {"一级指标": "效益指标", "二级指标": "社会效益指标", "三级指标": "本年受益规模"}
        if all(len(re.sub("[^0-9]", "", row[name])) >= 3 for name in ("年度指标值", "实际完成值")):
            edit = {f"绩效指标[{last}].{name}": value for name, value in again.items()}
            yield {f"绩效指标[{last}]": f"={at}", **edit}, f"绩效指标[{last}].三级指标"


@breaks("PE010", "PE305 PE312 PE403")
def a_result_is_of_another_year(plain: Plain) -> Breaks:
    for at, row in rows(plain):
        if plain["年度"] in _OF_A_YEAR.sub("", row["实际完成值"]):
            text = row["实际完成值"].replace(plain["年度"], plus(plain["年度"], "1"))
            yield {f"{at}.实际完成值": text}, f"{at}.实际完成值"


# funds


@breaks("PE101", "PE102 PE103 PE104")
def more_is_spent_than_there_is(plain: Plain) -> Breaks:
    for at, row in funds(plain):
        if Decimal(row.get("全年预算数", "0")) > 0:
            yield {f"{at}.全年执行数": times(row["全年预算数"], "1.1")}, f"{at}.全年执行数"


@breaks("PE102", "PE101 PE103 PE104 PE107")
def the_total_is_not_the_sum(plain: Plain) -> Breaks:
    for column in ("年初预算数", "全年预算数", "全年执行数"):
        if len(funds(plain)) > 2 and any(Decimal(row.get(column, "0")) for _, row in funds(plain)[1:]):
            yield {f"项目资金[0].{column}": plus(plain["项目资金"][0][column], "-0.5")}, f"项目资金[0].{column}"


@breaks("PE103")
def the_rate_is_wrong(plain: Plain) -> Breaks:
    for at, row in funds(plain):
        if row.get("执行率"):
            yield {f"{at}.执行率": "12.34%"}, f"{at}.执行率"


@breaks("PE104", "PE303")
def the_score_of_execution_is_wrong(plain: Plain) -> Breaks:
    if plain["项目资金"][0].get("得分"):
        yield {"项目资金[0].得分": plus(plain["项目资金"][0]["得分"], "-1.5")}, "项目资金[0].得分"


@breaks("PE107", "PE001")
def the_total_is_empty(plain: Plain) -> Breaks:
    if len(plain["项目资金"]) > 1:
        yield {"项目资金[0].全年执行数": GONE}, "项目资金[0].全年执行数"


@breaks("PE108", "PE102 PE103 PE104")
def an_amount_is_negative(plain: Plain) -> Breaks:
    for at, row in funds(plain):
        if Decimal(row.get("全年执行数", "0")):
            yield {f"{at}.全年执行数": "-" + row["全年执行数"]}, f"{at}.全年执行数"


@breaks("PE113", "PE305 PE403")
def a_cost_is_over_its_target(plain: Plain) -> Breaks:
    costs = of_kind(rows(plain), "成本", "经济成本")
    for at, row in costs:
        is_paid_out = row["三级指标"].endswith("标准")  # more than the standard of a subsidy is no overrun
        if "元" in row["年度指标值"] and len(_NUMBER.findall(row["实际完成值"])) == 1 and not is_paid_out:
            yield {f"{at}.实际完成值": times(row["实际完成值"], "3")}, f"{at}.实际完成值"


# weights and scores


@breaks("PE201", "PE206 PE208 PE303")
def the_weights_do_not_add_up(plain: Plain) -> Breaks:
    for at, row in a_few(full(rows(plain))):
        more = plus(row["分值"], "1")
        yield {f"{at}.分值": more, f"{at}.得分": more}, "绩效指标"


@breaks("PE204", "PE201 PE206 PE208 PE303")
def a_weight_is_nothing(plain: Plain) -> Breaks:
    for at, _ in a_few(full(rows(plain))):
        yield {f"{at}.分值": "0", f"{at}.得分": "0"}, f"{at}.分值"


@breaks("PE204")
def a_weight_is_missing(plain: Plain) -> Breaks:
    for at, _ in a_few(full(rows(plain))):
        yield {f"{at}.分值": GONE}, f"{at}.分值"


@breaks("PE208")
def the_total_weight_is_wrong(plain: Plain) -> Breaks:
    if plain.get("总分"):
        yield {"总分.分值": "90"}, "总分.分值"


@breaks("PE301", "PE303")
def a_score_is_above_its_weight(plain: Plain) -> Breaks:
    for at, row in a_few(full(rows(plain))):
        yield {f"{at}.得分": plus(row["分值"], "0.5")}, f"{at}.得分"


@breaks("PE302", "PE303 PE401")
def a_score_is_negative(plain: Plain) -> Breaks:
    for at, _ in a_few(full(rows(plain))):
        yield {f"{at}.得分": "-1"}, f"{at}.得分"


@breaks("PE303")
def the_total_score_is_wrong(plain: Plain) -> Breaks:
    if plain.get("总分") and plain["总分"]["得分"] != "100":
        yield {"总分.得分": plus(plain["总分"]["得分"], "-0.6")}, "总分.得分"


@breaks("PE304")
def a_score_is_missing(plain: Plain) -> Breaks:
    for at, _ in a_few(full(rows(plain))):
        yield {f"{at}.得分": GONE}, f"{at}.得分"


@breaks("PE305", "PE403")
def half_is_done_for_full_marks(plain: Plain) -> Breaks:
    for at, _, half in halved(full(rows(plain)), *UPWARD):
        yield {f"{at}.实际完成值": half}, f"{at}.得分"


@breaks("PE305", "PE113 PE403")
def ten_times_the_limit_for_full_marks(plain: Plain) -> Breaks:
    for at, row in simple(full(rows(plain)), *DOWNWARD):
        yield {f"{at}.实际完成值": times(row["实际完成值"], "10")}, f"{at}.得分"


@breaks("PE305", "PE403")
def nothing_is_done_for_full_marks(plain: Plain) -> Breaks:
    for at, _ in full(rows(plain)):
        yield {f"{at}.实际完成值": "未开展"}, f"{at}.得分"


@breaks("PE305", "PE303")
def half_is_done_for_nine_tenths(plain: Plain) -> Breaks:
    for at, row, half in halved(full(explained_apart(plain)), *UPWARD):
        edit = {"实际完成值": half, "得分": times(row["分值"], "0.9"), "偏差原因": MENDED}
        yield {f"{at}.{name}": value for name, value in edit.items()}, f"{at}.得分"


@breaks("PE306", "PE303")
def half_is_done_for_a_little_more(plain: Plain) -> Breaks:
    for at, row, half in halved(full(explained_apart(plain)), *UPWARD):
        result, target = (Decimal(_NUMBER.findall(text)[0].replace(",", "")) for text in (half, row["年度指标值"]))
        if result / target < Decimal("0.1"):
            continue  # not in one unit
        score = f"{Decimal(row['分值']) * (result / target + Decimal('0.05')):.2f}"
        edit = {"实际完成值": half, "得分": score, "偏差原因": MENDED}
        yield {f"{at}.{name}": value for name, value in edit.items()}, f"{at}.得分"


@breaks("PE307", "PE303 PE401 PE403")
def half_is_done_for_a_tenth(plain: Plain) -> Breaks:
    for at, row, half in halved(full(explained_apart(plain)), *UPWARD):
        edit = {"实际完成值": half, "得分": times(row["分值"], "0.1"), "偏差原因": GONE}
        yield {f"{at}.{name}": value for name, value in edit.items()}, f"{at}.得分"


@breaks("PE308")
def the_grade_is_wrong(plain: Plain) -> Breaks:
    if plain.get("总分", {}).get("等级"):
        yield {"总分.等级": "中"}, "总分.等级"


@breaks("PE310", "PE303")
def reached_for_half_the_marks(plain: Plain) -> Breaks:
    for at, row in in_words(full(explained_apart(plain))):
        edit = {"实际完成值": "达成预期指标", "得分": times(row["分值"], "0.5"), "偏差原因": MENDED}
        yield {f"{at}.{name}": value for name, value in edit.items()}, f"{at}.得分"


@breaks("PE312", "PE403")
def done_on_the_last_day_of_the_year(plain: Plain) -> Breaks:
    for at, row in full(rows(plain)):
        if re.fullmatch(r"(?:20[0-9]{2}年)?(?:[1-9]|1[01])月(?:底|[0-9]+日|中旬)前", row["年度指标值"]):
            yield {f"{at}.实际完成值": "12月31日"}, f"{at}.得分"


# reasons


@breaks("PE401", "PE303")
def a_point_is_lost_without_a_reason(plain: Plain) -> Breaks:
    for at, row in full(explained_apart(plain)):
        yield {f"{at}.得分": times(row["分值"], "0.5"), f"{at}.偏差原因": GONE}, f"{at}.偏差原因"


@breaks("PE402")
def three_times_the_target(plain: Plain) -> Breaks:
    for at, row in simple(of_kind(unreduced(rows(plain)), "数量"), *UPWARD):
        if "%" not in row["年度指标值"]:
            edit = {"实际完成值": times(row["实际完成值"], "3"), "偏差原因": GONE}
            yield {f"{at}.{name}": value for name, value in edit.items()}, f"{at}.偏差原因"


@breaks("PE403", "PE305 PE401")
def half_is_done_without_a_reason(plain: Plain) -> Breaks:
    for at, _, half in halved(explained_apart(plain), *UPWARD):
        edit = {"实际完成值": half, "偏差原因": GONE}
        yield {f"{at}.{name}": value for name, value in edit.items()}, f"{at}.偏差原因"


def with_reason(reason: str) -> Callable[[Plain], Breaks]:
    """Half is done, at half the marks, and that is the reason."""

    def of(plain: Plain) -> Breaks:
        for at, row, half in halved(explained_apart(plain), *UPWARD):
            edit = {f"{at}.实际完成值": half, f"{at}.偏差原因": reason}
            if row.get("分值"):
                edit[f"{at}.得分"] = times(row["分值"], "0.4")
            yield edit, f"{at}.偏差原因"

    return of


breaks("PE404", "PE303 PE305")(with_reason("受疫情影响"))
breaks("PE405", "PE303 PE305")(with_reason("施工单位人手不够，进度没有跟上"))
breaks("PE406", "PE303 PE305")(with_reason("已全部完成"))


# indicators


def with_cells(choose: Callable[[Plain], Iterable[Row]], at: str, **cells: str | None) -> Callable[[Plain], Breaks]:
    """Some cells of each chosen row are set."""

    def of(plain: Plain) -> Breaks:
        for row, _ in choose(plain):
            yield {f"{row}.{name}": value for name, value in cells.items()}, f"{row}.{at}"

    return of


def quantities(plain: Plain) -> list[Row]:
    return of_kind(explained_apart(plain), "数量")


def with_counts(plain: Plain) -> list[Row]:
    """The outputs whose target and result are one count with its unit each."""
    some = simple(of_kind(rows(plain), "数量"), "")
    return [(at, row) for at, row in some if all(_COUNT.fullmatch(row[name]) for name in ("年度指标值", "实际完成值"))]


def costs_in_money(plain: Plain) -> list[Row]:
    return [(at, row) for at, row in of_kind(rows(plain), "成本", "经济成本") if "元" in row["年度指标值"]]


def satisfaction(plain: Plain) -> list[Row]:
    return named(rows(plain), "满意度")


breaks("PE501")(with_cells(rows, "年度指标值", 年度指标值=GONE))
breaks("PE502")(with_cells(rows, "实际完成值", 实际完成值=GONE))
breaks("PE503")(with_cells(quantities, "年度指标值", 年度指标值="满足基层需要"))
breaks("PE504")(with_cells(satisfaction, "实际完成值", 实际完成值="基本满意"))
breaks("PE505")(with_cells(costs_in_money, "实际完成值", 实际完成值="控制在预算范围内"))
breaks("PE506")(with_cells(lambda plain: of_kind(rows(plain), "时效"), "年度指标值", 年度指标值="及时完成"))
breaks("PE507")(
    with_cells(rows, "实际完成值", 年度指标值="形成规范有序的工作机制", 实际完成值="形成规范有序的工作机制")
)
breaks("PE510")(with_cells(lambda plain: in_words(rows(plain)), "实际完成值", 实际完成值="100%"))
breaks("PE513", "PE403 PE305")(
    with_cells(quantities, "年度指标值", 年度指标值="≥120万元", 实际完成值="126.5万元", 偏差原因=MENDED)
)
breaks("PE515")(
    with_cells(lambda plain: named(rows(plain), "满意度", "合格率", "覆盖率"), "实际完成值", 实际完成值="290%")
)
breaks("PE516")(with_cells(satisfaction, "实际完成值", 实际完成值="100%"))


@breaks("PE508", "PE515")
def the_result_is_a_bound(plain: Plain) -> Breaks:
    for at, row in simple(rows(plain), *UPWARD):
        yield {f"{at}.实际完成值": times(row["年度指标值"], "1.01")}, f"{at}.实际完成值"


def copied(is_told: Callable[[int], bool]) -> Callable[[Plain], Breaks]:
    """The target is copied as the result, where the length of it is told by the rule."""

    def of(plain: Plain) -> Breaks:
        for at, row in simple(rows(plain), *UPWARD, *DOWNWARD):
            if is_told(len("".join(row["年度指标值"].split()))):
                yield {f"{at}.实际完成值": row["年度指标值"]}, f"{at}.实际完成值"

    return of


breaks("PE507")(copied(lambda length: length >= 8))
breaks("PE526")(copied(lambda length: length < 8))


@breaks("PE509")
def the_result_is_in_another_unit(plain: Plain) -> Breaks:
    for at, row in simple(rows(plain), ""):
        number = _NUMBER.findall(row["实际完成值"])[0]
        before, _, unit = row["实际完成值"].partition(number)
        if unit in OTHER_UNITS and row["年度指标值"].count(unit):
            yield {f"{at}.实际完成值": before + number + OTHER_UNITS[unit]}, f"{at}.实际完成值"


@breaks("PE511", "PE305 PE403")
def the_result_is_outside_the_range(plain: Plain) -> Breaks:
    for at, row in rows(plain):
        if re.fullmatch(r"[0-9.]+-[0-9.]+[^月0-9]+", row["年度指标值"]):
            low, high = _NUMBER.findall(row["年度指标值"])
            for number in (times(low, "0.5"), times(high, "1.25")):
                edit = {"实际完成值": _NUMBER.sub(number, row["实际完成值"]), "偏差原因": GONE}
                yield {f"{at}.{name}": value for name, value in edit.items()}, f"{at}.实际完成值"


@breaks("PE512", "PE305 PE403")
def the_operator_is_turned(plain: Plain) -> Breaks:
    for at, row in simple([*of_kind(rows(plain), "数量"), *satisfaction(plain)], "≥"):
        if "天" not in row["年度指标值"]:  # days may well be limited
            yield {f"{at}.年度指标值": row["年度指标值"].replace("≥", "≤")}, f"{at}.年度指标值"
    for at, row in named(rows(plain), "投诉率", "差错率"):
        if "≤" in row["年度指标值"]:
            yield {f"{at}.年度指标值": row["年度指标值"].replace("≤", "≥")}, f"{at}.年度指标值"


@breaks("PE514")
def execution_is_an_indicator(plain: Plain) -> Breaks:
    if plain["项目资金"][0].get("分值"):
        yield from ((({f"{at}.三级指标": "预算执行率"}), f"{at}.三级指标") for at, _ in full(rows(plain)))


# goals and transfers


@breaks("PE601")
def the_goal_has_no_result(plain: Plain) -> Breaks:
    for part in ("预期目标", "实际完成情况"):
        yield {f"年度总体目标.{part}": GONE}, f"年度总体目标.{part}"


@breaks("PE602")
def the_result_is_the_goal(plain: Plain) -> Breaks:
    yield {ACTUAL: "=" + TARGET}, ACTUAL


@breaks("PE604")
def the_goal_says_nothing(plain: Plain) -> Breaks:
    yield {TARGET: "完成全年任务"}, TARGET


@breaks("PE701")
def a_management_line_is_empty(plain: Plain) -> Breaks:
    for number in range(len(plain.get(MANAGED, []))):
        yield {f"{MANAGED}[{number}].情况说明": GONE}, f"{MANAGED}[{number}].情况说明"


@breaks("PE702")
def nothing_is_stated(plain: Plain) -> Breaks:
    if "转移支付" in plain["表式"]:
        yield {"说明": GONE}, "说明"


@breaks("PE703")
def nobody_signs(plain: Plain) -> Breaks:
    if "转移支付" in plain["表式"]:
        for name in ("填表人", "联系电话", "填写日期"):
            yield {name: GONE}, name
