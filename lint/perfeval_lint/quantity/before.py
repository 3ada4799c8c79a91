"""Reads the text before a number: 不少于, 约, 下降, 每家, and the prose that leads to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from perfeval_lint.quantity import shares
from perfeval_lint.quantity.model import ABOVE, AT_LEAST, AT_MOST, BELOW, EQUAL
from perfeval_lint.quantity.words import UNFINISHED, agree, operators, words

_NOISE = ":、,;\"'“”‘’(【[「 "
# Words that can come some way before the number: 至少举办3场. 最低 or 达到 there mean something else.
_INSIDE = re.compile(
    "不低于|不少于|不小于|不得低于|不得少于|至少|不高于|不超过|不多于|不大于|不得超过|不得高于|至多|控制在|"
    "高于|低于|超过|多于|少于"
)
_NEUTRAL = re.compile("(?:达|到|至|为|是|有|共|计|了|数|量|约计|完成|实现|已|于|在)$")
_LEVEL = frozenset("达到 达 到 至 为".split())  # 提高到95% is a level, 提高5% a change
_CHANGE_END = re.compile("(?:幅度?|比例|了)$")
_NEGATED = {AT_LEAST: BELOW, ABOVE: AT_MOST}  # 未达到 and 未超过
_LAST_YEAR = re.compile("(?:较|比|与|对比|相比)(?:上一?年度?|去年|往年|前年|同期)(?:同期|末|底)?(?:相比)?")
_SINCE = f"(?:同比|环比|{_LAST_YEAR.pattern})"
_COMPARED = re.compile(f"{_SINCE}$")
_FEWER = re.compile(f"{_SINCE}([少低多高])$")
_SIGNS = {"+": "增", "-": "减", "↑": "增", "↓": "减"}
_BEYOND = re.compile("(?:[比较][^，,]{0,12}|预算|计划|投资|概算|超)超$")  # 比计划超5% is the excess alone
_OTHER_RATE = re.compile("(?:节约|节省|结余|结转|超支)(?:率|幅度|比例)")
_EACH = re.compile("每(?![年月季周日天])|各(?!类|项|级|种|地|单位|区|部门|村|县|市|乡|镇)|均(?!已)|分别")
_ORDINAL = re.compile(
    "第[A-Za-z]|(?:电话|热线|编号|编码|代码|文号|第|前|(?<![每个])月|排名|名列|位居|位列)$"
)  # 第6名 and 当月4日 are no counts


@dataclass(frozen=True, slots=True)
class Before:
    """The operator, whether about right or not quite reached, 增 or 减, of each one, of each what, negative, and how
    many characters are prose."""

    operator: str = EQUAL
    approximate: bool = False
    nearly: bool = False
    change: str = ""
    each: bool = False
    per: tuple[str, ...] = ()
    negative: bool = False
    length: int = 0


@lru_cache(maxsize=4096)
def before_number(text: str) -> Before | None:
    """Reads the text before a number; None where it makes the number something other than the quantity."""
    if not text:
        return Before()
    if text[-1] in ".无":
        return None  # No.5, 培训.3期, 无3起
    signed = _sign_at_end(text)
    peeled = _peeled(signed[2]) if signed is not None else None
    if signed is None or peeled is None or _is_of_something_else(text, peeled[0]):
        return None
    change, negative, before = signed
    rest, operator, approximate, is_level = peeled
    nearly = approximate and any(word in before[len(rest) :] for word in words("near"))
    inside = _INSIDE.findall(rest)
    if operator == EQUAL and len(inside) > 1:
        return None
    if operator == EQUAL and inside:
        operator = dict(operators("before"))[inside[0]]
    change = change or ("" if is_level else _change(rest))
    is_each = bool(_EACH.search(text))
    return Before(operator, approximate, nearly, change, is_each, shares.before(rest), negative, len(rest))


def _sign_at_end(text: str) -> tuple[str, bool, str] | None:
    """(增 or 减, negative, the text before the sign): 同比-12% is a fall, ≥-12% a negative number, 党建+3项 neither;
    None where the sign contradicts the words or may be no sign."""
    change, rest = _SIGNS.get(text[-1], ""), text[:-1]
    if not change:
        return "", False, text
    said = _change(rest)
    if text[-1] in "↑↓" or said or _COMPARED.search(rest):
        is_clear = said != "减" if text[-1] == "-" else said in ("", change)
        return (change, False, rest) if is_clear else None
    if not rest or _operator_at_end(rest) is not None or _about_at_end(rest):
        return (change, False, rest) if text[-1] == "+" else ("", True, rest)
    return ("", False, text) if text[-1] == "+" else None


def _is_of_something_else(text: str, prose: str) -> bool:
    """Whether the number is a rank, a saving, a remainder, a plan: anything but the quantity. `prose` is `text`
    without the operators at its end."""
    bare = _named_itself(text)
    return (
        "?" in text
        or bool(UNFINISHED.search(_named_itself(prose)))
        or bool(_ORDINAL.search(prose) or _BEYOND.search(text))
        or any(word in bare for word in words("other"))
    )


def _named_itself(text: str) -> str:
    """The text without what would be of something else were it not a name: 节约率, 较上年."""
    return _OTHER_RATE.sub("", _LAST_YEAR.sub("", text))


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
    if text.endswith(words("whole")):
        return None
    for word, meant in operators("before"):
        if text.endswith(word):
            stem = text.removesuffix(word)
            if stem.endswith(("未", "没")):
                return stem[-1] + word, _NEGATED.get(meant, "")
            return word, meant
    return None


def _about_at_end(text: str) -> str:
    if text.endswith(words("whole")):
        return ""
    return next((word for word in (*words("near"), *words("about")) if text.endswith(word)), "")


def _change(prose: str) -> str:
    stem = _CHANGE_END.sub("", prose)
    if stem.endswith(words("whole")):
        return ""
    if fewer := _FEWER.search(stem):
        return "减" if fewer.group(1) in "少低" else "增"
    if stem.endswith(words("less")):
        return "减"
    return "增" if stem.endswith(words("more")) else ""
