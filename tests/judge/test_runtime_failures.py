"""A rule that fails while it runs is "not evaluated", on that row only; everything else is judged."""

from __future__ import annotations

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.judge.judge import Judge
from perfeval_lint.rule.pack import compile_pack, every_check

WORD = {"绩效指标": [{"三级指标": "培训", "分值": "3", "得分": "5"}]}  # CAST(三级指标 AS INTEGER) fails
NUMBER = {"绩效指标": [{"三级指标": "7", "分值": "3", "得分": "5"}]}
AT = "绩效指标[0].得分"


@pytest.fixture
def judge_locally(local_folder, form_of):
    """Judges forms by a local folder alone: for each form its findings and what was not evaluated, by rule."""

    def run(files, *plains):
        pack = compile_pack([local_folder(files)])
        verdicts = Judge(pack, every_check(dict(pack.rules)), year=2025).judge([form_of(plain) for plain in plains])
        return [
            (
                {one.rule.id: one.message for one in verdict.each()},
                {one.rule.id: one.missing for one in verdict.not_evaluated},
            )
            for verdict in verdicts
        ]

    return run


@pytest.fixture
def sound(local_rule):
    return {"sound.yaml": local_rule("XX900", "得分 <= 分值", message="{得分} 分")}


@pytest.mark.parametrize("condition", ["CAST(三级指标 AS INTEGER) > 0", "CAST('x' AS INTEGER) > 得分"])
def test_it_is_not_evaluated_and_the_others_are_judged(condition, sound, judge_locally, local_rule):
    ((found, unknown),) = judge_locally(sound | {"a.yaml": local_rule("XX001", condition)}, WORD)
    assert found == {"XX900": "5 分"}
    assert set(unknown) == {"XX001"}


def test_a_failing_when_is_not_taken_for_not_applicable(judge_locally, local_rule):
    rule = local_rule("XX001", "得分 <= 分值", more="when: CAST(三级指标 AS INTEGER) > 0\n")
    assert judge_locally({"a.yaml": rule}, WORD) == [({}, {"XX001": ("绩效指标.得分", "绩效指标.分值")})]


def test_it_fails_on_its_row_only(sound, judge_locally, local_rule):
    files = sound | {"a.yaml": local_rule("XX001", "CAST(三级指标 AS INTEGER) > 100", message="{三级指标} 太小")}
    forms = [NUMBER, WORD, NUMBER]
    expected = ({"XX900": "5 分", "XX001": "7 太小"}, {})
    first, middle, last = judge_locally(files, *forms)
    assert (first, last) == (expected, expected)
    assert middle == ({"XX900": "5 分"}, {"XX001": ("绩效指标.三级指标",)})


def test_a_failing_value_of_a_message_blanks_that_message_only(sound, judge_locally, local_rule):
    values = "values: {数: CAST(三级指标 AS INTEGER) + 1}\n"
    files = sound | {"a.yaml": local_rule("XX001", "得分 <= 分值", message="数是 {数}", more=values)}
    word, number = judge_locally(files, WORD, NUMBER)
    assert word == ({"XX001": "数是 （空）", "XX900": "5 分"}, {})
    assert number == ({"XX001": "数是 8", "XX900": "5 分"}, {})


def test_a_failing_derived_column_is_empty(sound, judge_locally, local_rule):
    definitions = "columns:\n  指标:\n    数: {sql: CAST(三级指标 AS INTEGER), says: 会出错的列}\n"
    files = sound | {"definitions.yaml": definitions, "a.yaml": local_rule("XX001", "数 > 100")}
    word, number = judge_locally(files, WORD, NUMBER)
    assert word == ({"XX900": "5 分"}, {"XX001": ("绩效指标.三级指标",)})
    assert number == ({"XX001": "坏", "XX900": "5 分"}, {})


def test_a_failing_aggregate_is_told_as_a_fault_of_the_definitions(judge_locally, local_rule):
    definitions = "columns:\n  表:\n    数: {of: 指标, sql: sum(CAST(三级指标 AS INTEGER)), says: 会出错的列}\n"
    rule = local_rule("XX001", "表.数 > 100")
    with pytest.raises(RulePackBroken, match="派生列计算出错"):
        judge_locally({"definitions.yaml": definitions, "a.yaml": rule}, WORD)


def test_a_parameter_of_the_wrong_type_is_not_evaluated(sound, judge_locally, local_rule):
    rule = local_rule("XX001", "得分 <= CAST($上限 AS INTEGER)", more="params: {上限: 高}\n")
    assert judge_locally(sound | {"a.yaml": rule}, NUMBER) == [({"XX900": "5 分"}, {"XX001": ("绩效指标.得分",)})]
