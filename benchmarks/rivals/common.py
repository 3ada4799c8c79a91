"""What all of them share: the checks, and forms as documents or as columns. Needs nothing but Python and PyYAML.

The checks are eleven of the rules, as they bear on the generated forms: a total row is one named 年度资金总额, every
number can be read, and a form explains its deductions row by row or not at all.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Violation = tuple[int, str, int]  # the form's number, the check, the row in its section (0 where there are no rows)
Tables = dict[str, dict[str, list[Any]]]

# A check's name, and the place of its findings in this tool's report; a rule on two tables is two checks.
CHECKS = {
    "PE001 年度": "年度",
    "PE001 项目名称": "项目名称",
    "PE001 单位": "实施单位 资金使用单位 部门",
    "PE001 主管": "主管部门 中央主管部门",
    "PE009": "绩效指标[].三级指标",
    "PE101": "项目资金[].全年执行数",
    "PE201": "绩效指标",
    "PE301 指标": "绩效指标[].得分",
    "PE301 资金": "项目资金[].得分",
    "PE302 指标": "绩效指标[].得分",
    "PE302 资金": "项目资金[].得分",
    "PE302 总分": "总分.得分",
    "PE303": "总分.得分",
    "PE304 指标": "绩效指标[].得分",
    "PE304 资金": "项目资金[].得分",
    "PE308": "总分.等级",
    "PE401": "绩效指标[].偏差原因",
    "PE502": "绩效指标[].实际完成值",
}
RULES = tuple(dict.fromkeys(name.split()[0] for name in CHECKS))
TOTAL_ROW = "年度资金总额"

FORM = ("年度", "项目名称", "实施单位", "资金使用单位", "部门", "主管部门", "地方主管部门", "中央主管部门")
TOTAL = ("得分", "等级")
FUNDS = ("资金来源", "全年预算数", "全年执行数", "分值", "得分")
INDICATORS = ("二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因")
NUMBERS = ("全年预算数", "全年执行数", "分值", "得分", "总分得分")


def documents(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every form's number and content, as PyYAML's C parser gives it: numbers are numbers."""
    import yaml

    for path in sorted(folder.rglob("*.yaml")):
        yield int(path.stem), yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def texts(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every form's number and content, scalars as the text they are printed with."""
    import yaml

    for path in sorted(folder.rglob("*.yaml")):
        yield int(path.stem), yaml.load(path.read_bytes(), Loader=yaml.CBaseLoader)


def columns(folder: Path) -> Tables:
    """The forms of a folder as the columns of three tables, everything still text; blank is None."""
    tables: Tables = {
        "表": {name: [] for name in ("表号", *FORM, *(f"总分{name}" for name in TOTAL))},
        "资金": {name: [] for name in ("表号", "行号", *FUNDS)},
        "指标": {name: [] for name in ("表号", "行号", *INDICATORS)},
    }
    for number, form in texts(folder):
        total = form.get("总分") or {}
        _add(tables["表"], {"表号": number} | form | {f"总分{name}": total.get(name) for name in TOTAL})
        for table, section in (("资金", "项目资金"), ("指标", "绩效指标")):
            for row, record in enumerate(form.get(section) or ()):
                _add(tables[table], {"表号": number, "行号": row} | record)
    return tables


def csv_columns(folder: Path) -> Tables:
    """The same columns out of CSV files; numbers are text as printed."""
    tables = {}
    for table in ("表", "资金", "指标"):
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        values = zip(*rows, strict=True)
        found = {name: [text or None for text in column] for name, column in zip(names, values, strict=True)}
        tables[table] = {name.removesuffix("原文"): column for name, column in found.items()}
    return tables


def _add(columns: dict[str, list[Any]], record: dict[str, Any]) -> None:
    for name, values in columns.items():
        value = record.get(name)
        values.append(None if value == "" else value)
