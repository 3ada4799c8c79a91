"""Frictionless: a schema and row constraints a table, and a check of our own in Python for rows like one another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from rivals.common import TOTAL_ROW, Tables, Violation, columns, csv_columns
from rivals.sums import with_sums

REQUIRES = ("frictionless", "pyyaml")
EXPRESSES = {
    "PE001": "yes",
    "PE009": "code",
    "PE101": "yes",
    "PE201": "joined",
    "PE301": "yes",
    "PE302": "yes",
    "PE303": "joined",
    "PE304": "yes",
    "PE308": "yes",
    "PE401": "yes",
    "PE502": "yes",
}
_MANY = 10**9
_FIELDS = {
    "表": (
        "年度",
        "项目名称",
        "单位",
        "主管",
        "总分得分",
        "总分等级",
        "分值数",
        "分值合计",
        "得分齐全",
        "得分合计",
        "容差",
    ),
    "资金": ("资金来源", "全年预算数", "全年执行数", "分值", "得分"),
    "指标": ("表号", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"),
}
_NUMBERS = ("总分得分", "分值合计", "得分合计", "容差", "全年预算数", "全年执行数", "分值", "得分")
_REQUIRED = {
    "年度": "PE001 年度",
    "项目名称": "PE001 项目名称",
    "单位": "PE001 单位",
    "主管": "PE001 主管",
    "实际完成值": "PE502",
}
_DUE = "('优' if 总分得分 >= 90 else '良' if 总分得分 >= 80 else '中' if 总分得分 >= 60 else '差')"
_ROWS = {
    "表": {
        "PE201": "分值数 == '0' or 分值合计 == 100",
        "PE303": "得分齐全 != '是' or 总分得分 == None or (总分得分 - 得分合计) * (总分得分 - 得分合计) <= 容差 * 容差",
        "PE308": f"总分得分 == None or 总分等级 == None or 总分等级[0] == {_DUE}",
    },
    "资金": {
        "PE101": "全年执行数 == None or 全年预算数 == None or (全年执行数 - 全年预算数) * 100 <= 1",
        "PE301 资金": "得分 == None or 分值 == None or 得分 <= 分值",
        "PE304 资金": f"资金来源 != '{TOTAL_ROW}' or 分值 == None or 得分 != None",
    },
    "指标": {
        "PE301 指标": "得分 == None or 分值 == None or 得分 <= 分值",
        "PE304 指标": "分值 == None or 得分 != None",
        "PE401": "得分 == None or 分值 == None or 得分 >= 分值 or 偏差原因 != None",
    },
}


def from_files(folder: Path) -> Tables:
    """Columns out of YAML files."""
    return columns(folder)


def from_columns(folder: Path) -> Tables:
    """Columns out of CSV files."""
    return csv_columns(folder)


def check(data: Tables) -> list[Violation]:
    """Validates the three tables and numbers the errors by form and row."""
    tables = with_sums(data)
    found: list[Violation] = []
    for table, content in tables.items():
        forms = content["表号"]
        rows = content.get("行号") or [0] * len(forms)
        for name, number in _errors(table, content):
            found.append((int(forms[number]), name, int(rows[number])))
    return found


def _errors(table: str, content: dict[str, list[Any]]) -> Iterator[tuple[str, int]]:
    """The check and the place in the table of every error."""
    from frictionless import Checklist, Resource, checks

    names = _FIELDS[table]
    rows = zip(*(content[name] for name in names), strict=True)
    resource = Resource(
        data=[list(names), *([str(value or "") for value in row] for row in rows)], schema=_schema(names)
    )
    formulas = {formula: name for name, formula in _ROWS[table].items()}
    own = [_first_of_its_like()] if table == "指标" else []
    checklist = Checklist(checks=[*(checks.row_constraint(formula=one) for one in formulas), *own])
    report = resource.validate(checklist, limit_errors=_MANY)
    for error in report.tasks[0].errors:
        field = getattr(error, "field_name", None)
        if error.type == "row-constraint":
            name = formulas[error.note.split('"')[1]]
        elif error.type == "row-error":
            name = "PE009"
        elif field in _REQUIRED:
            name = _REQUIRED[field]
        elif error.type == "constraint-error":
            name = "PE302 总分" if table == "表" else f"PE302 {table}"
        else:
            raise ValueError(error.message)
        yield name, error.row_number - 2


def _schema(names: tuple[str, ...]) -> Any:
    from frictionless import Schema

    fields = []
    for name in names:
        field: dict[str, Any] = {"name": name, "type": "number" if name in _NUMBERS else "string"}
        if name in _REQUIRED:
            field["constraints"] = {"required": True}
        elif name.endswith("得分"):
            field["constraints"] = {"minimum": "0"}
        fields.append(field)
    return Schema.from_descriptor({"fields": fields})


def _first_of_its_like() -> Any:
    import attrs
    from frictionless import Check, errors

    @attrs.define(kw_only=True, repr=False)
    class FirstOfItsLike(Check):
        type: ClassVar[str] = "first-of-its-like"
        Errors: ClassVar[list[Any]] = [errors.RowError]

        def validate_start(self) -> Iterator[Any]:
            self.seen: set[Any] = set()
            yield from ()

        def validate_row(self, row: Any) -> Iterator[Any]:
            key = tuple(row[name] for name in ("表号", "二级指标", "三级指标", "年度指标值"))
            if row["三级指标"] and key in self.seen:
                yield errors.RowError.from_row(row, note="a row like an earlier one")
            self.seen.add(key)

    return FirstOfItsLike()
