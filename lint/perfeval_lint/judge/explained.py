"""What slips of the pen explain of the findings of a form: the rows of 笔误, what each mends, and remarks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from perfeval_lint.form.definition import SLIPS_TABLE, columns_of
from perfeval_lint.form.model import Form
from perfeval_lint.form.path import row_of
from perfeval_lint.judge.slips.of_form import AMOUNTS
from perfeval_lint.judge.slips.search import Change, Search, Slip, search
from perfeval_lint.judge.tell.place import cell_at, place_at
from perfeval_lint.rule.model import Severity, Slips

GUESSES = ("，很可能是", "；可能是")  # before what a message says a slip may have been
COLUMNS = tuple(column.name for column in columns_of(SLIPS_TABLE))


@dataclass(frozen=True, slots=True)
class Found:
    """A finding no waiver covers, as far as a slip is concerned."""

    rule: str
    path: str
    severity: Severity
    row: int


@dataclass(frozen=True, slots=True)
class Explained:
    """The slips of a form: the rows of 笔误, each with the cell it is on; of the findings that go away with them
    rule, path and row of 笔误; and of findings that a slip may explain rule, path and the remark to add."""

    rows: tuple[tuple[str | None, ...], ...]
    cells: tuple[tuple[str, int, str], ...]  # table, row, column
    mended: tuple[tuple[str, str, int], ...]
    remarks: tuple[tuple[str, str, str], ...]


NOTHING = Explained((), (), (), ())


def explained(slips: Slips, form: Form, findings: Sequence[Found]) -> Explained:
    """Returns the slips that explain findings of a form; a slip that mends none of them is not named."""
    rules = slips.rules.intersection(one.rule for one in findings)
    if not rules:
        return NOTHING
    found = search(slips, form, rules)
    left = list(findings)
    named: list[Slip] = []
    mended: list[tuple[str, str, int]] = []
    for slip in found.named:
        gone = [one for one in left if _mends(slip, one)]
        if any(one.rule in slips.rules for one in gone):
            mended += [(one.rule, one.path, len(named)) for one in gone]
            left = [one for one in left if one not in gone]
            named.append(slip)
    return Explained(
        tuple(_row(form, slip) for slip in named),
        tuple(cell_at(form, slip.changes[0].path) for slip in named),
        tuple(mended),
        tuple(_remarks(form, found, left)),
    )


def _mends(slip: Slip, finding: Found) -> bool:
    places = (finding.path, row_of(finding.path), "")
    return any((finding.rule, place) in slip.mended for place in places)


def _row(form: Form, slip: Slip) -> tuple[str | None, ...]:
    """Returns the values of a row of 笔误, in the order of its columns."""
    first, *others = slip.changes
    place = place_at(form, first.path)
    also = "、".join(_changed(form, one) for one in others)
    agree = "、".join(dict.fromkeys(slip.mends))
    given, right = _figure(first.path, first.given), _figure(first.path, first.right)
    return given, right, slip.says, agree, also or None, place.part, place.path, place.words


def _remarks(form: Form, found: Search, findings: Iterable[Found]) -> Iterator[tuple[str, str, str]]:
    """Yields rule and path of the gravest finding that the possible slips explain, and the remark on them."""
    for slips in found.possible:
        gone = [one for one in findings if any(_mends(slip, one) for slip in slips)]
        if gone:
            first = min(gone, key=lambda one: (one.severity.rank, one.rule, one.row, one.path))
            yield first.rule, first.path, f"{GUESSES[1]}{'，也可能是'.join(_possible(form, slip) for slip in slips)}"


def _possible(form: Form, slip: Slip) -> str:
    return f"{'、'.join(_changed(form, one) for one in slip.changes)}（{slip.says}）"


def _changed(form: Form, change: Change) -> str:
    given, right = _figure(change.path, change.given), _figure(change.path, change.right)
    return f"{place_at(form, change.path).words} {given} → {right}"


def _figure(path: str, number: str) -> str:
    """Returns a number with its unit where it is an amount."""
    return f"{number} 万元" if path.rpartition(".")[2] in AMOUNTS else number
