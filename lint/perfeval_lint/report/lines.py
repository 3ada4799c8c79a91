"""Lines about a form or a run that all reports for people have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perfeval_lint.judge.outcome import Change, NotEvaluated, Place
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.judge.tell.wording import without_end
from perfeval_lint.report.model import FormReport, Summary
from perfeval_lint.report.words import at_most, printable

SHOWN_PLACES = 3  # how many places of one rule that could not be judged are listed


def outcome_line(report: FormReport) -> str:
    """Returns the number of checks of a form and of their outcomes."""
    counts = report.verdict.counts
    waived = len(report.verdict.findings) - len(report.open_findings)
    return (
        f"检查 {counts.total} 处：通过 {counts.passed}，不通过 {counts.failed}"
        f"{f'（其中豁免 {waived}）' if waived else ''}，不适用 {counts.not_applicable}"
        f"，未能判断 {counts.not_evaluated}"
    )


def score_line(report: FormReport) -> str:
    """Returns the self-given and the reviewed total, and how much could be reviewed; "" where there is neither."""
    review = report.verdict.review
    if report.self_score is None and review is None:
        return ""
    line = f"自评 {report.self_score or '（没有总分）'}"
    line += f"，等级 {report.self_grade}" if report.self_grade else ""
    if review is None:
        return line
    of = "" if review.total is None else f"/{shown_as(review.total)}"
    grade = f"，等级 {at_most(review.is_most)}{review.grade}" if report.self_grade else ""
    return f"{line} → 复核 {report.shown_review}{grade}（可复核 {shown_as(review.covered)}{of} 分）"


def change_line(change: Change) -> str:
    """Returns the change of the review to the score of one row, with its reason."""
    line = f"{change.place.words.removesuffix('·得分')}：自评 {given_score(change)}，应得 {due_score(change)}"
    target = without_end(shown_as(change.target))
    why = f"（目标 {target}，实际 {shown_as(change.actual)}）" if change.target else ""
    return f"{line}；{change.reason}{why}"


def given_score(change: Change) -> str:
    """Returns the score a row gave itself."""
    return "—" if change.given is None else shown_as(change.given)


def due_score(change: Change) -> str:
    """Returns the score a row is due, or its upper bound."""
    return f"{at_most(change.is_most)}{shown_as(change.due)}"


def total_line(total: Summary) -> str:
    """Returns the totals of a whole run."""
    line = f"共 {total.files} 个文件、{total.forms} 张表："
    line += f"错误 {total.error}，警告 {total.warning}，提示 {total.info}"
    if total.waived:
        line += f"，豁免 {total.waived}"
    if total.unreadable:
        line += f"；{total.unreadable} 个文件没有（或没有全部）检查"
    return line


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A value for which rules could not be judged: where it is, what is unclear about it, how to write it."""

    place: Place
    message: str
    help: str
    rules: tuple[str, ...]


def unjudged_values(items: Iterable[NotEvaluated]) -> list[Unjudged]:
    """Returns the values for which rules could not be judged, in the order of the file, each with these rules."""
    groups: dict[tuple[Place, str, str], list[str]] = {}
    for item in items:
        if item.why is not None:
            groups.setdefault((item.why.place, item.why.message, item.why.help), []).append(item.rule.id)
    found = [Unjudged(*why, tuple(sorted(set(rules)))) for why, rules in groups.items()]
    return sorted(found, key=lambda one: one.place.position.order)


def unjudged_lines(items: Iterable[NotEvaluated]) -> Iterator[str]:
    """Yields a line for each rule and reason without a single value as its cause: the places, and what was missing."""
    groups: dict[tuple[str, tuple[str, ...]], list[NotEvaluated]] = {}
    for item in items:
        if item.why is None:
            groups.setdefault((item.rule.id, item.missing), []).append(item)
    for (name, missing), group in groups.items():
        words = list(dict.fromkeys(printable(item.place.words) for item in group))
        places = "；".join(words[:SHOWN_PLACES])
        more = f" 等 {len(words)} 处" if len(words) > SHOWN_PLACES else ""
        # Two columns together: each may be read, and still not be held against the other.
        unread = "读不出、不能相比" if any("实际完成值" in name for name in missing) else "读不出"
        reason = f"缺 {'、'.join(missing)}，或{unread}" if missing else "算不出"
        yield f"{name} {group[0].rule.title}（{places}{more}）：{reason}"
