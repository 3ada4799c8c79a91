"""Digits and signs as people type them, brought to the one way of writing the reader knows."""

from __future__ import annotations

import re
from decimal import Decimal

HINTS = re.compile("，[0-9]{3}|[.][0-9]|。[0-9]|[￥¥]|RMB|CNY|人民币|[mM][23]|[↑↓]", re.IGNORECASE)

_LEADING_POINT = re.compile(r"(?:^|(?<=[≥≤≧≦⩾⩽><=~+于到至约为(-]))\.(?=[0-9])")
_GROUPED = re.compile(r"(?<![0-9.])(?<![0-9][,，])[1-9][0-9]{0,2}(?:，[0-9]{3})+(?!，?[0-9])")
_POINT_OF_TEXT = re.compile("(?<=[0-9])。(?=[0-9])")
_EXPONENT = re.compile("(?<=[0-9万亿余多/kKhc])([mM])([23])(?![0-9A-Za-z])")
_EXPONENTS = {"2": "²", "3": "³"}
_CURRENCY = re.compile(
    r"(?:[￥¥]|RMB|CNY|人民币)+([0-9][0-9,]{0,20}(?:\.[0-9]{1,9})?)(?P<more>[万亿千百十元余多])?", re.IGNORECASE
)
_LEAST_IN_YUAN = 1000  # a smaller number behind ￥ may be in 万元, as the form's other amounts
# The arrow behind 下降5% says what the word has said.
_ARROW_AGAIN = re.compile(
    "((?:降|减|少|缩短|缩减)[^0-9↑↓]{0,3}[0-9.]{1,12}%?)↓|((?:增|升|长|加|提高)[^0-9↑↓]{0,3}[0-9.]{1,12}%?)↑"
)


def rewritten(text: str) -> str:
    """`text`, as normal() writes it, with 1，200 as 1,200, .5 as 0.5, ￥35,000 as 35,000元, km2 as km²; a question
    mark, which nothing reads, where a sign leaves the number open."""
    if not HINTS.search(text):
        return text
    text = _GROUPED.sub(_joined, text)
    text = _LEADING_POINT.sub("0.", text)
    text = _POINT_OF_TEXT.sub("?", text)
    text = _CURRENCY.sub(_in_yuan, text)
    text = _EXPONENT.sub(lambda found: found.group(1) + _EXPONENTS[found.group(2)], text)
    return _ARROW_AGAIN.sub(lambda found: found.group(1) or found.group(2), text)


def _joined(found: re.Match[str]) -> str:
    """1，200，000 as one number; 100，200，300 stays a list unless it is plainly money."""
    groups = found.group().split("，")
    is_list = len(groups) > 2 and len(groups[0]) == 3 and not found.string.startswith((".", "元"), found.end())
    return found.group() if is_list else ",".join(groups)


def _in_yuan(found: re.Match[str]) -> str:
    number = found.group(1)
    if found.group("more"):
        return number + found.group("more")
    value = Decimal(number.replace(",", ""))
    return f"{number}元" if value >= _LEAST_IN_YUAN or value == 0 else f"?{number}"
