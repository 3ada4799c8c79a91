"""The schema of the JSON report, and what a report's findings, places and followers add up to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from perfeval_lint.form.model import to_plain
from perfeval_lint.report.json import json_parts
from perfeval_lint.report.lines import outcome_line
from perfeval_lint.report.model import FileReport, FormReport
from perfeval_lint.report.schema import report_schema
from tests.report.test_html_any_form import forms
from tests.reports import SHIPPED, check_report

Judged = Callable[[dict[str, Any]], FormReport]
TESTS = Path(__file__).parents[1]
PUBLISHED = [
    *sorted((TESTS.parent / "examples").iterdir()),
    *sorted((TESTS / "recognise" / "found").glob("*.yaml")),
    *sorted((TESTS / "recognise" / "samples").glob("*.yaml")),
    *sorted((TESTS / "recognise" / "pdf").glob("*.pdf")),
]
some = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def reported(file: FileReport) -> dict[str, Any]:
    """The JSON report on a file."""
    return json.loads("".join(json_parts([file], "")))


def gathered(finding: dict[str, Any]) -> int:
    """The number of failed checks in one finding."""
    return 1 + len(finding["places"]) + len(finding["follows"])


def check_sums(file: FileReport) -> None:
    """Failed checks are findings, places and followers; the summary counts findings; both as in the report itself."""
    report = reported(file)
    heads = [finding for form in report["files"][0]["forms"] for finding in form["findings"]]
    for form, written in zip(file.forms, report["files"][0]["forms"], strict=True):
        assert written["outcomes"]["fail"] == sum(gathered(finding) for finding in written["findings"])
        each = [one for finding in form.verdict.findings for one in finding.each()]
        assert len(each) == written["outcomes"]["fail"]
        assert len(form.waived_findings) + sum(len(list(one.each())) for one in form.open_findings) == len(each)
        assert f"不通过 {len(each)}" in outcome_line(form)
    counts = Counter("waived" if finding["waived"] is not None else finding["severity"] for finding in heads)
    assert {name: report["summary"][name] for name in ("error", "warning", "info", "waived")} == {
        name: counts[name] for name in ("error", "warning", "info", "waived")
    }
    for finding in heads:
        ranks = ["error", "warning", "info"]
        levels = [finding["severity"], *(one["severity"] for one in finding["follows"])]
        assert finding["severity"] == min(levels, key=ranks.index)


def closed(schema: Any) -> Iterable[bool]:
    """Whether each object of a schema that names keys allows no others."""
    if isinstance(schema, dict):
        if "properties" in schema and not isinstance(schema["properties"], str):
            yield schema.get("additionalProperties") is False
        yield from (one for part in schema.values() for one in closed(part))
    if isinstance(schema, list):
        yield from (one for part in schema for one in closed(part))


def test_the_shipped_file_is_the_schema_and_it_is_closed() -> None:
    Draft202012Validator.check_schema(report_schema())
    assert json.loads(SHIPPED.read_text("utf-8")) == report_schema()
    found = list(closed(report_schema()))
    assert len(found) > 10
    assert all(found)


def test_a_key_more_or_less_is_no_report(flawed: FormReport) -> None:
    report = reported(FileReport("表.yaml", (flawed,), ()))
    check_report(json.dumps(report))
    parts = [report, report["tool"], report["summary"], report["files"][0], report["files"][0]["forms"][0]]
    findings = report["files"][0]["forms"][0]["findings"]
    parts += [findings[0], findings[0]["location"], next(one for f in findings for one in f["follows"])]
    for part in parts:
        part["多写"] = 1
        with pytest.raises(AssertionError):
            check_report(json.dumps(report))
        del part["多写"]
        key, value = part.popitem()
        with pytest.raises(AssertionError):
            check_report(json.dumps(report))
        part[key] = value
    check_report(json.dumps(report))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_the_counts_of_published_forms_add_up(path: Path, judged_file: Callable[[Path], FileReport]) -> None:
    check_sums(judged_file(path))


@some
@given(forms())
def test_the_counts_of_any_form_add_up(judged_form: Judged, plain: dict[str, Any]) -> None:
    check_sums(FileReport("表.yaml", (judged_form(plain),), ()))


@some
@given(st.data())
def test_the_counts_of_a_flawed_form_add_up(judged_form: Judged, flawed: FormReport, data: st.DataObject) -> None:
    """Cells of the flawed form exchanged or left blank, and some of its findings waived."""
    plain = to_plain(flawed.form)
    rows = [*plain["绩效指标"], *plain["项目资金"]]
    for _ in range(data.draw(st.integers(1, 6))):
        row, other = data.draw(st.sampled_from(rows)), data.draw(st.sampled_from(rows))
        name = data.draw(st.sampled_from(sorted(row)))
        row[name] = data.draw(st.sampled_from(["", "9", "100%", other.get(name) or "", row.get("年度指标值") or ""]))
    rules = data.draw(
        st.lists(st.sampled_from(["PE401", "PE403", "PE305", "PE201", "PE507", "PE007", "PE516"]), max_size=3)
    )
    plain["豁免"] = [{"规则": rule, "理由": "已核"} for rule in rules]
    del plain["格式"]
    check_sums(FileReport("表.yaml", (judged_form(plain),), ()))
