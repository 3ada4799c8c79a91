"""The options of reports, and the files they write."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

EXCEL_ROWS = 1_048_576
EXCEL_LINKS = 65_530


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one report. A workbook of 300,000 findings takes most of a minute to write and opens; one of
    a million does neither well."""

    workbook_rows: int = 300_000  # findings, and forms, in the workbook
    sheet_rows: int = EXCEL_ROWS
    sheet_links: int = EXCEL_LINKS
    page_bytes: int = 5_000_000
    page_forms: int = 500
    page_findings: int = 30  # of one form
    letter_findings: int = 500


@dataclass(frozen=True, slots=True)
class LetterWords:
    """The officer's words in every letter; those not given are left blank, to be filled in by hand."""

    template: Path | None = None
    sender: str = ""
    deadline: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of reports. `origin` is the folder that the names of the files are relative to."""

    origin: Path = Path()
    letters: LetterWords = field(default_factory=LetterWords)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a report, and remarks for the officer: what was left out, and where it is."""

    files: tuple[Path, ...]
    remarks: tuple[str, ...] = ()
