"""A text with numbers, clause by clause: one quantity, several, a total, or prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.quantity.after import LONGEST as LONGEST_SUFFIX
from perfeval_lint.quantity.after import OPEN
from perfeval_lint.quantity.dates import find_time
from perfeval_lint.quantity.happenings import read_absent
from perfeval_lint.quantity.lists import side_by_side
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
from perfeval_lint.quantity.number import LONGEST_PREFIX, one_number
from perfeval_lint.quantity.units import same
from perfeval_lint.quantity.words import has_digit, pattern

LONGEST_UNCLEAR = 24  # a text with digits no longer than this is meant as a quantity
_STOPS = re.compile(r"[。；;，!]+|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),")
_SIGN = re.compile("[≥≤≧≦⩾⩽><]=?")
_LISTED = re.compile("[、和及与且并]|以及")
_CONTEXT = re.compile("目前|截至目前|截止目前|全年|当年|本年度?|今年|(?:19|20)[0-9]{2}年度?")
BREAKDOWN = re.compile("其中|包括|包含|含|分别为")
_PLAN = re.compile("计划|应|目标|任务|原定|预定|预计")
PLANNED = re.compile("(?:年初|全年|本年|原)?(?:计划|应(?![急用对答届征诉])|目标|任务|原定|预定|预计)")
DONE = re.compile("(?:全年|目前)?(?:实|已|完成|达到|落实|建成|竣工|完工|验收|举办|开展|办结)")
_COMPARED = re.compile("(?:超过|超|高于|低于|比|较|多于|少于)$")
_YEAR_ONLY = re.compile("(?:内|底)?(?:完成|实施|建成|验收|投入使用|启动)?")
_LONGEST_LEAD = 24  # prose that leads to a quantity
_LONGEST_PROSE = 40  # prose beside a quantity


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause and the quantities in it; without any it is prose, or says of when the others are."""

    text: str
    found: tuple[Quantity, ...]
    is_context: bool = False


def read_clauses(text: str, year: int | None) -> Quantity:
    """The quantities of the clauses together, where they are the substance of the text."""
    clauses: list[_Clause] = []
    cut = _clauses(text)
    for clause in cut:
        if BREAKDOWN.match(clause) and any(one.found for one in clauses):
            if OPEN.search(text):
                return unread(text)  # 10个，其中在建3个
            break  # 共20场，其中线上12场
        if len(cut) > 1 and _CONTEXT.fullmatch(clause):
            clauses.append(_Clause(clause, (), is_context=True))
            continue
        found = _pieces(clause, year) if has_digit(clause) else _time_alone(clause, year)
        if found is None:
            return unread(text)
        clauses.append(_Clause(clause, tuple(found)))
    return _together(clauses) or unread(text)


def unread(text: str) -> Quantity:
    """Prose, or a short text with digits that was meant as a quantity and is not understood."""
    return NOT_UNDERSTOOD if len(text) <= LONGEST_UNCLEAR else PROSE


def _together(clauses: Sequence[_Clause]) -> Quantity | None:
    """Joins the readings of the clauses into one; None where the text is mostly prose."""
    prose = [clause.text for clause in clauses if not clause.found and not clause.is_context]
    leads = bool(prose) and prose[0] == clauses[0].text and len(prose[0]) > _LONGEST_LEAD
    if leads or sum(map(len, prose)) > _LONGEST_PROSE:
        return None
    clauses = _done_not_planned([clause for clause in clauses if clause.found])
    found = [one for clause in clauses for one in clause.found]
    if any(one.event and one.lower for one in found) and any(map(read_absent, prose)):
        return None  # 未发生重大事故，发生一般事故1起: which of them is meant is not said
    if len(found) < 2:
        return found[0] if found else None
    return _summed(found, clauses[-1]) or in_order(_shared_out(found, clauses[0].text))


def _shared_out(found: Sequence[Quantity], first: str) -> Sequence[Quantity]:
    """Of 分别不超过50万元、30万元和20万元 each is a bound, not the first alone."""
    operator = found[0].operator
    if "分别" not in first or operator not in (AT_LEAST, ABOVE, AT_MOST, BELOW):
        return found
    upward = operator in (AT_LEAST, ABOVE)
    return [
        replace(one, operator=operator, lower=one.lower if upward else None, upper=None if upward else one.upper)
        if one.operator == EQUAL and one.is_number
        else one
        for one in found
    ]


def _done_not_planned(clauses: Sequence[_Clause]) -> Sequence[_Clause]:
    """Of 计划10次，实际8次 what was done; none where that is not said, all where there is no plan beside it."""
    done = [clause for clause in clauses if "实际" in clause.text]
    if done and any(_PLAN.search(clause.text) for clause in clauses):
        return done
    plans = [clause for clause in clauses if PLANNED.match(clause.text)]
    others = [clause for clause in clauses if clause not in plans]
    units = {one.unit for clause in plans for one in clause.found}
    if not any(one.unit in units for clause in others for one in clause.found):
        return clauses
    return others if all(DONE.match(clause.text) for clause in others) else []


def _time_alone(clause: str, year: int | None) -> list[Quantity]:
    time = find_time(clause, year)
    is_time = time is not None and not time.is_year and len(time.before + time.after) <= LONGEST_SUFFIX + 4
    return [time.reading] if time is not None and is_time else []


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
            if has_digit(piece):
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
        return _pieces(time.before + time.after, None) if has_digit(time.after) else []
    if time is not None:
        rest = _pieces(time.after, year) if has_digit(time.after) else []
        if rest is None or (not rest and len(time.after) > LONGEST_SUFFIX + 4):
            return None
        return [time.reading, *rest]
    read = one_number(clause)
    if read is not None:
        return [read] if read.kind != TEXT else None
    signs = list(_SIGN.finditer(clause))
    if len(signs) == 1 and has_digit(clause[: signs[0].start()]) and signs[0].start() <= LONGEST_PREFIX:
        read = one_number(clause[signs[0].start() :])  # 签约6个月以上的占比≥75%
        return [read] if read is not None and read.kind != TEXT else None
    parts = side_by_side(clause) or _LISTED.split(clause)
    if len(parts) < 2 or not all(map(has_digit, parts)):
        return None
    several = [one_number(part) for part in parts]
    return [one for one in several if one is not None and one.kind != TEXT] if None not in several else None


@lru_cache(maxsize=1)
def _total() -> re.Pattern[str]:
    return re.compile(f".{{0,6}}?(?:{pattern('total')})")


def _summed(found: Sequence[Quantity], last: _Clause) -> Quantity | None:
    """The total of “8家、6家、5家，共19家”, where the last number is the sum of those before it."""
    *others, total = found
    parts = [part for part in others if part.kind != TIME]
    if not _total().match(last.text) or total.lower is None or len(parts) < 2:
        return None
    if not all(part.lower is not None and part.operator == EQUAL and same(part.unit, total.unit) for part in parts):
        return None
    return total if sum((part.lower or Decimal(0) for part in parts), Decimal(0)) == total.lower else None


def in_order(found: Sequence[Quantity]) -> Quantity:
    """Several quantities as a compound; “≥80%且≤90%” as the range it is."""
    if len(found) == 2:
        low, high = found
        is_range = low.operator == AT_LEAST and high.operator == AT_MOST and low.unit == high.unit
        if is_range and low.kind == high.kind and (low.lower or 0) <= (high.upper or 0):
            return replace(low, operator=RANGE, upper=high.upper)
    return Quantity(COMPOUND, parts=tuple(found))
