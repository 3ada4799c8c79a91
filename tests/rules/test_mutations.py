"""Every rule fires where a right form is made wrong, and there only."""

from __future__ import annotations

import pytest

from tests.rules.across_cases import CASES as ACROSS_CASES
from tests.rules.mutations import (
    BREAKAGES,
    CASES,
    HARMLESS,
    REWRITINGS,
    broken,
    collateral,
    edited,
    is_caught,
    is_slip,
    rewritten,
)

IDS = [f"{one.rule}-{number}" for number, one in enumerate(CASES)]


@pytest.fixture(scope="module")
def verdicts(clean, remarks, form_of, judge):
    """The verdict on every case's form, all judged together under its own profile or the case's."""
    forms = [form_of(edited(clean[one.form], one.edit)) for one in CASES]
    profiles = [one.profile or remarks[one.form].get("规则集") for one in CASES]
    return dict(zip(IDS, judge.each(forms, profiles), strict=True))


@pytest.mark.parametrize(("name", "one"), list(zip(IDS, CASES, strict=True)), ids=IDS)
def test_the_rule_fires_there_and_no_other_rule_does(name, one, verdicts):
    findings = list(verdicts[name].each())
    assert is_caught(one, findings), [(found.rule.id, found.place.path) for found in findings]
    others = [found for found in findings if one.rule == "PE015" or not is_slip(one, found)]
    assert {found.rule.id for found in others} == {one.rule, *one.also}


def test_every_way_of_breaking_a_clean_form_is_caught(clean, remarks, form_of, judge):
    """Each way in a quarter of its places; proof.py tries them all."""
    tried = list(broken(clean, every=4))
    forms = [form_of(edited(clean[one.form], one.edit)) for one in tried]
    verdicts = judge.each(forms, [remarks[one.form].get("规则集") for one in tried])
    told = zip(tried, (list(verdict.each()) for verdict in verdicts), strict=True)
    assert [one for one, findings in told if not is_caught(one, findings) or collateral(one, findings)] == []
    assert {one.rule for one in tried} == {breakage.rule for breakage in BREAKAGES}


def test_harmless_edits_find_nothing(clean, remarks, form_of, judge):
    forms = [form_of(edited(clean[name], edit)) for name, edit in HARMLESS]
    profiles = [remarks[name].get("规则集") for name, _ in HARMLESS]
    told = [
        (one, finding.rule.id, finding.message)
        for one, verdict in zip(HARMLESS, judge.each(forms, profiles), strict=True)
        for finding in verdict.each()
        if not finding.waived
    ]
    assert told == []


@pytest.mark.parametrize("name", REWRITINGS)
def test_another_way_of_writing_finds_nothing(name, clean, remarks, form_of, judge):
    forms = [form_of(rewritten(plain, REWRITINGS[name])) for plain in clean.values()]
    verdicts = judge.each(forms, [remarks[form].get("规则集") for form in clean])
    told = [
        (form, finding.rule.id, finding.message)
        for form, verdict in zip(clean, verdicts, strict=True)
        for finding in verdict.each()
    ]
    assert told == []


def test_every_rule_has_a_case(pack):
    across = {rule.id for rule in pack.rules.values() if rule.across is not None}
    assert {one.rule for one in CASES} == set(pack.rules) - across
    assert {one.rule for one in ACROSS_CASES} == across


def test_every_clean_form_is_edited(clean):
    assert {one.form for one in CASES} == set(clean)
