"""The page of --format html in a browser: accessible, no wider than the screen, and fit to be printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from perfeval_lint.linting.lint import lint_source
from perfeval_lint.report.html.report import html_parts
from tests.serve.browsing import browser

EXAMPLES = Path(__file__).parents[2] / "examples"
_A4 = (595, 842)


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A page of one form and a page of all the examples, by their addresses."""
    folder = tmp_path_factory.mktemp("pages")
    for name, source in (("one", EXAMPLES / "flawed.yaml"), ("all", EXAMPLES)):
        report = lint_source(source, None)
        (folder / f"{name}.html").write_text("".join(html_parts(report.files, report.rules)), "utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in ("one", "all")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["one", "all"])
def test_no_grave_fault_and_nothing_too_wide(running, pages, name, width, scheme):
    asked: list[str] = []
    opened = running.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened.on("request", lambda one: asked.append(one.url))
    opened.goto(pages[name])
    found = Axe().run(opened).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= width
    assert asked == [pages[name]]  # nothing but itself
    opened.close()


def test_a_finding_leads_to_its_cell_without_a_script(running, pages):
    context = running.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(pages["one"])
    finding = opened.locator("li.finding", has_text="PE101").first
    finding.locator("a").first.click()
    cell = opened.locator(f"[id='{finding.get_attribute('data-target')}']")
    assert cell.get_attribute("data-path") == "项目资金[0].全年执行数"
    assert opened.url.endswith(f"#{finding.get_attribute('data-target')}")
    context.close()


@pytest.mark.parametrize("name", ["one", "all"])
def test_in_print_the_pages_are_upright_a4_and_none_is_blank(running, pages, name, tmp_path):
    opened = running.new_page(color_scheme="dark")
    opened.goto(pages[name])
    opened.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pypdfium2.PdfDocument(tmp_path / "page.pdf") as document:
        for page in document:
            assert tuple(round(side) for side in page.get_size()) == _A4
            assert len(page.get_textpage().get_text_range()) > 20
            corner = bytes(page.render(scale=0.5).buffer)[:3]
            assert min(corner) > 250  # paper stays white where the screen is dark
    opened.close()
