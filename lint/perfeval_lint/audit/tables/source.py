"""One table of an export, of whatever kind of file: its columns, and how SQL reads its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from perfeval_lint.errors import Problem

ROW: Final = "#行"  # the place of a row: the number of its file, shifted, and the row's number in it from 0
FILE_BITS: Final = 40


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a row for people: the number of the row with ROW 0, the sheet's name ("" for a CSV file), and for a
    sheet the letters of its columns."""

    first: int
    sheet: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A table: `rows` is the FROM item that gives its columns and ROW; `hints` are the names it may be known by, `name`
    what it is called inside its file ("" where it is all of it).

    `money` is the unit of its amounts where a heading says one; `place` None where a row has no number that people
    could look up; `notes` are to be reported of the reading.
    """

    name: str
    hints: tuple[str, ...]
    columns: Mapping[str, str]
    rows: str
    files: tuple[Path, ...]
    money: str = ""
    place: Place | None = None
    notes: tuple[Problem, ...] = ()

    @property
    def file(self) -> str:
        """The file that a problem of the table names."""
        return str(self.files[0])

    @property
    def shown(self) -> str:
        """The table among others: its file and its name there."""
        return f"{self.files[0].name} {self.name}".rstrip()
