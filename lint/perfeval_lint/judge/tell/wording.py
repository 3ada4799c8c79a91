"""The templates of a rule's message and help: literal text, and in braces the names whose values stand there.

Filled here for a form by itself; judge.told makes the same of SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from perfeval_lint.rule.model import FIELD_NAME, Rule

ENDS = "。；;，,：:、"  # marks that end a text a clerk wrote
_NAME = re.compile(r"\{([^}]*)\}")
_MARK_FOLLOWS = re.compile(r"[”’」』》）)]*[。；;，,：:、！？]")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: a name, or text as it stands. `loses_end` says that a mark follows the value, which
    therefore loses the one it ends in."""

    text: str
    is_name: bool
    loses_end: bool = False


@cache
def parts_of(template: str) -> tuple[Part, ...]:
    """The pieces of a template, in order."""
    pieces = _NAME.split(template)
    return tuple(
        Part(piece, is_name=True, loses_end=_MARK_FOLLOWS.match(pieces[number + 1]) is not None)
        if number % 2
        else Part(piece, is_name=False)
        for number, piece in enumerate(pieces)
        if piece
    )


def without_end(text: str) -> str:
    """A quoted text without the marks at its end; one of marks alone stays."""
    return text.rstrip(ENDS) or text


def filled(template: str, words: Mapping[str, str]) -> str:
    """A template with its names replaced by words."""
    return "".join(
        part.text if not part.is_name else without_end(words[part.text]) if part.loses_end else words[part.text]
        for part in parts_of(template)
    )


def help_in_general(rule: Rule, params: Mapping[str, str]) -> str:
    """The help of a rule where no single row is spoken of: its fields by name, its parameters as they are to be shown,
    and what a row would fill in by its name in brackets."""
    fields = dict.fromkeys(field for target in rule.targets for field in target.fields)
    words = {part.text: f"〔{part.text}〕" for part in parts_of(rule.help) if part.is_name}
    return filled(rule.help, {**words, **params, FIELD_NAME: "或".join(fields)})
