"""Annotated files as LibreOffice prints them: to PDF, its notes, its pages."""

from __future__ import annotations

import ctypes
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from perfeval_lint import lint
from perfeval_lint.annotate.annotate import annotate
from perfeval_lint.annotate.remarks import Notes, notes_on
from perfeval_lint.read.office import soffice
from perfeval_lint.report.model import FileReport


@dataclass(frozen=True)
class Annotated:
    """A form as a file, its report, and the file annotated."""

    before: Path
    after: Path
    report: FileReport

    @property
    def notes(self) -> tuple[Notes, ...]:
        return notes_on(self.report)


def annotated(folder: Path, name: str, suffix: str, data: bytes) -> Annotated:
    """The file as it is and annotated, as NAME and NAME-after in a folder."""
    before, after = folder / f"{name}{suffix}", folder / f"{name}-after{suffix}"
    before.write_bytes(data)
    report = lint(before).files[0]
    after.write_bytes(annotate(data, report))
    return Annotated(before, after, report)


def libreoffice(profile: Path) -> list[str]:
    """The command, with a profile of its own; skips where LibreOffice is missing, which in CI is a failure."""
    program = soffice()
    if program is None:
        assert not os.environ.get("CI"), "LibreOffice is not installed; how annotated files look is untested"
        pytest.skip("LibreOffice is not installed")
    return [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]


def converted(office: list[str], to: str, folder: Path, *paths: Path) -> list[Path]:
    """The files in another format, in a folder."""
    command = [*office, "--convert-to", to, "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    return [folder / f"{path.stem}.{to.partition(':')[0]}" for path in paths]


@dataclass(frozen=True)
class PrintedNote:
    """A note in a PDF: its page from 1, its place in points from the left and the top, and its text."""

    page: int
    left: float
    top: float
    text: str


def notes_in(path: Path) -> list[PrintedNote]:
    """The notes a PDF shows."""
    found = []
    with pypdfium2.PdfDocument(path) as document:
        for number, page in enumerate(document, 1):
            for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
                note = pdfium.FPDFPage_GetAnnot(page, index)
                if pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_TEXT:
                    box = pdfium.FS_RECTF()
                    pdfium.FPDFAnnot_GetRect(note, box)
                    middle = page.get_height() - (box.top + box.bottom) / 2
                    found.append(PrintedNote(number, box.left, middle, _contents(note)))
                pdfium.FPDFPage_CloseAnnot(note)
    return found


def _contents(note: object) -> str:
    size = pdfium.FPDFAnnot_GetStringValue(note, b"Contents", None, 0)
    buffer = (ctypes.c_ushort * (size // 2))()
    pdfium.FPDFAnnot_GetStringValue(note, b"Contents", buffer, size)
    return bytes(buffer).decode("utf-16-le").rstrip("\0").replace("\r", "")


def assert_same_pages(one: Path, other: Path, *, more: int = 0) -> None:
    """The pages of one file are those the other begins with, pixel by pixel; `more` come after them."""
    with pypdfium2.PdfDocument(one) as before, pypdfium2.PdfDocument(other) as after:
        assert len(before) + more == len(after) > more
        for left, right in zip(before, after, strict=False):
            assert bytes(left.render(scale=1.5).buffer) == bytes(right.render(scale=1.5).buffer)
