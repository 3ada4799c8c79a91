"""The bytes of a sheet's XML that change, whatever way the XML is written."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from perfeval_lint.annotate.xlsx.restyle import naming, restyled
from perfeval_lint.annotate.xlsx.scan import Splice, sheet_bytes, spliced, with_attribute
from perfeval_lint.annotate.xlsx.survey import Place, Survey, survey
from perfeval_lint.read.package import Package
from perfeval_lint.read.sheet.address import address, place_of
from tests.annotate.book_files import MAIN, book_parts, zipped

PART = "xl/worksheets/sheet1.xml"
NEW = 1000  # added to the style a cell has


def package_of(sheet: bytes) -> Package:
    return Package(zipped({**book_parts(""), PART: sheet}), "表.xlsx", ".xlsx")


def changed(sheet: bytes, places: list[Place], ours: frozenset[int] = frozenset()) -> tuple[bytes, Survey]:
    """The sheet with new styles at these places, and what was found out about it."""
    package = package_of(sheet)
    data = sheet_bytes(package, PART) or b""
    found = survey(package, PART, data, ours)
    splices = restyled(package, PART, data, found, places, lambda _, style: style + NEW)
    return spliced(data, [*splices, naming(found, "rId9")]), found


def styles(sheet: bytes) -> dict[str, int]:
    """The styles of the cells by address."""
    cells = etree.fromstring(sheet).iterfind("{*}sheetData/{*}row/{*}c")
    return {cell.get("r", ""): int(cell.get("s", "0")) for cell in cells}


Cells = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), st.tuples(st.integers(0, 9), st.booleans()), max_size=12
)
Places = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10)


def written(cells: dict[Place, tuple[int, bool]], bare: set[int], style: str) -> bytes:
    """A sheet of these cells, each with a style and perhaps a value; `bare` rows are there without cells."""
    rows = ""
    for row in sorted({row for row, _ in cells} | bare):
        inside = "".join(
            f'<c r="{address(*place)}" s="{number}"' + ("><v>1</v></c>" if full else "/>")
            for place, (number, full) in sorted(cells.items())
            if place[0] == row
        )
        rows += f'<row r="{row + 1}"{style}>{inside}</row>' if inside else f'<row r="{row + 1}"{style}/>'
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


@given(
    Cells, st.sets(st.integers(0, 6), max_size=3), Places, st.sampled_from(["", ' s="5" customFormat="1"', ' s="5"'])
)
def test_every_place_gets_its_style_and_no_other_cell_changes(
    cells: dict[Place, tuple[int, bool]], bare: set[int], places: list[Place], style: str
) -> None:
    before = written(cells, bare, style)
    after, _ = changed(before, places)
    there = {row for row, _ in cells} | bare
    expected = {address(*place): number for place, (number, _) in cells.items()}
    for place in places:
        of_row = 5 if "customFormat" in style and place[0] in there else 0
        expected[address(*place)] = cells.get(place, (of_row, False))[0] + NEW
    assert styles(after) == expected
    order = [place_of(each) for each in styles(after)]
    assert order == sorted(order, key=lambda place: place or (0, 0))
    rows = [int(row.get("r", "")) for row in etree.fromstring(after).iterfind("{*}sheetData/{*}row")]
    assert rows == sorted(set(rows))
    assert after.count(b"<v>") == before.count(b"<v>")


ODD = {
    "single quotes": b"<c r='A1' s='2'><v>1</v></c>",
    "lines in a tag": b'<c\n\tr="A1"\n\ts="2"\n><v>1</v></c>',
    "spaces around the sign": b'<c r = "A1" s = "2" ><v>1</v></c>',
    "a bracket in a value": b'<c r="A1" x:y="a>b s=" xmlns:x="u" s="2"><v>1</v></c>',
    "another attribute that ends in s": b'<c r="A1" x:s="7" xmlns:x="u" s="2" cs="8"><v>1</v></c>',
    "a comment before": b'<!-- <c r="A1" s="4"/> --><c r="A1" s="2"><v>1</v></c>',
    "an instruction before": b'<?x <c r="A1"> ?><c r="A1" s="2"><v>1</v></c>',
    "what looks like a cell in a text": b'<c r="A1" s="2" t="str"><v><![CDATA[<c r="B1" s="3"/>]]></v></c>',
    "a character by number": b'<c r="&#65;1" s="&#50;"><v>1</v></c>',
}


@pytest.mark.parametrize("cell", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="UTF-8"?>\r\n'])
def test_cells_written_in_odd_ways(cell: bytes, head: bytes) -> None:
    row = b'<row r="1" spans="1:1">' + cell + b"</row>"
    before = head + b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN.encode(), row)
    after, _ = changed(before, [(0, 0), (0, 1)])
    assert styles(after) == {"A1": 2 + NEW, "B1": NEW}
    assert after.startswith(head)
    others = re.sub(rb'<c r="B1" s="1000"/>|<legacyDrawing [^>]*>|\s*\bs\s*=\s*["\'](?:2|&#50;|1002)["\']', b"", after)
    plain = re.sub(rb'\s*\bs\s*=\s*["\'](?:2|&#50;)["\']| spans="1:1"', b"", before)
    assert others.replace(b"\n>", b">").replace(b" >", b">") == plain.replace(b"\n>", b">").replace(b" >", b">")


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        (b'<c r="A1"/>', "3", b'<c r="A1" s="3"/>'),
        (b'<c r="A1" />', "3", b'<c r="A1" s="3"/>'),
        (b"<c>", "3", b'<c s="3">'),
        (b'<c s="1" t="s">', "3", b'<c s="3" t="s">'),
        (b'<c s="1" t="s">', None, b'<c t="s">'),
        (b'<c t="s">', None, b'<c t="s">'),
    ],
)
def test_an_attribute_of_a_tag(tag: bytes, value: str | None, expected: bytes) -> None:
    assert with_attribute(tag, "s", value) == expected


def test_splices_at_one_place_keep_their_order() -> None:
    splices = [Splice(5, 6, b"X"), Splice(2, 2, b"a"), Splice(2, 2, b"b"), Splice(2, 4, b"c")]
    assert spliced(b"0123456789", splices) == b"01abc4X6789"


def test_what_is_found_out_about_a_sheet() -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetFormatPr defaultColWidth="7" defaultRowHeight="18"/>'
        '<cols><col min="2" max="3" width="20" style="4"/><col min="5" max="5" width="9" hidden="1"/></cols>'
        '<sheetData><row r="2" ht="30"><c r="C2" s="6"/><c s="7"/></row><row hidden="1"/></sheetData>'
        '<mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>'
    )
    _, found = changed(sheet.encode(), [], frozenset({7}))
    assert [found.column(at).pixels for at in (0, 1, 2, 3, 4)] == [54, 145, 145, 54, 0]
    assert [found.column(at).style for at in (0, 2)] == [0, 4]
    assert (found.heights, found.height) == ({1: 30.0, 2: 0.0}, 18.0)
    assert found.ours == [(1, 3)]
    assert [tuple(merge) for merge in found.merges] == [(0, 0, 1, 1)]


@pytest.mark.parametrize("text", ["nan", "inf", "-5", "1e999", "x", ""])
def test_sizes_that_are_none_are_the_usual_ones(text: str) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><cols><col min="1" max="1" width="{text}"/></cols><sheetData/></worksheet>'
    assert changed(sheet.encode(), [])[1].column(0).width == Survey().width


def test_a_sheet_of_many_rows_is_read_no_further_than_the_last_place() -> None:
    chance = random.Random(7)
    cells = {(row, column): (chance.randrange(9), True) for row in range(300) for column in range(4)}
    before = written(cells, set(), "")
    after, _ = changed(before, [(2, 1), (40, 9)])
    assert after.endswith(
        before[before.index(b'<row r="42"') : -len(b"</worksheet>")] + after[after.index(b"<legacy") :]
    )
    assert len(styles(after)) == len(cells) + 1
