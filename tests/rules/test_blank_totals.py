"""The total row must say what was budgeted and spent wherever its form has a place for it: PE001."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.judge.in_bulk import told_in_bulk
from perfeval_lint.recognise.convert import documents
from perfeval_lint.rule.profile import Overrides, checks_for
from tests.recognise.files import as_docx, as_xlsx
from tests.recognise.notation import parse
from tests.rules.corpus import THIS_YEAR

LAYOUTS = Path(__file__).parents[1] / "recognise/layouts"
YEAR, SPENT = "项目资金[0].全年预算数", "项目资金[0].全年执行数"


def blank_amounts(verdict):
    return {one.place.path for one in verdict.each() if one.rule.id == "PE001" and "项目资金[" in one.place.path}


@pytest.fixture
def both(pack, judge):
    """Where PE001 misses amounts of a form; lint and audit say the same."""

    def of(form):
        (verdict,) = judge([form], "通用")
        checks = [one for one in checks_for(pack, "通用", Overrides()) if one.rule.id == "PE001"]
        told = sorted(message for _, _, message, *_ in told_in_bulk(pack, checks, [form], THIS_YEAR))
        assert told == sorted(one.message for one in verdict.each() if one.rule.id == "PE001")
        return blank_amounts(verdict)

    return of


@pytest.mark.parametrize(
    ("total", "missing"),
    [
        ({"全年预算数": "60", "全年执行数": "57"}, set()),
        ({"全年预算数": "60", "全年执行数": "0"}, set()),
        ({"全年预算数": "60"}, {SPENT}),
        ({"全年预算数": "60", "全年执行数": "—"}, {SPENT}),
        ({"全年预算数": "60", "全年执行数": "约57"}, set()),  # PE002
        ({"年初预算数": "60", "分值": "10", "得分": "9.8"}, {YEAR, SPENT}),
    ],
)
def test_canonical_yaml_has_every_column(total, missing, form_of, both):
    row = {"资金来源": "年度资金总额", **total}
    source = {"资金来源": "当年财政拨款", "年初预算数": "60"}  # a source may well be blank
    assert both(form_of({"项目资金": [row, source]})) == missing


@pytest.mark.parametrize("kind", [as_docx, as_xlsx])
@pytest.mark.parametrize(
    ("layout", "missing"),
    [
        ("T01-empty-template", {YEAR, SPENT}),
        ("T01-anhui-police", set()),
        ("T14-beijing-theatre", set()),  # 年初预算数(A) is its only budget
        ("T15-suzhou-backup", set()),
    ],
)
def test_a_file_has_the_columns_of_its_layout(layout, missing, kind, both):
    grid = parse((LAYOUTS / f"{layout}.grid").read_text("utf-8"))
    (document,) = documents(kind(grid), f"a.{kind.__name__.removeprefix('as_')}")
    assert both(document.form) == missing
