"""Every rule fires where a right form is made wrong, and there only.

A case edits a cell or a few of a clean form. The findings must be exactly the rule at `at` (the edited cell
unless told) and the rules in `also`, which stand for what cannot be avoided: a changed weight changes its total.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

import pytest

FULL, DEDUCTED, GRADED, GROUPED = "project-full", "project-deducted", "project-graded", "project-grouped"
NO_TOTAL, COST, LOW = "project-without-total", "project-cost-level", "project-low-execution"
WHOLE, T2020, T2023 = "department-whole", "transfer-2020", "transfer-2023"

GONE = None  # the cell, row or section is taken away
TARGET, ACTUAL = "年度总体目标.预期目标", "年度总体目标.实际完成情况"
MANAGED = "资金管理情况"
LONG_NAME = "基层卫生人员能力提升培训与远程会诊平台建设项目"
SAME_REASON = "上游排口改造延期影响进度；已商请住建部门尽快完成改造。"


@dataclass(frozen=True)
class Case:
    rule: str
    form: str
    edit: dict[str, Any]
    at: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    profile: str | None = None


def case(rule: str, form: str, edit: dict[str, Any], *at: str, also: str = "", profile: str | None = None) -> Case:
    return Case(rule, form, edit, at or (next(iter(edit)),), frozenset(also.split()), profile)


def waiver(**fields: str) -> dict[str, Any]:
    return {"豁免": [fields]}


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
    case("PE001", WHOLE, {"部门": GONE}, "主管部门", "部门"),
    case("PE002", FULL, {"年度": "二〇二二"}),
    case("PE002", FULL, {"项目资金[1].全年执行数": "95.26万元"}),
    case("PE002", FULL, {"绩效指标[0].得分": "十分"}),
    case("PE002", FULL, {"总分.得分": "99,73"}),
    case("PE002", GROUPED, {"指标分组.数量指标": "三十"}),
    case("PE002", FULL, {"项目资金[1].执行率": "约 97%"}),
    case("PE003", FULL, {"项目名": "培训"}),
    case("PE003", FULL, {"项目资金[1].备注": "已拨"}),
    case("PE003", FULL, {"绩效指标[7].权重": "10"}),
    case("PE003", FULL, {"总分.合计": "100"}),
    case("PE004", DEDUCTED, {"年度": "2203"}),
    case("PE004", DEDUCTED, {"年度": "2009"}),
    case("PE004", DEDUCTED, {"年度": "2026"}),
    case("PE005", FULL, {"说明": "请在此处简要说明审计中发现的问题。"}),
    case("PE005", FULL, {"绩效指标[0].年度指标值": "≥**期"}),
    case("PE005", FULL, {"绩效指标[0].三级指标": "指标1："}),
    case("PE005", FULL, {TARGET: "XX 年举办基层卫生人员培训班 6 期，培训 600 人次，提高诊疗能力。"}),
    case("PE005", T2023, {f"{MANAGED}[5].存在问题": "……"}),
    case("PE006", FULL, {"绩效指标[0].二级指标": GONE}),
    case("PE006", T2020, {"绩效指标[0].一级指标": GONE}),
    case("PE007", FULL, {"绩效指标[7].二级指标": "满意度指标"}),
    case("PE007", FULL, {"绩效指标[0].一级指标": "产出"}),
    case("PE007", T2020, {"绩效指标[6].二级指标": "可持续性影响指标"}),
    case("PE008", FULL, {"绩效指标[0].二级指标": "社会效益指标"}),
    case("PE008", FULL, {"绩效指标[7].二级指标": "质量指标"}),
    case("PE008", COST, {"绩效指标[0].二级指标": "数量指标"}),
    case("PE009", T2020, {"绩效指标[8]": "=绩效指标[0]"}, "绩效指标[8].三级指标"),
    case("PE009", FULL, {"绩效指标[1].三级指标": "培训班期数", "绩效指标[1].年度指标值": "≥6期"}),
    case("PE010", FULL, {"绩效指标[3].年度指标值": "2021年11月底前"}),
    case("PE010", FULL, {"绩效指标[3].实际完成值": "2023年1月5日"}),
    case("PE010", LOW, {"绩效指标[2].实际完成值": "2021-12-24"}),
    case("PE010", FULL, {"填写日期": "2021-02-20"}),
    case("PE010", T2020, {"填写日期": "2022-03-12"}),
    case("PE011", FULL, {"改进措施": "增设线上课程。" * 29}, profile="四川2023"),
    case("PE011", FULL, {ACTUAL: "培训班已办 6 期，" + "到课人数逐期增加，" * 12}, profile="四川2023"),
    case("PE012", FULL, waiver(规则="PE401", 理由="系统另附说明"), "豁免[0].规则"),
    case("PE012", DEDUCTED, waiver(规则="PE999", 理由="系统另附说明"), "豁免[0].规则"),
    case("PE012", FULL, waiver(规则="PE205"), "豁免[0].规则"),
    # funds
    case("PE101", GRADED, {"项目资金[1].全年执行数": "1500.02", "项目资金[1].执行率": "100.00%"}),
    case("PE101", GRADED, {"项目资金[0].全年执行数": "1510"}, also="PE103"),
    case("PE101", T2020, {"项目资金[3].全年执行数": "0.011", "项目资金[2].全年执行数": "202.99"}),
    case("PE102", FULL, {"项目资金[0].年初预算数": "121"}),
    case("PE102", FULL, {"项目资金[3].年初预算数": "6"}, "项目资金[0].年初预算数"),
    case("PE102", FULL, {"项目资金[2].年初预算数": GONE}, "项目资金[0].年初预算数"),
    case("PE102", T2020, {"项目资金[3].全年预算数": "5"}, "项目资金[0].全年预算数"),
    case("PE103", FULL, {"项目资金[1].执行率": "97.71%"}),
    case("PE103", T2020, {"项目资金[2].执行率": "84.5%"}),
    case("PE103", T2023, {"项目资金[1].执行率": "0.95"}),
    case("PE103", COST, {"项目资金[1].执行率": "9590%"}),
    case("PE104", NO_TOTAL, {"项目资金[0].得分": "9.4"}),
    case("PE104", NO_TOTAL, {"项目资金[0].得分": "9.49"}),
    case("PE104", GRADED, {"项目资金[0].得分": "10.0", "总分.得分": "100"}),
    case("PE105", LOW, {"项目资金[0].偏差原因": GONE, "存在问题": GONE}, "项目资金[0].执行率"),
    case("PE105", LOW, {"项目资金[0].偏差原因": "无", "存在问题": "/"}, "项目资金[0].执行率"),
    case("PE106", NO_TOTAL, {"项目资金[0].年初预算数": "500"}, "项目资金[0].全年预算数"),
    case("PE106", COST, {"项目资金[0].年初预算数": "0", "项目资金[1].年初预算数": "0"}, "项目资金[0].全年预算数"),
    case("PE107", NO_TOTAL, {"项目资金[0].全年执行数": GONE}),
    case("PE107", T2020, {"项目资金[0].全年预算数": "0"}),
    case("PE108", LOW, {"项目资金[2].年初预算数": "-0.01"}),
    case("PE108", GRADED, {"项目资金[1].年初预算数": "-1500"}),
    case("PE109", GROUPED, {"项目资金[0].年初预算数": "45", "项目资金[2].年初预算数": "25"}, "项目资金[0].全年预算数"),
    case("PE109", NO_TOTAL, {"项目资金[0].全年预算数": "251.75", "项目资金[0].年初预算数": "265",
                             "项目资金[1].全年预算数": "186.75", "项目资金[0].执行率": "100%",
                             "项目资金[1].执行率": "100%", "项目资金[0].得分": "10"}),
    case("PE110", FULL, {"项目资金[1].分值": "5"}),
    case("PE110", GROUPED, {"项目资金[1].得分": "9.5"}),
    case("PE111", GRADED, {"项目资金[1].全年预算数": "15000000", "项目资金[1].执行率": GONE}),
    case("PE111", COST, {"项目资金[1].年初预算数": "3100000"}, also="PE102"),
    case("PE111", GRADED, {"项目资金[1].年初预算数": "0.15"}),
    # weights
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
    case("PE303", DEDUCTED, {"绩效指标[1].得分": "6"}, "总分.得分"),
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
    case("PE401", DEDUCTED, {"绩效指标[1].偏差原因": GONE}),
    case("PE401", DEDUCTED, {"绩效指标[8].偏差原因": "　"}),
    case("PE401", NO_TOTAL, {"绩效指标[0].得分": "19"}, "绩效指标[0].偏差原因"),
    case("PE404", DEDUCTED, {"绩效指标[1].偏差原因": "疫情影响。"}),
    case("PE404", DEDUCTED, {"绩效指标[2].偏差原因": "/"}),
    case("PE404", DEDUCTED, {"绩效指标[6].偏差原因": "已完成"}),
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
]  # fmt: skip
IDS = [f"{one.rule}-{number}" for number, one in enumerate(CASES)]

# Edits that leave a right form right (or waive what is wrong).
HARMLESS = [
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
     | {"豁免": [{"规则": "PE401", "理由": "原因在系统中另行填报"}]}),
    (LOW, {"存在问题": GONE}),
    (LOW, {"项目资金[0].偏差原因": GONE}),
    (WHOLE, {"部门": GONE, "主管部门": "青河市统计局"}),
    (WHOLE, {"项目名称": "部门整体支出"}),
    (T2020, {"填写日期": "2020-12-31"}),
    (T2020, {"中央主管部门": GONE}),
    (T2023, {"说明": "审计发现超范围支出 2.6 万元，已追回。"}),
    (T2023, {"项目资金[0].资金来源": "总额"}),
]  # fmt: skip


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
        if value is GONE:
            del parent[last]
        elif isinstance(value, str) and value.startswith("="):
            found = copy.deepcopy(look_up(plain, value[1:]))
            parent.append(found) if isinstance(parent, list) else parent.update({last: found})
        else:
            parent[last] = value
    return result


@pytest.fixture(scope="module")
def verdicts(clean, form_of, judge):
    """The verdict on every case's form: all cases of a profile are judged in one batch."""
    found = {}
    for profile in {one.profile for one in CASES}:
        group = [one for one in CASES if one.profile == profile]
        forms = [form_of(edited(clean[one.form], one.edit)) for one in group]
        found |= {id(one): verdict for one, verdict in zip(group, judge(forms, profile), strict=True)}
    return found


@pytest.mark.parametrize("one", CASES, ids=IDS)
def test_the_rule_fires_there_and_no_other_rule_does(one, verdicts):
    findings = verdicts[id(one)].findings
    assert sorted(found.place.path for found in findings if found.rule.id == one.rule) == sorted(one.at)
    assert {found.rule.id for found in findings} == {one.rule, *one.also}


def test_harmless_edits_find_nothing(clean, form_of, judge):
    forms = [form_of(edited(clean[name], edit)) for name, edit in HARMLESS]
    told = [
        (one, finding.rule.id, finding.message)
        for one, verdict in zip(HARMLESS, judge(forms), strict=True)
        for finding in verdict.findings
        if not finding.waived
    ]
    assert told == []


def test_every_rule_has_a_case(pack):
    assert {one.rule for one in CASES} == set(pack.rules)


def test_every_clean_form_is_edited(clean):
    assert {one.form for one in CASES} == set(clean)
