"""Pieces of a text file with their places, and grids made of rows of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfeval_lint.form.origin import Position
from perfeval_lint.read.model import Cell, Grid, Line

NARROWEST = 4  # typed tables of fewer columns say nothing about places even when all rows are alike
_BOOKMARK = re.compile(r"\[bookmark: ?[^\]\n]{0,80}\]")  # what some converters of .doc leave
_LEAD = re.compile(rf"(?:\s|{_BOOKMARK.pattern})*+")
_PANDAS_BLANK = re.compile(r"NaN|nan|Unnamed: \d{1,4}(?:_level_\d)?")


class Piece(NamedTuple):
    """Some text and where it begins; line and column count from 1, in characters."""

    text: str
    line: int
    column: int

    @property
    def is_blank(self) -> bool:
        return not self.text or self.text.isspace()

    def part(self, start: int, end: int) -> Piece:
        """A part of the text, which must have no line break before `start`."""
        return Piece(self.text[start:end], self.line, self.column + start)

    def trimmed(self) -> Piece:
        """Without white space around it and bookmark marks; a blank piece stays where it is."""
        text = self.text
        if "[bookmark" in text:
            lead = _LEAD.match(text)
            end = lead.end() if lead else 0
            body = _BOOKMARK.sub("", text[end:])
        else:
            body = text.lstrip()
            end = len(text) - len(body)
        body = body.rstrip()
        if not end or not body:
            return Piece(body, self.line, self.column)
        breaks = text.count("\n", 0, end)
        column = end - text.rindex("\n", 0, end) if breaks else self.column + end
        return Piece(body, self.line + breaks, column)


def line_of(piece: Piece) -> Line:
    """A line outside tables, as written."""
    text = _BOOKMARK.sub("", piece.text) if "[bookmark" in piece.text else piece.text
    return Line(text, Position(piece.line, piece.column))


def grid_of(rows: Sequence[Sequence[Piece]], *, ragged: bool | None = None) -> Grid:
    """A table of rows as typed; ragged, unless it is said, where rows differ in length or are short."""
    cells = [
        Cell(number, column, filled(piece.text), Position(piece.line, piece.column))
        for number, row in enumerate(rows)
        for column, piece in enumerate(row)
    ]
    widths = {len(row) for row in rows}
    if ragged is None:
        ragged = len(widths) > 1 or max(widths, default=0) < NARROWEST
    return Grid(tuple(cells), ragged=ragged)


def filled(text: str) -> str:
    """The text of a cell; what pandas and markitdown write into blank ones is blank."""
    return "" if text[:1] in "NnU" and _PANDAS_BLANK.fullmatch(text) else text
