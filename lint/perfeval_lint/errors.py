"""Every expected exception.

PerfevalError
├── UnreadableFile      a file cannot be opened, decoded or parsed
├── SeveralProblems     mistakes reported all at once
│   ├── RulePackBroken  in rule files, definitions, profiles or settings
│   └── TablesRefused   in tables of a budget system, or the mapping of their columns, that fit no form
├── StoreIncomplete     the store of an audit lacks what its forms are to be judged by
└── UsageError          a wrong option or argument
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PerfevalError(Exception):
    """Base of all errors this package raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: what, where, and what to do about it.

    `line` and `column` count from 1; None where the problem has no place inside the file.
    """

    code: str
    message: str
    file: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}  {self.message}" if place else self.message


class UnreadableFile(PerfevalError):
    """A file that gives no form at all; carries the one problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class SeveralProblems(PerfevalError):
    """Mistakes that are reported all at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class RulePackBroken(SeveralProblems):
    """Mistakes in rule files, definitions, profiles or settings, all of them."""


class TablesRefused(SeveralProblems):
    """Exported tables that cannot be taken for forms, or mistakes in their mapping, all of them."""


class StoreIncomplete(PerfevalError):
    """A store without a row that judging needs: going on would take what is unknown for fine."""


class UsageError(PerfevalError):
    """An option or argument that cannot be followed."""
