"""Reads the text after a number: 余, 万, the unit, 以上, and the prose that follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.quantity import shares
from perfeval_lint.quantity.model import EQUAL
from perfeval_lint.quantity.units import plain, unit_at_start
from perfeval_lint.quantity.words import UNFINISHED, operators

LONGEST = 12  # characters of prose after a number that is the substance
_SCALES = {
    scale: Decimal(factor)
    for scale, factor in (
        ("万亿", 10**12), ("千亿", 10**11), ("百亿", 10**10), ("十亿", 10**9), ("千万", 10**7), ("百万", 10**6),
        ("十万", 10**5), ("亿", 10**8), ("万", 10**4), ("千", 10**3), ("百", 100), ("十", 10),
    )
}  # fmt: skip
_SCALE = re.compile("|".join(_SCALES))
_MONEY_SCALES = frozenset("万 亿 百万 千万 十亿 百亿 千亿".split())  # 127.5万 with nothing behind it is money
_SCALED = re.compile("[一二三四五六七八九两十百千万亿元成]")
OPEN = re.compile(
    f"{UNFINISHED.pattern}|正在|尚未|尚有|延期|跨年|剩余|在建|在修|在施|(?:建设|施工|实施|进行|办理)中|[↑↓]"
)
_LATIN = re.compile("[A-Za-zμΩ℃°][A-Za-z0-9/²³]{0,7}")
_PER = re.compile(r"/[^0-9以之左及内起或含]{1,3}")
_TIME_UNITS = frozenset("工作日 天 日 小时 分钟 个月 年 周 秒".split())
_ATTRIBUTES = frozenset("岁 周岁 千伏".split())  # what follows them is what is counted: 60岁以上老人
_LONGEST_UNKNOWN = 3
_DAYS = ("前", "为止", "截止")


@dataclass(frozen=True, slots=True)
class After:
    """余, the scale, the unit, of each what, the operator, 左右, and how many characters are prose. `counted`: the
    unit without of each what. `assumed`: 元 was not printed."""

    more: bool = False
    scale: Decimal = Decimal(1)
    unit: str = ""
    operator: str = EQUAL
    approximate: bool = False
    each: bool = False
    per: tuple[str, ...] = ()
    counted: str = ""
    money: bool = False
    assumed: bool = False
    length: int = 0
    prose: str = ""


@lru_cache(maxsize=4096)
def after_number(text: str) -> After | None:
    """Reads the text after a number; None where it is no unit and no suffix of a quantity."""
    if not text:
        return After()
    if "?" in text or OPEN.search(text):
        return None
    more, scale, rest = _scaled(text.lstrip("\"'”’)]】"))
    unit = unit_at_start(rest)
    money = unit in ("元", "元整")
    assumed = False
    rest = rest[len(unit) :]
    if not unit:
        unknown = _unknown_unit(rest)
        if unknown is None:
            return None
        unit, rest = unknown
        money = assumed = not unit and scale in _MONEY_SCALES
    counted = plain(unit)
    words, length = shares.after(rest)
    unread = _PER.match(rest) if not words else None
    divided = unread.group() if unread else "".join(f"/{word}" for word in words)
    rest = rest[unread.end() if unread else length :]
    if divided and not money:
        unit = counted + divided
    operator, approximate, rest = _operator(rest, unit, money=money)
    if unit in _ATTRIBUTES and rest:
        return None
    length = len(rest) if rest.find("的") < 1 else LONGEST + 1  # 发挥12个窗口的作用 is prose
    printed = unit if divided else plain(unit)
    factor = _SCALES.get(scale, Decimal(1))
    return After(
        more,
        factor,
        printed,
        operator,
        approximate,
        bool(divided) and money,
        shares.named(words),
        counted,
        money,
        assumed,
        length,
        rest,
    )


def _scaled(text: str) -> tuple[bool, str, str]:
    """(whether 余 is there, the scale word, what follows them)."""
    more, rest = _without_more(text)
    found = _SCALE.match(rest) if len(unit_at_start(rest)) < 2 else None
    if found is None:
        return more, "", rest
    after, rest = _without_more(rest[found.end() :])
    return more or after, found.group(), rest


def _without_more(text: str) -> tuple[bool, str]:
    is_more = text[:1] in ("余", "多") and text[:2] != "多于"
    return is_more, text[1:] if is_more else text


def _unknown_unit(rest: str) -> tuple[str, str] | None:
    """(unit, what follows) where there is no known unit: nothing, a suffix, or one short word."""
    if latin := _LATIN.match(rest):
        return latin.group(), rest[latin.end() :]
    stops = [at for word, _ in operators("after") if len(word) > 1 and (at := rest.find(word)) >= 0]
    stop = min(stops, default=len(rest))
    unit = rest[:stop]
    if unit.endswith(_DAYS):
        return None  # 13.5前 is no day, and 前 no unit
    if not unit or (stop <= _LONGEST_UNKNOWN and unit.isalpha() and not _SCALED.search(unit)):
        return unit, rest[stop:]
    return None


def _operator(rest: str, unit: str, *, money: bool) -> tuple[str, bool, str]:
    """(operator, approximate, prose) of what follows a unit; 以上 may also come at the end of a short phrase."""
    has_limit = money or unit == "%" or plain(unit) in _TIME_UNITS  # 内 and 起 alone are too common elsewhere
    found = next(
        (
            (meant, rest.removeprefix(word))
            for word, meant in operators("after")
            if rest.startswith(word) and (len(word) > 1 or rest == word or has_limit)
        ),
        None,
    )
    if found is None and len(rest) <= LONGEST:
        found = next(
            (
                (meant, rest.removesuffix(word))
                for word, meant in operators("after")
                if len(word) > 1 and rest.endswith(word)
            ),
            None,
        )
    operator, rest = found or (EQUAL, rest)
    approximate = operator == "≈"
    if rest.startswith(("左右", "上下")):
        approximate, rest = True, rest[2:]
    return EQUAL if operator == "≈" else operator, approximate, rest
