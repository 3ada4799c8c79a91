"""Headers and footers of sheets: their codes are no text, and what holds for the first page holds for the form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from perfeval_lint.read.sheet_margins import header_texts, note_margins
from perfeval_lint.read.xlsx import read_xlsx

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
    texts = ["金额单位：万元", "请填写实际完成数", ours, "年度" + "说明" * 40]
    assert [margin.text for margin in note_margins("表", texts)] == ["金额单位：万元"]
