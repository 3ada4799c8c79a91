"""The shipped rules compiled once, one Judge of all of them, local rule folders, and forms from plain dicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.judge.judge import Judge
from perfeval_lint.judge.outcome import Counts, Verdict
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack import every_check
from tests.rules.corpus import shipped_rules

ROOT = Path(__file__).parents[2]
THIS_YEAR = 2025

RULE = """\
id: {id}
name: {name}
title: 本地规则
severity: error
for: 指标
require: {require}
at: 得分
message: {message}
help: 改正。
why: 因为。
basis: [{{kind: house, text: 默认值}}]
limits: 无。
{more}examples:
  - pass: {{得分: 1}}
  - fail: {{得分: 2}}
    finding: 坏
"""

ACROSS = """\
id: XX001
name: local-across
title: 本地规则
severity: warning
for: {table}
{more}
help: 改正。
why: 因为。
basis: [{{kind: house, text: 默认值}}]
limits: 无。
examples:
  - pass: [{{年度: 2023}}]
  - fail: [{{年度: 2024}}]
    finding: 坏
"""


@pytest.fixture(scope="session")
def pack() -> Pack:
    return shipped_rules()


@pytest.fixture(scope="session")
def judge(pack: Pack) -> Judge:
    """A Judge of every rule with its default parameters."""
    return Judge(pack, every_check(dict(pack.rules)), year=THIS_YEAR)


Told = tuple[list[tuple[str, str, str]], list[tuple[str, str, tuple[str, ...]]], Counts]


@pytest.fixture(scope="session")
def told() -> Callable[[Verdict], Told]:
    """A verdict in short, to be compared: rule, path and message of findings; rule, path and what is missing."""

    def shorten(verdict: Verdict) -> Told:
        return (
            [(one.rule.id, one.place.path, one.message) for one in verdict.each()],
            [(one.rule.id, one.place.path, one.missing) for one in verdict.not_evaluated],
            verdict.counts,
        )

    return shorten


@pytest.fixture(scope="session")
def form_of() -> Callable[[Mapping[str, Any]], Form]:
    """A form of nested dicts, lists and strings; 格式 may be left out."""

    def make(plain: Mapping[str, Any]) -> Form:
        (document,) = load(json.dumps({"格式": "perfeval/1", **plain}))
        assert document.form is not None, document.problems
        assert not document.problems
        return document.form

    return make


@pytest.fixture(scope="session")
def clean() -> list[Form]:
    """The clean corpus and the published forms."""
    paths = [*sorted((ROOT / "tests/rules/clean").glob("*.yaml")), *sorted((ROOT / "examples").glob("*.yaml"))]
    forms = [document.form for path in paths for document in load(path.read_bytes(), path.name)]
    assert None not in forms
    return [form for form in forms if form is not None]


@pytest.fixture(scope="session")
def local_rule() -> Callable[..., str]:
    """The text of a small rule of the table 指标; its condition stands on line 6."""

    def write(id: str, require: str, *, message: str = "坏", more: str = "") -> str:
        name = f"rule-{id.lower()}"
        quoted = json.dumps(require, ensure_ascii=False)
        return RULE.format(id=id, name=name, require=quoted, message=json.dumps(message, ensure_ascii=False), more=more)

    return write


@pytest.fixture(scope="session")
def local_across() -> Callable[[str, str], str]:
    """The text of a small rule across forms; from line 6 on it says `more`: what it compares, where, in what words."""

    def write(table: str, more: str) -> str:
        return ACROSS.format(table=table, more=more)

    return write


@pytest.fixture
def local_folder(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """A rule folder `local` holding the files given by name."""

    def write(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "local"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return folder

    return write
