"""The texts written into a file: a remark a finding, where the finding points, and a summary a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfeval_lint.form.origin import Origin
from perfeval_lint.judge.outcome import Finding
from perfeval_lint.report.lines import outcome_line, score_line, unjudged_values
from perfeval_lint.report.model import FileReport, FormReport
from perfeval_lint.report.words import SEVERITY, basis_line
from perfeval_lint.rule.model import Severity

AUTHOR = "绩效自评审核"
INITIALS = "审核"

_SHOWN_DOUBTS = 5
_SHOWN_UNJUDGED = 10


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding as a comment: its place in the file, its severity, rule, place on the form in words, message,
    remedy and what the rule rests on."""

    origin: Origin
    severity: Severity
    rule: str
    words: str
    message: str
    help: str
    basis: tuple[str, ...]

    @property
    def heading(self) -> str:
        """The first line: how grave it is, and the rule."""
        return f"{SEVERITY[self.severity]} {self.rule}"

    @property
    def lines(self) -> tuple[str, ...]:
        """The comment, a paragraph a line."""
        basis = (f"依据：{one}" for one in self.basis)
        return (self.heading, f"位置：{self.words}", self.message, f"改法：{self.help}", *basis)

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Notes:
    """The texts written into a file about one form: the lines of its summary, where the form begins, its remarks."""

    summary: tuple[str, ...]
    origin: Origin
    remarks: tuple[Remark, ...]

    def summary_with(self, homeless: Sequence[Remark]) -> str:
        """The summary as one text, with the remarks that no place in the file could be found for."""
        return "\n".join([*self.summary, *(line for remark in homeless for line in remark.lines)])


def notes_on(report: FileReport) -> tuple[Notes, ...]:
    """Returns the texts to be written into a file, form by form; findings a waiver covers are only counted."""
    return tuple(
        Notes(
            tuple(_summary(report, form, number)),
            form.form.root.origin,
            tuple(_remark(finding) for finding in form.open_findings),
        )
        for number, form in enumerate(report.forms)
    )


def _remark(finding: Finding) -> Remark:
    rule = finding.rule
    return Remark(
        finding.place.position,
        finding.severity,
        f"{rule.id} {rule.title}",
        finding.place.words,
        finding.message,
        finding.help,
        tuple(basis_line(basis) for basis in rule.basis),
    )


def _summary(report: FileReport, form: FormReport, number: int) -> Iterator[str]:
    counts = Counter(finding.severity for finding in form.open_findings)
    yield "绩效自评审核：" + "，".join(f"{words} {counts[severity]} 处" for severity, words in SEVERITY.items())
    if line := score_line(form):
        yield line
    yield outcome_line(form)
    yield f"规则集：{form.profile}（{form.profile_reason}）"
    unjudged = unjudged_values(form.verdict.not_evaluated)
    for value in unjudged[:_SHOWN_UNJUDGED]:
        yield f"未能判断：{value.place.words}：{value.message}；改法：{value.help}"
    if len(unjudged) > _SHOWN_UNJUDGED:
        yield f"未能判断的另有 {len(unjudged) - _SHOWN_UNJUDGED} 处"
    for place, reason in form.doubts[:_SHOWN_DOUBTS]:
        yield f"识别存疑：{place}：{reason}"
    if len(form.doubts) > _SHOWN_DOUBTS:
        yield f"识别存疑另有 {len(form.doubts) - _SHOWN_DOUBTS} 处"
    if number == 0:
        yield from (f"没有检查：{problem.message}" for problem in report.errors)
        yield from (f"说明：{note.message}" for note in report.notes)
