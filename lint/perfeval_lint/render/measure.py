"""The room a text takes in print: widths in ems (the width of one Chinese character) and lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from math import ceil, sqrt

# A line breaks between Chinese characters; not in a half-width word, after an opening mark or before a closing one.
_UNBREAKABLE = re.compile(r"[（《“‘〈【「]*(?:[!-~]+|.)[，。；：、！？）》”’〉】」…]*", re.DOTALL)
_WIDE = frozenset("WFA")
_NARROW = 0.55  # a half-width character is half an em in 宋体, a little more in the fonts that replace it


def em_width(text: str) -> float:
    """The width of a text on one line, in ems."""
    if text.isascii():
        return len(text) * _NARROW
    return sum(1.0 if unicodedata.east_asian_width(character) in _WIDE else _NARROW for character in text)


def line_count(text: str, ems: float) -> int:
    """The lines a text takes in a column `ems` wide; 1 for an empty text."""
    return sum(_wrapped(line, max(ems, 1.0)) for line in text.split("\n"))


def _wrapped(line: str, ems: float) -> int:
    lines, used = 1, 0.0
    for word in _UNBREAKABLE.findall(line):
        width = em_width(word)
        if used + width <= ems:
            used += width
        elif width <= ems:
            lines, used = lines + 1, width
        else:  # too long for any line: it is broken where the line ends
            filled = ceil((used + width) / ems)
            lines, used = lines + filled - 1, used + width - (filled - 1) * ems
    return lines


def shared_widths(texts: Sequence[Sequence[str]], total: float, narrowest: float, widest: float) -> tuple[float, ...]:
    """Widths of columns that share `total`, by how much text each holds.

    A column with four times the text gets twice the width, within `narrowest` and `widest`: that keeps rows low
    where one column holds long texts and the others short ones. All in the unit of `total`.
    """
    volumes = [sqrt(sum(em_width(text[:1000]) for text in column) + 40.0) for column in texts]
    widths = [total * volume / sum(volumes) for volume in volumes]
    bounded = [min(max(width, narrowest), widest) for width in widths]
    spare = total - sum(bounded)
    room = [(widest - width) if spare > 0 else (width - narrowest) for width in bounded]
    share = sum(room) or 1.0
    return tuple(width + spare * free / share for width, free in zip(bounded, room, strict=True))
