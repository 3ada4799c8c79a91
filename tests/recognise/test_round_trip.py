"""Forms written as Word, Excel and web pages come back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain
from perfeval_lint.recognise.convert import documents
from perfeval_lint.render.render import render
from tests.recognise.generated import forms

ROOT = Path(__file__).parents[2]
SUFFIXES = (".docx", ".xlsx", ".html")
WRITTEN = sorted([*ROOT.glob("examples/*.yaml"), *ROOT.glob("tests/recognise/layouts/*.yaml")])


def without_own(plain: dict) -> dict:
    """What an official form can hold: waivers and doubts are this tool's own."""
    return {key: value for key, value in plain.items() if key not in ("豁免", "存疑")}


def read_back(form: Form, suffix: str) -> dict:
    found = list(documents(render(form, suffix), f"表{suffix}"))
    assert [document.problems for document in found] == [()]
    assert found[0].form is not None
    plain = to_plain(found[0].form)
    assert plain.get("存疑", []) == []
    return plain


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_published_forms_come_back_as_they_were(path: Path, suffix: str) -> None:
    for document in load(path.read_bytes(), str(path)):
        assert document.form is not None
        if {"格式", "表式"} >= to_plain(document.form).keys():
            continue
        assert read_back(document.form, suffix) == without_own(to_plain(document.form))


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(form=forms())
def test_generated_forms_come_back_as_they_were(suffix: str, form: Form) -> None:
    assert read_back(form, suffix) == to_plain(form)
