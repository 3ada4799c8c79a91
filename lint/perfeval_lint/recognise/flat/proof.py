"""Whether the numbers read from flattened text add up as the form says they do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.recognise.flat.funds import value
from perfeval_lint.recognise.flat.pieces import joined
from perfeval_lint.recognise.flat.table import Entry, sum_of

_CLOSE = 0.051  # printed scores are rounded to one or two decimals
_IN_NAME = re.compile(r"[（(]([0-9]+(?:\.[0-9]+)?)分?[）)]$")


@dataclass(frozen=True, slots=True)
class Proof:
    """The indicator rows, cells marked where a sum over them is wrong, and the sentences that say so."""

    rows: list[list[Entry]]
    doubts: tuple[str, ...]


def prove(
    roles: Sequence[str],
    rows: list[list[Entry]],
    funds: Mapping[str, float],
    total: Sequence[Entry],
) -> Proof:
    """Compares the columns with the total row, and the weights printed in level names with their rows."""
    doubts = []
    for role in ("分值", "得分"):
        if role not in roles:
            continue
        place = roles.index(role)
        printed = value(total[place].pieces) if len(total) > place else None
        found = sum_of(roles, rows, funds, role)
        if printed is None or found is None or abs(printed - found) < _CLOSE:
            continue
        doubts.append(f"各行{role}与资金{role}之和是{found:g}，表上总分是{printed:g}：请核对{role}是否读错")
        rows = [_marked(row, place, f"{role}之和与总分不符，请核对") for row in rows]
    doubts += _level_doubts(roles, rows)
    if not rows:
        doubts.append("没有读出绩效指标的任何一行，请核对")
    return Proof(rows, tuple(doubts))


def _marked(row: list[Entry], place: int, doubt: str) -> list[Entry]:
    return [replace(entry, doubt=entry.doubt or doubt) if at == place else entry for at, entry in enumerate(row)]


def _level_doubts(roles: Sequence[str], rows: Sequence[Sequence[Entry]]) -> list[str]:
    if "分值" not in roles:
        return []
    place = roles.index("分值")
    doubts = []
    for level in ("一级指标", "二级指标"):
        if level not in roles:
            continue
        column = roles.index(level)
        sums: dict[str, float] = {}
        for row in rows:
            name = joined(row[column].pieces)
            sums[name] = sums.get(name, 0.0) + (value(row[place].pieces) or 0.0)
        for name, found in sums.items():
            printed = _IN_NAME.search(name)
            if printed and abs(float(printed[1]) - found) > _CLOSE:
                doubts.append(f"“{name}”各行分值之和是{found:g}，与名称中的{printed[1]}不符：请核对是否读错")
    return doubts
