"""Tables drawn with rules between their rows: pandoc's grid tables, boxes of ┌─┬┐; merged cells as drawn."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from perfeval_lint.form.origin import Position
from perfeval_lint.read.model import Cell, Grid
from perfeval_lint.read.text.marks import Marks
from perfeval_lint.read.text.pieces import NARROWEST, Piece, filled
from perfeval_lint.read.text.width import WIDTHS, Width, offsets
from perfeval_lint.read.wrapped import joined_lines

_BOXES = str.maketrans(
    "─━═┄┅┈┉╌╍│┃║┆┇┊┋" + "".join(map(chr, range(0x250C, 0x254C))) + "╒╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡╢╣╤╥╦╧╨╩╪╫╬",
    "-" * 9 + "|" * 7 + "+" * 64 + "+" * 27,
)
_RULE = re.compile(r"\+(?:[-=:]+\+)+")
_PART = re.compile(r"\+[-=:]{2,}\+")
_MOST_LINES = 30_000  # of a drawing; more is no form
_MOST_SIGNS = 1_000_000
_MOST_COLUMNS = 200
_MOST_PLACES = 100_000  # rows times columns
_PADDING = 2  # the spaces that a drawing keeps beside the text of a cell
_LONG = 4  # lines of text between two rules, from which on they may be rows of their own


def ruled_flags(lines: Sequence[Piece]) -> list[int]:
    """For each line the number of the ruled table it belongs to, from 1; 0 outside."""
    flags = [0] * len(lines)
    number = 0
    for at, line in enumerate(lines):
        drawn = line.text.strip().translate(_BOXES)
        if at and flags[at - 1] and drawn.startswith(("+", "|")):
            flags[at] = flags[at - 1]
        elif drawn.startswith(("+-", "+=")) and _RULE.fullmatch(drawn):
            number += 1
            flags[at] = number
    return flags


def ruled_table(lines: Sequence[Piece], marks: Marks) -> Grid | None:
    """The table drawn by some lines; None where they are rows a line between a few rules, or no table."""
    if len(lines) > _MOST_LINES or sum(len(line.text) for line in lines) > _MOST_SIGNS:
        return None
    drawn = [_Drawn.of(line) for line in lines]
    rules = [line.is_full for line in drawn]
    bands = [len(list(group)) for is_rule, group in groupby(drawn, key=lambda line: line.is_rule) if not is_rule]
    if not bands or (sum(rules) <= 3 and len(bands) < 3 and max(bands) >= _LONG):
        return None
    width = _best_width(drawn)
    edges = _edges(drawn, width)
    if not 2 <= len(edges) <= _MOST_COLUMNS or len(bands) * len(edges) > _MOST_PLACES:
        return None
    # Pandoc writes "—" as "---" in these tables, and "-" as "\-".
    return _Drawing(drawn, width, edges).grid(replace(marks, dashes=marks.markdown))


@dataclass(slots=True)
class _Drawn:
    """A line of the drawing: as written, without white space around it; and with its lines drawn in +, - and |."""

    piece: Piece
    sketch: str
    is_full: bool
    is_rule: bool

    @staticmethod
    def of(line: Piece) -> _Drawn:
        text = line.text.rstrip()
        piece = line.part(len(text) - len(text.lstrip()), len(text))
        sketch = piece.text.translate(_BOXES)
        is_full = _RULE.fullmatch(sketch) is not None
        is_part = sketch[-1:] in ("+", "|") and _PART.search(sketch) is not None
        return _Drawn(piece, sketch, is_full, is_full or is_part)


def _best_width(lines: Sequence[_Drawn]) -> Width:
    """Returns the measure of width of the typist's screen: the one by which most lines are as long as the rules."""

    def fitting(width: Width) -> int:
        totals = [(line.is_full, width(line.piece.text)) for line in lines]
        wanted = Counter(total for is_full, total in totals if is_full).most_common(1)[0][0]
        return sum(total == wanted for _, total in totals)

    return max(WIDTHS, key=fitting)


def _edges(lines: Sequence[_Drawn], width: Width) -> list[int]:
    """Returns the edges of the columns: the crossings of all rules, counted as the screen shows them."""
    found: set[int] = set()
    for line in lines:
        if line.is_full:
            places = offsets(line.piece.text, width)
            found.update(places[at] for at, sign in enumerate(line.sketch) if sign == "+")
    return sorted(found)


