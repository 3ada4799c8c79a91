"""Fields between tabs, commas or semicolons, quoted as Excel quotes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfeval_lint.read.model import Block, Grid
from perfeval_lint.read.text.pieces import NARROWEST, Piece, grid_of, line_of

_ALIKE = 0.9  # the share of records of one length from which a text with commas is a table


class Record(NamedTuple):
    """The fields of one record, and the first and last of its lines (from 0)."""

    fields: list[Piece]
    first: int
    last: int


def records(lines: Sequence[Piece], delimiter: str) -> Iterator[Record]:
    """The records of some lines. A field is quoted only as a whole and with the quotes in it doubled, else typed so.

    Fields are trimmed; those of blank lines are one blank field.
    """
    text = "\n".join(line.text for line in lines)
    # Excel's cells hold 32767 characters; a quote that closes later than that was not meant as one.
    quoted = re.compile(rf'"((?:[^"]|""){{0,32767}}+)"(?=[{delimiter}\n]|\Z)')
    plain = re.compile(rf"[^{delimiter}\n]*+")
    at = number = begin = 0  # where the scan is, on which line, and where that line begins
    while True:
        fields: list[Piece] = []
        first = number
        while True:
            found = quoted.match(text, at) if text.startswith('"', at) else None
            value, opened = (found[1].replace('""', '"'), 1) if found else ("", 0)
            if found is None and (found := plain.match(text, at)):
                value = found[0]
            line = lines[number]
            fields.append(Piece(value, line.line, line.column + at - begin + opened).trimmed())
            end = found.end() if found else at
            if opened and (breaks := text.count("\n", at, end)):
                number += breaks
                begin = text.rindex("\n", at, end) + 1
            at = end + 1
            if end >= len(text) or text[end] == "\n":
                break
        yield Record(fields, first, number)
        if at > len(text):
            return
        number += 1
        begin = at


def separated(lines: Sequence[Piece], delimiters: str) -> Grid:
    """The table of a file that is known to be one, by the delimiter that splits most records."""
    best: list[list[Piece]] = []
    most = -1
    for delimiter in delimiters:
        if delimiter != delimiters[0] and not any(delimiter in line.text for line in lines):
            continue
        rows = _filled_rows(lines, delimiter)
        split = sum(len(row) > 1 for row in rows)
        if split > most:
            most, best = split, rows
    return grid_of(best)


def separated_if_table(lines: Sequence[Piece], delimiters: str) -> Grid | None:
    """The table of a text that looks like one: nearly all records have the same number of fields, and many."""
    count = sum(not line.is_blank for line in lines)
    for delimiter in delimiters:
        if count < 2 or sum(line.text.count(delimiter) for line in lines) < (NARROWEST - 1) * _ALIKE * count / 2:
            continue
        rows = _filled_rows(lines, delimiter)
        (width, often), *_ = Counter(map(len, rows)).most_common(1) or [(0, 0)]
        if width >= NARROWEST and often >= max(2, _ALIKE * len(rows)):
            return grid_of(rows)
    return None


def _filled_rows(lines: Sequence[Piece], delimiter: str) -> list[list[Piece]]:
    return [row.fields for row in records(lines, delimiter) if any(field.text for field in row.fields)]


def tabbed(lines: Sequence[Piece]) -> Iterator[Block]:
    """Runs of lines with tabs as grids, other lines as they are; blank lines inside a run do not end it."""
    if not any("\t" in line.text for line in lines):
        yield from map(line_of, lines)
        return
    run: list[Record] = []
    for record in records(lines, "\t"):
        is_row = len(record.fields) > 1 and any(field.text for field in record.fields)
        if is_row or (run and not any(field.text for field in record.fields)):
            run.append(record)
            continue
        yield from _run(run, lines)
        run = []
        yield from map(line_of, lines[record.first : record.last + 1])
    yield from _run(run, lines)


def _run(run: Sequence[Record], lines: Sequence[Piece]) -> Iterator[Block]:
    """A run of tab rows as a grid; lines at its ends that are only indented, and blank ones, are no rows."""
    width = max((len(record.fields) for record in run), default=0)
    is_table = any(sum(bool(field.text) for field in record.fields) > 1 for record in run)
    first, end = 0, len(run)
    while first < end and (not is_table or _is_indented(run[first], width)):
        first += 1
    while end > first and _is_indented(run[end - 1], width):
        end -= 1
    for record in run[:first]:
        yield from map(line_of, lines[record.first : record.last + 1])
    if first < end:
        yield grid_of([record.fields for record in run[first:end] if any(field.text for field in record.fields)])
    for record in run[end:]:
        yield from map(line_of, lines[record.first : record.last + 1])


def _is_indented(record: Record, width: int) -> bool:
    """Returns whether a record is a line led by one tab, beside rows of more fields, or blank."""
    texts = [field.text for field in record.fields]
    return not any(texts) or (len(texts) == 2 < width and not texts[0])
