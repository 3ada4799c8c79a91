"""The lines above and below the tables of flattened text: titles, and labels with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from perfeval_lint.form.origin import Position
from perfeval_lint.recognise.flat.labels import Label, longest
from perfeval_lint.recognise.flat.pieces import SPACE, Piece
from perfeval_lint.recognise.flat.table import Entry
from perfeval_lint.recognise.words.template import Vocabulary

_COLON = re.compile(r".{1,30}?[：:](?=.)")


def head_rows(pieces: Sequence[Piece], words: Vocabulary, foot: bool = False) -> list[list[Entry]]:
    """Titles as rows of one cell, then a row for each line of labels: label, value, label, value.

    In the foot of a form a label may only begin a line.
    """
    pieces = tuple(_parted(pieces, words))
    labels = _labels(pieces, words, foot)
    first = labels[0].start if labels else len(pieces)
    rows = [[Entry(line)] for line in _lines(pieces[:first])]
    line = -1
    for number, label in enumerate(labels):
        end = labels[number + 1].start if number + 1 < len(labels) else len(pieces)
        pair = [Entry(pieces[label.start : label.end]), Entry(pieces[label.end : end])]
        if pieces[label.start].line == line:
            rows[-1] += pair
        else:
            rows.append(pair)
        line = pieces[end - 1].line
    return rows


def _lines(pieces: Sequence[Piece]) -> list[Sequence[Piece]]:
    return [tuple(line) for _, line in groupby(pieces, key=lambda piece: piece.line)]


def _meaning(words: Vocabulary, text: str) -> str | None:
    header = words.role("header", text)
    return words.role("footers", text) if header is None else header


def _parted(pieces: Sequence[Piece], words: Vocabulary) -> Iterator[Piece]:
    """The pieces, a label with its value behind a colon made two."""
    for piece in pieces:
        found = _COLON.match(piece.text)
        if found is None or _meaning(words, found.group()) is None:
            yield piece
            continue
        origin = piece.origin
        if isinstance(origin, Position):
            origin = Position(origin.line, origin.column + found.end())
        yield replace(piece, text=found.group())
        yield replace(piece, text=piece.text[found.end() :], gap=SPACE, origin=origin, number=None)


def _labels(pieces: Sequence[Piece], words: Vocabulary, line_start: bool) -> list[Label]:
    """The labels in order."""
    labels: list[Label] = []
    at = 0
    while at < len(pieces):
        label = None
        if not line_start or pieces[at].gap != SPACE:
            label = longest(pieces, at, lambda text: _meaning(words, text))
        if label is not None:
            labels.append(label)
        at = label.end if label else at + 1
    return labels
