"""What the tests of flattened text share: text to lines, grids to rows, rows against what they should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from perfeval_lint.form.origin import Position
from perfeval_lint.read.model import Cell, Line
from perfeval_lint.recognise.flat.flat import Flattened
from perfeval_lint.recognise.words.template import shipped_templates
from perfeval_lint.values.text import clean

WORDS = shipped_templates().all[-1].vocabulary


def lines_of(text: str) -> list[Line]:
    """A text as its reader gives it."""
    return [Line(line, Position(number, 1)) for number, line in enumerate(text.split("\n"), 1)]


def rows_of(found: Flattened) -> list[list[Cell]]:
    """The cells row by row."""
    rows: dict[int, list[Cell]] = {}
    for cell in found.grid.cells:
        rows.setdefault(cell.row, []).append(cell)
    return list(rows.values())


def squeezed(text: str) -> str:
    """A cell's text for comparing: canonical, without white space."""
    return "".join(clean(text).split())


def below(rows: Sequence[Sequence[Cell]], header: Sequence[str]) -> list[Sequence[Cell]]:
    """The rows under the header row of these labels, down to the total row or one of another length."""
    index = next(at for at, row in enumerate(rows) if [squeezed(cell.text) for cell in row] == list(header))
    found = []
    for row in rows[index + 1 :]:
        if len(row) != len(header) or WORDS.is_total(row[0].text):
            break
        found.append(row)
    return found


@dataclass(slots=True)
class Score:
    """How many cells came out right, right but marked as not sure, wrong and marked, wrong without a mark."""

    right: int = 0
    right_marked: int = 0
    wrong_marked: int = 0
    wrong: int = 0

    @property
    def cells(self) -> int:
        return self.right + self.wrong_marked + self.wrong

    def count(self, wanted: Sequence[Sequence[str]], rows: Sequence[Sequence[Cell]]) -> None:
        """Counts the cells of rows, matched by their text; a row that is missing is wrong without a mark."""
        got = {at: row for row, at in _matched(wanted, rows)}
        for at, texts in enumerate(wanted):
            for column, text in enumerate(texts):
                cell = got[at][column] if at in got and column < len(got[at]) else None
                if cell is not None and squeezed(cell.text) == squeezed(text):
                    self.right += 1
                    self.right_marked += bool(cell.doubt)
                elif cell is not None and cell.doubt:
                    self.wrong_marked += 1
                else:
                    self.wrong += 1


def _matched(wanted: Sequence[Sequence[str]], rows: Sequence[Sequence[Cell]]) -> list[tuple[Sequence[Cell], int]]:
    left = ["".join(map(squeezed, texts)) for texts in wanted]
    right = ["".join(squeezed(cell.text) for cell in row) for row in rows]
    pairs = []
    for _, begin, end, first, last in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        pairs += [(rows[first + step], begin + step) for step in range(min(end - begin, last - first))]
    return pairs
