"""The columns of the tables rules are judged on, with their SQL types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from perfeval_lint.form.definition import EXPECTED_OF_TOTAL, FUNDS, Kind, columns_of

PARENT = "表"  # 表.年度: the form a row belongs to

SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.NUMBER: "DECIMAL(30,6)",
    Kind.RATE: "DECIMAL(30,10)",
    Kind.YEAR: "INTEGER",
    Kind.DATE: "DATE",
}


_KEYS = {"表号": "UINTEGER", "行号": "UINTEGER"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A column read from an indicator's target and result: its SQL type, the fields it comes from, and a sentence for
    rule authors."""

    kind: str
    fields: tuple[str, ...]
    says: str


def _readings() -> dict[str, Reading]:
    target, actual = ("年度指标值",), ("实际完成值",)
    both = target + actual
    text, number, ratio, truth = "VARCHAR", "DECIMAL(30,6)", "DECIMAL(30,10)", "BOOLEAN"
    return {
        "目标种类": Reading(text, target, "数量、比率、金额、时间、定性或复合（一格里有几项）"),
        "目标算符": Reading(text, target, "= ≥ > ≤ < 或 区间；时间的 ≤ 是期限；定性和复合为空"),
        "目标值": Reading(number, target, "目标的数；区间取下限；金额一律是万元，其余按所写的单位"),
        "目标单位": Reading(text, target, "所写的单位；金额为 万元，百分数为 %；没有写为空串"),
        "目标变动": Reading(text, target, "增 或 减：目标是增长、下降多少；其余为空串"),
        "目标读懂": Reading(truth, target, "假：短短的一格里有数，却认不出是什么意思"),
        "实际种类": Reading(text, actual, "同目标种类"),
        "实际算符": Reading(text, actual, "同目标算符"),
        "实际值": Reading(number, actual, "同目标值"),
        "实际单位": Reading(text, actual, "同目标单位"),
        "实际程度": Reading(text, actual, "文字写的完成、部分完成或未完成；没有说为空"),
        "实际读懂": Reading(truth, actual, "同目标读懂"),
        "单位相同": Reading(truth, both, "两边数的是同一种东西，换算也算；有不认得的单位为空"),
        "正向完成": Reading(truth, both, "完成值达到目标；目标没有写算符时按越多越好；不能相比为空"),
        "正向比": Reading(ratio, both, "实际 ÷ 目标（目标写 ≤ 的为 目标 ÷ 实际）；几项并列取最差的一项"),
        "反向完成": Reading(truth, both, "同正向完成；目标没有写算符时按越少越好"),
        "反向比": Reading(ratio, both, "同正向比；目标没有写算符时为 目标 ÷ 实际"),
        "逾期": Reading(truth, both, "完成的时间晚于目标的最后一天"),
        "出界": Reading(truth, both, "目标是区间，完成值在它之外"),
        "目标每": Reading(text, target, "目标是每一个什么的数：每月2次 为 月，400元/人/天 为 人·天；是总数为空串"),
        "实际每": Reading(text, actual, "同目标每"),
        "实际金额": Reading(number, both, "目标和实际都是钱时，实际的金额，万元；实际没有写单位的按目标的单位"),
    }


READINGS = _readings()


def has_place(name: str) -> str:
    """Returns the column that is true where a row's form has a place for a field, filled in or blank."""
    return f"{name}有栏"


# Columns that are not on the form: the current year, whether a fund row has a place for the fields its total needs,
# the readings of an indicator, and the number of findings a waiver covers.
GIVEN = {
    PARENT: {"今年": "INTEGER"},
    FUNDS.table: {has_place(name): "BOOLEAN" for name in EXPECTED_OF_TOTAL},
    "指标": {name: reading.kind for name, reading in READINGS.items()},
    "豁免": {"命中数": "UINTEGER"},
}


def raw_columns(table: str) -> Mapping[str, str]:
    """Returns the columns a table is loaded from, in order, with their SQL types: all that is on the form is text."""
    return _KEYS | {column.name: "VARCHAR" for column in columns_of(table)} | GIVEN.get(table, {})


@cache
def base_columns(table: str) -> Mapping[str, str]:
    """Returns the columns a table has before any definition, with their SQL types."""
    types = dict(_KEYS)
    for column in columns_of(table):
        types |= {column.name: SQL_TYPES[column.field.kind]}
        if SQL_TYPES[column.field.kind] != "VARCHAR":
            types[f"{column.name}原文"] = "VARCHAR"
    return types | GIVEN.get(table, {})
