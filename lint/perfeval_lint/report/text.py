"""The report in a terminal: the head of each form, its findings by part of the form, then the outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from perfeval_lint.errors import Problem
from perfeval_lint.judge.outcome import Finding
from perfeval_lint.judge.tell.place import PARTS
from perfeval_lint.report.lines import (
    SHOWN_PLACES,
    change_line,
    follower_line,
    outcome_line,
    place_beside,
    places_by_message,
    score_line,
    total_line,
    unjudged_lines,
    unjudged_values,
)
from perfeval_lint.report.model import FileReport, FormReport, Summary
from perfeval_lint.report.words import SEVERITY, printable
from perfeval_lint.report.wrapping import with_breaks
from perfeval_lint.rule.model import Rule, Severity

_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_INDENT = 5
_LISTED = 5  # how many further places, or followers, of a finding are listed in full
_NAMED = 20  # how many of the other places are named by their place in the file alone


class TextReport:
    """Writes reports to a console as they come. `quiet` leaves only findings and errors."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.console = console
        self.quiet = quiet

    def file(self, report: FileReport) -> None:
        """Prints one file: each of its forms, then its errors."""
        for form in report.forms:
            self._form(report.file, form, alone=len(report.forms) == 1)
        for problem in report.errors:
            self._problem(problem)
        for note in () if self.quiet else report.notes:
            self._labelled("说明", printable(f"{note.file}：{note.message}"))

    def summary(self, total: Summary) -> None:
        """Prints the last lines of a run."""
        if self.quiet:
            return
        self._print(Text(total_line(total), "bold"))

    def statistics(self, reports: Iterable[FileReport]) -> Summary:
        """Prints the number of findings of each rule, places and followers too, instead of the findings; returns the
        totals, in which these count with their heads."""
        total = Summary()
        counts: Counter[tuple[Severity, str]] = Counter()
        rules: dict[str, Rule] = {}
        for report in reports:
            total = total.plus(report)
            for problem in report.errors:
                self._problem(problem)
            for form in report.forms:
                for finding in (one for head in form.open_findings for one in head.each()):
                    counts[finding.severity, finding.rule.id] += 1
                    rules[finding.rule.id] = finding.rule
        for (severity, name), number in sorted(counts.items(), key=lambda item: (-item[1], item[0][1])):
            line = Text(f"{number:>7}  ")
            line.append(SEVERITY[severity], _STYLE[severity]).append(f"  {name}  {rules[name].title}")
            self._print(line)
        gathered = total.error + total.warning + total.info
        if counts.total() > gathered:
            self._print(Text(f"每处都按规则数，共 {counts.total()} 处；重复的、连带的合在一起，归为 {gathered} 处问题"))
        return total

    def _form(self, file: str, report: FormReport, *, alone: bool) -> None:
        if not self.quiet:
            self._head(file, report, alone=alone)
        for part, findings in _by_part(report.open_findings):
            if not self.quiet:
                self._print(Text(part, "bold"))
            for alike in _alike(findings):
                self._finding(file, alike)
        if not self.quiet:
            self._outcome(report)

    def _head(self, file: str, report: FormReport, *, alone: bool) -> None:
        form = report.form
        name = form.text("项目名称") or form.text("部门") or "（未写项目名称）"
        year = f"{form.text('年度')} 年度" if form.text("年度") else "（未写年度）"
        number = "" if alone else f"（第 {report.index + 1} 张）"
        self._print(Text(f"{printable(file)}{number}", "bold underline"))
        self._print(Text(printable(f"{form.text('表式') or '（未写表式）'}　{year}　{' '.join(name.split())}")))

    def _finding(self, file: str, alike: list[Finding]) -> None:
        """Prints one finding, or several with the same message on different rows."""
        finding = alike[0]
        position = finding.place.position
        line = Text("  ").append(SEVERITY[finding.severity], _STYLE[finding.severity])
        line.append(f" {finding.rule.id} {printable(file)}:{position.short}")
        words = printable(finding.place.words)
        if cell_len(line.plain) + 2 + cell_len(words) <= self.console.width:
            self._print(line.append(f"  {words}", "dim"))
        else:
            self._print(line)
            self._indented(Text(words, "dim"))
        self._indented(Text(printable(finding.message)))
        if len(alike) > 1:
            others = "、".join(other.place.position.words for other in alike[1:])
            self._indented(Text(f"同样的还有 {len(alike) - 1} 处：{others}"))
        self._places(finding)
        if not self.quiet:
            self._indented(Text(f"改法：{printable(finding.help)}", "dim"))
        self._follows(finding)

    def _places(self, finding: Finding) -> None:
        """Prints the further places of a finding."""
        lines = list(_place_lines(finding))
        same = "同样的" if all(one.message == finding.message for one in finding.places) else ""
        head = f"{same}还有 {len(finding.places)} 处："
        if len(lines) > 1:
            lines = [head, *(f"· {line}" for line in lines)]
        elif lines:
            lines = [head + lines[0]]
        for line in lines:
            self._indented(Text(printable(line)))

    def _follows(self, finding: Finding) -> None:
        """Prints what goes away with a finding."""
        for one in finding.follows[:_LISTED]:
            self._indented(Text(f"连带：{printable(follower_line(finding.place, one))}", "dim"))
        if len(finding.follows) > _LISTED:
            self._indented(Text(f"连带：等 {len(finding.follows)} 处", "dim"))

    def _outcome(self, report: FormReport) -> None:
        self._labelled("结果", outcome_line(report))
        self._scores(report)
        self._labelled("规则集", f"{report.profile}（{report.profile_reason}）")
        self._unjudged(report)
        self._doubts(report.doubts)
        for finding in report.waived_findings:
            text = f"{finding.rule.id} {finding.place.words}：{finding.message}（理由：{finding.waived}）"
            self._labelled("豁免", " ".join(printable(text).split()))
        self._print(Text(""))

    def _unjudged(self, report: FormReport) -> None:
        """Prints what could not be judged: the values that are the cause, then the checks without a single one."""
        unjudged = report.verdict.not_evaluated
        for value in unjudged_values(unjudged):
            self._labelled("未能判断", printable(f"{value.place.words}（{value.place.position.words}）"))
            self._indented(Text(printable(value.message)))
            self._indented(Text(f"改法：{printable(value.help)}", "dim"))
            self._indented(Text(f"没有判断的规则：{'、'.join(value.rules)}", "dim"))
        for text in unjudged_lines(unjudged):
            self._labelled("未能判断", text)

    def _doubts(self, doubts: list[tuple[str, str]]) -> None:
        """Prints the doubts of the conversion, places with the same reason together."""
        places: dict[str, list[str]] = {}
        for place, reason in doubts:
            places.setdefault(reason, []).append(place)
        for reason, found in places.items():
            more = f" 等 {len(found)} 处" if len(found) > SHOWN_PLACES else ""
            self._labelled("识别存疑", printable(f"{'；'.join(found[:SHOWN_PLACES])}{more}：{reason}"))

    def _scores(self, report: FormReport) -> None:
        """Prints the self-given total, the reviewed one, and the rows that make the difference or the bound."""
        if line := score_line(report):
            self._labelled("得分", printable(line))
        review = report.verdict.review
        for change in review.changes if review else ():
            self._indented(Text(printable(change_line(change))))

    def _problem(self, problem: Problem) -> None:
        place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
        line = Text("没有检查 ", "bold red").append(printable(place), "bold")
        self._print(line)
        self._indented(Text(printable(problem.message)))

    def _labelled(self, label: str, text: str) -> None:
        self._print(Text(f"{label}　", "bold").append(text, "not bold"))

    def _indented(self, text: Text) -> None:
        for line in with_breaks(text, max(self.console.width - _INDENT, 20)).split("\n"):
            self._print(Text(" " * _INDENT).append_text(line))

    def _print(self, text: Text) -> None:
        self.console.print(text, highlight=False)


