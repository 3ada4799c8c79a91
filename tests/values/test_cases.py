"""A cell is read as the table of cases says, on paper by Python and in a table by SQL."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.values.facts import FACTS, TARGET_SQL, queried, target_on_paper

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))
TARGETS = CASES.pop("target")


def test_every_fact_has_cases() -> None:
    assert {*CASES} == {*FACTS}


@pytest.mark.parametrize("name", FACTS)
def test_on_paper(name: str) -> None:
    read = [[cell, FACTS[name].on_paper(cell)] for cell, _ in CASES[name]]
    assert read == CASES[name]


@pytest.mark.parametrize("name", FACTS)
def test_in_a_table(name: str) -> None:
    cells = [cell for cell, _ in CASES[name]]
    assert [[*one] for one in zip(cells, FACTS[name].in_table(cells), strict=True)] == CASES[name]


def test_targets_on_paper() -> None:
    assert [[*cells, target_on_paper(*cells)] for *cells, _ in TARGETS] == TARGETS


def test_targets_in_a_table() -> None:
    signs, values, units, _ = zip(*TARGETS, strict=True)
    told = queried(TARGET_SQL, signs, values, units)
    assert [[*one] for one in zip(signs, values, units, told, strict=True)] == TARGETS
