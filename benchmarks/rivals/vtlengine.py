"""VTL, the validation language of statistical offices, by vtlengine: a script of rulesets, aggregates and joins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rivals.common import Tables, Violation, columns, csv_columns

REQUIRES = ("vtlengine", "pyyaml")
EXPRESSES = {
    "PE001": "yes",
    "PE009": "yes",
    "PE101": "yes",
    "PE201": "yes",
    "PE301": "yes",
    "PE302": "yes",
    "PE303": "yes",
    "PE304": "yes",
    "PE308": "yes",
    "PE401": "yes",
    "PE502": "yes",
}
_SCRIPT = Path(__file__).with_suffix(".vtl")
# VTL's names are ASCII: dataset → component → our column, and which of them are numbers.
_DATASETS = {
    "head": {
        "form": "表号",
        "fiscal": "年度",
        "project": "项目名称",
        "agency": "单位",
        "dept": "主管",
        "total": "总分得分",
        "total_text": "总分得分",
        "grade": "总分等级",
    },
    "fund": {
        "form": "表号",
        "place": "行号",
        "source": "资金来源",
        "budget": "全年预算数",
        "executed": "全年执行数",
        "weight": "分值",
        "score": "得分",
        "score_text": "得分",
    },
    "ind": {
        "form": "表号",
        "place": "行号",
        "second": "二级指标",
        "name": "三级指标",
        "target": "年度指标值",
        "actual": "实际完成值",
        "weight": "分值",
        "score": "得分",
        "score_text": "得分",
        "reason": "偏差原因",
    },
}
_KEYS = ("form", "place")
_NUMBERS = ("total", "budget", "executed", "weight", "score")
_TABLES = {"head": "表", "fund": "资金", "ind": "指标"}


def from_files(folder: Path) -> Any:
    """Pandas frames out of YAML files."""
    return _frames(columns(folder))


def from_columns(folder: Path) -> Any:
    """Pandas frames out of CSV files."""
    return _frames(csv_columns(folder))


def _frames(tables: Tables) -> dict[str, Any]:
    import pandas as pd

    forms = tables["表"]
    forms["单位"] = _first(forms, "实施单位", "资金使用单位", "部门")
    forms["主管"] = _first(forms, "主管部门", "地方主管部门", "中央主管部门")
    frames = {}
    for dataset, names in _DATASETS.items():
        frame = pd.DataFrame({name: tables[_TABLES[dataset]][column] for name, column in names.items()})
        for name in frame.columns:
            if name in _KEYS or name in _NUMBERS:
                frame[name] = pd.to_numeric(frame[name])
        frames[dataset] = frame
    return frames


def _first(forms: dict[str, list[Any]], *names: str) -> list[Any]:
    return [
        next((value for value in values if value), None)
        for values in zip(*(forms[name] for name in names), strict=True)
    ]


def check(data: Any) -> list[Violation]:
    """Runs the script, on its DuckDB back end, and reads the data points it calls invalid."""
    import vtlengine

    structures = {"datasets": [_structure(name, components) for name, components in _DATASETS.items()]}
    results = vtlengine.run(_SCRIPT.read_text("utf-8"), structures, data, use_duckdb=True)
    found: list[Violation] = []
    for name in ("bad_forms", "bad_funds", "bad_indicators"):
        frame = results[name].data
        rows = frame["place"] if "place" in frame.columns else [0] * len(frame)
        found += [
            (int(form), code, int(row)) for form, code, row in zip(frame["form"], frame["errorcode"], rows, strict=True)
        ]
    repeated = results["repeated"].data
    return found + [
        (int(form), "PE009", int(row)) for form, row in zip(repeated["form"], repeated["place"], strict=True)
    ]


def _structure(dataset: str, components: dict[str, str]) -> dict[str, Any]:
    return {
        "name": dataset,
        "DataStructure": [
            {
                "name": name,
                "type": "Integer" if name in _KEYS else "Number" if name in _NUMBERS else "String",
                "role": "Identifier" if name in _KEYS else "Measure",
                "nullable": name not in _KEYS,
            }
            for name in components
        ],
    }
