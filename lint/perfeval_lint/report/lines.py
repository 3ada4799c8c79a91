"""Lines about a form or a run that all reports for people have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perfeval_lint.form.path import row_of
from perfeval_lint.judge.outcome import Change, Finding, NotEvaluated, Place
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.judge.tell.wording import without_end
from perfeval_lint.report.model import FormReport, Summary
from perfeval_lint.report.words import at_most, printable

SHOWN_PLACES = 3  # how many places of one rule that could not be judged are listed


def outcome_line(report: FormReport) -> str:
    """Returns the number of checks of a form and of their outcomes."""
    counts = report.verdict.counts
    return (
        f"检查 {counts.total} 处：通过 {counts.passed}，不通过 {counts.failed}{_gathered(report)}"
        f"，不适用 {counts.not_applicable}，未能判断 {counts.not_evaluated}"
    )


def _gathered(report: FormReport) -> str:
    """Returns how many of the failed checks are waived, and how many findings the others are gathered in."""
    waived, heads = len(report.waived_findings), len(report.open_findings)
    words = [f"其中豁免 {waived}"] if waived else []
    if heads + waived < report.verdict.counts.failed:
        words.append(f"{'其余' if waived else ''}归为 {heads} 处问题")
    return f"（{'，'.join(words)}）" if words else ""


def place_beside(head: Place, other: Place) -> str:
    """Returns a place in words, without what it has in common with the one named before it; "" if it is the same."""
    if other.path == head.path:
        return ""
    if row_of(other.path) == row_of(head.path):
        return other.words.rpartition("·")[2]
    return other.words.removeprefix(f"{head.part} ")


def follower_line(head: Place, follower: Finding) -> str:
    """Returns a finding that goes away with the one at `head`: its rule, its place if it is another, its message."""
    place = place_beside(head, follower.place)
    return f"{follower.rule.id} {f'{place}：' if place else ''}{follower.message}"


def places_by_message(message: str, places: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Returns the places of a finding by what differs in their messages, "" for its own message, which comes first."""
    groups: dict[str, list[Finding]] = {"": []}
    for place in places:
        groups.setdefault(_message_beside(message, place.message), []).append(place)
    return [(words, found) for words, found in groups.items() if found]


def _message_beside(message: str, other: str) -> str:
    """Returns a message without its first clause where the one told before it has the same; "" if both are the same."""
    if other == message:
        return ""
    clause, _, rest = other.partition("：")
    return rest if rest and message.startswith(f"{clause}：") else other


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
