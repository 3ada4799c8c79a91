"""The columns of a header, and the cells of a data row by column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from perfeval_lint.form.origin import Origin
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.recognise.words.template import HEADING, SOURCE

NAMES = "资金来源"
Misfit = Callable[[str, str], float]
_NAMED_AMOUNTS = frozenset(["全年预算数", "全年执行数"])
_NAMED = _NAMED_AMOUNTS | {"情况说明"}  # rows of such headers need their names
_BAD = 3.0  # a best alignment that costs more than this is none
_CLOSE = 0.5  # two alignments of a ragged row closer than this are both possible


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a header: its role ("" where its label is unknown), the grid columns it takes, label and place.

    `guessed` says that the role was inferred from the words of a label that is not listed, or from its place;
    `is_unread` that its label could not be read.
    """

    role: str
    start: int
    end: int
    label: str
    origin: Origin
    guessed: bool = False
    is_unread: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one part of a form; `height` is the number of rows its labels take."""

    columns: tuple[Column, ...]
    height: int
    ragged: bool
    block: int
    places: dict[tuple[int, int], Column | None] = field(default_factory=dict, compare=False)  # caches column_of

    def column_of(self, start: int, width: int) -> Column | None:
        """The column that covers most of a cell's place; None where none does."""
        key = (start, width)
        if key not in self.places:
            shares = [(min(c.end, start + width) - max(c.start, start), c) for c in self.columns]
            share, best = max(shares, key=lambda pair: pair[0], default=(0, None))
            self.places[key] = best if share > 0 else None
        return self.places[key]

    def is_as_wide_as(self, row: Row) -> bool:
        """Whether a row of another table has as many grid columns."""
        last = max(cell.column + cell.columns for cell in row.cells)
        return last == max(column.end for column in self.columns)

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
        """The columns before the first one with a role: where rows have their names.

        Beside amounts a label that means nothing heads the names where it is the first one, else values of its own.
        """
        found = [c for c in self.columns if c.role in ("", HEADING) and c.start < self.first]
        if not self.roles & _NAMED_AMOUNTS:
            return tuple(found)
        return tuple(c for n, c in enumerate(found) if n == 0 or c.role == HEADING or not c.label.strip())


@dataclass(frozen=True, slots=True)
class Aligned:
    """A row's cells under their columns; `extra` fit none; `doubt` where another alignment is as good."""

    pairs: tuple[tuple[Column, Cell], ...]
    columns: tuple[Column, ...]
    extra: tuple[Cell, ...] = ()
    doubt: str = ""
    by_role: dict[str, tuple[Cell, ...]] = field(default_factory=dict, compare=False)  # caches under

    def under(self, role: str) -> tuple[Cell, ...]:
        """The cells below the column of a role, in order."""
        if not self.by_role:
            for column, cell in self.pairs:
                self.by_role[column.role] = (*self.by_role.get(column.role, ()), cell)
        return self.by_role.get(role, ())


def align(header: Header, row: Row, misfit: Misfit) -> Aligned:
    """Assigns the cells of a row to columns."""
    if header.ragged or row.ragged:
        return _by_order(header, row, misfit)
    if header.block != row.block and not header.is_as_wide_as(row):
        return _by_order(header, row, misfit)
    return _by_place(header, row)


def _by_place(header: Header, row: Row) -> Aligned:
    pairs: list[tuple[Column, Cell]] = []
    extra: list[Cell] = []
    for cell in row.cells:
        best = header.column_of(cell.column, cell.columns)
        if best is None:
            extra.append(cell)
        else:
            pairs.append((best, cell))
    return Aligned(tuple(pairs), header.columns, tuple(extra))


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
        unnamed = (
            offset > 0
            and bool(header.roles & _NAMED)
            and SOURCE not in header.roles
            and {*header.names} <= {*header.columns[:offset]}
        )
        costs.append((cost + unnamed + 0.4 * (len(header.columns) - len(taken) - offset), offset))
    costs.sort()
    best = costs[0]
    pairs = tuple(zip(header.columns[best[1] : best[1] + len(taken)], taken, strict=True))
    is_close = len(costs) > 1 and costs[1][0] - best[0] < _CLOSE and best[0] > 0
    doubt = "这一行的格数与表头不同，各格属于哪一栏不能确定" if is_close or best[0] > _BAD else ""
    return Aligned(pairs, header.columns, tuple(cells[:surplus]), doubt)
