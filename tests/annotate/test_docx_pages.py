"""Real forms with comments, on the page: judged the same, printed the same, each comment in its cell."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from perfeval_lint import convert, lint
from perfeval_lint.annotate.annotate import annotate
from perfeval_lint.annotate.docx.write import annotate_docx
from perfeval_lint.annotate.remarks import AUTHOR
from perfeval_lint.form.origin import PageBox, Paragraph, TableCell
from perfeval_lint.read.model import Cell, Grid, Reading
from perfeval_lint.read.pdf.pdf import read_pdf
from perfeval_lint.read.word.docx import read_docx
from perfeval_lint.render.render import render
from tests.annotate.printed import Annotated, annotated, assert_same_pages, converted, libreoffice, notes_in
from tests.annotate.word_files import comments_of, notes, p, tbl, tc, tr, word

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
WITH_NOTES = 'pdf:writer_pdf_Export:{"ExportNotes":{"type":"boolean","value":"true"}}'


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Annotated]:
    folder = tmp_path_factory.mktemp("word")
    return {path.stem: annotated(folder, path.stem, ".docx", render(convert(path)[0], ".docx")) for path in EXAMPLES}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return libreoffice(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def pages(office: list[str], files: dict[str, Annotated], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the PDF of every file, before and after, without the comments."""
    folder = tmp_path_factory.mktemp("pages")
    converted(office, "pdf", folder, *(path for each in files.values() for path in (each.before, each.after)))
    return folder


