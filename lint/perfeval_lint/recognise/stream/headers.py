"""The headers in a stream of cells: where they begin, how many cells they take, in one or two storeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.columns import Header
from perfeval_lint.recognise.rows.header import header_at
from perfeval_lint.recognise.rows.parts import HEADERS
from perfeval_lint.recognise.stream.labels import Labels
from perfeval_lint.recognise.words.row import Row, row_of
from perfeval_lint.recognise.words.template import DROPPED, HEADING, SOURCE, Vocabulary
from perfeval_lint.values.number import is_number

_WIDEST = 30
_LONGEST_UNKNOWN = 20
_FEWEST = 4  # labels of the first of two storeys
_MOST_BELOW = 9  # labels of the second
_SEVERAL = (HEADING, DROPPED, SOURCE)  # roles that more than one column of a header may have


@dataclass(frozen=True, slots=True)
class Found:
    """A header in a stream: its first cell, and the ways its cells may be cut: how many above, how many below them.

    Blank cells after a header may be its own or the first of the data, and a label may be in either storey.
    """

    start: int
    part: str
    cuts: tuple[tuple[int, int], ...]

    def rows(self, cells: Sequence[Cell], cut: tuple[int, int]) -> list[list[Cell]]:
        """Its cells, a list a storey."""
        middle = self.start + cut[0]
        return [list(cells[self.start : middle])] + ([list(cells[middle : middle + cut[1]])] if cut[1] else [])

    def header(self, cells: Sequence[Cell], cut: tuple[int, int], words: Vocabulary) -> Header:
        """Its columns. The cells after it help where labels are blank."""
        middle = self.start + cut[0]
        below = cells[middle : middle + (cut[1] or cut[0])]
        return header_at([_row(cells[self.start : middle], 0), _row(below, 1)], 0, words, self.part)


def _row(cells: Sequence[Cell], index: int) -> Row:
    placed = (cell._replace(row=index, column=column) for column, cell in enumerate(cells))
    return row_of(index, 0, placed, ragged=True)


def headers_in(cells: Sequence[Cell], words: Vocabulary) -> Iterator[Found]:
    """The headers of a stream, in order; the heading of the part before the labels belongs to them."""
    labels = Labels(words)
    at = free = 0
    while at < len(cells):
        length, part = max((header_length(cells, at, words, part), part) for part, _ in HEADERS)
        if length:
            start = at
            if at > free and not labels.is_heading(cells[at].text) and _may_lead(cells[at - 1].text, labels):
                start -= 1
            end = at + length
            below = _labels_below(cells, at, end, words) if part == "indicators" else 0
            yield Found(start, part, tuple(_cuts(cells, start, end, below)))
            at = free = end + below
        else:
            at += 1


def _may_lead(text: str, labels: Labels) -> bool:
    is_goals = len(text) < _LONGEST_UNKNOWN and labels.words.role("goals", text) is not None
    return (is_goals and not is_number(text)) or labels.is_heading(text) or labels.is_level(text)


def _cuts(cells: Sequence[Cell], start: int, end: int, below: int) -> Iterator[tuple[int, int]]:
    """The ways to cut a header that begins and ends so, with labels below it or blank cells."""
    length = end - start + below
    if below:
        yield from ((length - lower, lower) for lower in range(2, min(length - _FEWEST, _MOST_BELOW) + 1))
        return
    yield length, 0
    while end < len(cells) and not cells[end].text.strip():
        end += 1
        yield end - start, 0


def _labels_below(cells: Sequence[Cell], start: int, end: int, words: Vocabulary) -> int:
    """The number of further labels after a header, where it has labels that head several columns."""
    if not any(words.is_group(cell.text) for cell in cells[start:end]):
        return 0
    below = end
    while below < len(cells) and below - end < _WIDEST and _is_column(cells[below].text, words):
        below += 1
    return below - end


def _is_column(text: str, words: Vocabulary) -> bool:
    return words.role("indicators", text) not in (None, HEADING)


def header_length(cells: Sequence[Cell], at: int, words: Vocabulary, part: str) -> int:
    """The number of cells of the header of a part that begins at a place; 0 where none does."""
    end = at + 1
    seen = {words.role(part, cells[at].text)} if end < len(cells) and not cells[end].text.strip() else set()
    while end < len(cells) and end - at < _WIDEST and _may_head(cells, end, words, part, seen):
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
    row = _row(cells, 0)
    return test(header_at([row], 0, words, part), row)


def _heads_names(cells: Sequence[Cell], words: Vocabulary, part: str) -> bool:
    """Whether a blank or unknown first cell is the head of the column of names: the rest has none of its own."""
    if part != "funds" or words.role("header", cells[0].text) is not None:
        return False
    return not header_at([_row(cells[1:], 0)], 0, words, part).names


def _may_head(cells: Sequence[Cell], at: int, words: Vocabulary, part: str, seen: set[str | None]) -> bool:
    """Whether a header may go on with a cell: blank, a label it does not have yet, or an unknown one before such."""
    text = cells[at].text
    role = words.role(part, text)
    if not text.strip() or (role is not None and (role in _SEVERAL or role not in seen)):
        return True
    if role is not None or part == "goals" or at + 1 == len(cells):
        return False
    if part == "management" and words.role(part, cells[at - 1].text) != HEADING:
        return False
    after = words.role(part, cells[at + 1].text)
    is_known = any(words.role(other, text) is not None for other in ("header", "levels", "goals", "footers"))
    is_short = len(text) <= _LONGEST_UNKNOWN and not is_number(text) and not is_known
    return is_short and after is not None and after not in (*_SEVERAL, *seen)
