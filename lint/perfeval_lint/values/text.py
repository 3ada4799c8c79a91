"""Text: full-width characters, white space, unseen characters, thousands separators; and what counts as blank."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from perfeval_lint.blanks import NO_CONTENT_PATTERN
from perfeval_lint.letters import LOOK_ALIKE, look_alikes
from perfeval_lint.sql.text import literal
from perfeval_lint.values.pieces import fits_sql, has_sql, let_sql, replaced_sql
from perfeval_lint.values.stored import is_text, stored_sql

BLANKS: Final = ("—", "——", "-", "--", "/", "*", "－", "―", "–", "——-", "\\", "/ /", "无此项", "×")
"""Whole cells that say "not applicable", beside those of blanks.NO_CONTENT."""

# --- half-width -----------------------------------------------------------------------------------

_HALF = {chr(0xFF10 + n): chr(0x30 + n) for n in range(10)}  # the character for each full-width one
_HALF |= {chr(0xFF21 + n + 32 * low): chr(0x41 + n + 32 * low) for n in range(26) for low in (0, 1)}
_HALF |= {"％": "%", "．": ".", "\u2550": "=", "\u00a0": " ", "\u3000": " "}
_UNSEEN: Final = "\ufeff\u200b\u200c\u200d\u00ad\u2060\u200e\u200f"
_WIDE = str.maketrans(_HALF | dict.fromkeys(_UNSEEN, ""))
_CONTROL_CODES = ((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F), (0xE000, 0xF8FF), (0xFFFD, 0xFFFD))
_CONTROL = re.compile("[" + "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in _CONTROL_CODES) + "]")
_CONTROL_IN_SQL = "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in _CONTROL_CODES)
_SPACES_IN_SQL: Final = r"\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"  # others that Python's \s has


def half_width(text: str) -> str:
    """The text with full-width digits, letters, ％ and ． made half-width, without unseen characters."""
    return _CONTROL.sub("", text.translate(_WIDE))


def _half_width_sql(text: str) -> str:
    """As half_width(), without white space around."""
    text = f"translate({text}, {literal(''.join(_HALF) + _UNSEEN)}, {literal(''.join(_HALF.values()))})"
    text = replaced_sql(replaced_sql(text, f"[{_CONTROL_IN_SQL}]", ""), f"[{_SPACES_IN_SQL}]", " ")
    return replaced_sql(text, r"^\s+|\s+$", "")


# --- white space ----------------------------------------------------------------------------------

_SPACE = re.compile(r"\s+")
_APART = re.compile(r"[0-9%]\s*\n\s*[0-9]")
_KEPT: Final = "\ue000"  # marks a space in SQL: a control character, of which no cell has any left
_LONGEST_QUOTE = 40


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """A cell's text as the canonical form holds it.

    White space goes where it is a line break or is beside Chinese characters or signs; between Latin words and
    numbers one space stays. A line break between two figures was typed, for readers join what was only wrapped: it
    becomes a space, which keeps them apart.
    """
    text = half_width(text).strip()
    return _without_thousands(_SPACE.sub(_kept_space, text))


def clean_sql(text: str) -> str:
    """As clean(), look-alike letters folded; NULL for a text that is blank."""
    return _cleaned_sql(text, LOOK_ALIKE, _half_width_sql(_folded_sql(text)))


def text_sql(column: str, kind: str) -> str:
    """The cells of a column of any SQL type as clean_sql() returns them."""
    return clean_sql(column) if is_text(kind) else stored_sql(column, kind)


def person_sql(column: str, kind: str) -> str:
    """A column's names of people: as text_sql(), look-alike letters unchanged."""
    return _cleaned_sql(column, "", _half_width_sql(column)) if is_text(kind) else stored_sql(column, kind)


def short(text: str) -> str:
    """A cell's text as a message quotes it."""
    whole = clean(text)
    return whole if len(whole) <= _LONGEST_QUOTE else whole[: _LONGEST_QUOTE - 1] + "…"


def are_apart(text: str) -> bool:
    """Whether a cell holds two figures with a line break between them, which are no one number."""
    return "\n" in text and _APART.search(half_width(text)) is not None


