"""Numbers said roughly: 几十, 数百, 上千, 近百, 七八成, as the bounds they leave."""

from __future__ import annotations

import re

from perfeval_lint.quantity.units import unit_at_start

HINTS = re.compile(
    "[几数上近约超逾达足到过破][十百千万亿]|成[百千]上|十几|[百千万][余多]|[一二三四五六七八九两][二三四五六七八九][十百千成]"
)

DIGITS = dict(zip("〇零一二三四五六七八九两", [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2], strict=True))
_SCALES = {"十": 10, "百": 100, "千": 1000}
# Not the 数 of 人数十人, nor the 几 of 第几十.
_SOME = re.compile(
    "(?:几|(?<![人户次件个总天场家份册亩基系指参倍分篇种头台辆第级校院村镇所处点条项目班队员组期课岁页字层套])数)(?:([十百千])|([万亿])(?![0-9]))"
)
_TEENS = re.compile("(?<![零〇一二三四五六七八九百千万两])([二三四五六七八九]?)十几")
_PAIR = re.compile(
    "(?<![零〇一二三四五六七八九十百千万亿两第0-9])([一二三四五六七八九两])([二三四五六七八九])([十百千]|成(?=以上|以下|左右|$))"
)
_HUNDREDS = re.compile("成百上千|成千上万")
# Not the 上 of 线上百人, 以上万元.
_UP_TO = re.compile("(?<![线网以路晚早加赶楼岸])上([百千万亿])[余多]?")
_ROUND = re.compile("(近|约|超过?|逾|突破|不足|不到|达到?)([百千万亿])(?![一二三四五六七八九零分])")
_MORE = re.compile("(?<![零〇一二三四五六七八九十百千万亿两几数0-9])([百千万])[余多](?=[^0-9])")
_ONE = {"百": "100", "千": "1000", "万": "10000", "亿": "1亿"}
_AT_LEAST = {"百": "100余", "千": "1000余", "万": "10000余", "亿": "1余亿"}


def with_bounds(text: str) -> str:
    """`text` with what is said roughly in digits: 几十 as 约20-99, 上百 as 100余, 近百 as 近100, 七八成 as 约70-80%."""
    if not HINTS.search(text):
        return text
    text = _TEENS.sub(_teens, text)
    text = _SOME.sub(_some, text)
    text = _PAIR.sub(_pair, text)
    text = _HUNDREDS.sub(lambda found: "100余" if found.group() == "成百上千" else "1000余", text)
    text = _UP_TO.sub(lambda found: _AT_LEAST[found.group(1)], text)
    text = _MORE.sub(lambda found: _AT_LEAST[found.group(1)], text)
    return _ROUND.sub(_round, text)


def _teens(found: re.Match[str]) -> str:
    tens = 10 * DIGITS.get(found.group(1), 1)
    return f"约{tens + 1}-{tens + 9}"


def _some(found: re.Match[str]) -> str:
    if found.group(2):
        return f"约2-9.9{found.group(2)}"
    scale = _SCALES[found.group(1)]
    return f"约{2 * scale}-{10 * scale - 1}"


def _pair(found: re.Match[str]) -> str:
    first, second = DIGITS[found.group(1)], DIGITS[found.group(2)]
    if not first < second <= first + 2:
        return found.group()
    if found.group(3) == "成":
        return f"约{first}0-{second}0%"
    scale = _SCALES[found.group(3)]
    return f"约{first * scale}-{(second + 1) * scale - 1}"


def _round(found: re.Match[str]) -> str:
    """近百人 as 近100人, where a unit or a larger scale says that it is a number."""
    rest = found.string[found.end() : found.end() + 8]
    is_number = bool(unit_at_start(rest)) or rest[:1] in ("万", "亿")
    return found.group(1) + _ONE[found.group(2)] if is_number else found.group()
