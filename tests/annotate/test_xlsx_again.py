"""A workbook annotated, mended and annotated again: what the run before put in is replaced, nothing is left of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook

from perfeval_lint.annotate.remarks import Notes
from perfeval_lint.annotate.xlsx.write import annotate_xlsx
from perfeval_lint.form.origin import SheetCell
from perfeval_lint.rule.model import Severity
from tests.annotate.book_files import (
    RED,
    SEPARATOR,
    YELLOW,
    book_parts,
    fill,
    looks,
    note,
    notes,
    opened,
    parts_of,
    remark,
    resaved,
    rich_book,
    zipped,
)
from tests.annotate.printed import converted, libreoffice

Saved = Callable[[bytes], bytes]
GIVEN = notes("A1", "A3", "A4", "C3", "F9", remark(SheetCell("表 1", "B3"), Severity.WARNING))
NOTHING = [Notes(("都改好了",), SheetCell("表 1", "B9"), ())]


def annotated(data: bytes, given: list[Notes]) -> bytes:
    return annotate_xlsx(data, "表.xlsx", given)


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """Saves a workbook with LibreOffice, which writes every part of it anew."""
    folder = tmp_path_factory.mktemp("office")
    office = libreoffice(folder / "profile")

    def save(data: bytes) -> bytes:
        (folder / "book.xlsx").write_bytes(data)
        (saved,) = converted(office, "xlsx:Calc MS Excel 2007 XML", folder / "out", folder / "book.xlsx")
        return saved.read_bytes()

    return save


@pytest.fixture(params=["as it is", "openpyxl", "LibreOffice"])
def saved(request: pytest.FixtureRequest) -> Saved:
    """What happens to the file between two runs."""
    if request.param == "LibreOffice":
        found: Saved = request.getfixturevalue("by_libreoffice")
        return found
    return resaved if request.param == "openpyxl" else bytes


def filled_cells(book: Workbook, name: str) -> dict[str, tuple[object, ...]]:
    """The fills of a sheet's cells that have one: the pattern and its two colours."""
    return {
        cell.coordinate: (cell.fill.patternType, cell.fill.fgColor.rgb, cell.fill.bgColor.rgb)
        for row in book[name]
        for cell in row
        if cell.fill.patternType
    }


@pytest.mark.parametrize("data", [rich_book(), zipped(book_parts("<sheetData/>"))], ids=["rich", "bare"])
def test_twice_is_the_same_as_once(data: bytes) -> None:
    once = annotated(data, GIVEN)
    assert annotated(once, GIVEN) == once


def test_twice_is_the_same_as_once_after_another_program(saved: Saved) -> None:
    between = saved(annotated(rich_book(), GIVEN))
    once = annotated(between, GIVEN)
    assert annotated(once, GIVEN) == once
    sheets = [opened(data)["表 1"] for data in (between, once)]
    assert [sheet.parent.sheetnames for sheet in sheets] == [["表 1", "it's 2", "审核意见"]] * 2
    for address in ("A1", "A3", "A4", "C3", "F9", "B3"):
        assert note(sheets[0], address) == note(sheets[1], address)
        assert note(sheets[1], address).count(SEPARATOR) == 1
    assert [fill(sheets[1], each) for each in ("B3", "C3")] == [YELLOW, RED]


def test_what_was_mended_looks_as_before(saved: Saved) -> None:
    before = saved(rich_book())
    after = annotated(saved(annotated(before, GIVEN)), NOTHING)
    old, new = opened(saved(before)), opened(after)
    assert filled_cells(new, "表 1") == filled_cells(old, "表 1")
    assert {"A3", "A4"} <= filled_cells(old, "表 1").keys()  # green, hatched
    cells = [cell.coordinate for row in old["表 1"] for cell in row if cell.coordinate != "F9"]  # was no cell
    assert [looks(new["表 1"][each]) for each in cells] == [looks(old["表 1"][each]) for each in cells]
    assert [note(new["表 1"], each) for each in cells] == [
        f"{SEPARATOR}\n都改好了" if each == "B9" else note(old["表 1"], each) for each in cells
    ]
    assert [row[0].value for row in new["审核意见"].iter_rows(min_row=3)] == ["都改好了"]


def test_of_the_drawing_only_the_new_box_is_left() -> None:
    before = rich_book()
    after = annotated(annotated(before, GIVEN), NOTHING)
    drawings = [parts_of(data)["xl/drawings/vmlDrawing1.vml"] for data in (before, after)]
    assert drawings[1].count(b"<v:shape ") == drawings[0].count(b"<v:shape ") + 1


