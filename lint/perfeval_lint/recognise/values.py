"""Printed cells to canonical values: numbers, money, dates, targets in three cells, names with prompts or weights."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from perfeval_lint.recognise.text import clean

_SCORE_UNIT = re.compile(r"(?<=[0-9])分$")
_OUT_OF = re.compile(r"([0-9]+(?:\.[0-9]+)?)/[0-9]{1,3}")
_AMOUNT = re.compile(r"[¥￥]?(?P<number>[+-]?[0-9]*\.?[0-9]+)(?P<unit>[亿万千百]?元|万)?")
_SCALES = {
    "元": Decimal("0.0001"),
    "百元": Decimal("0.01"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "万": Decimal(1),
    "亿元": Decimal(10000),
}
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATE = re.compile(r"(?P<y>[0-9]{4})[年./-](?P<m>[0-9]{1,2})[月./-](?P<d>[0-9]{1,2})日?")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_TITLE_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:年度|年)")
_PROMPT = re.compile(r"^([★☆▲●*]*)(?:[(（]?[0-9]{1,2}[)）.、])?指标[0-9一二三四五六七八九十]{1,3}[:：、.．]?(?![0-9])")
_WEIGHT = re.compile(r"(?:[(（\[【]|(?<=[^0-9.]))(?P<weight>[0-9]{1,3}(?:\.[0-9]+)?)(?:分值?|%)?(?:[)）\]】]|(?<=分))$")
_POINTS = re.compile(r"[(（]([0-9]{1,3}(?:\.[0-9]+)?)分[)）]$")
_SIGNS = {"≥", "≤", ">", "<", "=", "≧", "≦", ">=", "<=", "＞", "＜", "＝", "≈"}
_WIDE_SIGNS = str.maketrans("＝＞＜", "=><")
_BARE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_REMARK = re.compile(r"[(（\[][^()（）]*[)）\]]?$")  # a page may have cut off its end
_GRADE = re.compile(r"[优良中差]|优秀|良好|一般|较差|合格|不合格")
_TICKED = re.compile(r"([优良中差])[(（]?[☑√✓✔■][)）]?(?=$|[□☐良中差])|[☑√✓✔■]([优良中差])")
_GRADED = re.compile(r"[0-9.]+分?[(（]([优良中差])[)）]")
_GRADED_TAIL = re.compile(r"分?[(（][优良中差][)）]$")
_CODE = re.compile(r"(?P<code>[0-9A-Z]{18,26})[-—](?P<name>.+)", re.DOTALL)
_PHONE = re.compile(r"(?P<name>[^0-9]*?)[,，;；:：/、\s]*(?P<phone>[0-9(（][0-9()（）\-—\s]{5,}[0-9])")


def as_number(text: str) -> str:
    """A number as printed without white space, thousands separators and 分; other text as it stands.

    An apostrophe before it is what exports leave of a cell kept as text; 9.14/10 is a score and what it is out of.
    """
    number = _SCORE_UNIT.sub("", clean(text).replace(" ", "").removeprefix("'"))
    out_of = _OUT_OF.fullmatch(number)
    return out_of[1] if out_of else number


def as_weight(text: str) -> str:
    """A weight; some forms print 10%."""
    return as_number(text).removesuffix("%")


def is_number(text: str) -> bool:
    """Whether a cell holds one plain number, a percentage or an amount."""
    return _AMOUNT.fullmatch(as_number(text).removesuffix("%")) is not None


def in_ten_thousands(text: str, unit: str) -> str:
    """An amount in 万元; `unit` is that of the column where the cell has none of its own."""
    printed = as_number(text)
    found = _AMOUNT.fullmatch(printed)
    if found is None:
        return printed
    scale = _SCALES[found["unit"] or unit or "万元"]
    if scale == 1:
        return found["number"]
    value = Decimal(found["number"]) * scale
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def as_date(text: str) -> str:
    """A day as YYYY-MM-DD; other text as it stands."""
    printed = clean(text).replace(" ", "")
    chinese = _CHINESE_DATE.fullmatch(printed)
    if chinese:
        year, month, day = chinese.groups()
        found = _DATE.fullmatch(f"{year.translate(_DIGITS)}-{_small(month)}-{_small(day)}")
    else:
        found = _DATE.fullmatch(printed)
    if found is None:
        return printed
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return printed


def _small(numeral: str) -> int:
    """A Chinese numeral up to 99: 二十一 is 21."""
    tens, ten, ones = numeral.rpartition("十")
    return int((tens or "1" if ten else "0").translate(_DIGITS)) * 10 + int(ones.translate(_DIGITS) or 0)


def year_in(text: str) -> str | None:
    """The budget year a title or cell names: 2021年度 before any other four digits."""
    joined = clean(text).replace(" ", "")
    found = _TITLE_YEAR.search(joined)
    if found:
        return found.group(1)
    alone = _YEAR.search(joined)
    return alone.group() if alone else None


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
    return sign + value if sign in _SIGNS and value[:1].isdigit() else value


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
