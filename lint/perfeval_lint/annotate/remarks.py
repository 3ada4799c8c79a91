"""The texts written into a file: a remark a finding, where the finding points, and a summary a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.form.origin import Origin
from perfeval_lint.judge.outcome import Finding
from perfeval_lint.report.lines import follower_line, outcome_line, score_line, unjudged_values
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
    remedy and what the rule rests on; how many further places it has, and what goes away with it. `is_place`: it is
    one of the further places of the last one that is none."""

    origin: Origin
    severity: Severity
    rule: str
    words: str
    message: str
    help: str
    basis: tuple[str, ...]
    places: int = 0
    follows: tuple[Follower, ...] = ()
    is_place: bool = False

    @property
    def heading(self) -> str:
        """The first line: how grave it is, and the rule."""
        return f"{SEVERITY[self.severity]} {self.rule}"

    @property
    def lines(self) -> tuple[str, ...]:
        """The comment, a paragraph a line."""
        further = (f"还有 {self.places} 处，见各格的批注",) if self.places else ()
        basis = (f"依据：{one}" for one in self.basis)
        follows = (f"连带：{one.line}" for one in self.follows)
        return (self.heading, f"位置：{self.words}", self.message, *further, f"改法：{self.help}", *basis, *follows)

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Follower:
    """A finding that goes away with the one it is under: its line in the comment of that one, and itself."""

    line: str
    remark: Remark


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
    """Returns the texts to be written into a file, form by form; findings a waiver covers are only counted.

    A finding comes before its places. One that would say the same in the same cell is left out.
    """
    return tuple(
        Notes(
            tuple(_summary(report, form, number)),
            form.form.root.origin,
            tuple(remark for finding in form.open_findings for remark in _remarks(finding)),
        )
        for number, form in enumerate(report.forms)
    )


def _remarks(finding: Finding) -> Iterator[Remark]:
    """Yields the comment on a finding, then those on its places."""
    followers = (
        Follower(follower_line(finding.place, one), _short(one, "上面的改好就没有了")) for one in finding.follows
    )
    places = _places(finding)
    yield replace(
        _short(finding, finding.help),
        basis=tuple(basis_line(basis) for basis in finding.rule.basis),
        places=len(places),
        follows=tuple(followers),
    )
    for one in places:
        yield replace(_short(one, f"同 {finding.place.words}"), is_place=True)


def _places(finding: Finding) -> list[Finding]:
    """Returns the further places of a finding, without those that would say the same in the same cell."""
    different = {(finding.place.position, finding.message): finding}
    for one in finding.places:
        different.setdefault((one.place.position, one.message), one)
    return list(different.values())[1:]


def _short(finding: Finding, remedy: str) -> Remark:
    """Returns the comment on a finding alone."""
    rule = f"{finding.rule.id} {finding.rule.title}"
    place = finding.place
    return Remark(place.position, finding.severity, rule, place.words, finding.message, remedy, ())


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
