"""The clean corpus, forms from plain dicts, and judging them: what the tests and the proof share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Verdict
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack import compile_pack
from perfeval_lint.rule.profile import Overrides, checks_for, choose_for, pack_under

ROOT = Path(__file__).parents[2]
CLEAN = ROOT / "tests/rules/clean"
OTHER_TRADES = ROOT / "tests/rules/clean_of_other_trades"  # written without sight of the rules; not broken in the tests
THIS_YEAR = 2025

Plain = dict[str, Any]


@cache
def shipped_rules() -> Pack:
    """The shipped rules, compiled once a process: a cache of the tool would not see that the compiler has changed."""
    return compile_pack([ROOT / "rules"])


def form_of(plain: Mapping[str, Any]) -> Form:
    """A form of nested dicts, lists and strings; 格式 may be left out."""
    (document,) = load(json.dumps({"格式": "perfeval/1", **plain}, ensure_ascii=False))
    assert document.form is not None, document.problems
    assert not document.problems
    return document.form


def clean_forms(folder: Path = CLEAN) -> dict[str, Plain]:
    """The clean corpus by file name, as nested dicts, lists and strings."""
    corpus = {}
    for path in sorted(folder.glob("*.yaml")):
        (document,) = load(path.read_bytes(), path.name)
        assert document.form is not None, document.problems
        assert not document.problems
        corpus[path.stem] = to_plain(document.form)
    return corpus


def remarks_on_forms(folder: Path = CLEAN) -> dict[str, dict[str, str]]:
    """What the comments at the top of the clean forms say: 规则集 for a form that is clean under that profile only,
    未能判断 for the rules that cannot be judged on it, 提示 for an information and why it is right."""
    return {
        path.stem: dict(
            line.removeprefix("# ").split(": ", 1)
            for line in path.read_text("utf-8").splitlines()
            if line.startswith("# ") and ": " in line
        )
        for path in folder.glob("*.yaml")
    }


class Judges:
    """One Judge a profile, made when first asked for."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.made: dict[str, Judge] = {}

    def __call__(self, forms: Sequence[Form], profile: str | None = None) -> list[Verdict]:
        """One verdict a form; without a profile each form's 表式 decides."""
        return self.each(forms, [profile] * len(forms))

    def each(self, forms: Sequence[Form], profiles: Sequence[str | None]) -> list[Verdict]:
        """One verdict a form, each under its own profile; the forms of a profile are judged in one batch."""
        chosen = [choose_for(self.pack, form, profile).profile for form, profile in zip(forms, profiles, strict=True)]
        verdicts: dict[int, Verdict] = {}
        for name in dict.fromkeys(chosen):
            numbers = [number for number, other in enumerate(chosen) if other == name]
            found = self._judge(name).judge([forms[number] for number in numbers])
            verdicts |= zip(numbers, found, strict=True)
        return [verdicts[number] for number in range(len(forms))]

    def _judge(self, name: str) -> Judge:
        if name not in self.made:
            checks = list(checks_for(self.pack, name, Overrides()))
            self.made[name] = Judge(pack_under(self.pack, name, Overrides()), checks, year=THIS_YEAR)
        return self.made[name]
