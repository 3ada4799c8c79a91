"""PDF: cells by the drawn lines, text as shown, and files that give no text.

The files in fixtures come from one form: form.html, printed by LibreOffice from Word over two pages; from_excel.pdf
is its print from Excel over three, broken inside merged cells, which then have no border where the page ends.
"""

from __future__ import annotations

import random
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Cell, Grid, Line, Reading
from perfeval_lint.read.pdf.pdf import read_pdf
from perfeval_lint.read.web.html import read_html
from tests.drawn import ALL, LEVEL, UPRIGHT, WORDS, at, drawn, stroke

FIXTURES = Path(__file__).parent / "fixtures"


def fixture(name: str) -> Reading:
    return read_pdf((FIXTURES / name).read_bytes(), name)


def places(cells: tuple[Cell, ...]) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.rows, cell.columns, cell.text) for cell in cells]


def shown(content: str) -> list[str | list[tuple[int, int, int, int, str]]]:
    reading = read_pdf(drawn(content), "x.pdf")
    return [block.text if isinstance(block, Line) else places(block.cells) for block in reading.blocks]


def contents(reading: Reading) -> list[str | list[tuple[int, int, int, int, str]]]:
    return [block.text if isinstance(block, Line) else places(block.cells) for block in reading.blocks]


def test_a_form_over_two_pages_cell_by_cell() -> None:
    reading = fixture("form.pdf")
    assert [block.text for block in reading.blocks if isinstance(block, Line)] == [
        *("项目支出绩效自评表", "（2023年度）", "- 1 -", "资金年度：2023  总分：99.36", "- 2 -"),
    ]
    (source,) = (
        block for block in read_html((FIXTURES / "form.html").read_bytes(), "x").blocks if isinstance(block, Grid)
    )
    first, second = (block for block in reading.blocks if isinstance(block, Grid))
    on_first = {(cell.row, cell.column): cell for cell in first.cells}
    # The page breaks inside row 13: its later lines are the first row of the second page.
    on_second = {(cell.row + 13, cell.column): cell for cell in second.cells}
    for cell in source.cells:
        found = [grid[place] for grid in (on_first, on_second) if (place := (cell.row, cell.column)) in grid]
        if not found:  # a label that goes on: begins on the second page in the row of the break
            found = [on_second[13, cell.column]]
        assert "".join(part.text for part in found).replace("\n", "") == cell.text.replace("\n", "")
        if cell.row + cell.rows <= 13:
            assert (found[0].rows, found[0].columns) == (cell.rows, cell.columns)
    assert on_first[7, 0].text == "绩\n效\n指\n标"


def test_a_form_printed_from_excel_keeps_its_columns_on_every_page() -> None:
    (source,) = (
        block for block in read_html((FIXTURES / "form.html").read_bytes(), "x").blocks if isinstance(block, Grid)
    )
    grids = [block for block in fixture("from_excel.pdf").blocks if isinstance(block, Grid)]
    assert [block for block in fixture("from_excel.pdf").blocks if isinstance(block, Line)] == []
    for grid, first, after in zip(grids, (0, 11, 14), (11, 14, 21), strict=True):
        spans = [
            (max(cell.row, first) - first, cell.column, min(cell.row + cell.rows, after) - max(cell.row, first))
            for cell in source.cells
            if cell.row < after and cell.row + cell.rows > first
        ]
        assert [(cell.row, cell.column, cell.rows) for cell in grid.cells] == sorted(spans)
        texts = {(cell.row + first, cell.column): cell.text.replace("\n", "") for cell in grid.cells}
        for cell in source.cells:
            if first <= cell.row and cell.row + cell.rows <= after:
                assert texts[cell.row, cell.column] == cell.text.replace("\n", "")
    # The page holds the middle of labels that go on; each stands there in the middle of the cell as a whole.
    assert [cell.text for cell in grids[1].cells if cell.row == 0][:3] == ["绩\n效\n指", "产出指标\n（50分）", ""]


def test_pages_stored_turned_read_as_displayed() -> None:
    straight, turned = fixture("form.pdf"), fixture("rotated.pdf")
    assert contents(straight) == contents(turned)
    assert straight.blocks[0].origin == turned.blocks[0].origin  # type: ignore[union-attr]


def test_tables_lying_on_their_side_are_read_and_placed_where_they_are_displayed() -> None:
    sideways = fixture("sideways.pdf")
    assert contents(sideways) == contents(fixture("form.pdf"))
    assert sideways.blocks[0].origin == PageBox(1, (46.9, 234.5, 60.9, 360.5))  # type: ignore[union-attr]


