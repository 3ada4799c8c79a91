"""The parts of a table that is wider than its paper, on pages one after the other, are put beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Block, Cell, Grid, Line
from perfeval_lint.read.pdf.halves import put_together

TOPS = (100.0, 120.0, 150.0, 190.0, 210.0)


def grid(page: int, rows: Sequence[str], lefts: Sequence[float], tops: Sequence[float] = TOPS) -> Grid:
    """A table with the texts of its rows between blanks; columns and rows end where the next ones begin."""
    cells = []
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts.split(" ")):
            box = (lefts[column], tops[row], lefts[column + 1], tops[row + 1])
            cells.append(Cell(row, column, "" if text == "." else text, PageBox(page, box)))
    return Grid(tuple(cells))


def line(page: int, text: str, top: float, sides: tuple[float, float] = (40, 200)) -> Line:
    return Line(text, PageBox(page, (sides[0], top, sides[1], top + 10)))


LEFT, RIGHT = (40, 100, 300, 500), (40, 150, 220)


def texts_of(blocks: Sequence[Block]) -> list[str | list[str]]:
    """The lines, and of a table its rows."""
    found: list[str | list[str]] = []
    for block in blocks:
        if isinstance(block, Line):
            found.append(block.text)
        else:
            rows = {cell.row for cell in block.cells}
            found.append(
                [" ".join(cell.text or "." for cell in block.cells if cell.row == row) for row in sorted(rows)]
            )
    return found


def test_two_halves_are_one_table() -> None:
    left = grid(1, ("甲 乙 丙", "1 2 3", "4 5 6", "7 8 9"), LEFT)
    right = grid(2, ("丁 戊", "a b", "c .", "e f"), RIGHT)
    whole = put_together([[line(1, "自评", 60, (300, 495)), left], [line(2, "表", 60), right, line(2, "第2页", 400)]])
    assert texts_of(whole) == ["自评表", ["甲 乙 丙 丁 戊", "1 2 3 a b", "4 5 6 c .", "7 8 9 e f"], "第2页"]
    (table,) = (block for block in whole if isinstance(block, Grid))
    assert [cell.column for cell in table.cells[:5]] == [0, 1, 2, 3, 4]
    assert isinstance(table.cells[4].origin, PageBox)
    assert table.cells[4].origin.page == 2


def test_pages_down_then_over() -> None:
    rows = ("甲 乙 丙", "1 2 3", "4 5 6", "7 8 9")
    lower = tuple(top + 7 for top in TOPS)
    pages = [[grid(1, rows, LEFT)], [grid(2, rows, LEFT, lower)], [grid(3, ("丁 戊", "a b", "c d", "e f"), RIGHT)], []]
    first, second = texts_of(put_together(pages))  # the last page is blank
    assert first == ["甲 乙 丙 丁 戊", "1 2 3 a b", "4 5 6 c d", "7 8 9 e f"]
    assert second == ["甲 乙 丙 .", "1 2 3 .", "4 5 6 .", "7 8 9 ."]
    pages[3] = [grid(4, ("己 庚", "g h", "i j", "k l"), RIGHT, lower)]
    assert texts_of(put_together(pages)) == [
        ["甲 乙 丙 丁 戊", "1 2 3 a b", "4 5 6 c d", "7 8 9 e f"],
        ["甲 乙 丙 己 庚", "1 2 3 g h", "4 5 6 i j", "7 8 9 k l"],
    ]


def test_a_text_over_the_seam_is_one_and_doubted() -> None:
    left = grid(1, ("甲 乙 某市", "1 2 3", "4 5 6", "7 8 9"), LEFT)
    right = grid(2, ("丁 戊", "a b", "c d", "e f"), RIGHT)
    open_ = Grid(tuple(cell for cell in right.cells if (cell.row, cell.column) != (0, 0)))
    (table,) = put_together([[left], [line(2, "教育局", 105), open_]])
    assert isinstance(table, Grid)
    (seam,) = [cell for cell in table.cells if "某市" in cell.text]
    assert (seam.text, bool(seam.doubt)) == ("某市教育局", True)


def test_lines_of_one_height_that_do_not_meet_stay_apart() -> None:
    left = grid(1, ("甲 乙 丙", "1 2 3", "4 5 6", "7 8 9"), LEFT)
    right = grid(2, ("丁 戊", "a b", "c d", "e f"), RIGHT)
    pages = [[line(1, "（2021年度）", 60, (200, 300)), left], [line(2, "金额单位：万元", 60), right]]
    assert texts_of(put_together(pages))[:2] == ["（2021年度）", "金额单位：万元"]


def test_a_page_of_several_tables_is_no_part_of_one() -> None:
    rows = ("甲 乙 丙", "1 2 3", "4 5 6", "7 8 9")
    lower = tuple(top + 7 for top in TOPS)
    small = grid(2, ("子 丑", "寅 卯"), RIGHT, (600, 620, 640))
    pages: list[list[Block]] = [[grid(1, rows, LEFT)], [grid(2, rows, LEFT, lower), small]]
    pages += [[grid(3, ("丁 戊", "a b", "c d", "e f"), RIGHT)], []]
    assert put_together(pages) == [block for page in pages for block in page]


def test_no_line_is_lost() -> None:
    left = grid(1, ("甲 乙 丙", "1 2 3", "4 5 6", "7 8 9"), LEFT)
    right = grid(2, ("丁 戊", "a b", "c d", "e f"), RIGHT)
    beside = line(1, "印章", 160)
    assert beside in put_together([[left, beside], [right]])


def test_a_table_that_goes_on_overleaf_is_not_turned_sideways() -> None:
    rows = ("甲 乙 丙", "1 2 3", "4 5 6", "7 8 9")
    pages = [[grid(1, rows, LEFT)], [grid(2, rows, LEFT)]]
    assert put_together(pages) == [block for page in pages for block in page]


def test_tables_of_other_heights_stay_apart() -> None:
    rows = ("甲 乙 丙", "1 2 3", "4 5 6", "7 8 9")
    other = grid(2, ("丁 戊", "a b", "c d", "e f"), RIGHT, (100, 130, 160, 170, 205))
    pages = [[grid(1, rows, LEFT)], [other]]
    assert put_together(pages) == [block for page in pages for block in page]
