"""A file that kills, hangs or swells its reader is listed with the reason; nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.audits import FEW, Audit, write_form
from tests.audit.bad_readers import read_badly

REASONS = {"crash": "crashed", "swell": "too-large", "wrong": "internal"}


@pytest.mark.parametrize("bad", REASONS)
def test_the_others_are_unaffected(bad: str, forms: Path, audit: Audit) -> None:
    expected = audit(forms, overrides=FEW).findings()
    name = f"form05-{bad}.json"
    write_form(forms / name)
    found = audit(forms, read=read_badly, fresh=True, overrides=FEW)
    assert found.files()[name] == ("读不了", REASONS[bad])
    assert [state for state, _ in found.files().values()].count("已读") == 12
    assert found.findings() == expected


def test_two_in_one_batch(forms: Path, audit: Audit) -> None:
    for name in ("form03-crash.json", "form03-crash-too.json", "form09-wrong.json", "form99-crash.json"):
        write_form(forms / name)
    states = audit(forms, read=read_badly, overrides=FEW).files()
    assert {name: code for name, (state, code) in states.items() if state != "已读"} == {
        "form03-crash.json": "crashed",
        "form03-crash-too.json": "crashed",
        "form09-wrong.json": "internal",
        "form99-crash.json": "crashed",
    }


@pytest.mark.parametrize("bad", ["hang", "loop"])
def test_a_file_that_never_ends_costs_its_time_limit(bad: str, forms: Path, audit: Audit) -> None:
    expected = audit(forms, overrides=FEW).findings()
    name = f"form05-{bad}.json"
    write_form(forms / name)
    found = audit(forms, read=read_badly, seconds=3, fresh=True, overrides=FEW)
    assert found.files()[name] == ("读不了", "too-slow")
    assert found.findings() == expected


def test_what_could_not_be_read_is_tried_again(forms: Path, audit: Audit) -> None:
    write_form(forms / "form05-crash.json")
    assert audit(forms, read=read_badly, overrides=FEW).files()["form05-crash.json"] == ("读不了", "crashed")
    found = audit(forms, overrides=FEW)
    assert found.files()["form05-crash.json"] == ("已读", None)
    assert (found.read, found.judged) == (1, 1)