def _by_part(findings: list[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Groups findings by the part of the form they belong to, in the order of the form."""
    ordered = sorted(findings, key=lambda finding: PARTS.index(finding.place.part))
    for part, group in groupby(ordered, key=lambda finding: finding.place.part):
        yield part, list(group)


def _place_lines(finding: Finding) -> Iterator[str]:
    """Yields the further places of a finding: the first in words, the others by their place in the file."""
    for message, places in places_by_message(finding.message, finding.places[:_LISTED]):
        words = "；".join(
            f"{place_beside(finding.place, one.place) or one.place.words}（{one.place.position.words}）"
            for one in places
        )
        yield f"{words}：{message}" if message else words
    if others := finding.places[_LISTED:]:
        named = "、".join(one.place.position.words for one in others[:_NAMED])
        yield f"{named} 等 {len(others)} 处" if len(others) > _NAMED else named


def _alike(findings: list[Finding]) -> list[list[Finding]]:
    """Groups the findings of one part: those of one rule with the same message and the same that goes away with them
    come together at the first."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        field = finding.place.path.rpartition(".")[2]
        follows = (follower_line(finding.place, one) for one in finding.follows)
        groups.setdefault((finding.rule.id, field, finding.message, *follows), []).append(finding)

    return list(groups.values())
