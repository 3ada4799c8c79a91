"""What stands before a number: 不少于, 约, 下降, 每家, and the prose that leads to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from perfeval_lint.quantity import shares
from perfeval_lint.quantity.model import ABOVE, AT_LEAST, AT_MOST, BELOW, EQUAL
from perfeval_lint.quantity.words import UNFINISHED, agree, operators, words

_NOISE = ":、,;\"'“”‘’(【[「 "
# Words that can stand some way before the number: 至少举办3场. 最低 or 达到 there mean something else.
_INSIDE = re.compile(
    "不低于|不少于|不小于|不得低于|不得少于|至少|不高于|不超过|不多于|不大于|不得超过|不得高于|至多|控制在|"
    "高于|低于|超过|多于|少于"
)
_NEUTRAL = re.compile("(?:达|到|至|为|是|有|共|计|了|数|量|约计|完成|实现|已|于|在)$")
_LEVEL = frozenset("达到 达 到 至 为".split())  # 提高到95% is a level, 提高5% a change
_CHANGE_END = re.compile("(?:幅度?|比例|了)$")
_AGREED = re.compile("[签预履合节条契特邀违]约$")
_NEGATED = {AT_LEAST: BELOW, ABOVE: AT_MOST}  # 未达到 and 未超过
_LAST_YEAR = re.compile("(?:较|比|与|对比|相比)(?:上一?年度?|去年|往年|前年|同期)(?:同期|末|底)?(?:相比)?")
_OTHER_RATE = re.compile("(?:节约|节省|结余|结转|超支)(?:率|幅度|比例)")
_EACH = re.compile("每(?![年月季周日天])|各(?!类|项|级|种|地|单位|区|部门|村|县|市|乡|镇)|均(?!已)|分别")
_ORDINAL = re.compile(
    "第[A-Za-z]|(?:电话|热线|编号|编码|代码|文号|第|前|(?<![每个])月|排名|名列|位居|位列)$"
)  # 第6名 and 当月4日 are no counts


@dataclass(frozen=True, slots=True)
class Before:
    """The operator, whether about right, 增 or 减, of each one, of each what, negative, and how many characters are
    prose."""

    operator: str = EQUAL
    approximate: bool = False
    change: str = ""
    each: bool = False
    per: tuple[str, ...] = ()
    negative: bool = False
    length: int = 0


@lru_cache(maxsize=4096)
def before_number(text: str) -> Before | None:
    """What stands before a number; None where it makes the number something other than the quantity."""
    if not text:
        return Before()
    negative = text[-1] == "-"
    rest = text[:-1] if negative else text
    if negative and rest and _operator_at_end(rest) is None and not _about_at_end(rest):
        return None
    peeled = _peeled(rest)
    if peeled is None or _is_of_something_else(peeled[0]):
        return None
    rest, operator, approximate, is_level = peeled
    inside = _INSIDE.findall(rest)
    if operator == EQUAL and len(inside) > 1:
        return None
    if operator == EQUAL and inside:
        operator = dict(operators("before"))[inside[0]]
    change = "" if is_level else _change(rest)
    return Before(operator, approximate, change, bool(_EACH.search(text)), shares.before(rest), negative, len(rest))


def _is_of_something_else(text: str) -> bool:
    """Whether the number is a rank, a saving, a remainder, a plan: anything but the quantity."""
    bare = _OTHER_RATE.sub("", _LAST_YEAR.sub("", text))
    return (
        "?" in text
        or bool(UNFINISHED.search(bare))
        or bool(_ORDINAL.search(text))
        or any(word in bare for word in words("other"))
    )


def _peeled(rest: str) -> tuple[str, str, bool, bool] | None:
    """(prose, operator, approximate, whether a level is reached) once operators, 约 and verbs are taken off the end;
    None where two operators contradict each other."""
    operator, approximate, is_level = EQUAL, False, False
    while True:
        rest = rest.rstrip(_NOISE)
        if (found := _operator_at_end(rest)) is not None:
            word, meant = found
            if not meant or not agree(operator, meant):
                return None
            operator = meant if operator == EQUAL else operator
        elif about := _about_at_end(rest):
            word, approximate = about, True
        elif neutral := _NEUTRAL.search(rest):
            word = neutral.group()
        else:
            return rest, operator, approximate, is_level
        is_level = is_level or word in _LEVEL
        rest = rest.removesuffix(word)


def _operator_at_end(text: str) -> tuple[str, str] | None:
    """The (word, operator) a text ends with; the operator is empty where 未 before it leaves no bound."""
    for word, meant in operators("before"):
        if text.endswith(word):
            stem = text.removesuffix(word)
            if stem.endswith(("未", "没")):
                return stem[-1] + word, _NEGATED.get(meant, "")
            return word, meant
    return None


def _about_at_end(text: str) -> str:
    if _AGREED.search(text):
        return ""
    return next((word for word in words("about") if text.endswith(word)), "")


def _change(prose: str) -> str:
    stem = _CHANGE_END.sub("", prose)
    if stem.endswith(words("more")):
        return "增"
    return "减" if stem.endswith(words("less")) else ""
