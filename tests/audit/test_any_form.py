"""Of any form, an audit says what lint says: findings and their places, waivers, what is unknown, scores and counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.any_form import KINDS, any_form
from tests.audit.parity import Both

IS_FIXED = "PERFEVAL_EXAMPLES" not in os.environ  # the same examples every time, but for `make proof`
EXAMPLES = int(os.environ.get("PERFEVAL_EXAMPLES", "4"))  # batches; `make proof` asks for more and larger ones
FORMS = int(os.environ.get("PERFEVAL_FORMS", "80"))  # in a batch, all of one 表式


@pytest.fixture(scope="module")
def both() -> Both:
    return Both(Path(__file__).parent / "parity_rules")


@given(first=st.integers(0, 2**40), kind=st.sampled_from(KINDS))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=IS_FIXED)
def test_lint_and_audit_say_the_same(both: Both, first: int, kind: str) -> None:
    assert not both.differences([any_form(number, kind) for number in range(first, first + FORMS)])


def test_a_place_in_doubt_that_a_section_does_not_have_is_none(both: Both) -> None:
    """PE311 calls one of its values 总分, as a section is called."""
    doubts = [{"位置": "总分.没有的"}, {"位置": "绩效指标[0].没有的"}]
    form = {"格式": "perfeval/1", "总分": {"得分": "2.86"}, "存在问题": "自评得分97.36分。", "存疑": doubts}
    assert not both.differences([form])
