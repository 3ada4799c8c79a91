"""Printed cells to canonical values: numbers, money, dates, targets in three cells, names with prompts or weights.

The patterns in capitals without an underscore are those of columns too (audit.tables.values): what a cell says must not
depend on whether it stands on paper or in a table, so they are written as both Python and DuckDB read them.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from perfeval_lint.recognise.words.text import are_apart, clean

OUT_OF = r"^([0-9]+(?:\.[0-9]+)?)/[0-9]{1,3}$"
EXPONENT = r"([+-]?)([0-9]{1,12})(?:\.([0-9]{1,12}))?[eE]([+-]?[0-9]{1,2})"  # sign, digits, decimals, power of ten
MOST_DIGITS, MOST_DECIMALS = 26, 12  # of a number written out, before the point and behind it
AMOUNT = r"[¥￥]?([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([亿万千百]?元|万)?"
CONVERTED = r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})"  # an amount that a unit is taken out of, exactly
_SCORE_UNIT = re.compile(r"(?<=[0-9])分$")
_OUT_OF, _EXPONENT, _CONVERTED = (re.compile(one) for one in (OUT_OF, EXPONENT, CONVERTED))
_AMOUNT = re.compile(AMOUNT)
# Narrower than AMOUNT: 1. in a cell of its own is the number of a row.
_NUMBER = re.compile(r"[¥￥]?[+-]?[0-9]*\.?[0-9]+(?:[亿万千百]?元|万)?")
SCALES = {"元": "0.0001", "百元": "0.01", "千元": "0.1", "万元": "1", "万": "1", "亿元": "10000"}
NUMERALS, DIGITS = "〇○零一二三四五六七八九", "000123456789"
DAY = r"([1-9][0-9]{3})[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?(?:T?[0-9]{2}:[0-9:.]+)?"
JOINED_DAY = r"([1-9][0-9]{3})([0-9]{2})([0-9]{2})"
CHINESE_DAY = rf"([{NUMERALS}]{{4}})年([一二三四五六七八九十]{{1,3}})月([一二三四五六七八九十]{{1,3}})日"
UNFILLED = "[年月日/.:：—_-]*"  # the blanks of 年 月 日 with nothing in them
SMALL_NUMERALS = {  # up to 31: 二十一 is 21
    f"{tens}{ones}": f"{ten + one}"
    for ten, tens in ((0, ""), (10, "十"), (20, "二十"), (30, "三十"))
    for one, ones in enumerate(("", *NUMERALS[3:]))
    if 0 < ten + one < 32
}
TITLE_YEAR = r"((?:19|20)[0-9]{2})年"
ONLY_YEAR = r"(?:^|[^0-9])((?:19|20)[0-9]{2})(?:[^0-9]|$)"
_DAYS = (re.compile(DAY), re.compile(JOINED_DAY))
_CHINESE_DAY, _UNFILLED = re.compile(CHINESE_DAY), re.compile(UNFILLED)
_YEARS = (re.compile(TITLE_YEAR), re.compile(ONLY_YEAR))
_PROMPT = re.compile(r"^([★☆▲●*]*)(?:[(（]?[0-9]{1,2}[)）.、])?指标[0-9一二三四五六七八九十]{1,3}[:：、.．]?(?![0-9])")
_WEIGHT = re.compile(r"(?:[(（\[【]|(?<=[^0-9.]))(?P<weight>[0-9]{1,3}(?:\.[0-9]+)?)(?:分值?|%)?(?:[)）\]】]|(?<=分))$")
_POINTS = re.compile(r"[(（]([0-9]{1,3}(?:\.[0-9]+)?)分[)）]$")
SIGNS = ("≥", "≤", ">", "<", "=", "≧", "≦", ">=", "<=", "≈")
WIDE_SIGNS, NARROW_SIGNS = "＝＞＜", "=><"
BARE = r"[+-]?[0-9]+(?:\.[0-9]+)?"
REMARK = r"[(（\[][^()（）]*[)）\]]?$"  # a page may have cut off its end
_SIGNS = {*SIGNS, *WIDE_SIGNS}
_WIDE_SIGNS = str.maketrans(WIDE_SIGNS, NARROW_SIGNS)
_BARE, _REMARK = re.compile(BARE), re.compile(REMARK)
GRADE = "[优良中差]|优秀|良好|一般|较差|合格|不合格"
TICKED = "([优良中差])[(（]?[☑√✓✔■][)）]?(?:$|[□☐良中差])|[☑√✓✔■]([优良中差])"
GRADED = "[0-9.]+分?[(（]([优良中差])[)）]"
GRADED_TAIL = "分?[(（][优良中差][)）]$"
_GRADE, _TICKED, _GRADED, _GRADED_TAIL = (re.compile(one) for one in (GRADE, TICKED, GRADED, GRADED_TAIL))
_CODE = re.compile(r"(?P<code>[0-9A-Z]{18,26})[-—](?P<name>.+)", re.DOTALL)
_PHONE = re.compile(r"(?P<name>[^0-9]*?)[,，;；:：/、\s]*(?P<phone>[0-9(（][0-9()（）\-—\s]{5,}[0-9])")


def as_number(text: str) -> str:
    """A number as printed without white space, thousands separators and 分; other text as it stands.

    An apostrophe before it is what exports leave of a cell kept as text; 9.14/10 is a score and what it is out of;
    1e5 is 100000. Figures on two lines are no number and keep a space between them.
    """
    number = _bare_number(text)
    found = _EXPONENT.fullmatch(number)
    return _written_out(number, *found.groups(default="")) if found else number


def _bare_number(text: str) -> str:
    bare = clean(text) if are_apart(text) else clean(text).replace(" ", "")
    return _OUT_OF.sub(r"\1", _SCORE_UNIT.sub("", bare.removeprefix("'")))


def _written_out(number: str, sign: str, digits: str, decimals: str, power: str) -> str:
    """A number with an exponent, written out; as it stands where it would be very long."""
    if len(decimals) - int(power) > MOST_DECIMALS or len(digits) + int(power) > MOST_DIGITS:
        return number
    return _plain(Decimal(f"{sign}{digits}.{decimals or 0}e{power}"))


def _plain(value: Decimal) -> str:
    """A number without exponent and needless zeros."""
    shown = f"{value + 0:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def as_weight(text: str) -> str:
    """A weight; some forms print 10%."""
    return as_number(text).removesuffix("%")


def is_number(text: str) -> bool:
    """Whether a cell holds one plain number, a percentage or an amount."""
    return _NUMBER.fullmatch(_bare_number(text).removesuffix("%")) is not None


def in_ten_thousands(text: str, unit: str) -> str:
    """An amount in 万元; `unit` is that of the column where the cell has none of its own."""
    printed = as_number(text)
    found = _AMOUNT.fullmatch(printed)
    if found is None:
        return printed
    number, scale = found[1], Decimal(SCALES[found[2] or unit or "万元"])
    if scale == 1:
        return number
    return _plain(Decimal(number) * scale) if _CONVERTED.fullmatch(number) else printed


def as_date(text: str) -> str:
    """A day as YYYY-MM-DD; other text as it stands; "" where the blanks of 年 月 日 were not filled in."""
    printed = clean(text).replace(" ", "")
    if _UNFILLED.fullmatch(printed):
        return ""
    found = next(filter(None, (pattern.fullmatch(_in_digits(printed)) for pattern in _DAYS)), None)
    try:
        return date(*map(int, found.groups())).isoformat() if found else printed
    except ValueError:
        return printed


def _in_digits(day: str) -> str:
    """二〇二一年三月五日 as 2021-3-5; any other text as it stands."""
    found = _CHINESE_DAY.fullmatch(day)
    if found is None:
        return day
    year = found[1].translate(str.maketrans(NUMERALS, DIGITS))
    return "-".join((year, *(SMALL_NUMERALS.get(part, part) for part in found.groups()[1:])))


def year_in(text: str) -> str | None:
    """The budget year a title or cell names: 2021年 before any other four digits."""
    joined = clean(text).replace(" ", "")
    found = next(filter(None, (pattern.search(joined) for pattern in _YEARS)), None)
    return found[1] if found else None


def without_prompt(name: str) -> str:
    """An indicator's name without the form's own 指标1：."""
    return _PROMPT.sub(r"\1", name)


def weight_in_indicator(name: str) -> tuple[str, str | None]:
    """An indicator's name and the weight printed behind it: 相关性（5分）; only where the bracket says 分."""
    found = _POINTS.search(name)
    return (name[: found.start()], found[1]) if found and found.start() else (name, None)


