"""Reads and compares a target and its result, as the columns rules see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from perfeval_lint.form.definition import INDICATORS, YEAR
from perfeval_lint.form.model import Form
from perfeval_lint.quantity.compare import Comparison, compare
from perfeval_lint.quantity.dates import as_time
from perfeval_lint.quantity.model import (
    ABSENT,
    AMOUNT,
    COMPOUND,
    COUNT,
    DONE,
    EQUAL,
    PARTIAL,
    RANGE,
    RATE,
    TEXT,
    TIME,
    UNDONE,
    Quantity,
)
from perfeval_lint.quantity.read import read_quantity
from perfeval_lint.sql.columns import READINGS

_KINDS = {COUNT: "数量", RATE: "比率", AMOUNT: "金额", TIME: "时间", TEXT: "定性", COMPOUND: "复合"}
_LEVELS = {DONE: "完成", PARTIAL: "部分完成", UNDONE: "未完成", ABSENT: None, None: None}
_LONGEST_CACHED = 120  # characters of a pair that is worth caching

Row = tuple[str | bool | Decimal | None, ...]
Pair = tuple[str, str, int]  # target, result, year of an indicator; "" and 0 where there is none
# The columns stored of a pair: its texts, the year and its READINGS, with their SQL types.
PAIR_COLUMNS = {"年度指标值": "VARCHAR", "实际完成值": "VARCHAR", "年度": "INTEGER"} | {
    name: reading.kind for name, reading in READINGS.items()
}


def year_of(form: Form) -> int | None:
    """Returns the form's 年度 as a number; None where it is none."""
    text = form.text("年度") or ""
    return int(text) if YEAR.fullmatch(text) and text > "0000" else None


def pairs_of(forms: Iterable[Form]) -> Iterator[Pair]:
    """Yields the targets and results of the indicators of forms, with repeats."""
    for form in forms:
        year = year_of(form) or 0
        for record in form.rows(INDICATORS):
            yield record.text("年度指标值") or "", record.text("实际完成值") or "", year


def columns_of_pairs(pairs: Iterable[Pair]) -> list[list[object]]:
    """Returns pairs and their readings, a list for each of PAIR_COLUMNS."""
    rows = [
        (target, actual, year, *reading_row(target or None, actual or None, year or None))
        for target, actual, year in pairs
    ]
    return [*map(list, zip(*rows, strict=True))] or [[] for _ in PAIR_COLUMNS]


def reading_row(target: str | None, actual: str | None, year: int | None) -> Row:
    """Returns one value for each column of READINGS, in its order; None for what is not known."""
    is_cached = len(target or "") + len(actual or "") <= _LONGEST_CACHED
    return _cached_row(target, actual, year) if is_cached else _row(target, actual, year)


def _row(target: str | None, actual: str | None, year: int | None) -> Row:
    wanted = read_quantity(target, year) if target is not None else None
    done = read_quantity(actual, year) if actual is not None else None
    if wanted is not None and done is not None:
        wanted, done = as_time(wanted, done), as_time(done, wanted)
    kind, operator, value, unit, understood = _side(wanted)
    change = wanted.change if wanted is not None else None
    compared, amount = _compared(wanted, done)
    read = (kind, operator, value, unit, change, understood, *_result(done))
    return *read, *compared, _of_each(wanted), _of_each(done), amount


_cached_row = lru_cache(maxsize=1 << 14)(_row)


def _side(read: Quantity | None) -> Row:
    if read is None:
        return (None,) * 5
    operator = "区间" if read.operator == RANGE else read.operator
    printed_unit = "" if read.assumed and read.kind == RATE else read.unit
    return _KINDS[read.kind], operator, read.value, printed_unit, read.understood


def _result(read: Quantity | None) -> Row:
    kind, operator, value, unit, understood = _side(read)
    return kind, operator, value, unit, _LEVELS[read.level] if read else None, understood


def _of_each(read: Quantity | None) -> str | None:
    return "·".join(read.per) if read is not None else None


def _compared(target: Quantity | None, actual: Quantity | None) -> tuple[Row, Decimal | None]:
    """Returns the columns of the comparison, and the result in 万元."""
    if target is None or actual is None:
        return (None,) * 7, None
    upward = compare(target, actual, downward=False)
    downward = compare(target, actual, downward=True) if _has_two_ways(target) else upward
    compared = (upward.same_unit, *_met(upward), *_met(downward), upward.late, upward.outside)
    return compared, upward.amount


def _has_two_ways(target: Quantity) -> bool:
    """Returns whether the indicator decides if more is better, because the target's operator does not say."""
    return target.operator in (EQUAL, RANGE) or target.kind == COMPOUND


def _met(found: Comparison) -> Row:
    return found.met, found.ratio
