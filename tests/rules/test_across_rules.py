"""The rules across forms say what they must on the clean corpus with more forms in it, and nothing else."""

from __future__ import annotations

import pytest

from tests.rules.across_cases import CASES, HARMLESS, Batch, expected

IDS = [f"{one.rule}-{number}" for number, one in enumerate(CASES)]


@pytest.fixture(scope="module")
def batch(pack):
    return Batch(pack)


def test_nothing_is_found_on_the_clean_corpus_as_a_batch(batch):
    assert batch.findings("project-full", []) == set()


@pytest.mark.parametrize("one", CASES, ids=IDS)
def test_the_rule_fires_there_and_no_other_rule_does(one, batch):
    assert batch.findings(one.form, one.edits) == expected(one)


@pytest.mark.parametrize(("form", "edits"), HARMLESS)
def test_harmless_batches_find_nothing(form, edits, batch):
    assert batch.findings(form, edits) == set()