def test_lines_drawn_as_strokes_thin_boxes_dashes_and_twice() -> None:
    thin = "".join(f"{x1} {y1} {max(x2 - x1, 0.5)} {max(y2 - y1, 0.5)} re f\n" for x1, y1, x2, y2 in (*LEVEL, *UPRIGHT))
    boxes = "".join(f"{50 + 60 * c} {90 + 30 * r} 60 30 re S\n" for r in range(2) for c in range(3))
    double = "".join(
        f"{x1 + d} {y1 + d} m {x2 + d} {y2 + d} l S\n" for x1, y1, x2, y2 in (*LEVEL, *UPRIGHT) for d in (0, 1.2)
    )
    dashes = stroke(*((x, y, x + 4, y) for y in (150, 120, 90) for x in range(50, 230, 6)), *UPRIGHT)
    for lines in (
        stroke(*LEVEL, *UPRIGHT),
        thin,
        boxes,
        double,
        dashes,
        f"q 2 0 0 2 0 0 cm 0.5 0 0 0.5 0 0 cm {boxes} Q\n",
    ):
        assert shown(lines + WORDS) == [ALL]


@pytest.mark.parametrize(
    "missing",
    [(UPRIGHT[0],), (UPRIGHT[-1],), (UPRIGHT[0], UPRIGHT[-1]), (LEVEL[0],), (LEVEL[-1],), (LEVEL[0], LEVEL[-1])],
)
def test_tables_without_an_outer_border(missing: tuple[tuple[float, ...], ...]) -> None:
    lines = (line for line in (*LEVEL, *UPRIGHT) if line not in missing)
    assert shown(stroke(*lines) + WORDS) == [ALL]


# Merged over the page: between uprights only, or with a border at one end.
THROUGH = ((10.0, 90.0, 10.0, 150.0), (30.0, 90.0, 30.0, 150.0))


@pytest.mark.parametrize(
    ("lines", "text", "expected"),
    [
        ((*LEVEL, *UPRIGHT, *THROUGH), at(12, 115, "a"), [(0, 0, 2, 1, "a"), (0, 1, 2, 1, "")]),
        ((*LEVEL, *UPRIGHT, *THROUGH, (30.0, 120.0, 50.0, 120.0)), "", [(0, 0, 2, 1, ""), (0, 1, 1, 1, "")]),
        ((*LEVEL, *UPRIGHT, *THROUGH, (30.0, 90.0, 50.0, 90.0)), "", [(0, 0, 2, 1, ""), (0, 1, 2, 1, "")]),
        ((*LEVEL, *UPRIGHT, *THROUGH, (10.0, 150.0, 50.0, 150.0)), "", [(0, 0, 2, 1, ""), (0, 1, 2, 1, "")]),
    ],
)
def test_columns_merged_over_the_page_are_columns(
    lines: tuple[tuple[float, ...], ...], text: str, expected: list[tuple[int, int, int, int, str]]
) -> None:
    (found,) = shown(stroke(*lines) + WORDS + text)
    assert [place for place in found if place[1] < 2 and place[0] == 0] == expected
    assert [place[4] for place in found if place[1] >= 2] == [place[4] for place in ALL]


def test_columns_merged_over_the_page_on_the_right_and_in_the_middle() -> None:
    right = stroke(*LEVEL, *UPRIGHT, (250, 90, 250, 150), (290, 90, 290, 150)) + WORDS
    (found,) = shown(right + at(255, 115, "why"))
    assert [place for place in found if place[1] > 2] == [(0, 3, 2, 1, ""), (0, 4, 2, 1, "why")]
    levels = [(x, y, x + 40, y) for x in (10, 90) for y in (150, 120, 90)]
    uprights = [(x, 90, x, 150) for x in (10, 50, 90, 130)]
    words = "".join(at(x, y, f"{x}-{y}") for x in (12, 92) for y in (130, 100)) + at(55, 115, "mid")
    (found,) = shown(stroke(*levels, *uprights) + words)
    assert found[:3] == [(0, 0, 1, 1, "12-130"), (0, 1, 2, 1, "mid"), (0, 2, 1, 1, "92-130")]
    assert found[3:] == [(1, 0, 1, 1, "12-100"), (1, 2, 1, 1, "92-100")]


