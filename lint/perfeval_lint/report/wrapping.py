"""Breaks text into lines for a terminal. A number stays with its unit and the word before it, and no line begins with
a closing mark.

rich breaks at spaces and, in Chinese, anywhere: 完成 41. | 764 万元.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

# A number with its sign before and its unit behind: at most four characters, as in 个百分点.
_NUMBER = re.compile(r"[≥≤≧≦＞＜>=＝<≈约]*\s?[0-9][0-9A-Za-z.,:/%‰+\-]*(?:\s?[\u4e00-\u9fff‰％℃㎡]{1,4})?")
_TAIL = re.compile(r"(?:[\u4e00-\u9fff]{1,2}|\S)\s*$")
_REACH = 4  # characters looked back for it
_WORD = re.compile(r"[!-~]+")
_CLOSING = frozenset("，。；：、！？）》」』】〕”’％‰…,.;:!?)]}%")
_OPENING = frozenset("（《「『【〔“‘([{")


def with_breaks(text: Text, width: int) -> Text:
    """Returns the text broken into lines of at most `width` cells; spaces at a break are dropped."""
    if cell_len(text.plain) <= width and "\n" not in text.plain:
        return text
    lines = []
    for whole in text.split("\n", allow_blank=True):
        for line in whole.divide(breaks(whole.plain, width)):
            line.rstrip()
            lines.append(line)
    return Text("\n").join(lines)


def breaks(text: str, width: int) -> list[int]:
    """Returns the positions where lines after the first begin, for lines of at most `width` cells."""
    found: list[int] = []
    start = 0
    good, possible = _places(text)
    while (end := _end(text, start, width)) < len(text):
        better = next((place for place in range(end, start, -1) if place in good), 0)
        start = better or next((place for place in range(end, start, -1) if place in possible), end)
        found.append(start)
    return found


def _end(text: str, start: int, width: int) -> int:
    """Returns the end of the longest line from a position, at least one character; spaces at its end take no room."""
    used = 0
    for place in range(start, len(text)):
        used += cell_len(text[place])
        if used > width and not text[place].isspace():
            return max(place, start + 1)
    return len(text)


def _places(text: str) -> tuple[set[int], set[int]]:
    """Returns where a line may begin: good places, and those of last resort, which may part a number from its word."""
    inside = {
        place for kind in (_WORD, _NUMBER) for start, end in _spans(kind, text) for place in range(start + 1, end)
    }
    glued = {place for start, _ in _spans(_NUMBER, text) for place in range(_before(text, start), start + 1)}
    possible = set()
    last = " "  # the character before, spaces left out
    for place, character in enumerate(text):
        if character.isspace():
            continue
        if place not in inside and character not in _CLOSING and last not in _OPENING:
            possible.add(place)
        last = character
    return possible - glued, possible


def _before(text: str, start: int) -> int:
    """Returns the first place where no line may begin because of the number at `start`, which stays with two
    characters of the Chinese word before it."""
    word = _TAIL.search(text, max(0, start - _REACH), start)
    return word.start() + 1 if word else start


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))
