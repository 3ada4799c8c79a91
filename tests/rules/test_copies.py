"""A result that copies its target, PE507 and PE526: words, deadlines and bounds, not what may come out as planned."""

from __future__ import annotations

import re

import pytest

COPIES = {
    "PE507": """2023年11月底前完成培训 每家支持不超过100万元 控制在60万元以内 培训≥3期，≥120人 ≤400元/人/天
        符合GB18483标准 形成联盟管理制度和运行机制 无障碍设施建成并投入使用""",
    "PE526": """11月底前 11月底前完成 12月31日前 年底前 ≥3期 3期以上 至少1次 ≤5% 6-8个 24小时内 7个工作日内 下降10%以上
        不超预算 规定时间内 有效提升 有所提升 提升 达到出版要求 通过集体评审 符合国家标准 11月底前。""",
    None: """11月 第三季度 2023年 12月底 年底 2023年12月31日 2023年1月-12月 每月5日前 全年 当年 3年
        3期 =3期 200余件 约200件 控制在53万 达到80家 70万、95万、35万 培训3期、120人 每月2次 100% 下降10%
        400元/人/天 应保尽保
        零事故 无投诉 0起 未发生重大事故 一级 A级 国家级 市级保护单位 第一名 验收合格 质量达标 动态清零 优秀等次
        优良中差 优良中低差 高中低 优 好 是 合格 通过 长期 无
        按时完成 已完成 完成 全部建成""",
}


@pytest.fixture(scope="module")
def copies(form_of, judge):
    """The rules of the two that speak of each text, copied as the result, all in one form."""

    def of(texts):
        rows = [{"三级指标": f"第{n}项", "年度指标值": text, "实际完成值": text} for n, text in enumerate(texts)]
        (verdict,) = judge([form_of({"年度": "2023", "绩效指标": rows})], "通用")
        found = {"PE507": [], "PE526": [], "PE508": []}
        for one in verdict.each():
            if one.rule.id in found:
                found[one.rule.id].append(texts[int(re.findall("[0-9]+", one.place.path)[0])])
        assert found.pop("PE508") == []  # a bound that is copied is found as a copy
        return found

    return of


@pytest.mark.parametrize("rule", COPIES)
def test_what_a_copy_is(rule, copies):
    texts = COPIES[rule].split()
    assert copies(texts) == {"PE507": [], "PE526": []} | ({rule: texts} if rule else {})


def test_only_a_whole_copy_counts(copies, form_of, judge):
    row = {"三级指标": "验收", "年度指标值": "11月底前", "实际完成值": "11月底前完成验收"}
    (verdict,) = judge([form_of({"年度": "2023", "绩效指标": [row]})], "通用")
    assert not {"PE507", "PE526"} & {one.rule.id for one in verdict.each()}