@pytest.mark.parametrize(
    ("missing", "drawn_still"),
    [
        (LEVEL[0], (50.0, 150.0, 110.0, 150.0)),
        (LEVEL[-1], (170.0, 90.0, 230.0, 90.0)),
        (UPRIGHT[0], (50.0, 90.0, 50.0, 120.0)),
        (UPRIGHT[-1], (230.0, 120.0, 230.0, 150.0)),
    ],
)
def test_blank_cells_without_a_border_at_the_end_of_the_page_are_cells(
    missing: tuple[float, ...], drawn_still: tuple[float, ...]
) -> None:
    lines = (*(line for line in (*LEVEL, *UPRIGHT) if line != missing), drawn_still)
    (found,) = shown(stroke(*lines) + at(115, 130, "x"))
    assert found == [(*place[:4], "x" if place[:2] == (0, 1) else "") for place in ALL]


def test_a_blank_merged_cell_with_a_piece_of_its_border_missing_is_a_cell() -> None:
    lines = (*LEVEL[:2], *UPRIGHT[::3], (110.0, 120.0, 110.0, 150.0), (170.0, 120.0, 170.0, 150.0))
    (found,) = shown(stroke(*lines, (50.0, 90.0, 110.0, 90.0)) + WORDS.split("BT /F 10 Tf 1 0 0 1 55 100", 1)[0])
    assert found == [*ALL[:3], (1, 0, 1, 3, "")]


def test_rows_without_a_line_and_text_at_the_outline_are_none() -> None:
    longer = [(x, 80.0, x, 160.0) for x in (50, 110, 170, 230)]
    wider = [(40.0, y, 240.0, y) for y in (150, 120, 90)]
    assert shown(stroke(*LEVEL, *longer) + WORDS) == shown(stroke(*wider, *UPRIGHT) + WORDS) == [ALL]


def test_the_corner_beside_a_narrow_heading_is_no_cell() -> None:
    narrow = stroke(*LEVEL, *UPRIGHT, (110, 180, 230, 180), (110, 150, 110, 180), (230, 150, 230, 180))
    (found,) = shown(narrow + WORDS + at(120, 160, "head"))
    assert found == [(0, 1, 1, 2, "head"), *((row + 1, *place) for row, *place in ALL)]
    steps = stroke(*LEVEL, *UPRIGHT, (110, 170, 230, 170), (110, 150, 110, 170), (230, 150, 230, 190))
    (found,) = shown(steps + stroke((170, 190, 230, 190), (170, 150, 170, 190)) + WORDS + at(180, 175, "top"))
    assert found[:3] == [(0, 2, 1, 1, "top"), (1, 1, 1, 1, ""), (1, 2, 1, 1, "")]


def test_what_stands_above_or_beside_a_table_is_no_part_of_it() -> None:
    table = stroke(*LEVEL, *UPRIGHT) + WORDS
    below = stroke(*((x1, y1 - 85, x2, y2 - 85) for x1, y1, x2, y2 in (*LEVEL, *UPRIGHT))) + at(55, 15, "low")
    first, caption, second = shown(table + at(55, 75, "caption") + below)
    assert (first, caption) == (ALL, "caption")
    assert len(second) == 6
    margin = stroke((20, 10, 20, 190)) + at(5, 130, "bind")
    other = stroke(*((245, y, 275, y) for y in (150, 110, 90)), (245, 90, 245, 150), (275, 90, 275, 150))
    assert shown(table + margin) == [ALL, "bind"]
    assert shown(table + other + at(250, 100, "own")) == [ALL, [(0, 0, 1, 1, ""), (1, 0, 1, 1, "own")]]


def test_boxes_side_by_side_are_no_table() -> None:
    boxes = "".join(f"{x} 100 10 10 re S\n" for x in (20, 80, 140))
    assert shown(boxes + at(35, 101, "yes") + at(95, 101, "no")) == ["yes no"]


def test_merged_cells_take_their_spans_from_the_ruling() -> None:
    lines = (
        *LEVEL[::2],
        *UPRIGHT[::3],
        (110.0, 90.0, 110.0, 150.0),
        (110.0, 120.0, 230.0, 120.0),
        (170.0, 90.0, 170.0, 120.0),
    )
    words = at(55, 118, "a") + at(115, 130, "b") + at(115, 100, "c") + at(175, 100, "d")
    assert shown(stroke(*lines) + words) == [
        [(0, 0, 2, 1, "a"), (0, 1, 1, 2, "b"), (1, 1, 1, 1, "c"), (1, 2, 1, 1, "d")]
    ]


