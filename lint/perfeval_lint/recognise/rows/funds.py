"""Reads the funds of a form: a row a source, sources side by side, or labels with amounts beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from perfeval_lint.form.definition import FUNDS
from perfeval_lint.form.model import Value
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.build import Read, RowDraft
from perfeval_lint.recognise.rows.columns import NAMES, Aligned, Header
from perfeval_lint.recognise.rows.context import Context, is_words, note_blanks, with_doubt
from perfeval_lint.recognise.words.row import Row, text_of
from perfeval_lint.recognise.words.template import DROPPED, HEADING, SOURCE
from perfeval_lint.values.money import in_ten_thousands
from perfeval_lint.values.name import source_name, without_of_which
from perfeval_lint.values.number import as_number, as_weight, is_number
from perfeval_lint.values.text import clean

AMOUNTS = ("年初预算数", "全年预算数", "全年执行数")
FUND_ROLES = (*AMOUNTS, "执行率")
_TOTAL = "年度资金总额"
_OF_WHICH_ONLY = re.compile(r"其中[:：]?")
_LONGEST_NAME = 30


class FundReader:
    """Adds fund rows to the draft."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.rows = context.draft.rows[FUNDS.key]
        self.weight: Read | None = None  # printed in the heading of the part
        self.pair_roles: dict[int, str] = {}
        self.roles: frozenset[str] = frozenset()

    def begins(self, header: Header) -> bool:
        """Whether a header is that of the funds: the first one, or it again on the next page."""
        roles = header.roles & {*FUND_ROLES, SOURCE}
        if self.rows and roles != self.roles:
            return False
        self.roles = roles
        return True

    def begin(self, row: Row) -> None:
        """A header row of the funds: the unit of money and the weight in it."""
        self.context.note_money(text_of(row.own))
        self.weight = self.context.weight_of_part(row)

    def row(self, header: Header, aligned: Aligned, row: Row) -> bool:
        """A source of money and its amounts."""
        if SOURCE in header.roles:
            self.context.use(row.own)
            self._columns(aligned)
            return True
        if not self._is_fund(header, aligned, row):
            return False
        self.context.use(row.own)
        named = self._name_cells(header, aligned, row)
        draft = RowDraft(row.filled[0].origin)
        name = self.context.value(named, self._as_name)
        if name is not None and (not name.value.text or name.value.text in self.context.words.fillers):
            return True
        if name is not None:
            draft.values[NAMES] = name
        for role in (*FUND_ROLES, "分值", "得分", "偏差原因"):
            cells = [cell for cell in aligned.under(role) if cell.row == row.index]
            numbers = [] if role == "偏差原因" else [cell for cell in cells if is_number(cell.text)]
            others = [cell for cell in cells if all(cell.text != one.text for one in named)]
            read = self.context.value(numbers or others, self._as_value(role))
            if read is not None:
                draft.values[role] = read
        if draft.values:
            note_blanks(self.context, draft, FUNDS, aligned, row)
            self._note_unread_name(header, aligned, row, draft)
            self._add(with_doubt(draft, aligned.doubt))
        return True

    def _note_unread_name(self, header: Header, aligned: Aligned, row: Row, draft: RowDraft) -> None:
        """Notes the cell that could not be read, where the name of a row is to be."""
        names = (cell for column, cell in aligned.pairs if column in header.names and cell.row == row.index)
        if NAMES not in draft.values and (unread := next((cell for cell in names if cell.doubt), None)) is not None:
            draft.blanks[NAMES] = unread

    def _is_fund(self, header: Header, aligned: Aligned, row: Row) -> bool:
        """Whether a row can be a source: amounts under the columns for them, or a name alone; no heading beside it."""
        own = [(column, cell) for column, cell in aligned.pairs if cell.row == row.index and cell.text.strip()]
        first_of_several = header.names[:1] if len(header.names) > 1 else ()
        side = [cell for column, cell in own if column in first_of_several and column.role == HEADING]
        if any(self.context.words.role("funds", cell.text) != HEADING for cell in side):
            return row.ragged
        first = next((cell.text for _, cell in own if is_words(cell.text)), "")
        under = [cell for column, cell in own if column.role in (*FUND_ROLES, "分值", "得分") and cell.text != first]
        numbers = [cell for cell in under if is_number(cell.text) or self.context.words.is_blank(cell.text)]
        if not under:
            return all(cell.text == first for _, cell in own) and len(first) < _LONGEST_NAME
        return 2 * len(numbers) >= len(under)

    def _name_cells(self, header: Header, aligned: Aligned, row: Row) -> list[Cell]:
        """The cell that names a fund row: in the column for it, before the first amount, or beside an amount."""
        explicit = [cell for cell in aligned.under(NAMES) if cell.text.strip()]
        if explicit:
            return explicit[-1:]
        before = [
            cell
            for column, cell in aligned.pairs
            if column in header.names and is_words(cell.text) and not self._is_side(header, cell, row)
        ]
        beside = [cell for _, cell in aligned.pairs if cell.row == row.index and is_words(cell.text)]
        within = [cell for cell in before if not _OF_WHICH_ONLY.fullmatch(clean(cell.text))]
        return within or before[-1:] or beside[:1]

    def _is_side(self, header: Header, cell: Cell, row: Row) -> bool:
        """Whether a cell from above is the heading beside the part, not the name of a group of sources."""
        is_heading = self.context.words.role("funds", cell.text) == HEADING
        return is_heading or (cell.row < row.index and any(cell.text == column.label for column in header.names))

    def _columns(self, aligned: Aligned) -> None:
        """Sources side by side, a column each; what is printed once belongs to the last of them, the total."""
        last: RowDraft | None = None
        for column, cell in aligned.pairs:
            if column.role == SOURCE:
                last = RowDraft(column.origin, {NAMES: Read(Value(clean(column.label), column.origin))})
                self._set(last, "全年预算数", [cell])
                self._add(last)
        for role in FUND_ROLES:
            if last is not None:
                self._set(last, role, aligned.under(role))

    def _set(self, draft: RowDraft, role: str, cells: Sequence[Cell]) -> None:
        """Sets a value of a source by its cells, or notes the place where it is blank."""
        read = self.context.value(cells, self._as_value(role))
        if read is not None:
            draft.values[role] = read
        elif cells:
            draft.blanks.setdefault(role, cells[0])

    def _add(self, draft: RowDraft) -> None:
        """Adds a fund row to the draft; the first takes the weight printed in the heading of the part."""
        if self.weight is not None and not self.rows:
            draft.values.setdefault("分值", self.weight)
        self.rows.append(draft)

    # --- label and amount side by side ---------------------------------------------------------------

    def paired(self, row: Row, header: Header | None, *, is_open: bool) -> bool:
        """Label and amount side by side: 预算数： | 58200 | 执行数： | 57036, then a row for each source.

        A label that names an amount belongs to the total; any other is a source, its amount that of the label
        above. `is_open` says that such rows came before. False where the row is none of the kind.
        """
        cells = row.filled
        pairs = list(self._pairs(row, is_open=is_open))
        given = [label for label, value in pairs if is_open or (value is not None and value.text.strip())]
        names_amount = any(self._amount_role(label) in FUND_ROLES for label in given)
        rest = [cell for cell in cells if is_number(cell.text) and all(cell is not value for _, value in pairs)]
        if len(rest) > 1:
            return False
        if not pairs or not (is_open or names_amount) or (len(cells) == 1 and self.context.is_print(cells[0].text)):
            return False
        if not is_open:
            self.weight = self.weight or self.context.weight_of_part(row)
            self._add(RowDraft(cells[0].origin, {NAMES: Read(Value(_TOTAL, pairs[0][0].origin))}))
        for number, (label, value) in enumerate(pairs):
            self._add_amount(number, label, value)
        if rest and names_amount:
            role = header.columns[-1].role if header else "得分"
            self.rows[0].values.setdefault(role, self.context.number(rest[-1]))
        self.context.use(cells)
        return True

    def _pairs(self, row: Row, *, is_open: bool) -> Iterator[tuple[Cell, Cell | None]]:
        """Labels with the amounts that follow them, blank ones too; None for a label that none follows."""
        for label, after in zip_longest(row.filled, row.filled[1:]):
            if not is_words(label.text) or self.context.words.role("funds", label.text) == HEADING:
                continue
            value = _blank_beside(label, after, row) or after
            has_value = value is not None and (is_number(value.text) or self.context.words.is_blank(value.text))
            if has_value and (is_open or self._amount_role(label)):
                yield label, value
            elif is_open:
                yield label, None

    def _amount_role(self, label: Cell) -> str | None:
        role = self.context.words.role("funds", without_of_which(label.text.strip()))
        return role if role in (*FUND_ROLES, DROPPED) else None

    def _add_amount(self, number: int, label: Cell, value: Cell | None) -> None:
        role = self._amount_role(label)
        draft = self.rows[0]
        if role is None:
            role = self.pair_roles.get(number)
            draft = self._of_source(label)
        else:
            self.pair_roles[number] = role
        if value is not None and role in FUND_ROLES and role not in draft.values:
            self._set(draft, role, [value])

    def _of_source(self, label: Cell) -> RowDraft:
        """The row of the source a label names; a new one where there is none yet."""
        name = self._as_name(label.text)
        draft = next((row for row in self.rows if NAMES in row.values and row.values[NAMES].value.text == name), None)
        if draft is None:
            draft = RowDraft(label.origin, {NAMES: Read(Value(name, label.origin), label.doubt)})
            self.rows.append(draft)
        return draft

    # --- values --------------------------------------------------------------------------------------

    def _as_value(self, role: str | None) -> Callable[[str], str]:
        if role in AMOUNTS:
            return lambda text: in_ten_thousands(text, self.context.money)
        if role == "偏差原因":
            return clean
        return as_weight if role == "分值" else as_number

    def _as_name(self, text: str) -> str:
        return self.context.words.fund_row(source_name(text))


def _blank_beside(label: Cell, after: Cell | None, row: Row) -> Cell | None:
    """The blank cell right of a label that is the label's own: what comes after it is none, or cannot be its value.

    Where merged cells are written out as blanks, a number behind one can.
    """
    beside = next((cell for cell in row.own if cell.column > label.column), None)
    if beside is None or beside.text.strip():
        return None
    is_sure = after is None or is_words(after.text) or (row.merged and not row.ragged)
    return beside if is_sure else None
