"""Any form at all: its cells cover the page exactly, and every kind of file holds every value as written."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import docx
import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from perfeval_lint.form.definition import (
    FORMAT,
    FUNDS,
    GOAL,
    GROUPS,
    INDICATORS,
    MANAGEMENT,
    ROOT,
    TOTAL,
    Section,
    Shape,
)
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.render import render
from perfeval_lint.render.table import PAGE_WIDTH, Table, printable

CHARACTERS = st.characters(exclude_categories=["Cs"])
ODD = [
    "=1+1",
    "+甲",
    "-5",
    "@甲",
    "9.70",
    "93.61%",
    "007",
    "+5",
    "-0",
    "1" * 20,
    "—",
    "<b>&amp;",
    "甲\n乙",
    "\t甲",
    " 甲 ",
]
ODD += [
    "_x0041_",
    "\x01",
    "\ufffe",
    "甲\r\n乙",
    "]]>",
    "产出指标",
    "数量指标",
    "年度资金总额",
    "长" * 900,
    "http://a.cn",
    "{=1}",
]
TEXTS = st.one_of(st.just(""), st.sampled_from(ODD), st.text(CHARACTERS, max_size=8))
SHORT = TEXTS.filter(lambda text: len(text) < 100)  # YAML bears no key of a thousand characters
KINDS = ["项目支出绩效自评表", "转移支付区域（项目）绩效目标自评表", "部门整体支出绩效自评表", "某地的表", "转移支付"]


def fields(section: Section) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={field.name: TEXTS for field in section.fields})


@st.composite
def forms(draw: st.DrawFn) -> Form:
    plain: dict[str, Any] = draw(fields(ROOT)) | {"格式": FORMAT}
    if draw(st.booleans()):
        plain["表式"] = draw(st.sampled_from(KINDS))
    for section in (FUNDS, INDICATORS, MANAGEMENT):
        plain[section.key] = draw(st.lists(fields(section), max_size=5))
    plain[GOAL.key] = draw(fields(GOAL))
    plain[TOTAL.key] = draw(fields(TOTAL))
    plain[GROUPS.key] = draw(st.dictionaries(SHORT, TEXTS, max_size=2))
    plain["不认识"] = "不印"
    form = next(load(json.dumps(plain))).form
    assert form is not None
    return form


def texts(table: Table) -> list[str]:
    return [text for text in (table.title, table.year_line, *(cell.text for cell in table.cells)) if text]


@settings(max_examples=250, deadline=None, derandomize=True)
@given(forms())
def test_cells_cover_the_page_exactly_once(form: Form) -> None:
    table = lay_out(form)
    covered = Counter(
        (row, column)
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    )
    assert covered == Counter((row, column) for row in range(table.rows) for column in range(len(table.widths)))
    assert abs(sum(table.widths) - PAGE_WIDTH) < 1e-9
    assert min(table.widths) > 0.9


@settings(max_examples=250, deadline=None, derandomize=True)
@given(forms())
def test_every_value_is_printed(form: Form) -> None:
    printed = Counter(texts(lay_out(form)))
    for section in (ROOT, FUNDS, GOAL, INDICATORS, TOTAL, MANAGEMENT):
        for record in form.rows(section):
            for name in record.values:
                text = record.text(name)
                if text and name not in ("格式", "表式", "年度", "资金来源", "一级指标", "二级指标"):
                    printed[printable(text)] -= 1
    assert min(printed.values()) >= 0
    everything = "\n".join(texts(lay_out(form)))
    for section in (ROOT, FUNDS, INDICATORS, GROUPS):
        for record in form.rows(section):
            for name in ("表式", "年度", "资金来源", "一级指标", "二级指标", "名称"):
                assert printable(record.text(name) or "") in everything


@settings(max_examples=250, deadline=None, derandomize=True)
@given(forms())
def test_every_value_stands_under_its_path(form: Form) -> None:
    table = lay_out(form)
    pieces = [piece for cell in table.cells for piece in cell.pieces]
    merged = {path for cell in table.cells for path in cell.about}
    at = {piece.path: piece.text for piece in pieces if piece.path}
    for section in (ROOT, FUNDS, GOAL, INDICATORS, TOTAL, MANAGEMENT):
        for number, record in enumerate(form.rows(section)):
            owner = f"{section.key}[{number}]." if section.shape is Shape.ROWS else f"{section.key}.".lstrip(".")
            for name in record.values:
                text, path = record.text(name), f"{owner}{name}"
                if text and path not in ("格式", "表式", "年度"):
                    assert path in merged or at[path] == printable(text)
    paths = Counter(piece.path for piece in pieces if piece.path and not piece.path.startswith(GROUPS.key))
    assert max(paths.values()) == 1
    assert not merged & set(paths)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(forms())
def test_word_file_opens_with_the_same_texts(form: Form) -> None:
    document = docx.Document(io.BytesIO(render(form, ".docx")))
    table = document.tables[0]
    found = [paragraph.text for paragraph in document.paragraphs]
    found += [cell.text for cell in dict.fromkeys(table._cells)]
    assert [text for text in found if text] == texts(lay_out(form))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(forms())
def test_workbook_opens_with_the_same_texts(form: Form) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(render(form, ".xlsx"))).active
    found = [shown(cell) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert found == texts(lay_out(form))


def shown(cell: Any) -> str:
    """What a workbook shows of a cell."""
    if cell.data_type != "n":
        assert cell.data_type == "s"
        return str(cell.value)
    decimals = len(cell.number_format.rstrip("%").partition(".")[2])
    percent = cell.number_format.endswith("%")
    return f"{cell.value:.{decimals}%}" if percent else f"{cell.value:.{decimals}f}"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(forms())
def test_web_page_opens_with_the_same_texts(form: Form) -> None:
    body = html.document_fromstring(render(form, ".html").decode()).find("body")
    found = [element.text_content() for element in body.iter("h1", "p", "th", "td")]
    assert [text for text in found if text] == texts(lay_out(form))
    assert not list(body.iter("b", "script"))
