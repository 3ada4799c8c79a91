"""Rows and level cells of a PDF that a page break cuts come out as they were, or are doubted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from perfeval_lint.form.definition import DOUBTS, INDICATORS
from perfeval_lint.form.model import Form
from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Cell, Grid, Reading
from perfeval_lint.recognise.recognise import recognise

TITLE = "项目支出绩效自评表"
HEAD = "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分"


def page(number: int, *rows: str) -> Grid:
    """A table of a page: the cells of a row between blanks; "." is a blank cell, "^" goes on with the one above."""
    texts = [row.split(" ") for row in rows]
    cells = []
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            if text == "^" and row:
                continue
            below = 1
            while row + below < len(texts) and texts[row + below][column : column + 1] == ["^"]:
                below += 1
            box = (60.0 * column, 20.0 * row, 60.0 * column + 60, 20.0 * (row + below))
            cells.append(Cell(row, column, "" if text in (".", "^") else text, PageBox(number, box), below))
    return Grid(tuple(cells))


def form_of(*pages: Sequence[str], full: Sequence[str] = ()) -> Form:
    """The form of pages; cells with a text in `full` have no room left in their last line."""
    grids = [page(number, *rows) for number, rows in enumerate(pages, 1)]
    made = [Grid(tuple(cell._replace(full=cell.text in full) for cell in grid.cells)) for grid in grids]
    (found,) = recognise(Reading(tuple(made)), "form.pdf")
    assert found.form is not None
    return found.form


def levels_of(form: Form) -> list[str]:
    """The levels of every indicator; those that are doubted with ? behind."""
    doubted = {row.text("位置") for row in form.rows(DOUBTS)}
    return [
        " ".join(
            f"{row.text(level)}{'?' * (f'绩效指标[{number}].{level}' in doubted)}" for level in ("一级指标", "二级指标")
        )
        for number, row in enumerate(form.rows(INDICATORS))
    ]


FIRST = (TITLE, "项目名称 甲项目", HEAD)


def test_a_blank_level_cell_at_the_top_is_that_of_the_page_before() -> None:
    form = form_of(
        (*FIRST, "产出指标 数量指标 培训期数 3期 3期 50 50"),
        ("^ ^ 培训人数 9人 9人 20 20", "^ 质量指标 合格率 90% 90% 20 20"),
    )
    assert levels_of(form) == ["产出指标 数量指标", "产出指标 数量指标", "产出指标 质量指标"]


@pytest.mark.parametrize("label", [".", "绩效指标"])  # merged down beside the rows, and cut with them
def test_a_header_that_is_printed_again_ends_no_level(label: str) -> None:
    form = form_of(
        (TITLE, "项目名称 甲项目", f"绩效指标 {HEAD}", "^ 产出指标 数量指标 培训期数 3期 3期 50 50"),
        (f"{label} {HEAD}", ". . . 培训人数 9人 9人 20 20", "^ ^ 质量指标 合格率 90% 90% 20 20"),
    )
    assert levels_of(form) == ["产出指标 数量指标", "产出指标 数量指标", "产出指标 质量指标"]


def test_a_name_on_a_later_page_leaves_the_rows_between_in_doubt() -> None:
    form = form_of(
        (*FIRST, "产出指标 数量指标 培训期数 3期 3期 30 30"),
        (". . 培训人数 9人 9人 20 20", "^ ^ 参训单位 9家 9家 20 20"),
        (". 质量指标 合格率 90% 90% 20 20", "效益指标 社会效益指标 受益人数 9人 9人 10 10"),
    )
    assert levels_of(form) == [
        "产出指标 数量指标",
        "产出指标 数量指标?",
        "产出指标 数量指标?",
        "产出指标 质量指标",
        "效益指标 社会效益指标",
    ]
    (reason, _) = [row.text("原因") or "" for row in form.rows(DOUBTS)]
    assert "可能属于“数量指标”，也可能属于“质量指标”" in reason


def test_a_level_that_ends_within_a_page_leaves_no_doubt() -> None:
    form = form_of(
        (*FIRST, "产出指标 数量指标 培训期数 3期 3期 30 30"),
        (". . 培训人数 9人 9人 20 20", "^ . 验收率 90% 90% 20 20"),
        (". 质量指标 合格率 90% 90% 20 20", "效益指标 社会效益指标 受益人数 9人 9人 10 10"),
    )
    assert levels_of(form) == [
        "产出指标 数量指标",
        "产出指标 数量指标",
        "产出指标 质量指标",
        "产出指标 质量指标",
        "效益指标 社会效益指标",
    ]


def test_a_first_level_that_is_named_later_does_not_end_the_second() -> None:
    form = form_of(
        (*FIRST, "产出指标 数量指标 培训期数 3期 3期 30 30"),
        (". 社会效益指标 受益人数 9人 9人 20 20", "^ ^ 受益单位 9家 9家 20 20"),
        ("效益指标 . 受益学校 9所 9所 20 20", "^ 生态效益指标 节水量 9吨 9吨 10 10"),
    )
    assert levels_of(form) == [
        "产出指标 数量指标",
        "产出指标? 社会效益指标",
        "产出指标? 社会效益指标",
        "效益指标 社会效益指标",
        "效益指标 生态效益指标",
    ]


# --- rows and headers that are cut ----------------------------------------------------------------


def rows_of(form: Form) -> list[str]:
    fields = ("三级指标", "年度指标值", "实际完成值", "得分")
    return [" ".join(row.text(field) or "." for field in fields) for row in form.rows(INDICATORS)]


UNSCORED = (TITLE, "项目名称 甲项目", "一级指标 二级指标 三级指标 年度指标值 实际完成值")


def test_a_row_that_is_cut_in_all_its_cells_is_one_row() -> None:
    form = form_of(
        (*UNSCORED, "产出指标 数量指标 改造服务点及 建设十八个 已建十八个"),
        ("^ ^ 更新设备 服务点 点位", "^ 质量指标 合格率 90% 90%"),
        full=("改造服务点及", "建设十八个", "已建十八个"),
    )
    assert rows_of(form) == ["改造服务点及更新设备 建设十八个服务点 已建十八个点位 .", "合格率 90% 90% ."]


@pytest.mark.parametrize("full", [("改造服务点及", "建设十八个"), ()])  # one text ends before its line
def test_a_row_whose_texts_do_not_go_on_is_another(full: Sequence[str]) -> None:
    form = form_of(
        (*UNSCORED, "产出指标 数量指标 改造服务点及 建设十八个 已建十八个"),
        (". . 更新设备 服务点 点位", "质量指标 质量指标 合格率 90% 90%"),
        full=full,
    )
    assert len(rows_of(form)) == 3


def test_the_level_on_top_of_a_page_names_the_row_that_is_cut_there() -> None:
    form = form_of(
        (*FIRST, "产出指标 数量指标 培训期数 3期 3期 50 50", ". . 培育高水平 形成多项服 完成多项服 20 20"),
        ("效益指标 社会效益指标 服务机构 务标准 务标准 . .", "^ ^ 受益人数 9人 9人 20 20"),
        full=("培育高水平", "形成多项服", "完成多项服"),
    )
    assert rows_of(form)[1:] == ["培育高水平服务机构 形成多项服务标准 完成多项服务标准 20", "受益人数 9人 9人 20"]
    assert levels_of(form)[1:] == ["效益指标 社会效益指标"] * 2


def test_a_row_without_a_target_where_all_others_have_one_is_the_rest_of_one() -> None:
    form = form_of(
        (*UNSCORED, "产出指标 数量指标 培训人数 ≥10人 10人", "产出指标 数量指标 服务点改造、设备 ≥18个 新建8个、改造"),
        (". . 更新及标识 . 10个，共18个", "产出指标 质量指标 合格率 90% 95%"),
    )
    assert rows_of(form)[1:] == ["服务点改造、设备更新及标识 ≥18个 新建8个、改造10个，共18个 .", "合格率 90% 95% ."]
    assert [row.text("位置") for row in form.rows(DOUBTS)] == ["绩效指标[1].三级指标", "绩效指标[1].实际完成值"]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("一级指 二级指 三级指 年度指 实际完 分值 得分", "标 标 标 标值 成值 . ."),
        ("一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分", ". . . （目标 . . ."),
    ],
)
def test_the_rest_of_a_header_is_no_indicator(above: str, below: str) -> None:
    form = form_of(
        (TITLE, "项目名称 甲项目", above),
        (below, "产出指标 数量指标 培训人数 9人 9人 50 50", "产出指标 质量指标 合格率 90% 90% 40 40"),
    )
    assert rows_of(form) == ["培训人数 9人 9人 50", "合格率 90% 90% 40"]
    assert levels_of(form) == ["产出指标 数量指标", "产出指标 质量指标"]


@pytest.mark.parametrize("row", [". . 培训人数 . . . .", ". . . . . . 50"])  # a name, a number
def test_a_row_below_a_header_that_says_little_is_no_rest_of_it(row: str) -> None:
    form = form_of((TITLE, "项目名称 甲项目", HEAD), (row, "产出指标 质量指标 合格率 90% 90% 40 40"))
    assert rows_of(form)[-1] == "合格率 90% 90% 40"
    labels = ("三级指标培训人数", "得分50")
    assert not any(label in (doubt.text("原因") or "") for doubt in form.rows(DOUBTS) for label in labels)
    assert len(form.rows(INDICATORS)) == 1 + ("培训人数" in row)
