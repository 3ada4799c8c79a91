"""Canonical YAML or JSON text to forms, with everything that could not be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import cast

import yaml

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.definition import (
    BY_KEY,
    EXPECTED_OF_TOTAL,
    FORMAT,
    FUNDS,
    GROUPS,
    ROOT,
    ROOT_FIELDS,
    Section,
    Shape,
)
from perfeval_lint.form.model import Document, Form, Record, Unknown, Value
from perfeval_lint.form.nearest import nearest
from perfeval_lint.form.nodes import (
    MAX_CELL,
    Shifts,
    compose,
    control_character,
    decode,
    join_surrogates,
    key_text,
    original,
    plain,
    position,
)
from perfeval_lint.form.origin import Position

CANONICAL = (".yaml", ".yml", ".json")  # what the names of canonical files end in
_KEYS = (*ROOT_FIELDS, *BY_KEY)
_FIELDS = {section.key: {field.name: field for field in section.fields} for section in BY_KEY.values()}
_OFFERS = 100  # unknown keys of a form for which the nearest known one is looked up
_SCALAR = yaml.ScalarNode
_REQUIRED = {
    section.key: tuple(field.name for field in section.fields if field.required) for section in BY_KEY.values()
}


def load(data: bytes | str, file: str = "") -> Iterator[Document]:
    """The documents of a canonical file, in order; a document that cannot be read is one with problems.

    Never raises on any content. Blank documents are passed over; a file without any is one problem.
    """
    index = 0
    try:
        text, shifts = join_surrogates(decode(data, file) if isinstance(data, bytes) else data)
        for node in compose(text, file):
            if isinstance(node, yaml.ScalarNode) and not node.value.strip():
                continue
            is_json = getattr(node, "flow_style", False)
            yield _Reader(file, is_json=is_json, shifts=shifts).document(node, index)
            index += 1
    except UnreadableFile as error:
        yield Document(index, None, (error.problem,))
        return
    if index == 0:
        yield Document(0, None, (Problem("empty", f"文件里没有内容；自评表以“格式: {FORMAT}”开头", file),))


_new = tuple.__new__  # builds a named tuple at half the cost of calling its class


def _plain_values(node: yaml.MappingNode, fields: Collection[str]) -> dict[str, Value] | None:
    """The fields of a mapping in which there is nothing to remark on; None where there is.

    Nearly every mapping is such, and most of the time of reading a form goes into this loop.
    """
    values: dict[str, Value] = {}
    for key_node, child in node.value:
        key = key_node.value
        if key_node.__class__ is not _SCALAR or child.__class__ is not _SCALAR:
            return None
        text = child.value
        if key not in fields or key in values or not text.isprintable() or len(text) > MAX_CELL:
            return None
        mark = child.start_mark
        values[key] = _new(Value, (text, _new(Position, (mark.line + 1, mark.column + 1)), ""))
    return values


def _expected(values: Mapping[str, Value], place: Position) -> dict[str, Position] | None:
    """The places of what a fund row must say and does not: that of the row, for a canonical form has every field."""
    return {name: place for name in EXPECTED_OF_TOTAL if name not in values} or None


class _Reader:
    """Reads one document; collects its problems and unknown keys on the way."""

    def __init__(self, file: str, *, is_json: bool, shifts: Shifts) -> None:
        self.file = file
        self.is_json = is_json
        self.shifts = shifts
        self.problems: list[Problem] = []
        self.unknown: list[Unknown] = []

    def document(self, node: yaml.Node, index: int) -> Document:
        """One document to a form and its problems."""
        if not isinstance(node, yaml.MappingNode):
            what = "列表" if isinstance(node, yaml.SequenceNode) else f"单个值“{node.value[:20]}”"
            self.trouble("not-a-form", f"应是一张自评表（键: 值），这里却是{what}", node)
            return Document(index, None, tuple(self.problems))
        form = self.form(node)
        return Document(index, form, tuple(self.problems))

    def form(self, node: yaml.MappingNode) -> Form | None:
        """The form of a root mapping; None where its 格式 is missing or of another version."""
        root: dict[str, Value] = {}
        records: dict[str, tuple[Record, ...]] = {}
        places: dict[str, Position] = {}
        for key, child, key_node in self.entries(node):
            if key in ROOT_FIELDS:
                value = self.value(key, child)
                if value is not None:
                    root[key] = value
            elif key in BY_KEY:
                places[key] = self.place(key_node)
                found = self.section(BY_KEY[key], child)
                if found is not None:
                    records[key] = found
            else:
                self.unknown_key(ROOT, 0, key_node, child, _KEYS)
        if not self.is_current(root, node):
            return None
        keys = tuple(key for key in (key_text(key) for key, _ in node.value) if key in root or key in records)
        records[""] = (Record(root, self.place(node)),)
        return Form(records, keys, tuple(self.unknown), places)

    def is_current(self, root: Mapping[str, Value], node: yaml.Node) -> bool:
        """Whether the document says it is a form of this version; tells why not."""
        stated = root.get("格式")
        if stated is None:
            remedy = f"如果这是自评表，请在开头写“格式: {FORMAT}”；如果不是，请在 perfeval.yaml 的 exclude 里排除"
            self.trouble("not-a-form", f"没有“格式”一项，不能认定是自评表。{remedy}", node)
            return False
        if stated.text != FORMAT:
            message = f"格式“{stated.text[:30]}”不认识；本版本只读 {FORMAT}"
            place = cast(Position, stated.origin)
            self.problems.append(Problem("unknown-format", message, self.file, place.line, place.column))
            return False
        return True

    def section(self, section: Section, node: yaml.Node) -> tuple[Record, ...] | None:
        """The records of a section; None where it is blank or of the wrong shape."""
        if isinstance(node, yaml.ScalarNode) and not self.scalar(node).strip():
            return None
        if section.shape is Shape.ROWS:
            if not isinstance(node, yaml.SequenceNode):
                self.wrong_shape(section.key, "一个列表，每行以“- ”开头", node)
                return None
            return tuple(self.rows(section, node))
        if not isinstance(node, yaml.MappingNode):
            self.wrong_shape(section.key, "若干“键: 值”", node)
            return None
        if section is GROUPS:
            return tuple(self.groups(node))
        return (self.record(section, node, 0),)

    def rows(self, section: Section, node: yaml.SequenceNode) -> Iterator[Record]:
        """The rows of a list section."""
        for number, item in enumerate(node.value):
            if isinstance(item, yaml.MappingNode):
                yield self.record(section, item, number)
            else:
                self.wrong_shape(f"{section.key}第{number + 1}项", "若干“键: 值”", item)

    def groups(self, node: yaml.MappingNode) -> Iterator[Record]:
        """指标分组: each pair becomes a record of 名称 and 分值."""
        for key, child, key_node in self.entries(node):
            value = self.value(key, child)
            if value is not None:
                place = self.place(key_node)
                yield Record({"名称": Value(key, place), "分值": value}, place)

    def record(self, section: Section, node: yaml.MappingNode, row: int) -> Record:
        """One mapping of a section's fields."""
        values = _plain_values(node, _FIELDS[section.key])
        if values is None or self.is_json:
            values = self.values(section, node, row)
        for name in _REQUIRED[section.key]:
            if name not in values:
                self.trouble("missing-key", f"{section.key}第{row + 1}项缺少“{name}”", node)
        place = self.place(node)
        return Record(values, place, _expected(values, place) if section is FUNDS else None)

    def values(self, section: Section, node: yaml.MappingNode, row: int) -> dict[str, Value]:
        """The fields of a mapping, one by one, with everything that is wrong with them."""
        fields = _FIELDS[section.key]
        values: dict[str, Value] = {}
        for key, child, key_node in self.entries(node):
            if key in fields:
                value = self.value(key, child)
                if value is not None:
                    values[key] = value
            else:
                self.unknown_key(section, row, key_node, child, fields)
        return values

    def entries(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Key, value and the key's own node; a repeated key is a problem, and its first value counts."""
        seen: set[str] = set()
        for key_node, child in node.value:
            key = key_node.value if key_node.__class__ is yaml.ScalarNode else key_text(key_node)
            if key in seen:
                self.trouble("duplicate-key", f"“{key[:40]}”写了两遍；请只留一个", key_node)
                continue
            seen.add(key)
            yield key, child, key_node

    def value(self, key: str, node: yaml.Node) -> Value | None:
        """A scalar as written. JSON's null is an absent value; in YAML every plain word is text."""
        if node.__class__ is not yaml.ScalarNode:
            self.wrong_shape(key, "一个值", node)
            return None
        text = self.scalar(node)
        if not text.isprintable():
            self.check_characters(key, text, node)
        if len(text) > MAX_CELL:
            self.trouble("too-long", f"“{key[:40]}”有 {len(text)} 个字符，超过 {MAX_CELL} 的上限", node)
            return None
        return Value(text, self.place(node))

    def scalar(self, node: yaml.ScalarNode) -> str:
        """A scalar's text; JSON's null is empty."""
        is_null = self.is_json and node.value == "null" and not node.style
        return "" if is_null else str(node.value)

    def place(self, node: yaml.Node) -> Position:
        """The place where a node begins in the file as it was given."""
        found = position(node.start_mark)
        return found if not self.shifts else original(found, self.shifts)

    def check_characters(self, key: str, text: str, node: yaml.Node) -> None:
        found = control_character(text)
        if found:
            self.trouble("control-character", f"“{key[:40]}”的值含控制字符 {found}；请删除", node)

    def unknown_key(self, section: Section, row: int, key: yaml.Node, node: yaml.Node, known: Iterable[str]) -> None:
        name = key_text(key)
        place = self.place(key)
        close = nearest(name, known) if len(self.unknown) < _OFFERS else None
        self.unknown.append(Unknown(section.key, row, name, plain(node), close, place))

    def wrong_shape(self, what: str, expected: str, node: yaml.Node) -> None:
        is_list = isinstance(node, yaml.SequenceNode)
        found = "一个列表" if is_list else "若干“键: 值”" if isinstance(node, yaml.MappingNode) else "一个值"
        self.trouble("wrong-shape", f"“{what[:40]}”应是{expected}，这里却是{found}", node)

    def trouble(self, code: str, message: str, node: yaml.Node) -> None:
        place = self.place(node)
        self.problems.append(Problem(code, message, self.file, place.line, place.column))
