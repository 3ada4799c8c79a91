"""Counts what is read of forms that were printed to PDF: cells right, doubted, missing, and wrong without a doubt.

`python benchmarks/printed.py` prints forms as people do, from Word, from Excel and from a browser, in every make of the
table below (LibreOffice and Chromium stand for the programs), and reads them; `--keep FOLDER` keeps the files.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
from cells import PARTS, cells_of_form, paired, same
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from made import example_forms, made_forms
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import sync_playwright

from perfeval_lint.form.definition import TOTAL
from perfeval_lint.form.model import Form, Plain, Record, to_plain
from perfeval_lint.recognise.convert import documents
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.page import NUMBERS
from perfeval_lint.render.render import render

Make = Callable[[bytes, int], bytes]  # a rendered file and the row of its headings to the file that is printed
_GREY = "D9E2F3"


def _changed(opened: Callable[[io.BytesIO], Any], change: Callable[[Any, int], None]) -> Make:
    def make(data: bytes, header: int) -> bytes:
        file, target = opened(io.BytesIO(data)), io.BytesIO()
        change(file, header)
        file.save(target)
        return target.getvalue()

    return make


# --- Word -----------------------------------------------------------------------------------------


def _word(change: Callable[[Document, int], None]) -> Make:
    return _changed(docx.Document, change)


def _breaking(document: Document, header: int) -> None:
    """Rows may go on overleaf, as Word has it where nobody says otherwise."""
    del header
    for mark in document.element.body.iter(qn("w:cantSplit"), qn("w:keepNext")):
        mark.getparent().remove(mark)


def _lying(document: Document, header: int) -> None:
    _breaking(document, header)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    wider = 1.5
    for mark in document.element.body.iter(qn("w:gridCol"), qn("w:tcW"), qn("w:tblW")):
        if mark.get(qn("w:type"), "dxa") == "dxa":
            mark.set(qn("w:w"), str(round(int(mark.get(qn("w:w"))) * wider)))


def _headed(document: Document, header: int) -> None:
    """The rows down to the headings are printed on every page."""
    _breaking(document, header)
    for row in document.tables[0].rows[: header + 1]:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _shaded(document: Document, header: int) -> None:
    _breaking(document, header)
    for cell in document.element.body.iter(qn("w:tc")):
        if cell.getparent().getparent().index(cell.getparent()) % 2:
            fill = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_GREY}"/>')
            cell.get_or_add_tcPr().append(fill)


def _large(document: Document, header: int) -> None:
    _breaking(document, header)
    document.styles["Normal"].font.size = Pt(12)
    document.styles["Normal"].paragraph_format.line_spacing = Pt(18)


# --- Excel ----------------------------------------------------------------------------------------


def _excel(change: Callable[[Worksheet, int], None]) -> Make:
    return _changed(openpyxl.load_workbook, lambda book, header: change(book.worksheets[0], header))


def _fitted(sheet: Worksheet, header: int) -> None:
    """One page wide, and as many as it takes high."""
    del header
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0


def _overleaf(sheet: Worksheet, header: int) -> None:
    """Wider than a page: its right half is on pages of its own."""
    del header
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    for column in sheet.column_dimensions.values():
        column.width = (column.width or 8) * 1.6


def _lying_sheet(sheet: Worksheet, header: int) -> None:
    _fitted(sheet, header)
    sheet.page_setup.orientation = "landscape"


def _headed_sheet(sheet: Worksheet, header: int) -> None:
    _fitted(sheet, header)
    sheet.print_title_rows = f"1:{header + 3}"  # the title and the year are above the table


def _shaded_sheet(sheet: Worksheet, header: int) -> None:
    _fitted(sheet, header)
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            cell.fill = PatternFill("solid", fgColor=_GREY)


def _large_sheet(sheet: Worksheet, header: int) -> None:
    """The type is larger than the rows: what does not fit is cut at the edge of the cell."""
    _fitted(sheet, header)
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            cell.font = Font(name=cell.font.name, size=14)


# --- browser --------------------------------------------------------------------------------------


def _web(style: str) -> Make:
    """A page with more style of its own; rows may go on overleaf."""
    style = f"tr.whole > :not([rowspan]) {{ break-inside: auto; }} {style}"

    def make(data: bytes, header: int) -> bytes:
        del header
        return data.replace(b"</style>", f"{style}</style>".encode())

    return make


# --- printing -------------------------------------------------------------------------------------

MAKES: Mapping[str, tuple[str, Make]] = {
    "Word, rows kept whole": (".docx", lambda data, _: data),
    "Word, rows cut": (".docx", _word(_breaking)),
    "Word, landscape": (".docx", _word(_lying)),
    "Word, headings on every page": (".docx", _word(_headed)),
    "Word, shaded": (".docx", _word(_shaded)),
    "Word, large type": (".docx", _word(_large)),
    "Excel, fitted to the width": (".xlsx", _excel(_fitted)),
    "Excel, right half overleaf": (".xlsx", _excel(_overleaf)),
    "Excel, landscape": (".xlsx", _excel(_lying_sheet)),
    "Excel, headings on every page": (".xlsx", _excel(_headed_sheet)),
    "Excel, shaded": (".xlsx", _excel(_shaded_sheet)),
    "Excel, type too large for the rows": (".xlsx", _excel(_large_sheet)),
    "browser": (".html", _web("")),
    "browser, landscape": (".html", _web("@page { size: A4 landscape; } body { max-width: none; }")),
    "browser, shaded": (".html", _web(f"tr:nth-child(even) {{ background: #{_GREY}; }}")),
    "browser, borders apart": (".html", _web("table { border-collapse: separate; border-spacing: 2px; }")),
}


def printed(folder: Path, forms: Sequence[Form]) -> Iterator[tuple[str, list[Path]]]:
    """Yields each make that can be made here with its PDF of every form."""
    for number, (name, (suffix, make)) in enumerate(MAKES.items()):
        place = folder / f"{number:02d}"
        place.mkdir(parents=True)
        for count, form in enumerate(forms):
            file = place / f"{count:02d}{suffix}"
            file.write_bytes(make(render(form, suffix), lay_out(form).header_row))
        if shutil.which("chromium" if suffix == ".html" else "soffice"):
            (_print_pages if suffix == ".html" else _print_office)(place, suffix)
            yield name, sorted(place.glob("*.pdf"))


def _print_office(place: Path, suffix: str) -> None:
    command = ["soffice", f"-env:UserInstallation=file://{place.parent.resolve()}/soffice", "--headless"]
    files = map(str, sorted(place.glob(f"*{suffix}")))
    command += ["--convert-to", "pdf", "--outdir", str(place), *files]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)


def _print_pages(place: Path, suffix: str) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for file in sorted(place.glob(f"*{suffix}")):
            page.goto(file.resolve().as_uri())
            page.pdf(path=file.with_suffix(".pdf"), prefer_css_page_size=True, print_background=True)
        browser.close()


# --- counting -------------------------------------------------------------------------------------


def counted(form: Form, file: Path) -> Counter[str]:
    """Counts the cells of a form as they were read of its print."""
    expected = cells_of_form(to_plain(form))
    read = [one.form for one in documents(file.read_bytes(), file.name) if one.form is not None and not one.problems]
    if len(read) != 1:
        return Counter(refused=sum(len(row) for rows in expected.values() for row in rows))
    plain = to_plain(read[0])
    doubts = [str(one["位置"]) for one in _dicts(plain.get("存疑")) if "位置" in one]
    found = cells_of_form(plain)
    count: Counter[str] = Counter()
    for part, key in PARTS.items():
        for number, row, other in paired(expected[part], found[part], key):
            for field in {**row, **other}:
                count[_judged(part, number, field, row, other, doubts)] += 1
    return count


def _judged(
    part: str, number: int, field: str, row: Mapping[str, str], other: Mapping[str, str], doubts: Sequence[str]
) -> str:
    if field in row and field in other and same(field, row[field], other[field]):
        return "right"
    place = f"{part}[{number}]"
    places = (part, place, f"{place}.{field}", f"{part}.{field}")
    if any(doubt in places for doubt in doubts):
        return "doubted"
    return "wrong" if field in other else "missing"


def _dicts(value: Plain | None) -> list[dict[str, Plain]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _forms() -> list[Form]:
    """Five published forms and five made ones, of which two have no scores."""
    made = [*made_forms(5, seed=3)]
    return [*example_forms(), *map(_without_scores, made[:2]), *made[2:]]


def _without_scores(form: Form) -> Form:
    def kept(record: Record) -> Record:
        return replace(record, values={name: text for name, text in record.values.items() if name not in NUMBERS})

    records = {key: tuple(map(kept, some)) for key, some in form.records.items() if key != TOTAL.key}
    return replace(form, records=records, keys=tuple(key for key in form.keys if key != TOTAL.key))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path)
    keep = parser.parse_args().keep
    forms = _forms()
    with tempfile.TemporaryDirectory() as folder:
        print("| make | cells | right, % | doubted | missing | refused | wrong |")
        print("| --- " * 7 + "|")
        for name, files in printed(keep or Path(folder), forms):
            count = sum((counted(form, file) for form, file in zip(forms, files, strict=True)), Counter())
            rest = " | ".join(str(count[one]) for one in ("doubted", "missing", "refused", "wrong"))
            print(f"| {name} | {count.total()} | {100 * count['right'] / count.total():.2f} | {rest} |", flush=True)


if __name__ == "__main__":
    main()
