"""Forms with one quirk each that once came out wrong, or easily would, come out as read by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from perfeval_lint.form.definition import DOUBTS
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain
from perfeval_lint.recognise.convert import documents
from tests.recognise.files import WRITERS
from tests.recognise.notation import parse

FOLDER = Path(__file__).parent / "found"
GRIDS = sorted(FOLDER.glob("*.grid"))
# Markdown writes a merged cell once and leaves the places it covers blank, so some quirks cannot be told in it;
# on a sheet, paragraphs and tables are rows alike. Every exception says why.
UNTOLD = {
    ("budget-tables-after", ".md"): "what stands below the total in the same table is listed as not recognised",
    ("budget-tables-after", ".xlsx"): "what stands below the total in the same table is listed as not recognised",
    ("sheet-with-lists", ".xlsx"): "what stands below the total in the same table is listed as not recognised",
    ("funds-two-level-names", ".md"): "the second source of a merged name has a blank",
    ("merged-level12", ".md"): "the second level is a blank",
}
CASES = [(path, suffix) for path in GRIDS for suffix in WRITERS if (path.stem, suffix) not in UNTOLD]


def test_every_form_has_its_expectation() -> None:
    assert {path.stem for path in GRIDS} == {path.stem for path in FOLDER.glob("*.yaml")}
    assert {stem for stem, _ in UNTOLD} <= {path.stem for path in GRIDS}


@pytest.mark.parametrize("path", GRIDS, ids=lambda path: path.stem)
def test_a_form_says_its_quirk(path: Path) -> None:
    first, *others = path.read_text(encoding="utf-8").splitlines()
    assert first.startswith("# ")
    assert not any(line.startswith("# ") for line in others)


@pytest.mark.parametrize(("path", "suffix"), CASES, ids=[path.stem + suffix for path, suffix in CASES])
def test_a_form_comes_out_as_read_by_hand(path: Path, suffix: str) -> None:
    data = WRITERS[suffix](parse(path.read_text(encoding="utf-8")))
    expected = [_plain(document.form) for document in load(path.with_suffix(".yaml").read_bytes()) if document.form]
    found = list(documents(data, path.stem + suffix))
    assert [document.problems for document in found] == [()] * len(expected)
    assert [_plain(document.form) for document in found if document.form] == expected


def _plain(form: Form) -> Mapping[str, object]:
    """The form with the reasons of its doubts; their places are told in the words of each kind of file."""
    return {**to_plain(form), DOUBTS.key: [row.text("原因") for row in form.rows(DOUBTS)]}
