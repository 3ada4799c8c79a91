"""The width of text on a screen, by which drawn tables are aligned."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

Width = Callable[[str], int]


@lru_cache(maxsize=4096)
def _wide(sign: str, ambiguous: int) -> int:
    if unicodedata.combining(sign):
        return 0
    kind = unicodedata.east_asian_width(sign)
    return 2 if kind in "WF" else ambiguous if kind == "A" else 1


def _western(text: str) -> int:
    """Columns of a screen on which Chinese takes two, and signs such as ≥ and ★ one."""
    return sum(_wide(sign, 1) for sign in text)


def _eastern(text: str) -> int:
    """Columns of a screen on which Chinese and signs such as ≥, ★ and ─ take two."""
    return sum(_wide(sign, 2) for sign in text)


WIDTHS: tuple[Width, ...] = (_western, _eastern, len)
"""The ways of counting tables are seen to be aligned by; the last is of those who counted signs."""


def offsets(text: str, width: Width) -> list[int]:
    """Returns the columns where the signs of a text begin, and where the last one ends."""
    return [0, *accumulate(width(sign) for sign in text)]
