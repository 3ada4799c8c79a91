"""Findings on forms with slips put in: the head is at the slip, no right cell is accused, nothing is lost."""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from perfeval_lint.form.model import Form
from perfeval_lint.form.path import parsed
from perfeval_lint.judge.bulk import FINDINGS
from perfeval_lint.judge.in_bulk import judged_in_bulk
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Finding, Verdict
from perfeval_lint.judge.tell.place import place_at
from perfeval_lint.rule.compile.query import Check
from perfeval_lint.rule.profile import DEFAULT, Overrides, checks_for
from tests.judge.slipped_forms import Plain, Slipped, slipped_forms
from tests.rules.corpus import form_of, shipped_rules

SLIP = "PE015"
YEAR = 2024
FORMS = int(os.environ.get("PERFEVAL_FORMS", "150"))
KIND = {"表式": "项目支出绩效自评表"}


@cache
def made() -> Sequence[Slipped]:
    return [*slipped_forms(11, FORMS)]


@cache
def checks() -> Sequence[Check]:
    return [*checks_for(shipped_rules(), DEFAULT, Overrides())]


def forms_of(plain: Iterable[Plain]) -> list[Form]:
    return [form_of(KIND | one) for one in plain]


def judged(forms: Sequence[Form], *, named: bool = True) -> list[Verdict]:
    some = [check for check in checks() if named or check.rule.id != SLIP]
    return Judge(shipped_rules(), some, year=YEAR).judge(forms)


@cache
def verdicts() -> Sequence[Verdict]:
    return judged(forms_of(one.form for one in made()))


def key(finding: Finding) -> tuple[str, str]:
    return finding.rule.id, finding.place.path


def every(verdict: Verdict) -> list[Finding]:
    return [one for head in verdict.findings for one in head.each()]


def with_only(one: Slipped, paths: Sequence[str]) -> Plain:
    """The form as it was before, with one of its slips."""
    form: Any = copy.deepcopy(one.clean)
    for path in paths:
        place = parsed(path)
        assert place is not None
        source, target = one.form[place.section], form[place.section]
        if place.row is not None:
            source, target = source[place.row], target[place.row]
        target[place.field] = source[place.field]
    return form


def test_only_wrong_cells_are_named_and_with_what_they_were() -> None:
    for one, verdict in zip(made(), verdicts(), strict=True):
        wrong = {path for slip in one.slips for path in slip.paths}
        named = {head.place.path for head in every(verdict) if head.rule.id == SLIP}
        assert named <= wrong, one.slips


def test_naming_a_slip_loses_no_finding() -> None:
    without = judged(forms_of(one.form for one in made()), named=False)
    for one, with_slips, plain in zip(made(), verdicts(), without, strict=True):
        there = Counter(key(finding) for finding in every(with_slips) if finding.rule.id != SLIP)
        assert there == Counter(map(key, every(plain))), one.slips


def test_the_head_is_at_the_slip() -> None:
    """In its row, or naming its cell as one that may be wrong; of slips that some rule notices."""
    before = [{*map(key, every(verdict))} for verdict in judged(forms_of(one.clean for one in made()))]
    alone = [(number, slip) for number, one in enumerate(made()) for slip in one.slips]
    noticed = judged(forms_of(with_only(made()[number], slip.paths) for number, slip in alone))
    missed, count = [], 0
    for (number, slip), verdict in zip(alone, noticed, strict=True):
        if not {*map(key, every(verdict))} - before[number]:
            continue
        count += 1
        form = form_of(KIND | made()[number].form)
        heads = [head for head in verdicts()[number].findings if key(head) not in before[number]]
        rows = {path.partition(".")[0] for path in slip.paths}
        words = [place_at(form, path).words for path in slip.paths]
        if not any(
            head.place.path.partition(".")[0] in rows or any(w in head.message for w in words) for head in heads
        ):
            missed.append((slip, [(head.rule.id, head.place.path) for head in heads]))
    assert count > FORMS
    assert len(missed) <= 0.02 * count, missed


def test_the_audit_says_the_same() -> None:
    with judged_in_bulk(shipped_rules(), checks(), forms_of(one.form for one in made()), YEAR) as database:
        select = f"SELECT 表号, 规则, 路径, 级别, 消息, 主问题 FROM {FINDINGS}"
        told: dict[int, Counter[tuple[str, ...]]] = {}
        for number, *cells in database.execute(select).fetchall():
            told.setdefault(number, Counter())[tuple(cells)] += 1
    for number, verdict in enumerate(verdicts()):
        said = Counter(row for head in verdict.findings for row in rows_of(head))
        assert told.get(number, Counter()) == said, made()[number].slips


def rows_of(head: Finding) -> Iterable[tuple[str | None, ...]]:
    name = f"{head.rule.id} {head.place.path}"
    for one in head.each():
        yield (*key(one), one.severity.value, one.message, None if one is head else name)
