"""Dataframely: a schema class a table, the rows it filters out with what each of them breaks."""

from __future__ import annotations

from typing import Any

from rivals.common import Violation
from rivals.loads import from_columns, from_files  # noqa: F401  (how its forms are loaded)

REQUIRES = ("dataframely", "pyarrow", "pyyaml")
EXPRESSES = {
    "PE001": "yes",
    "PE009": "joined",
    "PE101": "code",
    "PE201": "joined",
    "PE301": "code",
    "PE302": "yes",
    "PE303": "joined",
    "PE304": "code",
    "PE308": "joined",
    "PE401": "code",
    "PE502": "yes",
}
_NAMES = {
    "表": {
        "年度|nullability": "PE001 年度",
        "项目名称|nullability": "PE001 项目名称",
        "单位|nullability": "PE001 单位",
        "主管|nullability": "PE001 主管",
        "adds_up": "PE201",
        "总分得分|min": "PE302 总分",
        "total_agrees": "PE303",
        "grade_agrees": "PE308",
    },
    "资金": {
        "within_budget": "PE101",
        "fits": "PE301 资金",
        "得分|min": "PE302 资金",
        "scored": "PE304 资金",
    },
    "指标": {
        "unlike_earlier": "PE009",
        "fits": "PE301 指标",
        "得分|min": "PE302 指标",
        "scored": "PE304 指标",
        "explained": "PE401",
        "实际完成值|nullability": "PE502",
    },
}


def check(data: Any) -> list[Violation]:
    """Filters the joined tables and numbers what is filtered out by form and row."""
    from rivals.dataframely_rules import SCHEMAS
    from rivals.frames import joined

    tables = joined(data)
    found: list[Violation] = []
    for table, schema in SCHEMAS.items():
        _, failure = schema.filter(tables[table].select(schema.column_names()))
        details = failure.details()
        for rule in failure.counts():
            rows = details.filter(details[rule] == "invalid")
            numbers = rows["行号"] if "行号" in rows.columns else [0] * len(rows)
            found += [
                (form, _NAMES[table].get(rule, rule), row) for form, row in zip(rows["表号"], numbers, strict=True)
            ]
    return found
