"""绩效自评表审核：lint() judges forms and returns a Report."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from perfeval_lint.version import VERSION as __version__

if TYPE_CHECKING:
    from perfeval_lint.report.model import Report

__all__ = ["__version__", "lint"]


def lint(source: str | PathLike[str] | bytes, profile: str | None = None) -> Report:
    """Judges the forms of a file, of a folder, or of canonical YAML given as bytes.

    `profile` is a name such as 转移支付; without it each form's 表式 decides. Files that cannot be read are in
    the report's `errors`, not exceptions. Raises UsageError for an unknown profile or a path that does not
    exist, RulePackBroken for faulty rules.
    """
    from perfeval_lint.audit.lint import lint_source

    return lint_source(source, profile)
