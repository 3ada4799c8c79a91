"""The words of words.yaml, ready to be looked up, and text brought to one way of writing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from perfeval_lint.letters import folded
from perfeval_lint.quantity.model import ABOVE, AT_LEAST, AT_MOST, BELOW, EQUAL
from perfeval_lint.quantity.units import data

# Full-width ASCII to ASCII, dashes to one; 《…》 and the Chinese comma, semicolon and full stop stay.
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_KEPT = {ord(char): ord(char) for char in "，；"}
_DASHES = dict.fromkeys(map(ord, "—–―‐‑‒−─﹣"), "-") | dict.fromkeys(map(ord, "～〜∼﹏"), "~")
_SMALL = {ord(char): other for char, other in zip("℅：〈〉", "%:《》", strict=True)}
# Units that are one character of a font, and the micro sign.
_UNITS = {
    ord("㎞"): "km", ord("㎝"): "cm", ord("㎜"): "mm", ord("㎏"): "kg", ord("㎎"): "mg", ord("㎍"): "μg",
    ord("㎥"): "m³", ord("㎢"): "km²", ord("㏊"): "ha", ord("㎾"): "kW", ord("㏈"): "dB", ord("µ"): "μ",
}  # fmt: skip
_TABLE: dict[int, str | int] = {**_HALF, **_KEPT, **_DASHES, **_SMALL, **_UNITS}


_DIGIT = re.compile("[0-9]")
_APART = re.compile(r"(?<=[0-9])\s+(?=[0-9])")


def normal(text: str) -> str:
    """The text without white space, full-width ASCII made half-width, dashes made one. Blank between two digits
    may part two numbers or be inside one: it becomes a question mark, which nothing reads."""
    text = folded(text).translate(_TABLE)
    parts = text.split()
    if len(parts) == 1:
        return parts[0]
    return "".join(_APART.sub("?", text).split())


def has_digit(text: str) -> bool:
    """Whether a text has an ASCII digit."""
    return _DIGIT.search(text) is not None


@cache
def words(name: str) -> tuple[str, ...]:
    """A list of words of the data file, longest first, written as normal() writes."""
    content = _content()[name]
    return _sorted(str(content)) if not isinstance(content, Mapping) else ()


@cache
def operators(name: str) -> tuple[tuple[str, str], ...]:
    """(word, operator) pairs of `before` or `after`, longest word first. 左右 is under ≈."""
    content = _content()[name]
    if not isinstance(content, Mapping):
        return ()
    pairs = [(word, str(operator)) for operator, line in content.items() for word in _sorted(str(line))]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def pattern(name: str) -> str:
    """The words of a list as a regular expression, longest first."""
    return "|".join(map(re.escape, words(name)))


@cache
def _content() -> Mapping[str, object]:
    return data("words.yaml")


def _sorted(line: str) -> tuple[str, ...]:
    return tuple(sorted({normal(word) for word in line.split()}, key=lambda word: (-len(word), word)))


# What is not done yet, in one character; 接待, 未成年人 and 模拟 are other words.
UNFINISHED = re.compile("(?<![接招期优款看对善])待(?!遇)|未(?!成年|来|婚|央)|没(?!收)|(?<![模虚])拟|±")
UPWARD = frozenset([AT_LEAST, ABOVE])
DOWNWARD = frozenset([AT_MOST, BELOW])


def agree(one: str, other: str) -> bool:
    """Whether two operators printed around one number can both be meant."""
    return EQUAL in (one, other) or {one, other} <= UPWARD or {one, other} <= DOWNWARD
