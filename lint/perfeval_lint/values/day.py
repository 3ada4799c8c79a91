"""Days as YYYY-MM-DD, from figures with any marks between them or from Chinese numerals."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from perfeval_lint.sql.text import literal
from perfeval_lint.values.pieces import fits_sql, group_sql, let_sql, replaced_sql
from perfeval_lint.values.text import clean, text_sql

_NUMERALS, _DIGITS = "〇○零一二三四五六七八九", "000123456789"
_SMALL_NUMERALS: Final = {  # up to 31: 二十一 is 21
    f"{tens}{ones}": f"{ten + one}"
    for ten, tens in ((0, ""), (10, "十"), (20, "二十"), (30, "三十"))
    for one, ones in enumerate(("", *_NUMERALS[3:]))
    if 0 < ten + one < 32
}
_DAY = re.compile(r"([1-9][0-9]{3})[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?(?:T?[0-9]{2}:[0-9:.]+)?")
_JOINED_DAY = re.compile(r"([1-9][0-9]{3})([0-9]{2})([0-9]{2})")
_CHINESE_DAY = re.compile(rf"([{_NUMERALS}]{{4}})年([一二三四五六七八九十]{{1,3}})月([一二三四五六七八九十]{{1,3}})日")
_UNFILLED = re.compile("[年月日/.:：—_-]*")  # the blanks of 年 月 日 with nothing in them


def as_date(text: str) -> str:
    """A day as YYYY-MM-DD; other text clean, without spaces; "" where the blanks of 年 月 日 were not filled in."""
    printed = clean(text).replace(" ", "")
    if _UNFILLED.fullmatch(printed):
        return ""
    found = next(filter(None, (pattern.fullmatch(_in_digits(printed)) for pattern in (_DAY, _JOINED_DAY))), None)
    try:
        return date(*map(int, found.groups())).isoformat() if found else printed
    except ValueError:
        return printed


def date_sql(column: str, kind: str) -> str:
    """As as_date(); NULL for a blank cell and where that returns ""."""
    cases = [(_CHINESE_DAY, _in_digits_sql("printed"))]
    cases += [(one, replaced_sql("printed", f"^{one.pattern}$", r"\1-\2-\3")) for one in (_JOINED_DAY, _DAY)]
    dashed = " ".join(f"WHEN {fits_sql('printed', one)} THEN {meant}" for one, meant in cases)
    unfilled = f"WHEN {fits_sql('printed', _UNFILLED)} THEN NULL"
    read = f"CASE {unfilled} ELSE coalesce(TRY_CAST(CASE {dashed} END AS DATE)::VARCHAR, printed) END"
    return let_sql("printed", f"replace({text_sql(column, kind)}, ' ', '')", read)


def _in_digits(day: str) -> str:
    """二〇二一年三月五日 as 2021-3-5; any other text unchanged."""
    found = _CHINESE_DAY.fullmatch(day)
    if found is None:
        return day
    year = found[1].translate(str.maketrans(_NUMERALS, _DIGITS))
    return "-".join((year, *(_SMALL_NUMERALS.get(part, part) for part in found.groups()[1:])))


def _in_digits_sql(day: str) -> str:
    """二〇二一年三月五日 as 2021-3-5."""
    year, month, day_of_month = (group_sql(day, _CHINESE_DAY, group) for group in (1, 2, 3))
    year = f"translate({year}, {literal(_NUMERALS)}, {literal(_DIGITS)})"
    numerals = literal(dict(_SMALL_NUMERALS))
    return f"concat({year}, '-', {numerals}[{month}], '-', {numerals}[{day_of_month}])"
