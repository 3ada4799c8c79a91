"""One sheet of a workbook, of whatever kind, made a Grid: hidden rows out, merges in, blank edges cut."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import SheetCell
from perfeval_lint.read.model import Cell, Grid, Margin, Reading
from perfeval_lint.read.sheet.address import address, letters

REVIEW = "绩效自评审核意见（perfeval-lint 写入，再次加批注时整张替换）"
"""The text in A1 of the sheet of findings that annotating adds to a workbook; that sheet is no part of the form."""

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_PLACES = 400_000  # rows times columns
MAX_TEXT = 32_767  # characters in a cell, Excel's own limit
_MOST_NAMED = 10  # of the cells of which something was left out
_MAX_OVERLAPS = 100  # merges that overlap another one, after which the rest are not looked at


class Span(NamedTuple):
    """Rows or columns from `first` to `last`, 0-based, both included."""

    first: int
    last: int


class Merge(NamedTuple):
    """A merged range, 0-based, all ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Content(NamedTuple):
    """The text of a cell, why it may be wrong ("" where it is not), and what of it was left out, in words."""

    text: str
    doubt: str = ""
    left_out: str = ""


@dataclass(slots=True)
class Sheet:
    """A sheet as a reader found it: `cells` by (row, column), 0-based, only those that show something.

    `left_out` lists contents of its cells that were not read, by address; `damage` those that may be lost, in words.
    """

    name: str
    cells: dict[tuple[int, int], Content] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: list[Span] = field(default_factory=list)
    hidden_columns: list[Span] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    margins: list[Margin] = field(default_factory=list)
    hidden: bool = False
    crowded: bool = False

    def put(self, row: int, column: int, content: Content) -> None:
        """Adds a cell that shows something; a sheet with more of them than any form is `crowded`, and not read."""
        if content.left_out:
            self.left_out.append(f"{address(row, column)} {content.left_out}")
        if content.text or content.doubt:
            if len(self.cells) < MAX_PLACES:
                self.cells[row, column] = content
            else:
                self.crowded = True

    def doubt(self, place: tuple[int, int], why: str) -> None:
        """Doubts a cell, one that shows nothing too."""
        shown = self.cells.get(place, _BLANK)
        self.cells[place] = shown._replace(doubt=shown.doubt or why)


class _TooLarge(Exception):
    """A sheet beyond the limits; carries what is too much."""


def read_sheets(sheets: Iterable[Sheet], file: str) -> Reading:
    """The grids of a workbook's sheets that show anything, in order; what was left out is in the notes.

    Raises UnreadableFile where all that shows anything is beyond the limits.
    """
    grids: list[Grid] = []
    notes: list[Problem] = []
    margins: list[Margin] = []
    for sheet in sheets:
        if sheet.cells.get((0, 0), _BLANK).text == REVIEW:
            continue
        notes.extend(() if sheet.hidden else _notes_of(sheet, file))
        if not sheet.cells:
            continue
        if sheet.hidden:
            notes.append(Problem("hidden", f"工作表“{sheet.name}”是隐藏的，没有读取；如要检查请取消隐藏", file))
            continue
        try:
            grid, left_out = _to_grid(sheet)
        except _TooLarge as error:
            message = f"工作表“{sheet.name}”{error}，不像自评表，没有读取；请删去多余的内容或拆分后再检查"
            notes.append(Problem("too-large", message, file))
            continue
        notes.extend(Problem("hidden", f"工作表“{sheet.name}”{message}", file) for message in left_out)
        if grid is not None:
            grids.append(grid)
            margins += sheet.margins
    refused = next((note for note in notes if note.code == "too-large"), None)
    if refused and not grids:
        raise UnreadableFile(refused)
    return Reading(tuple(grids), tuple(notes), tuple(margins))


def _notes_of(sheet: Sheet, file: str) -> Iterator[Problem]:
    """Yields the notes on cells of a sheet that were left out, and on those that may be lost."""
    if sheet.left_out:
        several = f"等 {len(sheet.left_out)} 处" if len(sheet.left_out) > _MOST_NAMED else ""
        message = f"工作表“{sheet.name}”里没有读取：{'；'.join(sheet.left_out[:_MOST_NAMED])}{several}"
        yield Problem("left-out", message, file)
    if sheet.damage:
        message = f"工作表“{sheet.name}”可能已损坏：{'；'.join(sheet.damage)}。请用 Excel（WPS）打开核对后另存"
        yield Problem("damaged", message, file)


