"""The canonical text of a table's column, by the field of the form that it holds."""

from __future__ import annotations

from perfeval_lint.form.definition import Kind
from perfeval_lint.letters import PERSONS
from perfeval_lint.values.day import date_sql
from perfeval_lint.values.grade import grade_sql
from perfeval_lint.values.money import in_ten_thousands_sql
from perfeval_lint.values.name import source_name_sql, without_prompt_sql
from perfeval_lint.values.number import number_sql, score_sql, weight_sql
from perfeval_lint.values.text import person_sql, text_sql
from perfeval_lint.values.year import year_sql


def _indicator_sql(column: str, kind: str) -> str:
    """The name of an indicator."""
    return without_prompt_sql(text_sql(column, kind))


_NUMBERS = {"分值": weight_sql, "总分分值": weight_sql, "总分得分": score_sql}
_TEXTS = {"三级指标": _indicator_sql, "资金来源": source_name_sql, "总分等级": grade_sql} | dict.fromkeys(
    PERSONS, person_sql
)


def field_sql(column: str, kind: str, name: str, field: Kind, money: str) -> str:
    """The canonical text of a column of SQL type `kind` that holds the form's column `name`; `money` is the unit of
    amounts, "" for all else."""
    if money:
        return in_ten_thousands_sql(column, kind, money)
    if field is Kind.DATE:
        return date_sql(column, kind)
    if field is Kind.YEAR:
        return year_sql(column, kind)
    value_sql = _TEXTS.get(name, text_sql) if field is Kind.TEXT else _NUMBERS.get(name, number_sql)
    return value_sql(column, kind)
