"""Reads labels with their values: right of them, or after a colon in the same cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from perfeval_lint.form.definition import GROUPS, INDICATORS, NARRATIVE, ROOT_FIELDS
from perfeval_lint.form.model import Value
from perfeval_lint.letters import PERSONS, folded
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.build import Read
from perfeval_lint.recognise.rows.context import Context
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.values.day import as_date
from perfeval_lint.values.grade import grade_in
from perfeval_lint.values.number import is_number, score_of
from perfeval_lint.values.text import clean
from perfeval_lint.values.year import year_in

COLON = re.compile(r"[:：]")
_GROUP = re.compile(r"([^、（(]+)[（(]([0-9.]+)分?[)）]分?")
_LONGEST_LABEL = 60
_LONGEST_OF_LINE = 14
_LABEL = re.compile(r"[^\s0-9:：，。；][^\s:：，。；]{1,11}[:：]")
_CODE = re.compile(r"(?P<code>[0-9A-Z]{18,26})[-—](?P<name>.+)", re.DOTALL)
_PHONE = re.compile(r"(?P<name>[^0-9]*?)[,，;；:：/、\s]*(?P<phone>[0-9(（][0-9()（）\-—\s]{5,}[0-9])")
_GAP = re.compile(r"\s{2,}|[\u3000\t]+|\s+(?=[^\s:：]{2,12}[:：])")


class PairReader:
    """Sets values of the head, the total and the narrative."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def row(self, row: Row) -> None:
        """The labels of a row and their values; what is neither stays unread."""
        cells = [cell for cell in row.own if cell.text.strip() and id(cell) not in self.context.used]
        at = 0
        while at < len(cells):
            cell = cells[at]
            at += 1
            if self._labelled(cell, is_line=row.is_line):
                continue
            field = self.field(cell.text)
            if field is None:
                continue
            at = self._past(cells, at - 1)
            if at < len(cells) and self.field(cells[at].text) is None and not self._is_pair(cells[at].text):
                value = cells[at]
                self._set(field, value, value.text)
                at = self._past(cells, at)
            else:
                self._note_blank(field, cell, row)

    def _note_blank(self, field: str, label: Cell, row: Row) -> None:
        """Notes the place of a value that was left blank: the cell right of its label."""
        beside = next((cell for cell in row.own if cell.column > label.column), None)
        if beside is not None and not beside.text.strip() and field in ROOT_FIELDS:
            self.context.draft.blanks.setdefault(("", field), beside)

    def _past(self, cells: Sequence[Cell], at: int) -> int:
        """Past a cell and those that repeat it: merged cells are written out by some converters."""
        text = cells[at].text
        while at < len(cells) and cells[at].text == text:
            self.context.use([cells[at]])
            at += 1
        return at

    def field(self, text: str) -> str | None:
        """The field a label is for, "" for one that is known and left out, None for what is no label."""
        if len(text) > _LONGEST_LABEL:
            return None
        parts = ("footers", "header") if self.context.draft.rows[INDICATORS.key] else ("header", "footers")
        for part in parts:
            role = self.context.words.role(part, text)
            if role is not None:
                return role
        return "" if self.context.is_heading(text) else None

    def _is_pair(self, text: str) -> bool:
        label = COLON.split(text, maxsplit=1)
        return len(label) == 2 and self.field(label[0]) is not None

    def _labelled(self, cell: Cell, *, is_line: bool) -> bool:
        """Label, colon and value in one cell, several times over if need be; False where there is no such."""
        found = False
        pieces = list(self._pieces(cell.text)) if COLON.search(cell.text) else []
        if is_line and not self._is_of_form(pieces):
            return False
        for piece in pieces:
            label, *rest = COLON.split(piece, maxsplit=1)
            field = self.field(label) if rest else None
            if field is None:
                continue
            if not rest[0].strip() and not found and piece.strip() == cell.text.strip():
                return False  # the value is in the next cell
            found = True
            self._set(field, cell, rest[0])
        if found:
            self.context.use([cell])
        return found

    def _is_of_form(self, pieces: Sequence[str]) -> bool:
        """Whether a line outside the tables is the form's: labels, at least half of them known, none of a web page."""
        labels = [COLON.split(piece, maxsplit=1)[0] for piece in pieces if COLON.search(piece)]
        known = sum(self.field(label) is not None for label in labels)
        is_labels = len(labels) == len(pieces) and all(len(label.strip()) < _LONGEST_OF_LINE for label in labels)
        return is_labels and 2 * known >= len(labels) > 0 and not self.context.words.furniture.search("".join(labels))

    def _pieces(self, text: str) -> Iterator[str]:
        """The label-and-value pieces of a line such as “填表人：李想　　联系电话：51069565”."""
        current = ""
        for piece in _GAP.split(text):
            if self.context.words.dropped.fullmatch(clean(piece)):
                continue
            if current and _LABEL.match(piece):
                yield current
                current = piece
            else:
                current = f"{current} {piece}" if current else piece
        if current:
            yield current

    def _set(self, field: str, cell: Cell, text: str) -> None:
        """Sets a value of the head, of the total or of the narrative; the first one printed counts."""
        if not field or self.context.words.is_blank(text):
            if cell.doubt and field in ROOT_FIELDS:
                self.context.draft.blanks.setdefault(("", field), cell)
            return
        if "+" in field:
            first, second = field.split("+")
            for name, part in zip((first, second), _two(first, text), strict=True):
                self._set(name, cell, part)
        elif field == GROUPS.key:
            for name, weight in _GROUP.findall(clean(text)):
                self.context.draft.groups.setdefault(name, Read(Value(weight, cell.origin), cell.doubt))
        elif field.startswith("总分."):
            self._set_total(field.removeprefix("总分."), cell, text)
        else:
            self._set_root(field, cell, text)

    def _set_total(self, name: str, cell: Cell, text: str) -> None:
        is_unticked = "□" in text and grade_in(text) is None
        if is_unticked or (name == "得分" and not is_number(score_of(text))):
            return
        value = score_of(text) if name == "得分" else grade_in(text) or clean(text)
        self.context.draft.total.setdefault(name, Read(Value(value, cell.origin), cell.doubt))

    def _set_root(self, field: str, cell: Cell, text: str) -> None:
        root = self.context.draft.root
        value = _READ_AS.get(field, _plain)(_as_typed(cell, text) if field in PERSONS else text)
        if not value:
            return
        code = _code(value) if field == "项目名称" else None
        if code:
            root.setdefault("项目编码", Read(Value(code, cell.origin), cell.doubt))
        before = root.get(field)
        if before is not None and field in NARRATIVE and before.value.text != value:
            root[field] = Read(Value(before.value.text + value, before.value.origin), before.doubt)
        else:
            root.setdefault(field, Read(Value(value, cell.origin), cell.doubt))


