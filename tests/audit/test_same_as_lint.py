"""An audit says of every form, word for word, what lint says of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from audits import Silent

from perfeval_lint.audit.engine import Request, run_audit
from perfeval_lint.audit.lint import Linter
from perfeval_lint.audit.pool import Limits
from perfeval_lint.audit.sources import sources_of
from perfeval_lint.audit.store import Store
from perfeval_lint.judge.examples import example_text
from perfeval_lint.judge.outcome import Place
from perfeval_lint.report.model import FormReport
from perfeval_lint.rule.pack import compile_pack

OWN = "规则 NOT LIKE 'PE9%'"  # rules of one form; the others need several
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
    pack = compile_pack([ROOT / "rules"])
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
    store = run_audit(Request((str(folder),), tmp_path_factory.mktemp("out"), Limits(2)), Silent())
    yield store
    store.close()


@pytest.fixture(scope="module")
def judged(store: Store, forms: Reports) -> Reports:
    """The forms of the files that are not the same as another."""
    repeated = {name for (name,) in store.database.execute("SELECT 文件 FROM 文件 WHERE 状态 = '重复'").fetchall()}
    assert len(forms) > 300
    return {key: report for key, report in forms.items() if key[0] not in repeated}


def gathered(store: Store, table: str, columns: str) -> dict[tuple[str, int], Counter[object]]:
    """The rows of a result table by file and index."""
    rows = store.database.execute(f"SELECT 文件, 序号, {columns} FROM {table} p JOIN 表 USING (表号)").fetchall()
    found: dict[tuple[str, int], Counter[object]] = {}
    for file, index, *rest in rows:
        found.setdefault((file, index), Counter())[tuple(rest)] += 1
    return found


def differences(
    found: Mapping[tuple[str, int], Counter[object]], expected: Mapping[tuple[str, int], Counter[object]]
) -> dict[object, object]:
    keys = {*found, *(key for key, rows in expected.items() if rows)}
    empty: Counter[object] = Counter()
    return {
        key: (found.get(key, empty) - expected.get(key, empty), expected.get(key, empty) - found.get(key, empty))
        for key in keys
        if found.get(key, empty) != expected.get(key, empty)
    }


def told(place: Place) -> tuple[str, ...]:
    return place.part, place.path, place.words, place.position.short


def test_findings(store: Store, judged: Reports) -> None:
    columns = "p.规则, p.级别, p.部分, p.路径, p.所指, p.所在, p.消息, p.豁免"
    expected = {
        key: Counter((f.rule.id, str(f.severity), *told(f.place), f.message, f.waived) for f in report.verdict.findings)
        for key, report in judged.items()
    }
    assert not differences(gathered(store, f"(FROM 问题 WHERE {OWN})", columns), expected)
    failed = {row[0] for rows in expected.values() for row in rows}
    judging = {rule for (rule,) in store.database.execute(f"SELECT DISTINCT 规则 FROM 结果 WHERE {OWN}").fetchall()}
    assert failed == judging


def test_what_could_not_be_evaluated(store: Store, judged: Reports) -> None:
    found = gathered(
        store, f"(FROM 未判 WHERE {OWN})", "p.规则, p.路径, p.所指, list_sort(string_split(p.缺, '、'))::VARCHAR"
    )
    expected = {
        key: Counter(
            (one.rule.id, one.place.path, one.place.words, f"[{', '.join(sorted(one.missing))}]")
            for one in report.verdict.not_evaluated
        )
        for key, report in judged.items()
    }
    assert not differences(found, expected)


def test_scores(store: Store, judged: Reports) -> None:
    found = gathered(store, "评分", "p.规则集, 复核得分::VARCHAR, 自评等级")
    expected = {key: Counter([(one.profile, one.review_score, one.self_grade)]) for key, one in judged.items()}
    assert not differences(found, expected)


def test_outcomes(store: Store, judged: Reports) -> None:
    sums = "sum(通过), sum(不通过), sum(不适用), sum(未能判断)"
    one_by_one = f"(SELECT 表号, {sums} FROM 结果 WHERE {OWN} GROUP BY 表号)"
    found = gathered(store, one_by_one, "p.* EXCLUDE (表号)")
    expected = {}
    for key, report in judged.items():
        counts = report.verdict.counts
        outcome = (counts.passed, counts.failed, counts.not_applicable, counts.not_evaluated)
        expected[key] = Counter([outcome])
    assert not differences(found, expected)
