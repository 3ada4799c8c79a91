"""Text of forms and files on a web page: escaped, nothing in it unseen."""

from __future__ import annotations

import re
from html import escape

from perfeval_lint.report.words import printable

_BETWEEN_BREAKS = re.compile(r"[^\n\t]+")


def shown(text: str) -> str:
    """The text for a page, between tags or within the quotes of an attribute; line breaks and tabs stay."""
    if not text.isprintable():
        text = _BETWEEN_BREAKS.sub(lambda part: printable(part[0]), text)
    return escape(text)


def one_line(text: str) -> str:
    """The text for a page with single spaces in place of line breaks."""
    return shown(" ".join(text.split()))


def attributes(**values: str | None) -> str:
    """Attributes of a tag, each led by a space; `_` in a name is a hyphen, a trailing one is dropped, None left out."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{shown(value)}"' for name, value in values.items() if value is not None
    )
