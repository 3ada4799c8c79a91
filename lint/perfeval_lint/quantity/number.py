"""One number with what stands before and after it: operator, 约, scale, unit, 以上."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.quantity.model import (
    ABOVE,
    AMOUNT,
    AT_LEAST,
    AT_MOST,
    BELOW,
    COUNT,
    EQUAL,
    MONEY,
    PROSE,
    RANGE,
    RATE,
    Quantity,
)
from perfeval_lint.quantity.units import plain, unit_at_start
from perfeval_lint.quantity.words import UPWARD, agree, operators, words

LONGEST_PREFIX, LONGEST_SUFFIX = 40, 12  # characters of prose before and after a number that is the substance
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,9})?|[0-9]{1,15}(?:\.[0-9]{1,9})?"
_ONE = re.compile(
    rf"(?P<before>[^0-9]*)(?P<number>{_NUMBER})"
    rf"(?:(?P<first>[^0-9~至到-]{{0,4}})(?:[-~]{{1,2}}|至|到)(?P<second>{_NUMBER}))?(?P<tail>[^0-9]*)"
)
_LARGEST = Decimal(10) ** 12
_SCALES = {
    scale: Decimal(factor)
    for scale, factor in (
        ("万亿", 10**12), ("千亿", 10**11), ("百亿", 10**10), ("十亿", 10**9), ("千万", 10**7), ("百万", 10**6),
        ("十万", 10**5), ("亿", 10**8), ("万", 10**4), ("千", 10**3), ("百", 100), ("十", 10),
    )
}  # fmt: skip
_SCALE = re.compile("|".join(_SCALES))
_INSIDE = re.compile(
    "不低于|不少于|不小于|不得低于|不得少于|至少|不高于|不超过|不多于|不大于|不得超过|不得高于|至多|控制在|高于|低于|超过|多于|少于"
)
_YEARS = frozenset("年 年度 学年".split())
_ATTRIBUTES = frozenset("岁 周岁 千伏".split())  # what follows them is what is counted: 60岁以上老人
_OPEN = re.compile("未|待|正在|尚|拟|延期|跨年|剩余|在建|±")
_BARE = re.compile("[A-Za-zμΩ℃°][A-Za-z0-9/²³]{0,7}")
_SCALED = re.compile("[十百千万亿元]")
_PER = re.compile(r"/[^0-9]{1,3}")
_TIME_UNITS = frozenset("工作日 天 日 小时 分钟 个月 年 周 秒".split())
_BEFORE_NOISE = ":、,;\"'“”‘’(【[「 "
_LAST_YEAR = re.compile("(?:较|比|与|对比|相比)(?:上一?年度?|去年|往年|前年|同期)(?:同期|末|底)?(?:相比)?")
_OTHER_RATE = re.compile("(?:节约|节省|结余|结转|误差|超支)(?:率|幅度|比例)")
_NOT = ("未", "没")
_NEGATED = {AT_LEAST: BELOW, ABOVE: AT_MOST}  # 未达到 and 未超过
_EACH = re.compile("每(?![年月季周日天])|各(?!类|项|级|种|地|单位|区|部门|村|县|市|乡|镇)|均(?!已)|分别")
_ORDINAL = re.compile(
    "第[A-Za-z]|(?:第|前|(?<![每个])月|排名|名列|位居|位列)$"
)  # 第6名, 前8名 and 当月4日 are no counts
_AGREED = re.compile("[签预履合节条契特邀违]约$")
_NEUTRAL = re.compile("(?:达|到|至|为|是|有|共|计|了|数|量|约计|完成|实现|已|于|在)$")
_CHANGE_END = re.compile("(?:幅度?|比例|了|率)$")


@dataclass(frozen=True, slots=True)
class _Before:
    """What stands before a number: its operator, 约, 增 or 减, 每, and how many characters are prose."""

    operator: str = EQUAL
    approximate: bool = False
    change: str = ""
    each: bool = False
    negative: bool = False
    length: int = 0


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands after a number: 余, its scale (万), unit, operator, 左右, and how many characters are prose."""

    more: bool = False
    scale: Decimal = Decimal(1)
    unit: str = ""
    operator: str = EQUAL
    approximate: bool = False
    each: bool = False
    money: bool = False
    assumed: bool = False
    length: int = 0


