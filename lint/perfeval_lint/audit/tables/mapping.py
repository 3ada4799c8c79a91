"""A user's mapping file: which tables and columns of an export are which of a form's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from perfeval_lint.audit.tables.words import TABLES, shipped_words
from perfeval_lint.errors import Problem, TablesRefused, UnreadableFile
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.rule.files import Path_, SourceFile, check_shape, read_source
from perfeval_lint.values.money import UNITS
from perfeval_lint.values.target import SIGNS

FORM = "项目支出绩效自评表"
_TEXT = {"type": "string", "minLength": 1}
_NAMES = {"type": ["string", "array"], "items": _TEXT, "minItems": 1, "minLength": 1}
_CODE = {"type": ["string", "number", "boolean"]}
_CODES = {"type": "array", "items": _CODE, "minItems": 1}
_MONEY = {"enum": [*UNITS]}


@dataclass(frozen=True, slots=True)
class Given:
    """The entry of a mapping for one table: where its rows come from ("" where it does not say), the columns, the texts
    that are the same in every row. `path` is its place in the file."""

    table: str
    source: str
    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, str]
    money: str
    path: Path_


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping file, read; an empty one leaves all to the shipped words. `money` is "" where it is not said."""

    form: str = FORM
    money: str = ""
    key: tuple[str, ...] = ()
    tables: tuple[Given, ...] = ()
    signs: Mapping[str, str] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    source: SourceFile | None = None


@cache
def mapping_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping file."""
    words = shipped_words()
    tables = {}
    for table in TABLES:
        names = words.canonical(table)
        entry = {
            "type": ["object", "array"],
            "properties": {
                "from": _TEXT | {"description": "表名、文件名或工作表名"},
                "columns": _closed(names, _NAMES) | {"description": "规范的列: 表里的列名"},
                "values": _closed(names, _CODE) | {"description": "规范的列: 每行都一样的文字"},
                "money": _MONEY,
            },
            "additionalProperties": False,
        }
        tables[table] = entry | {"items": {**entry, "type": "object"}, "minItems": 1}
    return {
        "title": "perfeval-lint 表的映射",
        "type": "object",
        "properties": {
            "form": _TEXT | {"description": "表式，表里没有这一列时用"},
            "money": _MONEY | {"description": "金额的单位，列名里没有写时用"},
            "key": {"type": "array", "items": {"enum": _key_names()}, "minItems": 1},
            "tables": _closed_to(tables),
            "signs": {"type": "object", "additionalProperties": {"enum": [*SIGNS, *words.wordless]}},
            "deleted": _closed_to({"yes": _CODES, "no": _CODES}),
        },
        "additionalProperties": False,
    }


def _key_names() -> list[str]:
    return [name for name in shipped_words().links if name not in ("删除", "顺序")]


def _closed(names: tuple[str, ...], value: Mapping[str, Any]) -> dict[str, Any]:
    return _closed_to(dict.fromkeys(names, value))


def _closed_to(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def read_mapping(path: Path) -> TableMapping:
    """A mapping file; raises TablesRefused with every mistake in it."""
    try:
        source = read_source(path, str(path))
    except UnreadableFile as error:
        raise TablesRefused([error.problem]) from None
    problems = list(check_shape(source, mapping_schema()))
    if problems:
        raise TablesRefused(problems)
    content = source.content
    deleted = content.get("deleted", {})
    return TableMapping(
        form=content.get("form", FORM),
        money=content.get("money", ""),
        key=tuple(content.get("key", ())),
        tables=tuple(
            _given(table, entry, path) for table in TABLES for entry, path in _entries(content.get("tables", {}), table)
        ),
        signs={str(code): meant for code, meant in content.get("signs", {}).items()},
        deleted=tuple(_code(code) for code in deleted.get("yes", ())),
        kept=tuple(_code(code) for code in deleted.get("no", ())),
        source=source,
    )


def _entries(tables: Mapping[str, Any], table: str) -> list[tuple[Mapping[str, Any], Path_]]:
    entry = tables.get(table)
    if entry is None:
        return []
    path: Path_ = ("tables", table)
    return [(one, (*path, at)) for at, one in enumerate(entry)] if isinstance(entry, list) else [(entry, path)]


def _given(table: str, entry: Mapping[str, Any], path: Path_) -> Given:
    columns = {
        name: (given,) if isinstance(given, str) else tuple(given) for name, given in entry.get("columns", {}).items()
    }
    values = {name: str(given) for name, given in entry.get("values", {}).items()}
    return Given(table, entry.get("from", ""), columns, values, entry.get("money", ""), path)


def _code(code: object) -> str:
    return str(code).lower()


def misnamed(mapping: TableMapping, what: str, name: str, known: list[str], path: Path_) -> Problem:
    """A name in the mapping that the tables do not have, with the nearest they do."""
    shown = "、".join(known[:12]) + ("……" if len(known) > 12 else "")
    message = f"{what}“{name}”{did_you_mean(name, known)}；有：{shown or '（没有）'}"
    if mapping.source is None:
        return Problem("mapping", message)
    return mapping.source.problem("mapping", message, path)
