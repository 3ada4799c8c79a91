"""Look-alike letters: characters that are seen as another one, and the one table by which they are folded.

Text copied out of a PDF has radicals in the place of characters (⽉ for 月), input methods give small signs (﹪ for %).
What has a sense of its own stays: m², ㎡, ½, ①, ℃, ‰.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

# Where they are found: radicals, compatibility ideographs, small forms, half-width marks, digits of mathematical fonts.
_BLOCKS = (
    ("\u2e80", "\u2fd5"),
    ("\uf900", "\ufadf"),
    ("\ufe50", "\ufe6f"),
    ("\uff61", "\uff64"),
    ("\U0001d7ce", "\U0001d7ff"),
    ("\U0002f800", "\U0002fa1f"),
)
LOOK_ALIKE = "".join(f"{first}-{last}" for first, last in _BLOCKS)
"""The inside of a character class, for Python and DuckDB; not all letters in it are folded."""
PERSONS = frozenset(("项目负责人", "填表人"))
"""The fields that hold names of people, which are kept as typed: a name may be written with a rare form."""

_LAST = chr(0x10FFFF)
_AROUND = zip(
    ("\0", *(chr(ord(last) + 1) for _, last in _BLOCKS)),
    (*(chr(ord(first) - 1) for first, _ in _BLOCKS), _LAST),
    strict=True,
)
# Passes over text without any, which nearly all is, several times as fast as a search for one of them.
_WITHOUT = re.compile(f"[{''.join(f'{first}-{last}' for first, last in _AROUND)}]*+")
_DATA = Path(__file__).with_suffix(".yaml")


def has_look_alikes(text: str) -> bool:
    """Returns whether a text may hold letters that folded() changes."""
    if text.isascii():
        return False
    passed = _WITHOUT.match(text)
    return passed is not None and passed.end() < len(text)


def folded(text: str) -> str:
    """The text with every look-alike as the letter it is seen as; as many characters as before."""
    return text.translate(_by_code()) if has_look_alikes(text) else text


@cache
def look_alikes() -> Mapping[str, str]:
    """All letters that are folded, each with the one it becomes."""
    listed = yaml.load(_DATA.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    table = {old: new for olds, news in listed.values() for old, new in zip(olds, news, strict=True)}
    table |= _decomposed(0x2F00, 0x2FD6, "NFKC")  # Kangxi radicals
    table |= _decomposed(0xF900, 0xFAE0, "NFC")  # compatibility ideographs
    table |= _decomposed(0x2F800, 0x2FA20, "NFC")
    return table | _decomposed(0x1D7CE, 0x1D800, "NFKC")  # digits of mathematical fonts


def _decomposed(first: int, end: int, how: Literal["NFC", "NFKC"]) -> dict[str, str]:
    """The characters of a block that Unicode says are another one."""
    pairs = ((chr(code), unicodedata.normalize(how, chr(code))) for code in range(first, end))
    return {old: new for old, new in pairs if old != new}


@cache
def _by_code() -> Mapping[int, str]:
    return str.maketrans(dict(look_alikes()))
