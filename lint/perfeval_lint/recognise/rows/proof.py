"""Typed tables proved by their sums: rows without a score are marked where the scores do not add up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from perfeval_lint.form.definition import FUNDS, INDICATORS
from perfeval_lint.recognise.rows.build import Draft, Read, RowDraft

_SUMMED = ("分值", "得分")


def mark_missing(draft: Draft) -> None:
    """Adds a doubt for every indicator without a number that the printed total needs.

    Typed rows have no places, so that a number may have come under another column.
    """
    rows = draft.rows[INDICATORS.key]
    for role in _SUMMED:
        total = _number(draft.total.get(role))
        missing = [n for n, row in enumerate(rows) if role not in row.values]
        if total is None or not missing or len(missing) == len(rows):
            continue
        if sum(_numbers([*rows, *draft.rows[FUNDS.key][:1]], role), Decimal(0)) != total:
            reason = f"这一行没有读出{role}，各行{role}之和与总分不符"
            draft.doubts += [(f"{INDICATORS.key}[{n}].{role}", reason, rows[n].origin) for n in missing]


def _numbers(rows: list[RowDraft], role: str) -> Iterator[Decimal]:
    for row in rows:
        number = _number(row.values.get(role))
        if number is not None:
            yield number


def _number(read: Read | None) -> Decimal | None:
    try:
        return None if read is None else Decimal(read.value.text)
    except InvalidOperation:
        return None
