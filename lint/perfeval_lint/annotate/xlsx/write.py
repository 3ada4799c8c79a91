"""Findings into a workbook: notes and light fills in the very cells, and a sheet of findings with links to them.

By the parts of the file: openpyxl, which opens a workbook to write it anew, loses its shapes, pictures, charts'
looks and extended conditional formats; xlsxwriter changes no files. Here every part that need not change stays byte
for byte, and of a sheet all but the styles of the cells in question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from perfeval_lint.annotate.package import OfficeFile
from perfeval_lint.annotate.remarks import Notes, Remark
from perfeval_lint.annotate.xlsx.book import Workbook
from perfeval_lint.annotate.xlsx.boxes import highest_block
from perfeval_lint.annotate.xlsx.review import Line, Section, is_review, palette_of, review_xml
from perfeval_lint.annotate.xlsx.sheet import Mark, Sheet
from perfeval_lint.annotate.xlsx.styles import Styles
from perfeval_lint.annotate.xlsx.survey import Place
from perfeval_lint.form.origin import Origin, SheetCell
from perfeval_lint.read.package import MAX_TOTAL
from perfeval_lint.read.sheet.address import place_of
from perfeval_lint.read.sheet.xlsx import SheetPart, open_book


def annotate_xlsx(data: bytes, file: str, notes: Sequence[Notes]) -> bytes:
    """The workbook with the notes in its cells and on a sheet 审核意见; what an earlier run put in is replaced.

    Raises UnreadableFile for a file with macros or a signature, and for one that is damaged.
    """
    office = OfficeFile(data, file, ".xlsx")
    office.refuse_signed()
    office.refuse_macros(".xlsx")
    listed, review = _sheets(office)
    sheets = {sheet.name: Sheet(office, sheet) for sheet in reversed(listed)}  # of two of one name, the first
    workbook = Workbook(office)
    part, root = workbook.styles()
    palette = palette_of(office.package, review) if review else None
    if palette is None and any(sheet.is_annotated for sheet in sheets.values()):
        palette = {}
    styles = Styles(root, palette)
    free = _free_blocks(office)
    for sheet in reversed(sheets.values()):
        sheet.write(_marks(notes, sheet.name, sheets), styles, free)
    _write_review(office, workbook, review, _sections(notes, sheets), styles)
    office.put(part, root)
    return office.to_bytes()


def _sheets(office: OfficeFile) -> tuple[list[SheetPart], SheetPart | None]:
    """The sheets of a workbook that are the clerk's, and the one an earlier run put in."""
    book, listed = open_book(office.package)
    ours = [sheet for sheet in listed if is_review(office.package, book, sheet, MAX_TOTAL)]
    return [sheet for sheet in listed if sheet not in ours], next(iter(ours), None)


def _free_blocks(office: OfficeFile) -> Iterator[int]:
    """Blocks of ids no drawing of the file takes any from."""
    drawings = (office.package.read(name) for name in office.package.names if name.lower().endswith(".vml"))
    return count(max((highest_block(drawing) for drawing in drawings if drawing), default=0) + 1)


def _marks(notes: Sequence[Notes], sheet: str, sheets: dict[str, Sheet]) -> list[Mark]:
    """Returns the marks of one sheet: first the summaries."""
    summaries = (
        Mark(place, tuple(note.summary_with(_homeless(note, sheets)).split("\n")), None)
        for note in notes
        if (place := _place(note.origin, sheet)) is not None
    )
    findings = (
        Mark(place, remark.lines, remark.severity)
        for note in notes
        for remark in note.remarks
        if (place := _place(remark.origin, sheet)) is not None
    )
    return [*summaries, *findings]


def _homeless(note: Notes, sheets: dict[str, Sheet]) -> list[Remark]:
    return [remark for remark in note.remarks if _cell(remark.origin, sheets) is None]


def _place(origin: Origin, sheet: str) -> Place | None:
    return place_of(origin.cell) if isinstance(origin, SheetCell) and origin.sheet == sheet else None


def _cell(origin: Origin, sheets: dict[str, Sheet]) -> SheetCell | None:
    """The cell a place is, where the file has it."""
    if isinstance(origin, SheetCell) and origin.sheet in sheets and place_of(origin.cell):
        return origin
    return None


def _sections(notes: Sequence[Notes], sheets: dict[str, Sheet]) -> Iterable[Section]:
    for note in notes:
        yield Section(note.summary, list(_lines(note.remarks, sheets)))


def _lines(remarks: Sequence[Remark], sheets: dict[str, Sheet]) -> Iterator[Line]:
    """Yields a line for each finding, below it those of its places, then those of what goes away with it."""
    below: list[Line] = []
    for remark in remarks:
        if not remark.is_place:
            yield from below
            below = [Line(one.remark, _cell(one.remark.origin, sheets), False, follows=True) for one in remark.follows]
        cell = _cell(remark.origin, sheets)
        yield Line(remark, cell, cell is not None and place_of(cell.cell) in sheets[cell.sheet].threaded)
    yield from below


def _write_review(
    office: OfficeFile, workbook: Workbook, review: SheetPart | None, sections: Iterable[Section], styles: Styles
) -> None:
    """Writes the sheet of findings: in place of that of an earlier run, where there is one."""
    name, part = (review.name, review.part) if review else workbook.add_sheet()
    workbook.repeat_head(name)
    content = review_xml(list(sections), styles, workbook.namespace, active=workbook.is_active(name))
    office.put(part, content)
