"""Writes forms as files of every kind people send: by the tool's own renderer, the rest by LibreOffice and poppler."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perfeval_lint.form.model import Form
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.render import render
from perfeval_lint.render.table import Table

_RENDERED = (".docx", ".xlsx", ".html")
# What LibreOffice makes of which rendered file.
_CONVERTED = {".xls": ".xlsx", ".ods": ".xlsx", ".pdf": ".docx"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what people call it, its suffix, and the folder its files are in."""

    name: str
    suffix: str
    folder: str


KINDS = (
    Kind("Word", ".docx", "docx"),
    Kind("Excel", ".xlsx", "xlsx"),
    Kind(".xls", ".xls", "xls"),
    Kind(".ods", ".ods", "ods"),
    Kind("HTML", ".html", "html"),
    Kind("PDF", ".pdf", "pdf"),
    Kind("text, tabs", ".txt", "tabs"),
    Kind("text, a row a line", ".txt", "lines"),
    Kind("text, pdftotext -layout", ".txt", "laid"),
)


def write_papers(folder: Path, forms: Sequence[Form]) -> list[Kind]:
    """Writes each form as <folder>/<kind>/<number><suffix>; gives the kinds that could be made here."""
    for number, form in enumerate(forms):
        for suffix in _RENDERED:
            _write(folder / suffix[1:] / f"{number:04d}{suffix}", render(form, suffix))
        table = lay_out(form)
        _write(folder / "tabs" / f"{number:04d}.txt", _typed(table, "\t").encode())
        _write(folder / "lines" / f"{number:04d}.txt", _typed(table, " ").encode())
    if shutil.which("soffice"):
        for suffix, source in _CONVERTED.items():
            _convert(folder / source[1:], folder / suffix[1:], suffix)
    if shutil.which("pdftotext"):
        for path in sorted((folder / "pdf").glob("*.pdf")):
            (folder / "laid").mkdir(exist_ok=True)
            subprocess.run(["pdftotext", "-layout", path, folder / "laid" / f"{path.stem}.txt"], check=True)
    return [kind for kind in KINDS if (folder / kind.folder).is_dir()]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _typed(table: Table, between: str) -> str:
    """The table as it is when copied out of Excel (tabs between cells, blank ones too) or out of Word (blanks)."""
    places = {(cell.row, cell.column): " ".join(cell.text.split()) for cell in table.cells}
    columns = range(len(table.widths))
    rows = [[places.get((row, column), "") for column in columns] for row in range(table.rows)]
    if between == " ":
        rows = [[text for text in row if text] for row in rows]
    return "\n".join((table.title, table.year_line, *map(between.join, rows), ""))


def _convert(source: Path, target: Path, suffix: str) -> None:
    files = sorted(source.iterdir())
    profile = f"-env:UserInstallation=file://{target.parent.resolve()}/soffice"
    options = ["--headless", "--convert-to", suffix[1:], "--outdir", str(target)]
    command = ["soffice", profile, *options, *map(str, files)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20 * len(files))
    if len(list(target.iterdir())) != len(files):
        raise SystemExit(f"LibreOffice did not write every {suffix} file")