def without_spaces_sql(column: str) -> str:
    """As clean() without its spaces, unless the figures are_apart()."""
    is_apart = f"contains({column}, chr(10)) AND {has_sql(_half_width_sql(column), _APART)}"
    return f"replace({clean_sql(column)}, CASE WHEN {is_apart} THEN '{_KEPT}' ELSE ' ' END, '')"


def _kept_space(found: re.Match[str]) -> str:
    before, after = found.string[found.start() - 1], found.string[found.end()]
    if "\n" in found.group():
        is_word = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
        return " " if is_word or ("0" <= after <= "9" and (before == "%" or "0" <= before <= "9")) else ""
    is_word = before.isascii() and (before.isalnum() or before in ",.;:)%") and after.isascii() and after.isalnum()
    return " " if is_word else ""


def _spaced_sql(text: str) -> str:
    """A text with the white space that _kept_space() leaves."""
    for _ in range(2):  # a letter may end one pair and begin the next
        text = replaced_sql(text, r"([A-Za-z])[ \t\r]*\n\s*([A-Za-z])", rf"\1{_KEPT}\2")
        text = replaced_sql(text, r"([0-9%])[ \t\r]*\n\s*([0-9])", rf"\1{_KEPT}\2")
    text = replaced_sql(text, r"[ \t\r]*\n\s*", "")
    for _ in range(2):
        text = replaced_sql(text, r"([A-Za-z0-9,.;:)%])\s+([A-Za-z0-9])", rf"\1{_KEPT}\2")
    text = replaced_sql(text, r"\s+", "")
    return f"replace({text}, '{_KEPT}', ' ')"


def _cleaned_sql(text: str, odd: str, half_width: str) -> str:
    """A text made canonical, at the price of one regular expression where it is so already; `odd` are further letters
    for which it is not."""
    blanks = "|".join(_escaped(blank) for blank in BLANKS)
    nothing = rf"(?:{blanks}|{NO_CONTENT_PATTERN}|)"
    unwanted = f"{_CONTROL_IN_SQL}{_SPACES_IN_SQL}{_UNSEEN}{''.join(_HALF)}{odd}"
    unusual = rf"[\s{unwanted}]|[0-9],[0-9]{{3}}|^{nothing}$"
    cleaned = f"CASE WHEN NOT {fits_sql('half', nothing)} THEN {_without_thousands_sql(_spaced_sql('half'))} END"
    return f"CASE WHEN NOT {has_sql(text, unusual)} THEN {text} ELSE {let_sql('half', half_width, cleaned)} END"


def _folded_sql(text: str) -> str:
    """A text with look-alike letters folded, which is searched for first: the table of them is long."""
    table = look_alikes()
    folded = f"translate({text}, {literal(''.join(table))}, {literal(''.join(table.values()))})"
    return f"CASE WHEN regexp_matches({text}, '[{LOOK_ALIKE}]') THEN {folded} ELSE {text} END"


def _escaped(blank: str) -> str:
    return "".join(f"\\{sign}" if sign in "-/*\\" else sign for sign in blank)


# --- thousands ------------------------------------------------------------------------------------

_MOST_GROUPS = 4  # more digits are no amount
_GROUPED = rf"[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,{_MOST_GROUPS}}}"
_THOUSANDS = re.compile(rf"(?<![0-9.,]){_GROUPED}(?![0-9,])")
_FROM, _TO = "\ue001", "\ue002"  # marks of SQL around them


def _without_thousands(text: str) -> str:
    return _THOUSANDS.sub(lambda found: found.group().replace(",", ""), text) if "," in text else text


def _without_thousands_sql(text: str) -> str:
    for _ in range(2):  # the character behind one may be that before the next
        text = replaced_sql(text, rf"(^|[^0-9.,])({_GROUPED})([^0-9,]|$)", rf"\1{_FROM}\2{_TO}\3")
    for _ in range(_MOST_GROUPS):
        text = replaced_sql(text, rf"{_FROM}([0-9]+),([0-9,]+){_TO}", rf"{_FROM}\1\2{_TO}")
    return replaced_sql(text, f"[{_FROM}{_TO}]", "")
