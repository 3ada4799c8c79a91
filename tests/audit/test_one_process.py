"""What programs do that keep this one for long: lint again after a change, after a fork, in many threads at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import perfeval_lint
from tests.audit.audits import EXAMPLES, write_form

ROOT = Path(__file__).parents[2]
LONG = 300  # seconds until what waits for ever is ended

# Prints how each of three children ended that lint, one after the other and all at once, what their parent has linted.
FORKS = """
import os, sys, threading
from perfeval_lint import convert, lint
from perfeval_lint.sql.database import open_ahead

def told():
    return lint(sys.argv[1]).to_json(), convert(sys.argv[2])

expected = told()
open_ahead()
busy = threading.Thread(target=told)
busy.start()
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        os._exit(0 if told() == told() == expected else 3)
    children.append(child)
assert told() == expected
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
busy.join()
"""

RULE = """
id: XX001
name: local-rule
title: 本地规则
severity: error
for: 指标
require: 得分 > 9
at: 得分
message: 坏
help: 改正。
why: 因为。
basis: [{kind: house, text: 默认值}]
limits: 无。
examples:
  - pass: {得分: 10}
  - fail: {得分: 2}
    finding: 坏
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules checked once for all these tests."""
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", str(tmp_path_factory.getbasetemp() / "kept"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="这个系统没有 fork")
def test_children_made_by_fork_lint(tmp_path: Path) -> None:
    form, printed = write_form(tmp_path / "form.yaml"), ROOT / "tests/read_web/fixtures/form.pdf"
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKS, str(form), str(printed)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "lint")}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        try:
            out, err = parent.communicate(timeout=LONG)
        except subprocess.TimeoutExpired:
            os.killpg(parent.pid, signal.SIGKILL)
            raise
    assert (parent.returncode, out, err) == (0, "[0, 0, 0]\n", "")


def test_threads_at_once_give_the_same() -> None:
    names = ("flawed.yaml", "beijing-2021-ip-operation.txt", "zhongguancun-2021-patent-standards.yaml")
    tasks = [(EXAMPLES / name, profile) for name in names for profile in (None, "转移支付")]

    def told(task: tuple[Path, str | None]) -> object:
        path, profile = task
        quantities = [perfeval_lint.read_quantity(text, 2023) for text in ("≥95%", "2023年12月底前", "约3亿元")]
        return perfeval_lint.lint(path, profile).to_json(), perfeval_lint.convert(path), quantities

    expected = [told(task) for task in tasks]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(told, tasks * 2)) == expected * 2


def test_settings_are_those_of_now(tmp_path: Path) -> None:
    path = write_form(tmp_path / "below" / "form.json")
    above, beside = tmp_path / "perfeval.yaml", path.parent / "perfeval.yaml"

    def found() -> set[str]:
        (file,) = perfeval_lint.lint(path).files
        assert file.errors == ()
        return {finding.rule.id for form in file.forms for finding in form.verdict.findings}

    assert "PE401" in found()
    above.write_text("rules: {PE401: off}\n", "utf-8")
    assert "PE401" not in found()
    beside.write_text("extends: base.yaml\n", "utf-8")
    (path.parent / "base.yaml").write_text("{}\n", "utf-8")
    assert "PE401" in found()
    (path.parent / "base.yaml").write_text("rules: {PE401: off}\n", "utf-8")
    assert "PE401" not in found()
    beside.write_text("rules: [\n", "utf-8")
    (file,) = perfeval_lint.lint(path).files
    assert [Path(error.file).name for error in file.errors] == ["perfeval.yaml"]
    beside.unlink()
    above.unlink()
    assert "PE401" in found()


def test_rules_are_those_of_now(tmp_path: Path) -> None:
    path = write_form(tmp_path / "form.json")
    (tmp_path / "perfeval.yaml").write_text("rule-paths: [rules]\n", "utf-8")
    rule = tmp_path / "rules" / "a.yaml"
    rule.parent.mkdir()
    told = []
    for message in ("甲", "乙"):
        rule.write_text(RULE.replace("坏", message), "utf-8")
        (file,) = perfeval_lint.lint(path).files
        told += [one.message for form in file.forms for one in form.verdict.findings if one.rule.id == "XX001"]
    assert told == ["甲", "乙"]
    rule.write_text("id: 坏\n", "utf-8")
    (file,) = perfeval_lint.lint(path).files
    assert file.errors
    assert file.forms == ()