def test_a_fill_comes_off_wherever_its_cell_was_moved_to() -> None:
    def move(book: Workbook) -> None:
        book["表 1"].move_range("A3:C4", rows=7)

    before = opened(resaved(rich_book()))["表 1"]
    after = opened(annotated(resaved(annotated(rich_book(), GIVEN), move), NOTHING))["表 1"]
    assert [fill(after, each) for each in ("A10", "B10", "C10")] == [fill(before, each) for each in ("A3", "B3", "C3")]
    assert repr(after["A11"].fill) == repr(before["A4"].fill)
    assert note(after, "A11") == note(before, "A4")


def test_a_fill_the_clerk_gave_since_stays() -> None:
    def paint(book: Workbook) -> None:
        book["表 1"]["A3"].fill = PatternFill("solid", fgColor="FF00FFFF")
        book["表 1"]["B3"].fill = PatternFill()

    sheet = opened(annotated(resaved(annotated(rich_book(), GIVEN), paint), NOTHING))["表 1"]
    assert fill(sheet, "A3") == "FF00FFFF"
    assert fill(sheet, "B3") is None


def test_without_the_sheet_of_findings_our_notes_still_tell_that_the_fills_are_ours() -> None:
    def forget(book: Workbook) -> None:
        del book["审核意见"]

    sheet = opened(annotated(resaved(annotated(rich_book(), GIVEN), forget), NOTHING))["表 1"]
    assert [fill(sheet, each) for each in ("B3", "C3", "A3")] == [None, None, None]


@pytest.mark.parametrize("given", [NOTHING, GIVEN], ids=["nothing", "findings"])
def test_a_fill_of_such_a_colour_is_no_ours_where_nothing_was_annotated(given: list[Notes]) -> None:
    def paint(book: Workbook) -> None:
        for sheet in book:
            sheet["D9"].fill = PatternFill("solid", fgColor=RED)

    book = opened(annotated(resaved(rich_book(), paint), given))
    assert [fill(sheet, "D9") for sheet in book.worksheets[:2]] == [RED, RED]


def test_what_was_added_to_the_note_of_another_since_stays() -> None:
    def write(book: Workbook) -> None:
        text = book["表 1"]["A4"].comment.text
        book["表 1"]["A4"].comment.text = text.replace("请核对", "请核对\n第二行")

    sheet = opened(annotated(resaved(annotated(rich_book(), GIVEN), write), NOTHING))["表 1"]
    assert note(sheet, "A4").endswith("财务科：请核对\n第二行")


def test_the_sheet_of_findings_stays_where_it_was_moved_and_renamed() -> None:
    def move(book: Workbook) -> None:
        book["审核意见"].title = "意见"
        book.move_sheet("意见", -2)
        book.active = 0

    between = resaved(annotated(rich_book(), GIVEN), move)
    book = opened(annotated(between, GIVEN))
    assert book.sheetnames == ["意见", "表 1", "it's 2"]
    assert book["意见"].print_title_rows == "$1:$2"
    assert book["意见"].sheet_view.tabSelected
    assert fill(book["表 1"], "A1") == RED


@pytest.mark.parametrize("count", [1, 2])
def test_a_sheet_of_that_name_of_somebody_else_is_left_alone(count: int) -> None:
    def add(book: Workbook) -> None:
        for number in range(count):
            book.create_sheet("审核意见" + ("2" if number else ""))["A1"] = "处室的审核意见"

    before = resaved(rich_book(), add)
    book = opened(annotated(annotated(before, GIVEN), GIVEN))
    assert book.sheetnames[-1] == f"审核意见{count + 1}"
    assert len(book.sheetnames) == 3 + count
    assert book["审核意见"]["A1"].value == "处室的审核意见"


def test_more_fills_than_there_are_numbers_for() -> None:
    def paint(book: Workbook) -> None:
        for row in range(1, 301):
            book["表 1"][f"Z{row}"].fill = PatternFill("solid", fgColor=f"FF80{row:04X}")

    before = resaved(rich_book(), paint)
    after = annotated(before, notes(*(f"Z{row}" for row in range(1, 301))))
    sheet = opened(after)["表 1"]
    colours = [fill(sheet, f"Z{row}") for row in range(1, 301)]
    assert len({colour for colour in colours if colour and colour.startswith("FFFD")}) == 256
    assert colours[256:] == [f"FF80{row:04X}" for row in range(257, 301)]
    again = opened(annotated(after, NOTHING))["表 1"]
    assert [fill(again, f"Z{row}") for row in range(1, 301)] == [f"FF80{row:04X}" for row in range(1, 301)]