class _Drawing:
    """Lines with the places of their bars, and which cells these enclose."""

    def __init__(self, lines: Sequence[_Drawn], width: Width, edges: Sequence[int]) -> None:
        self._lines = lines
        self._edges = edges
        self._cuts = [self._cuts_of(line, width) for line in lines]
        self._bands = list(_bands(lines))
        columns = len(edges) - 1
        self._walls = [self._wall(start, end) for start, end in self._bands]
        self._floors = [
            self._floor(end, self._bands[number + 1][0] if number + 1 < len(self._bands) else len(lines), columns)
            for number, (_, end) in enumerate(self._bands)
        ]

    def _cuts_of(self, line: _Drawn, width: Width) -> dict[int, int]:
        """For the edges at which a line has a bar, the place of that bar in it."""
        bars = [at for at, sign in enumerate(line.sketch) if sign in "|+"]
        known = {edge: number for number, edge in enumerate(self._edges)}
        for measure in (width, *WIDTHS):
            places = offsets(line.piece.text, measure)
            if places[-2] == self._edges[-1]:
                return {known[places[at]]: at for at in bars if places[at] in known}
        bars = [at for at in bars if line.sketch[at] == "|"] or bars
        if len(bars) == len(self._edges):
            return dict(enumerate(bars))
        places = offsets(line.piece.text, width)
        cuts = {_nearest(self._edges, places[at]): at for at in bars}
        return {**cuts, 0: bars[0], len(self._edges) - 1: bars[-1]}

    def _wall(self, start: int, end: int) -> list[bool]:
        """Returns for every edge whether most of some lines have a bar there."""
        counts = Counter(edge for cuts in self._cuts[start:end] for edge in cuts)
        return [2 * counts[edge] > end - start for edge in range(len(self._edges))]

    def _floor(self, start: int, end: int, columns: int) -> list[bool]:
        """Returns for every column whether a rule closes it below, in the rules of some lines."""
        floor = [False] * columns
        for number in range(start, end):
            line, cuts = self._lines[number], self._cuts[number]
            for column in range(columns):
                inner = line.sketch[self._place(cuts, line, column) + 1 : self._place(cuts, line, column + 1)]
                if line.is_full or (inner and not inner.strip("-=:")):
                    floor[column] = True
        return floor

    def _place(self, cuts: dict[int, int], line: _Drawn, edge: int) -> int:
        """The place of an edge in a line; where it has no bar there, as far from the bar before as in the rules."""
        if edge in cuts:
            return cuts[edge]
        before = max((known for known in cuts if known < edge), default=0)
        return min(cuts.get(before, 0) + self._edges[edge] - self._edges[before], len(line.sketch))

    def grid(self, marks: Marks) -> Grid:
        """The cells, each the rectangle its bars and rules leave open."""
        cells: list[Cell] = []
        columns = len(self._edges) - 1
        taken = [[False] * columns for _ in self._bands]
        for row in range(len(self._bands)):
            for column in range(columns):
                if not taken[row][column]:
                    wide, high = self._size(row, column, taken)
                    for below in range(row, row + high):
                        taken[below][column : column + wide] = [True] * wide
                    cells.append(self._cell(row, column, high, wide, marks))
        is_merged = any(cell.rows > 1 or cell.columns > 1 for cell in cells)
        return Grid(tuple(cells), ragged=not is_merged and columns < NARROWEST)

    def _size(self, row: int, column: int, taken: Sequence[Sequence[bool]]) -> tuple[int, int]:
        columns = len(self._edges) - 1
        end = column + 1
        while end < columns and not self._walls[row][end] and not taken[row][end]:
            end += 1
        high = 1
        while row + high < len(self._bands) and self._goes_on(row + high, column, end, taken):
            high += 1
        return end - column, high

    def _goes_on(self, row: int, column: int, end: int, taken: Sequence[Sequence[bool]]) -> bool:
        """Returns whether a cell over some columns goes on into a row: no rule above it there, and no bar in it."""
        if any(self._floors[row - 1][column:end]) or any(taken[row][column:end]):
            return False
        return not any(self._walls[row][column + 1 : end])

    def _cell(self, row: int, column: int, high: int, wide: int, marks: Marks) -> Cell:
        start, end = self._bands[row][0], self._bands[row + high - 1][1]
        parts: list[Piece] = []
        room: list[int] = []
        for number in range(start, end):
            line, cuts = self._lines[number], self._cuts[number]
            left, right = self._place(cuts, line, column), self._place(cuts, line, column + wide)
            parts.append(line.piece.part(left + 1, max(right, left + 1)).trimmed())
            room.append(right - left - 1 - len(parts[-1].text))
        first = next((part for part in parts if part.text), parts[0])
        drawn = zip(parts, room, strict=True)
        text = joined_lines((part.text, free <= _PADDING) for part, free in drawn).strip("\n")
        text = marks.cell(Piece(text, first.line, first.column)).text
        return Cell(row, column, filled(text), Position(first.line, first.column), high, wide)


def _nearest(edges: Sequence[int], place: int) -> int:
    """The number of the edge nearest to a place."""
    above = min(bisect_left(edges, place), len(edges) - 1)
    return above - 1 if above and place - edges[above - 1] < edges[above] - place else above


def _bands(lines: Sequence[_Drawn]) -> Iterator[tuple[int, int]]:
    """The first line and the end of each run of lines between rules, whole or partial."""
    at = 0
    for is_rule, group in groupby(lines, key=lambda line: line.is_rule):
        count = len(list(group))
        if not is_rule:
            yield at, at + count
        at += count
