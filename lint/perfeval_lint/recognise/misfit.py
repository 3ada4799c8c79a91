"""How badly a cell fits under a column: what ragged rows are aligned by."""

from __future__ import annotations

from perfeval_lint.recognise.columns import Misfit
from perfeval_lint.recognise.template import HEADING, Vocabulary
from perfeval_lint.recognise.text import clean
from perfeval_lint.recognise.values import is_number, weight_in_name

_NUMBERS = ("分值", "得分")
_AMOUNTS = ("年初预算数", "全年预算数", "全年执行数", "执行率", "分值", "得分")
_SIGNS = frozenset("≥ ≤ > < = ≧ ≦ >= <= ＞ ＜ ＝ ═ 定性 定量 定性指标 定量指标".split())


def indicator_misfit(words: Vocabulary) -> Misfit:
    """For the columns of the indicators."""

    def misfit(role: str, text: str) -> float:
        if words.is_blank(text):
            return {"三级指标": 1.0, "一级指标": 0.2, "二级指标": 0.2, "符号": 0.2}.get(role, 0.1)
        if role in _NUMBERS:
            return 0.0 if is_number(text) else 3.0
        if role in ("一级指标", "二级指标"):
            return _level_misfit(words, role, text)
        if text.strip() in words.fillers:
            return 0.0 if role == "三级指标" else 0.5
        if role == "三级指标":
            is_level = words.role("levels", text) is not None
            return 2.0 if is_number(text) else 0.6 if is_level else 0.0
        if role == "符号":
            return 0.0 if clean(text) in _SIGNS or clean(text)[:1] in _SIGNS else 2.0
        if role == HEADING:
            return 0.0 if words.role("indicators", text) == HEADING else 2.0
        if role == "偏差原因":
            return 1.5 if is_number(text) else 0.0
        return 0.0

    return misfit


def _level_misfit(words: Vocabulary, role: str, text: str) -> float:
    if is_number(text):
        return 3.0
    found = words.role("levels", weight_in_name(clean(text))[0])
    if found is None:
        return 1.5
    return 0.0 if found == role[:2] else 0.3


def fund_misfit(words: Vocabulary) -> Misfit:
    """For the columns of the funds."""

    def misfit(role: str, text: str) -> float:
        if words.is_blank(text):
            return 0.6 if role in ("", HEADING, "资金来源") else 0.1
        if role in _AMOUNTS:
            return 0.0 if is_number(text) else 2.0
        if role in ("", HEADING, "资金来源"):
            return 3.0 if is_number(text) else 0.0
        return 0.0

    return misfit


def text_misfit(words: Vocabulary) -> Misfit:
    """For columns of texts: headings are no texts."""

    def misfit(role: str, text: str) -> float:
        if role in ("", HEADING):
            return 0.5
        return 0.2 if words.is_blank(text) else 0.0

    return misfit


def matter_misfit(words: Vocabulary) -> Misfit:
    """For the columns of 资金管理情况: a short name, then texts."""

    def misfit(role: str, text: str) -> float:
        if role in ("", HEADING):
            return 0.6 if words.is_blank(text) else 0.0 if len(text) < 20 else 0.5
        return 0.2 if words.is_blank(text) else 0.0

    return misfit
