"""The page, parsed as a browser does: nothing in it runs, its numbers are the store's, its size is bounded."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from perfeval_lint.audit.reports import page
from perfeval_lint.audit.reports.facts import prepare
from perfeval_lint.audit.reports.model import Limits, Options, Written


def _written(database: Any, folder: Path, **limits: int) -> tuple[LexborHTMLParser, Written, str]:
    prepare(database)
    written = page.write(database, folder, Options(origin=folder, limits=Limits(**limits)))
    text = written.files[0].read_text("utf-8")
    return LexborHTMLParser(text), written, text


@pytest.fixture
def shown(store: Any, published: list[Any], tmp_path: Path) -> LexborHTMLParser:
    return _written(store(published), tmp_path)[0]


def test_nothing_runs_and_nothing_is_fetched(store: Any, hostile: list[Any], tmp_path: Path) -> None:
    tree, _, text = _written(store(hostile), tmp_path)
    assert not tree.css(
        "script, iframe, img, object, embed, link, form, base, style ~ style, [style], [onclick], [src]"
    )
    names = {name for node in tree.css("*") for name in node.attributes}
    assert not [name for name in names if name.startswith("on")]
    policy = tree.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"] or ""
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    links = [node.attributes["href"] or "" for node in tree.css("a")]
    assert not [link for link in links if re.match(r"[a-z]+:|//|\\", link)]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_the_texts_are_there_as_text(store: Any, hostile: list[Any], tmp_path: Path) -> None:
    tree, _, _ = _written(store(hostile), tmp_path)
    body = tree.css_first("#逐级查看").text()
    assert len(body) < 20_000
    for text in ("<script>alert(1)</script>", "{{单位}} {% for x in y %}", "a & b &lt;b&gt; ]]>", "\\u202edesrever"):
        assert text in body


def test_the_key_figures_are_those_of_the_store(shown: LexborHTMLParser, published: list[Any]) -> None:
    figures = {node.text(): (node.next.text() if node.next else "") for node in shown.css("dl.figures dt")}
    levels = [one.level for form in published for one in form.heads]
    assert figures["自评表"].startswith(str(len(published)))
    assert figures["错误"].startswith(str(levels.count("error")))
    assert f"警告 {levels.count('warning')}，提示 {levels.count('info')}" in figures["错误"]


def test_every_form_can_be_reached_from_its_department(shown: LexborHTMLParser, published: list[Any]) -> None:
    section = shown.css_first("#逐级查看")
    assert len(section.css("details details details")) == len([form for form in published if form.findings])
    assert len(section.css("ol.findings > li")) == sum(min(len(form.heads), 30) for form in published)
    targets = {node.attributes["id"] for node in shown.css("[id]")}
    assert all((node.attributes["href"] or "").removeprefix("#") in targets for node in shown.css("a[href^='#']"))


def test_it_can_be_used_without_seeing_it(shown: LexborHTMLParser) -> None:
    assert shown.css_first("html").attributes["lang"] == "zh-CN"
    assert len(shown.css("h1")) == 1
    assert all(table.css_first("caption") and table.css("thead th[scope=col]") for table in shown.css("table"))
    assert all(row.css_first("th[scope=row]") for row in shown.css("tbody tr"))
    assert all(bar.attributes["aria-hidden"] == "true" for bar in shown.css("svg"))
    assert all(node.attributes["tabindex"] == "0" and node.attributes["aria-label"] for node in shown.css(".scroll"))


def test_the_distribution_counts_every_form_once(store: Any, tmp_path: Path, form: Any) -> None:
    scores = ("59.99", "60.00", "97.99", "98.00", "100.00", None)
    forms = [form(file=f"{n}.docx", score=one, reviewed=None, total="100.00") for n, one in enumerate(scores)]
    forms.append(form(file="十分制.docx", score="9.90", reviewed=None, total="10.00"))
    tree, _, _ = _written(store(forms), tmp_path)
    rows = tree.css_first("#分布 table").css("tbody tr")
    counts = {row.css_first("th").text(): [cell.text() for cell in row.css("td.n")] for row in rows}
    assert {name: own for name, (own, _) in counts.items() if own != "0"} == {
        "60 以下": "1",
        "60—70": "1",
        "95—98": "1",
        "98—100": "2",
        "满分": "1",
    }


def test_the_page_stays_small_and_says_what_is_left_out(store: Any, tmp_path: Path, form: Any, finding: Any) -> None:
    many = tuple(finding(row=number, level="info", message=f"提示{number}" * 20) for number in range(40))
    grave = form(file="重.docx", raw={"项目名称": "最重的"}, findings=(finding(),) * 60)
    forms = [form(file=f"{number}.docx", findings=many) for number in range(60)]
    tree, written, text = _written(store([*forms, grave]), tmp_path, page_bytes=200_000)
    assert len(text.encode()) < 200_000
    assert "最重的" in tree.css_first("#逐级查看").text()
    assert "还有 30 条" in tree.css_first("#逐级查看").text()
    (remark,) = written.remarks
    assert re.fullmatch(r"网页只列问题最重的 \d+ 张表的问题；全部问题见 审核结果.xlsx 和 问题.csv", remark)
    assert remark in text


def test_no_more_forms_than_the_limit(store: Any, tmp_path: Path, form: Any, finding: Any) -> None:
    forms = [form(file=f"{number}.docx", findings=(finding(),)) for number in range(5)]
    tree, written, _ = _written(store(forms), tmp_path, page_forms=3)
    assert len(tree.css("details details details")) == 3
    assert "3 张表" in written.remarks[0]


def test_an_audit_of_nothing_gives_a_page(store: Any, tmp_path: Path) -> None:
    tree, written, _ = _written(store([]), tmp_path)
    assert not written.remarks
    assert "没有问题" in tree.css_first("#逐级查看").text()
