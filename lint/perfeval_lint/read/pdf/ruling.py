"""The cells that the drawn lines of a page bound, with their spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from perfeval_lint.read.pdf.geometry import Box
from perfeval_lint.read.pdf.groups import TOUCH, groups_of, positions_of, root
from perfeval_lint.read.pdf.rule import Rule

_COVERED = 0.6  # the share of a cell's side that must be drawn for it to be closed
_MAX_PLACES = 40_000

Sides = tuple[bool, bool, bool, bool]  # left, top, right, bottom, as in a Box


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell by its place in the ruling, and on which sides it is `open`: at the table's outline, with no line there.

    `broken` says that the lines around it do not close to a box.
    """

    row: int
    column: int
    rows: int
    columns: int
    box: Box
    open: Sides
    broken: bool


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table drawn by lines: its cells, where to find the one at a point, and at which sides its outline is drawn."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[RuledCell, ...]
    at: tuple[tuple[int, ...], ...]  # by row and column of the ruling, the index of the cell
    drawn: Sides  # whether there is any line

    @property
    def box(self) -> Box:
        """The outline."""
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def cell_at(self, x: float, y: float) -> int | None:
        """The index of the cell at a point, None outside the table."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1:
            return self.at[row][column]
        return None

    def within(self, written: Set[int]) -> list[int]:
        """The indexes of the cells that belong to the table; `written` are those with text, which all do.

        A blank cell open to the outline belongs to it where that side of the table is drawn or written in elsewhere:
        merged cells that go on over the page have no border there. One open to two such sides that meet lies outside,
        at the corner of a table that is no rectangle.
        """
        used = [self.drawn[side] or any(self.cells[index].open[side] for index in written) for side in range(4)]
        return [
            index
            for index, cell in enumerate(self.cells)
            if index in written or not any(cell.open) or _is_enclosed(cell.open, self.drawn, used)
        ]


def _is_enclosed(open_sides: Sides, drawn: Sides, used: Sequence[bool]) -> bool:
    left, top, right, bottom = (is_open and line for is_open, line in zip(open_sides, drawn, strict=True))
    outside = (left or right) and (top or bottom)
    return not outside and all(use for is_open, use in zip(open_sides, used, strict=True) if is_open)


def tables_of(rules: Sequence[Rule]) -> list[RuledTable]:
    """The ruled tables of a page, from the smallest; a single box is none."""
    tables = [table for group in groups_of(rules) if (table := _table(group)) is not None]
    return sorted(tables, key=lambda table: (table.box[2] - table.box[0]) * (table.box[3] - table.box[1]))


def _positions(rules: Sequence[Rule], level: bool) -> list[float]:
    """The heights (or distances) of the rules of a table, with those of an undrawn outer border."""
    positions = positions_of(rule.at for rule in rules if rule.level == level)
    crossing = [rule for rule in rules if rule.level != level]
    if not positions or not crossing:
        return []
    first, last = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    if first < positions[0] - 2 * TOUCH:
        positions.insert(0, first)
    if last > positions[-1] + 2 * TOUCH:
        positions.append(last)
    return positions


def _table(rules: list[Rule]) -> RuledTable | None:
    xs, ys = _positions(rules, level=False), _positions(rules, level=True)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > _MAX_PLACES or (len(xs) == 2 and len(ys) == 2):
        return None
    above = _drawn(rules, ys, xs, level=True)
    before = _drawn(rules, xs, ys, level=False)
    areas = _areas(len(ys) - 1, len(xs) - 1, above, before)
    cells: list[RuledCell] = []
    at = [[0] * (len(xs) - 1) for _ in ys[1:]]
    for area in areas:
        boxes = list(_rectangles(area))
        opened = _open_sides(area, above, before)
        for row, column, rows, columns in boxes:
            box = (xs[column], ys[row], xs[column + columns], ys[row + rows])
            for line in at[row : row + rows]:
                line[column : column + columns] = [len(cells)] * columns
            cells.append(RuledCell(row, column, rows, columns, box, opened, len(boxes) > 1))
    if len(cells) < 2:
        return None
    drawn = (any(before[0]), any(above[0]), any(before[-1]), any(above[-1]))
    return RuledTable(tuple(xs), tuple(ys), tuple(cells), tuple(map(tuple, at)), drawn)


Drawn = list[list[bool]]


def _drawn(rules: list[Rule], lines: list[float], steps: list[float], *, level: bool) -> Drawn:
    """For each line position and each step along it, whether that piece is drawn."""
    covered = [[0.0] * (len(steps) - 1) for _ in lines]
    for rule in rules:
        if rule.level != level:
            continue
        line = min(range(len(lines)), key=lambda index: abs(lines[index] - rule.at))
        for step in range(max(bisect_right(steps, rule.start) - 1, 0), len(steps) - 1):
            if steps[step] >= rule.end:
                break
            covered[line][step] += min(steps[step + 1], rule.end) - max(steps[step], rule.start)
    return [[share > _COVERED * (steps[i + 1] - steps[i]) for i, share in enumerate(row)] for row in covered]


def _areas(rows: int, columns: int, above: Drawn, before: Drawn) -> list[list[tuple[int, int]]]:
    """The places of the ruling, in groups with no drawn line between them, by the first place of each."""
    parents = list(range(rows * columns))
    for row in range(rows):
        for column in range(columns):
            place = row * columns + column
            if column and not before[column][row]:
                parents[root(parents, place)] = root(parents, place - 1)
            if row and not above[row][column]:
                parents[root(parents, place)] = root(parents, place - columns)
    areas: dict[int, list[tuple[int, int]]] = {}
    for place in range(rows * columns):
        areas.setdefault(root(parents, place), []).append(divmod(place, columns))
    return list(areas.values())


def _rectangles(area: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """The area as rectangles (row, column, rows, columns); one where the lines close to a box."""
    left = set(area)
    for row, column in area:
        if (row, column) not in left:
            continue
        columns = 1
        while (row, column + columns) in left:
            columns += 1
        rows = 1
        while all((row + rows, column + step) in left for step in range(columns)):
            rows += 1
        left.difference_update((row + down, column + step) for down in range(rows) for step in range(columns))
        yield row, column, rows, columns


def _open_sides(area: list[tuple[int, int]], above: Drawn, before: Drawn) -> Sides:
    """On which sides of the outline a line is missing at some place of the area."""
    last_row, last_column = len(above) - 2, len(before) - 2
    return (
        any(column == 0 and not before[0][row] for row, column in area),
        any(row == 0 and not above[0][column] for row, column in area),
        any(column == last_column and not before[-1][row] for row, column in area),
        any(row == last_row and not above[-1][column] for row, column in area),
    )


def without_unused(cells: Sequence[RuledCell]) -> list[RuledCell]:
    """The cells with rows and columns counted over those in which one begins."""
    rows = sorted({cell.row for cell in cells})
    columns = sorted({cell.column for cell in cells})
    return [
        replace(
            cell,
            row=_rank(rows, cell.row),
            column=_rank(columns, cell.column),
            rows=_rank(rows, cell.row + cell.rows) - _rank(rows, cell.row),
            columns=_rank(columns, cell.column + cell.columns) - _rank(columns, cell.column),
        )
        for cell in cells
    ]


def _rank(starts: list[int], place: int) -> int:
    return bisect_right(starts, place - 1)
