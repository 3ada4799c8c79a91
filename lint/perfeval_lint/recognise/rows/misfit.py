"""Rates how badly a cell fits under a column; ragged rows are aligned by it."""

from __future__ import annotations

import re

from perfeval_lint.recognise.rows.columns import Misfit
from perfeval_lint.recognise.words.template import DROPPED, HEADING, SOURCE, Vocabulary
from perfeval_lint.values.name import weight_in_name
from perfeval_lint.values.number import is_number
from perfeval_lint.values.text import clean

_NUMBERS = ("分值", "得分")
_VALUES = ("年度指标值", "实际完成值", "调整指标值")
_AMOUNTS = ("年初预算数", "全年预算数", "全年执行数", "执行率", "分值", "得分", SOURCE)
_SIGNS = frozenset("≥ ≤ > < = ≧ ≦ >= <= ＞ ＜ ＝ ═ 定性 定量 定性指标 定量指标".split())
_BARE_SIGNS = frozenset("≥ ≤ > < = ≧ ≦ >= <= ＞ ＜ ＝ ═".split())
_COMPARES = ("≥", "≤", ">", "<", "=", "≧", "≦")
_SHORT = 4  # a text in the place of an amount: (缺), 无
_MONEY = ("元", "万")
_LONGEST_UNIT = 15
_BARE_WEIGHT = re.compile(r"(?<=[^0-9])[0-9]{1,3}$")
_BLANKS = {"三级指标": 0.5, "一级指标": 0.2, "二级指标": 0.2, "符号": 0.2, "分值": 0.3, "得分": 0.3, "偏差原因": 0.0}


def indicator_misfit(words: Vocabulary) -> Misfit:
    """For the columns of the indicators."""

    def misfit(role: str, text: str) -> float:
        if words.is_blank(text):
            return _BLANKS.get(role, 0.1)
        if role in _NUMBERS:
            return 3.0 if not is_number(text) else 1.5 if clean(text).endswith(_MONEY) else 0.0
        if role in ("一级指标", "二级指标"):
            return _level_misfit(words, role, text)
        if text.strip() in words.fillers:
            return {"三级指标": 0.0, "偏差原因": 2.0}.get(role, 0.5)
        if role == "符号":
            return 0.0 if clean(text) in _SIGNS or clean(text)[:1] in _SIGNS else 2.0
        if role == HEADING:
            return 0.0 if words.role("indicators", text) == HEADING else 2.0
        return _text_misfit(words, role, text)

    return misfit


def _level_misfit(words: Vocabulary, role: str, text: str) -> float:
    if is_number(text):
        return 3.0
    found = _level(words, text)
    if found is None:
        return 1.5
    return 0.0 if found == role[:2] else 0.3


def _level(words: Vocabulary, text: str) -> str | None:
    """The level that a cell names, without a weight after it; None where it names none."""
    name, weight = weight_in_name(clean(text))
    return words.role("levels", name if weight else _BARE_WEIGHT.sub("", name))


def _text_misfit(words: Vocabulary, role: str, text: str) -> float:
    """For names, targets, results, units and reasons: none is a level, a name is no value, a reason no number."""
    is_level = _level(words, text) is not None
    if role == "三级指标":
        is_other = is_number(text) or clean(text).startswith(_COMPARES) or words.is_total(text)
        return 2.0 if is_other else 0.8 if is_level else 0.0
    if role in (*_VALUES, "偏差原因") and (words.is_total(text) or words.role("footers", text) is not None):
        return 2.0
    if role in _VALUES:
        is_target = role == "实际完成值" and clean(text).startswith(_COMPARES)
        return 2.0 if clean(text) in _BARE_SIGNS else 1.5 if is_level else 0.5 if is_target else 0.0
    if role == "偏差原因":
        return 1.5 if is_number(text) else 2.0 if is_level or clean(text).startswith(_COMPARES) else 0.0
    if role == "单位":
        return 2.0 if is_number(text) or is_level else 1.0 if len(text) > _LONGEST_UNIT else 0.0
    return 0.3 if role == "" else 0.0


def fund_misfit(words: Vocabulary) -> Misfit:
    """For the columns of the funds."""

    def misfit(role: str, text: str) -> float:
        if words.is_blank(text):
            return 0.6 if role in ("", HEADING, "资金来源") else 0.1
        if role in _AMOUNTS:
            is_rate = role not in ("执行率", "得分") and "%" in clean(text)
            return (1.0 if len(text) < _SHORT else 3.0) if not is_number(text) else 1.0 if is_rate else 0.0
        if role in ("", HEADING, "资金来源"):
            is_beside = role == HEADING and words.role("funds", text) != HEADING
            return 3.0 if is_number(text) else 0.3 if is_beside else 0.0
        return 0.0

    return misfit


def text_misfit(words: Vocabulary) -> Misfit:
    """For columns of texts: headings are no texts."""

    def misfit(role: str, text: str) -> float:
        if role in ("", HEADING):
            is_heading = words.is_blank(text) or words.role("goals", text) == HEADING
            return 0.5 if role == "" or is_heading else 2.0
        return 0.2 if words.is_blank(text) else 1.0 if is_number(text) and role != DROPPED else 0.0

    return misfit


def matter_misfit(words: Vocabulary) -> Misfit:
    """For the columns of 资金管理情况: one of its matters, then texts."""

    def misfit(role: str, text: str) -> float:
        is_matter = words.is_matter(text)
        if role in ("", HEADING):
            return 0.6 if words.is_blank(text) else 0.0 if is_matter else 0.5 if len(text) < 20 else 1.5
        return 2.0 if is_matter else 0.2 if words.is_blank(text) else 0.0

    return misfit
