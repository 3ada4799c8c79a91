"""A cell that could not be read doubts the very field it stands under, and a finding on it says so."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

import perfeval_lint
from perfeval_lint.form.definition import DOUBTS
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.recognise.convert import documents
from perfeval_lint.render.render import render

EXAMPLE = Path(__file__).parents[2] / "examples" / "flawed.yaml"
FORMULA = "=A1"  # openpyxl stores no value with it


def workbook(values: dict[str, str]) -> bytes:
    """The example as a workbook, some of its cells filled anew; addresses by the text that stands there."""
    (document,) = load(EXAMPLE.read_bytes())
    assert document.form is not None
    book = openpyxl.load_workbook(io.BytesIO(render(document.form, ".xlsx")))
    for address, value in values.items():
        book.worksheets[0][address] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def form_of(data: bytes) -> Form:
    (document,) = documents(data, "a.xlsx")
    assert document.form is not None
    return document.form


def place_of(path: str) -> str:
    """The address of a field of the example."""
    section, _, field = path.partition("[0].")
    record = next(record for record in form_of(workbook({})).records[section if field else ""])
    place = record.place(field or path)
    assert place is not None
    return str(place[1])  # type: ignore[misc]


PATHS = ["绩效指标[0].实际完成值", "绩效指标[0].得分", "绩效指标[0].年度指标值", "项目资金[0].全年执行数", "主管部门"]


@pytest.mark.parametrize("path", PATHS)
def test_a_formula_without_a_value_doubts_its_field(path: str) -> None:
    doubts = form_of(workbook({place_of(path): FORMULA})).rows(DOUBTS)
    assert [(doubt.text("位置"), "公式" in (doubt.text("原因") or "")) for doubt in doubts] == [(path, True)]


def test_a_finding_on_it_says_so() -> None:
    data = workbook({place_of("绩效指标[0].实际完成值"): FORMULA})
    found = perfeval_lint.lint(data).files[0].forms[0].verdict.findings
    (finding,) = [one for one in found if one.place.path == "绩效指标[0].实际完成值"]
    assert "请核对识别结果" in finding.message


@pytest.mark.parametrize(
    ("address", "path", "text"),
    [
        ("A3", "项目名称", None),  # a label
        ("F5", "项目资金[0].全年预算数", "60"),  # the label of the column beside: its values are not read with these
        ("H9", "绩效指标[1].分值", "20"),
        ("H9", "绩效指标[1].得分", None),
        ("B6", "项目资金[0].资金来源", None),
    ],
)
def test_what_a_label_without_a_value_stood_for_is_left_out(address: str, path: str, text: str | None) -> None:
    form = form_of(workbook({address: FORMULA}))
    section, _, field = path.rpartition(".")
    number = int(section.partition("[")[2].rstrip("]") or 0)
    assert form.records[section.partition("[")[0]][number].text(field) == text


@pytest.mark.parametrize("address", ["A3", "B6", "B7", "E9", "F9", "H9", "A16", "B13"])
def test_a_finding_on_what_was_not_read_says_so(address: str) -> None:
    """Also where a label could not be read, whose doubt has no other place than the cell."""
    (before,), (after,) = (perfeval_lint.lint(workbook(values)).files[0].forms for values in ({}, {address: FORMULA}))
    known = {(one.rule.id, one.place.path) for head in before.verdict.findings for one in head.each()}
    found = [one for head in after.verdict.findings for one in head.each()]
    new = [one for one in found if (one.rule.id, one.place.path) not in known]
    assert new
    assert all("请核对识别结果" in one.message for one in new)


def test_a_level_below_one_that_could_not_be_read_is_doubted() -> None:
    doubted = {doubt.text("位置") for doubt in form_of(workbook({"B13": FORMULA})).rows(DOUBTS)}
    assert {"绩效指标[3].一级指标", "绩效指标[4].一级指标"} <= doubted
