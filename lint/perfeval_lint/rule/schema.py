"""JSON Schemas of rule files, definitions, profiles, slips and settings."""

from __future__ import annotations

from typing import Any

from perfeval_lint.form.definition import TABLES
from perfeval_lint.rule.model import Scope, Severity

SLIP_FIELDS = ["年初预算数", "全年预算数", "全年执行数", "执行率", "分值", "得分"]
SLIP_WAYS = ["times", "swap-digits", "drop-digit", "add-digit", "swap-rows", "add-up"]
SLIP_RELATIONS = (
    "funds rate rate-score like-budget overspent above-weight weights total-weight group scores "
    "same-budget full-score unexplained usual-score only-source exact-scores own-rate usual-rate"
).split()
_SEVERITIES = [severity.value for severity in Severity]
_TEXT = {"type": "string", "minLength": 1}
_SQL = {"type": ["string", "boolean", "number"]}
_NAMES = {"type": "array", "items": _TEXT, "minItems": 1}
_SCALAR = {"type": ["string", "number", "boolean"]}
_PARAMS = {
    "type": "object",
    "additionalProperties": {
        "type": ["string", "number", "boolean", "array", "object"],
        "items": _SCALAR,
        "additionalProperties": _SCALAR,
    },
}
_BASIS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {
            "kind": {"enum": ["arithmetic", "form", "regulation", "practice", "house", "local"]},
            "text": _TEXT,
            "document": _TEXT,
        },
        "required": ["kind"],
        "additionalProperties": False,
    },
}
_FORMS = {"type": ["object", "array"], "items": {"type": "object"}, "minItems": 1}
_EXAMPLE = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("pass", "fail", "skip", "unknown"), _FORMS),
        "finding": {"type": ["string", "array"], "items": _TEXT},
        "params": _PARAMS,
    },
    "additionalProperties": False,
}
_LINKS = {"type": "object", "additionalProperties": {"enum": [scope.value for scope in Scope]}, "minProperties": 1}
_SWITCHES = {"type": "object", "additionalProperties": {"enum": [*_SEVERITIES, "off"]}}
_RULE_PARAMS = {"type": "object", "additionalProperties": _PARAMS}

RULE_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "perfeval-lint 规则文件",
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z]{2,8}[0-9]{3}$", "description": "编号，如 PE401"},
        "name": {
            "type": "string",
            "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
            "description": "英文名，指出被标记的事",
        },
        "title": _TEXT | {"description": "一行中文标题"},
        "severity": {"enum": _SEVERITIES},
        "for": {
            "type": ["string", "object"],
            "additionalProperties": _NAMES,
            "description": "所判的表；或“表: [字段…]”，逐个字段判断，用 本字段、字段名 指代",
        },
        "across": {
            "type": "array",
            "items": {
                "type": ["string", "object"],
                "minLength": 1,
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": _SQL,
            },
            "minItems": 1,
            "description": "跨表：这些算式都相同的行是一组；“算式: 本行的算式”两边不同时用。只在 audit 里判断",
        },
        "of": {"enum": list(TABLES), "description": "跨表：汇总这个表的所有行；不写则汇总所判的表里适用的行"},
        "having": _SQL | {"description": "跨表：要判断的组；不为真即不适用"},
        "once": {"type": "boolean", "description": "跨表：每组只判一次，落在最前的一行"},
        "when": _SQL | {"description": "适用的行；不为真即不适用"},
        "require": _SQL | {"description": "真为通过，假为不通过，NULL 为未能判断"},
        "at": {
            "type": ["string", "object"],
            "additionalProperties": _TEXT,
            "description": "结果指向的字段或部分；逐个字段判断时可以写“字段: 指向”，没有写的指向字段自己",
        },
        "heads": _LINKS
        | {
            "description": "由本规则的问题带出、列在它下面的规则：范围 cell 同一格，row 同一行，form 同一张表，"
            "same 同一张表而且两条规则 values 里的“相差”相等"
        },
        "follows": _LINKS | {"description": "同 heads，从另一头写：本规则的问题列在这些规则的问题下面"},
        "places": {"type": "boolean", "description": "一张表上有多处时合成一条，列出各处"},
        "message": _TEXT | {"description": "问题是什么，{列名} 处填值"},
        "help": _TEXT | {"description": "怎么改"},
        "why": _TEXT | {"description": "为什么要紧"},
        "basis": _BASIS,
        "limits": _TEXT | {"description": "已知误报和看不到的情况"},
        "params": _PARAMS | {"description": "参数及默认值，在表达式里写 $名称"},
        "values": {"type": "object", "additionalProperties": _SQL, "description": "消息里要用的算式"},
        "fix": {
            "type": "object",
            "additionalProperties": _SQL,
            "description": "字段: 正确值的算式，仅在确定时写",
        },
        "examples": {"type": "array", "items": _EXAMPLE, "minItems": 2},
    },
    "required": "id name title severity for require message help why basis limits examples".split(),
    "additionalProperties": False,
}