def weight_in_name(name: str) -> tuple[str, str | None]:
    """A level's name and the weight printed in it: 产出指标（50分） is 产出指标 and 50."""
    found = _WEIGHT.search(name)
    if found is None or not found.start():
        return name, None
    return name[: found.start()], found["weight"]


def is_sign(text: str) -> bool:
    """Whether a cell holds an operator, or says 定性 or 定量 in its place."""
    return clean(text) in _SIGNS or clean(text) in ("定性", "定量", "定性指标", "定量指标")


def joined_target(sign: str, value: str, unit: str) -> str:
    """Operator, value and unit from three cells as one text: ≥ 98 % is ≥98%.

    A value that already carries its own operator or unit keeps it; 定性 and the like are no operators.
    """
    sign = _REMARK.sub("", sign).translate(_WIDE_SIGNS)
    unit = unit if unit in ("", "/") else _REMARK.sub("", unit) or unit
    is_bare = _BARE.fullmatch(value) is not None
    if is_bare and unit not in ("", "/", "-", "—", "无") and not unit.startswith("…"):
        value += unit
    return sign + value if sign in _SIGNS and "0" <= value[:1] <= "9" else value


def grade_in(text: str) -> str | None:
    """The grade a cell holds, alone or ticked among others (优☑ 良□); None where it holds none."""
    printed = clean(text)
    if _GRADE.fullmatch(printed):
        return printed
    ticked = _TICKED.search(printed) or _GRADED.fullmatch(printed)
    return next(filter(None, ticked.groups())) if ticked else None


def score_of(text: str) -> str:
    """The score of a cell that may hold the grade with it: 98.64（优）."""
    return _GRADED_TAIL.sub("", as_number(text))


def code_and_name(name: str) -> str | None:
    """The project code a project's name begins with; None where it has none."""
    found = _CODE.fullmatch(name)
    return found["code"] if found else None


def person_and_phone(text: str) -> tuple[str, str]:
    """A person and a telephone number from one cell; either may be empty."""
    found = _PHONE.fullmatch(clean(text))
    if found:
        return found["name"].strip(), found["phone"].strip()
    return clean(text), ""
