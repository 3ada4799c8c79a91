"""Characters of a PDF that are struck out by a line drawn through them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from perfeval_lint.read.pdf_chars import Char
from perfeval_lint.read.pdf_rule import Rule

_HIGHEST, _LOWEST = 0.6, 0.15  # of the type's height above the base line: between them a line goes through the letters
_LONGER = 0.6  # of the type's height: how much longer than the text the line may be at either end
_MEET = 1.0  # points within which a line ends at another


def without_struck(chars: Sequence[Char], rules: Sequence[Rule]) -> tuple[list[Char], list[Rule], list[str]]:
    """The characters and lines without those struck out and the strokes through them; and the texts struck out."""
    order = sorted((index for index, char in enumerate(chars) if char.turn == 0), key=lambda index: chars[index].base)
    bases = [chars[index].base for index in order]
    largest = max((char.size for char in chars), default=0.0)
    uprights = [rule for rule in rules if not rule.level]
    struck: set[int] = set()
    kept: list[Rule] = []
    texts: list[str] = []
    for rule in rules:
        near = order[bisect_left(bases, rule.at) : bisect_right(bases, rule.at + _HIGHEST * largest)]
        through = [index for index in near if _goes_through(rule, chars[index])] if rule.level else []
        if through and _is_stroke(rule, [chars[index] for index in through], uprights):
            if not struck.issuperset(through):
                texts.append(_text([chars[index] for index in through]))
            struck.update(through)
        else:
            kept.append(rule)
    left = [char for index, char in enumerate(chars) if index not in struck]
    return left, kept, texts


def _goes_through(rule: Rule, char: Char) -> bool:
    above = char.base - rule.at
    return _LOWEST * char.size < above < _HIGHEST * char.size and rule.start < (char.start + char.end) / 2 < rule.end


def _is_stroke(rule: Rule, chars: Sequence[Char], uprights: Sequence[Rule]) -> bool:
    """Whether a line belongs to the text it goes through: it begins and ends with it, and borders no cell."""
    inked = [char for char in chars if not char.text.isspace()]
    if not inked:
        return False
    more = _LONGER * max(char.size for char in inked)
    if rule.start < min(char.start for char in inked) - more or rule.end > max(char.end for char in inked) + more:
        return False
    return not all(
        any(
            abs(upright.at - end) <= _MEET and upright.start - _MEET <= rule.at <= upright.end + _MEET
            for upright in uprights
        )
        for end in (rule.start, rule.end)
    )


def _text(chars: Sequence[Char]) -> str:
    return "".join(char.text for char in sorted(chars, key=lambda char: char.start)).strip()
