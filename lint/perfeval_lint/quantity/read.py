"""One cell of 年度指标值 or 实际完成值 to the quantity it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from perfeval_lint.blanks import is_error_value
from perfeval_lint.quantity import shares
from perfeval_lint.quantity.after import LONGEST as LONGEST_SUFFIX
from perfeval_lint.quantity.after import OPEN
from perfeval_lint.quantity.clauses import BREAKDOWN, DONE, LONGEST_UNCLEAR, PLANNED, in_order, read_clauses, unread
from perfeval_lint.quantity.dates import HINTS, as_time, find_time, without_clock
from perfeval_lint.quantity.happenings import read_absent
from perfeval_lint.quantity.levels import read_words
from perfeval_lint.quantity.lists import without_numbers
from perfeval_lint.quantity.model import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    BELOW,
    EQUAL,
    NOT_UNDERSTOOD,
    PROSE,
    TEXT,
    TIME,
    Quantity,
)
from perfeval_lint.quantity.number import one_number
from perfeval_lint.quantity.numerals import HINTS as NUMERALS
from perfeval_lint.quantity.numerals import with_digits
from perfeval_lint.quantity.units import same
from perfeval_lint.quantity.words import has_digit, normal
from perfeval_lint.quantity.written import rewritten

LONGEST = 400  # characters of a cell that can still be a quantity; anything longer is prose
_LONGEST_CACHED = 80

_TITLES = re.compile("《[^》]{0,80}》|〔[0-9]{4}〕[0-9]{1,4}号|\\[[0-9]{4}\\][0-9]{1,4}号")
_MARKERS = re.compile(r"(?:^|(?<=[;；。，,、]))(?:[(]?[0-9]{1,2}[)]|[0-9]{1,2}[.、](?=[^0-9])|[①-⑳])")
# 由412项增到455项: the end counts.
_RISEN = re.compile(
    "(?:由|从)[^，,；;。]{0,10}?[0-9][^，,；;。至到]{0,8}?[增提升扩降减缩][^，,；;。至到0-9]{0,3}(?:至|到|为)(?=[0-9约])"
)
_QUOTED = re.compile('“[^”]{0,60}”|‘[^’]{0,60}’|"[^"]{0,60}"|「[^」]{0,60}」')
_BRACKETS = re.compile(r"\(([^()]{0,120})\)")
# Digits that are part of a name: PM2.5, 5G基站, 119消防, 7×24小时, 65岁以上老年人.
_CODES = re.compile(
    "[A-Za-z]+-?[0-9]+(?:[.][0-9]+)?[A-Za-z0-9]*(?![0-9台套辆架部])|(?<![0-9.])(?:[45]G(?=基站|网络|信号|通信|应用|覆盖|技术|用户|设备)|[48]K(?=摄|电视|超高清|视频|高清)|"
    "[23]D(?=打印|模型|建模|扫描|动画|地图|影))|"
    "(?<![0-9.])(?:110|114|119|120|12345|12315|12320|12348|12333)(?=消防|热线|宣传|电话|报警|平台|接警|急救|指挥|火警|专线)|"
    "[0-9]+A级|(?<![0-9.])[0-9]+(?:[.][0-9]+)?[×x*:][0-9.]+(?:小时)?|"
    "(?<![0-9.])[0-9]{1,2}[·•][0-9]{1,2}|24小时(?=不间断|值|开|服务|运|监|供|响应|在线)|"
    "(?<![0-9.])[0-9]{1,3}(?:周?岁(?:及?以上|及?以下)?|千伏)(?=[一-龥])(?!左右|上下|以|及|之|内)"
)
_AMBIGUOUS = re.compile(
    r"0[0-9]{2,3}-[0-9]{7,8}|(?:19|20)[0-9]{2}\.(?:0?[1-9]|1[0-2])|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]|[0-9]{9,}|0[0-9]+"
)
_SPECIAL = re.compile(
    rf"由|从|{HINTS.pattern}|{NUMERALS.pattern}|百分比|[(《“\"]|{_CODES.pattern}|{_AMBIGUOUS.pattern}|…"
)
_STRICT = {AT_LEAST: ABOVE, AT_MOST: BELOW}


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
    text = normal(text)
    if is_error_value(text):
        return NOT_UNDERSTOOD
    text = rewritten(text.strip("。；;，,、 "))
    if not text or len(text) > LONGEST:
        return PROSE
    absent = read_absent(text)
    if absent is not None:
        return absent
    simple = one_number(text) if len(text) <= LONGEST_SUFFIX and not _SPECIAL.search(text) else None
    if simple is not None and simple.kind != TEXT:
        return simple
    return _read_text(text, year)


_read_kept = lru_cache(maxsize=1 << 14)(_read)


def _read_text(text: str, year: int | None) -> Quantity:
    text = _TITLES.sub("□", without_clock(text))
    unquoted = _QUOTED.sub("□", text)
    text = unquoted if has_digit(unquoted) or len(unquoted) > LONGEST_UNCLEAR else text
    if "百分比" in text:
        text = text.replace("%(百分比)", "%").replace("百分比", "%")
    text = _RISEN.sub("", with_digits(text))
    if not has_digit(text):
        read = read_clauses(text, year) if HINTS.search(text) else PROSE
        return read if read.kind != TEXT else read_words(text)
    if text.endswith("…"):
        return unread(text)  # cut off: what follows may be another thing
    if _AMBIGUOUS.fullmatch(text) and find_time(text, year) is None:
        return NOT_UNDERSTOOD
    text = _CODES.sub("□", without_numbers(text))
    text = _MARKERS.sub("", text).replace("(次)", "次")
    if not has_digit(text):
        return read_words(text)
    text = shares.without_brackets(text)
    return _read_bracketed(text, year) if "(" in text else read_clauses(text, year)


def _read_bracketed(text: str, year: int | None) -> Quantity:
    """The text outside brackets; numbers inside them belong to it or are quantities of their own."""
    outside = _BRACKETS.sub("", text)
    read = read_clauses(outside, year) if has_digit(outside) or HINTS.search(outside) else PROSE
    if not has_digit(outside) and read.kind != TIME:
        return read_clauses(text.replace("(", "，").replace(")", "，"), year)
    for inside in _BRACKETS.findall(text):
        if inside.startswith("不含") and read.operator in _STRICT:
            read = replace(read, operator=_STRICT[read.operator])
        elif has_digit(inside) and OPEN.search(inside):
            return NOT_UNDERSTOOD  # 3个(含在建1个)
        elif has_digit(inside) and not BREAKDOWN.match(inside):
            more = as_time(read_clauses(inside, year), read)
            if read.kind == TIME and more.kind == TIME:
                read = replace(read, deadline=more.deadline or read.deadline)
                continue  # 年底(12.31)前
            several = more.parts or (more,)
            if more.kind == TEXT or read.kind == TEXT:
                return NOT_UNDERSTOOD if more.understood is False else read
            if _contradict(read, several, inside):
                return NOT_UNDERSTOOD
            if not all(same(one.unit, read.unit) for one in several):
                read = in_order([*(read.parts or (read,)), *several])
    return read


def _contradict(read: Quantity, several: Sequence[Quantity], inside: str) -> bool:
    """Whether a bracket says another number of the same: 3处(已完工2处), 26次(≥6次); not a plan, not of each one."""
    if not read.is_number or PLANNED.match(inside):
        return False
    others = [one for one in several if same(one.unit, read.unit) and one.value != read.value]
    bounds = [one for one in others if one.operator != EQUAL and not (one.each or one.per)]
    return bool(others if DONE.match(inside) else bounds)
