"""The columns a header row names, and which cell of a data row stands under which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows import Row
from perfeval_lint.recognise.template import DROPPED, HEADING, SOURCE, Vocabulary
from perfeval_lint.recognise.values import is_number

NAMES = "资金来源"
Misfit = Callable[[str, str], float]
_NAMED = frozenset(["全年预算数", "全年执行数", "情况说明"])  # rows of such headers need their names
_CLOSE = 0.75  # two alignments of a ragged row closer than this are both possible


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a header: its role ("" where its label is unknown), the grid columns it takes, its label."""

    role: str
    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one part of a form; `height` is the number of rows its labels take."""

    columns: tuple[Column, ...]
    height: int
    ragged: bool
    block: int

    @property
    def roles(self) -> frozenset[str]:
        """The roles that have a column."""
        return frozenset(column.role for column in self.columns)

    @property
    def first(self) -> int:
        """The grid column where the first column that holds values begins."""
        return min((c.start for c in self.columns if c.role not in ("", HEADING)), default=0)

    @property
    def names(self) -> tuple[Column, ...]:
        """The columns before the first one with a role: where rows have their names."""
        return tuple(c for c in self.columns if c.role in ("", HEADING) and c.start < self.first)


def header_at(rows: Sequence[Row], at: int, words: Vocabulary, part: str) -> Header:
    """The header that would begin at row `at`: its labels, and those below them where it has two storeys."""
    row = rows[at]
    below = rows[at + 1].own if at + 1 < len(rows) else ()
    columns = _first_is_heading(_without_empty([_column(cell, words, part) for cell in row.own], part, below))
    height = _height(row, columns)
    under = _storey_below(rows, at, height, words) if part == "indicators" else []
    if under:
        split = _split_in_order if row.ragged else _split
        columns = _first_is_heading(split(columns, under, words))
        height = max(height, under[0].row - row.index + 1)
    return Header(tuple(columns), height, row.ragged, row.block)


def _column(cell: Cell, words: Vocabulary, part: str) -> Column:
    role = words.role(part, cell.text) or ""
    return Column(role, cell.column, cell.column + cell.columns, cell.text)


def _without_empty(columns: Sequence[Column], part: str, below: Sequence[Cell]) -> list[Column]:
    """A column without a label after one that holds values belongs to it.

    Where the row below has a name and an amount there, the two are that: 预算数 | 6.84 below 预算安排情况 | (blank).
    """
    result: list[Column] = []
    for column in columns:
        before = result[-1].role if result else ""
        if column.label.strip() or before in ("", HEADING):
            result.append(column)
            continue
        if part == "funds" and result[-1].label.strip() and _name_and_amount(below, result[-1], column):
            is_first = all(other.role != NAMES for other in result)
            result[-1] = replace(result[-1], role=NAMES if is_first else DROPPED)
        result.append(replace(column, role=before))
    return result


def _name_and_amount(below: Sequence[Cell], first: Column, second: Column) -> bool:
    texts = {cell.column: cell.text for cell in below}
    name, amount = texts.get(first.start, ""), texts.get(second.start, "")
    return bool(name.strip()) and not is_number(name) and is_number(amount)


def _height(row: Row, columns: Sequence[Column]) -> int:
    labelled = {column.start for column in columns if column.role not in ("", HEADING)}
    return max((cell.rows for cell in row.own if cell.column in labelled), default=1)


def _storey_below(rows: Sequence[Row], at: int, height: int, words: Vocabulary) -> list[Cell]:
    """The labels of the header's second row; empty where the next row is no header."""
    row = rows[at]
    if at + 1 >= len(rows) or rows[at + 1].block != row.block:
        return []
    groups = [cell for cell in row.own if cell.rows == 1 and (cell.columns > 1 or words.is_group(cell.text))]
    below = rows[at + 1].filled
    is_known = all(words.role("indicators", cell.text) or words.is_group(cell.text) for cell in (*row.filled, *below))
    if row.ragged:
        return list(below) if groups and is_known and len(below) > 1 else []
    is_under = any(group.column <= cell.column < group.column + group.columns for cell in below for group in groups)
    if below and is_known and is_under and (height > 1 or len(below) > 1):
        return list(below)
    return []


