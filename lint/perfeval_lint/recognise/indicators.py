"""Reads the indicators of a form and the row of the total below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from perfeval_lint.form.definition import INDICATORS
from perfeval_lint.form.model import Value
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.build import Read, RowDraft, joined_doubt
from perfeval_lint.recognise.columns import Aligned
from perfeval_lint.recognise.context import Context, is_words, with_doubt
from perfeval_lint.recognise.rows import Row, text_of
from perfeval_lint.recognise.template import HEADING
from perfeval_lint.recognise.text import clean
from perfeval_lint.recognise.values import as_number, is_number, joined_target, weight_in_name, without_prompt

LEVELS = ("一级指标", "二级指标")
_NAME = "三级指标"
_SCORES = ("分值", "得分")
_GRADE = re.compile(r"[优良中差]|优秀|良好|一般|较差|合格|不合格")
_COLON = re.compile(r"[:：]")
_BARE_WEIGHT = re.compile(r"([^0-9]+)([0-9]{1,3}(?:\.[0-9]+)?)")


class IndicatorReader:
    """Adds indicator rows and the total to the draft."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.rows = context.draft.rows[INDICATORS.key]
        self.levels: dict[str, Cell] = {}
        self.has_weights = False
        self.last_block = -1

    def begin(self) -> None:
        """A header row of the indicators: no level is carried over it."""
        self.levels = {}

    def row(self, aligned: Aligned, row: Row) -> bool:
        """One indicator; levels left out are those of the row above."""
        self.context.use(row.own)
        draft = RowDraft(row.filled[0].origin)
        for role in LEVELS:
            self._level(role, aligned, draft)
        name = self.context.value(_texts(aligned.under(_NAME)), lambda text: without_prompt(clean(text)))
        if name is not None and name.value.text:
            draft.values[_NAME] = name
        elif row.ragged and self.rows and not aligned.under(_NAME):  # merged over several rows, typed once
            self._add(draft, _NAME, self.rows[-1].values.get(_NAME))
        self._target(aligned, draft)
        for role in ("实际完成值", "偏差原因"):
            self._add(draft, role, self.context.value(aligned.under(role)))
        for role in _SCORES:  # a score merged over several rows is that of the first, not of each
            own = [cell for cell in aligned.under(role) if cell.row == row.index]
            self._add(draft, role, self.context.value(own, as_number))
        self._keep(with_doubt(draft, aligned.doubt), aligned, row)
        return True

    def _add(self, draft: RowDraft, role: str, read: Read | None) -> None:
        if read is not None:
            draft.values[role] = read

    def _level(self, role: str, aligned: Aligned, draft: RowDraft) -> None:
        """A level's name, its weight taken out of it; a blank cell takes the name from above."""
        cells = _texts(aligned.under(role))
        if cells:
            if role == "一级指标" and self.levels.get(role) is not cells[-1]:
                self.levels.pop("二级指标", None)
            self.levels[role] = cells[-1]
        found = self.levels.get(role)
        if found is None:
            return
        name, weight = self._name_and_weight(clean(found.text))
        draft.values[role] = Read(Value(name, found.origin), found.doubt)
        if weight is not None and cells:
            self.context.draft.groups.setdefault(name, Read(Value(weight, found.origin)))

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
        if not cells and not unit:
            return
        text = joined_target(*(clean(text_of(part)) for part in (sign, cells, unit)))
        if not cells:  # 单位（文字描述） holds the target itself
            cells, text = unit, clean(text_of(unit))
        draft.values["年度指标值"] = Read(Value(text, cells[0].origin), joined_doubt(cells))

    def _keep(self, draft: RowDraft, aligned: Aligned, row: Row) -> None:
        """Keeps a row that says something; the rest of a row cut by a page break is joined to it."""
        own = {name: read for name, read in draft.values.items() if name not in LEVELS}
        name = own.get(_NAME)
        if not own or (name is not None and len(own) == 1 and name.value.text in self.context.words.fillers):
            return
        if any(role in own for role in _SCORES):
            self.has_weights = True
        elif self.rows and self._continues(own, aligned, row):
            for key, read in own.items():
                self.rows[-1].values[key] = _joined(self.rows[-1].values.get(key), read)
            return
        self.rows.append(draft)
        self.last_block = row.block

    def _continues(self, own: dict[str, Read], aligned: Aligned, row: Row) -> bool:
        """Whether a row is what a page break cut off the one above: first of its table, without any number."""
        levels = [cell for role in LEVELS for cell in aligned.under(role) if cell.row == row.index]
        if row.block == self.last_block or any(cell.text.strip() for cell in levels):
            return False
        return self.has_weights or _NAME not in own

    # --- total ---------------------------------------------------------------------------------------

    def total(self, aligned: Aligned, row: Row) -> bool:
        """The row of the total score; False where the row is not it."""
        words = self.context.words
        cells = [cell for cell in row.filled if words.role("indicators", cell.text) != HEADING]
        if not cells or not words.is_total(_COLON.split(cells[0].text, maxsplit=1)[0]):
            return False
        numbers = [cell for cell in cells[1:] if is_number(cell.text)]
        weight, score = ([c for c in aligned.under(role) if any(c is n for n in numbers)] for role in _SCORES)
        if (not weight and not score) or (row.ragged and len(numbers) == 2):
            weight, score = (numbers[:1], numbers[1:2]) if len(numbers) > 1 else ([], numbers)
        total = self.context.draft.total
        for name, found in zip(_SCORES, (weight, score), strict=True):
            if found:
                total.setdefault(name, self.context.number(found[0]))
        tail = _COLON.split(cells[0].text, maxsplit=1)[1:]
        if tail and is_number(tail[0]):
            total.setdefault("得分", Read(Value(as_number(tail[0]), cells[0].origin), cells[0].doubt))
        self._grade(cells)
        self.context.use(cell for cell in row.own if not is_words(cell.text))
        self.context.use(cells[:1])
        return True

    def _grade(self, cells: Sequence[Cell]) -> None:
        for cell in cells[1:]:
            if _GRADE.fullmatch(clean(cell.text)):
                self.context.draft.total.setdefault("等级", Read(Value(clean(cell.text), cell.origin), cell.doubt))
                self.context.use([cell])


def _texts(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.text.strip()]


def _joined(before: Read | None, read: Read) -> Read:
    if before is None:
        return read
    return Read(Value(before.value.text + read.value.text, before.value.origin), before.doubt or read.doubt)
