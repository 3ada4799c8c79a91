"""One cell a line: a stream of cells put back into rows by the headers found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from perfeval_lint.read.model import Cell, Line
from perfeval_lint.recognise.columns import Header, Misfit
from perfeval_lint.recognise.header import header_at
from perfeval_lint.recognise.rows import Row, row_of
from perfeval_lint.recognise.template import DROPPED, HEADING, Vocabulary
from perfeval_lint.recognise.walk import HEADERS, MISFITS

_UNKNOWN = 4.0  # a cell that is neither data nor label
_LABEL = 0.4
_MISSING_RIGHT = 0.6


def cells_of_lines(lines: Sequence[Line]) -> list[Cell]:
    """Lines as cells. Where every second line is blank, those are only spacing; else a blank line is a blank cell."""
    kept = list(lines)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if len(kept) > 2 and not any(line.text.strip() for line in kept[1::2]):
        kept = kept[0::2]
    return [Cell(0, 0, line.text.strip().removesuffix("|").strip(), line.origin) for line in kept]


def has_cells(cells: Sequence[Cell], words: Vocabulary) -> bool:
    """Whether a stream is one cell a line: the labels of some header follow one another, each whole."""
    return any(
        _header_length(cells, at, words, part) >= (4 if part == "indicators" else 3)
        for part in ("indicators", "management", "funds")
        for at in range(len(cells))
        if words.role(part, cells[at].text)
    )


def rows_of_cells(cells: Sequence[Cell], words: Vocabulary, block: int) -> list[Row]:
    """The rows of a stream of cells."""
    rows: list[list[Cell]] = []
    starts = _headers(cells, words)
    edges = [start for start, _, _ in starts] + [len(cells)]
    rows += _labelled(cells[: edges[0]], words)
    for (start, length, part), (_, end) in zip(starts, pairwise(edges), strict=True):
        head = list(cells[start : start + length])
        rows.append(head)
        following = list(cells[start + length : start + 2 * length])
        header = header_at([_row(head, 0, 0), _row(following, 1, 0)], 0, words, part)
        rows += _data_rows(cells[start + length : end], header, words, part)
    return [_row(row, index, block) for index, row in enumerate(rows)]


def _row(cells: Sequence[Cell], index: int, block: int) -> Row:
    placed = (replace(cell, row=index, column=column) for column, cell in enumerate(cells))
    return row_of(index, block, placed, ragged=True)


def _header(head: Sequence[Cell], words: Vocabulary, part: str) -> Header:
    return header_at([_row(head, 0, 0)], 0, words, part)


def _headers(cells: Sequence[Cell], words: Vocabulary) -> list[tuple[int, int, str]]:
    """Where headers begin, how many cells they take, and of what part they are."""
    found = []
    at = 0
    while at < len(cells):
        length, part = max((_header_length(cells, at, words, part), part) for part, _ in HEADERS)
        if length:
            found.append((at, length, part))
        at += max(length, 1)
    return found


def _header_length(cells: Sequence[Cell], at: int, words: Vocabulary, part: str) -> int:
    """The number of cells of the header of a part that begins at a place; 0 where none does."""
    end = at + 1
    seen = {words.role(part, cells[at].text)} if end < len(cells) and not cells[end].text.strip() else set()
    while end < len(cells) and end - at < 30 and _may_head(cells[end].text, words, part, seen):
        seen.add(words.role(part, cells[end].text))
        end += 1
    while end > at and not cells[end - 1].text.strip():
        end -= 1
    if end - at < 2 or not _is_header(cells[at:end], words, part):
        return 0
    if words.role(part, cells[at].text) is None:
        is_value = at > 0 and words.role("header", cells[at - 1].text) is not None
        if is_value or not _heads_names(cells[at:end], words, part):
            return 0
    return end - at


def _is_header(cells: Sequence[Cell], words: Vocabulary, part: str) -> bool:
    test: Callable[[Header, Row], bool] = dict(HEADERS)[part]
    return test(_header(cells, words, part), _row(cells, 0, 0))


def _heads_names(cells: Sequence[Cell], words: Vocabulary, part: str) -> bool:
    """Whether a blank or unknown first cell is the head of the column of names: the rest has none of its own."""
    if part != "funds" or words.role("header", cells[0].text) is not None:
        return False
    return not _header(cells[1:], words, part).names


def _may_head(text: str, words: Vocabulary, part: str, seen: Set[str | None]) -> bool:
    """Whether a header may go on with a cell: blank, or a label of the part that it does not have yet."""
    role = words.role(part, text)
    return not text.strip() or (role is not None and (role in (HEADING, DROPPED) or role not in seen))


def _labelled(cells: Sequence[Cell], words: Vocabulary) -> Iterator[list[Cell]]:
    """Label and value side by side; anything else alone."""
    at = 0
    while at < len(cells):
        is_label = any(words.role(part, cells[at].text) is not None for part in ("header", "footers"))
        takes = 2 if is_label and at + 1 < len(cells) and not _is_label(cells[at + 1].text, words) else 1
        yield list(cells[at : at + takes])
        at += takes


def _is_label(text: str, words: Vocabulary) -> bool:
    return any(words.role(part, text) is not None for part in ("header", "footers"))


def _data_rows(cells: Sequence[Cell], header: Header, words: Vocabulary, part: str) -> Iterator[list[Cell]]:
    """The cheapest way to cut the cells after a header into rows of at most its width, labels and totals."""
    width = len(header.columns)
    misfit = MISFITS[part](words)
    best: list[tuple[float, int, int | None]] = [(float("inf"), 0, None) for _ in range(len(cells) + 1)]
    best[0] = (0.0, 0, None)
    for at in range(len(cells)):
        for end in range(at + 1, min(at + width, len(cells)) + 1):
            right = 0.02 if end == len(cells) else _MISSING_RIGHT  # blanks at the very end are easily lost
            cost, offset = _cost(cells[at:end], header, misfit, words, part, right)
            if best[at][0] + cost < best[end][0]:
                best[end] = (best[at][0] + cost, at, offset)
    cuts = []
    end = len(cells)
    while end:
        _, start, offset = best[end]
        cuts.append((start, end, offset))
        end = start
    above: list[Cell] = []
    for start, end, offset in reversed(cuts):
        row = list(cells[start:end])
        if offset is not None:
            row = above = _padded(row, header, offset, above)
        yield row


def _padded(row: list[Cell], header: Header, offset: int, above: Sequence[Cell]) -> list[Cell]:
    """A data row with blanks where its cells are missing; a name merged over several rows is that of the row above."""
    blank = replace(row[0], text="")
    left = [above[number] if header.columns[number].role == "三级指标" and above else blank for number in range(offset)]
    return [*left, *row, *[blank] * (len(header.columns) - offset - len(row))]


def _cost(
    cells: Sequence[Cell], header: Header, misfit: Misfit, words: Vocabulary, part: str, right: float
) -> tuple[float, int | None]:
    """What it costs to take cells for one row, and at which column they then begin; None for labels and totals."""
    first = cells[0].text
    missing = len(header.columns) - len(cells)
    if part == "indicators" and words.is_total(first) and len(cells) > 1:
        others = sum(_UNKNOWN for cell in cells[1:] if misfit("分值", cell.text) and len(cell.text) > 2)
        return others + 0.1 * missing, None
    if len(cells) <= 2 and _labels(cells, words, part):
        return _LABEL, None
    if not any(cell.text.strip() for cell in cells):
        return _UNKNOWN, None
    return min((_aligned_cost(cells, header, misfit, offset, right), offset) for offset in range(missing + 1))


_LEFT_COSTS = {"": 0.1, HEADING: 0.0, "一级指标": 0.1, "二级指标": 0.1, "三级指标": 0.6}


def _aligned_cost(cells: Sequence[Cell], header: Header, misfit: Misfit, offset: int, right: float) -> float:
    columns = header.columns[offset : offset + len(cells)]
    left = sum(_LEFT_COSTS.get(column.role, 1.5) for column in header.columns[:offset])
    missing = len(header.columns) - offset - len(cells)
    fit = sum(misfit(column.role, cell.text) for column, cell in zip(columns, cells, strict=True))
    return left + missing * right + fit


def _labels(cells: Sequence[Cell], words: Vocabulary, part: str) -> bool:
    """Whether one or two cells are a label of the head or of the footers, with its value."""
    label, colon, _ = cells[0].text.partition(":") if ":" in cells[0].text else cells[0].text.partition("：")
    if part == "funds" and words.role("header", label) is None:
        return False
    known = any(words.role(name, label) is not None for name in ("footers", "header"))
    return known and (bool(colon) == (len(cells) == 1))
