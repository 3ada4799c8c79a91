"""绩效自评表审核：lint() judges forms, convert() reads them from files of any kind, read_quantity() one target.

All may be called by many threads at once and in children made by fork; files, rules and settings are those of the call.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from perfeval_lint.version import VERSION as __version__

if TYPE_CHECKING:
    from perfeval_lint.form.model import Form
    from perfeval_lint.quantity.model import Quantity
    from perfeval_lint.report.report import Report

__all__ = ["__version__", "convert", "lint", "read_quantity"]


def lint(source: str | PathLike[str] | bytes, profile: str | None = None) -> Report:
    """Judges the forms of a file, of a folder, or of a file's bytes (Word, Excel, PDF, web page, text, YAML).

    `profile` is a name such as 转移支付; without it each form's 表式 decides. Files that cannot be read are in
    the report's `errors`, not exceptions. Raises UsageError for an unknown profile or a path that does not
    exist, RulePackBroken for faulty rules.
    """
    from perfeval_lint.linting.lint import lint_source

    return lint_source(source, profile)


def convert(source: str | PathLike[str] | bytes) -> list[Form]:
    """The forms of a file or of its bytes, in canonical form; what is not sure is listed in their 存疑.

    Raises UnreadableFile where there is no form in it, UsageError for a path that does not exist.
    """
    from perfeval_lint.linting.lint import convert_source

    return convert_source(source)


def read_quantity(text: str, year: int | None = None) -> Quantity:
    """What a 年度指标值 or 实际完成值 says: kind, operator, bounds, unit, deadline, parts.

    `year` is the form's 年度, for days printed without one. Any text gets an answer, in time linear in its length;
    amounts are in 万元; what is not a quantity is kind text.
    """
    from perfeval_lint.quantity.read import read_quantity as read

    return read(text, year)
