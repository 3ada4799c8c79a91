"""Text of forms and files on a web page: escaped, invisible characters made visible."""

from __future__ import annotations

import re
from html import escape

from perfeval_lint.report.words import printable

_BETWEEN_BREAKS = re.compile(r"[^\n\t]+")


def shown(text: str) -> str:
    """Escapes text for a page, between tags or in the quotes of an attribute; line breaks and tabs stay."""
    if not text.isprintable():
        text = _BETWEEN_BREAKS.sub(lambda part: printable(part[0]), text)
    return escape(text)


def one_line(text: str) -> str:
    """Escapes text for a page, with single spaces in place of line breaks."""
    return shown(" ".join(text.split()))


def attributes(**values: str | None) -> str:
    """Returns attributes of a tag, each after a space; a name's `_` becomes a hyphen, a last one goes; no None."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{shown(value)}"' for name, value in values.items() if value is not None
    )
