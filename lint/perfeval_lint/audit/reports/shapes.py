"""The rows reports are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

NO_DEPARTMENT: Final = "（未写主管部门）"
NO_UNIT: Final = "（未写单位）"
NO_PROJECT: Final = "（未写项目名称）"


class Form(NamedTuple):
    """A form: `order` counts by file and place in it, `rank` by how much the own score exceeds the reviewed one."""

    order: int
    rank: int
    file_order: int
    file: str
    sequence: int  # in the file, from 0
    year: str | None
    kind: str | None
    project: str | None
    code: str | None
    department: str
    unit: str
    profile: str | None
    self_score: Decimal | None
    self_grade: str | None
    review_score: Decimal | None
    covered: Decimal | None
    total: Decimal | None
    review_grade: str | None
    is_most: bool  # the review score and grade are upper bounds
    difference: Decimal | None
    grade_changed: bool
    errors: int
    warnings: int
    infos: int
    waived: int
    passed: int
    failed: int
    not_applicable: int
    not_evaluated: int


class Finding(NamedTuple):
    """A finding: `order` counts them as they are read; `level` is error, warning or info; `help` is None where the
    rule's own holds. `head` is the rule and path of the finding it hangs under, `head_words` where that is; both are
    None for a head."""

    order: int
    form: int
    rule: str
    level: str
    path: str | None
    words: str | None
    place: str | None
    message: str
    waived: str | None
    help: str | None
    head: str | None
    head_words: str | None


class Unjudged(NamedTuple):
    """A value that left rules undecided, or a place where no single value is to blame; `order` counts them as they are
    read on the forms. `cause`, `value` and `help` are None where they are not known."""

    order: int
    form: int
    rules: str  # their ids, joined by 、
    cause: str | None
    value: str | None
    path: str | None
    words: str | None
    place: str | None
    message: str
    help: str | None


Reported = TypeVar("Reported", Finding, Unjudged)  # the items of a form in reports


class UnjudgedText(NamedTuple):
    """A text that left rules undecided in many places; where `value` is None, all of a cause."""

    cause: str
    value: str | None
    help: str | None
    places: int
    forms: int
    units: int


class Group(NamedTuple):
    """Totals of a unit, of a department (`unit` is None) or of everything (`department` is None, too)."""

    department: str | None
    unit: str | None
    units: int
    forms: int
    faulty: int
    errors: int
    warnings: int
    infos: int
    waived: int
    self_score: Decimal | None
    review_score: Decimal | None
    difference: Decimal | None
    grade_changes: int
    not_evaluated: int


class RuleFacts(NamedTuple):
    """A rule, its outcomes, its findings, and the forms and units these are on; `findings` and `waived` count those
    that hang under another, too, and add up to `failed` or more."""

    rule: str
    name: str | None
    title: str | None
    level: str | None
    help: str | None
    basis: str | None
    passed: int
    failed: int
    not_applicable: int
    not_evaluated: int
    findings: int
    waived: int
    forms: int
    units: int


class File(NamedTuple):
    """A file and its state."""

    order: int
    file: str
    status: str
    code: str | None
    message: str | None
    line: int | None
    column: int | None
    forms: int
    last_year: bool


class Note(NamedTuple):
    """A remark on the reading of a file."""

    file_order: int
    file: str
    level: str | None
    code: str | None
    message: str
    line: int | None
    column: int | None


class Run(NamedTuple):
    """The last run that came to an end: the version and the rules it judged with."""

    version: str
    rules: str


class Scope(NamedTuple):
    """The extent of the audit."""

    files: int
    unreadable: int
    partly: int
    repeated: int
    last_year: int
    years: str
