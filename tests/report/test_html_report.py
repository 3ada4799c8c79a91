"""The page as a whole: its overview, its links, and that it needs neither network nor memory."""

from __future__ import annotations

import base64
import re
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from perfeval_lint.errors import UsageError
from perfeval_lint.form.model import to_plain
from perfeval_lint.report.html import report as html_report
from perfeval_lint.report.html.report import html_parts
from perfeval_lint.report.model import FileReport, FormReport
from perfeval_lint.version import VERSION
from tests.report.pages import check_links

Judged = Callable[..., FileReport]
EXAMPLES = Path(__file__).parents[2] / "examples"
RULES = "0123abcd"


def page(*files: FileReport) -> tuple[LexborHTMLParser, str]:
    text = "".join(html_parts(files, RULES))
    check_links(text)
    return LexborHTMLParser(text), text


@pytest.fixture
def examples(judged_file: Callable[[Path], FileReport]) -> list[FileReport]:
    return [judged_file(path) for path in sorted(EXAMPLES.glob("*.yaml"))]


def test_the_page_allows_nothing_but_its_own_style(examples: list[FileReport]) -> None:
    tree, text = page(*examples)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    policy = tree.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert tree.css_first("html").attributes["lang"] == "zh-CN"
    assert tree.css_first("body > a").attributes["href"] == f"#{tree.css_first('main').attributes['id']}"


def test_several_forms_have_an_overview_before_them(examples: list[FileReport]) -> None:
    tree, text = page(*examples)
    rows = [[cell.text() for cell in row.css("td")] for row in tree.css(".overview tbody tr")]
    reports = [form for file in examples for form in file.forms]
    assert len(rows) == len(reports) > 5
    for row, report in zip(rows, reports, strict=True):
        levels = [finding.severity.value for finding in report.open_findings]
        assert row[:2] == [report.self_score or "—", report.shown_review or "—"]
        assert row[2:] == [str(levels.count(level)) for level in ("error", "warning", "info")]
    links = [link.attributes["href"] for link in tree.css(".overview a")]
    assert links == [f"#{form.attributes['id']}" for form in tree.css("article")]
    assert text.index('class="overview"') < text.index("<article")
    files = [name.text() for name in tree.css(".overview small")]
    assert files == [file.file for file in examples] == [name.text() for name in tree.css(".source")]


def test_one_form_has_no_overview_and_gives_the_page_its_title(flawed: FormReport) -> None:
    tree, _ = page(FileReport("表.yaml", (flawed,), ()))
    assert not tree.css(".overview")
    assert tree.css_first("title").text() == "基层业务培训 · 绩效自评表审核结果"
    assert tree.css_first("header p").text() == "共 1 个文件、1 张表：错误 4，警告 1，提示 0"


def test_forms_of_one_file_are_numbered(judged: Judged, flawed: FormReport) -> None:
    plain = to_plain(flawed.form)
    tree, _ = page(judged(plain, plain | {"项目名称": "另一张"}, name="两张.yaml"))
    assert [name.text() for name in tree.css(".source")] == ["两张.yaml（第 1 张）", "两张.yaml（第 2 张）"]
    assert [name.text() for name in tree.css("article h2")] == ["基层业务培训", "另一张"]


def test_what_could_not_be_checked_is_said_with_the_reason(judged: Judged, flawed: FormReport, tmp_path: Path) -> None:
    broken = judged({"绩效指标": "不是列表"}, name="坏.yaml")
    assert broken.errors
    tree, _ = page(broken, FileReport("好.yaml", (flawed,), ()))
    panel = tree.css_first("main .panel")
    assert panel.css_first("h2").text() == "没有检查"
    assert "坏.yaml" in panel.text()
    assert broken.errors[0].message in panel.text()
    assert tree.css_first("header p").text().endswith("；1 个文件没有（或没有全部）检查")


def test_nothing_at_all_is_still_a_page() -> None:
    tree, _ = page()
    assert tree.css_first("header p").text() == "共 0 个文件、0 张表：错误 0，警告 0，提示 0"


def test_the_page_says_what_judged(flawed: FormReport) -> None:
    tree, _ = page(FileReport("表.yaml", (flawed,), ()))
    assert f"perfeval-lint {VERSION}；规则摘要 {RULES}" in tree.css_first("footer").text()
    assert "规则集：通用（默认）" in tree.css_first(".outcome").text()


def test_many_files_take_no_more_memory_than_a_few(flawed: FormReport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_report, "_IN_MEMORY", 1 << 17)

    def files() -> Iterator[FileReport]:
        for number in range(300):
            yield FileReport(f"{number}.yaml", (flawed,), ())

    tracemalloc.start()
    try:
        size = sum(map(len, html_parts(files(), RULES)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 3_000_000
    assert peak < 1_500_000


def test_no_room_for_the_forms_is_said_in_words(
    flawed: FormReport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(html_report, "_IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "没有"))
    with pytest.raises(UsageError, match=r"临时目录放不下报告（.+）；请清出空间"):
        list(html_parts([FileReport("表.yaml", (flawed,), ())], RULES))
