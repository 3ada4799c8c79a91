"""Walks the rows of one form, telling its parts by their headers, and lists what was not understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from perfeval_lint.form.definition import FUNDS, GOAL, INDICATORS, MANAGEMENT
from perfeval_lint.form.origin import Origin, PageBox
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.build import Draft
from perfeval_lint.recognise.rows.columns import Aligned, Header, align
from perfeval_lint.recognise.rows.context import Context
from perfeval_lint.recognise.rows.funds import FundReader
from perfeval_lint.recognise.rows.indicators import IndicatorReader
from perfeval_lint.recognise.rows.misfit import indicator_misfit
from perfeval_lint.recognise.rows.pairs import COLON, PairReader
from perfeval_lint.recognise.rows.parts import MISFITS, opened
from perfeval_lint.recognise.rows.texts import read_goal_pairs, read_goals, read_matter
from perfeval_lint.recognise.rows.total import read_total
from perfeval_lint.recognise.words.label import label_key
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.recognise.words.template import HEADING, Vocabulary
from perfeval_lint.values.name import weight_in_name
from perfeval_lint.values.text import clean, short

_SECTIONS = {"funds": FUNDS.key, "goals": GOAL.key, "indicators": INDICATORS.key, "management": MANAGEMENT.key}
_SUMS = ("合计", "总计")


class Walker:
    """Reads rows into a draft. `titles` are cells that were read already.

    `money` is the unit that the layout settles, `otherwise` the one where the rows say none.
    """

    def __init__(
        self, rows: Sequence[Row], words: Vocabulary, money: str, titles: Iterable[Cell] = (), otherwise: str = ""
    ) -> None:
        self.rows = rows
        self.otherwise = otherwise
        self.words = words
        self.context = Context(words, money, Draft(rows[0].cells[0].origin), {id(cell) for cell in titles})
        self.funds = FundReader(self.context)
        self.indicators = IndicatorReader(self.context)
        self.pairs = PairReader(self.context)
        self.part = "header"
        self.header: Header | None = None
        self.scored: Header | None = None  # that of the indicators, for the total below them
        self.lost: dict[Origin, str] = {}

    def walk(self) -> Draft:
        """The draft of the form."""
        for row in self.rows:
            self.context.find_money(row)
        self.context.money = self.context.money or self.otherwise
        at = 0
        while at < len(self.rows):
            at += self._step(at)
        self.indicators.levels.end()
        self._list_unread()
        return self.context.draft

    def _step(self, at: int) -> int:
        """Reads the row at a place; how many rows were taken."""
        row = self.rows[at]
        if not row.filled:
            return 1
        height = self._open(at)
        if height:
            return height
        if self._caption(row) or self._skipped(row) or self._total(row) or self._goal_pairs(row) or self._paired(row):
            return 1
        if not self._row_of_part(row):
            self.pairs.row(row)
        return 1

    def _open(self, at: int) -> int:
        """The number of rows taken by a header that begins here; 0 where none does."""
        found = opened(self.rows, at, self.words)
        if found is None or (found[0] == "funds" and not self.funds.begins(found[1])):
            return 0
        self.part, self.header = found
        if self.part == "indicators":
            self.indicators.levels.begin(self.header)
        elif self.part == "funds":
            self.funds.begin(self.rows[at])
        for taken in self.rows[at : at + self.header.height]:
            self.context.use(taken.own)
        if self.part in _SECTIONS:
            self.context.draft.places.setdefault(_SECTIONS[self.part], self.header.columns[0].origin)
        self._tell_guesses(self.header)
        return self.header.height

    def _tell_guesses(self, header: Header) -> None:
        for column in header.columns:
            if column.guessed:
                label = clean(column.label)
                reason = f"表头“{label}”不在词表里，按“{column.role}”读入"
                if self.words.role(self.part, label) is not None:
                    reason = f"表头“{label}”下有两栏，后一栏按“{column.role}”读入；请核对"
                self.context.draft.doubts.append((column.origin.words, reason, column.origin))

    def _caption(self, row: Row) -> bool:
        """Reads a level's name that is alone above the rows of the level, in a row or a line."""
        if self.part == "header" and not row.is_line and not self.indicators.rows:
            return False
        return self.indicators.levels.caption(row)

    def _total(self, row: Row) -> bool:
        """Reads the row of the total score, wherever it comes after the indicators."""
        if self.part == "indicators":
            self.scored = self.header
        if self.scored is None or row.is_line or not self._is_near(self.scored, row):
            return False
        first = next((cell for cell in row.filled if not self.context.is_heading(cell.text)), row.filled[0])
        label, *tail = COLON.split(first.text, maxsplit=1)
        if tail and tail[0].strip() and self.words.is_total(label):
            self.pairs.row(row)
            return True
        if not self.words.is_total(first.text):
            return False
        if not read_total(self.context, align(self.scored, row, indicator_misfit(self.words)), row):
            return False
        if label_key(first.text) not in _SUMS:  # 合计 may end a level, 总分 ends the form
            self.part, self.header = "footers", None
        self.pairs.row(row)
        return True

    def _is_near(self, scored: Header, row: Row) -> bool:
        """Whether a row stands in a table of the indicators, or in one that may go on with it."""
        if row.block in (scored.block, self.indicators.last_block) or row.ragged:
            return True
        if self.context.has_total:
            return False
        is_own_table = len(row.filled) <= 4 and label_key(row.filled[0].text) not in _SUMS
        return is_own_table or self._is_boxed(row) or scored.is_as_wide_as(row)

    def _is_boxed(self, row: Row) -> bool:
        return isinstance(row.cells[0].origin, PageBox)

    def _goal_pairs(self, row: Row) -> bool:
        """Reads goals with their texts beside them, above the indicators."""
        if row.is_line or self.indicators.rows or self.part == "goals":
            return False
        if not read_goal_pairs(self.context, row):
            return False
        self.part, self.header = "header", None
        return True

    def _skipped(self, row: Row) -> bool:
        """Whether a row belongs to a block that has no place in the canonical form."""
        if any(self.words.is_skipped(cell.text) for cell in row.filled[:2]):
            self.part, self.header = "skipped", None
        elif self.part != "skipped" or self._leaves(row):
            return False
        self.context.use(row.own)
        return True

    def _paired(self, row: Row) -> bool:
        """Whether a row holds amounts of money with their labels beside them."""
        header = self.header if self.part == "funds" else None
        if row.is_line or self.part not in ("header", "funds", "paired"):
            return False
        if header is not None and not (row.ragged and len(row.own) > len(header.columns) + 1):
            return False
        if not self.funds.paired(row, header, is_open=self.part == "paired"):
            return False
        self.part, self.header = "paired", None
        return True

    def _row_of_part(self, row: Row) -> bool:
        """Reads a data row of the current part; False where the row is none of it."""
        if row.is_line or self.header is None:
            return False
        if row.block != self.header.block and not self._goes_on(self.header, row):
            self.part, self.header = "header", None
            return False
        if self._leaves(row) or self._is_note(row):
            return False
        aligned = align(self.header, row, MISFITS[self.part](self.words))
        if not self._read(self.header, aligned, row):
            if self.part in ("funds", "goals"):
                self.part, self.header = "header", None
            return False
        self._note_lost(self.header, aligned, row)
        return True

    def _goes_on(self, header: Header, row: Row) -> bool:
        """Whether a table without a header of its own can go on with the one before: not after the total, nor where
        its columns are others; only the pages of a PDF may differ in them.
        """
        if self.context.has_total:
            return False
        return row.ragged or self._is_boxed(row) or header.is_as_wide_as(row)

    def _note_lost(self, header: Header, aligned: Aligned, row: Row) -> None:
        """Remembers columns with data whose label means nothing here; cells beside the frame are unread."""
        for column, cell in aligned.pairs if self.part in ("funds", "indicators") else ():
            is_open = not column.role and column not in header.names and not self.words.is_group(column.label)
            if is_open and cell.row == row.index and not self.words.is_blank(cell.text):
                self.lost.setdefault(column.origin, column.label)
        self.context.used.difference_update(id(cell) for cell in aligned.extra if not self._is_side(cell))

    def _is_side(self, cell: Cell) -> bool:
        return cell.rows > 1 or self.context.is_known(cell.text)

    def _read(self, header: Header, aligned: Aligned, row: Row) -> bool:
        if self.part == "indicators":
            return self.indicators.row(aligned, row)
        if self.part == "funds":
            return self.funds.row(header, aligned, row)
        if self.part == "goals":
            return read_goals(self.context, header, aligned, row)
        return read_matter(self.context, header, aligned, row)

    def _leaves(self, row: Row) -> bool:
        """Whether a row begins something else: a footer, or label and value of the head."""
        first = row.filled[0].text
        if self.part == "indicators" and self._is_level(first):
            return False
        label = COLON.split(first, maxsplit=1)[0]
        if self.words.role("footers", label) is not None and self.part != "management":
            return self.part != "funds" or len(row.filled) <= 2
        if self.part == "funds":
            return self.words.role("header", label) is not None and len(row.filled) <= 4
        if self.part == "goals":
            return self.words.role("header", first) is not None or self.words.role("funds", first) == HEADING
        return self.words.role("header", label) is not None and self.words.role("levels", first) is None

    def _is_note(self, row: Row) -> bool:
        """Whether a row is one text over the whole width: a note, not data."""
        if len(row.filled) != 1 or self.part == "goals" or self.header is None:
            return False
        if self.context.is_print(row.filled[0].text) and not self._is_level(row.filled[0].text):
            return True
        if row.ragged:
            return len(row.own) == 1 and len(self.header.columns) > 2
        return row.filled[0].columns > 0.7 * max(column.end for column in self.header.columns)

    def _is_level(self, text: str) -> bool:
        return self.words.role("levels", weight_in_name(clean(text))[0]) is not None

    # --- what was not understood ---------------------------------------------------------------------

    def _list_unread(self) -> None:
        """Adds what was not understood in the tables to the list of doubts, a line a row."""
        doubts = self.context.draft.doubts
        for origin, label in self.lost.items():
            doubts.append((origin.words, _lost(label), origin))
        known = {row.block for row in self.rows if any(id(cell) in self.context.used for cell in row.filled)}
        told: set[int] = set()
        of_fields = {id(cell) for _, cell in self.context.draft.doubted_blanks()}
        for row in self.rows:
            blanks = (cell for cell in row.own if self._is_lost_blank(cell) and id(cell) not in of_fields)
            doubts += [(cell.origin.words, cell.doubt, cell.origin) for cell in blanks]
            unread = [cell for cell in row.filled if self._is_unread(cell)]
            if row.is_line or not unread or row.block in told:
                continue
            if row.block not in known:
                told.add(row.block)
                if self.context.has_total and row.block > self.indicators.last_block:
                    continue  # another paper's table, after the end of the form
            place, text = unread[0].origin, "，".join(short(cell.text) for cell in unread)
            whole = "" if row.block in known else "（整个表格没有认出）"
            doubts.append((place.words, f"没有认出：{short(text)}{whole}", place))

    def _is_lost_blank(self, cell: Cell) -> bool:
        """Whether a cell says nothing because it could not be read."""
        is_open = not cell.text or (id(cell) not in self.context.used and self.words.is_blank(cell.text))
        return cell.doubt != "" and is_open

    def _is_unread(self, cell: Cell) -> bool:
        return id(cell) not in self.context.used and not self.context.is_known(cell.text)


def _lost(label: str) -> str:
    if not label.strip():
        return "表头空白的一栏里有内容，没有读入"
    return f"没有认出表头“{short(label)}”，这一栏没有读入"
