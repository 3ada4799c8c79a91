"""Characters of a PDF put together to lines, as they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median

from perfeval_lint.read.pdf_chars import Char
from perfeval_lint.read.pdf_geometry import Box

_SAME_LINE = 0.45  # of the type's height: how far base lines of one line may be apart (exponents)
_GAP = 0.6  # of the type's height: the least gap that counts as a space
_UNUSUAL = 2.0  # times the usual gap of the line; evenly spread characters are one word


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text, the box around it on the page, and whether characters of it could not be read."""

    text: str
    box: Box
    doubtful: bool


def lines_of(chars: Sequence[Char]) -> list[TextLine]:
    """The lines that characters make, from top to bottom; turned text after the upright."""
    lines: list[TextLine] = []
    for _, same in groupby(sorted(chars, key=lambda char: (char.turn, char.base)), key=attrgetter("turn")):
        for group in _on_one_line(list(same)):
            line = _line(_once(sorted(group, key=attrgetter("start"))))
            if line is not None:
                lines.append(line)
    return lines


def _on_one_line(chars: list[Char]) -> Iterator[list[Char]]:
    """Characters in order of their base line, in groups of about the same one."""
    group: list[Char] = []
    for char in chars:
        if group and char.base - group[-1].base > _SAME_LINE * max(char.size, group[-1].size):
            yield group
            group = []
        group.append(char)
    if group:
        yield group


def _once(chars: list[Char]) -> list[Char]:
    """Without characters printed again over themselves to look bold."""
    kept: list[Char] = []
    for char in chars:
        if not any(
            char.text == other.text and char.start - other.start < 0.3 * (other.end - other.start)
            for other in kept[-3:]
        ):
            kept.append(char)
    return kept


def _line(chars: list[Char]) -> TextLine | None:
    inked = [char for char in chars if not char.text.isspace()]
    if not inked:
        return None
    gaps = [after.start - before.end for before, after in pairwise(chars)]
    usual = max(median(gaps), 0.0) if len(gaps) > 1 else 0.0
    parts: list[str] = [chars[0].text]
    for gap, char in zip(gaps, chars[1:], strict=True):
        if gap > max(_GAP * char.size, _UNUSUAL * usual):
            parts.append(" ")
        parts.append(char.text)
    return TextLine("".join(parts).strip(), box_around([char.box for char in inked]), any(c.doubtful for c in inked))


def box_around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
