"""Chinese numerals to digits, where they are a number and not part of a word."""

from __future__ import annotations

import re
from decimal import Decimal

from perfeval_lint.quantity.rough import DIGITS, with_bounds
from perfeval_lint.quantity.rough import HINTS as ROUGH
from perfeval_lint.quantity.units import unit_at_start
from perfeval_lint.quantity.words import has_digit

_DIGITS = DIGITS | dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
_NUMERAL = (
    "(?:[一二三四五六七八九十两壹贰叁肆伍陆柒捌玖拾]"
    "(?:[零〇一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾佰仟]|[万亿](?=[零一二三四五六七八九两]))*"
    "(?:点[零〇一二三四五六七八九]+)?)"
)
_RUN = re.compile(f"(?P<first>{_NUMERAL})(?:[至到~-](?P<second>{_NUMERAL}))?")
_YEAR = re.compile("二[〇零○][〇零○一二三四五六七八九]{2}(?=年)")
_QUARTER = re.compile("(?<!每)([一二三四])季(?=度|末|底|$)")
_QUARTERS = re.compile("([一二三])([二三四])季度")
_ONCE = re.compile("(?<![第0-9])一(季度?|年|月|周)一(?=次|报|检|评)")
_WEEKLY = re.compile("(?<=每周)[一二两三四五六七](?=[次期篇场班趟回轮])")
_TENTHS = re.compile("(?<![0-9.])([1-9一二三四五六七八九])成(?=以上|以下|以内|左右|$)")
_MIXED = re.compile("([0-9]{1,6}(?:[.][0-9]{1,6})?)(?:亿([0-9]{1,4}(?:[.][0-9]{1,6})?)万|万([1-9])千)")
HINTS = re.compile(f"分之|成|亿[0-9]|万[0-9]|[一二三四五六七八九十两壹贰叁肆伍陆柒捌玖拾百千半零]|{ROUGH.pattern}")
_HAPPENED_ONCE = re.compile("((?:发生|出现|接到|收到)[^0-9未没无一]{0,8})一(?=[起例件次]$)")
_PARTS_OF = re.compile("(百|千|[二三四五六七八九十])分之([零〇一二三四五六七八九十百两点]+|[0-9.]+)")
_MONTH = re.compile("(?<![第每个零〇一二三四五六七八九十])(十[一二]?|[一二三四五六七八九])(?=月)")
_DAY = re.compile("(?<=月)(三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])(?=[日号])")
_HALF = re.compile("^半(?=年$|年[以之]?内|个月|天$|天[以之]?内)")
_NOT_BEFORE = "第每统同唯单之万百千零〇一二三四五六七八九十星周初高"
_NOT_AFTER = re.compile("性|带一路|体化|系列|定|些|般|直|切|致|流|线|批|半|样|起|把手|刀切|揽子|条龙|站式|旦|律")
_LONGEST_BEFORE, _LONGEST_AFTER = 10, 3
_SCALE = re.compile("万亿|百万|千万|亿|万")


def number_of(text: str) -> Decimal | None:
    """The value of a run of Chinese numerals (十五, 一百二十, 三点五); None where it is not well formed."""
    whole, _, fraction = text.partition("点")
    value = _whole(whole)
    if value is None or not fraction:
        return value
    digits = [_DIGITS.get(char) for char in fraction]
    return None if None in digits else value + Decimal("0." + "".join(map(str, digits)))


def _whole(text: str) -> Decimal | None:
    if len(text) < 2:
        return Decimal(_DIGITS[text]) if text in _DIGITS else Decimal(10) if text == "十" else None
    from cn2an import cn2an  # takes a while to import, and few forms need it

    try:
        return Decimal(cn2an(text.replace("两", "二").replace("〇", "零"), "strict"))  # exact: an int
    except ValueError:
        return None


def with_digits(text: str) -> str:
    """The text with its shares (百分之九十五), months and, where it is little more than one number, its Chinese
    numerals written in digits; as it is where nothing is certain."""
    if not HINTS.search(text):
        return text
    text = _PARTS_OF.sub(_share, with_bounds(text))
    text = _YEAR.sub(lambda found: "".join(str(_DIGITS.get(char, 0)) for char in found.group()), text)
    text = _MONTH.sub(lambda found: str(number_of(found.group(1))), text)
    text = _DAY.sub(lambda found: str(number_of(found.group(1))), text)
    text = _ONCE.sub(r"每\g<1>1", text)
    text = _WEEKLY.sub(lambda found: str(_digit(found.group())), text)
    text = _QUARTERS.sub(lambda found: f"{number_of(found.group(1))}-{number_of(found.group(2))}季度", text)
    text = _QUARTER.sub(lambda found: f"{number_of(found.group(1))}季", text)
    text = _TENTHS.sub(lambda found: f"{_digit(found.group(1))}0%", text)
    text = _MIXED.sub(_mixed, text)
    text = _HALF.sub("0.5", text)
    text = _HAPPENED_ONCE.sub(r"\g<1>1", text)
    return _counted(text)


def _digit(char: str) -> int:
    return _DIGITS.get(char) or int(char)


def _mixed(found: re.Match[str]) -> str:
    """1亿2000万 as 12000万, 12万5千 as 12.5万."""
    whole, tens, thousands = found.groups()
    value = Decimal(whole) * 10000 + Decimal(tens) if tens else Decimal(whole) + Decimal(thousands) / 10
    return f"{value:f}万"


def _share(found: re.Match[str]) -> str:
    of, printed = found.groups()
    value = Decimal(printed) if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", printed) else number_of(printed)
    if value is None:
        return found.group()
    if of in "百千":
        return f"{value:f}%" if of == "百" else f"{value:f}‰"
    whole = number_of(of)
    return found.group() if not whole else f"{(value * 100 / whole).quantize(Decimal('0.000001')).normalize():f}%"


def _counted(text: str) -> str:
    """`text` with each numeral before a unit, in a clause that is little more than that."""
    clauses = re.split("([，,、；;。()])", text)
    if sum(len(clause) for clause in clauses[::2]) > (_LONGEST_BEFORE + _LONGEST_AFTER + 4) * len(clauses[::2]):
        return text
    return "".join(_clause(clause) for clause in clauses)


def _clause(clause: str) -> str:
    found = _RUN.search(clause)
    if found is None or has_digit(clause):
        return clause
    before, after = clause[: found.start()], clause[found.end() :]
    scale = _SCALE.match(after)
    rest = after[scale.end() :] if scale else after
    rest = rest.removeprefix("余").removeprefix("多")
    unit = unit_at_start(rest)
    sound = (
        (unit or scale)
        and len(before) <= _LONGEST_BEFORE
        and len(rest) - len(unit) <= _LONGEST_AFTER
        and (not before or before[-1] not in _NOT_BEFORE)
    )
    if not sound or _NOT_AFTER.match(after) or _NOT_AFTER.match(rest[len(unit) :]) or _RUN.search(rest):
        return clause
    if found.group() == "十" and unit == "分":
        return clause  # 十分满意
    values = [number_of(one) for one in found.groups() if one]
    if None in values:
        return clause
    return f"{before}{'-'.join(f'{value:f}' for value in values)}{after}"