_MACRO = {
    "type": "object",
    "properties": {
        "of": {"type": "array", "items": _TEXT},
        "sql": _TEXT,
        "says": _TEXT,
        "total": {"type": "boolean"},
    },
    "required": ["of", "sql", "says"],
    "additionalProperties": False,
}
_COLUMN = {
    "type": "object",
    "properties": {
        "sql": _TEXT,
        "says": _TEXT,
        "by": _NAMES,
        "of": {"enum": list(TABLES)},
        "match": _TEXT,
        "empty": _SQL,
    },
    "required": ["sql", "says"],
    "additionalProperties": False,
}

DEFINITIONS_SCHEMA: dict[str, Any] = {
    "title": "perfeval-lint 共用定义",
    "type": "object",
    "properties": {
        "params": _PARAMS | {"description": "派生列的参数及默认值；规则集用 params 的“共用”改"},
        "macros": {"type": "object", "additionalProperties": _MACRO},
        "columns": {
            "type": "object",
            "properties": {table: {"type": "object", "additionalProperties": _COLUMN} for table in TABLES},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}

PROFILE_SCHEMA: dict[str, Any] = {
    "title": "perfeval-lint 规则集",
    "type": "object",
    "properties": {
        "name": _TEXT,
        "says": _TEXT,
        "forms": _NAMES | {"description": "表式里含有这些词的表自动用此规则集"},
        "levels": _NAMES | {"description": "一级指标里含有这些词的表自动用此规则集；先看 forms"},
        "extends": _TEXT,
        "rules": _SWITCHES,
        "params": _RULE_PARAMS,
        "basis": _BASIS,
    },
    "required": ["name", "says", "basis"],
    "additionalProperties": False,
}

_SLIP = {
    "type": "object",
    "properties": {
        "says": _TEXT | {"description": "是什么笔误，一句话"},
        "fields": {"type": "array", "items": {"enum": SLIP_FIELDS}, "minItems": 1, "description": "会填错的栏"},
        "how": {"enum": SLIP_WAYS, "description": "怎样改回去"},
        "by": {
            "type": "array",
            "items": {"type": "number", "exclusiveMinimum": 0},
            "minItems": 1,
            "description": "乘以几",
        },
        "together": {"type": "boolean", "description": "整列、整行的金额一起改"},
        "named": {
            "type": "object",
            "properties": {key: {"enum": [1, 2, 3]} for key in ("equations", "relations")},
            "required": ["equations", "relations"],
            "additionalProperties": False,
            "description": "认定所需：改后相符的等式数，连同不等式的数",
        },
        "possible": {"type": "boolean", "description": "不能认定时作为可能列出"},
    },
    "required": ["says", "fields", "how", "named", "possible"],
    "if": {"properties": {"how": {"const": "times"}}},
    "then": {"required": ["by"]},
    "additionalProperties": False,
}

_RELATION = {
    "type": "object",
    "properties": {
        "says": _TEXT | {"description": "关系的名称，给人看"},
        "rules": _NAMES | {"description": "不相符时报它的规则"},
    },
    "required": ["says"],
    "additionalProperties": False,
}

SLIPS_SCHEMA: dict[str, Any] = {
    "title": "perfeval-lint 常见笔误",
    "type": "object",
    "properties": {
        "relations": {
            "type": "object",
            "properties": dict.fromkeys(SLIP_RELATIONS, _RELATION),
            "additionalProperties": False,
        },
        "consequences": {
            "type": "object",
            "properties": dict.fromkeys(SLIP_FIELDS, _LINKS),
            "additionalProperties": False,
            "description": "一栏填错时随之而来的问题：规则，和它离填错的一格多远",
        },
        "slips": {"type": "object", "additionalProperties": _SLIP},
    },
    "additionalProperties": False,
}

SETTINGS_SCHEMA: dict[str, Any] = {
    "title": "perfeval.yaml",
    "type": "object",
    "properties": {
        "profile": _TEXT,
        "extends": _TEXT,
        "rules": _SWITCHES,
        "params": _RULE_PARAMS,
        "rule-paths": _NAMES,
        "exclude": _NAMES,
    },
    "additionalProperties": False,
}
