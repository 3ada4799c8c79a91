"""The state that the readers of a form's parts share: words, draft, and the cells that were understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest

from perfeval_lint.form.definition import Section
from perfeval_lint.form.model import Value
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.build import Draft, Read, RowDraft, joined_doubt
from perfeval_lint.recognise.rows.columns import Aligned
from perfeval_lint.recognise.words.label import label_key
from perfeval_lint.recognise.words.row import Row, text_of
from perfeval_lint.recognise.words.template import HEADING, Vocabulary
from perfeval_lint.values.name import weight_in_name
from perfeval_lint.values.number import as_number, is_number
from perfeval_lint.values.text import clean

_MONEY_UNIT = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=金额)|(?<=货币))单位[:：]?\s*[（(]?(?:人民币)?([亿万千百]?元)(?![\u4e00-\u9fff])"
    r"|[（(](?:单位[:：])?([亿万千百]?元)[)）]"
)
_MONEY_TAIL = re.compile(r"[（(](?:单位[:：])?[亿万千百]?元[)）]")
_MONEY_LABELS = ("金额单位", "单位", "货币单位", "计量单位")
_LONGEST_CAPTION = 120
_HEADED = ("funds", "goals", "indicators", "management")


@dataclass(slots=True)
class Context:
    """A form being read: its words, the unit of its money, the draft, and the cells that were understood."""

    words: Vocabulary
    money: str
    draft: Draft
    used: set[int] = field(default_factory=set)
    has_total: bool = False  # the row of the total was read

    def use(self, cells: Iterable[Cell]) -> None:
        """Counts cells as understood."""
        self.used.update(map(id, cells))

    def filled(self, cells: Iterable[Cell]) -> list[Cell]:
        """The cells that say something: neither blank nor a sign for "not applicable"."""
        return [cell for cell in cells if not self.words.is_blank(cell.text)]

    def value(self, cells: Iterable[Cell], read_as: Callable[[str], str] = clean) -> Read | None:
        """The value of the cells that make up one; None where they say nothing."""
        every = tuple(cells)
        filled = self.filled(every)
        if not filled:
            return None
        text = text_of(
            cell for cell, before in zip(filled, [None, *filled], strict=False) if not _repeats(cell, before)
        )
        value = read_as(text)
        printed = "" if value == clean(text) else text.strip()
        return Read(Value(value, filled[0].origin, printed), joined_doubt(every))

    def number(self, cell: Cell) -> Read:
        """A cell's number."""
        return Read(Value(as_number(cell.text), cell.origin), cell.doubt)

    def note_money(self, text: str) -> None:
        """Takes 元 or 万元 from a caption."""
        self.money = money_unit(text) or self.money

    def find_money(self, row: Row) -> None:
        """Takes 元 or 万元 from a row that says it: 单位：元, or 金额单位 | 元."""
        for cell, beside in zip_longest(row.filled, row.filled[1:]):
            if len(cell.text) < _LONGEST_CAPTION and not self.money:
                both = f"{cell.text}：{beside.text}" if beside is not None else cell.text
                self.note_money(both if label_key(cell.text) in _MONEY_LABELS else cell.text)

    def is_heading(self, text: str) -> bool:
        """Whether a text is the name of a part of the form."""
        return any(self.words.role(part, text) == HEADING for part in _HEADED)

    def is_print(self, text: str) -> bool:
        """Whether a text is the name of a part, or a note of the form."""
        return self.is_heading(text) or self.words.dropped.fullmatch(clean(text)) is not None

    def is_known(self, text: str) -> bool:
        """Whether a cell is part of the form's print, or a note."""
        if self.words.is_blank(text) or text.strip() in self.words.fillers:
            return True
        return self.is_print(text) or any(self.words.role(part, text) is not None for part in _HEADED)

    def weight_of_part(self, row: Row) -> Read | None:
        """The weight printed in the heading of the funds: 预算执行情况（20分）."""
        for cell in row.own:
            if self.words.role("funds", cell.text) == HEADING:
                _, weight = weight_in_name(_MONEY_TAIL.sub("", clean(cell.text)))
                if weight is not None:
                    return Read(Value(weight, cell.origin), cell.doubt)
        return None


def money_unit(text: str) -> str:
    """The unit of money that a caption says, 元 or 万元; "" where it says none."""
    found = _MONEY_UNIT.search(text)
    return (found.group(1) or found.group(2)) if found else ""


def _repeats(cell: Cell, before: Cell | None) -> bool:
    """Whether a cell repeats the one left of it, as converters write out merged cells."""
    return before is not None and cell.row == before.row and cell.text == before.text


def is_words(text: str) -> bool:
    """Whether a cell holds words, neither a number nor dashes."""
    return bool(text.strip("—-/ \n")) and not is_number(text)


def note_blanks(context: Context, draft: RowDraft, section: Section, aligned: Aligned, row: Row) -> None:
    """Notes the cells of the fields that a row leaves blank, its own before those that began above.

    What is filled in is no blank: a score merged over several rows, or a name that reaches under the next label.
    """
    for name in (one.name for one in section.fields if one.name not in draft.values):
        cells = aligned.under(name)
        if cells and not context.filled(cells):
            own = [cell for cell in cells if cell.row == row.index] or cells[:1]
            draft.blanks[name] = next((cell for cell in own if cell.doubt), own[0])


def with_doubt(draft: RowDraft, doubt: str) -> RowDraft:
    """A row whose alignment is not sure marks every value that is."""
    if doubt:
        draft.values = {name: Read(read.value, read.doubt or doubt) for name, read in draft.values.items()}
    return draft
