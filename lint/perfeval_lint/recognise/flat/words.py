"""The costs of a cell's beginning, going on or ending at a piece, by the words and gaps of flattened text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from perfeval_lint.recognise.flat.pieces import BLANK, NEWLINE, PAGE, SPACE, Piece, ends_badly, starts_badly

_LOOSE, _TIGHT = 0.65, 0.08  # share of blank lines among all breaks: between all lines; between cells
_SPACED, _GLUED = 0.4, 3.0
_WORD, _WORST_WORD = 0.8, 2.4
_TWO_NUMBERS, _TWO_QUANTITIES, _TWO_WORDS = 9.0, 4.0, 4.5
_NUMBER_LINE, _OPERATOR_LINE = 2.0, 3.0  # a line inside a cell that is a bare number; that begins with ≥ or the like
_PARTED_BOUND, _PARTED_UNIT, _PARTED_OPERATOR = 6.0, 4.0, 3.0
_FIRST, _FURTHER = 1.5, 3.0  # a list that begins inside a cell; a cell that begins with a later item of a list
_FAR_FROM_PAGE = 40  # pieces
_MOST_NUMBERS = 3  # between a place and the page break that cuts the same row
_DIGIT = re.compile("[0-9]")
_UNIT_HEAD = re.compile(
    "[次家个人年份项万场件天月日元%％名期套篇户亩公里平方吨批处所台条本部只头株种辆册门组支座周小时余多亿千百以及（(]"
)
UNIT = re.compile(
    "(?:人次|平方米|公里|万元|亿元|家次|[次家个人年份项万场件天月日元%％名期套篇户亩吨批台条本部头株辆册])(?:以上|以内|以下)?"
)
_BOUND = re.compile("(?:以上|以下|以内|之内|左右)$|(?:及|或)以[上下]")
_WANTS_NUMBER = re.compile(
    "(?:至少|不少于|不低于|不超过|不高于|不大于|不小于|大于|小于|低于|高于|等于|≥|≤|>|<|=|＞|＜|各|约|第)$"
)
_BEGINS_TARGET = re.compile("[≥≤≧≦＞＜>＜<=＝]|(?:至少|不少于|不低于|不超过|不高于|不大于|不小于)[0-9]")
_WHOLE_QUANTITY = re.compile(
    "(?:[≥≤≧≦＞＜><=＝]|至少|不少于|不低于|不超过|不高于|各|约)*[0-9][0-9.,]*(?:[-—~～至][0-9.]+)?[^0-9，。；、（]{1,4}(?:以上|以内|以下|左右)?"
)
EXCUSE = re.compile("原因|疫情|由于|未能|偏低|偏高|今后|下一步|导致|因此|改为|超出预期|措施")
_FIRST_ITEM = re.compile("①|1[.、．](?![0-9])|[（(][1一][)）]")
_FURTHER_ITEM = re.compile("[②-⑳]|[2-9][.、．](?![0-9])|[（(][2-9二三四五六七八九][)）]|其中")
_QUANTITY_END = re.compile("[0-9][^0-9]{0,4}$")


@dataclass(frozen=True, slots=True)
class Habits:
    """How a text separates its pieces: costs of each gap inside a cell and between two cells of a row."""

    inside: tuple[float, float, float, float]
    between: tuple[float, float, float, float]
    loose: bool  # blank lines between all lines
    spaced: float  # cost of a space between a Chinese character and a digit inside a cell


def habits(pieces: Sequence[Piece]) -> Habits:
    """The habits of a text: whether there are blank lines between all lines or between cells."""
    breaks = [piece.gap for piece in pieces if piece.gap in (NEWLINE, BLANK)]
    blank = sum(gap == BLANK for gap in breaks) / max(1, len(breaks))
    spaced = _SPACED if _uses_spaces(pieces) else _GLUED
    if blank > _LOOSE:  # a line break alone is then a cell's end, of two cells with an uneven number of lines
        return Habits((1.0, 5.0, 0.1, 0.5), (0.3, 0.2, 0.4, 0.4), True, spaced)
    if blank > _TIGHT:
        return Habits((1.0, 0.1, 1.7, 0.5), (0.3, 1.2, 0.1, 0.2), False, spaced)
    return Habits((1.0, 0.1, 2.5, 0.5), (0.2, 0.2, 0.1, 0.2), False, spaced)


def _uses_spaces(pieces: Sequence[Piece]) -> bool:
    """Whether spaces stand between Chinese characters and digits within a sentence."""
    spaces = sum(
        next_.gap == SPACE and bool(_DIGIT.match(next_.text)) != bool(_DIGIT.match(piece.text[-1]))
        for piece, next_ in pairwise(pieces)
        if len(piece.text) > 1 or len(next_.text) > 1
    )
    glued = sum(len(re.findall("[一-龥][0-9]|[0-9][一-龥]", piece.text)) for piece in pieces)
    return spaces > 0.8 * glued


def _space_cost(pieces: Sequence[Piece], at: int, habit: Habits) -> float:
    """The cost of the space before a piece standing inside a cell."""
    before, after = pieces[at - 1].text, pieces[at].text
    digit = bool(_DIGIT.match(after[0]))
    if pieces[at].number is not None and pieces[at - 1].number is not None:
        return _TWO_NUMBERS
    if digit and (_QUANTITY_END.search(before) or _second_quantity(pieces, at)):
        return _TWO_QUANTITIES
    if digit and _WANTS_NUMBER.search(before):
        return 0.0
    if before[-1] in "%％":
        return _SPACED if _BOUND.match(after) else _TWO_WORDS
    if _DIGIT.match(before[-1]):
        return habit.spaced if _UNIT_HEAD.match(after) else 1.5 * habit.spaced
    if digit:
        unit = at + 1 < len(pieces) and pieces[at + 1].gap == SPACE and bool(_UNIT_HEAD.match(pieces[at + 1].text))
        return habit.spaced + (1.0 if pieces[at].number is not None and not unit else 0.0)
    latin = before[-1].isascii() or after[0].isascii()
    return habit.spaced if latin else _TWO_WORDS


def _second_quantity(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a number follows another one with its unit on the same line: 12 份 12, 90% 以上 95%."""
    before = pieces[at - 1].text
    if len(before) > 5 or before in "年月日时分" or before[-1] in "至到和或、，；-—~" or pieces[at - 1].gap != SPACE:
        return False
    return pieces[at - 2].text[-1] in "0123456789%％"