def _to_grid(sheet: Sheet) -> tuple[Grid | None, list[str]]:
    if sheet.crowded:
        raise _TooLarge(f"有文字的单元格超过 {MAX_PLACES} 个")
    cells = sheet.cells
    rows = _Visible({row for row, _ in cells}, sheet.hidden_rows)
    columns = _Visible({column for _, column in cells}, sheet.hidden_columns)
    notes = [f"隐藏了{rows.words(str, '第{}行')}，没有读取；如要检查请取消隐藏"] if rows.used_hidden else []
    if columns.used_hidden:
        notes.append(f"隐藏了{columns.words(letters, '{}列')}，没有读取；如要检查请取消隐藏")
    merges = [merge for merge in sheet.merges if merge[:2] in cells]
    for merge in merges:  # a merge whose first row is hidden still shows its text in the rows below
        rows.show(merge.top, merge.bottom)
        columns.show(merge.left, merge.right)
    if not rows.settle(MAX_ROWS) or not columns.settle(MAX_COLUMNS):
        raise _TooLarge(f"用到的范围超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列")
    if len(rows.kept) * len(columns.kept) > MAX_PLACES:
        raise _TooLarge(f"用到的范围超过 {MAX_PLACES} 个单元格")
    if not rows.kept or not columns.kept:
        return None, notes
    placed, covered = _merged_cells(sheet, cells, rows, columns)
    placed.extend(_single_cells(sheet.name, cells, rows, columns, covered))
    placed.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(tuple(placed), sheet.name), notes


class _Visible:
    """The rows (or columns) of a sheet that show, and the place of each in the grid."""

    def __init__(self, used: set[int], hidden: Sequence[Span]) -> None:
        self._hidden = _joined(hidden)
        self._starts = [span.first for span in self._hidden]
        self._used = {index for index in used if not self.is_hidden(index)}
        self.used_hidden = sorted(used - self._used)
        self.kept: list[int] = []

    def is_hidden(self, index: int) -> bool:
        place = bisect_right(self._starts, index) - 1
        return place >= 0 and index <= self._hidden[place].last

    def show(self, first: int, last: int) -> None:
        """Takes the first visible place of a range as used where the range begins hidden."""
        place = bisect_right(self._starts, first) - 1
        if place >= 0 and first <= (end := self._hidden[place].last) < last:
            self._used.add(end + 1)

    def settle(self, limit: int) -> bool:
        """Fixes the places of the grid; False where there are more than `limit`."""
        if self._used:
            first, last = min(self._used), max(self._used)
            if last - first > 20 * limit:
                return False
            self.kept = [index for index in range(first, last + 1) if not self.is_hidden(index)]
        return len(self.kept) <= limit

    def within(self, first: int, last: int) -> tuple[int, int]:
        """Returns the place in the grid where a range begins, and how many places of it show."""
        start = bisect_left(self.kept, first)
        return start, bisect_right(self.kept, last) - start

    def words(self, name: Callable[[int], str], pattern: str) -> str:
        """The hidden places that hold something, for people: 第3行、第5–7行."""
        spans = _joined([Span(index, index) for index in self.used_hidden])
        number = (lambda index: name(index + 1)) if name is str else name
        shown = [
            pattern.format(
                number(span.first) if span.first == span.last else f"{number(span.first)}–{number(span.last)}"
            )
            for span in spans[:10]
        ]
        return "、".join(shown) + ("等" if len(spans) > 10 else "")


def _merged_cells(
    sheet: Sheet, cells: dict[tuple[int, int], Content], rows: _Visible, columns: _Visible
) -> tuple[list[Cell], set[tuple[int, int]]]:
    """The merged cells, and every place of the grid they cover; merges that overlap an earlier one are dropped."""
    placed: list[Cell] = []
    covered: set[tuple[int, int]] = set()
    overlaps = 0
    for merge in sheet.merges:
        row, height = rows.within(merge.top, merge.bottom)
        column, width = columns.within(merge.left, merge.right)
        if height < 1 or width < 1 or overlaps > _MAX_OVERLAPS:
            continue
        places = [(r, c) for r in range(row, row + height) for c in range(column, column + width)]
        if not covered.isdisjoint(places):
            overlaps += 1
            continue
        covered.update(places)
        text, doubt, _ = cells.get((merge.top, merge.left), _BLANK)
        origin = SheetCell(sheet.name, address(merge.top, merge.left))
        placed.append(Cell(row, column, text, origin, height, width, doubt))
    return placed, covered


def _single_cells(
    name: str,
    cells: dict[tuple[int, int], Content],
    rows: _Visible,
    columns: _Visible,
    covered: set[tuple[int, int]],
) -> Iterator[Cell]:
    named = [(column, at, letters(at)) for column, at in enumerate(columns.kept)]
    for row, sheet_row in enumerate(rows.kept):
        for column, sheet_column, letter in named:
            if (row, column) not in covered:
                text, doubt, _ = cells.get((sheet_row, sheet_column), _BLANK)
                yield Cell(row, column, text, SheetCell(name, f"{letter}{sheet_row + 1}"), doubt=doubt)


_BLANK = Content("")


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.first <= out[-1].last + 1:
            out[-1] = Span(out[-1].first, max(out[-1].last, span.last))
        else:
            out.append(span)
    return out
