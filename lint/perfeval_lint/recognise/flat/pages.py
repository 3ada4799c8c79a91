"""Cells cut by a page break: which column each part below the break goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, groupby

from perfeval_lint.recognise.flat.columns import NUMBER, REMARK, TEXT, Column
from perfeval_lint.recognise.flat.pieces import PAGE, SPACE, Piece
from perfeval_lint.recognise.flat.search import SURE, Found
from perfeval_lint.recognise.flat.widths import SPACE_WIDTH

_EMPTY_ABOVE = 4.0  # a part below the break in a column that had nothing above it
_ENDED = 3.0  # a part below the break where a sentence ended above it
_MOST = 12.0
_PER_CHARACTER = 0.5
_UNITS = frozenset("次家个人年份项万亿场件月日元%套篇户亩公平吨批台")
_UNKNOWN = 3.0


def rejoined(cells: Sequence[Found], pieces: Sequence[Piece], columns: Sequence[Column]) -> list[Found]:
    """The cells, the parts below a page break moved to the columns whose last line above it was full."""
    mended: list[Found] = []
    for _, row in groupby(cells, key=lambda found: found.row):
        mended += _row(list(row), pieces, columns)
    return mended


def _row(cells: list[Found], pieces: Sequence[Piece], columns: Sequence[Column]) -> list[Found]:
    """One row; only a row whose numbers are above its one page break has parts that may be moved."""
    breaks = [at for at, found in enumerate(cells) if at and pieces[found.start].gap == PAGE]
    kinds = [columns[found.column].kind for found in cells]
    if len(breaks) != 1 or NUMBER not in kinds[: breaks[0]] or NUMBER in kinds[breaks[0] :]:
        return cells
    above = {found.column: found for found in cells[: breaks[0]]}
    parts = cells[breaks[0] :]
    places = [at for at, column in enumerate(columns) if column.kind in (TEXT, REMARK)]
    ranked = sorted(
        (sum(_cost(above.get(at), part, pieces, columns[at]) for at, part in zip(chosen, parts, strict=True)), chosen)
        for chosen in combinations(places, len(parts))
    )
    if not ranked:
        return cells
    sure = len(ranked) == 1 or ranked[1][0] > ranked[0][0] + SURE
    moved = [replace(part, column=at, sure=part.sure and sure) for at, part in zip(ranked[0][1], parts, strict=True)]
    return [*cells[: breaks[0]], *moved]


def _cost(above: Found | None, part: Found, pieces: Sequence[Piece], column: Column) -> float:
    """The cost of a part going on a column: room left above the break, lines too wide below it."""
    lines = _line_widths(pieces[part.start : part.end])
    over = 0.0 if column.width is None else max(0.0, max(lines) - column.width - 1.0)
    if above is None:
        return _EMPTY_ABOVE + min(_MOST, over)
    last = pieces[above.end - 1]
    ended = _ENDED * (last.text[-1] in "。；")
    if last.text[-1].isdigit() and pieces[part.start].text[0] in _UNITS:
        return 0.0
    if column.width is None:
        return ended + _UNKNOWN
    room = column.width - _line_widths(pieces[above.start : above.end])[-1] - pieces[part.start].head
    return min(_MOST, over + ended + _PER_CHARACTER * max(0.0, room))


def _line_widths(pieces: Sequence[Piece]) -> list[float]:
    widths: list[float] = []
    for piece in pieces:
        if widths and piece.gap == SPACE:
            widths[-1] += piece.width + SPACE_WIDTH
        else:
            widths.append(piece.width)
    return widths
