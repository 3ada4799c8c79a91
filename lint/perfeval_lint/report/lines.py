"""Lines about one form that are the same in every report for people."""

from __future__ import annotations

from perfeval_lint.judge.judge import shown_as
from perfeval_lint.report.model import FormReport


def outcome_line(report: FormReport) -> str:
    """How many places of a form were checked, and what came of it."""
    counts = report.verdict.counts
    waived = len(report.verdict.findings) - len(report.open_findings)
    return (
        f"检查 {counts.total} 处：通过 {counts.passed}，不通过 {counts.failed}"
        f"{f'（其中豁免 {waived}）' if waived else ''}，不适用 {counts.not_applicable}"
        f"，未能判断 {counts.not_evaluated}"
    )


def score_line(report: FormReport) -> str:
    """The self-given total and the reviewed one, and how much of it could be reviewed; "" where there is neither."""
    review = report.verdict.review
    if report.self_score is None and review is None:
        return ""
    line = f"自评 {report.self_score or '（没有总分）'}"
    line += f"，等级 {report.self_grade}" if report.self_grade else ""
    if review is None:
        return line
    of = "" if review.total is None else f"/{shown_as(review.total)}"
    return f"{line} → 复核 {review.score:.2f}（可复核 {shown_as(review.covered)}{of} 分）"
