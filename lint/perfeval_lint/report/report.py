"""The report on a whole run."""

from __future__ import annotations

from dataclasses import dataclass

from perfeval_lint.report.json import json_parts
from perfeval_lint.report.model import FileReport, Summary


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run: the report on every file, and the digest of the rules that judged."""

    files: tuple[FileReport, ...]
    rules: str

    @property
    def summary(self) -> Summary:
        """Returns the totals over all files."""
        total = Summary()
        for file in self.files:
            total = total.plus(file)
        return total

    def to_json(self) -> str:
        """Returns the report in its frozen JSON shape (perfeval.report/1)."""
        return "".join(json_parts(self.files, self.rules))
