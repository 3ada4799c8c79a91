"""YAML files of rules, profiles and settings: typed values, the place of every key, shape checked by schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.nearest import did_you_mean
from perfeval_lint.form.nodes import compose, decode, key_text, position

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,12})?")
_WORDS = {"true": True, "false": False}
_TYPES = {
    "string": "文字",
    "object": "若干“键: 值”",
    "array": "列表",
    "number": "数字",
    "boolean": "true 或 false",
}

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A YAML file as typed values: Decimal for plain numbers, bool for true and false, str for all else.

    `places` gives line and column of the value at each path of keys and indexes.
    """

    name: str
    content: Any
    places: Mapping[Path_, tuple[int, int]] = field(default_factory=dict)

    def problem(self, code: str, message: str, path: Path_ = (), *, shift: int = 0) -> Problem:
        """Returns a Problem at the value of a path, or of the nearest one above it."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return Problem(code, message, self.name, line, column + shift)

    def problem_inside(self, code: str, message: str, path: Path_, text: str, offset: int | None) -> Problem:
        """Returns a Problem at a character of the text at a path; at its beginning where it has several lines."""
        return self.problem(code, message, path, shift=offset if offset and "\n" not in text.strip() else 0)


def read_source(path: Path, name: str) -> SourceFile:
    """Reads a YAML file of one document; raises UnreadableFile."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(Problem("unreadable", f"打不开：{error.strerror}", name)) from None
    return parse_source(data, name)


def parse_source(data: bytes, name: str) -> SourceFile:
    """Reads the bytes of a YAML file of one document; raises UnreadableFile."""
    nodes = list(compose(decode(data, name), name))
    if len(nodes) != 1:
        raise UnreadableFile(Problem("not-one-document", f"应有一个 YAML 文档，这里有 {len(nodes)} 个", name))
    places: dict[Path_, tuple[int, int]] = {}
    problems: list[Problem] = []
    content = _typed(nodes[0], (), places, problems, name)
    if problems:
        raise UnreadableFile(problems[0])
    return SourceFile(name, content, places)


def _typed(
    node: yaml.Node, path: Path_, places: dict[Path_, tuple[int, int]], problems: list[Problem], name: str
) -> Any:
    places.setdefault(path, position(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, child in node.value:
            key = key_text(key_node)
            place = position(key_node.start_mark)
            if key in mapping:
                problems.append(Problem("duplicate-key", f"“{key}”写了两遍", name, *place))
            mapping[key] = _typed(child, (*path, key), places, problems, name)
            if not isinstance(child, yaml.ScalarNode):
                places[(*path, key)] = place
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_typed(item, (*path, i), places, problems, name) for i, item in enumerate(node.value)]
    text = str(node.value)
    return text if getattr(node, "style", None) else _plain_scalar(text)


def _plain_scalar(text: str) -> str | Decimal | bool:
    if text in _WORDS:
        return _WORDS[text]
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def check_shape(source: SourceFile, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields a problem for every place where a file departs from its JSON Schema; jsonschema does the checking."""
    yield from dict.fromkeys(
        _shape_problems(source, schema)
    )  # jsonschema has an error for each missing key, each naming all


def _shape_problems(source: SourceFile, schema: Mapping[str, Any]) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema)
    for error in validator.iter_errors(source.content):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            extra = [key for key in error.instance if key not in known]
            for key in extra:
                yield source.problem("unknown-key", f"不认识的键“{key}”{did_you_mean(key, known)}", (*path, key))
        elif error.validator == "required":
            for key in error.validator_value:
                if key not in error.instance:
                    yield source.problem("wrong-shape", f"缺少“{key}”", path)
        else:
            yield source.problem("wrong-shape", _told(error, path), path)


def _told(error: Any, path: Path_) -> str:
    where = f"“{path[-1]}”" if path else "文件"
    match error.validator:
        case "type":
            kinds = error.validator_value
            kinds = [kinds] if isinstance(kinds, str) else kinds
            return f"{where}应是{'或'.join(_TYPES[kind] for kind in kinds)}"
        case "enum":
            offer = did_you_mean(str(error.instance), error.validator_value)
            return f"{where}是“{error.instance}”，只能是{'、'.join(error.validator_value)}{offer}"
        case "pattern":
            return f"{where}“{error.instance}”写法不对，应符合 {error.validator_value}"
        case "minItems" | "minProperties" | "minLength":
            return f"{where}不能为空"
        case _:
            described = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
            return f"{where}写法不对{'：' + described if described else ''}"