def word_counts(pieces: Sequence[Piece]) -> Counter[str]:
    """Counts each two neighbouring Chinese characters within the pieces."""
    counts: Counter[str] = Counter()
    for piece in pieces:
        counts.update(a + b for a, b in pairwise(piece.text) if a >= "一" and b >= "一")
    return counts


def split_cost(pieces: Sequence[Piece], at: int, words: Mapping[str, int]) -> float:
    """The cost of a cell of text ending before a piece and another beginning with it.

    Two characters that are side by side elsewhere in the text are likely one word, which a line break cut.
    """
    before, after = pieces[at - 1], pieces[at]
    seen = words.get(before.text[-1] + after.text[0], 0)
    cost = min(_WORST_WORD, _WORD * log2(1 + seen))
    if after.gap == SPACE and _BOUND.match(after.text):
        cost += _PARTED_BOUND
    if after.gap == SPACE and before.text[-1].isdigit() and _UNIT_HEAD.match(after.text):
        cost += _PARTED_UNIT
    if _WANTS_NUMBER.search(before.text) and after.text[0].isdigit():
        cost += _PARTED_OPERATOR
    return cost


def start_cost(piece: Piece) -> float:
    """The cost of a cell beginning with a piece."""
    return 8.0 if starts_badly(piece.text) else _FURTHER if _FURTHER_ITEM.match(piece.text) else 0.0


def end_cost(piece: Piece) -> float:
    """The cost of a cell ending with a piece."""
    return 6.0 if ends_badly(piece.text) else 1.5 if piece.text[-1] in "；;：:" else 0.0


def inside_cost(pieces: Sequence[Piece], at: int, habit: Habits) -> float:
    """The cost of a cell going on over the gap before a piece."""
    if pieces[at].gap == SPACE:
        return _space_cost(pieces, at, habit)
    first = _FIRST if _FIRST_ITEM.match(pieces[at].text) else 0.0
    return habit.inside[pieces[at].gap] + first + _line_cost(pieces, at)


def _line_cost(pieces: Sequence[Piece], at: int) -> float:
    """The cost of a line break inside a cell, by the words on both sides of it."""
    before, after = pieces[at - 1], pieces[at]
    if before.text[-1] in ".,，、（(":
        return 0.0
    if before.number is not None and after.number is not None:
        return _TWO_NUMBERS
    if _alone(pieces, at - 1) and _alone(pieces, at) and all(map(_WHOLE_QUANTITY.fullmatch, (before.text, after.text))):
        return _TWO_QUANTITIES
    cost = _OPERATOR_LINE if _BEGINS_TARGET.match(after.text) else 0.0
    return cost + (_NUMBER_LINE if after.number is not None and _alone(pieces, at) else 0.0)


def _alone(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a piece has its line for itself."""
    return pieces[at].gap != SPACE and (at + 1 == len(pieces) or pieces[at + 1].gap != SPACE)


def near_pages(pieces: Sequence[Piece]) -> tuple[list[bool], list[bool]]:
    """By place: whether a page break follows within the row, and whether one precedes it within the row."""
    count = len(pieces)
    follows, precedes = [False] * (count + 1), [False] * (count + 1)
    for page in (at for at, piece in enumerate(pieces) if piece.gap == PAGE and at):
        for step, marks in ((-1, follows), (1, precedes)):
            numbers, at = 0, page
            while 0 <= at <= count and numbers <= _MOST_NUMBERS and abs(at - page) <= _FAR_FROM_PAGE:
                marks[at] = True
                beside = at - 1 if step < 0 else at
                numbers += 0 <= beside < count and pieces[beside].number is not None
                at += step
    return follows, precedes
