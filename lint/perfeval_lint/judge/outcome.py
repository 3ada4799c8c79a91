"""The outcome of judging: findings, what could not be evaluated, and counts that always add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfeval_lint.form.origin import Origin
from perfeval_lint.rule.model import Rule, Severity


@dataclass(frozen=True, slots=True)
class Place:
    """The place a finding points to: `path` in the form's keys (0-based), in words, and in the file."""

    path: str
    part: str
    words: str
    position: Origin


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that failed on row `row` of its table: what is wrong, and how to mend it (`help`). `waived` is the reason
    of the waiver that covers it.

    `places` are the findings of the same rule elsewhere on the form that are reported with this one, `follows` those
    that go away with it. `severity` is the gravest of itself and of what follows. `off` is by how much a sum is
    off, where the rule says so.
    """

    rule: Rule
    severity: Severity
    place: Place
    message: str
    help: str
    values: Mapping[str, str]
    indicator: str | None
    row: int
    off: Decimal | None = None
    waived: str | None = None
    places: tuple[Finding, ...] = ()
    follows: tuple[Finding, ...] = ()

    def each(self) -> Iterator[Finding]:
        """Yields the finding itself, its places and what follows it."""
        yield self
        yield from self.places
        yield from self.follows


@dataclass(frozen=True, slots=True)
class Undecided:
    """The reason why a rule could not be judged: the cell to blame, its text (None where it is blank), what is unclear
    about it and how to write it."""

    cause: str
    place: Place
    value: str | None
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be judged on a row, and which inputs were missing or not understood.

    `why` is None where no single cell can be named.
    """

    rule: Rule
    place: Place
    missing: tuple[str, ...]
    why: Undecided | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Outcomes of checks: every check on every row is in exactly one of the four."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    not_evaluated: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.not_applicable + other.not_applicable,
            self.not_evaluated + other.not_evaluated,
        )

    @property
    def total(self) -> int:
        """The number of checks made."""
        return self.passed + self.failed + self.not_applicable + self.not_evaluated


@dataclass(frozen=True, slots=True)
class Change:
    """A score that the review lowers or cannot compute, why, and the target and result it was computed from.

    `given` is None where no score was filled in. `is_most`: something is wrong that cannot be computed, so that `due`
    is an upper bound.
    """

    place: Place
    given: Decimal | None
    due: Decimal
    is_most: bool
    reason: str
    target: str | None
    actual: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """复核得分: the sum of the scores a reviewer would let stand, never above what the unit gave itself.

    `is_most`: some row is wrong by an amount that cannot be computed, so that `score` and `grade` are upper bounds.
    `covered` of `total` points could be checked; `total` is None where the weights cannot be read.
    """

    score: Decimal
    is_most: bool
    grade: str
    covered: Decimal
    total: Decimal | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one form: its heads, each with what hangs under it. `review` is None where it has no scores, or
    they cannot be added up."""

    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    counts: Counts
    review: Review | None = None

    def each(self) -> Iterator[Finding]:
        """Yields every finding: each head, followed by its places and followers."""
        for head in self.findings:
            yield from head.each()
