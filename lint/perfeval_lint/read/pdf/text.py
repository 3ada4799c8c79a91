"""Characters of a PDF put together to lines, as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from operator import attrgetter
from statistics import median

from perfeval_lint.read.pdf.chars import Char
from perfeval_lint.read.pdf.geometry import Box
from perfeval_lint.read.raised import put_together

_SAME_LINE = 0.45  # of the type's height: how far base lines of one line may be apart (exponents)
_GAP = 0.6  # of the type's height: the least gap that counts as a space
_RAISED = 0.7  # the same for small letters that follow one of the line
_FEW = 40  # how many such letters a line has at most
_BESIDE = 0.3  # of the type's height: how near such letters are
_SMALLER = 0.8  # of the type beside it: how small raised letters are at most
_HIGHER = 0.2  # of the type beside it: how much higher their base line is, at least
_APART = 0.45  # of the type's height: letters that begin further apart are beside each other
_OVERLAP = 0.5  # of the narrower letter's width: letters that share more are printed over each other
_ON_TOP = 0.35  # of the lower line's height: lines that share more are printed over each other
_OVER = "这个单元格里的文字互相重叠，可能混入了别的文字（如水印）；请核对原文"
_UNUSUAL = 2.0  # times the usual gap of the line; evenly spread characters are one word


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text, the box around it on the page, and why the text may be wrong ("" where it is not)."""

    text: str
    box: Box
    doubt: str


def lines_of(chars: Sequence[Char]) -> list[TextLine]:
    """The lines that characters make, from top to bottom; turned text after the upright."""
    lines: list[TextLine] = []
    for _, same in groupby(sorted(chars, key=lambda char: (char.turn, char.base)), key=attrgetter("turn")):
        for group in _with_raised(_on_one_line(list(same))):
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


def _with_raised(groups: Iterable[list[Char]]) -> Iterator[list[Char]]:
    """The groups, with small letters raised so high that they made one of their own put to the letters they follow."""
    upper: list[Char] = []
    for group in groups:
        if upper and _is_raised_over(upper, group):
            group = upper + group
        elif upper:
            yield upper
        upper = group
    if upper:
        yield upper


def _is_raised_over(upper: Sequence[Char], lower: Sequence[Char]) -> bool:
    if upper[0].size > _SMALLER * lower[0].size or len(upper) > _FEW:
        return False  # soon, for nearly all
    smallest = min(char.size for char in lower)
    highest = max(char.base for char in lower) - min(char.base for char in upper)
    if highest > _RAISED * smallest or any(char.size > _SMALLER * smallest for char in upper):
        return False
    return all(
        any(abs(char.start - other.end) < _BESIDE * other.size for other in (*lower, *upper) if other is not char)
        and not any(char.start < (other.start + other.end) / 2 < char.end for other in lower)
        for char in upper
    )


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
    raised = _raised(chars)
    pieces = [(chars[0].text, raised[0])]
    for gap, char, is_raised in zip(gaps, chars[1:], raised[1:], strict=True):
        if gap > max(_GAP * char.size, _UNUSUAL * usual):
            pieces.append((" ", is_raised and pieces[-1][1]))
        pieces.append((char.text, is_raised))
    text, doubt = put_together(pieces) if any(raised) else ("".join(text for text, _ in pieces), "")
    doubts = (*(char.doubt for char in inked), doubt, _OVER if _one_over_another(inked) else "")
    return TextLine(text.strip(), _box_around([char.box for char in inked]), next(filter(None, doubts), ""))


def _raised(chars: Sequence[Char]) -> list[bool]:
    """Returns whether each character is raised beside larger ones that it follows."""
    raised = [False] * len(chars)
    if len({char.size for char in chars}) == 1:
        return raised  # soon, for nearly all
    ground = chars[0]
    for index, char in enumerate(chars):
        if char.size < ground.size and _is_raised(char, ground):
            raised[index] = True
        elif not char.text.isspace():
            ground = char
    return raised


def _is_raised(char: Char, ground: Char) -> bool:
    return char.size <= _SMALLER * ground.size and ground.base - char.base >= _HIGHER * ground.size


def _one_over_another(chars: Sequence[Char]) -> bool:
    """Returns whether letters of a line are printed over those of another text."""
    return any(
        before.style is not after.style
        and after.start - before.start < _APART * min(before.size, after.size)
        and min(before.end, after.end) - after.start
        > _OVERLAP * min(before.end - before.start, after.end - after.start)
        for before, after in pairwise(chars)
    )


def over_another(lines: Sequence[TextLine]) -> str:
    """Returns why the lines of a cell may be wrong: one is printed over another ("" where none is)."""
    for one, other in chain(pairwise(lines), zip(lines, lines[2:], strict=False)):
        across = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
        down = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
        if across > 1 and down > _ON_TOP * min(one.box[3] - one.box[1], other.box[3] - other.box[1]):
            return _OVER
    return ""


def _box_around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
