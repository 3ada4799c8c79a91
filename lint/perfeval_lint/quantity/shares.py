"""Of each what a number is the figure: each month (每月2次, 2次/月), each mu (元/亩), each person and day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache

from perfeval_lint.quantity.units import lines, plain, unit_at_start

YEAR = "年"
_AT_MOST = "至多"  # before the number of a period that not every year has as many of
_LONGEST = 4
_SCALE = re.compile("[十百]?[百千万亿]")
_FOREGO = re.compile("^(?:[一1]?个(?!月|季度|学期|工作日)|一)")
_EACH = re.compile("[每按逐]")
_BETWEEN = re.compile("[/·.*×、每]")
_ADJOINED = frozenset("天 日 月 年 周 学期 学年".split())  # 元/人天, 元/床日, with nothing between
_OF_A_DAY = frozenset("底末前初份内起")  # 元/月底前
_BRACKETED = re.compile(r"/\(([^()0-9]{1,8})\)")
_MEAN = "均"
_ALREADY = re.compile("[已为值]")


@cache
def _periods() -> tuple[Mapping[str, str], Mapping[str, Decimal]]:
    """The name of each period by its ways of writing, and how many of it a year has at most, by its name."""
    names: dict[str, str] = {}
    times: dict[str, Decimal] = {}
    for line in lines("periods"):
        *words, number = line.split()
        named = [word for word in words if word != _AT_MOST]
        names |= dict.fromkeys(named, named[0])
        times[named[0]] = Decimal(number)
    return names, times


@cache
def _certain() -> frozenset[str]:
    return frozenset(line.split()[0] for line in lines("periods") if _AT_MOST not in line)


@cache
def _things() -> Mapping[str, str]:
    """The name of each thing that is no period, by its ways of writing."""
    return {word: line.split()[0] for line in lines("shares") for word in line.split()}


def in_a_year(per: tuple[str, ...]) -> Decimal | None:
    """The number of such periods in a year, at most; None where it is no single period."""
    return _periods()[1].get(per[0]) if len(per) == 1 else None


def is_certain(per: tuple[str, ...]) -> bool:
    """Whether it is a single period of which every year has as many."""
    return len(per) == 1 and per[0] in _certain()


def without_brackets(text: str) -> str:
    """元/(人·月) as 元/人·月."""
    return _BRACKETED.sub(r"/\1", text) if "/(" in text else text


def before(text: str) -> tuple[str, ...]:
    """The thing or period that a number is the figure of, by the words before it: 每人每天, 月均, 半年."""
    if not text:
        return ()
    alone = _periods()[0].get(text.strip(":： "))
    if alone is not None:
        return (alone,) if alone != YEAR else ()
    found = [(at.start(), _each(at.group(), text[at.end() :])) for at in _EACH.finditer(text)]
    found += [(at, _mean_of(text[:at], text[at + 1 :])) for at, char in enumerate(text) if char == _MEAN]
    return tuple(dict.fromkeys(name for _, name in sorted(found) if name))


def _each(word: str, rest: str) -> str:
    rest = _FOREGO.sub("", rest)
    name = _name(share_at_start(rest))
    return name if word == "每" or name in _periods()[1] else ""  # 按月, but not 按人


def _mean_of(head: str, rest: str) -> str:
    """The thing whose mean it is: the 月 of 月均, the 人 of 人均."""
    if _ALREADY.match(rest):
        return ""
    ends = (head[-length:] for length in (2, 1) if len(head) >= length)
    return next((_name(end) for end in ends if share_at_start(end) == end), "")


def after(text: str) -> tuple[tuple[str, ...], int]:
    """The words for what a number is the figure of that follow its unit, /人/天 or 每月, and how many characters they
    take."""
    words: list[str] = []
    at = 0
    while at < len(text):
        skip = 1 if _BETWEEN.match(text, at) else 0
        if not words and text[at] not in "/每":
            break
        word = share_at_start(text[at + skip :])
        if not word or (not skip and (word not in _ADJOINED or text[at + len(word) : at + len(word) + 1] in _OF_A_DAY)):
            break
        words.append(word)
        at += skip + len(word)
    return tuple(words), at


def named(words: Iterable[str]) -> tuple[str, ...]:
    """Each thing once, by its name: 日 and 天 are one."""
    return tuple(dict.fromkeys(map(_name, words)))


def share_at_start(text: str) -> str:
    """The longest word a text begins with that there can be one figure of each of; empty where none."""
    names, things = _periods()[0], _things()
    unit = unit_at_start(text)
    for length in range(min(len(text), _LONGEST), len(unit), -1):
        if text[:length] in names or text[:length] in things:
            return text[:length]
    scale = _SCALE.match(text) if not unit else None
    counted = unit_at_start(text[scale.end() :]) if scale else ""
    return text[: scale.end() + len(counted)] if scale and counted else unit


def _name(word: str) -> str:
    named = plain(word)
    return _periods()[0].get(word) or _things().get(named, named)
