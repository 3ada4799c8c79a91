"""Messages quote the form as it stands."""

from __future__ import annotations

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.judge.examples import run_examples
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.tell.wording import help_in_general
from perfeval_lint.rule.pack import compile_pack, every_check


@pytest.fixture
def message(judge, form_of):
    def read(rule, plain):
        (verdict,) = judge.judge([form_of(plain)])
        (found,) = [one.message for one in verdict.each() if one.rule.id == rule]
        return found

    return read


def test_numbers_are_quoted_as_printed(message):
    row = {"资金来源": "年度资金总额", "全年预算数": "100.00", "全年执行数": "120.50"}
    assert message("PE101", {"项目资金": [row]}) == (
        "年度资金总额：全年执行数 120.50 万元超过全年预算数 100.00 万元，多 20.5 万元"
    )


def test_what_a_cell_says_is_not_taken_for_a_placeholder(message):
    assert message("PE002", {"绩效指标": [{"三级指标": "培训", "得分": "{字段名}"}]}) == (
        "“{字段名}”不是数字，得分读不出"
    )
    row = {"资金来源": "{全年执行数}", "全年预算数": "1", "全年执行数": "2"}
    assert message("PE101", {"项目资金": [row]}).startswith("{全年执行数}：全年执行数 2 万元")


def test_costs_and_counts_are_told_by_how_much_they_are_over(message):
    def told(rule, **row):
        return message(rule, {"绩效指标": [{"分值": "10", "得分": "10", "偏差原因": "按市价"} | row]})

    cost = {"二级指标": "成本指标", "三级指标": "设备费"}
    assert "，超过目标 41.764 万元（7.6%），" in told("PE305", **cost, 年度指标值="≤550万元", 实际完成值="591.764万元")
    assert "，超过目标 100.5 元（2%），" in told("PE305", **cost, 年度指标值="≤5000元", 实际完成值="5100.5元")
    assert "，超过目标 3 起（30%），" in told("PE305", 三级指标="事故起数", 年度指标值="≤10起", 实际完成值="13起")
    assert "，超过目标 1 起，" in told("PE305", 三级指标="事故起数", 年度指标值="0起", 实际完成值="1起")
    assert "，超过目标 1.5 个百分点，" in told("PE305", 三级指标="投诉率", 年度指标值="≤2.5%", 实际完成值="4%")
    assert "，超过目标，" in told("PE305", 三级指标="响应时间", 年度指标值="≤2小时", 实际完成值="150分钟")
    assert "，完成 80%，" in told("PE305", 三级指标="培训", 年度指标值="≥10期", 实际完成值="8期")


HELPED = "help: 把{字段名}改到 {上限} 以下，“{三级指标}”现在是 {本字段原文}；{说}，再核对。"


def _helped(local_rule):
    text = local_rule(
        "XX001", "本字段 <= $上限", message="坏", more="params: {上限: 1}\nvalues:\n  说: concat(得分原文, '。')\n"
    )
    return text.replace("for: 指标", "for: {指标: [得分]}").replace("at: 得分\n", "").replace("help: 改正。", HELPED)


def test_help_is_filled_in_for_one_form_and_in_bulk(tmp_path, local_rule, form_of):
    (tmp_path / "definitions.yaml").write_text("macros: {}\n", "utf-8")
    (tmp_path / "XX001-rule-xx001.yaml").write_text(_helped(local_rule), "utf-8")
    pack = compile_pack([tmp_path])
    (verdict,) = Judge(pack, every_check(pack.rules), year=2025).judge(
        [form_of({"绩效指标": [{"三级指标": "培训", "得分": "2.50"}]})]
    )
    assert verdict.findings[0].help == "把得分改到 1 以下，“培训”现在是 2.50；2.50，再核对。"
    assert [one.trouble for one in run_examples(pack)] == [None, None]
    general = help_in_general(pack.rules["XX001"], {"上限": "1"})
    assert general == "把得分改到 1 以下，“〔三级指标〕”现在是 〔本字段原文〕；〔说〕，再核对。"


def test_names_in_help_are_checked(tmp_path, local_rule):
    (tmp_path / "definitions.yaml").write_text("macros: {}\n", "utf-8")
    broken = _helped(local_rule).replace("{上限} 以下", "{上线} 以下").replace("，再核对", "，再{核对")
    (tmp_path / "XX001-rule-xx001.yaml").write_text(broken, "utf-8")
    with pytest.raises(RulePackBroken) as caught:
        compile_pack([tmp_path])
    told = [problem.message for problem in caught.value.problems]
    assert any("上线" in one for one in told)
    assert "花括号没有成对" in told
    assert {problem.line for problem in caught.value.problems if "上线" in problem.message} == {8}
