"""The JSON report, a frozen shape of its own (perfeval.report/1), written a file at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from perfeval_lint.errors import Problem
from perfeval_lint.judge.outcome import Change, Finding, NotEvaluated
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.report.model import FileReport, FormReport, Summary
from perfeval_lint.report.words import bound
from perfeval_lint.version import VERSION

FORMAT = "perfeval.report/1"


def json_parts(files: Iterable[FileReport], rules: str) -> Iterator[str]:
    """Yields the report in pieces, so that a long run needs no more memory than its largest file."""
    head = {"format": FORMAT, "tool": {"version": VERSION, "rules": rules}}
    yield _dump(head)[:-1] + ', "files": ['
    total = Summary()
    for number, file in enumerate(files):
        total = total.plus(file)
        yield (",\n" if number else "\n") + _dump(_file(file))
    yield '\n], "summary": ' + _dump(_summary(total)) + "}\n"


def _dump(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _summary(total: Summary) -> dict[str, int]:
    return asdict(total)


def _file(file: FileReport) -> dict[str, Any]:
    """Returns a file; it has `notes` only if its reader left something out on purpose."""
    report: dict[str, Any] = {
        "file": file.file,
        "errors": [_error(problem, file.file) for problem in file.errors],
        "forms": [_form(form) for form in file.forms],
    }
    if file.notes:
        report["notes"] = [_error(problem, file.file) for problem in file.notes]
    return report


def _error(problem: Problem, file: str) -> dict[str, Any]:
    """Returns a problem; if it is in another file (faulty settings), the message begins with that file's name."""
    elsewhere = f"{problem.file}: " if problem.file not in ("", file) else ""
    error: dict[str, Any] = {"code": problem.code, "message": f"{elsewhere}{problem.message}"}
    if problem.line is not None:
        error["location"] = {"line": problem.line, "column": problem.column}
    return error


def _form(report: FormReport) -> dict[str, Any]:
    """Returns a form; it has `doubts` only if the conversion was not sure of something."""
    counts = report.verdict.counts
    found: dict[str, Any] = {
        "index": report.index,
        "表式": report.form.text("表式"),
        "年度": report.form.text("年度"),
        "项目名称": report.form.text("项目名称"),
        "profile": report.profile,
        "self_score": report.self_score,
        "review_score": report.review_score,
        **_review(report),
        "outcomes": {
            "pass": counts.passed,
            "fail": counts.failed,
            "not_applicable": counts.not_applicable,
            "not_evaluated": counts.not_evaluated,
        },
        "not_evaluated": [_not_evaluated(item) for item in report.verdict.not_evaluated],
        "findings": [_finding(finding) for finding in report.verdict.findings],
    }
    if report.doubts:
        found["doubts"] = [{"path": place, "message": reason} for place, reason in report.doubts]
    return found


def _review(report: FormReport) -> dict[str, Any]:
    """Returns the grades, whether the review score is exact or an upper bound, the points it could check and the rows
    it changes; null and [] where there is no review."""
    review = report.verdict.review
    return {
        "review_bound": report.review_bound,
        "self_grade": report.self_grade,
        "review_grade": review and review.grade,
        "reviewable": review and shown_as(review.covered),
        "review_rows": [_change(change) for change in review.changes] if review else [],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "path": change.place.path,
        "given": None if change.given is None else shown_as(change.given),
        "due": shown_as(change.due),
        "bound": bound(change.is_most),
        "reason": change.reason,
    }


def _not_evaluated(item: NotEvaluated) -> dict[str, Any]:
    """Returns a check that could not be judged; where a single cell is the cause, also which one and why."""
    found: dict[str, Any] = {"rule": item.rule.id, "path": item.place.path, "missing": list(item.missing)}
    if item.why is not None:
        why = item.why
        found |= {"cause": why.cause, "at": why.place.path, "value": why.value, "message": why.message}
        found |= {"help": why.help, "location": why.place.position._asdict()}
    return found


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "severity": finding.severity.value,
        "path": finding.place.path,
        "message": finding.message,
        "help": finding.help,
        "values": dict(finding.values),
        "location": finding.place.position._asdict(),
        "waived": finding.waived,
        "places": [_place(one) for one in finding.places],
        "follows": [_follower(one) for one in finding.follows],
    }


def _place(finding: Finding) -> dict[str, Any]:
    """Returns a finding of the same rule elsewhere on the form."""
    place = {"path": finding.place.path, "location": finding.place.position._asdict(), "waived": finding.waived}
    return place | {"message": finding.message, "help": finding.help, "values": dict(finding.values)}


def _follower(finding: Finding) -> dict[str, Any]:
    """Returns a finding that goes away with the one it hangs under."""
    what = {"rule": finding.rule.id, "name": finding.rule.name, "severity": finding.severity.value}
    return what | {
        "path": finding.place.path,
        "message": finding.message,
        "help": finding.help,
        "values": dict(finding.values),
        "location": finding.place.position._asdict(),
    }