def test_cells_whose_lines_do_not_close_are_doubted() -> None:
    lines = (*LEVEL[::2], *UPRIGHT, (50.0, 120.0, 110.0, 120.0), (170.0, 120.0, 230.0, 120.0))
    lines = (*(line for line in lines if line != UPRIGHT[1]), (110.0, 120.0, 110.0, 150.0))
    (grid,) = read_pdf(drawn(stroke(*lines) + WORDS), "x").blocks
    assert isinstance(grid, Grid)
    assert {cell.text: bool(cell.doubt) for cell in grid.cells}["r0c0"] is False
    assert any(cell.doubt for cell in grid.cells)


def test_lines_inside_a_cell_and_underlines_are_no_ruling() -> None:
    lines = stroke(*LEVEL, *UPRIGHT, (56, 128, 80, 128), (50, 40, 200, 40)) + WORDS + at(55, 42, "name")
    assert shown(lines) == [ALL, "name"]


def test_text_in_a_cell_goes_from_top_to_bottom_and_left_to_right() -> None:
    words = at(75, 140, "b") + at(55, 128, "c") + at(55, 140, "a ") + WORDS.split("\n", 1)[1]
    (found,) = shown(stroke(*LEVEL, *UPRIGHT) + words)
    assert found[0] == (0, 0, 1, 1, "a b\nc")


def test_only_real_gaps_are_spaces() -> None:
    spread = "".join(at(20 + 14 * place, 180, letter) for place, letter in enumerate("ABCDE"))
    words = at(20, 160, "one") + at(70, 160, "two")
    exponent = at(20, 140, "10m") + "BT /F 6 Tf 1 0 0 1 39.5 143.5 Tm (2) Tj ET\n"
    assert shown(spread + words + exponent) == ["ABCDE", "one two", "10m²"]


def test_bold_made_by_printing_twice_is_read_once() -> None:
    assert shown(at(20, 180, "Total") + at(20.3, 180, "Total")) == ["Total"]


def test_turned_text_and_watermarks() -> None:
    turned = "BT /F 10 Tf 0 1 -1 0 100 95 Tm (up) Tj ET\n"
    slanted = "BT /F 40 Tf 0.7 0.7 -0.7 0.7 60 20 Tm (DRAFT) Tj ET\n"
    reading = read_pdf(drawn(stroke(*LEVEL, *UPRIGHT) + WORDS + turned + slanted), "x")
    (grid,) = reading.blocks
    assert isinstance(grid, Grid)
    assert grid.cells[3].text == "r1c0\nup"
    assert [note.code for note in reading.notes] == ["tilted-text"]


def test_unseen_and_cut_text_is_left_out_and_told() -> None:
    unseen = "BT 3 Tr /F 10 Tf 1 0 0 1 55 100 Tm (dark) Tj ET\n"
    cut = "q 50 20 30 30 re W n " + at(52, 30, "abcdefghijkl") + "Q\n"
    reading = read_pdf(drawn("q " + unseen + "Q " + at(55, 130, "seen") + cut), "x")
    first, second = (block.text for block in reading.blocks if isinstance(block, Line))
    assert first == "seen"
    assert "abcdefghijkl".startswith(second)
    assert len(second) < 8
    assert [note.code for note in reading.notes] == ["cut-text", "hidden-text"]


