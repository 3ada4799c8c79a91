"""Headers and footers of sheets: their codes are no text, and what holds for the first page holds for the form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perfeval_lint.read.model import Grid
from perfeval_lint.read.sheet.margins import header_texts, note_margins
from perfeval_lint.read.sheet.ods import read_ods
from perfeval_lint.read.sheet.xlsx import read_xlsx

Parts = dict[str, str]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("&L金额单位：元&R第 &P 页，共 &N 页", ["金额单位：元", "第  页，共  页"]),
        ('&C&"宋体,加粗"&14项目支出绩效自评表', ["项目支出绩效自评表"]),
        ("&C&KFF0000&14 2023年度", ["2023年度"]),
        ("&C&K01+000甲&B乙&U", ["甲乙"]),
        ("甲&&乙", ["甲&乙"]),
        ("&C甲&&L乙", ["甲&L乙"]),
        ("&L&D &T&C&F&R&A", []),
        ("&P+1", []),
        ("&", ["&"]),
        ("", []),
    ],
)
def test_the_codes_of_a_header_are_no_text(code: str, texts: list[str]) -> None:
    assert list(header_texts(code)) == texts


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", {("单位：元", True)}),
        ('differentFirst="1"', {("单位：元", False), ("首页年度", True)}),
        ('differentOddEven="1"', {("单位：元", True), ("偶数页年度", False)}),
    ],
)
def test_only_headers_that_are_printed_count(
    zip_of: Callable[[Parts], bytes],
    book_parts: Callable[..., Parts],
    attributes: str,
    expected: set[tuple[str, bool]],
) -> None:
    sheet = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        f"<headerFooter {attributes}><oddHeader>&amp;R单位：元</oddHeader><evenHeader>偶数页年度</evenHeader>"
        "<firstHeader>首页年度</firstHeader></headerFooter>"
    )
    margins = read_xlsx(zip_of(book_parts(sheet)), "a.xlsx").margins
    assert {(margin.text, margin.holds) for margin in margins} == expected


def test_a_sheet_that_is_not_read_has_no_margins(
    zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts]
) -> None:
    sheet = "<sheetData/><headerFooter><oddHeader>单位：元</oddHeader></headerFooter>"
    assert read_xlsx(zip_of(book_parts(sheet)), "a.xlsx").margins == ()


def test_notes_that_explain_are_no_part_of_the_form() -> None:
    ours = "—— perfeval-lint ——\n金额单位：元"
    thread = "[线程批注]\n\n你的Excel版本可读取此线程批注；" + "改动将被删除。" * 9 + "\n\n注释:\n    2022年度数"
    texts = ["金额单位：万元", "请填写实际完成数", thread, ours, "年度" + "说明" * 40]
    assert [margin.text for margin in note_margins("表", texts)] == ["金额单位：万元", "2022年度数"]


_DRAWN = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_ANCHORS = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'


def anchor(rows: tuple[int, int], columns: tuple[int, int], into: int, fill: str) -> str:
    """A shape from the first row and column on, that reaches so far into the last ones."""
    starts, ends = (
        f"<xdr:{name}><xdr:col>{columns[end]}</xdr:col><xdr:colOff>{offset}</xdr:colOff><xdr:row>{rows[end]}</xdr:row>"
        f"<xdr:rowOff>{offset}</xdr:rowOff></xdr:{name}>"
        for end, name, offset in ((0, "from", 0), (1, "to", into))
    )
    return f"<xdr:twoCellAnchor>{starts}{ends}<xdr:sp><xdr:spPr>{fill}</xdr:spPr></xdr:sp></xdr:twoCellAnchor>"


def written(rows: tuple[int, int], columns: tuple[int, int], text: str) -> str:
    """A text box without a fill."""
    body = f"<xdr:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    return anchor(rows, columns, 0, "<a:noFill/>").replace("</xdr:sp>", body)


def picture(rows: tuple[int, int], columns: tuple[int, int]) -> str:
    return anchor(rows, columns, 0, "").replace("xdr:sp>", "xdr:pic>")


@pytest.mark.parametrize(
    ("shape", "doubted"),
    [
        (anchor((0, 0), (1, 1), 0, "<a:solidFill/>"), ["b1"]),
        (anchor((0, 1), (1, 2), 100, "<a:solidFill/>"), ["b1"]),
        (anchor((0, 1), (1, 2), 90_000, "<a:solidFill/>"), ["b1", "c1", "a2"]),
        (anchor((1, 1), (2, 2), 0, "<a:gradFill/>"), ["a2"]),
        (anchor((0, 0), (1, 1), 0, "<a:noFill/>"), []),
        (anchor((0, 0), (1, 1), 0, ""), []),
        (anchor((0, 900), (0, 100), 0, "<a:solidFill/>"), []),
        (written((0, 0), (1, 1), "12"), ["b1"]),
        (written((0, 0), (3, 3), "12%"), [""]),
        (written((0, 0), (5, 9), "说明"), []),
        (written((1, 1), (0, 2), "12"), ["a2"]),
        (written((1, 1), (2, 2), "附件2"), []),
        (written((0, 0), (1, 1), " "), []),
        (picture((0, 0), (3, 3)), [""]),
        (picture((0, 0), (1, 1)), []),
        (picture((0, 2), (3, 3)), []),
    ],
)
def test_cells_under_what_is_drawn_over_them_are_doubted(
    zip_of: Callable[[Parts], bytes], book_parts: Callable[..., Parts], shape: str, doubted: list[str]
) -> None:
    cells = {"A1": "a1", "B1": "b1", "C1": "c1", "E1": "e1"}
    row = "".join(f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in cells.items())
    sheet = (
        f'<sheetData><row r="1">{row}</row><row r="2"><c r="A2" t="inlineStr"><is><t>a2</t></is></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A2:C2"/></mergeCells><drawing/>'
    )
    parts = book_parts(sheet) | {
        "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="rId1" Target="../drawings/drawing1.xml" Type="http://schemas.openxmlformats.'
        'org/officeDocument/2006/relationships/drawing"/></Relationships>',
        "xl/drawings/drawing1.xml": f"<xdr:wsDr {_ANCHORS} {_DRAWN}>{shape}</xdr:wsDr>",
    }
    (grid,) = read_xlsx(zip_of(parts), "a.xlsx").blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells if cell.doubt] == doubted


def test_the_header_of_even_pages_of_an_ods_does_not_hold(
    zip_of: Callable[[Parts], bytes], ods_parts: Callable[..., Parts]
) -> None:
    sheet_style = '<style:style style:name="ta1" style:family="table" style:master-page-name="页"/>'
    row = "<table:table-row><table:table-cell><text:p>甲</text:p></table:table-cell></table:table-row>"
    parts = ods_parts(f'<table:table table:name="表" table:style-name="ta1">{row}</table:table>', sheet_style)
    headers = (
        "<style:header><text:p>绩效自评</text:p></style:header>"
        "<style:header-left><text:p>金额单位：元</text:p></style:header-left>"
        '<style:footer-left style:display="false"><text:p>不印</text:p></style:footer-left>'
    )
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "style", "text")
    )
    parts["styles.xml"] = (
        f"<office:document-styles {names}><office:master-styles>"
        f'<style:master-page style:name="页">{headers}</style:master-page></office:master-styles>'
        "</office:document-styles>"
    )
    margins = read_ods(zip_of(parts), "a.ods").margins
    assert [(margin.text, margin.holds) for margin in margins] == [("绩效自评", True), ("金额单位：元", False)]
