"""Lines about a form, or a run, that are the same in every report for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perfeval_lint.judge.outcome import NotEvaluated
from perfeval_lint.judge.quote import shown_as
from perfeval_lint.report.model import FormReport, Summary
from perfeval_lint.report.words import printable

SHOWN_PLACES = 3  # how many places of one rule that could not be judged are listed


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


def total_line(total: Summary) -> str:
    """What came of a whole run."""
    line = f"共 {total.files} 个文件、{total.forms} 张表："
    line += f"错误 {total.error}，警告 {total.warning}，提示 {total.info}"
    if total.waived:
        line += f"，豁免 {total.waived}"
    if total.unreadable:
        line += f"；{total.unreadable} 个文件没有（或没有全部）检查"
    return line


def unjudged_lines(items: Iterable[NotEvaluated]) -> Iterator[str]:
    """One line a rule and reason: where it could not be judged, and what was missing."""
    groups: dict[tuple[str, tuple[str, ...]], list[NotEvaluated]] = {}
    for item in items:
        groups.setdefault((item.rule.id, item.missing), []).append(item)
    for (name, missing), group in groups.items():
        words = list(dict.fromkeys(printable(item.place.words) for item in group))
        places = "；".join(words[:SHOWN_PLACES])
        more = f" 等 {len(words)} 处" if len(words) > SHOWN_PLACES else ""
        # Two columns together: each may be read, and still not be held against the other.
        unread = "读不出、不能相比" if any("实际完成值" in name for name in missing) else "读不出"
        reason = f"缺 {'、'.join(missing)}，或{unread}" if missing else "算不出"
        yield f"{name} {group[0].rule.title}（{places}{more}）：{reason}"
