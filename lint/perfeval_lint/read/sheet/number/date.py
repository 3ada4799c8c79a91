"""Dates and times of a workbook: a serial number and the date tokens of a format code to text."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

DATE_TOKENS = frozenset({"date", "elapsed", "half"})
_DAY = 86_400
_LAST = 2_958_466  # the day after 9999-12-31
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WEEK = "一二三四五六日"


def show_date(tokens: Iterable[tuple[str, str]], serial: Decimal, *, from_1904: bool = False) -> str | None:
    """The text of a serial day number; None where there is no such day or a token is not understood."""
    pieces = _with_minutes(list(tokens))
    if not 0 <= serial < _LAST or any(kind == "digit" for kind, _ in pieces):
        return None
    decimals = max((len(text.partition(".")[2]) for kind, text in pieces if kind == "date" and "s" in text), default=0)
    if decimals > 3:
        return None
    seconds = (serial * _DAY).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    moment = _moment(int(seconds // _DAY), from_1904=from_1904)
    clock_only = all(kind != "date" or text[0] in "hns" for kind, text in pieces)
    if moment is None or (seconds < _DAY and not from_1904 and not clock_only):  # Excel shows a day 0 of January
        return None
    halves = any(kind == "half" for kind, _ in pieces)
    clock = _Clock(moment, seconds, halves=halves)
    shown = [clock.show(kind, text) for kind, text in pieces]
    return "".join(shown).strip()


def _moment(day: int, *, from_1904: bool) -> datetime.date | None:
    """The date of a day number; day 60 of the 1900 system is the 29 February that never was."""
    if from_1904:
        day += 1462
    elif day == 60:
        return None
    elif day < 60:
        day += 1
    return datetime.date(1899, 12, 30) + datetime.timedelta(days=day) if day < _LAST else None


def _with_minutes(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pieces in small letters; an m after hours or before seconds is minutes, written as "n"."""
    lowered = [(kind, text.lower() if kind in ("date", "elapsed") else text) for kind, text in pieces]
    clock = [(index, text) for index, (kind, text) in enumerate(lowered) if kind in ("date", "elapsed")]
    for place, (index, text) in enumerate(clock):
        before = clock[place - 1][1] if place else ""
        after = clock[place + 1][1] if place + 1 < len(clock) else ""
        minutes = before.startswith("h") or after.startswith("s")
        if lowered[index][0] == "date" and text in ("m", "mm") and minutes:
            lowered[index] = ("date", "n" * len(text))
    return lowered


class _Clock:
    """One moment, shown piece by piece."""

    def __init__(self, date: datetime.date, seconds: Decimal, *, halves: bool) -> None:
        self._date = date
        self._seconds = seconds
        self._halves = halves
        of_day = seconds % _DAY
        self._hour, rest = divmod(int(of_day), 3600)
        self._minute = rest // 60
        self._second = of_day % 60

    def show(self, kind: str, text: str) -> str:
        """The text of one token; anything that is no date token is unchanged."""
        if kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[text[0]]
            return str(int((self._seconds / unit).to_integral_value(ROUND_FLOOR))).zfill(len(text))
        if kind == "half":
            late = self._hour >= 12
            return ("下午" if late else "上午") if text.startswith("上") else text.split("/")[late]
        return self._field(text) if kind == "date" else text

    def _field(self, text: str) -> str:
        letter, width = text[0], len(text)
        if letter == "s":
            return self._seconds_field(text)
        if letter in "hn":
            hour = (self._hour % 12 or 12) if self._halves else self._hour
            return str(hour if letter == "h" else self._minute).zfill(min(width, 2))
        if letter in "ye":
            return f"{self._date.year % 100:02d}" if letter == "y" and width <= 2 else f"{self._date.year:04d}"
        if letter == "a":
            return ("" if width == 3 else "星期") + _WEEK[self._date.weekday()]
        return self._day_or_month(letter, width)

    def _day_or_month(self, letter: str, width: int) -> str:
        number = self._date.month if letter == "m" else self._date.day
        if width <= 2:
            return str(number).zfill(width)
        name = _MONTHS[number - 1] if letter == "m" else _DAYS[self._date.weekday()]
        if width == 3:
            return name[:3]
        return name[:1] if letter == "m" and width == 5 else name

    def _seconds_field(self, text: str) -> str:
        whole, _, decimals = text.partition(".")
        second = f"{int(self._second)}".zfill(min(len(whole), 2))
        if not decimals:
            return second
        fraction = (self._second % 1).quantize(Decimal(1).scaleb(-len(decimals)), rounding=ROUND_FLOOR)
        return second + f"{fraction:f}"[1:]
