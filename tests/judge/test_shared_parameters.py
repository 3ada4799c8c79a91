"""Parameters of the derived columns: given with a default in a definitions file, changed by profiles and settings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.judge.judge import Judge
from perfeval_lint.rule.pack import compile_pack, shared_words
from perfeval_lint.rule.profile import Overrides, checks_for, pack_under, shared_params

# Every kind of parameter, in every kind of derived column.
DEFINITIONS = """\
params:
  倍数: 1.50
  做法: 按分值
  免查: [会议]
  上限: {培训: 4, 会议: 2}
  从宽: false
columns:
  指标:
    限: {sql: "CASE WHEN $做法 = '按分值' THEN 分值 * $倍数 ELSE $上限[三级指标] END", says: 得分的上限}
    免: {sql: "list_contains($免查, 三级指标) OR $从宽", says: 不查的指标}
    同名合计: {by: [三级指标], sql: sum(得分) * $倍数, says: 同名指标的得分}
  表:
    超限数: {of: 指标, sql: count(*) FILTER (WHERE 得分 > 分值 * $倍数), empty: 0, says: 得分超过上限的指标数}
    匹配数: {of: 指标, match: "三级指标 = 本行.项目名称 AND 得分 > $倍数", sql: count(*), empty: 0, says: 同名指标数}
"""
NAMED = "name: {name}\nsays: 有\nbasis: [{{kind: house, text: 有}}]\n"
PROFILES = {
    "profiles/通用.yaml": NAMED.format(name="通用"),
    "profiles/甲省.yaml": NAMED.format(name="甲省") + "extends: 通用\nparams: {共用: {倍数: 2, 从宽: false}}\n",
    "profiles/甲市.yaml": NAMED.format(name="甲市") + "extends: 甲省\nparams: {共用: {做法: 按名称}}\n",
}
FORM = {
    "项目名称": "培训",
    "绩效指标": [
        {"三级指标": "培训", "分值": "2", "得分": "3.5"},
        {"三级指标": "会议", "分值": "2", "得分": "9"},
        {"三级指标": "培训", "分值": "1", "得分": "5"},
    ],
}


@pytest.fixture
def pack(local_folder, local_rule):
    rules = {
        "XX001": "得分 <= 限 OR 免",
        "XX002": "同名合计 < 14",
        "XX003": "表.超限数 < 3",
        "XX004": "表.匹配数 < 2",
        "XX005": "得分 < 100",
    }
    files = {f"{id}.yaml": local_rule(id, require) for id, require in rules.items()}
    return compile_pack([local_folder(files | PROFILES | {"definitions.yaml": DEFINITIONS})])


@pytest.fixture
def found(pack, form_of):
    """The rows that a rule finds fault with under a profile and a user's changes of the shared parameters."""

    def of(rule, profile="通用", **changes):
        overrides = Overrides(params={"共用": changes}, select=(rule,))
        checks = list(checks_for(pack, profile, overrides))
        (verdict,) = Judge(pack_under(pack, profile, overrides), checks, year=2025).judge([form_of(FORM)])
        assert verdict.not_evaluated == ()
        return [int(one.place.path[5]) for one in verdict.each()]

    return of


def test_the_defaults_hold_where_nobody_changes_them(found):
    assert found("XX001") == [0, 2]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"倍数": Decimal(2)}, [2]),
        ({"倍数": Decimal("1.75")}, [2]),
        ({"做法": "按名称"}, [2]),
        ({"做法": "按名称", "上限": {"培训": Decimal(3), "会议": Decimal(9)}}, [0, 2]),
        ({"做法": "'); DROP TABLE 指标; --", "上限": {"'": Decimal(1), "培训": Decimal(9)}}, []),
        ({"免查": ["培训", "会'议"]}, [1]),
        ({"从宽": True}, []),
    ],
)
def test_a_change_of_every_kind_of_parameter(changes, rows, found):
    assert found("XX001", **changes) == rows


def test_profiles_change_them_and_those_they_extend_before(found):
    assert found("XX001", "甲省") == [2]
    assert found("XX001", "甲市") == [2]
    assert found("XX001", "甲市", 上限={"培训": Decimal(3)}) == [0, 2]
    assert found("XX001", "甲省", 倍数=Decimal("1.50")) == [0, 2]  # the user's own change comes last


