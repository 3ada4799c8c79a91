"""Finds the parts of a form in flattened text by the header rows of its tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from perfeval_lint.recognise.flat.labels import Label, chains, in_part, indicator_header, longest
from perfeval_lint.recognise.flat.pieces import SPACE, Piece
from perfeval_lint.recognise.words.template import HEADING, Vocabulary

_SIDE_PIECES = 12
_LONGEST_FOOTER_LABEL = 16
_TITLE_LINE = re.compile("自评|绩效|年度[）)]|附件|附表")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the form: the label beside or above it (start..start where it has none), its columns, its body."""

    side: Label
    columns: Sequence[Label]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Sections:
    """The parts of one form, as places among its pieces; the head is from 0 to the first table."""

    funds: Table | None
    goals: Table | None
    indicators: Table
    total: Label | None
    head_end: int
    foot: int


def sections(pieces: Sequence[Piece], words: Vocabulary) -> Sections | None:
    """The parts of the first form in the pieces; None where there is no table of indicators."""
    columns = indicator_header(pieces, 0, words)
    if columns is None:
        return None
    first = columns[0].start
    side = _side(pieces, first, words, "indicators")
    end = side.start
    goals = _goals(pieces, end, words)
    funds_end = goals.side.start if goals else end
    funds = _funds(pieces, funds_end, words)
    head_end = funds.side.start if funds else funds_end
    total = _total(pieces, columns[-1].end, words)
    body_end = total.start if total else _footers(pieces, columns[-1].end, words)
    indicators = Table(side, columns, columns[-1].end, body_end)
    return Sections(funds, goals, indicators, total, head_end, total.end if total else body_end)


def _side(pieces: Sequence[Piece], end: int, words: Vocabulary, part: str) -> Label:
    """The label of a whole table that ends where its header row begins."""
    for start in range(max(0, end - _SIDE_PIECES), end):
        label = longest(pieces[:end], start, in_part(words, part))
        if label and label.end == end and pieces[start].gap != SPACE:
            return Label(start, end, HEADING)
    return Label(end, end, HEADING)


def _goals(pieces: Sequence[Piece], end: int, words: Vocabulary) -> Table | None:
    """The goals: the two headings are side by side, the texts below them up to the indicators."""
    for labels in chains(pieces, 0, end, words, "goals", 2):
        for left, right in pairwise(labels):
            if (left.role, right.role) == ("预期目标", "实际完成情况") and right.end <= end:
                return Table(_side(pieces, left.start, words, "goals"), (left, right), right.end, end)
    return None


def _funds(pieces: Sequence[Piece], end: int, words: Vocabulary) -> Table | None:
    for labels in chains(pieces, 0, end, words, "funds", 3):
        if labels[-1].end <= end and {"全年预算数", "全年执行数", "年初预算数"} & {label.role for label in labels}:
            return Table(_side(pieces, labels[0].start, words, "funds"), labels, labels[-1].end, end)
    return None


def _total(pieces: Sequence[Piece], begin: int, words: Vocabulary) -> Label | None:
    """The label of the total row: first on its line, a number after it; the last one where none says 100."""
    found = None
    for at in range(begin, len(pieces)):
        if pieces[at].gap == SPACE:
            continue
        label = longest(pieces, at, lambda text: "" if words.is_total(text) else None)
        if label and label.end < len(pieces) and pieces[label.end].number is not None:
            if pieces[label.end].number == 100:
                return label
            found = label
    return found


def _footers(pieces: Sequence[Piece], begin: int, words: Vocabulary) -> int:
    """Returns where the first text below the table begins, in a form without a total row."""
    numbers = [at for at in range(begin, len(pieces)) if pieces[at].number is not None]
    for at in range(numbers[-1] + 1 if numbers else begin, len(pieces)):
        label = longest(pieces, at, in_part(words, "footers"))
        if label and pieces[at].gap != SPACE and _stands_alone(pieces, label):
            return at
    return len(pieces)


def _stands_alone(pieces: Sequence[Piece], label: Label) -> bool:
    return label.end == len(pieces) or pieces[label.end].gap != SPACE or pieces[label.end - 1].text[-1] in "：:"


def forms(pieces: Sequence[Piece], words: Vocabulary) -> list[Sequence[Piece]]:
    """The pieces of each form of a file: a form begins with its title above 项目名称 and has a table of indicators."""
    starts = [0]
    at = 0
    while (header := indicator_header(pieces, at, words)) is not None:
        at = header[-1].end
        start = _next_form(pieces, at, words)
        if start is None or indicator_header(pieces, start, words) is None:
            break
        starts.append(start)
        at = start
    return [pieces[start:end] for start, end in zip(starts, [*starts[1:], len(pieces)], strict=True)]


def _next_form(pieces: Sequence[Piece], begin: int, words: Vocabulary) -> int | None:
    for at in range(begin, len(pieces)):
        label = longest(pieces, at, in_part(words, "header")) if pieces[at].gap != SPACE else None
        if label and label.role == "项目名称" and label.end < len(pieces):
            while at > begin and _is_title(pieces, at - 1):
                at -= 1
            return at
    return None


def _is_title(pieces: Sequence[Piece], last: int) -> bool:
    """Whether the line that a piece ends is part of a title."""
    line = "".join(piece.text for piece in pieces[max(0, last - 8) : last + 4] if piece.line == pieces[last].line)
    return len(line) < _LONGEST_FOOTER_LABEL * 2 and bool(_TITLE_LINE.search(line))
