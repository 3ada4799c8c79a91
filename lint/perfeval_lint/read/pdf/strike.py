"""Characters of a PDF that are struck out by a line drawn through them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from perfeval_lint.read.pdf.chars import Char
from perfeval_lint.read.pdf.geometry import Box, bound
from perfeval_lint.read.pdf.rule import Rule
from perfeval_lint.read.pdf.text import lines_of

_HIGHEST, _LOWEST = 0.6, 0.15  # of the type's height above the base line: between them a line goes through the letters
_THICKEST = 0.25  # of the type's height: thicker lines are ground
_LONGER = 0.6  # of the type's height: how much longer than the text the line may be at either end
_DOUBT = "有一条线划过这一格的文字，不能确定是否划掉；请核对原文"
_MEET = 1.0  # points within which a line ends at another


def without_struck(chars: Sequence[Char], rules: Sequence[Rule]) -> tuple[list[Char], list[Rule], list[str]]:
    """The characters and lines without those struck out and the strokes through them; and the texts struck out.

    Text that a longer line goes through, which borders no cell, is doubted. Raises TooMuch.
    """
    order = sorted((index for index, char in enumerate(chars) if char.turn == 0), key=lambda index: chars[index].base)
    bases = [chars[index].base for index in order]
    sizes = [char.size for char in chars]
    nearest, farthest = _LOWEST * min(sizes, default=0.0), _HIGHEST * max(sizes, default=0.0)
    uprights = [rule for rule in rules if not rule.level]
    struck: set[int] = set()
    kept: list[Rule] = []
    doubted: set[int] = set()
    looks = 0
    for rule in rules:
        near = order[bisect_left(bases, rule.at + nearest) : bisect_right(bases, rule.at + farthest)]
        looks += len(near)
        bound(looks)
        through = [index for index in near if _goes_through(rule, chars[index])] if rule.level else []
        inked = [chars[index] for index in through if not chars[index].text.isspace()]
        if not inked or _is_border(rule, uprights):
            kept.append(rule)
        elif _begins_and_ends_with(rule, inked):
            struck.update(through)
        else:
            kept.append(rule)
            doubted.update(through)
    left = [
        char._replace(doubt=char.doubt or _DOUBT) if index in doubted else char
        for index, char in enumerate(chars)
        if index not in struck
    ]
    return left, kept, [line.text for line in lines_of([chars[index] for index in struck])]


def crossed(chars: Sequence[Char], slants: Sequence[Box]) -> list[Char]:
    """The characters, those doubted that a slanted line goes through. Raises TooMuch."""
    if not slants:
        return list(chars)
    bound(len(chars) * len(slants))
    return [
        char._replace(doubt=char.doubt or _DOUBT) if any(_crosses(slant, char) for slant in slants) else char
        for char in chars
    ]


def _crosses(slant: Box, char: Char) -> bool:
    left, start, right, end = slant
    one, top, other, bottom = char.box
    middle = (one + other) / 2
    if char.text.isspace() or not left < middle < right:
        return False
    return top < start + (end - start) * (middle - left) / (right - left) < bottom


def _goes_through(rule: Rule, char: Char) -> bool:
    above = char.base - rule.at
    if rule.width > _THICKEST * char.size:
        return False
    return _LOWEST * char.size < above < _HIGHEST * char.size and rule.start < (char.start + char.end) / 2 < rule.end


def _begins_and_ends_with(rule: Rule, chars: Sequence[Char]) -> bool:
    more = _LONGER * max(char.size for char in chars)
    first, last = min(char.start for char in chars), max(char.end for char in chars)
    return rule.start >= first - more and rule.end <= last + more


def _is_border(rule: Rule, uprights: Sequence[Rule]) -> bool:
    """Returns whether a line ends at an upright one, as borders of cells do."""
    return any(
        min(abs(upright.at - rule.start), abs(upright.at - rule.end)) <= _MEET
        and upright.start - _MEET <= rule.at <= upright.end + _MEET
        for upright in uprights
    )
