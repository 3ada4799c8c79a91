"""A blank cell has its place: a finding about it stands in that very cell, whatever the kind of file."""

from __future__ import annotations

from pathlib import Path

import pytest

import perfeval_lint
from perfeval_lint.form.definition import FUNDS, INDICATORS, TOTAL, Section
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.form.origin import SheetCell, TableCell
from perfeval_lint.recognise.convert import documents
from perfeval_lint.render.render import render
from tests.recognise.files import as_xlsx
from tests.recognise.notation import parse

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
_SECTIONS = (FUNDS, INDICATORS, TOTAL)


def as_file(path: Path, kind: str) -> tuple[bytes, Form]:
    (document,) = load(path.read_bytes())
    assert document.form is not None
    data = render(document.form, kind)
    (read,) = documents(data, f"a{kind}")
    assert read.form is not None
    return data, read.form


@pytest.mark.parametrize("kind", [".docx", ".xlsx", ".html"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_blank_field_of_a_row_has_a_cell_of_its_own(path, kind):
    _, form = as_file(path, kind)
    for section in _SECTIONS:
        for record in form.rows(section):
            blanks = record.blanks or {}
            assert not {*blanks} & {*record.values}
            places = [*blanks.values(), *(value.origin for value in record.values.values())]
            assert len({*blanks.values()}) == len(blanks)
            assert all(isinstance(place, SheetCell | TableCell) for place in places)


def test_the_column_of_a_blank_is_that_of_its_neighbours():
    _, form = as_file(EXAMPLES[-1], ".xlsx")
    columns: dict[str, set[str]] = {}
    for record in form.rows(INDICATORS):
        for name in ("分值", "得分", "偏差原因"):
            place = record.place(name)
            assert isinstance(place, SheetCell)
            columns.setdefault(name, set()).add(place.cell.rstrip("0123456789"))
    assert all(len(letters) == 1 for letters in columns.values())


@pytest.mark.parametrize(("kind", "cell"), [(".docx", TableCell(1, 8, 9)), (".xlsx", SheetCell("绩效自评表", "I10"))])
def test_a_finding_about_a_blank_cell_points_to_it(kind, cell):
    path = next(path for path in EXAMPLES if path.stem == "flawed")
    data, _ = as_file(path, kind)
    verdict = perfeval_lint.lint(data).files[0].forms[0].verdict
    found = next(one.place.position for one in verdict.each() if one.place.path == "绩效指标[0].偏差原因")
    assert found == cell


def test_a_finding_about_a_section_points_to_its_heading():
    path = next(path for path in EXAMPLES if path.stem == "flawed")
    data, form = as_file(path, ".xlsx")
    assert form.places[INDICATORS.key] == SheetCell("绩效自评表", "A9")
    verdict = perfeval_lint.lint(data).files[0].forms[0].verdict
    assert {one.place.position for one in verdict.each() if one.place.path == INDICATORS.key} == {
        SheetCell("绩效自评表", "A9")
    }


def blanks_of(grid: str, section: Section) -> list[dict[str, str]]:
    """The blank fields of each row of a form in the notation of the corpus, with the cells they stand in."""
    (document,) = documents(as_xlsx(parse(grid)), "a.xlsx")
    assert document.form is not None
    rows = (record.blanks or {} for record in document.form.rows(section))
    return [{name: place.short.split("!")[1] for name, place in blanks.items()} for blanks in rows]


def layout(stem: str, *changes: tuple[str, str]) -> str:
    """A form of the corpus with some texts put in place of others."""
    text = (Path(__file__).parent / "layouts" / f"{stem}.grid").read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


def test_a_value_merged_over_several_rows_is_no_blank_of_the_rows_below():
    assert blanks_of(layout("T13-hebei-elderly"), FUNDS) == [{}, {}, {}]


def test_a_blank_merged_over_several_rows_is_that_of_each():
    grid = layout("T13-hebei-elderly", ("100.00{r3c2}", "{r3c2}"))
    assert blanks_of(grid, FUNDS) == [{"执行率": "L7"}] * 3


def test_a_name_that_reaches_under_the_next_label_is_no_blank():
    assert blanks_of(layout("T13-hebei-school"), FUNDS)[2] == {}


def test_blank_amounts_of_sources_side_by_side_stand_under_their_own_names():
    grid = layout("T12-guangshui-lamp", (" | 50 | 250 | 250 | 100%", " | 50 |  |  |"))
    total = {"全年预算数": "F8", "全年执行数": "G8", "执行率": "H8"}
    assert blanks_of(grid, FUNDS) == [{"全年预算数": "B8"}, {"全年预算数": "C8"}, {}, {}, total]


def test_blank_amounts_stand_right_of_their_labels():
    assert blanks_of(layout("T07-jiangsu-employment"), FUNDS)[3] == {"全年预算数": "C10", "全年执行数": "E10"}


def test_a_blank_unit_stands_beside_the_label_whatever_the_form_calls_it():
    grid = layout("T14-hebei-seismic", ("实施单位{c2} | 冀原省地震台{c2}", "单位名称{c2} | {c2}"))
    (document,) = documents(as_xlsx(parse(grid)), "a.xlsx")
    assert document.form is not None
    assert document.form.root.place("实施单位") == SheetCell("自评表", "I4")


@pytest.mark.parametrize(
    ("change", "blank"),
    [(("| 58200 |", "|  |"), {"全年预算数": "C7"}), (("| 57036{c2} |", "| {c2} |"), {"全年执行数": "E7"})],
    ids=["budget", "spent"],
)
def test_a_blank_beside_its_label_moves_no_other_amount_under_it(change, blank):
    grid = layout("T07-jiangsu-employment", change)
    assert blanks_of(grid, FUNDS)[0] == blank
    (document,) = documents(as_xlsx(parse(grid)), "a.xlsx")
    assert document.form is not None
    total, source, *_ = document.form.rows(FUNDS)
    assert total.text("得分") == "19.6"
    assert (source.text("全年预算数"), source.text("全年执行数")) == ("32000", "32000")


def test_a_part_with_nothing_filled_in_has_the_place_of_its_heading():
    goals = "保障全省台站连续可靠运行，数据连续率98%以上。{c4} | 全省台站运行正常，数据连续率98.9%。{c5}"
    data = as_xlsx(parse(layout("T14-hebei-seismic", (goals, "{c4} | {c5}"))))
    verdict = perfeval_lint.lint(data).files[0].forms[0].verdict
    (place,) = [one.place.position for one in verdict.each() if one.place.path == "年度总体目标"]
    assert place == SheetCell("自评表", "A9")
