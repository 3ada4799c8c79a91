"""Flattened text cut at its spaces and line breaks: the pieces that cells are put together from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from perfeval_lint.form.origin import Origin, Position
from perfeval_lint.read.model import Cell, Line
from perfeval_lint.values.text import half_width

SPACE, NEWLINE, BLANK, PAGE = range(4)  # the gap before a piece
_FEW = 0.15  # leading spaces on fewer lines than this mark a new page

_PIECE = re.compile(r"[^\s\u3000]+")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?|-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_PAGE_NUMBER = re.compile(r"\s*(?:[-—–－]+\s*[0-9]{1,3}\s*[-—–－]+|第\s*[0-9]{1,3}\s*页.{0,12})\s*")
_BARE_NUMBER = re.compile(r"\s*[0-9]{1,3}\s*")
_NO_START = frozenset("，。、；：？！）》”’】〉」』〕％,.;:?!)%]}…—·")
_NO_END = frozenset("（《“‘【〈「『〔([{")
_SQUEEZED = _NO_END | frozenset("，。、；：？！）》”’】")
_WORD = re.compile(r"[A-Za-z0-9.,%\-+/_]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run without white space. `gap` is the one before it; `line` counts lines that are not blank, from 0.

    `width` is its width in half-width characters, `head` the width of what could not have stood at the end of the
    line before: its first character with the signs that may not be parted from it, or a whole Latin word.
    `squeeze` is how much narrower its punctuation may have been set.
    """

    text: str
    gap: int
    line: int
    origin: Origin
    width: float
    head: float
    number: float | None
    squeeze: float


def cut(lines: Sequence[Line]) -> tuple[Piece, ...]:
    """The pieces of the lines in reading order; page numbers are left out."""
    pieces: list[Piece] = []
    indent_is_page = _indent_is_page(lines)
    for kept, (line, gap) in enumerate(_with_gaps(lines)):
        if gap < PAGE and indent_is_page and line.text[:1] in (" ", "\u3000"):
            gap = PAGE
        for found in _PIECE.finditer(line.text):
            pieces.append(_piece(found.group(), gap, kept, _origin(line.origin, found.start())))
            gap = SPACE
    return tuple(pieces)


def _with_gaps(lines: Sequence[Line]) -> Iterable[tuple[Line, int]]:
    """The lines that are neither blank nor page numbers, each with the gap before it."""
    blanks = 0
    page = False
    for index, line in enumerate(lines):
        page = page or "\f" in line.text
        if not line.text.strip():
            blanks += 1
        elif _is_page_number(lines, index, blanks):
            page = True
        else:
            yield line, PAGE if page or blanks > 1 else BLANK if blanks else NEWLINE
            blanks, page = 0, False


def _is_page_number(lines: Sequence[Line], index: int, blanks: int) -> bool:
    text = lines[index].text
    if _PAGE_NUMBER.fullmatch(text):
        return True
    after = lines[index + 1 : index + 3]
    alone = blanks > 1 and len(after) == 2 and not any(line.text.strip() for line in after)
    return alone and bool(_BARE_NUMBER.fullmatch(text))


def _indent_is_page(lines: Sequence[Line]) -> bool:
    filled = [line.text for line in lines if line.text.strip()]
    indented = sum(text[0] in " \u3000" for text in filled)
    return indented <= max(2, _FEW * len(filled))


def _origin(origin: Origin, offset: int) -> Origin:
    return Position(origin.line, origin.column + offset) if isinstance(origin, Position) else origin


def _piece(text: str, gap: int, line: int, origin: Origin) -> Piece:
    return Piece(text, gap, line, origin, width(text), _head(text), number(text), squeeze(text))


def width(text: str) -> float:
    """The width of a text, half-width characters counted as 1, others as 2."""
    return sum(1 if ord(character) < 0x2000 else 2 for character in text)


def squeeze(text: str) -> float:
    """By how much the punctuation of a text may be set narrower, in half-width characters."""
    return float(sum(character in _SQUEEZED for character in text) + (text[-1] in "，。、；"))  # the last may hang


def number(text: str) -> float | None:
    """The value of a bare number, None where the text is anything else."""
    text = half_width(text)
    return float(text.replace(",", "")) if len(text) < 20 and _NUMBER.fullmatch(text) else None


def _head(text: str) -> float:
    end = 0
    while end < len(text) and text[end] in _NO_END:
        end += 1
    word = _WORD.match(text, end)
    end = word.end() if word else end + 1
    while end < len(text) and text[end] in _NO_START:
        end += 1
    return width(text[:end])


def starts_badly(text: str) -> bool:
    """Whether a cell can hardly begin with this text: a closing sign stands first."""
    return text[0] in _NO_START and text[0] not in "-—.…" and number(text) is None


def ends_badly(text: str) -> bool:
    """Whether a cell can hardly end with this text: an opening sign stands last."""
    return text[-1] in _NO_END or text[-1] in "、，"


def joined(pieces: Sequence[Piece]) -> str:
    """The pieces as one text without white space."""
    return "".join(piece.text for piece in pieces)


def cell_text(pieces: Sequence[Piece]) -> str:
    """The pieces as the text of a cell: spaces where they shared a line, line breaks between lines.

    How wide a column was is unknown, so that figures on both sides of a break are one number that was wrapped.
    """
    text = pieces[0].text if pieces else ""
    for before, piece in pairwise(pieces):
        is_cut = piece.gap != SPACE and before.text[-1].isdecimal() and piece.text[0].isdecimal()
        text += ("" if is_cut else " " if piece.gap == SPACE else "\n") + piece.text
    return text


def cell(row: int, column: int, pieces: Sequence[Piece], where: Origin, doubt: str = "") -> Cell:
    """A cell of the pieces; `where` is the place of a cell that has none."""
    return Cell(row, column, cell_text(pieces), pieces[0].origin if pieces else where, doubt=doubt)