@pytest.fixture(scope="module")
def noted(office: list[str], files: dict[str, Annotated], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the PDF of every file after, with the comments."""
    folder = tmp_path_factory.mktemp("noted")
    converted(office, WITH_NOTES, folder, *(each.after for each in files.values()))
    return folder


def _names() -> list[str]:
    return [path.stem for path in EXAMPLES]


@pytest.mark.parametrize("name", _names())
def test_the_findings_are_the_very_same(files: dict[str, Annotated], name: str) -> None:
    each = files[name]
    again = lint(each.after).to_json().replace(str(each.after), str(each.before))
    assert again == lint(each.before).to_json()


@pytest.mark.parametrize("name", _names())
def test_every_finding_has_its_comment_and_every_other_part_its_bytes(files: dict[str, Annotated], name: str) -> None:
    each = files[name]
    expected = [text for notes in each.notes for text in ("\n".join(notes.summary), *(r.text for r in notes.remarks))]
    assert ["\n".join(comment.lines) for comment in comments_of(each.after.read_bytes())] == expected
    assert len(list(docx.Document(str(each.after)).comments)) == len(expected) > 1
    with zipfile.ZipFile(each.before) as before, zipfile.ZipFile(each.after) as after:
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed == {"word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"}


@pytest.mark.parametrize("name", _names())
def test_the_pages_are_pixel_by_pixel_as_they_were(files: dict[str, Annotated], pages: Path, name: str) -> None:
    assert_same_pages(pages / f"{name}.pdf", pages / f"{name}-after.pdf")


@pytest.mark.parametrize("name", _names())
def test_libreoffice_shows_every_comment(files: dict[str, Annotated], noted: Path, name: str) -> None:
    expected = ["\n".join(comment.lines) for comment in comments_of(files[name].after.read_bytes())]
    assert sorted(note.text for note in notes_in(noted / f"{name}-after.pdf")) == sorted(expected)


def test_each_comment_stands_in_its_cell_on_the_page(files: dict[str, Annotated], noted: Path) -> None:
    each, pdf = files["flawed"], noted / "flawed-after.pdf"
    places = {cell.origin: (cell.row, cell.column) for cell in _cells(read_docx(each.before.read_bytes(), "a.docx"))}
    boxes = {(cell.row, cell.column): cell.origin for cell in _cells(read_pdf(pdf.read_bytes(), "a.pdf"))}
    assert set(places.values()) == set(boxes)
    by_text = {note.text: note for note in notes_in(pdf)}
    remarks = [remark for notes in each.notes for remark in notes.remarks]
    assert len(remarks) > 3
    for remark in remarks:
        note, origin = by_text[remark.text], boxes[places[remark.origin]]
        assert isinstance(origin, PageBox)
        left, top, right, bottom = origin.box
        assert (note.page, left <= note.left <= right, top <= note.top <= bottom) == (origin.page, True, True)


def _cells(reading: Reading) -> list[Cell]:
    return [cell for block in reading.blocks if isinstance(block, Grid) for cell in block.cells]


def test_a_file_that_libreoffice_saved_takes_comments_again(
    office: list[str], files: dict[str, Annotated], tmp_path: Path
) -> None:
    each = files["flawed"]
    (saved,) = converted(office, "docx:MS Word 2007 XML", tmp_path, each.after)
    report = lint(saved).files[0]
    again = tmp_path / "again.docx"
    again.write_bytes(annotate(saved.read_bytes(), report))
    comments = comments_of(again.read_bytes())
    assert [comment.author for comment in comments] == [AUTHOR] * (1 + len(report.forms[0].open_findings))
    assert all(len(comment.marks) == 3 for comment in comments)
    before, after = converted(office, "pdf", tmp_path / "pdf", saved, again)
    assert_same_pages(before, after)


# What a mark could move. Not here, for LibreOffice moves them by any comment: a table that begins the document, text
# spread over the whole line (w:jc distribute), an empty cell set larger than its style.
def _row(cell: str) -> str:
    return f'<w:tr><w:trPr><w:trHeight w:val="200" w:hRule="atLeast"/></w:trPr>{tc(cell) + tc("旁")}</w:tr>'


def _set(size: int) -> str:
    return f'<w:rPr><w:rFonts w:ascii="DejaVu Sans" w:eastAsia="宋体"/><w:sz w:val="{size}"/></w:rPr>'


_CENTRED = '<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{}</w:p>'
_RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
_PAGE = '<w:br w:type="page"/>'
_BOX = '<w:p><w:r><w:pict><v:shape style="position:absolute;width:99pt;height:60pt"><v:textbox><w:txbxContent>{}'
_BOX_END = "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
_CONTROL = '<w:sdt><w:sdtPr><w:id w:val="5"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>'
CELLS = {
    "empty": "<w:p/>",
    "empty and small": f"<w:p><w:pPr>{_set(10)}</w:pPr></w:p>",
    "small": f"<w:p><w:r>{_set(9)}<w:t>小字</w:t></w:r></w:p>",
    "small in a large mark": f"<w:p><w:pPr>{_set(60)}</w:pPr><w:r>{_set(9)}<w:t>小</w:t></w:r></w:p>",
    "exact": '<w:p><w:pPr><w:spacing w:line="160" w:lineRule="exact"/></w:pPr><w:r><w:t>行</w:t></w:r></w:p>',
    "full to the edge": f"<w:p><w:r>{_set(20)}<w:t>{'满' * 61}</w:t></w:r></w:p>",
    "deleted": '<w:p><w:del w:id="9" w:author="甲"><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>',
    "two paragraphs": "<w:p/><w:p/>",
    "a tab and a break": "<w:p><w:r><w:tab/><w:br/></w:r></w:p>",
    "centred before blanks": _CENTRED.format(_RUN.format("中间      ")),
    "centred before blank runs": _CENTRED.format(_RUN.format("中间  ") + _RUN.format("  ")),
    "a control": _CONTROL.format(p("甲")),
    "a control of two paragraphs": _CONTROL.format(p("甲") + p("乙")),
    "a nested table": tbl(tr(tc("甲"), tc("乙"))) + "<w:p/>",
}
MOVING = {name: (p("题") + tbl(_row(cell), tr(tc("尾"), tc("尾"))), TableCell(1, 1, 1)) for name, cell in CELLS.items()}
MOVING |= {
    name: (paragraph + tbl(tr(tc("甲"), tc("乙"))), Paragraph(1))
    for name, paragraph in {
        "a page break in the run": f"<w:p><w:r><w:t>题</w:t>{_PAGE}</w:r></w:p>",
        "a page break in a run of its own": f"<w:p><w:r><w:t>题</w:t></w:r><w:r>{_PAGE}</w:r></w:p>",
        "a page break alone": f"<w:p><w:r>{_PAGE}</w:r></w:p>",
        "a page break before the text": f"<w:p><w:r>{_PAGE}</w:r><w:r><w:t>题</w:t></w:r></w:p>",
        "a control around the title": _CONTROL.format(p("题")),
        "lines full to the edge": p("满" * 200),
    }.items()
}
MOVING |= {
    "a control around a cell": (
        p("题") + tbl(f"<w:tr>{tc('甲') + _CONTROL.format(tc('乙'))}</w:tr>"),
        TableCell(1, 1, 2),
    ),
    "a control around a table": (p("题") + _CONTROL.format(tbl(tr(tc("甲"), tc("乙")))), TableCell(1, 1, 1)),
    "a text box": (
        p("题") + _BOX.format(tbl(tr(tc("甲"), tc("乙")), tr(tc("丙"), tc("丁")))) + "<w:p/>" + _BOX_END,
        TableCell(1, 2, 2),
    ),
}


@pytest.fixture(scope="module")
def moving(office: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three PDFs a case of MOVING: N-before, N-after, and noted/N-after with the comments."""
    folder = tmp_path_factory.mktemp("moving")
    for number, (body, origin) in enumerate(MOVING.values()):
        (folder / f"{number}-before.docx").write_bytes(word(body))
        (folder / f"{number}-after.docx").write_bytes(annotate_docx(word(body), "a.docx", notes(origin)))
    converted(office, "pdf", folder, *sorted(folder.glob("*.docx")))
    converted(office, WITH_NOTES, folder / "noted", *sorted(folder.glob("*-after.docx")))
    return folder


@pytest.mark.parametrize("number", range(len(MOVING)), ids=MOVING)
def test_a_mark_moves_nothing_on_the_page(moving: Path, number: int) -> None:
    assert_same_pages(moving / f"{number}-before.pdf", moving / f"{number}-after.pdf")
    assert len(notes_in(moving / "noted" / f"{number}-after.pdf")) == 2


def test_the_file_opens_in_python_docx_and_is_saved_by_it_whole(files: dict[str, Annotated]) -> None:
    each = files["flawed"]
    buffer = io.BytesIO()
    docx.Document(str(each.after)).save(buffer)
    assert [comment.lines for comment in comments_of(buffer.getvalue())] == [
        comment.lines for comment in comments_of(each.after.read_bytes())
    ]