@pytest.mark.parametrize(("rule", "by_default", "doubled"), [("XX002", [], [0, 1, 2]), ("XX003", [0, 1, 2], [])])
def test_they_change_columns_that_sum_up(rule, by_default, doubled, found):
    assert found(rule) == by_default
    assert found(rule, 倍数=Decimal(2)) == doubled


def test_they_change_what_is_matched(found):
    assert found("XX004") == [0, 1, 2]
    assert found("XX004", 倍数=Decimal(4)) == []


def test_all_layers_together(pack):
    defaults = {"倍数": Decimal("1.50"), "做法": "按分值", "免查": ["会议"], "从宽": False}
    defaults |= {"上限": {"培训": Decimal(4), "会议": Decimal(2)}}
    assert pack.definitions.params == defaults
    assert shared_params(pack, "通用", Overrides()) == defaults
    assert shared_params(pack, "甲省", Overrides()) == defaults | {"倍数": Decimal(2)}
    overrides = Overrides(params={"共用": {"从宽": True}})
    assert shared_params(pack, "甲市", overrides) == defaults | {"倍数": Decimal(2), "做法": "按名称", "从宽": True}
    assert pack.definitions.params == defaults


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("XX001", {"做法", "倍数", "上限", "免查", "从宽"}),
        ("XX002", {"倍数"}),
        ("XX003", {"倍数"}),
        ("XX005", set()),
    ],
)
def test_which_of_them_a_rule_depends_on(rule, words, pack):
    assert set(shared_words(pack.definitions, pack.rules[rule])) == words


def test_two_judges_of_different_parameters_do_not_mix(pack, form_of):
    judges = []
    for times in (Decimal("1.5"), Decimal(2)):
        overrides = Overrides(params={"共用": {"倍数": times}}, select=("XX001",))
        checks = list(checks_for(pack, "通用", overrides))
        judges.append(Judge(pack_under(pack, "通用", overrides), checks, year=2025))
    one, other = judges
    numbers = [len(judge.judge([form_of(FORM)])[0].findings) for judge in (one, other, one, other)]
    assert numbers == [2, 1, 2, 1]


def test_a_rule_does_not_see_them(local_folder, local_rule):
    """A rule has parameters of its own; what it wants of the shared ones it takes from a column."""
    folder = local_folder({"definitions.yaml": "params: {界线: 3}\n", "a.yaml": local_rule("XX001", "得分 > $界线")})
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([folder])
    (problem,) = broken.value.problems
    assert (problem.file, problem.line) == ("local/a.yaml", 6)
    assert "$界线" in problem.message


@pytest.mark.parametrize("content", ["params: 界线\n", "params: [界线]\n", "params: {界线: {甲: [1]}}\n"])
def test_parameters_of_no_known_shape_are_told(content, local_folder):
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([local_folder({"definitions.yaml": content})])
    assert [(problem.file, problem.line) for problem in broken.value.problems] == [("local/definitions.yaml", 1)]


def test_match_and_empty_are_checked_too(local_folder, local_rule):
    definitions = (
        "columns:\n  分组:\n    项数:\n      of: 指标\n      match: 一级指标 = 本行.名称 AND 分值 > $甲\n"
        "      sql: count(*)\n      empty: $乙\n      says: 数\n    余:\n      of: 指标\n      sql: count(*)\n"
        "      empty: 分值\n      says: 数\n"
    )
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([local_folder({"definitions.yaml": definitions, "a.yaml": local_rule("XX001", "分值 > 0")})])
    told = [(problem.line, problem.message) for problem in broken.value.problems]
    assert [line for line, _ in told] == [5, 7, 12]
    assert "$甲" in told[0][1]
    assert "$乙" in told[1][1]
    assert "不能用列“分值”" in told[2][1]


def test_one_name_in_two_files_is_told(local_folder, local_rule):
    folder = local_folder(
        {"definitions.yaml": "params: {反向计分: 按差额}\n", "a.yaml": local_rule("XX001", "得分 > 0")}
    )
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([Path(__file__).parents[2] / "rules", folder])
    assert [(problem.file, problem.line) for problem in broken.value.problems] == [("local/definitions.yaml", 1)]
