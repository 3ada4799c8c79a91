"""Any form at all, and markup in every text of it: the page stays whole, and every text is there as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import FUNDS, GOAL, GROUPS, INDICATORS, MANAGEMENT, ROOT, TOTAL, WAIVERS, Section
from perfeval_lint.form.model import to_plain
from perfeval_lint.report.html.report import html_parts
from perfeval_lint.report.model import FileReport, FormReport
from tests.report.pages import check_findings, check_links

Judged = Callable[[dict[str, Any]], FormReport]
Drawn = Callable[..., Any]

ODD = [
    "<b>&amp;",
    "\"'>",
    "甲\n乙",
    "\x00\u202e",
    "a.b[0]",
    "9",
    "10",
    "3期",
    "100%",
    "长" * 300,
    "</script>",
]
TEXTS = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
KINDS = ["项目支出绩效自评表", "转移支付区域（项目）绩效目标自评表", "部门整体支出绩效自评表", "<i>表"]
HOSTILE = "</script><b id=\"f1\" onclick='x'>&lt;\u202e\x07]]>"
SEEN = "</script><b id=\"f1\" onclick='x'>&lt;\\u202e"


def fields(section: Section) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={field.name: TEXTS for field in section.fields})


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    plain: dict[str, Any] = draw(fields(ROOT)) | {"表式": draw(st.sampled_from(KINDS)), "格式": "perfeval/1"}
    for section in (FUNDS, INDICATORS, MANAGEMENT, WAIVERS):
        plain[section.key] = draw(st.lists(fields(section), max_size=4))
    plain[GOAL.key], plain[TOTAL.key] = draw(fields(GOAL)), draw(fields(TOTAL))
    plain[GROUPS.key] = draw(st.dictionaries(st.sampled_from(["产出", "<i>", "a.b[0]", "9"]), TEXTS, max_size=2))
    plain[draw(st.sampled_from(["不认识", "a]", "<u>", "绩效.指标[0].x"]))] = "不印"
    return plain


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forms())
def test_any_form_makes_a_whole_page(judged_form: Judged, drawn: Drawn, plain: dict[str, Any]) -> None:
    report = judged_form(plain)
    for editable in (False, True):
        fragment = drawn(report, editable=editable)
        check_links(fragment.html)
        check_findings(fragment)
    check_links("".join(html_parts([FileReport("表.yaml", (report,), ())], "摘要")))


@pytest.fixture
def hostile(judged_form: Judged, flawed: FormReport) -> FileReport:
    """The flawed form with markup behind every text of it, and a file's name to match."""

    def spoilt(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoilt(text) for key, text in value.items()}
        return [spoilt(item) for item in value] if isinstance(value, list) else f"{value}{HOSTILE}"

    plain = to_plain(flawed.form)
    del plain["格式"]
    spoilt_form = spoilt(plain) | {
        "存疑": [{"位置": HOSTILE, "原因": HOSTILE}],
        "豁免": [{"规则": "PE003", "理由": HOSTILE}],
        HOSTILE: "多写的键",
    }
    return FileReport(HOSTILE, (judged_form(spoilt_form),), ())


def test_markup_in_every_text_stays_text(hostile: FileReport, drawn: Drawn) -> None:
    (report,) = hostile.forms
    for editable in (False, True):
        fragment = drawn(report, editable=editable)
        check_links(fragment.html)
        check_findings(fragment)
        cells = fragment.tree.css(".sheet td[data-path]")
        filled = [cell for cell in cells if "<b id" in cell.text()]
        assert len(filled) > 40
        assert all(SEEN in cell.text() for cell in filled)
        assert not set(fragment.html) & set("\x07\u202e")
        texts = [node.text() for node in fragment.tree.css(".rest")]
        assert all(SEEN in text for text in texts[-2:])


def test_markup_in_names_of_files_and_problems_stays_text(hostile: FileReport) -> None:
    broken = FileReport(
        HOSTILE, (), (Problem("x", HOSTILE, HOSTILE, 1, 2),), (Problem("y", HOSTILE, "说明" + HOSTILE),)
    )
    page = "".join(html_parts([hostile, broken], HOSTILE))
    check_links(page)
    assert page.count("&lt;/script&gt;&lt;b id=") > 50
    assert not set(page) & set("\x07\u202e")
    assert page.count("</script>") == 0