def one_number(text: str) -> Quantity | None:
    """The quantity of a clause with one number or one range; PROSE where the number is not its substance."""
    found = _ONE.fullmatch(text)
    if found is None:
        return None
    before = _before(found.group("before"))
    tail = _tail(found.group("tail"))
    if before is None or tail is None:
        return None
    if before.length > LONGEST_PREFIX or tail.length > LONGEST_SUFFIX:
        return PROSE
    if not agree(before.operator, tail.operator):
        return None
    lower = _value(found.group("number"), tail)
    printed = found.group("number")
    if lower > _LARGEST or (printed[0] == "0" and printed[1:2].isdigit()):
        return None
    if tail.unit in _YEARS and 1900 <= lower <= 2100:
        return None  # the year of something
    if found.group("second"):
        return _range(found, before, tail, lower)
    value = -lower if before.negative else lower
    operator = before.operator if before.operator != EQUAL else tail.operator
    if tail.more:
        if operator not in (EQUAL, AT_LEAST):
            return None
        operator = AT_LEAST
    return Quantity(
        _kind(tail),
        operator,
        value if operator == EQUAL or operator in UPWARD else None,
        value if operator == EQUAL or operator not in UPWARD else None,
        MONEY if tail.money else tail.unit,
        before.approximate or tail.approximate or tail.more,
        change=before.change,
        each=before.each or tail.each,
        assumed=tail.assumed,
    )


def _range(found: re.Match[str], before: _Before, tail: _Tail, lower: Decimal) -> Quantity | None:
    upper = _value(found.group("second"), tail)
    first = _tail(found.group("first")) if found.group("first") else None
    if found.group("first"):
        if first is None or first.unit not in ("", tail.unit) or first.operator != EQUAL or first.length:
            return None
        lower = _value(found.group("number"), tail if first.scale == 1 and not first.unit else first)
        if first.money != tail.money and first.unit:
            return None
    both = {before.operator, tail.operator} - {EQUAL}
    if (
        lower > upper
        or upper > _LARGEST
        or tail.more
        or before.negative
        or len(both) > 1
        or (both and before.operator != EQUAL)
    ):
        return None
    return Quantity(
        _kind(tail),
        RANGE,
        lower,
        upper,
        MONEY if tail.money else tail.unit,
        before.approximate or tail.approximate,
        change=before.change,
        each=before.each or tail.each,
        assumed=tail.assumed,
    )


def _kind(tail: _Tail) -> str:
    if tail.money:
        return AMOUNT
    return RATE if tail.unit in ("%", "‰", "百分点") else COUNT


def _value(number: str, tail: _Tail) -> Decimal:
    value = Decimal(number.replace(",", ""))
    factor = tail.scale / 10000 if tail.money else tail.scale
    if factor == 1:
        return value
    value *= factor
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


@lru_cache(maxsize=4096)
def _before(text: str) -> _Before | None:
    """What stands before a number; None where it makes the number something other than the quantity."""
    if not text:
        return _Before()
    rest, negative = text, False
    if text[-1] == "-":
        rest, negative = text[:-1], True
        if rest and not any(rest.endswith(word) for word, _ in operators("before")):
            return None
    bare = _OTHER_RATE.sub("", _LAST_YEAR.sub("", rest))
    if "?" in rest or _ORDINAL.search(rest) or any(word in bare for word in words("other")):
        return None
    operator, approximate, change, level = EQUAL, False, "", False
    cut = True
    while cut:
        rest = rest.rstrip(_BEFORE_NOISE)
        cut = False
        for word, meant in operators("before"):
            if rest.endswith(word) and not (word == "控制" and rest.endswith("控制数")):
                stem = rest.removesuffix(word)
                if stem.endswith(_NOT):
                    meant = _NEGATED.get(meant, "")
                    word = stem[-1] + word
                if not meant:
                    return None
                if operator == EQUAL:
                    operator = meant
                elif not agree(operator, meant):
                    return None
                rest, cut = rest.removesuffix(word), True
                level = level or word in ("达到", "达", "为")
                break
        for word in () if cut else words("about"):
            if rest.endswith(word) and not _AGREED.search(rest):
                rest, cut, approximate = rest.removesuffix(word), True, True
                break
        if not cut and (found := _NEUTRAL.search(rest)):
            level = level or found.group() in "达到至为"
            rest, cut = rest[: found.start()], True
    if operator == EQUAL and (inside := list(_INSIDE.finditer(rest))):
        if len(inside) > 1:
            return None
        operator = dict(operators("before"))[inside[0].group()]
    stem = _CHANGE_END.sub("", rest) if not rest.endswith("率") else rest
    if not level:
        change = "增" if stem.endswith(words("more")) else "减" if stem.endswith(words("less")) else ""
    each = bool(_EACH.search(text))
    return _Before(operator, approximate, change, each, negative, len(rest))


