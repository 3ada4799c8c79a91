"""Days and periods: 9月底前, 第一季度, 2021年1-12月, 年底前, to the first and the last day they allow."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from perfeval_lint.quantity.model import AT_MOST, COUNT, EQUAL, TIME, Quantity

_YEAR = r"(?:(?P<y>(?:19|20)[0-9]{2})年度?|(?P<word>当|本|今|次|下|明|翌|第二)年度?)"
_BEFORE = "(?:[日号]?(?:(?:之|以)?前|为?止))"
_DONE = "(?:已?(?:按时|按期|如期)?(?:全部)?(?:完成|完工|竣工|验收|交付|开工|投入使用|印发|发放|拨付|到位|举办|召开))"
_MONTH_POINT = r"(?<![0-9.])(?P<m>1[0-2]|0?[1-9])"
_POINTS = [
    re.compile(pattern)
    for pattern in (
        r"(?P<y>(?:19|20)[0-9]{2})([-./])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})日?(?![0-9])",
        r"(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])"
        rf"(?=$|{_BEFORE}|{_DONE}|[-~至到，,、；;。])",
        _YEAR + rf"?{_MONTH_POINT}[-./](?P<d>[0-9]{{1,2}})(?={_BEFORE})",
        _YEAR + rf"?{_MONTH_POINT}\.(?P<d>[12][0-9]|3[01]|0[1-9])[日号]",
        _YEAR + rf"?{_MONTH_POINT}\.(?P<d>[0-9]{{1,2}})(?={_DONE})",
        rf"(?<=截[至止]){_MONTH_POINT}\.(?P<d>[0-9]{{1,2}})(?=$|[，,、；;。日号])",
        rf"(?P<y>(?:19|20)[0-9]{{2}})\.(?P<m>0?[1-9]|1[0-2])(?={_BEFORE})",
        _YEAR
        + r"?(?<![0-9.])(?P<m>[0-9]{1,2})月份?(?:(?P<d>[0-9]{1,2})[日号]|(?P<part>上旬|中旬|下旬|初|底|末|月底|月末))?",
        r"(?P<y>(?:19|20)[0-9]{2})[-/](?P<m>0?[1-9]|1[0-2])(?![0-9./-])",
        _YEAR + r"?第?(?P<q>[1-4一二三四])季度?(?:末|底)?",
        _YEAR + r"?(?P<half>[上下])半年(?:末|底)?",
        r"(?:(?P<y>(?:19|20)[0-9]{2})|(?P<word>当|本|今|次|下|明|翌|第二)|(?<![0-9个半两一二三四五六七八九十每多整年]))年[年度]?(?P<end>底|末|终|内|以内|之内)",
        _YEAR + r"(?:全年)?",
        r"(?P<all>全年)",
    )
]
_RANGE = re.compile(r"[-~至到]{1,2}")
_MONTHS = re.compile(_YEAR + r"?(?<![0-9.])(?P<m1>[0-9]{1,2})月?份?[-~至到]{1,2}(?P<m2>[0-9]{1,2})月份?")
_YEARS = re.compile(r"(?P<y1>(?:19|20)[0-9]{2})年?[-~至到](?P<y2>(?:19|20)[0-9]{2})年度?(?!月)")
_SOME_QUARTERS = re.compile(_YEAR + r"?第?(?P<q1>[1-4])季?度?[-~至到]第?(?P<q2>[1-4])季度")
_UNTIL = re.compile("[日号]?(?:(?:之|以)?前|为?止|之内|以内|内)")
_QUARTERS = dict(zip("1234一二三四", [1, 2, 3, 4] * 2, strict=True))
_NEXT = ("次", "下", "明", "翌", "第二")
_SPAN = re.compile(
    r"(?P<y1>(?:19|20)[0-9]{2})[-./](?P<m1>0?[1-9]|1[0-2])[-~至到](?P<y2>(?:19|20)[0-9]{2})[-./](?P<m2>1[0-2]|0?[1-9])"
    r"(?![0-9./-])"
)
HINTS = re.compile(
    f"[年月季]|[0-9][-./][0-9]{{1,2}}(?:[-./~至到日号]|{_BEFORE}|{_DONE})|截[至止][0-9]|20[0-9]{{2}}[-/]|20[0-9]{{6}}"
)
# The time of day behind a day: 12月31日24时前, 2023-12-31 00:00:00.
_CLOCK = re.compile(
    "([0-9][日号]|(?:19|20)[0-9]{2}([-./])[0-9]{1,2}\\2[0-9]{1,2})[?T]?(?:上午|下午|晚上?)?"
    "[0-9]{1,2}(?:[时点]整?(?:[0-9]{1,2}分)?|(?::[0-9]{2}){1,2})(?:[.][0-9]{1,6})?"
)
_PRINTED_DAY = re.compile("(1[0-2]|[1-9])[.](0?[1-9]|[12][0-9]|3[01])")
# Of no month in particular: 月底前, 每月5日前报送.
_UNDATED = re.compile(
    "(?:(?:每个?)?(?:月|季度?)[底末]之?前?|每个?(?:月|季度?|周|旬|年)(?:[0-9]{1,2}[日号]|[底末])之?前)[^0-9]{0,12}"
)
_LONGEST_BEFORE = 14
_STARTS = frozenset("0123456789第一二三四上下全年当本今次明翌")


@dataclass(frozen=True, slots=True)
class Found:
    """A time found in a text: its reading, and the text before and after it. `is_year`: only a year was named."""

    reading: Quantity
    before: str
    after: str
    is_year: bool


@dataclass(frozen=True, slots=True)
class _Span:
    """The first and last day of a point or period; None where the year is not known."""

    begin: date | None
    end: date | None
    stop: int
    is_year: bool = False
    is_limit: bool = False


def find_time(text: str, year: int | None) -> Found | None:
    """The first day or period named in a text (as normal() writes it); None where there is none near its start."""
    if not HINTS.search(text):
        return None
    if _UNDATED.fullmatch(text):
        limit = AT_MOST if "前" in text else EQUAL
        return Found(Quantity(TIME, limit, approximate="左右" in text), "", "", is_year=False)
    for start in range(min(len(text), _LONGEST_BEFORE + 1)):
        if text[start] not in _STARTS:
            continue
        span = _span_at(text, start, year)
        if span is not None:
            return _found(text, start, span)
        if "0" <= text[start] <= "9":
            return None
    return None


def without_clock(text: str) -> str:
    """The text with the time of day behind a day left out."""
    return _CLOCK.sub(r"\1", text) if ":" in text or "时" in text or "点" in text else text


def as_time(number: Quantity, beside: Quantity) -> Quantity:
    """The day a bare 12.20 or 4.30-6.30 means beside a time; the quantity as it is where it can be none."""
    is_bare = number.kind == COUNT and not (number.unit or number.approximate or number.change or number.each)
    if not is_bare or beside.kind != TIME or number.lower is None or number.upper is None:
        return number
    year = beside.deadline.year if beside.deadline else None
    first, last = _days_printed(number.lower, year), _days_printed(number.upper, year)
    if first is None or last is None:
        return number
    return Quantity(TIME, EQUAL, deadline=last[1], begin=first[0])


def _days_printed(value: Decimal, year: int | None) -> tuple[date | None, date | None] | None:
    """12.20 as that day; 12.2 as the days it may be, for a spreadsheet drops the 0 of 12.20."""
    found = _PRINTED_DAY.fullmatch(f"{value:f}")
    if found is None:
        return None
    month, printed = int(found.group(1)), found.group(2)
    longest = calendar.monthrange(year or 2024, month)[1]
    day = int(printed)
    if day > longest:
        return None
    last = day * 10 if len(printed) == 1 and day * 10 <= longest else day
    return _day(year, month, day), _day(year, month, last)


def _found(text: str, start: int, span: _Span) -> Found:
    until = _UNTIL.match(text, span.stop)
    after = text[until.end() if until else span.stop :]
    about = after.startswith("左右")
    after = after.removeprefix("左右")
    # 9月前 is August to the letter, but many mean September: the last day anybody allows is taken.
    is_limit = bool(until) or span.is_limit
    reading = Quantity(
        TIME,
        AT_MOST if is_limit else EQUAL,
        approximate=about,
        deadline=span.end,
        begin=None if is_limit else span.begin,
    )
    return Found(reading, text[:start], after, span.is_year and not until)


def _span_at(text: str, start: int, year: int | None) -> _Span | None:
    months = _MONTHS.match(text, start)
    if months:
        year = _year(months.group("y"), months.group("word"), year)
        one, other = int(months.group("m1")), int(months.group("m2"))
        if not 1 <= one <= other <= 12:
            return None
        return _Span(_day(year, one, 1), _day(year, other, 31), months.end())
    if whole := _SPAN.match(text, start):
        first = _day(int(whole.group("y1")), int(whole.group("m1")), 1)
        return _Span(first, _day(int(whole.group("y2")), int(whole.group("m2")), 31), whole.end())
    if years := _YEARS.match(text, start):
        return _Span(_day(int(years.group("y1")), 1, 1), _day(int(years.group("y2")), 12, 31), years.end())
    if some := _SOME_QUARTERS.match(text, start):
        year = _year(some.group("y"), some.group("word"), year)
        ends = int(some.group("q1")) * 3 - 2, int(some.group("q2")) * 3
        return _Span(_day(year, ends[0], 1), _day(year, ends[1], 31), some.end())
    first_span = _point_at(text, start, year)
    if first_span is None:
        return None
    to = _RANGE.match(text, first_span.stop)
    second = _point_at(text, to.end(), first_span.begin.year if first_span.begin else year) if to else None
    if second is None or (first_span.begin is None and second.end is not None):
        return first_span
    return _Span(first_span.begin, second.end, second.stop)


def _point_at(text: str, start: int, year: int | None) -> _Span | None:
    for point in _POINTS:
        found = point.match(text, start)
        if found:
            named = found.groupdict()
            year = _year(named.get("y"), named.get("word"), year)
            span = _days(named, year)
            if span is None:
                return None
            is_year = not any(named.get(part) for part in ("m", "q", "half", "end"))
            return _Span(*span, found.end(), is_year, is_limit=(named.get("end") or "").endswith("内"))
    return None


def _year(printed: str | None, word: str | None, year: int | None) -> int | None:
    if printed:
        return int(printed)
    return year + 1 if year is not None and word in _NEXT else year


def _days(named: dict[str, str | None], year: int | None) -> tuple[date | None, date | None] | None:
    """The first and last day of what was named; None where there is no such day."""
    if named.get("m"):
        month = int(named["m"] or 0)
        if not 1 <= month <= 12:
            return None
        first, last = _days_of_month(named.get("d"), named.get("part"))
        if not 1 <= first <= calendar.monthrange(year or 2024, month)[1]:
            return None
        return _day(year, month, first), _day(year, month, last)
    if named.get("q"):
        quarter = _QUARTERS[named["q"] or ""]
        return _day(year, quarter * 3 - 2, 1), _day(year, quarter * 3, 31)
    if named.get("half"):
        is_first = named["half"] == "上"
        return _day(year, 1 if is_first else 7, 1), _day(year, 6 if is_first else 12, 31)
    if named.get("end") in ("底", "末", "终"):
        return _day(year, 12, 1), _day(year, 12, 31)
    return _day(year, 1, 1), _day(year, 12, 31)


def _days_of_month(day: str | None, part: str | None) -> tuple[int, int]:
    if day:
        return int(day), int(day)
    spans = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "下旬": (21, 31), None: (1, 31)}
    return spans.get(part, (21, 31))


def _day(year: int | None, month: int, day: int) -> date | None:
    """That day, or the last of the month where it has fewer."""
    if year is None:
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
