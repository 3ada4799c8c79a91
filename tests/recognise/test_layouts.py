"""Forms of all templates, as Word, Excel, web and markdown files, come out at what was made of them by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.form.definition import DOUBTS
from perfeval_lint.form.load import load
from perfeval_lint.form.model import to_plain
from perfeval_lint.recognise.convert import documents
from perfeval_lint.recognise.words.template import FOLDER as TEMPLATES
from tests.recognise.files import WRITERS
from tests.recognise.notation import parse

FOLDER = Path(__file__).parent
GRIDS = sorted(FOLDER.glob("layouts/*.grid"))
REFUSED = sorted(FOLDER.glob("refused/*.grid"))
# What a form does not say and the converter therefore marks; in markdown a merged name stands once.
_YEAR = ["表上没有写年度，取自项目名称"]
_NAME = ["名称一格空白，按与上一行合并取了上一行的名称"]
_GOAL = ["目标调整过，读入的是调整后的；“年初绩效目标”没有读入：做好主题宣传，播发稿件2000篇。"]
DOUBTED = {("T02-yunnan-forest", suffix): _YEAR for suffix in WRITERS} | {("T01-shanxi-road", ".md"): _NAME}
DOUBTED |= {("T10-chongqing-media", suffix): _GOAL for suffix in WRITERS}


def test_every_form_has_its_expectation() -> None:
    assert {path.stem for path in GRIDS} == {path.stem for path in FOLDER.glob("layouts/*.yaml")}
    assert {path.name[:3] for path in GRIDS} == {path.name[:3] for path in TEMPLATES.glob("T*.yaml")}


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("path", GRIDS, ids=lambda path: path.stem)
def test_a_form_comes_out_as_read_by_hand(path: Path, suffix: str) -> None:
    data = WRITERS[suffix](parse(path.read_text(encoding="utf-8")))
    expected = [to_plain(document.form) for document in load(path.with_suffix(".yaml").read_bytes()) if document.form]
    found = list(documents(data, path.stem + suffix))
    assert [document.problems for document in found] == [()] * len(expected)
    forms = [document.form for document in found if document.form]
    doubts = [row.text("原因") for form in forms for row in form.rows(DOUBTS)]
    assert doubts == DOUBTED.get((path.stem, suffix), [])
    assert [{k: v for k, v in to_plain(form).items() if k != DOUBTS.key} for form in forms] == expected


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_look_alike_is_refused_by_name(path: Path, suffix: str) -> None:
    text = path.read_text(encoding="utf-8")
    (found,) = documents(WRITERS[suffix](parse(text)), path.stem + suffix)
    assert found.form is None
    (problem,) = found.problems
    assert problem.code in ("not-self-evaluation", "not-a-form")
    assert "自评表" in problem.message


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_self_evaluation_without_results_says_what_was_not_found(suffix: str) -> None:
    half = (
        "# half of a form",
        "P 项目支出绩效自评表",
        "TABLE",
        "一级指标 | 二级指标 | 三级指标 | 年度指标值",
        "产出指标 | 数量指标 | 道路长度 | ≥9公里",
    )
    (found,) = documents(WRITERS[suffix](parse("\n".join(half))), "表" + suffix)
    (problem,) = found.problems
    assert problem.code == "no-results"
    assert "没有找到实际完成值、得分" in problem.message
    assert "“三级指标”“年度指标值”" in problem.message
    assert "不是绩效自评表" not in problem.message
