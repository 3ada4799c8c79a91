"""Forms judged by the shipped rules, and the page read as a browser reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from perfeval_lint.form.definition import FORMAT
from perfeval_lint.form.load import load
from perfeval_lint.judge.judge import Judge
from perfeval_lint.linting.lint import Linter
from perfeval_lint.linting.sources import Source, sources_of
from perfeval_lint.report.html.form import form_html
from perfeval_lint.report.model import FileReport, FormReport
from perfeval_lint.rule.profile import Overrides, checks_for, choose_for
from perfeval_lint.rule.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def linter() -> Linter:
    return Linter()


@pytest.fixture(scope="session")
def judged_file(linter: Linter) -> Callable[[Path], FileReport]:
    """The report on a file."""
    return lambda path: next(linter.run(sources_of([str(path)])))


@pytest.fixture(scope="session")
def judged(linter: Linter) -> Callable[..., FileReport]:
    """The report on a file of these forms, each of nested dicts, lists and strings; 格式 may be left out."""

    def run(*forms: dict[str, Any], name: str = "表.yaml") -> FileReport:
        texts = (json.dumps({"格式": FORMAT, **form}) for form in forms)
        return next(linter.run([Source(name, None, Settings(), "\n---\n".join(texts).encode())]))

    return run


@pytest.fixture(scope="session")
def judged_form(linter: Linter) -> Callable[[dict[str, Any]], FormReport]:
    """The report on a form of this shape, though it may hold what no file that is judged holds: control characters."""
    pack = linter.pack()
    judges: dict[str, Judge] = {}

    def run(plain: dict[str, Any]) -> FormReport:
        form = next(load(json.dumps({"格式": FORMAT, **plain}))).form
        assert form is not None
        choice = choose_for(pack, form, None)
        if choice.profile not in judges:
            judges[choice.profile] = Judge(pack, list(checks_for(pack, choice.profile, Overrides())), with_review=True)
        (verdict,) = judges[choice.profile].judge([form])
        return FormReport(0, form, choice.profile, choice.reason, verdict)

    return run


class Fragment:
    """A form of the page, parsed, and the report it was made from."""

    def __init__(self, report: FormReport, html: str, key: str) -> None:
        self.report = report
        self.html = html
        self.key = key
        self.tree = LexborHTMLParser(f"<!DOCTYPE html><body>{html}</body>")

    def by_id(self, name: str | None) -> LexborNode:
        """The element of that id."""
        return next(node for node in self.tree.css("[id]") if node.attributes["id"] == name)

    def cell(self, path: str) -> LexborNode:
        """The cell of that path."""
        return next(node for node in self.tree.css(".sheet [id]") if node.attributes.get("data-path") == path)

    def home(self, rule: str) -> LexborNode:
        """The cell that the one finding of a rule points to."""
        (item,) = [node for node in self.tree.css("li.finding") if rule in node.css_first(".rule").text()]
        return self.by_id(item.attributes["data-target"])


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Fragment]:
    """The fragment of a form."""

    def draw(report: FormReport, key: str = "a", **options: bool) -> Fragment:
        return Fragment(report, form_html(report, key=key, **options), key)

    return draw


@pytest.fixture(params=sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest, judged_file: Callable[[Path], FileReport]) -> FormReport:
    """The report on each published form in turn."""
    (form,) = judged_file(request.param).forms
    return form


@pytest.fixture(scope="session")
def flawed(judged_file: Callable[[Path], FileReport]) -> FormReport:
    """The form with something wrong in most of its parts."""
    (form,) = judged_file(ROOT / "examples" / "flawed.yaml").forms
    return form
