"""The levels of the indicators: names filled down merged cells, over pages, with the weights printed in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from perfeval_lint.form.model import Value
from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.build import Read, RowDraft, joined_doubt
from perfeval_lint.recognise.rows.columns import Aligned, Header
from perfeval_lint.recognise.rows.context import Context
from perfeval_lint.recognise.rows.header import GROUP_WEIGHTS
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.recognise.words.template import HEADING
from perfeval_lint.values.name import weight_in_name, without_numbering
from perfeval_lint.values.number import is_number
from perfeval_lint.values.text import clean

LEVELS = ("一级指标", "二级指标")
_LONGEST_CAPTION = 24
_WIDE = 4  # columns a caption takes at least
_NO_CELL = "级别名称跨页，取了下一页的名称"
_CUT_LEVEL = "级别名称被页边切断，按常用名称补全"
_BLANK_LEVEL = "级别名称一格空白，取了上一行的名称"
_BARE_WEIGHT = re.compile(r"([^0-9]+)([0-9]{1,3}(?:\.[0-9]+)?)")


class LevelReader:
    """Names the levels of rows. In a PDF the name of a cell that a page break cuts is on one of the pages only."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.labels: tuple[str, ...] = ()
        self.levels: dict[str, Cell] = {}
        self.of_level: dict[str, list[RowDraft]] = {role: [] for role in LEVELS}  # the rows of the current levels
        self.rest: dict[str, Cell] = {}  # cells that only complete a level's name
        self.blank: dict[str, Cell | None] = {}
        self.is_open = dict.fromkeys(LEVELS, True)  # whether a blank level cell has no name yet
        self.unnamed: dict[str, list[tuple[RowDraft, bool]]] = {role: [] for role in LEVELS}
        self.is_carried = dict.fromkeys(LEVELS, False)  # whether a blank cell has come down from the top of a page
        self.carried: dict[str, list[RowDraft]] = {role: [] for role in LEVELS}  # its rows

    def begin(self, header: Header) -> None:
        """A header row of the indicators: no level is carried over it, unless it is the same again on a new page."""
        known = (column for column in header.columns if column.role not in ("", HEADING))
        labels = tuple(clean(column.label) for column in known)
        if labels != self.labels and LEVELS[0] in header.roles:
            self.levels = {}
        self.labels = labels

    def end(self) -> None:
        """No more rows: levels still without a name keep the one from above, marked."""
        for role in LEVELS:
            self._give_up(role)

    def read(self, aligned: Aligned, row: Row, draft: RowDraft, *, is_top: bool) -> None:
        """The names of a row's levels; `is_top` says that it is the first of its table."""
        for role in LEVELS:
            self._level(role, aligned, row, draft, is_top=is_top)

    def caption(self, row: Row) -> bool:
        """A level's name over the whole width of a row, with the rows of the level below it."""
        if len(row.filled) != 1 or len(row.filled[0].text) > _LONGEST_CAPTION:
            return False
        cell = row.filled[0]
        is_wide = len(row.own) == 1 and (row.ragged or cell.columns > _WIDE)
        is_alone = cell.rows == 1 and all(other is cell for other in row.cells if other.text.strip())
        name, _ = self._name_and_weight(clean(cell.text))
        if not (is_wide or is_alone) or self.context.words.role("levels", name) is None:
            return False
        self._level_name(cell)
        is_second = not self.context.words.is_first_level(name) and LEVELS[0] in self.levels
        self.levels = {**self.levels, LEVELS[1]: cell} if is_second else {LEVELS[0]: cell}
        self.context.use([cell])
        return True

    def _level(self, role: str, aligned: Aligned, row: Row, draft: RowDraft, *, is_top: bool) -> None:
        """A level's name, its weight taken out of it; a blank cell takes the name from above."""
        under = aligned.under(role)
        cells = _texts(under)
        if not cells and role == "二级指标":
            cells = _texts(self._across(aligned))
        for weight in aligned.under(GROUP_WEIGHTS[role]):
            if cells and weight.row == row.index and is_number(weight.text):
                name, _ = self._name_and_weight(clean(cells[-1].text))
                self.context.draft.groups.setdefault(name, self.context.number(weight))
        if cells:
            self._named(role, cells[-1], is_top=is_top)
        elif isinstance(row.cells[0].origin, PageBox):
            blank = under[-1] if under else None  # a cell that the page cuts may have no lower border, and so be none
            self._blank(role, blank, draft, is_top=is_top)
        found = self.levels.get(role)
        if found is not None and not cells and (doubt := joined_doubt(under)):  # it may hold another name
            found = self.levels[role] = found._replace(doubt=found.doubt or doubt)
        if found is not None:
            draft.values[role] = self._level_name(found)
            self.of_level[role].append(draft)

    def _blank(self, role: str, blank: Cell | None, draft: RowDraft, *, is_top: bool) -> None:
        """A row whose level cell is blank: it has no name yet, or that from above."""
        if is_top:
            self.is_carried[role] = not self.is_open[role]
        elif blank is not self.blank.get(role, blank):
            self.is_open[role] = True
            self._settle(role)
        self.blank[role] = blank
        if self.is_open[role]:
            self.unnamed[role].append((draft, blank is not None))
        elif self.is_carried[role]:
            self.carried[role].append(draft)

    def _across(self, aligned: Aligned) -> list[Cell]:
        """The level-1 cell that is merged with its level-2 neighbour."""
        first = [cell for cell in aligned.under("一级指标") if cell.text.strip()]
        second = next((column.start for column in aligned.columns if column.role == "二级指标"), None)
        return [cell for cell in first if second is not None and cell.column <= second < cell.column + cell.columns]

    def _named(self, role: str, cell: Cell, *, is_top: bool) -> None:
        """A cell with a level's name; at the top of a page it names the rows above the break that have none."""
        if cell is self.rest.get(role) or (is_top and self._completes(role, cell)):
            return
        may_begin_above = is_top and (self.is_open[role] or self.is_carried[role])
        if role == "一级指标" and self.levels.get(role) is not cell and not may_begin_above:
            self.levels.pop("二级指标", None)
            if not is_top:
                self._settle("二级指标")
                self._give_up("二级指标")
        if self.levels.get(role) is not cell:
            self._settle(role, cell if is_top else None)
            self.of_level[role].clear()
        self.levels[role] = self.blank[role] = cell
        if is_top:
            for draft, is_sure in self.unnamed[role]:
                draft.values[role] = self._level_name(cell, "" if is_sure else _NO_CELL)
            self.unnamed[role].clear()
        self._give_up(role)
        self.is_open[role] = False

    def _settle(self, role: str, below: Cell | None = None) -> None:
        """The rows of a blank cell that came down over pages are those of the name above; unless the cell ends at a
        page break and another's name is `below` it: then it may be either's."""
        for draft in self.carried[role]:
            above = draft.values[role].value.text if role in draft.values else ""
            name = "" if below is None else self._level_name(below).value.text
            if above and name not in ("", above):
                doubt = f"级别名称只印在一页上，这一行可能属于“{above}”，也可能属于“{name}”"
                draft.values[role] = Read(draft.values[role].value, doubt)
        self.carried[role].clear()
        self.is_carried[role] = False

    def _completes(self, role: str, cell: Cell) -> bool:
        """Whether the text at the top of a page is the rest of the level's name that the page break cut."""
        above = self.levels.get(role)
        if above is None or above is cell or self.listed(clean(cell.text)):
            return False
        whole, doubt = self.listed(clean(above.text + cell.text)), ""
        if whole is None:
            whole, doubt = self.context.words.level_between(clean(above.text), clean(cell.text)), _CUT_LEVEL
        if whole is None:
            return False
        joined = above._replace(text=whole, doubt=doubt or above.doubt)
        self.rest[role] = cell
        self.levels[role] = self.blank[role] = joined
        for draft in self.of_level[role]:
            draft.values[role] = self._level_name(joined)
        self._give_up(role)
        self.is_open[role] = False
        return True

    def listed(self, text: str) -> str | None:
        """The text where it is a level's name that is listed, with or without a weight."""
        name, _ = self._name_and_weight(text)
        return text if name and self.context.words.role("levels", name) is not None else None

    def _level_name(self, cell: Cell, doubt: str = "") -> Read:
        """A level's name; the weight printed in it goes to the groups."""
        name, weight = self._name_and_weight(clean(cell.text))
        if weight is not None:
            self.context.draft.groups.setdefault(name, Read(Value(weight, cell.origin)))
        return Read(Value(name, cell.origin), cell.doubt or doubt)

    def _give_up(self, role: str) -> None:
        """Rows whose level cell is blank and not named on the next page keep the name from above, marked."""
        for draft, _ in self.unnamed[role]:
            if role in draft.values:
                draft.values[role] = Read(draft.values[role].value, _BLANK_LEVEL)
        self.unnamed[role].clear()

    def _name_and_weight(self, text: str) -> tuple[str, str | None]:
        """A level's name and weight; a bare number is the weight where it follows a known name: 产出40."""
        text = without_numbering(text)
        name, weight = weight_in_name(text)
        bare = _BARE_WEIGHT.fullmatch(text)
        if weight is None and bare and self.context.words.role("levels", bare[1]) is not None:
            return bare[1], bare[2]
        return name, weight


def _texts(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.text.strip()]
