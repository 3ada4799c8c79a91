"""The numbers printed on a form as integers, with the way each is printed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from perfeval_lint.form.definition import FUNDS, GROUPS, INDICATORS, NUMBER, RATE, TOTAL, Kind, Section
from perfeval_lint.form.judged import judged
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import FormPath

DECIMALS: Final = 10  # of every integer here
ONE: Final = 10**DECIMALS
_READ: Final = (
    (FUNDS, ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")),
    (INDICATORS, ("分值", "得分")),
    (GROUPS, ("分值",)),
    (TOTAL, ("分值", "得分")),
)
_RATES: Final = frozenset(field.name for field in FUNDS.fields if field.kind is Kind.RATE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a form: its field and its text in canonical form."""

    field: str
    text: str

    @property
    def is_percent(self) -> bool:
        """Whether it is printed in hundredths."""
        return self.field in _RATES and parsed_rate(self.text) != parsed(self.text)


class Cells:
    """The numbers of a form; a cell goes by its number here, its place in `values` and `decimals`.

    `unread` are the cells that are filled in and no number, by section and field.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.values: list[int] = []
        self.decimals: list[int] = []
        self.places: list[tuple[Section, int, str]] = []
        self.unread: dict[tuple[str, str], set[int]] = {}
        self._cells: dict[int, Cell] = {}
        self._columns = {
            (section.key, field): self._column(section, field) for section, fields in _READ for field in fields
        }

    def _column(self, section: Section, field: str) -> list[int | None]:
        """Reads a column: the number of the cell of each row, None where it is blank or unreadable."""
        read = parsed_rate if field in _RATES else parsed
        column: list[int | None] = []
        for row, record in enumerate(self.form.rows(section)):
            value = record.values.get(field)
            text = None if value is None else _judged(field, value.text)
            found = None if text is None else read(text)
            if found is None:
                column.append(None)
                if text is not None:
                    self.unread.setdefault((section.key, field), set()).add(row)
                continue
            column.append(len(self.values))
            self.values.append(found[0])
            self.decimals.append(found[1])
            self.places.append((section, row, field))
        return column

    def column(self, section: Section, field: str) -> list[int | None]:
        """Returns the number of the cell of each row; None where it is blank or unreadable."""
        return self._columns[section.key, field]

    def filled(self, section: Section, field: str) -> list[int]:
        """Returns the numbers of the cells of a column, from the top."""
        return [number for number in self._columns[section.key, field] if number is not None]

    def cell(self, number: int) -> Cell:
        """Returns a cell as it stands on the form."""
        if number not in self._cells:
            section, row, field = self.places[number]
            self._cells[number] = Cell(field, self.form.rows(section)[row].text(field) or "")
        return self._cells[number]

    def path(self, number: int) -> str:
        """Returns the path of a cell on the form."""
        section, row, field = self.places[number]
        if section is GROUPS:
            return str(FormPath(GROUPS.key, None, self.form.rows(GROUPS)[row].text("名称")))
        return str(FormPath(section.key, None if section is TOTAL else row, field))


_judged = lru_cache(maxsize=1 << 13)(judged)


@lru_cache(maxsize=1 << 13)
def parsed(text: str) -> tuple[int, int] | None:
    """Returns the value of a number with DECIMALS decimals and how many are printed; None for other text."""
    if NUMBER.fullmatch(text) is None:
        return None
    whole, _, fraction = text.partition(".")
    if len(fraction) > DECIMALS:
        return None
    return int(whole + fraction) * 10 ** (DECIMALS - len(fraction)), len(fraction)


@lru_cache(maxsize=1 << 10)
def parsed_rate(text: str) -> tuple[int, int] | None:
    """As parsed(), of a rate: 93.61% and 93.61 are 0.9361 and have four decimals. Zeros beyond DECIMALS are dropped."""
    read = parsed(text.removesuffix("%")) if RATE.fullmatch(text) else None
    if read is None or not (text.endswith("%") or read[0] > 2 * ONE):
        return read
    value, decimals = read
    return (value // 100, min(decimals + 2, DECIMALS)) if value % 100 == 0 else None


def shown(cell: Cell, value: int, decimals: int) -> str:
    """Returns another value as it would be printed in a cell, with at least so many decimals."""
    if cell.is_percent:
        value, decimals = value * 100, decimals - 2
    fraction = f"{value % ONE:0{DECIMALS}d}"
    kept = max(decimals, len(fraction.rstrip("0")), 0)
    return f"{value // ONE}{'.' if kept else ''}{fraction[:kept]}{'%' if cell.text.endswith('%') else ''}"