def _split(columns: Sequence[Column], under: Sequence[Cell], words: Vocabulary) -> list[Column]:
    """Columns with those that have labels below replaced by them."""
    result: list[Column] = []
    for column in columns:
        inside = [cell for cell in under if column.start <= cell.column < column.end]
        if not inside:
            result.append(column)
            continue
        for number, cell in enumerate(inside):
            role = words.role("indicators", cell.text) or ""
            start = column.start if number == 0 else cell.column
            end = inside[number + 1].column if number + 1 < len(inside) else column.end
            result.append(Column(role, start, end, cell.text))
    placed = {column.start for column in result}
    outside = [cell for cell in under if not any(c.start <= cell.column < c.end for c in result)]
    result += [
        Column(words.role("indicators", cell.text) or "", cell.column, cell.column + cell.columns, cell.text)
        for cell in outside
        if cell.column not in placed
    ]
    return sorted(result, key=lambda column: column.start)


_OF_TARGET = ("符号", "年度指标值", "单位")


def _split_in_order(columns: Sequence[Column], under: Sequence[Cell], words: Vocabulary) -> list[Column]:
    """The same for typed rows, where places say nothing: each label goes to the group it can belong to, in order."""
    named = [Column(words.role("indicators", cell.text) or "", 0, 0, cell.text) for cell in under]
    result: list[Column] = []
    for column in columns:
        if not words.is_group(column.label) or not named:
            result.append(column)
            continue
        is_target = column.role == "年度指标值"
        count = next((n for n, one in enumerate(named) if (one.role in _OF_TARGET) != is_target), len(named))
        result += named[:count] or [column]
        del named[:count]
    return [replace(column, start=number, end=number + 1) for number, column in enumerate([*result, *named])]


def _first_is_heading(columns: list[Column]) -> list[Column]:
    """A role named twice belongs to the later column where the first stands at the head of the row; else the first."""
    seen: dict[str, int] = {}
    for number, column in enumerate(columns):
        role = column.role
        if role in ("", HEADING, DROPPED, SOURCE) or not column.label.strip():
            continue
        if role in seen and seen[role] == 0:
            columns[0] = replace(columns[0], role=HEADING)
            seen[role] = number
        elif role in seen:
            columns[number] = replace(column, role=DROPPED)
        else:
            seen[role] = number
    return columns


@dataclass(frozen=True, slots=True)
class Aligned:
    """A row's cells under their columns; `extra` fit none; `doubt` where another alignment is as good."""

    pairs: tuple[tuple[Column, Cell], ...]
    extra: tuple[Cell, ...] = ()
    doubt: str = ""

    def under(self, role: str) -> list[Cell]:
        """The cells below the column of a role, in order."""
        return [cell for column, cell in self.pairs if column.role == role]


def align(header: Header, row: Row, misfit: Misfit) -> Aligned:
    """Which cell of a row stands under which column."""
    if header.ragged or row.ragged:
        return _by_order(header, row, misfit)
    if header.block != row.block and not _same_width(header, row):
        return _by_order(header, row, misfit)
    return _by_place(header, row)


def _same_width(header: Header, row: Row) -> bool:
    last = max(cell.column + cell.columns for cell in row.cells)
    return last == max(column.end for column in header.columns)


def _by_place(header: Header, row: Row) -> Aligned:
    pairs: list[tuple[Column, Cell]] = []
    extra: list[Cell] = []
    for cell in row.cells:
        end = cell.column + cell.columns
        best = max(header.columns, key=lambda c: min(c.end, end) - max(c.start, cell.column), default=None)
        if best is None or min(best.end, end) <= max(best.start, cell.column):
            extra.append(cell)
        else:
            pairs.append((best, cell))
    return Aligned(tuple(pairs), tuple(extra))


def _by_order(header: Header, row: Row, misfit: Misfit) -> Aligned:
    """The offset at which the row's cells fit their columns best; missing ones are taken to be missing at the left."""
    cells = list(row.own)
    while len(cells) > len(header.columns) and not cells[-1].text.strip():
        cells.pop()
    surplus = max(len(cells) - len(header.columns), 0)
    taken = cells[surplus:]
    costs = []
    for offset in range(len(header.columns) - len(taken) + 1):
        under = header.columns[offset : offset + len(taken)]
        cost = sum(misfit(column.role, cell.text) for column, cell in zip(under, taken, strict=True))
        unnamed = offset > 0 and bool(header.roles & _NAMED) and {*header.names} <= {*header.columns[:offset]}
        costs.append((cost + unnamed + 0.4 * (len(header.columns) - len(taken) - offset), offset))
    costs.sort()
    best = costs[0]
    pairs = tuple(zip(header.columns[best[1] : best[1] + len(taken)], taken, strict=True))
    is_close = len(costs) > 1 and costs[1][0] - best[0] < _CLOSE and best[0] > 0
    doubt = "这一行的格数与表头不同，各格属于哪一栏不能确定" if is_close else ""
    return Aligned(pairs, tuple(cells[:surplus]), doubt)
