"""One form as a piece of a web page: its table with marks where findings are, and the findings beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from perfeval_lint.judge.outcome import Change, Finding
from perfeval_lint.judge.tell.quote import shown_as
from perfeval_lint.report.html.style import FORM_STYLE
from perfeval_lint.report.html.table import Mark, Plan, path_words, plan_of, table_html
from perfeval_lint.report.html.text import attributes, one_line, shown
from perfeval_lint.report.lines import (
    Unjudged,
    due_score,
    given_score,
    outcome_line,
    place_beside,
    places_by_message,
    score_line,
    unjudged_lines,
    unjudged_values,
)
from perfeval_lint.report.model import FormReport
from perfeval_lint.report.words import SEVERITY, basis_line

_CHANGED = ("影响复核得分的行", "目标", "实际", "自评", "应得", "原因")


def form_style() -> str:
    """Returns the style sheet of form_html: light and dark, narrow and wide screens, A4."""
    return FORM_STYLE


def form_html(report: FormReport, *, key: str, editable: bool = False, places: bool = True) -> str:
    """Returns the form as <article id=`key`>, with neither scripts nor styles of its own.

    Every value's cell has `data-path` and the id `key`-cN, every finding is <li id="`key`-fN"> and linked to its cell;
    its number is in the cells of its places, too, and smaller in those of its followers.
    `editable` makes each value a text field; `places` adds the place of each finding in the file.
    """
    plan = plan_of(report.form, key)
    findings = report.open_findings
    marks = marks_of(plan, findings)
    name = shown(key)
    items = (_finding(plan, number, finding, places=places) for number, finding in enumerate(findings, start=1))
    return (
        f'<article class="form" id="{name}" aria-labelledby="{name}-head">\n{_head(report, name)}'
        f"{_outcome(report)}{_changes(plan, report)}"
        f'<div class="sides">\n<div class="sheet" tabindex="0" role="group" aria-label="自评表">\n'
        f"{table_html(plan, marks, editable=editable)}</div>\n"
        f'<section class="found">\n<h3>问题 {len(findings)} 处</h3>\n{_list(items)}</section>\n</div>\n'
        f"{''.join(_rest(plan, report, places=places))}</article>\n"
    )


def project_of(report: FormReport) -> str:
    """Returns the subject of a form on one line: the project, or else the department."""
    name = report.form.text("项目名称") or report.form.text("部门") or "（未写项目名称）"
    return " ".join(name.split())


def counts_html(report: FormReport) -> str:
    """Returns the number of findings of each severity, as items of a list."""
    counts = Counter(finding.severity for finding in report.open_findings)
    return "".join(
        f'<li class="{severity.value if counts[severity] else "none"}">{words} <b>{counts[severity]}</b></li>'
        for severity, words in SEVERITY.items()
    )


def _head(report: FormReport, name: str) -> str:
    year = report.form.text("年度")
    which = f"{year} 年度" if year else "未写年度"
    return (
        f'<header>\n<h2 id="{name}-head">{shown(project_of(report))}</h2>\n'
        f"<p>{one_line(which)}　{one_line(report.form.text('表式') or '未写表式')}</p>\n</header>\n"
    )


def _outcome(report: FormReport) -> str:
    """Returns the scores, the counts of checks, and the rules and profile that judged."""
    score = score_line(report)
    return (
        '<div class="outcome">\n'
        + (f'<p class="score">{one_line(score)}</p>\n' if score else "")
        + f'<ul class="counts" aria-label="问题数">{counts_html(report)}</ul>\n'
        f"<p>{one_line(outcome_line(report))}</p>\n"
        f"<p>规则集：{one_line(report.profile)}（{one_line(report.profile_reason)}）</p>\n</div>\n"
    )


def _changes(plan: Plan, report: FormReport) -> str:
    """Returns the rows for which the review differs from the self-evaluation, or is an upper bound."""
    review = report.verdict.review
    if review is None or not review.changes:
        return ""
    head = "".join(f'<th scope="col">{name}</th>' for name in _CHANGED)
    rows = "".join(_change(plan, change) for change in review.changes)
    return f'<table class="changes">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n'


def _change(plan: Plan, change: Change) -> str:
    row = _link(plan.home(change.place.path), change.place.words.removesuffix("·得分"))
    target, actual = (one_line(shown_as(text)) if text else "—" for text in (change.target, change.actual))
    scores = "".join(f'<td class="number">{shown(score)}</td>' for score in (given_score(change), due_score(change)))
    why = f"<td>{one_line(change.reason)}</td>"
    return f'<tr><th scope="row">{row}</th><td>{target}</td><td>{actual}</td>{scores}{why}</tr>\n'


def _link(home: str, words: str) -> str:
    return f'<a href="#{shown(home)}">{one_line(words)}</a>'


def _list(items: Iterable[str]) -> str:
    content = "".join(items)
    return f'<ol class="findings" role="list">\n{content}</ol>\n' if content else "<p>没有发现问题。</p>\n"


def marks_of(plan: Plan, findings: Iterable[Finding]) -> Mapping[str, Sequence[Mark]]:
    """Returns the marks of each cell by its id, a number once in a cell, findings and places before followers."""
    marks: dict[str, list[Mark]] = {}
    for number, finding in enumerate(findings, start=1):
        shown_as = [Mark(number, finding.severity)]
        shown_as += [Mark(number, place.severity) for place in finding.places]
        shown_as += [Mark(number, one.severity, follows=True) for one in finding.follows]
        for one, mark in zip(finding.each(), shown_as, strict=True):
            cell = marks.setdefault(plan.home(one.place.path), [])
            if number not in (other.number for other in cell):
                cell.append(mark)
    return marks


def _finding(plan: Plan, number: int, finding: Finding, *, places: bool) -> str:
    """Returns one finding: its number, severity, place, message, further places, help, basis and followers."""
    rule, level, home = finding.rule, finding.severity, plan.home(finding.place.path)
    head = attributes(
        id=f"{plan.key}-f{number}", class_=f"finding {level.value}", data_path=finding.place.path, data_target=home
    )
    position = _position(finding) if places else ""
    basis = "".join(f'<p class="basis">依据：{one_line(basis_line(basis))}</p>\n' for basis in rule.basis)
    return (
        f'<li{head}>\n<p class="where"><span class="mark {level.value}" aria-hidden="true">{number}</span> '
        f'<b class="level">{SEVERITY[level]}</b> {_link(home, finding.place.words)}</p>\n'
        f'<p class="message">{shown(finding.message)}</p>\n{_further(plan, finding, places=places)}'
        f'<p class="help">改法：{one_line(finding.help)}</p>\n{basis}'
        f'<p class="rule">{shown(rule.id)} {one_line(rule.title)}{position}</p>\n{_follows(plan, finding)}</li>\n'
    )


def _position(finding: Finding) -> str:
    return f' <span class="position">原文件 {one_line(finding.place.position.words)}</span>'


def _further(plan: Plan, finding: Finding, *, places: bool) -> str:
    """Returns the further places of a finding, those with the same message on one line."""
    lines = []
    for message, found in places_by_message(finding.message, finding.places):
        links = "；".join(
            _link(plan.home(one.place.path), place_beside(finding.place, one.place) or one.place.words)
            + (_position(one) if places else "")
            for one in found
        )
        lines.append(f"{links}：{one_line(message)}" if message else links)
    return _under("places", f"还有 {len(finding.places)} 处：", lines)


def _follows(plan: Plan, finding: Finding) -> str:
    """Returns what goes away with a finding, the place named where it is another cell."""
    lines = []
    for one in finding.follows:
        place = place_beside(finding.place, one.place)
        where = f"{_link(plan.home(one.place.path), place)}：" if place else ""
        lines.append(f"{shown(one.rule.id)} {where}{one_line(one.message)}")
    return _under("follows", "连带（改好这一处就没有了）：", lines)


def _under(name: str, head: str, lines: Sequence[str]) -> str:
    return f'<div class="{name}">{head}\n{_plain_list(lines)}</div>\n' if lines else ""


def _rest(plan: Plan, report: FormReport, *, places: bool) -> Iterator[str]:
    """Yields the unjudged checks, the doubts of the conversion and the waived findings, where there are any."""
    waived = [
        f"{shown(finding.rule.id)} {_link(plan.home(finding.place.path), finding.place.words)}："
        f"{one_line(finding.message)}（理由：{one_line(finding.waived or '')}）"
        for finding in report.waived_findings
    ]
    doubts = [f"{_doubted(plan, place)}：{one_line(reason)}" for place, reason in report.doubts]
    unjudged = [_unjudged(plan, value, places=places) for value in unjudged_values(report.verdict.not_evaluated)]
    unjudged += [one_line(line) for line in unjudged_lines(report.verdict.not_evaluated)]
    yield from (
        f'<section class="rest">\n<h3>{name}</h3>\n{_plain_list(lines)}</section>\n'
        for name, lines in (("未能判断", unjudged), ("识别存疑", doubts), ("豁免", waived))
        if lines
    )


def _unjudged(plan: Plan, value: Unjudged, *, places: bool) -> str:
    """Returns a value for which rules could not be judged."""
    position = f' <span class="position">原文件 {one_line(value.place.position.words)}</span>' if places else ""
    return (
        f"{_link(plan.home(value.place.path), value.place.words)}：{one_line(value.message)}"
        f'<p class="help">改法：{one_line(value.help)}</p>\n'
        f'<p class="rule">没有判断的规则：{one_line("、".join(value.rules))}{position}</p>\n'
    )


def _doubted(plan: Plan, place: str) -> str:
    """Returns the place of a doubt: a path on the form, or a place in the file outside the form."""
    return _link(plan.homes[place], path_words(place)) if place and place in plan.homes else one_line(place)


def _plain_list(lines: Sequence[str]) -> str:
    return "<ul>\n" + "".join(f"<li>{line}</li>\n" for line in lines) + "</ul>\n"
