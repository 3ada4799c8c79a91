"""How a cell's text becomes a canonical value, and how labels are compared."""

from __future__ import annotations

import re
from functools import lru_cache

HALF = {chr(0xFF10 + n): chr(0x30 + n) for n in range(10)}  # what stands for a full-width character
HALF |= {chr(0xFF21 + n + 32 * low): chr(0x41 + n + 32 * low) for n in range(26) for low in (0, 1)}
HALF |= {"％": "%", "．": ".", "\u2550": "=", "\u00a0": " ", "\u3000": " "}
UNSEEN = "\ufeff\u200b\u200c\u200d\u00ad\u2060\u200e\u200f"
_WIDE = str.maketrans(HALF | dict.fromkeys(UNSEEN, ""))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")

_SPACE = re.compile(r"\s+")
APART = r"[0-9%]\s*\n\s*[0-9]"  # two figures with a line break between them
_APART = re.compile(APART)
_LONGEST_QUOTE = 40
MOST_GROUPS = 4  # of thousands; more digits are no amount
_THOUSANDS = re.compile(rf"(?<![0-9.,])[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,{MOST_GROUPS}}}(?![0-9,])")

_KEY_MARKS = str.maketrans("（）：【】［］〔〕", "():[][][]")
_NUMBERING = re.compile(r"^(?:[(]?[一二三四五六七八九十]+[)、.]|[0-9]{1,2}[、.](?![0-9]))+")
_OUTLINE = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}[、.．]?(?=[\u4e00-\u9fff]))+"
)
_LEADING_YEAR = re.compile(r"^(?:19|20)[0-9]{2}年度?(?=.)")
_STARS = "*★☆▲△●○·•◆_"
_TAIL = re.compile(r"(?<=.)(?:[(][^()]*(?:[(][^()]*[)][^()]*)*[)]|\[[^\[\]]*\])$")
_HEAD = re.compile(r"^[(][^()]*[)](?=.)")
_UNIT_TAIL = re.compile(r"(?:万元|元|%)$")


def half_width(text: str) -> str:
    """Full-width digits, letters, ％ and ． made half-width; invisible characters taken out."""
    return _CONTROL.sub("", text.translate(_WIDE))


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """A cell's text as the canonical form holds it.

    White space goes where it is a line break or stands beside Chinese characters or signs; between Latin words and
    numbers one space stays. A line break between two figures was typed, for readers join what was only wrapped: it
    becomes a space, which keeps them apart.
    """
    text = half_width(text).strip()
    return _without_thousands(_SPACE.sub(_kept_space, text))


def short(text: str) -> str:
    """A cell's text as a message quotes it."""
    whole = clean(text)
    return whole if len(whole) <= _LONGEST_QUOTE else whole[: _LONGEST_QUOTE - 1] + "…"


def are_apart(text: str) -> bool:
    """Whether a cell holds two figures with a line break between them, which are no one number."""
    return "\n" in text and _APART.search(half_width(text)) is not None


def _kept_space(found: re.Match[str]) -> str:
    before, after = found.string[found.start() - 1], found.string[found.end()]
    if "\n" in found.group():
        is_word = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
        return " " if is_word or ("0" <= after <= "9" and (before == "%" or "0" <= before <= "9")) else ""
    is_word = before.isascii() and (before.isalnum() or before in ",.;:)%") and after.isascii() and after.isalnum()
    return " " if is_word else ""


def _without_thousands(text: str) -> str:
    return _THOUSANDS.sub(lambda found: found.group().replace(",", ""), text) if "," in text else text


@lru_cache(maxsize=65536)
def label_key(text: str) -> str:
    """A label for comparing: no white space, marks half-width, no numbering, stars or closing colon."""
    key = _SPACE.sub("", half_width(text)).translate(_KEY_MARKS).strip(_STARS)
    if len(key) > 60:
        return key
    key = _NUMBERING.sub("", key)
    return key.strip(":").strip(_STARS)


def without_numbering(text: str) -> str:
    """A name without the number before it: 一、 （一） 1. 1.1"""
    return _OUTLINE.sub("", text) or text


@lru_cache(maxsize=65536)
def label_keys(text: str) -> tuple[str, ...]:
    """The ways a label may be listed, longest first: as it is, then without bracketed remarks, then without a unit."""
    keys = [label_key(text)]
    if not keys[0] or len(keys[0]) > 60:
        return tuple(keys)
    while (shorter := _TAIL.sub("", keys[-1])) != keys[-1]:
        keys.append(shorter.rstrip(":"))
    for key in list(keys):
        for shorter in (_HEAD.sub("", key), _UNIT_TAIL.sub("", key), _LEADING_YEAR.sub("", key)):
            if shorter and shorter not in keys:
                keys.append(shorter.rstrip(":"))
    return tuple(keys)
