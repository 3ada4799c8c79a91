"""The sums of each form over its rows, in plain Python, for tools that read tables but bring no data frames."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rivals.common import TOTAL_ROW, Tables

_HALF = (Decimal("0.5"), Decimal("0.05"), Decimal("0.005"))


def with_sums(tables: Tables) -> Tables:
    """The tables, each form with 单位, 主管, 分值数, 分值合计, 得分齐全 (是 or blank), 得分合计 and 容差 beside it."""
    forms = tables["表"]
    rows: dict[Any, list[tuple[str | None, str | None]]] = {form: [] for form in forms["表号"]}
    weights = dict.fromkeys(rows, 0)
    scores = dict.fromkeys(rows, 0)
    for form, weight, score in _rows(tables["指标"]):
        rows[form].append((weight, score))
        weights[form] += weight is not None
        scores[form] += score is not None
    for (form, weight, score), source in zip(_rows(tables["资金"]), tables["资金"]["资金来源"], strict=True):
        if source == TOTAL_ROW:
            rows[form].append((weight, score))
    complete = [
        scores[form] > 0 and all(weight is None or score is not None for weight, score in found)
        for form, found in rows.items()
    ]
    added = {
        "单位": _first(forms, "实施单位", "资金使用单位", "部门"),
        "主管": _first(forms, "主管部门", "地方主管部门", "中央主管部门"),
        "分值数": [str(count) for count in weights.values()],
        "分值合计": [_sum(weight for weight, _ in found) for found in rows.values()],
        "得分齐全": ["是" if one else "" for one in complete],
        "得分合计": [_sum(score for _, score in found) for found in rows.values()],
        "容差": [_tolerance(total, found) for total, found in zip(forms["总分得分"], rows.values(), strict=True)],
    }
    return tables | {"表": forms | added}


def _rows(table: dict[str, list[Any]]) -> Any:
    return zip(table["表号"], table["分值"], table["得分"], strict=True)


def _first(forms: dict[str, list[Any]], *names: str) -> list[Any]:
    return [
        next((value for value in values if value), None)
        for values in zip(*(forms[name] for name in names), strict=True)
    ]


def _sum(values: Any) -> Decimal:
    return sum((Decimal(value) for value in values if value is not None), Decimal(0))


def _tolerance(total: str | None, rows: list[tuple[str | None, str | None]]) -> Decimal:
    """Half of the last place printed, of the coarser of the total and its parts."""
    printed = max((_digits(score) for _, score in rows), default=0)
    return _HALF[min(2, min(printed, _digits(total)) if printed else _digits(total))]


def _digits(number: str | None) -> int:
    return len((number or "").partition(".")[2])
