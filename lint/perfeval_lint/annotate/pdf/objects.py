"""The objects of a PDF as written: values, and the place of each in the bytes."""

from __future__ import annotations

import re
from typing import NamedTuple

_MAX_DEPTH = 50
_MAX_VALUES = 200_000  # of one object; the page tree and a page of a form have some hundreds
_BLANK = re.compile(rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+")
_NAME = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*)")
_REFERENCE = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_HEX = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*)>")
_WORD = re.compile(rb"true|false|null")
_WORDS = {b"true": True, b"false": False, b"null": None}
_PARENTHESES = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|\r\n|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b""}


class NotSound(Exception):
    """The bytes are not what the format asks for, and could be read by guesses only."""


class Name(NamedTuple):
    """A name, without its slash and escapes."""

    name: bytes


class Reference(NamedTuple):
    """The object of that number and generation."""

    number: int
    generation: int


class Node(NamedTuple):
    """A value and its place: from byte `start` to before `end`."""

    value: Value
    start: int
    end: int


Value = None | bool | int | float | bytes | Name | Reference | list[Node] | dict[bytes, Node]


def value_at(data: bytes, position: int) -> Node:
    """The value that begins at a byte, after blanks and comments. Raises NotSound."""
    return _Scanner(data).value(position, 0)


def text_of(value: Value) -> str | None:
    """A string as text: UTF-16 where its first bytes say so; None for what is no string."""
    if not isinstance(value, bytes):
        return None
    return value[2:].decode("utf-16-be", "replace") if value.startswith(b"\xfe\xff") else value.decode("latin-1")


def after_blank(data: bytes, position: int) -> int:
    """Returns the position where blanks and comments end."""
    found = _BLANK.match(data, position)
    return found.end() if found else position


def number(entries: dict[bytes, Node], key: bytes) -> int:
    """A whole number of a dictionary, not below 0. Raises NotSound."""
    value = entries[key].value if key in entries else None
    if not isinstance(value, int) or value < 0:
        raise NotSound
    return value


class _Scanner:
    """Reads one object; counts its values."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._values = 0

    def value(self, position: int, depth: int) -> Node:
        self._values += 1
        if depth > _MAX_DEPTH or self._values > _MAX_VALUES:
            raise NotSound
        start = after_blank(self._data, position)
        first = self._data[start : start + 1]
        if first == b"/":
            key, end = self._name(start)
            return Node(Name(key), start, end)
        if self._data.startswith(b"<<", start):
            return self._dictionary(start, depth)
        if first == b"[":
            return self._array(start, depth)
        return self._string(start) if first in (b"(", b"<") else self._plain(start)

    def _plain(self, start: int) -> Node:
        if found := _REFERENCE.match(self._data, start):
            return Node(Reference(int(found[1]), int(found[2])), start, found.end())
        if found := _NUMBER.match(self._data, start):
            if len(found[0]) > 40:
                raise NotSound
            return Node(int(found[0]) if found[0].lstrip(b"+-").isdigit() else float(found[0]), start, found.end())
        if found := _WORD.match(self._data, start):
            return Node(_WORDS[found[0]], start, found.end())
        raise NotSound

    def _name(self, start: int) -> tuple[bytes, int]:
        found = _NAME.match(self._data, start)
        if not found:
            raise NotSound
        return re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), found[1]), found.end()

    def _array(self, start: int, depth: int) -> Node:
        items: list[Node] = []
        position = after_blank(self._data, start + 1)
        while not self._data.startswith(b"]", position):
            items.append(self.value(position, depth + 1))
            position = after_blank(self._data, items[-1].end)
        return Node(items, start, position + 1)

    def _dictionary(self, start: int, depth: int) -> Node:
        entries: dict[bytes, Node] = {}
        position = after_blank(self._data, start + 2)
        while not self._data.startswith(b">>", position):
            key, end = self._name(position)
            if key in entries:
                raise NotSound
            entries[key] = self.value(end, depth + 1)
            position = after_blank(self._data, entries[key].end)
        return Node(entries, start, position + 2)

    def _string(self, start: int) -> Node:
        if found := _HEX.match(self._data, start):
            digits = bytes(found[1]).translate(None, b"\0\t\n\f\r ")
            return Node(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()), start, found.end())
        depth = 0
        for found in _PARENTHESES.finditer(self._data, start):
            depth += {b"(": 1, b")": -1}.get(found[0], 0)
            if depth == 0:
                inside = self._data[start + 1 : found.start()]
                return Node(_ESCAPE.sub(_unescaped, inside), start, found.end())
        raise NotSound


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 255])
    return _ESCAPED.get(found[2], found[2]) if found[2] else b""
