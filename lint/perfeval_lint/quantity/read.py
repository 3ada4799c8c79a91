"""One cell of 年度指标值 or 实际完成值 to the quantity it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.quantity.dates import HINTS, find_time
from perfeval_lint.quantity.levels import read_words
from perfeval_lint.quantity.model import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    BELOW,
    COMPOUND,
    EQUAL,
    NOT_UNDERSTOOD,
    PROSE,
    RANGE,
    TEXT,
    TIME,
    Quantity,
)
from perfeval_lint.quantity.number import LONGEST_PREFIX, LONGEST_SUFFIX, one_number
from perfeval_lint.quantity.numerals import HINTS as NUMERALS
from perfeval_lint.quantity.numerals import with_digits
from perfeval_lint.quantity.units import same
from perfeval_lint.quantity.words import normal, pattern

LONGEST = 400  # characters of a cell that can still be a quantity; anything longer is prose
_LONGEST_CACHED = 80
_LONGEST_PROSE = 40  # prose beside a quantity
_LONGEST_UNCLEAR = 24  # a text with digits no longer than this is meant as a quantity

_TITLES = re.compile("《[^》]{0,80}》|〔[0-9]{4}〕[0-9]{1,4}号|\\[[0-9]{4}\\][0-9]{1,4}号")
_MARKERS = re.compile(r"(?:^|(?<=[;；。，,、]))(?:[(]?[0-9]{1,2}[)]|[0-9]{1,2}[.、](?=[^0-9])|[①-⑳])")
_STOPS = re.compile(r"[。；;，!]+|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),")
# 由412项增到455项: the end counts.
_RISEN = re.compile(
    "(?:由|从)[^，,；;。]{0,10}?[0-9][^，,；;。至到]{0,8}?[增提升扩降减缩][^，,；;。至到0-9]{0,3}(?:至|到|为)(?=[0-9约])"
)
_AREAS = re.compile("(?<=[0-9万亿])m[23](?![0-9A-Za-z])")
_PLAN = re.compile("计划|应|目标|任务|原定|预定|预计")
_COMPARED = re.compile("(?:超过|超|高于|低于|比|较|多于|少于)$")
_SIGN = re.compile("[≥≤≧≦⩾⩽><]=?")
_LISTED = re.compile("[、和及与且并]|以及")
_CONTEXT = re.compile("目前|截至目前|截止目前|全年|当年|本年度?|今年|(?:19|20)[0-9]{2}年度?")
_QUOTED = re.compile('“[^”]{0,60}”|‘[^’]{0,60}’|"[^"]{0,60}"|「[^」]{0,60}」')
_BRACKETS = re.compile(r"\(([^()]{0,120})\)")
_BREAKDOWN = re.compile("其中|包括|包含|含|分别为")
# Digits that are part of a name: PM2.5, 5G基站, 119消防, 7×24小时, 65岁以上老年人.
_CODES = re.compile(
    "[A-Za-z]+-?[0-9]+(?:[.][0-9]+)?[A-Za-z0-9]*|(?<![0-9.])[0-9](?:[45]?G|K|D)(?=[一-龥])|"
    "(?<![0-9.])(?:110|114|119|120|12345|12315|12320|12348|12333)(?=消防|热线|宣传|电话|报警|平台|接警|急救|指挥|火警|专线)|"
    "[0-9]+A级|(?<![0-9.])[0-9]+(?:[.][0-9]+)?[×x*:][0-9.]+(?:小时)?|"
    "(?<![0-9.])[0-9]{1,2}[·•][0-9]{1,2}|24小时(?=不间断|值|开|服务|运|监|供|响应|在线)|"
    "(?<![0-9.])[0-9]{1,3}(?:周?岁(?:及?以上|及?以下)?|千伏)(?=[一-龥])"
)
_AMBIGUOUS = re.compile(
    r"0[0-9]{2,3}-[0-9]{7,8}|(?:19|20)[0-9]{2}\.(?:0?[1-9]|1[0-2])|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]|[0-9]{9,}|0[0-9]+"
)
_SPECIAL = re.compile(
    rf"由|从|m[23]|{HINTS.pattern}|{NUMERALS.pattern}|百分比|[(《“\"]|{_CODES.pattern}|{_AMBIGUOUS.pattern}"
)
_STRICT = {AT_LEAST: ABOVE, AT_MOST: BELOW}
_YEAR_ONLY = re.compile("(?:内|底)?(?:完成|实施|建成|验收|投入使用|启动)?")


def read_quantity(text: str, year: int | None = None) -> Quantity:
    """Reads one cell. `year` is the form's 年度, for days and periods printed without one.

    Pure and total: any text gets a reading, in time linear in its length; what is no quantity is kind text, and
    a short text whose digits are not clear has `understood` False.
    """
    if year is not None and not 1900 <= year <= 2100:
        year = None
    return _read_kept(text, year) if len(text) <= _LONGEST_CACHED else _read(text, year)


def _read(text: str, year: int | None) -> Quantity:
    if len(text) > 2 * LONGEST:
        return PROSE
    text = normal(text).strip("。；;，,、 ")
    if not text or len(text) > LONGEST:
        return PROSE
    simple = one_number(text) if len(text) <= LONGEST_SUFFIX and not _SPECIAL.search(text) else None
    if simple is not None and simple.kind != TEXT:
        return simple
    return _read_text(text, year)


_read_kept = lru_cache(maxsize=1 << 16)(_read)


def _read_text(text: str, year: int | None) -> Quantity:
    text = _TITLES.sub("□", text)
    unquoted = _QUOTED.sub("□", text)
    text = unquoted if _has_digit(unquoted) or len(unquoted) > _LONGEST_UNCLEAR else text
    text = _AREAS.sub(lambda found: "平方米" if found.group() == "m2" else "立方米", text)
    if "百分比" in text:
        text = text.replace("%(百分比)", "%").replace("百分比", "%")
    text = _RISEN.sub("", with_digits(text))
    if not _has_digit(text):
        found = find_time(text, year)
        if found is not None and not found.is_year and len(found.before) + len(found.after) <= 2 * LONGEST_SUFFIX:
            return found.reading
        return read_words(text)
    if _AMBIGUOUS.fullmatch(text):
        return NOT_UNDERSTOOD
    text = _CODES.sub("□", text)
    text = _MARKERS.sub("", text).replace("(次)", "次")
    if not _has_digit(text):
        return read_words(text)
    return _read_bracketed(text, year) if "(" in text else _read_clauses(text, year)


def _has_digit(text: str) -> bool:
    return any("0" <= char <= "9" for char in text)


def _read_bracketed(text: str, year: int | None) -> Quantity:
    """What stands outside brackets; numbers inside them belong to it or are quantities of their own."""
    outside = _BRACKETS.sub("", text)
    if not _has_digit(outside):
        return _read_clauses(text.replace("(", "，").replace(")", "，"), year)
    read = _read_clauses(outside, year)
    for inside in _BRACKETS.findall(text):
        if inside.startswith("不含") and read.operator in _STRICT:
            read = replace(read, operator=_STRICT[read.operator])
        elif _has_digit(inside) and not _BREAKDOWN.match(inside):
            more = _read_clauses(inside, year)
            several = more.parts or (more,)
            if more.kind == TEXT or read.kind == TEXT:
                return NOT_UNDERSTOOD if more.understood is False else read
            if not all(same(one.unit, read.unit) for one in several):
                read = _in_order([*(read.parts or (read,)), *several])
    return read


# --- words without a number -----------------------------------------------------------------------


# --- clauses with numbers -------------------------------------------------------------------------


def _read_clauses(text: str, year: int | None) -> Quantity:
    """The quantities of the clauses together, where they are the substance of the text."""
    found: list[Quantity] = []
    totals: list[bool] = []
    planned: list[bool] = []
    done: list[list[Quantity]] = []
    prose = 0
    for clause in _clauses(text):
        if found and _BREAKDOWN.match(clause):
            break
        if not _has_digit(clause):
            time = find_time(clause, year)
            if time is not None and not time.is_year and len(time.before + time.after) <= LONGEST_SUFFIX:
                found.append(time.reading)
                totals.append(False)
                continue
            if not found and len(clause) > LONGEST_SUFFIX:
                return _unread(text)
            prose += len(clause)
            continue
        if _CONTEXT.fullmatch(clause):
            if clause == text:
                return _whole_time(clause, year)
            continue
        read = _pieces(clause, year)
        if read is None:
            return _unread(text)
        prose += 0 if read else len(clause)
        planned.append(bool(_PLAN.search(clause)))
        done.append(read if "实际" in clause else [])
        found += read
        totals += [False] * (len(read) - 1) + [bool(_total().match(clause))]
    if prose > _LONGEST_PROSE or not found:
        return _unread(text)
    if any(planned) and any(done) and len(planned) > 1:
        found = [one for read in done for one in read]  # 计划10次，实际8次
        totals = [False] * len(found)
    if len(found) == 1:
        return found[0]
    return _summed(found, totals) or _in_order(found)


def _clauses(text: str) -> list[str]:
    """The text cut at stops; 、 cuts where what follows it has a number of its own."""
    cut: list[str] = []
    for clause in _STOPS.split(text):
        if not clause:
            continue
        pieces = clause.split("、") if "、" in clause else [clause]
        waiting = ""
        for piece in pieces:
            waiting += piece
            if _has_digit(piece):
                cut.append(waiting)
                waiting = ""
        if waiting and cut and len(pieces) > 1:
            cut[-1] += waiting
        elif waiting:
            cut.append(waiting)
    return cut


def _pieces(clause: str, year: int | None) -> list[Quantity] | None:
    """The quantities of one clause: a time and what follows it, one number, or several joined by 和; else None."""
    time = find_time(clause, year)
    if time is not None and (len(time.before) > LONGEST_SUFFIX or (time.is_year and _COMPARED.search(time.before))):
        return None
    if time is not None and time.is_year and (time.before or not _YEAR_ONLY.fullmatch(time.after)):
        # The year of something, 2021年度报告 or 至少全年2次: it says nothing itself.
        return _pieces(time.before + time.after, None) if _has_digit(time.after) else []
    if time is not None:
        rest = _pieces(time.after, year) if _has_digit(time.after) else []
        if rest is None or (not rest and len(time.after) > LONGEST_SUFFIX + 4):
            return None
        return [time.reading, *rest]
    read = one_number(clause)
    if read is not None:
        return [read] if read.kind != TEXT else None
    signs = list(_SIGN.finditer(clause))
    if len(signs) == 1 and _has_digit(clause[: signs[0].start()]) and signs[0].start() <= LONGEST_PREFIX:
        read = one_number(clause[signs[0].start() :])  # 签约6个月以上的占比≥75%
        return [read] if read is not None and read.kind != TEXT else None
    parts = _LISTED.split(clause)
    if len(parts) < 2 or not all(map(_has_digit, parts)):
        return None
    several = [one_number(part) for part in parts]
    return [one for one in several if one is not None and one.kind != TEXT] if None not in several else None


def _whole_time(clause: str, year: int | None) -> Quantity:
    found = find_time(clause, year)
    return found.reading if found else NOT_UNDERSTOOD


@lru_cache(maxsize=1)
def _total() -> re.Pattern[str]:
    return re.compile(f".{{0,6}}?(?:{pattern('total')})")


def _summed(found: Sequence[Quantity], totals: Sequence[bool]) -> Quantity | None:
    """The total of “8家、6家、5家，共19家”, where the last number is the sum of those before it."""
    *others, total = found
    parts = [part for part in others if part.kind != TIME]
    if not totals[-1] or total.lower is None or len(parts) < 2:
        return None
    if not all(part.lower is not None and part.operator == EQUAL and same(part.unit, total.unit) for part in parts):
        return None
    return total if sum((part.lower or Decimal(0) for part in parts), Decimal(0)) == total.lower else None


def _in_order(found: Sequence[Quantity]) -> Quantity:
    """Several quantities as a compound; “≥80%且≤90%” as the range it is."""
    if len(found) == 2:
        low, high = found
        is_range = low.operator == AT_LEAST and high.operator == AT_MOST and low.unit == high.unit
        if is_range and low.kind == high.kind and (low.lower or 0) <= (high.upper or 0):
            return replace(low, operator=RANGE, upper=high.upper)
    return Quantity(COMPOUND, parts=tuple(found))


def _unread(text: str) -> Quantity:
    """Prose, or a short text with digits that was meant as a quantity and is not understood."""
    return NOT_UNDERSTOOD if len(text) <= _LONGEST_UNCLEAR else PROSE
