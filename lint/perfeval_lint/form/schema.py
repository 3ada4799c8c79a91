"""The JSON Schema of the canonical form and the page that documents it, both from the definition."""

from __future__ import annotations

from typing import Any

from perfeval_lint.form.definition import FORMAT, GROUPS, NUMBER, RATE, SECTIONS, Field, Kind, Section, Shape

_ANY_SCALAR = ["string", "number", "boolean", "null"]


def form_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one form.

    Structure is strict (shapes, unknown keys); the text of a value is not, because an unreadable number is a
    finding of the rules and not a broken file. Editors get each field's meaning as hover text.
    """
    properties: dict[str, Any] = {}
    required: list[str] = []
    for section in SECTIONS:
        if section.shape is Shape.ROOT:
            properties |= {field.name: _field_schema(field) for field in section.fields}
            required += [field.name for field in section.fields if field.required]
        else:
            properties[section.key] = _section_schema(section)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://perfeval-lint.invalid/form.schema.json",
        "title": "绩效自评表（规范格式）",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _section_schema(section: Section) -> dict[str, Any]:
    record = {
        "type": "object",
        "properties": {field.name: _field_schema(field) for field in section.fields},
        "required": [field.name for field in section.fields if field.required],
        "additionalProperties": False,
    }
    if section is GROUPS:
        values = _field_schema(section.fields[1])
        return {"description": section.says, "type": ["object", "null"], "additionalProperties": values}
    if section.shape is Shape.ROWS:
        return {"description": section.says, "type": ["array", "null"], "items": record}
    return record | {"description": section.says, "type": ["object", "null"]}


def _field_schema(field: Field) -> dict[str, Any]:
    if field.name == "格式":
        return {"description": field.says, "const": FORMAT}
    return {"description": f"{field.says}（{field.kind.value}）", "type": _ANY_SCALAR}


_GRAMMARS = {
    Kind.NUMBER: f"`{NUMBER.pattern}`，不写千位分隔符和单位",
    Kind.RATE: f"`{RATE.pattern}`",
    Kind.YEAR: "四位数字",
    Kind.DATE: "`YYYY-MM-DD`",
    Kind.TEXT: "任意文字；`NO`、`12:30`、`010`、`~` 都原样保留",
}


def form_page() -> str:
    """docs/canonical-form.md."""
    lines = [
        "# 规范格式",
        "",
        "<!-- 本页由 docs/generate.py 生成，请勿手改。 -->",
        "",
        "UTF-8 的 YAML（或 JSON），一张表一个文档，一个文件可以有多个文档。键用表上原有的词。",
        f"每张表以 `格式: {FORMAT}` 开头。编辑器可用随包发布的 `form.schema.json` 补全和提示。",
        "",
        "值的类型由字段决定，与 YAML 的写法无关；数字按印刷的位数保留（`9.70` 不会变成 `9.7`）。",
        "",
        "| 类型 | 写法 |",
        "| --- | --- |",
    ]
    lines += [f"| {kind.value} | {_GRAMMARS[kind]} |" for kind in Kind]
    for section in SECTIONS:
        lines += ["", f"## {section.key or '顶层'}", "", f"{section.says}", ""]
        lines += [f"写成{_WRITTEN[section.shape]}；在规则里是表 `{section.table}`。", ""]
        lines += ["| 键 | 类型 | 规则里的列 | 含义 |", "| --- | --- | --- | --- |"]
        lines += [_field_row(section, field) for field in section.fields]
    return "\n".join(lines) + "\n"


_WRITTEN = {
    Shape.ROOT: "顶层的键",
    Shape.MAPPING: "一个映射",
    Shape.ROWS: "一个列表，每行一个映射",
    Shape.PAIRS: "“名称: 分值”",
}


def _field_row(section: Section, field: Field) -> str:
    name = section.prefix + field.name
    columns = f"`{name}`" if field.kind is Kind.TEXT else f"`{name}`、`{name}原文`"
    return f"| {field.name}{'（必填）' if field.required else ''} | {field.kind.value} | {columns} | {field.says} |"
