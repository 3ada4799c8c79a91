"""The report on files and their forms: verdicts, problems, totals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import DOUBTS, TOTAL
from perfeval_lint.form.model import Form
from perfeval_lint.judge.outcome import Finding, Verdict
from perfeval_lint.report.words import at_most, bound
from perfeval_lint.rule.model import Severity


@dataclass(frozen=True, slots=True)
class FormReport:
    """One form: its head, the profile and why it was chosen, and its verdict."""

    index: int
    form: Form
    profile: str
    profile_reason: str
    verdict: Verdict

    @property
    def self_score(self) -> str | None:
        """Returns the self-given total as printed; None where the form has none."""
        rows = self.form.rows(TOTAL)
        return rows[0].text("得分") if rows else None

    @property
    def review_score(self) -> str | None:
        """Returns the sum of the scores a reviewer would accept, two decimals; None where there are no scores."""
        review = self.verdict.review
        return f"{review.score:.2f}" if review else None

    @property
    def review_bound(self) -> str | None:
        """Returns exact, or at_most if review score and grade are upper bounds; None where there are no scores."""
        review = self.verdict.review
        return bound(review.is_most) if review else None

    @property
    def shown_review(self) -> str | None:
        """Returns the review score as people read it: 93.00, or 至多 93.00 if it is an upper bound."""
        review = self.verdict.review
        return f"{at_most(review.is_most)}{review.score:.2f}" if review else None

    @property
    def self_grade(self) -> str | None:
        """Returns the self-given grade as printed; None where the form has none."""
        rows = self.form.rows(TOTAL)
        return rows[0].text("等级") if rows else None

    @property
    def doubts(self) -> list[tuple[str, str]]:
        """Returns the doubts of the conversion: place and reason of each."""
        return [(row.text("位置") or "", row.text("原因") or "") for row in self.form.rows(DOUBTS)]

    @property
    def open_findings(self) -> list[Finding]:
        """Returns the findings no waiver covers, each with those of its places that none covers."""
        return [_open(finding) for finding in self.verdict.findings if finding.waived is None]

    @property
    def waived_findings(self) -> list[Finding]:
        """Returns every finding a waiver covers, also where it is a place of another."""
        return [one for finding in self.verdict.findings for one in finding.each() if one.waived is not None]


def _open(finding: Finding) -> Finding:
    return replace(finding, places=tuple(place for place in finding.places if place.waived is None))


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: the forms that were judged, its `errors`, and `notes` on what was left out on purpose."""

    file: str
    forms: tuple[FormReport, ...]
    errors: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals over files, of findings without their places and followers. `unreadable` counts files with errors."""

    files: int = 0
    forms: int = 0
    unreadable: int = 0
    error: int = 0
    warning: int = 0
    info: int = 0
    waived: int = 0

    def plus(self, report: FileReport) -> Summary:
        """Returns the totals with one more file."""
        findings = [finding for form in report.forms for finding in form.verdict.findings]
        counts = Counter(finding.severity for finding in findings if finding.waived is None)
        return Summary(
            self.files + 1,
            self.forms + len(report.forms),
            self.unreadable + bool(report.errors),
            self.error + counts[Severity.ERROR],
            self.warning + counts[Severity.WARNING],
            self.info + counts[Severity.INFO],
            self.waived + sum(finding.waived is not None for finding in findings),
        )

    def exit_status(self, fail_on: Severity | None) -> int:
        """Returns 2 if a file was not checked, 1 for findings at or above `fail_on` (None: never), else 0."""
        if self.unreadable:
            return 2
        counts = {Severity.ERROR: self.error, Severity.WARNING: self.warning, Severity.INFO: self.info}
        failing = fail_on is not None and any(n for s, n in counts.items() if s.rank <= fail_on.rank)
        return int(failing)
