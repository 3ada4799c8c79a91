"""The cost of reading pieces as one cell of a column: its line breaks, its words, the gaps inside and beside it.

Costs are about minus the logarithm of a probability: 3 is unlikely, 6 very unlikely, 10 nearly impossible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from perfeval_lint.recognise.flat.pieces import BLANK, NEWLINE, SPACE, Piece
from perfeval_lint.recognise.flat.widths import Lines, ends_sentence
from perfeval_lint.recognise.flat.words import (
    EXCUSE,
    UNIT,
    Habits,
    end_cost,
    inside_cost,
    near_pages,
    split_cost,
    start_cost,
    word_counts,
)

_LONGEST_CELL = 160  # pieces
_OPEN_BRACKET = 2.5  # for each bracket that a cell does not close, or closes without having opened it
_CUT_BY_PAGE = 0.8  # the most that odd ends and beginnings of cells cost where a page break may have cut the row
_BLANK_AGAIN = 0.4  # a further blank line inside a cell that has one
_MIXED = 0.6  # a line break alone after one with a blank line, inside a cell
_SHARED_LINE = 2.5  # a cell of several lines of which one has another cell beside it
_ALONE_BEFORE_NUMBER = 1.5  # a cell of one line with a number behind it that is not on the same line
_UNEVEN = 2.0  # a cell of many lines with a line break alone beside it, where there are blank lines between all lines
_HIGHER = 0.8  # a cell of several lines with a line break alone behind it, where there are blank lines between cells
_OPEN, _CLOSE = "（《“‘【(「[", "）》”’】)」]"


class Extent(NamedTuple):
    """One way for a cell to go on from where it begins: to before piece `end`, at a cost."""

    end: int
    cost: float


class CellCosts:
    """Costs of the cells of one text; one object serves a whole search.

    `titles` says what it costs a cell of text to have a piece at the beginning of one of its lines. `parted` is what
    speaks against two cells of text parting before a piece; `unit` says whether a piece is a unit beside a number. A
    cell that costs more than `most` is not followed.
    """

    def __init__(self, pieces: Sequence[Piece], habit: Habits, titles: Mapping[int, float], most: float) -> None:
        places = range(len(pieces))
        self._pieces, self._habit, self.titles, self._most = pieces, habit, titles, most
        self._again = max(0.0, habit.inside[BLANK] - _BLANK_AGAIN)
        self._inside = [inside_cost(pieces, at, habit) + titles.get(at, 0.0) if at else 0.0 for at in places]
        self._starts = [start_cost(pieces[at]) + titles.get(at, 0.0) for at in places]
        self._ends = [end_cost(piece) for piece in pieces]
        self._opened = [sum(map(piece.text.count, _OPEN)) - sum(map(piece.text.count, _CLOSE)) for piece in pieces]
        self._sentence = [ends_sentence(piece) for piece in pieces]
        self._before_page, self._after_page = near_pages(pieces)
        words = word_counts(pieces)
        self.parted = [split_cost(pieces, at, words) if at else 0.0 for at in places]
        self.unit = [piece.gap == SPACE and bool(UNIT.fullmatch(piece.text)) for piece in pieces]
        self._excuses = [0, *accumulate(bool(EXCUSE.search(piece.text)) for piece in pieces)]

    def excuses(self, start: int, end: int) -> bool:
        """Whether words that give a reason stand in some pieces."""
        return self._excuses[end] > self._excuses[start]

    def extents(self, start: int, column: float | None) -> Iterator[Extent]:
        """The cells that begin at a piece, in a column of a width (None: not known yet)."""
        pieces = self._pieces
        cost = min(self._starts[start], _CUT_BY_PAGE) if self._after_page[start] else self._starts[start]
        lines = Lines(column)
        opened, blank = 0, False
        for at in range(start, min(len(pieces), start + _LONGEST_CELL)):
            piece = pieces[at]
            if at > start:
                cost += self._gap_cost(at, blank)
                blank = piece.gap == BLANK or (blank and piece.gap == SPACE)
                if piece.gap != SPACE:
                    cost += lines.break_before(piece, self._sentence[at - 1])
                if cost > self._most:
                    return
            lines.add(piece)
            opened += self._opened[at]
            ending = self._ends[at] + _OPEN_BRACKET * abs(opened)
            if ending and (self._before_page[at + 1] or self._after_page[start]):
                ending = min(ending, _CUT_BY_PAGE)
            ending += lines.last_cost(self._sentence[at]) + self._beside(start, at + 1, lines.count)
            yield Extent(at + 1, cost + ending)

    def _gap_cost(self, at: int, blank: bool) -> float:
        """The cost of the gap before a piece; `blank` says that the gap between the lines before was a blank line."""
        if blank and self._pieces[at].gap == BLANK:
            return self._inside[at] - self._again
        return self._inside[at] + (_MIXED if blank and self._pieces[at].gap == NEWLINE else 0.0)

    def _beside(self, start: int, end: int, count: int) -> float:
        """The cost that the cell's number of lines adds to the gaps before and after it.

        Cells are centred in their row: two of one line each stand on the same line, a line break alone between
        two cells means that they differ by a line.
        """
        pieces = self._pieces
        before = pieces[start].gap if start else BLANK
        after = pieces[end].gap if end < len(pieces) else BLANK
        cost = 0.0
        if count > 1:
            cost += _SHARED_LINE * ((before == SPACE) + (after == SPACE))
        elif after in (NEWLINE, BLANK) and end < len(pieces) and pieces[end].number is not None:
            cost += _ALONE_BEFORE_NUMBER
        if self._habit.loose:
            cost += _UNEVEN * (count > 2) * ((before == NEWLINE) + (after == NEWLINE))
        elif count > 1 and after == NEWLINE:
            cost += _HIGHER
        return cost
