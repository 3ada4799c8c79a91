"""Reads the neutral notation of the corpus: paragraphs and tables with merged cells, as lines of text.

`# …` is a comment, `P …` a paragraph, `TABLE` begins a table of which every further line is a row. Cells are
separated by ` | `; `{r3c2}` at a cell's end says that it is merged over three rows and two columns. Places covered
from above are not written. `\\n` inside a cell is a line break.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SPAN = re.compile(r"\{(?:r(?P<rows>\d+))?(?:c(?P<columns>\d+))?\}$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text outside tables."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and how many rows and columns it covers; `text` may hold line breaks."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table row by row; a row lists the cells that begin in it, from left to right."""

    rows: tuple[tuple[Cell, ...], ...]

    @property
    def width(self) -> int:
        """The number of columns."""
        return sum(cell.columns for cell in self.rows[0])


def parse(text: str) -> list[Paragraph | Table]:
    """The blocks of a .grid file in order; AssertionError where it is broken or a table no rectangle."""
    blocks: list[Paragraph | Table] = []
    rows: list[tuple[Cell, ...]] | None = None
    for number, line in enumerate([*text.splitlines(), "P"], 1):
        ends_table = line == "TABLE" or line == "P" or line.startswith("P ")
        if ends_table and rows is not None:
            blocks.append(_table(rows, number))
            rows = None
        if line == "TABLE":
            rows = []
        elif ends_table:
            blocks.append(Paragraph(line[2:]))
        elif not line.startswith("# "):
            assert rows is not None, f"line {number}: neither a comment, a paragraph nor a row of a table: {line!r}"
            rows.append(_row(line))
    return blocks[:-1]


def _row(line: str) -> tuple[Cell, ...]:
    return tuple(_cell(part.strip(" ")) for part in re.split(r"(?:^| )\|(?= |$)", line)) if line.strip(" ") else ()


def _cell(text: str) -> Cell:
    span = _SPAN.search(text)
    if span is None:
        return Cell(text.replace("\\n", "\n"))
    kept = text[: span.start()].replace("\\n", "\n")
    return Cell(kept, int(span["rows"] or 1), int(span["columns"] or 1))


def _table(rows: Sequence[tuple[Cell, ...]], number: int) -> Table:
    assert rows, f"line {number}: a table without rows ends here"
    width = sum(cell.columns for cell in rows[0])
    hanging = [0] * width  # rows that a cell above still covers, by column
    for index, row in enumerate(rows, 1):
        place = 0
        for cell in row:
            while place < width and hanging[place]:
                place += 1
            covered = slice(place, place + cell.columns)
            assert place + cell.columns <= width, f"table before line {number}, row {index}: too wide at {cell.text!r}"
            assert not any(hanging[covered]), f"table before line {number}, row {index}: {cell.text!r} overlaps"
            hanging[covered] = [cell.rows] * cell.columns
            place += cell.columns
        assert all(hanging), f"table before line {number}, row {index}: {sum(map(bool, hanging))} of {width} columns"
        hanging = [left - 1 for left in hanging]
    assert not any(hanging), f"table before line {number}: a cell reaches below the last row"
    return Table(tuple(rows))
