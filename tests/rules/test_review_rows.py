"""What the review makes of one row: by what its result says, and by whether the result says anything at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Review
from perfeval_lint.quantity.read import read_quantity
from tests.rules import corpus

OTHER = {"三级指标": "会议", "年度指标值": "4次", "实际完成值": "4次", "分值": "80", "得分": "80"}


class Row(NamedTuple):
    """What the review makes of a row of 20 points beside one of 80."""

    due: Decimal
    is_most: bool
    is_covered: bool
    reason: str | None
    is_copied: bool


Rows = Callable[[Iterable[tuple[str, str, str]]], list[Row]]


def row(review: Review | None, *, is_copied: bool) -> Row:
    assert review is not None
    reasons = [change.reason for change in review.changes]
    assert [change.is_most for change in review.changes] == [review.is_most] * len(reasons)
    return Row(review.score - 80, review.is_most, review.covered == 100, (reasons or [None])[0], is_copied)


@pytest.fixture(scope="module")
def rows(pack) -> Rows:
    """The review of rows given as target, result and score."""
    judge = Judge(pack, [], year=corpus.THIS_YEAR, with_review=True)

    def of(given: Iterable[tuple[str, str, str]]) -> list[Row]:
        forms: list[Any] = []
        for target, actual, score in given:
            cells = {"三级指标": "事项", "年度指标值": target, "实际完成值": actual, "分值": "20", "得分": score}
            forms.append(corpus.form_of({"年度": "2022", "绩效指标": [OTHER, cells]}))
        verdicts = judge.judge(forms)
        with judge.cursors.one() as cursor:
            query = f"SELECT 照抄 FROM {judge.built.final['指标']} WHERE 行号 = 1 ORDER BY 表号"
            copied = [bool(copied) for (copied,) in cursor.execute(query).fetchall()]
        return [row(verdict.review, is_copied=one) for verdict, one in zip(verdicts, copied, strict=True)]

    return of


TEXT, NUMBER, DATE = "业务水平明显提升", "≥200人", "2022年11月底前"

RECKONED = (
    (TEXT, "未举办", "0", "未开展，不得分"),
    (TEXT, "因场地原因未开展", "0", "未开展，不得分"),
    (TEXT, "已取消", "0", "未开展，不得分"),
    (NUMBER, "未安排培训", "0", "未开展，不得分"),
    (DATE, "未启动", "0", "未开展，不得分"),
    (TEXT, "未达成年度指标且效果较差", "12", "未达成，至多 60%"),
    (TEXT, "未达到预期", "12", "未达成，至多 60%"),
    (TEXT, "没有完成", "12", "未达成，至多 60%"),
    (TEXT, "部分达成年度指标并具有一定效果", "16", "部分达成，至多 80%"),
    (TEXT, "未按时完成", "16", "部分达成，至多 80%"),
    (NUMBER, "150人", "15", "完成 75%，按比例应得 15 分"),
    (NUMBER, "0人", "0", "完成 0%，按比例应得 0 分"),
)
# Something is wrong, and by how much cannot be said.
UNRECKONED = (
    ("2022年9月底前", "2022年11月", "20", "过了时限，应扣多少算不出"),
    (DATE, "部分完成", "20", "只完成了一部分，应扣多少算不出"),
    (DATE, "未完成", "20", "没有完成，应扣多少算不出"),
    (DATE, "未按期完成", "20", "过了时限，应扣多少算不出"),
    (NUMBER, "部分完成", "16", "部分达成，至多 80%"),
    (NUMBER, "未达到", "12", "未达成，至多 60%"),
    (NUMBER, "未按计划完成", "20", "过了时限，应扣多少算不出"),
    (TEXT, "未验收", "20", "没有完成，应扣多少算不出"),
    (TEXT, "未举办线下论坛，改为线上举办", "20", "没有完成，应扣多少算不出"),
)


@pytest.mark.parametrize(("cases", "is_most"), [(RECKONED, False), (UNRECKONED, True)])
def test_what_was_not_done_is_reckoned_by_what_is_said_of_it(cases, is_most, rows):
    full = rows((target, actual, "20") for target, actual, _, _ in cases)
    assert full == [Row(Decimal(due), is_most, not is_most, reason, False) for _, _, due, reason in cases]


def test_every_verb_that_may_not_have_begun_is_worth_nothing(pack, rows):
    verbs = max(re.findall(r"\(\?:([^()]+)\)", pack.definitions.macros["未开展样式"].body.sql), key=len).split("|")
    found = rows((TEXT, f"未{verb}", "20") for verb in verbs)
    assert [verb for verb, one in zip(verbs, found, strict=True) if one.due] == []


def test_a_score_no_higher_than_is_due_stays(rows):
    found = rows((target, actual, due) for target, actual, due, _ in RECKONED)
    assert found == [Row(Decimal(due), False, True, None, False) for _, _, due, _ in RECKONED]
    nothing = rows((target, actual, "0") for target, actual, _, _ in UNRECKONED)
    assert [(one.due, one.is_most, one.reason) for one in nothing] == [(0, False, None)] * len(UNRECKONED)


COPIES = (
    *("≥3期", "每家支持不超过100万元", "90%以上", "6-8个", "≤5%", "30个工作日内", "11月底前", "2022年12月31日前"),
    *("9月底前完成项目申报", "12月底前完成3期", "有效保障", "及时", "项目通过集体评审", "保障机构正常运转"),
)
RESULTS = (
    *("3期", "100%", "0起", "100万元", "70万、95万、35万", "全覆盖", "零投诉", "无投诉", "未发生安全事故"),
    *("11月20日", "2022年12月", "第四季度", "2022年", "1-12月", "12月份完成", "达到80家", "控制在53万"),
    *("验收合格", "评审通过", "按时完成", "达标", "A级", "一级", "国家级", "200余件"),
)


def test_a_copied_target_is_not_reviewed_and_keeps_its_score(rows):
    found = rows((text, f" {text}。", "20") for text in COPIES)
    assert found == [Row(Decimal(20), False, False, None, True)] * len(COPIES)


def test_a_result_as_planned_is_no_copy(rows):
    found = rows((text, text, "20") for text in RESULTS)
    assert [text for text, one in zip(RESULTS, found, strict=True) if one.is_copied] == []


def test_every_closed_scale_is_no_copy_and_what_is_none_is(pack, rows):
    macros = pack.definitions.macros
    scales = re.findall("'([^']+)'", macros["档次词"].body.sql)
    plain = [word for word in scales if str(read_quantity(word, 2022)) == "定性"]
    assert plain == scales  # what is read as a number or as done needs no word here
    shape = macros["档次样式"].body.sql.strip("'")
    assert [word for word in scales if re.fullmatch(shape, word)] == []
    found = rows((word, word, "20") for word in scales)
    assert [word for word, one in zip(scales, found, strict=True) if one.is_copied] == []
    prose = [f"工作{word}推进" for word in scales]
    found = rows((text, text, "20") for text in prose)
    assert [text for text, one in zip(prose, found, strict=True) if not one.is_copied] == []


def test_a_number_or_a_date_answered_by_words_is_not_reviewed(rows):
    targets = ("≥95%", "3期", DATE, "第四季度", "12月底前完成3期")
    pairs = [(target, actual, "20") for target in targets for actual in ("按时完成", "达成预期指标", "已完成")]
    assert rows(pairs) == [Row(Decimal(20), False, False, None, False)] * len(pairs)