@lru_cache(maxsize=4096)
def _tail(text: str) -> _Tail | None:
    """What stands after a number; None where it is no unit and no suffix of a quantity."""
    if not text:
        return _Tail()
    if "?" in text or _OPEN.search(text):
        return None
    rest = text.lstrip("\"'”’)]】")
    more = rest[:1] in ("余", "多") and rest[:2] != "多于"
    rest = rest[1:] if more else rest
    unit = unit_at_start(rest)
    scale = Decimal(1)
    found = _SCALE.match(rest) if len(unit) < 2 else None
    if found:
        scale = _SCALES[found.group()]
        rest = rest[found.end() :]
        if rest[:1] in ("余", "多"):
            more, rest = True, rest[1:]
        unit = unit_at_start(rest)
    money = unit in ("元", "元整")
    assumed = False
    rest = rest[len(unit) :]
    if not unit:
        bare = _unknown_unit(rest)
        if bare is None:
            return None
        unit, rest = bare
        # 127.5万 with nothing behind it is money.
        if not unit and found and found.group() in ("万", "亿", "千万", "百万", "十亿", "百亿", "千亿"):
            money = assumed = True
    per = _PER.match(rest)
    each = bool(per) and money
    if per:
        unit, rest = (unit if money else plain(unit) + per.group()), rest[per.end() :]
    operator, approximate, rest = _after(rest, unit, money=money)
    if unit in _ATTRIBUTES and rest:
        return None
    return _Tail(more, scale, unit if per else plain(unit), operator, approximate, each, money, assumed, len(rest))


def _unknown_unit(rest: str) -> tuple[str, str] | None:
    """(unit, what follows) where no known unit stands there: nothing, a suffix, or one short word."""
    if not rest:
        return "", ""
    stop = len(rest)
    for word, _ in operators("after"):
        at = rest.find(word) if len(word) > 1 else -1
        if at >= 0:
            stop = min(stop, at)
    if latin := _BARE.match(rest):
        return latin.group(), rest[latin.end() :]
    if stop <= 3 and not _SCALED.search(rest[:stop]) and (stop == 0 or rest[:stop].isalpha() or rest[:stop] in ("℃",)):
        return rest[:stop], rest[stop:]
    return None


def _after(rest: str, unit: str, *, money: bool) -> tuple[str, bool, str]:
    """(operator, approximate, prose) of what follows a unit."""
    operator, approximate = EQUAL, False
    for word, meant in operators("after"):
        short = len(word) == 1 and not (rest == word or money or plain(unit) in _TIME_UNITS or unit == "%")
        if rest.startswith(word) and not short:
            operator, rest = meant, rest.removeprefix(word)
            break
    else:
        for word, meant in operators("after"):
            if len(word) > 1 and rest.endswith(word) and len(rest) <= LONGEST_SUFFIX:
                operator, rest = meant, rest.removesuffix(word)
                break
    if operator == "≈":
        operator, approximate = EQUAL, True
    if rest.startswith(("左右", "上下")):
        approximate, rest = True, rest[2:]
    return operator, approximate, rest
