"""What a report is asked for, and what it says it wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

EXCEL_ROWS = 1_048_576
EXCEL_LINKS = 65_530


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes into one report. A workbook of 300,000 findings takes most of a minute to write and opens; one of
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
    """What the officer says in every letter; what is not given is left blank to be filled in by hand."""

    template: Path | None = None
    sender: str = ""
    deadline: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What reports are made with. `origin` is the folder from which the names of the files start."""

    origin: Path = Path()
    letters: LetterWords = field(default_factory=LetterWords)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Written:
    """The files a report came to, and what the officer must be told of them: what was left out, and where it is."""

    files: tuple[Path, ...]
    remarks: tuple[str, ...] = ()