def test_what_was_filled_into_form_fields_is_read() -> None:
    field = (
        b"5 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(42)/F 4/Rect[20 100 80 120]/AP<</N 6 0 R>>>>endobj\n"
        b"6 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 60 20]/Resources<</Font<</F 3 0 R>>>>/Length 33>>stream\n"
        b"BT /F 10 Tf 2 5 Td (42) Tj ET    \nendstream endobj\n"
    )
    data = (
        drawn(at(20, 150, "count"))
        .replace(b"/Contents", b"/Annots[5 0 R]/Contents")
        .replace(b"trailer", field + b"trailer")
    )
    assert contents(read_pdf(data, "x.pdf")) == ["count", "42"]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("scan.pdf", "scan", "扫描件"),
        ("password.pdf", "protected", "去掉密码"),
        ("no_encoding.pdf", "no-encoding", "文字无法取出"),
    ],
)
def test_files_that_give_no_text_say_why(name: str, code: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        fixture(name)
    assert caught.value.problem.code == code
    assert words in caught.value.problem.message


def test_a_file_protected_from_changes_only_is_read() -> None:
    assert contents(fixture("owner_password.pdf")) == contents(fixture("form.pdf"))


def test_scanned_pages_among_others_are_named() -> None:
    reading = fixture("scanned_page.pdf")
    assert len([block for block in reading.blocks if isinstance(block, Grid)]) == 2
    assert [(note.code, "第 3 页" in note.message) for note in reading.notes] == [("scanned-pages", True)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "damaged"),
        (b"%PDF-1.4\n", "damaged"),
        (drawn(""), "no-text"),
        (drawn(stroke(*LEVEL)), "scan"),
        (drawn(at(20, 20, "x"), pages=201), "too-large"),
        (drawn("0 0 m 1 1 l S " * 60_000 + at(20, 20, "x")), "too-large"),
        (
            drawn("".join(at(20, 180 - number / 2, "x" * 500) for number in range(220)).replace("/F 10", "/F 0.5")),
            "too-large",
        ),
    ],
    ids=range(7),
)
def test_empty_broken_and_endless_files(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_pdf(data, "x.pdf")
    assert caught.value.problem.code == code


def test_a_page_that_unpacks_without_end_is_refused() -> None:
    packed = zlib.compress(b"0 0 m 1 1 l S " * 3_000_000)
    data = (
        drawn("@")
        .replace(b"/Length 1", b"/Filter/FlateDecode/Length %d" % len(packed))
        .replace(b"\n@\n", b"\n" + packed + b"\n")
    )
    with pytest.raises(UnreadableFile, match="大得不像"):
        read_pdf(data, "x.pdf")


def test_mutated_files_raise_nothing_else() -> None:
    source = (FIXTURES / "form.pdf").read_bytes()
    made = drawn(stroke(*LEVEL, *UPRIGHT) + WORDS)
    chance = random.Random(1)
    for number in range(300):
        origin = made if number % 2 else source
        data = bytearray(origin[: chance.randrange(len(origin))] if chance.random() < 0.2 else origin)
        for _ in range(chance.randrange(1, 40)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_pdf(bytes(data), "x.pdf")
        except UnreadableFile:
            continue


def with_annotations(*kinds: str) -> Reading:
    """The table of words, with annotations that draw a line through its first row and write beside it."""
    pdf = pikepdf.open(BytesIO(drawn(stroke(*LEVEL, *UPRIGHT) + WORDS)))
    page = pdf.pages[0]
    fonts = page.Resources
    drawing = pdf.make_stream(
        (at(5, 45, "said") + stroke((0, 35, 180, 35), (30, 0, 30, 60))).encode(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 180, 60],
        Resources=fonts,
    )
    for kind in kinds:
        one = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name("/" + kind), Rect=[50, 90, 230, 150], F=4, Contents="said"
        )
        one.AP = pikepdf.Dictionary(N=drawing)
        page.Annots = pikepdf.Array([*page.get("/Annots", []), pdf.make_indirect(one)])
        if kind == "Widget":
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[page.Annots[-1]])
    out = BytesIO()
    pdf.save(out)
    return read_pdf(out.getvalue(), "x.pdf")


@pytest.mark.parametrize(
    "kind", ["Text", "Square", "Circle", "Highlight", "Underline", "Squiggly", "StrikeOut", "Caret", "Popup"]
)
def test_marks_that_reviewers_put_on_a_page_are_left_aside(kind: str) -> None:
    plain = with_annotations()
    assert with_annotations(kind) == plain
    assert with_annotations(kind, "Square", kind) == plain


@pytest.mark.parametrize("kind", ["Widget", "FreeText", "Stamp"])
def test_what_was_filled_in_or_typed_onto_a_page_is_read(kind: str) -> None:
    (grid,) = (block for block in with_annotations("Square", kind, "Highlight").blocks if isinstance(block, Grid))
    assert any("said" in cell.text for cell in grid.cells)
    assert len(grid.cells) > len(ALL)


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("12345678", "90", "1234567890"),  # as much as the column holds: the number was wrapped
        ("61", "62", "61\n62"),
        ("97%", "98.5%", "97%\n98.5%"),
    ],
)
def test_a_number_wrapped_in_a_narrow_column_is_one_and_figures_typed_apart_are_not(
    first: str, second: str, text: str
) -> None:
    lines = at(55, 138, first) + at(55, 126, second) + at(55, 105, "a") + at(115, 105, "b")
    (grid,) = read_pdf(drawn(stroke(*LEVEL, *UPRIGHT) + lines), "a.pdf").blocks
    assert isinstance(grid, Grid)
    assert grid.cells[0].text == text
