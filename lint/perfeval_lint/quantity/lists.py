"""Lists whose items are side by side: 1.培训3期2.印发资料500份, 道路3条桥梁2座, 2期共86人."""

from __future__ import annotations

import re
from itertools import combinations

from perfeval_lint.quantity.model import MONEY
from perfeval_lint.quantity.units import is_measured, plain, same, unit_at_start

_DOTTED, _BRACKETED, _CIRCLED, _SAID = r"{}[.、](?=[^0-9])", r"[(]?{}[)]", "{}", "{}是"
_ROUND = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"
_CHINESE = "一二三四五六七八九"
_COUNTED = re.compile("[0-9](?:[万亿余多])*(?=[^0-9.,万亿余多~-])")
# Units of how long, how strong or what share: no item of a list by themselves.
_NO_ITEMS = frozenset(
    "年 月 个月 天 日 周 小时 个小时 分钟 秒 工作日 个工作日 季度 年度 % ‰ 千伏 kV KV 岁 周岁 倍 ℃ 度 分贝 dB "
    "千瓦 kW 兆瓦 MW 瓦".split()
)
_FIRST = re.compile("[(]?1[.、)]|①|一是")
_ONE_EACH = re.compile("(?<![0-9.])1[^0-9.]{1,3}1(?![0-9.])")  # 1村1名 is one for each
# What begins an item: its name, or 共.
_LEAD = re.compile(
    "(?!以|之|内|的|左右|上|下|每|均|中|其|宽|高|深|长|厚|含|包|和|及|与|或|至|到|不|未|无)[一-龥]{1,12}[0-9]"
)
_TOTAL = re.compile("共|合计|总计|累计|总共")
_MOVED = re.compile("计划|应|目标|任务|原定|预[定计]|由|从|较|比|超(?!过)|增|减|占|率")
_MOST = 12  # items side by side that are still a list


def without_numbers(text: str) -> str:
    """`text` with the numbers of its items (1. 2., (1) (2), ① ②, 一是 二是) as stops, where they count up from 1."""
    if not _FIRST.match(text):
        return text
    for style, numbers in ((_DOTTED, None), (_BRACKETED, None), (_CIRCLED, _ROUND), (_SAID, _CHINESE)):
        marks = _marks(text, style, numbers)
        if marks:
            for start, end in reversed(marks):
                text = f"{text[:start]}；{text[end:]}"
            return text.lstrip("；")
    return text


def _marks(text: str, style: str, numbers: str | None) -> list[tuple[int, int]]:
    """The places of the items' numbers; none unless the text begins with the first and has the second."""
    marks: list[tuple[int, int]] = []
    for count in range(1, 16):
        number = numbers[count - 1 : count] if numbers else str(count)
        if not number:
            break
        found = re.compile("(?<![0-9.])" + style.format(number)).search(text, marks[-1][1] if marks else 0)
        if found is None or (not marks and found.start()):
            break
        marks.append(found.span())
    return marks if len(marks) > 1 else []


def side_by_side(clause: str) -> list[str]:
    """The items of a clause with several counted things and nothing between them; empty where that is not certain:
    each ends with its unit, none is a time or a share, and what is counted is named or differs."""
    if _MOVED.search(clause) or _ONE_EACH.search(clause):
        return []
    ends, units = [0], list[str]()
    for found in _COUNTED.finditer(clause):
        unit = unit_at_start(clause[found.end() :])
        if not unit or unit in _NO_ITEMS or len(units) == _MOST:
            return []
        units.append(MONEY if unit == "元" else plain(unit))
        ends.append(found.end() + len(unit))
    if len(units) < 2 or (clause[0].isdigit() and is_measured(units[0])):
        return []  # 4.5公里道路3条: how long each is
    items = [clause[start:end] for start, end in zip(ends, [*ends[1:-1], None], strict=False)]
    apart = all(same(one, other) is False for one, other in combinations(units, 2))
    if not apart and _TOTAL.match(items[-1]):
        return []  # 小学3所中学2所共5所
    return items if all(_LEAD.match(item) or (apart and item[0].isdigit()) for item in items[1:]) else []
