"""Cells one a line behind a tab, rows apart by a blank line, as converters of .doc give them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfeval_lint.read.model import Block
from perfeval_lint.read.text.pieces import Piece, grid_of, line_of


def is_tab_led(lines: Sequence[Piece]) -> bool:
    """Returns whether most lines are one cell led by a tab."""
    filled = [line.text for line in lines if not line.is_blank]
    led = sum(text.startswith("\t") and "\t" not in text.strip() for text in filled)
    return len(filled) > 10 and led > 0.6 * len(filled)


def tab_led(lines: Sequence[Piece]) -> Iterator[Block]:
    """The rows as ragged grids, and the lines between them; blank lines are only spacing."""
    rows: list[list[Piece]] = []
    group: list[Piece] = []
    for line in [*lines, Piece("", 0, 0)]:
        if line.text.startswith("\t") or (line.text and group):
            group.append(line)
        elif line.text:
            if rows:
                yield grid_of(rows, ragged=True)
            rows = []
            yield line_of(line)
        elif group:
            rows.append(_cells_of(group))
            group = []
    if rows:
        yield grid_of(rows, ragged=True)


def _cells_of(group: Sequence[Piece]) -> list[Piece]:
    """The cells of one row; a line without a tab goes on with the cell before it."""
    cells: list[tuple[Piece, list[str]]] = []
    for line in group:
        if line.text.startswith("\t"):
            start = line.part(1, len(line.text))
            cells.append((start, [start.text]))
        else:
            cells[-1][1].append(line.text)
    return [piece._replace(text="\n".join(texts)).trimmed() for piece, texts in cells]
