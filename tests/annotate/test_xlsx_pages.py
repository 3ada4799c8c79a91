"""Real forms annotated, on the page: judged the same, printed the same, each note in its cell, under its colour."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from perfeval_lint import convert, lint
from perfeval_lint.annotate.annotate import annotate
from perfeval_lint.annotate.remarks import Notes, Remark, notes_on
from perfeval_lint.annotate.xlsx.write import annotate_xlsx
from perfeval_lint.form.origin import SheetCell
from perfeval_lint.render.render import render
from perfeval_lint.rule.model import Severity
from tests.annotate.book_files import BLUE, RED, SEPARATOR, YELLOW, fill, looks, note, opened, parts_of, rich_book
from tests.annotate.printed import Annotated, annotated, assert_same_pages, converted, libreoffice, notes_in

ROOT = Path(__file__).parents[2]
FORMS = [*sorted((ROOT / "examples").glob("*.yaml")), ROOT / "tests/read_office/files/form.xlsx"]
WITH_NOTES = 'pdf:calc_pdf_Export:{"ExportNotes":{"type":"boolean","value":"true"}}'
WITHOUT_NOTES = 'pdf:calc_pdf_Export:{"ExportNotes":{"type":"boolean","value":"false"}}'
TINTS = {Severity.ERROR: "FFFDD", Severity.WARNING: "FFFEF", Severity.INFO: "FFCDE"}
_FOOTER = 40  # points
Box = tuple[int, int, int, int]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Annotated]:
    folder = tmp_path_factory.mktemp("books")
    return {
        path.stem: annotated(
            folder,
            path.stem,
            ".xlsx",
            path.read_bytes() if path.suffix == ".xlsx" else render(convert(path)[0], ".xlsx"),
        )
        for path in FORMS
    }


@pytest.fixture(params=[path.stem for path in FORMS])
def form(request: pytest.FixtureRequest, files: dict[str, Annotated]) -> Annotated:
    return files[request.param]


def test_read_again_the_findings_are_the_same(form: Annotated) -> None:
    again = lint(form.after).files[0]
    assert notes_on(again) == form.notes
    assert (again.errors, len(again.notes)) == (form.report.errors, len(form.report.notes))


def test_annotated_twice_it_is_the_same_as_once(form: Annotated) -> None:
    once = form.after.read_bytes()
    assert annotate(once, lint(form.after).files[0]) == once


def _link(remark: Remark) -> str:
    assert isinstance(remark.origin, SheetCell)
    return f"'{remark.origin.sheet}'!{remark.origin.cell}"


def test_each_remark_stands_in_its_cell_and_is_linked(form: Annotated) -> None:
    book = opened(form.after.read_bytes())
    links = [cell.hyperlink.location for row in book["审核意见"] for cell in row if cell.hyperlink]
    remarks = [remark for notes in form.notes for remark in notes.remarks]
    below = [one.remark for remark in remarks for one in remark.follows]
    assert sorted(links) == sorted(_link(remark) for remark in (*remarks, *below))
    for remark in remarks:
        assert isinstance(remark.origin, SheetCell)
        sheet = book[remark.origin.sheet]
        assert remark.text in note(sheet, remark.origin.cell)
        there = [other.severity for other in remarks if other.origin == remark.origin]
        gravest = min(there, key=lambda severity: severity.rank)
        assert str(fill(sheet, remark.origin.cell)).startswith(TINTS[gravest])


def test_all_else_of_the_cells_is_as_it_was(form: Annotated) -> None:
    before, after = opened(form.before.read_bytes()), opened(form.after.read_bytes())
    remarked = {remark.origin for notes in form.notes for remark in notes.remarks}
    for sheet in before:
        cells = [cell for row in sheet for cell in row]
        same = [after[sheet.title][cell.coordinate] for cell in cells]
        assert list(map(looks, cells)) == list(map(looks, same))
        others = [cell.coordinate for cell in cells if SheetCell(sheet.title, cell.coordinate) not in remarked]
        assert [fill(sheet, each) for each in others] == [fill(after[sheet.title], each) for each in others]


@pytest.fixture(scope="module")
def printed(files: dict[str, Annotated]) -> dict[str, Path]:
    """The PDF of every workbook by its name, with notes; those as they were, and -plain ones, without."""
    folder = next(iter(files.values())).before.parent
    office = libreoffice(folder / "profile")
    (folder / "rich.xlsx").write_bytes(rich_book())
    given = [Notes(("甲",), SheetCell("表 1", "A1"), ())]
    (folder / "rich-after.xlsx").write_bytes(annotate_xlsx(rich_book(), "x.xlsx", given))
    for kind, into in ((WITH_NOTES, folder / "notes"), (WITHOUT_NOTES, folder / "plain")):
        converted(office, kind, into, *folder.glob("*.xlsx"))
    return {f"{path.parent.name}/{path.stem}": path for path in folder.glob("*/*.pdf")}


def words(path: Path, pages: int) -> list[list[tuple[str, Box]]]:
    """The pieces of text of the first pages, with where each stands, in points; without the number of pages."""
    found = []
    for page in list(pypdfium2.PdfDocument(path))[:pages]:
        text = page.get_textpage()
        every = [text.get_rect(at) for at in range(text.count_rects())]
        boxes = [box for box in every if box[1] > _FOOTER]
        found.append([(text.get_text_bounded(*box), tuple(round(side) for side in box)) for box in boxes])
    return found


def colours(path: Path, page: int) -> set[str]:
    """The colours a page shows, as a workbook writes them."""
    bitmap = pypdfium2.PdfDocument(path)[page].render(scale=1)
    data, step = bytes(bitmap.buffer), bitmap.n_channels
    rows = range(0, bitmap.height * bitmap.stride, 3 * bitmap.stride)
    pixels = {data[at : at + 3] for row in rows for at in range(row, row + bitmap.width * step, 3 * step)}
    return {pixel[::-1].hex().upper() for pixel in pixels}


@pytest.mark.parametrize("name", [path.stem for path in FORMS])
def test_on_the_page_every_note_is_there_and_nothing_has_moved(
    name: str, files: dict[str, Annotated], printed: dict[str, Path]
) -> None:
    before = printed[f"plain/{name}"]
    pages = len(pypdfium2.PdfDocument(before))
    assert words(printed[f"plain/{name}-after"], pages) == words(before, pages)
    squeezed = [re.sub(r"\s", "", text) for text in (note.text for note in notes_in(printed[f"notes/{name}-after"]))]
    assert sum(text.startswith(SEPARATOR.replace(" ", "")) for text in squeezed) == len(squeezed) > 0
    remarks = [remark for notes in files[name].notes for remark in notes.remarks]
    assert all(any(re.sub(r"\s", "", remark.text) in text for text in squeezed) for remark in remarks)
    book = opened(files[name].after.read_bytes())
    wanted = {str(fill(book[remark.origin.sheet], remark.origin.cell))[2:] for remark in remarks}
    shown = set().union(*(colours(printed[f"plain/{name}-after"], page) for page in range(pages)))
    assert wanted == shown & {RED[2:], YELLOW[2:], BLUE[2:]}


def test_on_the_page_a_sheet_with_charts_pictures_and_shapes_is_as_it_was(printed: dict[str, Path]) -> None:
    assert_same_pages(printed["plain/rich"], printed["plain/rich-after"], more=1)
    assert "xl/charts/chart1.xml" in parts_of(rich_book())