def _as_typed(cell: Cell, text: str) -> str:
    """A part of a cell's text with its look-alike letters as they were typed."""
    at = cell.text.find(text)
    is_known = at >= 0 and folded(cell.typed) == cell.text
    return cell.typed[at : at + len(text)] if is_known else text


def _plain(text: str) -> str:
    return clean(text)


def _day(text: str) -> str:
    """A day; "" for words without a digit: the cell beside the label is something else."""
    value = as_date(text)
    return value if any(map(str.isdigit, value)) else ""


def _year(text: str) -> str:
    return year_in(text) or clean(text)


_READ_AS: dict[str, Callable[[str], str]] = {"填写日期": _day, "年度": _year}


def _two(first: str, text: str) -> tuple[str, str]:
    """A cell that holds two values: unit and person by a slash, person and telephone by the digits."""
    if first == "项目负责人":
        return _person_and_phone(text)
    unit, _, person = text.replace("／", "/").partition("/")
    return unit, person


def _person_and_phone(text: str) -> tuple[str, str]:
    """A person and a telephone number from one cell; either may be empty."""
    found = _PHONE.fullmatch(clean(text))
    if found:
        return found["name"].strip(), found["phone"].strip()
    return clean(text), ""


def _code(name: str) -> str | None:
    """The project code a project's name begins with; None where it has none."""
    found = _CODE.fullmatch(name)
    return found["code"] if found else None
