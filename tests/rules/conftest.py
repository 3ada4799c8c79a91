"""The shipped rules compiled once, one Judge a profile, and forms from plain dicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Verdict
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack import compile_pack
from perfeval_lint.rule.profile import Overrides, checks_for, choose, pack_under

ROOT = Path(__file__).parents[2]
CLEAN = ROOT / "tests/rules/clean"
THIS_YEAR = 2025


@pytest.fixture(scope="session")
def pack() -> Pack:
    return compile_pack([ROOT / "rules"])


@pytest.fixture(scope="session")
def judge(pack: Pack) -> Callable[..., list[Verdict]]:
    """judge(forms, profile=None): one verdict a form; without a profile each form's 表式 decides."""
    judges: dict[str, Judge] = {}

    def run(forms: Sequence[Form], profile: str | None = None) -> list[Verdict]:
        chosen = [choose(pack, form.text("表式"), profile).profile for form in forms]
        verdicts: dict[int, Verdict] = {}
        for name in dict.fromkeys(chosen):
            if name not in judges:
                checks = list(checks_for(pack, name, Overrides()))
                judges[name] = Judge(pack_under(pack, name, Overrides()), checks, year=THIS_YEAR)
            numbers = [number for number, other in enumerate(chosen) if other == name]
            verdicts |= zip(numbers, judges[name].judge([forms[n] for n in numbers]), strict=True)
        return [verdicts[number] for number in range(len(forms))]

    return run


@pytest.fixture(scope="session")
def form_of() -> Callable[[Mapping[str, Any]], Form]:
    """A form of nested dicts, lists and strings; 格式 may be left out."""

    def make(plain: Mapping[str, Any]) -> Form:
        (document,) = load(json.dumps({"格式": "perfeval/1", **plain}, ensure_ascii=False))
        assert document.form is not None, document.problems
        assert not document.problems
        return document.form

    return make


@pytest.fixture(scope="session")
def clean() -> dict[str, dict[str, Any]]:
    """The clean corpus by file name, as nested dicts, lists and strings."""
    corpus = {}
    for path in sorted(CLEAN.glob("*.yaml")):
        (document,) = load(path.read_bytes(), path.name)
        assert document.form is not None, document.problems
        assert not document.problems
        corpus[path.stem] = to_plain(document.form)
    return corpus


@pytest.fixture(scope="session")
def remarks() -> dict[str, dict[str, str]]:
    """What the comments at the top of the clean forms say: 规则集 for a form that is clean under that profile only,
    未能判断 for the rules that cannot be judged on it."""
    return {
        path.stem: dict(
            line.removeprefix("# ").split(": ", 1)
            for line in path.read_text("utf-8").splitlines()
            if line.startswith("# ") and ": " in line
        )
        for path in CLEAN.glob("*.yaml")
    }
