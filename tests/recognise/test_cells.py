"""Forms typed one cell a line come out as read by hand; what cannot be told for sure is marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.form.definition import DOUBTS, INDICATORS, MANAGEMENT
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain
from perfeval_lint.recognise.convert import documents
from tests.recognise.notation import Paragraph, parse

GRIDS = sorted((Path(__file__).parent / "layouts").glob("*.grid"))
NOT_SURE = "不能确定"


def stream(path: Path) -> list[str]:
    """The cells of a form in the order they stand, blank ones too."""
    texts: list[str] = []
    for block in parse(path.read_text(encoding="utf-8")):
        cells = [block] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row]
        texts += [cell.text.replace("\n", "") for cell in cells]
    return texts


def read(texts: list[str], between: str = "\n\n") -> list[Form]:
    return [found.form for found in documents(between.join(texts).encode(), "form.txt") if found.form]


def plain(forms: list[Form]) -> list[dict[str, object]]:
    return [{key: value for key, value in to_plain(form).items() if key != DOUBTS.key} for form in forms]


def joined(value: object) -> object:
    if isinstance(value, dict):
        return {key: joined(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [joined(inner) for inner in value]
    return "".join(str(value).split())


def doubts(form: Form) -> dict[str, str]:
    return {row.values["位置"].text: row.values["原因"].text for row in form.rows(DOUBTS)}


def layout(name: str) -> list[str]:
    return stream(next(path for path in GRIDS if path.stem == name))


@pytest.mark.parametrize("path", GRIDS, ids=lambda path: path.stem)
def test_a_stream_of_cells_comes_out_as_read_by_hand(path: Path) -> None:
    expected = [document.form for document in load(path.with_suffix(".yaml").read_bytes()) if document.form]
    assert joined(plain(read(stream(path)))) == joined(plain(expected))


@pytest.mark.parametrize("number", ["- 3 -", "—2—", "第2页", "第 2 页，共 5 页"])
def test_a_page_number_between_two_cells_changes_nothing(number: str) -> None:
    texts = layout("T01-fujian-cost-first")
    middle = texts.index("三级指标") + 12
    assert plain(read([*texts[:middle], number, *texts[middle:]])) == plain(read(texts))


def test_two_forms_without_a_title_between_them_are_two() -> None:
    texts = layout("T01-fujian-cost-first")
    head = texts.index("项目名称")
    forms = read([*texts, "项目名称", "公园改造工程", *texts[head + 2 :]])
    assert [form.text("项目名称") for form in forms] == [texts[head + 1], "公园改造工程"]


def test_the_matters_are_known_by_their_names() -> None:
    (form,) = read(layout("T06-anhui-epidemic"))
    assert [row.text("事项") for row in form.rows(MANAGEMENT)][:3] == ["分配科学性", "下达及时性", "拨付合规性"]


def test_a_name_merged_over_two_rows_is_read_and_marked() -> None:
    (form,) = read(layout("T01-shanxi-road"))
    names = [row.text("三级指标") for row in form.rows(INDICATORS)]
    (again,) = [number for number, name in enumerate(names) if number and name == names[number - 1]]
    assert NOT_SURE in doubts(form)[f"绩效指标[{again}].年度指标值"]


def test_a_row_with_a_cell_too_many_is_marked() -> None:
    texts = layout("T01-fujian-cost-first")
    (whole,) = read(texts)
    row = whole.rows(INDICATORS)[1]
    at = texts.index(row.values["三级指标"].text) + 1
    (form,) = read([*texts[:at], "", *texts[at:]])
    assert NOT_SURE in " ".join(doubts(form).values())


def test_text_without_blank_cells_is_marked_where_cells_are_missing() -> None:
    texts = [text for text in layout("T05-ningxia-kindergarten") if text]
    (form,) = read(texts, between="\n")
    (whole,) = read(layout("T05-ningxia-kindergarten"))
    marked = doubts(form)
    for number, (found, wanted) in enumerate(zip(form.rows(INDICATORS), whole.rows(INDICATORS), strict=True)):
        for name, value in found.values.items():
            assert value.text == wanted.text(name) or f"绩效指标[{number}].{name}" in marked


def test_a_bar_inside_a_cell_is_its_text() -> None:
    texts = layout("T01-fujian-cost-first")
    at = texts.index("项目名称") + 1
    (form,) = read([*texts[:at], "甲|乙运维", *texts[at + 1 :]])
    assert form.text("项目名称") == "甲|乙运维"
