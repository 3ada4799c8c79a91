"""Widths of columns in flattened text, and whether line breaks fit them.

Chinese text is broken where the next character, with the signs that may not be parted from it, has no room left: so
a break bounds the width of the column from both sides. All widths are in half-width characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from perfeval_lint.recognise.flat.pieces import SPACE, Piece

SPACE_WIDTH = 0.6  # of the gap that an extractor wrote as a space
_MOST_SQUEEZED = 3.0  # a line of text may be set narrower by this much
_SLACK = 0.5  # a line may miss the column's width by this much for nothing
_MISFIT = 1.1  # the cost of each half-width character beyond
_WORST = 7.0
_TOO_WIDE = 1.5  # how much worse a line too wide is than one too narrow
_SENTENCE_UNKNOWN, _SENTENCE_KNOWN = 1.5, 2.0  # the most that a break behind the end of a sentence costs
_FULL_LAST = 0.3  # a last line that is full may well not be the last
_MOST_MISSED = 4.0  # by one line, when widths are compared
_SENTENCE_ENDS = "。；;：:！？."


def ends_sentence(piece: Piece) -> bool:
    """Whether a paragraph may end behind a piece."""
    return piece.text[-1] in _SENTENCE_ENDS


@dataclass(slots=True)
class Lines:
    """The lines of a cell that grows piece by piece, in a column of a width (None: not known yet)."""

    column: float | None
    width: float = 0.0  # of the line that is not finished
    squeezed: float = 0.0
    widest: float = 0.0
    narrowest: float = float("inf")  # the least width that would have held a line with the head of the next
    count: int = 1

    def add(self, piece: Piece) -> None:
        """A further piece on the line."""
        self.width += piece.width + (SPACE_WIDTH if self.width else 0.0)
        self.squeezed += piece.squeeze

    def break_before(self, piece: Piece, sentence: bool) -> float:
        """Ends the line before a piece; the cost. `sentence` says whether a sentence ended there."""
        room = self.width + piece.head
        tight = self.width - min(_MOST_SQUEEZED, self.squeezed)
        cost = self._break_cost(tight, room, sentence)
        if not sentence:
            self.narrowest = min(self.narrowest, room)
        self.widest = max(self.widest, tight)
        self.width = self.squeezed = 0.0
        self.count += 1
        return cost

    def _break_cost(self, tight: float, room: float, sentence: bool) -> float:
        if self.column is None:
            over = max(0.0, max(tight, self.widest) - min(room, self.narrowest) + 1.0 - _SLACK)
            return min(_WORST, _SENTENCE_UNKNOWN if sentence else _WORST, _MISFIT * over)
        over = max(0.0, tight - self.column - _SLACK)
        under = max(0.0, self.column - room + 1.0 - _SLACK)
        return min(_WORST, _MISFIT * over) * _TOO_WIDE + min(_SENTENCE_KNOWN if sentence else _WORST, _MISFIT * under)

    def last_cost(self, sentence: bool) -> float:
        """The cost of the line being the last: it is too wide, or just full in the middle of a sentence."""
        bound = self.column or self.widest
        if not bound:
            return 0.0
        full = 0.0 if sentence or self.width + 2.0 <= bound else _FULL_LAST
        over = min(_WORST, _MISFIT * max(0.0, self.width - bound - _SLACK))
        return full + over * (_TOO_WIDE if self.column else 1.0)


def column_width(cells: Sequence[Sequence[Piece]]) -> float | None:
    """The width of a column that fits the line breaks of its cells best; None where no cell is broken."""
    bounds: list[tuple[float, float]] = []
    lines: list[float] = []
    for pieces in cells:
        broken = list(_lines(pieces))
        bounds += [(line.tight, line.width + after.head) for line, after in pairwise(broken) if not line.sentence]
        lines += [line.tight for line in broken]
    if not bounds:
        return None
    candidates = sorted({low for low, _ in bounds} | {high - 1 for _, high in bounds})
    return min(candidates, key=lambda column: _missed(column, bounds, lines))


def _missed(column: float, bounds: Sequence[tuple[float, float]], lines: Sequence[float]) -> float:
    cost = sum(min(_MOST_MISSED, max(0.0, low - column, column - high + 1.0, _SLACK) - _SLACK) for low, high in bounds)
    return cost + sum(min(_MOST_MISSED, max(0.0, line - column - _SLACK)) for line in lines)


@dataclass(frozen=True, slots=True)
class _Line:
    width: float
    tight: float
    head: float
    sentence: bool


def _lines(pieces: Sequence[Piece]) -> Iterator[_Line]:
    """The lines of a cell; the last counts as the end of a sentence."""
    width, squeezed, head = 0.0, 0.0, 0.0
    for at, piece in enumerate(pieces):
        if at and piece.gap != SPACE:
            yield _Line(width, width - min(_MOST_SQUEEZED, squeezed), head, ends_sentence(pieces[at - 1]))
            width = squeezed = 0.0
        head = piece.head if width == 0.0 else head
        width += piece.width + (SPACE_WIDTH if width else 0.0)
        squeezed += piece.squeeze
    yield _Line(width, width - min(_MOST_SQUEEZED, squeezed), head, True)
