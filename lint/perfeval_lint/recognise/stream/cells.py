"""One cell a line: a stream of cells put back into rows by the titles, headers and labels found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from perfeval_lint.form.origin import Position
from perfeval_lint.read.model import Cell, Line
from perfeval_lint.recognise.papers import title_of
from perfeval_lint.recognise.stream.headers import Found, header_length, headers_in
from perfeval_lint.recognise.stream.labels import Labels
from perfeval_lint.recognise.stream.pairs import pair_rows
from perfeval_lint.recognise.stream.path import Zone, cheapest_rows
from perfeval_lint.recognise.words.row import Row, row_of
from perfeval_lint.recognise.words.template import Templates, Vocabulary

_PAGE = re.compile(r"[-—–―－]\s*[0-9０-９]{1,4}\s*[-—–―－]|第\s*[0-9]+\s*页(?:[,，/]?\s*共\s*[0-9]+\s*页)?")
_NEAR = 10  # cells after a title or 项目名称 within which a form's head goes on
_PROJECT = "项目名称"
_Text = TypeVar("_Text", Cell, Line)


def cells_of_lines(lines: Sequence[Line]) -> list[Cell]:
    """Lines as cells. Where every second line is blank, those are only spacing; else a blank line is a blank cell."""
    kept = _stripped(list(_with_gaps(lines)))
    if len(kept) > 2 and not any(line.text.strip() for line in kept[1::2]):
        kept = kept[0::2]
    return [Cell(0, 0, _whole(line.text), line.origin, typed=_whole(line.typed)) for line in kept]


def _whole(line: str) -> str:
    return line.strip().removesuffix("|").strip()


def _with_gaps(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, with the blank ones that were left out beside a row of a table."""
    last: int | None = None
    for line in lines:
        number = line.origin.line if isinstance(line.origin, Position) else None
        if number is not None and last is not None:
            yield from (Line("", line.origin) for _ in range(last + 1, number))
        last = number
        yield line


def _stripped(cells: Sequence[_Text]) -> list[_Text]:
    """Cells or lines without the blank ones at both ends."""
    filled = [number for number, cell in enumerate(cells) if cell.text.strip()]
    return list(cells[filled[0] : filled[-1] + 1]) if filled else []


def has_cells(cells: Sequence[Cell], words: Vocabulary) -> bool:
    """Whether a stream is one cell a line: the labels of some header follow one another, each whole."""
    return any(
        header_length(cells, at, words, part) >= (4 if part == "indicators" else 3)
        for part in ("indicators", "management", "funds")
        for at in range(len(cells))
        if words.role(part, cells[at].text)
    )


def rows_of_cells(cells: Sequence[Cell], words: Vocabulary, known: Templates, block: int) -> list[Row]:
    """The rows of a stream of cells, form by form; page numbers are left out."""
    kept = [cell for cell in cells if not _PAGE.fullmatch(cell.text)]
    is_sparse = all(cell.text.strip() for cell in kept)
    labels = Labels(words)
    starts = [0, *_starts(kept, labels, known), len(kept)]
    forms = [_stripped(kept[start:end]) for start, end in pairwise(starts)]
    rows = [row for form in forms for row in _rows_of_form(form, labels, is_sparse=is_sparse)]
    return [_row(row, index, block) for index, row in enumerate(rows)]


def _row(cells: Sequence[Cell], index: int, block: int) -> Row:
    placed = (cell._replace(row=index, column=column) for column, cell in enumerate(cells))
    return row_of(index, block, placed, ragged=True)


def _starts(cells: Sequence[Cell], labels: Labels, known: Templates) -> Iterator[int]:
    """Finds the starts of further forms: a title with a head below it, or a head that comes again after indicators."""
    indicators = [found.start for found in headers_in(cells, labels.words) if found.part == "indicators"]
    before = 0
    for at in range(1, len(cells)):
        below = cells[at + 1 : at + 1 + _NEAR]
        if not any(labels.is_head(cell.text) for cell in below):
            continue
        is_title = title_of(_row([cells[at]], 0, 0), known) is not None
        is_again = labels.head(cells[at].text) == _PROJECT and any(before <= start < at for start in indicators)
        if is_title or is_again:
            before = at
            yield at


def _rows_of_form(cells: Sequence[Cell], labels: Labels, *, is_sparse: bool) -> Iterator[list[Cell]]:
    found = list(headers_in(cells, labels.words))
    yield from _zone_rows(cells[: found[0].start if found else len(cells)], labels, is_sparse=is_sparse)
    for number, header in enumerate(found):
        end = found[number + 1].start if number + 1 < len(found) else len(cells)
        yield from _part_rows(cells, header, end, labels, is_sparse=is_sparse)


def _part_rows(
    cells: Sequence[Cell], found: Found, end: int, labels: Labels, *, is_sparse: bool
) -> Iterator[list[Cell]]:
    """A header's rows and the rows below it; blank cells after it are its own last ones where that reads better."""
    readings = []
    for cut in found.cuts:
        header = found.header(cells, cut, labels.words)
        at = found.start + sum(cut)
        zone = Zone(header, labels, found.part, is_sparse=is_sparse)
        paired = list(pair_rows(cells[at:end], labels)) if found.part == "funds" else []
        if paired:
            at += sum(map(len, paired))
            zone = Zone(None, labels, "header", is_sparse=is_sparse)
        cost, rows = cheapest_rows(cells[at:end], zone)
        readings.append((cost, [*found.rows(cells, cut), *paired, *rows]))
    yield from min(readings, key=lambda reading: reading[0])[1]


def _zone_rows(cells: Sequence[Cell], labels: Labels, *, is_sparse: bool) -> Iterator[list[Cell]]:
    """The rows before the first header: labels with their values, and amounts of money beside their labels."""
    zone = Zone(None, labels, "header", is_sparse=is_sparse)
    for at in range(len(cells)):
        paired = list(pair_rows(cells[at:], labels))
        if paired:
            yield from cheapest_rows(cells[:at], zone)[1]
            yield from paired
            yield from _zone_rows(cells[at + sum(map(len, paired)) :], labels, is_sparse=is_sparse)
            return
    yield from cheapest_rows(cells, zone)[1]
