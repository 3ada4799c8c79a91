"""Reads the indicators of a form, a row each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from perfeval_lint.form.definition import INDICATORS
from perfeval_lint.form.model import Value
from perfeval_lint.form.origin import Origin, PageBox
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.build import Read, RowDraft, joined_doubt
from perfeval_lint.recognise.rows.columns import Aligned
from perfeval_lint.recognise.rows.context import Context, note_blanks, with_doubt
from perfeval_lint.recognise.rows.levels import LEVELS, LevelReader
from perfeval_lint.recognise.words.row import Row, text_of
from perfeval_lint.values.name import weight_in_indicator, without_prompt
from perfeval_lint.values.number import as_number, as_weight
from perfeval_lint.values.target import is_sign, joined_target
from perfeval_lint.values.text import clean

_NAME = "三级指标"
_PATH = re.compile(r"[—–\-/→>＞]+")
_RESULTS = ("年度指标值", "实际完成值")
_SCORES = ("分值", "得分")
_TEXTS = (_NAME, *_RESULTS, "偏差原因")
_ENDS = ("。", "；", ";", "！")
_CUT_ROW = "这一行被页边切开，与上一页最后一行合成了一行"


class IndicatorReader:
    """Adds indicator rows to the draft."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.rows = context.draft.rows[INDICATORS.key]
        self.levels = LevelReader(context)
        self.has_weights = False
        self.last_block = -1
        self.full: set[str] = set()  # the roles of the last row whose text may go on overleaf

    def row(self, aligned: Aligned, row: Row) -> bool:
        """One indicator; levels left out are those of the row above."""
        if any(self.context.words.is_subtotal(cell.text) for cell in row.filled[:2]):
            self.context.use(row.own)
            return True
        if not self._says_something(aligned, row):
            return False
        self.context.use(row.own)
        draft = RowDraft(self._place(aligned, row))
        self.levels.read(aligned, row, draft, is_top=row.block != self.last_block)
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
            self._add(draft, role, self.context.value(own, as_weight if role == "分值" else as_number))
        self._weight_in_name(aligned, draft)
        self._path_in_name(draft)
        note_blanks(self.context, draft, INDICATORS, aligned, row)
        self._keep(with_doubt(draft, aligned.doubt or _unread_name(row, draft)), aligned, row)
        return True

    def _place(self, aligned: Aligned, row: Row) -> Origin:
        """The place of a row: its name, else the first of its own cells that says something of it alone."""
        own = (cell for role in (_NAME, *_RESULTS) for cell in aligned.under(role) if cell.row == row.index)
        return next((cell for cell in own if cell.text.strip()), row.filled[0]).origin

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

    def _path_in_name(self, draft: RowDraft) -> None:
        """Levels printed before the name in its own cell: 产出指标—数量指标—修缮校舍面积."""
        name = draft.values.get(_NAME)
        parts = _PATH.split(name.value.text, maxsplit=2) if name is not None else []
        if name is None or len(parts) != 3 or LEVELS[0] in draft.values or not all(map(self.levels.listed, parts[:2])):
            return
        texts = dict(zip((*LEVELS, _NAME), parts, strict=True))
        read = {role: Read(Value(text, name.value.origin), name.doubt) for role, text in texts.items()}
        draft.values = {**read, **{role: one for role, one in draft.values.items() if role not in read}}

    def _weight_in_name(self, aligned: Aligned, draft: RowDraft) -> None:
        """The weight printed in a name, where there is no column for weights."""
        name = draft.values.get(_NAME)
        if name is None or any(column.role == "分值" for column in aligned.columns):
            return
        short, weight = weight_in_indicator(name.value.text)
        if weight is not None:
            draft.values[_NAME] = Read(Value(short, name.value.origin, name.value.text), name.doubt)
            draft.values["分值"] = Read(Value(weight, name.value.origin), name.doubt)

    def _target(self, aligned: Aligned, draft: RowDraft) -> None:
        """The target: the adjusted one where there is one, with its operator and unit from their own cells."""
        filled = self.context.filled
        cells = filled(aligned.under("调整指标值")) or filled(aligned.under("年度指标值"))
        sign, unit = (filled(aligned.under(role)) for role in ("符号", "单位"))
        if len(cells) > 1 and not sign and is_sign(cells[0].text):  # two cells below one label
            sign, cells = cells[:1], cells[1:]
        text = joined_target(*(clean(text_of(part)) for part in (sign, cells, unit)))
        if not cells and "文字" in text_of(sign):  # 单位（文字描述） holds the target itself
            cells, text = unit, clean(text_of(unit))
        if not cells:
            return
        draft.values["年度指标值"] = Read(Value(text, cells[0].origin), joined_doubt(cells))

    def _keep(self, draft: RowDraft, aligned: Aligned, row: Row) -> None:
        """Adds a row that says something; the rest of a row cut by a page break is joined to it."""
        own = {name: read for name, read in draft.values.items() if name not in LEVELS}
        name = own.get(_NAME)
        if not own or (name is not None and len(own) == 1 and name.value.text in self.context.words.fillers):
            return
        doubt = self._cut(own, aligned, row)
        if doubt is None:
            self.rows.append(draft)
        else:
            self._join(own, doubt)
        self.full = {role for role in _TEXTS if any(cell.full for cell in _texts(aligned.under(role))[-1:])}
        self.has_weights = self.has_weights or any(role in own for role in _SCORES)
        self.last_block = row.block

    def _cut(self, own: Mapping[str, Read], aligned: Aligned, row: Row) -> str | None:
        """Whether a row on top of a page is the rest of the last one: "" or why that is not sure; None where not."""
        if not self.rows or not isinstance(row.cells[0].origin, PageBox) or row.block == self.last_block:
            return None
        if self._goes_on(own) or self._continues(own, aligned, row):
            return ""
        has_level = any(cell.text.strip() for role in LEVELS for cell in aligned.under(role))
        is_next = row.merged and self.full.isdisjoint(own)  # a blank level may be that of a merged cell
        return None if has_level or is_next or not self._is_part(own) else _CUT_ROW

    def _join(self, rest: Mapping[str, Read], doubt: str) -> None:
        """Adds the rest of the last row to it."""
        above = self.rows[-1].values
        for key, read in rest.items():
            joined = _joined(above.get(key), read)
            above[key] = Read(joined.value, joined.doubt or doubt)

    def _goes_on(self, own: Mapping[str, Read]) -> bool:
        """Whether all texts of a row go on with those above, whose last lines are full."""
        above = {role: read.value.text for role, read in self.rows[-1].values.items() if role in self.full}
        return len(own) > 1 and all(role in above and not above[role].endswith(_ENDS) for role in own)

    def _is_part(self, own: Mapping[str, Read]) -> bool:
        """Whether a row of a form that has no scores lacks a target or a result that every row above has."""
        roles = [role for role in _RESULTS if all(role in row.values for row in self.rows)]
        return not self.has_weights and any(role not in own for role in roles)

    def _continues(self, own: Mapping[str, Read], aligned: Aligned, row: Row) -> bool:
        """Whether a row is what the break cut off the one above: one of them is incomplete."""
        above = self.rows[-1].values
        if any(role in own and role in above for role in _SCORES):
            return False
        values = (*_RESULTS, *_SCORES)
        if (_NAME in own) != (_NAME in above) and not any(role in own and role in above for role in values):
            return True
        levels = [cell for role in LEVELS for cell in aligned.under(role) if cell.row == row.index]
        if any(self.levels.listed(clean(cell.text)) for cell in levels):
            return False
        return not (self._is_complete(own) and self._is_complete(above))

    def _is_complete(self, values: Mapping[str, Read]) -> bool:
        """Whether a row has a name, and a score where rows have them, else a target or result."""
        needed = _SCORES if self.has_weights else (*_RESULTS, *_SCORES)
        return _NAME in values and any(role in values for role in needed)


def _unread_name(row: Row, draft: RowDraft) -> str:
    """Why a row without a name may be none of the indicators: a cell that could not be read may say what it is."""
    return "" if _NAME in draft.values else joined_doubt([cell for cell in row.own if not cell.text.strip()])


def _texts(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.text.strip()]


def _joined(before: Read | None, read: Read) -> Read:
    if before is None:
        return read
    return Read(Value(before.value.text + read.value.text, before.value.origin), before.doubt or read.doubt)
