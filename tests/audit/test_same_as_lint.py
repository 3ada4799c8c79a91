"""An audit says of every form, word for word, what lint says of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfeval_lint.audit.store.store import Store
from perfeval_lint.judge.examples import example_text
from perfeval_lint.linting.lint import Linter
from perfeval_lint.linting.sources import sources_of
from perfeval_lint.report.model import FormReport
from tests.audit.audits import audited
from tests.audit.parity import OWN, differences, said_by_audit, said_by_lint
from tests.rules.corpus import shipped_rules

Reports = dict[tuple[str, int], FormReport]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published forms as text and YAML, clean forms, forms with doubts, and forms made to fail every rule."""
    folder = tmp_path_factory.mktemp("forms")
    for source in ("examples", "tests/rules/clean", "tests/recognise/samples", "tests/recognise/found"):
        shutil.copytree(ROOT / source, folder / source)
    for number, form in enumerate(broken_forms()):
        (folder / f"broken-{number:04d}.json").write_text(json.dumps(form, ensure_ascii=False), "utf-8")
    return folder


def broken_forms() -> Iterator[dict[str, object]]:
    """The failing and unknown examples of every rule, a waiver in each third one."""
    pack = shipped_rules()
    for rule in pack.rules.values():
        for number, example in enumerate(rule.examples):
            for text in (example_text(rule, one) for one in example.forms):
                form = json.loads(text) | {"填表人": f"{rule.id}-{number}"}
                if number % 3 == 1:
                    form.setdefault("豁免", [{"规则": rule.id, "理由": "本地不要求"}])
                yield form


@pytest.fixture(scope="module")
def forms(folder: Path) -> Reports:
    linter = Linter()
    return {(file.file, form.index): form for file in linter.run(sources_of([str(folder)])) for form in file.forms}


@pytest.fixture(scope="module")
def store(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with audited(folder, tmp_path_factory.mktemp("out")) as found:
        yield found.store


@pytest.fixture(scope="module")
def judged(store: Store, forms: Reports) -> Reports:
    """The forms of the files that are not the same as another."""
    repeated = {name for (name,) in store.database.execute("SELECT 文件 FROM 文件 WHERE 状态 = '重复'").fetchall()}
    assert len(forms) > 300
    return {key: report for key, report in forms.items() if key[0] not in repeated}


def test_an_audit_says_what_lint_says(store: Store, judged: Reports) -> None:
    said = said_by_audit(store.database)
    assert not differences({key: said_by_lint(report) for key, report in judged.items()}, said)


def test_heads_and_what_hangs_under_them_add_up(store: Store, judged: Reports) -> None:
    for report in judged.values():
        verdict = report.verdict
        hanging = sum(len(head.places) + len(head.follows) for head in verdict.findings)
        assert len(verdict.findings) + hanging == verdict.counts.failed
    assert any(head.places for report in judged.values() for head in report.verdict.findings)
    queries = (
        f"SELECT 表号, 规则, count(*) FROM 问题 WHERE {OWN} GROUP BY ALL",
        f"SELECT 表号, 规则, 不通过 FROM 结果 WHERE 不通过 > 0 AND {OWN}",
    )
    findings, failed = (set(store.database.execute(query).fetchall()) for query in queries)
    assert findings == failed


def test_every_rule_is_seen_to_fail(store: Store, judged: Reports) -> None:
    failed = {one.rule.id for report in judged.values() for one in report.verdict.each()}
    judging = {rule for (rule,) in store.database.execute(f"SELECT DISTINCT 规则 FROM 结果 WHERE {OWN}").fetchall()}
    assert failed == judging
