"""Of any form, the review gives no row, and no form, more than it gave itself, and no form more than the whole."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint.form.definition import TOTAL
from perfeval_lint.judge.judge import Judge
from tests.audit.any_form import KINDS, any_form
from tests.rules import corpus

IS_FIXED = "PERFEVAL_EXAMPLES" not in os.environ  # the same examples every time, but for `make proof`
EXAMPLES = int(os.environ.get("PERFEVAL_EXAMPLES", "4"))  # batches; `make proof` asks for more and larger ones
FORMS = int(os.environ.get("PERFEVAL_FORMS", "80"))  # in a batch
GRADES = "优良中差"


@pytest.fixture(scope="module")
def judge(pack) -> Judge:
    return Judge(pack, [], year=corpus.THIS_YEAR, with_review=True)


# Of the rows that count, what each gave itself; a form's execution counts once.
OWN = """
SELECT 表号, sum(得分) FROM (
    SELECT 表号, 得分 FROM {指标} WHERE 计分行 UNION ALL SELECT 表号, max(得分) FROM {资金} WHERE 执行行 GROUP BY 表号
) GROUP BY 表号"""
RAISED = "SELECT 表号, 行号 FROM {} WHERE 复核分 > coalesce(得分, 0)"


@given(first=st.integers(0, 2**40), kind=st.sampled_from(KINDS))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=IS_FIXED)
def test_nothing_is_given_that_was_not_claimed(judge: Judge, first: int, kind: str) -> None:
    forms = [corpus.form_of(any_form(number, kind)) for number in range(first, first + FORMS)]
    verdicts = judge.judge(forms)
    tables = judge.built.final
    with judge.cursors.one() as cursor:
        raised = {name: cursor.execute(RAISED.format(tables[name])).fetchall() for name in ("指标", "资金")}
        own = dict(cursor.execute(OWN.format(**tables)).fetchall())
    assert raised == {"指标": [], "资金": []}
    reviews = [(number, verdict.review) for number, verdict in enumerate(verdicts) if verdict.review]
    assert reviews
    for number, review in reviews:
        assert review.score <= 100
        assert review.score <= round(own[number], 2)
        assert review.total is None or review.covered <= max(review.total, Decimal(0))
        grade = next((row.text("等级") or "" for row in forms[number].rows(TOTAL)), "")[:1]
        assert GRADES.index(review.grade) >= GRADES.find(grade)
        for change in review.changes:
            assert change.reason
            is_row = change.place.part != TOTAL.key
            assert change.given is None or change.is_most or not is_row or change.due < change.given
