"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from perfeval_lint.rule.model import Severity
from perfeval_lint.rule.profile import Overrides


@dataclass(frozen=True, kw_only=True)
class RuleOptions:
    """The rules to judge by, and the severity of a finding that fails the run."""

    profile: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str

    def overrides(self) -> Overrides:
        """Returns the rules selected and ignored."""
        return Overrides(select=split(self.select), ignore=split(self.ignore))

    def failing(self) -> Severity | None:
        """Returns the lowest severity that fails the run; None if nothing does."""
        return None if self.fail_on == "never" else Severity(self.fail_on)


def split(names: Iterable[str]) -> tuple[str, ...]:
    """Splits names given one by one or with commas between."""
    return tuple(part.strip() for name in names for part in name.split(",") if part.strip())
