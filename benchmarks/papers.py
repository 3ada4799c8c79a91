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
    """A kind of file: what people call it, the suffix, and what makes it where the renderer does not."""

    name: str
    suffix: str
    folder: str
    maker: str = ""


KINDS = (
    Kind("Word", ".docx", "docx"),
    Kind("Excel", ".xlsx", "xlsx"),
    Kind(".xls", ".xls", "xls", "soffice"),
    Kind(".ods", ".ods", "ods", "soffice"),
    Kind("HTML", ".html", "html"),
    Kind("PDF", ".pdf", "pdf", "soffice"),
    Kind("text, tabs", ".txt", "tabs"),
    Kind("text, flattened", ".txt", "flat", "pdftotext"),
)


def write_papers(folder: Path, forms: Sequence[Form]) -> list[Kind]:
    """Writes each form as <folder>/<kind>/<number><suffix>; gives the kinds that could be made here."""
    for suffix in _RENDERED:
        for number, form in enumerate(forms):
            _write(folder / suffix[1:] / f"{number:04d}{suffix}", render(form, suffix))
    for number, form in enumerate(forms):
        _write(folder / "tabs" / f"{number:04d}.txt", _tab_text(lay_out(form)).encode())
    if shutil.which("soffice"):
        for suffix, source in _CONVERTED.items():
            _convert(folder / source[1:], folder / suffix[1:], suffix)
    if shutil.which("pdftotext"):
        for path in sorted((folder / "pdf").glob("*.pdf")):
            (folder / "flat").mkdir(exist_ok=True)
            subprocess.run(["pdftotext", path, folder / "flat" / f"{path.stem}.txt"], check=True)
    return [kind for kind in KINDS if (folder / kind.folder).is_dir()]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _tab_text(table: Table) -> str:
    """The table as it is when copied out of Excel: a row a line, cells between tabs, blanks below a merged cell."""
    places = {(cell.row, cell.column): " ".join(cell.text.split()) for cell in table.cells}
    rows = (
        "\t".join(places.get((row, column), "") for column in range(len(table.widths))) for row in range(table.rows)
    )
    return "\n".join((table.title, table.year_line, *rows, ""))


def _convert(source: Path, target: Path, suffix: str) -> None:
    files = sorted(source.iterdir())
    profile = f"-env:UserInstallation=file://{target.parent.resolve()}/soffice"
    command = ["soffice", profile, "--headless", "--convert-to", suffix[1:], "--outdir", target, *files]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20 * len(files))
    if len(list(target.iterdir())) != len(files):
        raise SystemExit(f"LibreOffice did not write every {suffix} file")
