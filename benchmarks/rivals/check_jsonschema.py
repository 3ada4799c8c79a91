"""check-jsonschema: a JSON Schema over the YAML files, run as its users run it.

A schema sees a value and constants: it compares no two fields, adds nothing up and finds no row like another.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from rivals.common import TOTAL_ROW, Violation

REQUIRES = ("check-jsonschema",)
EXPRESSES = {
    "PE001": "yes",
    "PE009": "no: uniqueItems compares whole rows",
    "PE101": "no: two fields",
    "PE201": "no: a sum",
    "PE301": "no: two fields",
    "PE302": "yes",
    "PE303": "no: a sum",
    "PE304": "yes",
    "PE308": "yes",
    "PE401": "no: two fields",
    "PE502": "yes",
}
_STEP = re.compile(r"\['?(.*?)'?\]")
_HEADER = {"年度": "年度", "项目名称": "项目名称", "实施单位": "单位", "主管部门": "主管"}
_GRADES = ((90, 1000, "优"), (80, 90, "良"), (60, 80, "中"), (-1000, 60, "差"))


def command(programs: Path, folder: Path, out: Path) -> list[str]:
    """The command line that checks every file of a folder; what it needs is written into `out`."""
    schema = out / "schema.json"
    schema.write_text(json.dumps(_schema(), ensure_ascii=False), "utf-8")
    files = [str(path) for path in sorted(folder.rglob("*.yaml"))]
    return [str(programs / "check-jsonschema"), "--schemafile", str(schema), "--output-format", "json", *files]


def violations(printed: str) -> list[Violation]:
    """What the printed report says."""
    found = []
    for error in json.loads(printed)["errors"]:
        section, row, field = [*_STEP.findall(error["path"]), "", "", ""][:3]
        number = int(row) if row.isdigit() else 0
        name = _check(section, field or row, error.get("best_deep_match", error)["message"])
        found.append((int(Path(error["filename"]).stem), name, number))
    return list(dict.fromkeys(found))


def _check(section: str, field: str, message: str) -> str:
    """The check behind an error, told from its place and message: a schema gives its parts no names."""
    if not section:
        return next(f"PE001 {name}" for word, name in _HEADER.items() if word in message)
    table = {"项目资金": "资金", "绩效指标": "指标"}.get(section, section)
    if field == "得分":
        return f"PE302 {table}"
    if table == "总分":
        return "PE308"
    return f"PE304 {table}" if "'得分' is a dependency" in message else "PE502"


def _schema() -> dict[str, Any]:
    text = {"pattern": r"\S"}
    score = {"type": ["number", "string"], "minimum": 0}
    scored = {"dependentRequired": {"分值": ["得分"]}}
    grades = [
        {
            "if": {"properties": {"得分": {"minimum": low, "exclusiveMaximum": high}}, "required": ["得分", "等级"]},
            "then": {"properties": {"等级": {"pattern": f"^{grade}"}}},
        }
        for low, high, grade in _GRADES
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "required": ["年度", "项目名称"],
        "properties": {
            "项目名称": text,
            "项目资金": {
                "items": {
                    "properties": {"得分": score},
                    "if": {"properties": {"资金来源": {"const": TOTAL_ROW}}},
                    "then": scored,
                }
            },
            "绩效指标": {
                "items": {"properties": {"得分": score, "实际完成值": text}, "required": ["实际完成值"], **scored}
            },
            "总分": {"properties": {"得分": score}, "allOf": grades},
        },
        "allOf": [
            {"anyOf": [{"required": [name], "properties": {name: text}} for name in names]}
            for names in (("实施单位", "资金使用单位", "部门"), ("主管部门", "地方主管部门", "中央主管部门"))
        ],
    }
