"""Amounts of money beside their labels in a stream of cells: 预算数： | 58200 | 执行数： | 57036, then the sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.stream.labels import Labels
from perfeval_lint.recognise.words.template import HEADING
from perfeval_lint.values.number import is_number


def pair_rows(cells: Sequence[Cell], labels: Labels) -> Iterator[list[Cell]]:
    """The rows of pairs that begin with the first cell: the amounts of the total, then a row for each source.

    A source is printed before each of its amounts, as many times as the total has amounts. Nothing where no two
    pairs follow one another.
    """
    at = 1 if cells and labels.words.role("funds", cells[0].text) == HEADING else 0
    start = at
    while at + 1 < len(cells) and labels.amount(cells[at].text) and labels.is_amount(cells[at + 1].text):
        at += 2
    count = (at - start) // 2
    if count < 2 or not any(is_number(cell.text) for cell in cells[start:at]):
        return
    end = at
    while end < len(cells) and is_number(cells[end].text):
        end += 1
    yield list(cells[:end])
    spare = end - at
    while _is_source(cells[end : end + 2 * count], count, labels):
        at, end = end, end + 2 * count
        while end < len(cells) and end - at < 2 * count + spare and labels.words.is_blank(cells[end].text):
            end += 1
        yield list(cells[at:end])


def _is_source(cells: Sequence[Cell], count: int, labels: Labels) -> bool:
    names = {cell.text for cell in cells[0::2]}
    if len(cells) < 2 * count or len(names) != 1 or labels.is_amount(cells[0].text):
        return False
    return all(labels.is_amount(cell.text) for cell in cells[1::2])
