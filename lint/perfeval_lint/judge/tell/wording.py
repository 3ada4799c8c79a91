"""Fills in the templates of a rule's message and help, in Python and in SQL: text with names in braces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from perfeval_lint.judge.tell import quote
from perfeval_lint.rule.model import FIELD_NAME, Rule
from perfeval_lint.sql.text import literal

ENDS = "。；;，,：:、"  # marks that end a text a clerk wrote
MACROS = f"""{quote.MACROS}
CREATE OR REPLACE TEMP MACRO 报_去尾(t) AS coalesce(nullif(rtrim(t, '{ENDS}'), ''), t);
"""
_NAME = re.compile(r"\{([^}]*)\}")
_MARK_FOLLOWS = re.compile(r"[”’」』》）)]*[。；;，,：:、！？]")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: a name, or literal text. With `loses_end` a mark follows the value, which therefore loses
    the marks at its own end."""

    text: str
    is_name: bool
    loses_end: bool = False


@cache
def parts_of(template: str) -> tuple[Part, ...]:
    """Returns the pieces of a template, in order."""
    pieces = _NAME.split(template)
    return tuple(
        Part(piece, is_name=True, loses_end=_MARK_FOLLOWS.match(pieces[number + 1]) is not None)
        if number % 2
        else Part(piece, is_name=False)
        for number, piece in enumerate(pieces)
        if piece
    )


def without_end(text: str) -> str:
    """Returns a quoted text without the marks at its end; a text of marks alone is returned unchanged."""
    return text.rstrip(ENDS) or text


def filled(template: str, words: Mapping[str, str]) -> str:
    """Returns a template with its names replaced by words."""
    return "".join(
        part.text if not part.is_name else without_end(words[part.text]) if part.loses_end else words[part.text]
        for part in parts_of(template)
    )


def template_sql(template: str, words: Mapping[str, str]) -> str:
    """Returns the SQL of `filled`, which needs MACROS; `words` are SQL texts."""
    items = [
        literal(part.text)
        if not part.is_name
        else f"报_去尾({words[part.text]})"
        if part.loses_end
        else words[part.text]
        for part in parts_of(template)
    ]
    return f"concat({', '.join(items)})"


def help_in_general(rule: Rule, params: Mapping[str, str]) -> str:
    """Returns the help of a rule where no single row is spoken of: fields by name, parameters by the texts of `params`,
    and the values of a row by their names in brackets."""
    fields = dict.fromkeys(field for target in rule.targets for field in target.fields)
    words = {part.text: f"〔{part.text}〕" for part in parts_of(rule.help) if part.is_name}
    return filled(rule.help, {**words, **params, FIELD_NAME: "或".join(fields)})
