"""The JSON Schema of the JSON report and the page that documents it, both from the tables below."""

from __future__ import annotations

from typing import Any

from perfeval_lint.report.json import FORMAT
from perfeval_lint.report.words import SEVERITY

Schema = dict[str, Any]


def _object(says: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Returns the schema of an object that has no other keys."""
    return {
        "description": says,
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _text(says: str) -> Schema:
    return {"description": says, "type": "string"}


def _maybe(says: str) -> Schema:
    return {"description": says, "type": ["string", "null"]}


def _number(says: str, least: int = 0) -> Schema:
    return {"description": says, "type": "integer", "minimum": least}


def _list(says: str, items: str) -> Schema:
    return {"description": says, "type": "array", "items": _part(items)}


def _part(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_RULE = {
    "rule": _text("规则的编号"),
    "name": _text("规则的英文名"),
    "severity": {"description": "级别", "enum": [severity.value for severity in SEVERITY]},
}
_PATH = _text("表上的位置，行从 0 数起，如 绩效指标[3].得分")
_WHERE = {"path": _PATH, "location": _part("location")}
_WORDS = {
    "message": _text("问题是什么"),
    "help": _text("怎么改"),
    "values": {
        "description": "消息里各处所填的值",
        "type": "object",
        "additionalProperties": {"type": "string"},
    },
}
_WAIVED = {"waived": _maybe("豁免的理由；没有豁免的为 null")}
_BOUND = ["exact", "at_most"]

_DEFINITIONS: dict[str, Schema] = {
    "file": _object(
        "一个文件",
        {
            "file": _text("文件名，照所给的"),
            "errors": _list("没有检查的地方和原因", "problem"),
            "forms": _list("文件里的表", "form"),
        },
        {"notes": _list("有意不读的部分；没有则不写", "problem")},
    ),
    "problem": _object(
        "没有检查或没有读的地方",
        {"code": _text("原因的代号"), "message": _text("原因和办法")},
        {
            "location": _object(
                "在文件里的地方，知道时才有",
                {"line": _number("行", 1), "column": {"description": "列", "type": ["integer", "null"]}},
            )
        },
    ),
    "form": _object(
        "一张表",
        {
            "index": _number("是文件里的第几张，从 0 数起"),
            "表式": _maybe("表上所印的表式"),
            "年度": _maybe("年度"),
            "项目名称": _maybe("项目名称"),
            "profile": _text("所用的规则集"),
            "self_score": _maybe("自评总分，照表上所写"),
            "review_score": _maybe("复核得分，两位小数；没有得分的表为 null"),
            "review_bound": {"description": "exact：复核得分是准数；at_most：是上限", "enum": [*_BOUND, None]},
            "self_grade": _maybe("自评等级"),
            "review_grade": _maybe("复核得分的等级"),
            "reviewable": _maybe("可复核的分值"),
            "review_rows": _list("复核改变了得分、或只知道上限的行", "review_row"),
            "outcomes": _object(
                "检查的结果：每条规则在每一处的检查，在而且只在其中一类",
                {
                    "pass": _number("通过"),
                    "fail": _number("不通过：findings 的项数，加上其中 places 和 follows 的项数"),
                    "not_applicable": _number("不适用"),
                    "not_evaluated": _number("未能判断"),
                },
            ),
            "not_evaluated": _list("未能判断的检查", "not_evaluated"),
            "findings": _list("问题；同一处差错带出的、同一规则在别处的，列在一项里面，不另成一项", "finding"),
        },
        {"doubts": _list("从文件识别时没有把握的地方；没有则不写", "doubt")},
    ),
    "review_row": _object(
        "复核得分与自评不同的一行",
        {
            "path": _PATH,
            "given": _maybe("自评的得分；没有填的为 null"),
            "due": _text("应得的分"),
            "bound": {"description": "exact：准数；at_most：上限", "enum": _BOUND},
            "reason": _text("原因"),
        },
    ),
    "not_evaluated": _object(
        "一条规则在一处未能判断；cause 起的各项，认得出是哪一格使它没有判断时才有",
        {
            "rule": _RULE["rule"],
            "path": _PATH,
            "missing": {"description": "缺少或读不出的栏", "type": "array", "items": {"type": "string"}},
        },
        {
            "cause": _text("原因的代号"),
            "at": _text("那一格在表上的位置"),
            "value": _maybe("那一格写的；没有填的为 null"),
            "message": _text("为什么"),
            "help": _text("怎么写"),
            "location": _part("location"),
        },
    )
    | {"dependentRequired": {"cause": ["at", "value", "message", "help", "location"]}},
    "finding": _object(
        "一处问题。severity 是它和 follows 中最重的级别",
        {
            **_RULE,
            **_WHERE,
            **_WORDS,
            **_WAIVED,
            "places": _list("同一规则在这张表别处的问题，与这一项合在一起报", "place"),
            "follows": _list("由这一处带出的问题：改好它，这些就没有了", "follower"),
        },
    ),
    "place": _object("同一规则在别处的一个问题", {**_WHERE, **_WAIVED, **_WORDS}),
    "follower": _object("由一处问题带出的另一条规则的问题", {**_RULE, **_WHERE, **_WORDS}),
    "doubt": _object(
        "识别存疑的一处", {"path": _text("表上的位置，或文件里的地方"), "message": _text("为什么没有把握")}
    ),
    "location": {
        "description": "在文件里的地方，各从 1 数起：文本的行和列，工作簿的工作表和单元格，Word 和网页里表的格"
        "或表外的段，PDF 的页和框（左、上、右、下，磅）",
        "type": "object",
        "properties": {
            **{name: {"type": "integer", "minimum": 1} for name in ("line", "column", "table", "row", "paragraph")},
            "page": {"type": "integer", "minimum": 1},
            "sheet": {"type": "string"},
            "cell": {"type": ["string", "integer"]},
            "box": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        },
        "oneOf": [
            {"required": list(keys), "maxProperties": len(keys)}
            for keys in (
                ("line", "column"),
                ("sheet", "cell"),
                ("table", "row", "cell"),
                ("paragraph",),
                ("page", "box"),
            )
        ],
        "additionalProperties": False,
    },
}

_SUMMARY = {
    "files": _number("文件"),
    "forms": _number("表"),
    "unreadable": _number("没有（或没有全部）检查的文件"),
    **{severity.value: _number(f"没有豁免的{words}：findings 的项数") for severity, words in SEVERITY.items()},
    "waived": _number("豁免了的问题：findings 的项数"),
}


def report_schema() -> Schema:
    """Returns the JSON Schema (draft 2020-12) of a whole report; no object has other keys than it names."""
    report = _object(
        "perfeval-lint --format json 的报告",
        {
            "format": {"description": "这种格式；只会增加键，不会减少或改变", "const": FORMAT},
            "tool": _object("审核的工具", {"version": _text("perfeval-lint 的版本"), "rules": _text("所用规则的摘要")}),
            "files": _list("每个文件一项", "file"),
            "summary": _object("合计；合在一处的问题算一项", _SUMMARY),
        },
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://perfeval-lint.invalid/report.schema.json",
        "title": "绩效自评表审核报告",
        **report,
        "$defs": _DEFINITIONS,
    }


_HEAD = """\
# JSON 报告

<!-- 本页由 docs/generate.py 生成，请勿手改。 -->

    perfeval-lint 自评表.docx --format json

格式是 `{format}`，[网页](serve.md)的 `/lint` 和 `perfeval_lint.lint(…).to_json()` 给的也是它。
以后只增加键，不减少、不改变已有的键。
随包发布 `perfeval_lint/report/report.schema.json`（JSON Schema，draft 2020-12），程序可以用它核对报告。

一处差错往往使几条规则都不通过，同一种问题也常在一张表上重复。所以 `findings` 的一项是一处要改的地方：

- `follows` 是由它带出的问题，改好它，这些就没有了。哪条规则带出哪条，见[规则](rules.md)各条的“连带”。
- `places` 是同一条规则在这张表别处的问题，各有自己的位置、消息和豁免。
- 级别 `severity` 取它自己和 `follows` 中最重的。
- `summary` 按 `findings` 的项数数；`outcomes.fail` 每处都数：`findings`、`places`、`follows` 的项数之和。
- 豁免了的、关掉的规则不带出别的，原来列在它下面的自成一项。
"""


def report_page() -> str:
    """Returns docs/report.md."""
    schema = report_schema()
    parts = {"报告": schema, "tool": schema["properties"]["tool"], "summary": schema["properties"]["summary"]}
    parts |= {f"{name}": part for name, part in _DEFINITIONS.items() if name != "location"}
    lines = [_HEAD.format(format=FORMAT)]
    for name, part in parts.items():
        title = f"`{name}`" if name.isascii() else name
        lines += [f"## {title}", "", f"{part['description']}。", "", "| 键 | 类型 | 含义 |", "| --- | --- | --- |"]
        lines += [_row(key, value, key in part["required"]) for key, value in part["properties"].items()]
        lines.append("")
    lines += ["## `location`", "", f"{_DEFINITIONS['location']['description']}。"]
    return "\n".join(lines) + "\n"


def _row(key: str, value: Schema, required: bool) -> str:
    """Returns a row of the page on one key of an object."""
    says = value.get("description") or _DEFINITIONS[_named(value)]["description"]
    return f"| `{key}`{'' if required else '（可无）'} | {_kind(value)} | {says} |"


def _kind(value: Schema) -> str:
    """Returns the type of a value as people read it."""
    if "$ref" in value:
        return f"`{_named(value)}`"
    if "enum" in value:
        return "、".join("null" if one is None else f"`{one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if value["type"] == "array":
        return f"{_kind(value['items'])} 的列表"
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return "或 ".join(_KINDS[kind] for kind in kinds)


def _named(value: Schema) -> str:
    return str(value["$ref"]).rpartition("/")[2]


_KINDS = {"string": "文字", "integer": "整数", "object": "对象", "null": "null"}
