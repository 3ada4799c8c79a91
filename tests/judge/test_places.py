"""Where findings point where the form lacks the place, and in which order they come."""

from __future__ import annotations

from perfeval_lint.form.load import load
from perfeval_lint.judge.tell.place import locate
from tests.judge import tell_cases


def test_a_section_that_is_not_there_is_placed_at_the_top():
    (document,) = load("# 表\n格式: perfeval/1\n")
    for at in ("绩效指标", "总分", "总分得分", "项目名称"):
        assert tuple(locate(document.form, "表", 0, at).position) == (2, 1)


def test_findings_come_in_reading_order(judge):
    (document,) = load(tell_cases.FORM)
    (verdict,) = judge.judge([document.form])
    positions = [tuple(one.place.position) for one in verdict.findings]
    assert positions == sorted(positions)
    assert len(positions) > 5
