"""Reads the indicators of a form and the row of the total below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from perfeval_lint.form.definition import INDICATORS
from perfeval_lint.form.model import Value
from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.build import Read, RowDraft, joined_doubt
from perfeval_lint.recognise.columns import Aligned, Header
from perfeval_lint.recognise.context import Context, is_words, with_doubt
from perfeval_lint.recognise.header import GROUP_WEIGHTS
from perfeval_lint.recognise.rows import Row, text_of
from perfeval_lint.recognise.template import HEADING
from perfeval_lint.recognise.text import clean
from perfeval_lint.recognise.values import (
    as_number,
    grade_in,
    is_number,
    joined_target,
    weight_in_name,
    without_prompt,
)

LEVELS = ("一级指标", "二级指标")
_NAME = "三级指标"
_RESULTS = ("年度指标值", "实际完成值")
_SCORES = ("分值", "得分")
_WIDE = 4  # columns a caption takes at least
_NO_CELL = "级别名称跨页，取了下一页的名称"
_CUT_LEVEL = "级别名称被页边切断，按常用名称补全"
_BLANK_LEVEL = "级别名称一格空白，取了上一行的名称"
_BARE_WEIGHT = re.compile(r"([^0-9]+)([0-9]{1,3}(?:\.[0-9]+)?)")


class IndicatorReader:
    """Adds indicator rows and the total to the draft."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.rows = context.draft.rows[INDICATORS.key]
        self.labels: tuple[str, ...] = ()
        self.levels: dict[str, Cell] = {}
        self.of_level: dict[str, list[RowDraft]] = {role: [] for role in LEVELS}  # the rows of the current levels
        self.rest: dict[str, Cell] = {}  # cells that only complete a level's name
        self.blank: dict[str, Cell | None] = {}
        self.is_open = dict.fromkeys(LEVELS, True)  # whether a blank level cell has no name yet
        self.unnamed: dict[str, list[tuple[RowDraft, bool]]] = {role: [] for role in LEVELS}
        self.has_weights = False
        self.last_block = -1

    def begin(self, header: Header) -> None:
        """A header row of the indicators: no level is carried over it, unless it is the same again on a new page."""
        labels = tuple(clean(column.label) for column in header.columns if column.label.strip())
        if labels != self.labels:
            self.levels = {}
        self.labels = labels

    def end(self) -> None:
        """No more rows: levels still without a name keep the one from above, marked."""
        for role in LEVELS:
            self._give_up(role)

    def row(self, aligned: Aligned, row: Row) -> bool:
        """One indicator; levels left out are those of the row above."""
        if any(self.context.words.is_subtotal(cell.text) for cell in row.filled[:2]):
            self.context.use(row.own)
            return True
        if not self._says_something(aligned, row):
            return False
        self.context.use(row.own)
        draft = RowDraft(row.filled[0].origin)
        for role in LEVELS:
            self._level(role, aligned, row, draft)
        name = self.context.value(_texts(aligned.under(_NAME)), lambda text: without_prompt(clean(text)))
        if name is not None and name.value.text:
            draft.values[_NAME] = name
        else:
            self._add(draft, _NAME, self._name_above(aligned, row))
        self._target(aligned, draft)
        for role in ("实际完成值", "偏差原因"):
            self._add(draft, role, self.context.value(aligned.under(role)))
        for role in _SCORES:  # a score merged over several rows is that of the first, not of each
            own = [cell for cell in aligned.under(role) if cell.row == row.index]
            self._add(draft, role, self.context.value(own, _as_weight if role == "分值" else as_number))
        self._keep(with_doubt(draft, aligned.doubt), aligned, row)
        return True

    def caption(self, row: Row) -> bool:
        """A level's name over the whole width of a row, with the rows of the level below it."""
        if len(row.filled) != 1 or row.is_line:
            return False
        cell = row.filled[0]
        is_wide = len(row.own) == 1 and (row.ragged or cell.columns > _WIDE)
        name, _ = self._name_and_weight(clean(cell.text))
        if not is_wide or self.context.words.role("levels", name) is None:
            return False
        self._level_name(cell)
        self.levels = {LEVELS[0]: cell}
        self.context.use([cell])
        return True

    def _says_something(self, aligned: Aligned, row: Row) -> bool:
        """Whether a row has a name, a target or a result; a number alone beside blanks is no indicator."""
        roles = (_NAME, *_RESULTS, "调整指标值", "单位", *LEVELS, "偏差原因")
        own = [cell for role in roles for cell in aligned.under(role) if cell.row == row.index]
        named = [cell for cell in aligned.under(_NAME) if cell.text.strip()]
        return bool(named) or any(not self.context.words.is_blank(cell.text) for cell in own)

    def _name_above(self, aligned: Aligned, row: Row) -> Read | None:
        """The name of the row above, for a name merged over several rows that was typed once; None where it is not."""
        above = self.rows[-1].values.get(_NAME) if self.rows else None
        if above is None or (row.ragged and not aligned.under(_NAME)):
            return above
        is_split = not row.merged and any(self.context.filled(aligned.under(role)) for role in _RESULTS)
        return Read(above.value, "名称一格空白，按与上一行合并取了上一行的名称") if is_split else None

    def _add(self, draft: RowDraft, role: str, read: Read | None) -> None:
        if read is not None:
            draft.values[role] = read

    def _level(self, role: str, aligned: Aligned, row: Row, draft: RowDraft) -> None:
        """A level's name, its weight taken out of it; a blank cell takes the name from above.

        In a PDF the name of a cell that a page break cuts stands on one of the pages only.
        """
        under = aligned.under(role)
        cells = _texts(under)
        if not cells and role == "二级指标":
            cells = _texts(self._across(aligned))
        for weight in self._own(aligned.under(GROUP_WEIGHTS[role]), row):
            if cells and is_number(weight.text):
                name, _ = self._name_and_weight(clean(cells[-1].text))
                self.context.draft.groups.setdefault(name, self.context.number(weight))
        is_top = row.block != self.last_block
        if cells:
            self._named(role, cells[-1], is_top=is_top)
        elif isinstance(row.cells[0].origin, PageBox):
            blank = under[-1] if under else None  # a cell that the page cuts may have no lower border, and so be none
            if blank is not self.blank.get(role, blank) and not is_top:
                self.is_open[role] = True
            self.blank[role] = blank
            if self.is_open[role]:
                self.unnamed[role].append((draft, blank is not None))
        found = self.levels.get(role)
        if found is not None:
            draft.values[role] = self._level_name(found)
            self.of_level[role].append(draft)

    def _across(self, aligned: Aligned) -> list[Cell]:
        """The level-1 cell that is merged with its level-2 neighbour."""
        first = [cell for cell in aligned.under("一级指标") if cell.text.strip()]
        second = next((column.start for column in aligned.columns if column.role == "二级指标"), None)
        return [cell for cell in first if second is not None and cell.column <= second < cell.column + cell.columns]

    def _own(self, cells: Iterable[Cell], row: Row) -> list[Cell]:
        return [cell for cell in cells if cell.row == row.index]

    def _named(self, role: str, cell: Cell, *, is_top: bool) -> None:
        """A cell with a level's name; at the top of a page it names the rows above the break that have none."""
        if cell is self.rest.get(role) or (is_top and self._completes(role, cell)):
            return
        if role == "一级指标" and self.levels.get(role) is not cell and not (is_top and self.is_open[role]):
            self.levels.pop("二级指标", None)
            if not is_top:
                self._give_up("二级指标")
        if self.levels.get(role) is not cell:
            self.of_level[role].clear()
        self.levels[role] = self.blank[role] = cell
        if is_top:
            for draft, is_sure in self.unnamed[role]:
                draft.values[role] = self._level_name(cell, "" if is_sure else _NO_CELL)
            self.unnamed[role].clear()
        self._give_up(role)
        self.is_open[role] = False

    def _completes(self, role: str, cell: Cell) -> bool:
        """Whether the text at the top of a page is the rest of the level's name that the page break cut."""
        above = self.levels.get(role)
        if above is None or above is cell or self._listed(clean(cell.text)):
            return False
        whole, doubt = self._listed(clean(above.text + cell.text)), ""
        if whole is None:
            whole, doubt = self.context.words.level_between(clean(above.text), clean(cell.text)), _CUT_LEVEL
        if whole is None:
            return False
        joined = replace(above, text=whole, doubt=doubt or above.doubt)
        self.rest[role] = cell
        self.levels[role] = self.blank[role] = joined
        for draft in self.of_level[role]:
            draft.values[role] = self._level_name(joined)
        self._give_up(role)
        self.is_open[role] = False
        return True

    def _listed(self, text: str) -> str | None:
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
        name, weight = weight_in_name(text)
        bare = _BARE_WEIGHT.fullmatch(text)
        if weight is None and bare and self.context.words.role("levels", bare[1]) is not None:
            return bare[1], bare[2]
        return name, weight

    def _target(self, aligned: Aligned, draft: RowDraft) -> None:
        """The target: the adjusted one where there is one, with its operator and unit from their own cells."""
        filled = self.context.filled
        cells = filled(aligned.under("调整指标值")) or filled(aligned.under("年度指标值"))
        sign, unit = (filled(aligned.under(role)) for role in ("符号", "单位"))
        text = joined_target(*(clean(text_of(part)) for part in (sign, cells, unit)))
        if not cells and "文字" in text_of(sign):  # 单位（文字描述） holds the target itself
            cells, text = unit, clean(text_of(unit))
        if not cells:
            return
        draft.values["年度指标值"] = Read(Value(text, cells[0].origin), joined_doubt(cells))

    def _keep(self, draft: RowDraft, aligned: Aligned, row: Row) -> None:
        """Keeps a row that says something; the rest of a row cut by a page break is joined to it."""
        own = {name: read for name, read in draft.values.items() if name not in LEVELS}
        name = own.get(_NAME)
        if not own or (name is not None and len(own) == 1 and name.value.text in self.context.words.fillers):
            return
        if self.rows and self._continues(own, aligned, row):
            for key, read in own.items():
                self.rows[-1].values[key] = _joined(self.rows[-1].values.get(key), read)
        else:
            self.rows.append(draft)
        self.has_weights = self.has_weights or any(role in own for role in _SCORES)
        self.last_block = row.block

    def _continues(self, own: dict[str, Read], aligned: Aligned, row: Row) -> bool:
        """Whether a row is what a page break cut off the one above: the first of its table, one of them incomplete."""
        above = self.rows[-1].values
        if row.block == self.last_block or any(role in own and role in above for role in _SCORES):
            return False
        values = (*_RESULTS, *_SCORES)
        if (_NAME in own) != (_NAME in above) and not any(role in own and role in above for role in values):
            return True
        levels = [cell for role in LEVELS for cell in aligned.under(role) if cell.row == row.index]
        if any(self._listed(clean(cell.text)) for cell in levels):
            return False
        return not (self._is_complete(own) and self._is_complete(above))

    def _is_complete(self, values: Mapping[str, Read]) -> bool:
        """Whether a row has a name, and a score where rows have them, else a target or result."""
        needed = _SCORES if self.has_weights else (*_RESULTS, *_SCORES)
        return _NAME in values and any(role in values for role in needed)

    # --- total ---------------------------------------------------------------------------------------

    def total(self, aligned: Aligned, row: Row) -> bool:
        """The row of the total score; False where the row is not it."""
        words = self.context.words
        cells = [cell for cell in row.filled if words.role("indicators", cell.text) != HEADING]
        if not cells or not words.is_total(cells[0].text):
            return False
        numbers = [cell for cell in cells[1:] if is_number(cell.text)]
        weight, score = ([c for c in aligned.under(role) if any(c is n for n in numbers)] for role in _SCORES)
        if (not weight and not score) or (row.ragged and len(numbers) == 2):
            weight, score = (numbers[:1], numbers[1:2]) if len(numbers) > 1 else ([], numbers)
        total = self.context.draft.total
        _, printed = weight_in_name(clean(cells[0].text))
        if printed is not None:  # 总分（100分）
            weight, score = [], weight or score
            total.setdefault("分值", Read(Value(printed, cells[0].origin), cells[0].doubt))
        for name, found in zip(_SCORES, (weight, score), strict=True):
            if found:
                total.setdefault(name, self.context.number(found[0]))
        self._grade(cells)
        self.context.use(cell for cell in row.own if not is_words(cell.text))
        self.context.use(cells[:1])
        return True

    def _grade(self, cells: Sequence[Cell]) -> None:
        for cell in cells[1:]:
            grade = grade_in(cell.text)
            if grade:
                self.context.draft.total.setdefault("等级", Read(Value(grade, cell.origin), cell.doubt))
                self.context.use([cell])


def _as_weight(text: str) -> str:
    """A weight; some forms print 10%."""
    return as_number(text).removesuffix("%")


def _texts(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.text.strip()]


def _joined(before: Read | None, read: Read) -> Read:
    if before is None:
        return read
    return Read(Value(before.value.text + read.value.text, before.value.origin), before.doubt or read.doubt)
