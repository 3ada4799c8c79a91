"""What lint says of forms beside what an audit says of them, in the same words, so that the two can be compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.judge.outcome import Finding, Place, Undecided
from perfeval_lint.linting.lint import Linter
from perfeval_lint.linting.sources import sources_of
from perfeval_lint.report.model import FormReport
from tests.audit.audits import Silent

Key = tuple[str, int]  # a file, and the form's number in it
Said = dict[str, Counter[object]]  # of one form, by what is compared

OWN = "规则 NOT LIKE 'PE9%'"  # rules of one form; the others need several


def said_by_lint(report: FormReport) -> Said:
    """What lint says of a form."""
    verdict, review = report.verdict, report.verdict.review
    counts = verdict.counts
    return {
        "findings": Counter(
            (one.rule.id, str(one.severity), *_told(one.place), one.message, one.help, one.waived, under)
            for head in verdict.findings
            for one, under in _arranged(head)
        ),
        "unknown": Counter(
            (one.rule.id, one.place.path, one.place.words, f"[{', '.join(sorted(one.missing))}]", *_why(one.why))
            for one in verdict.not_evaluated
        ),
        "scores": Counter(
            [
                (
                    report.profile,
                    report.review_score,
                    report.self_grade,
                    review and review.is_most,
                    review and review.grade,
                )
            ]
        ),
        "counts": Counter([(counts.passed, counts.failed, counts.not_applicable, counts.not_evaluated)]),
        "covered": Counter([(review.covered, review.total)] if review else []),
    }


def said_by_audit(database: duckdb.DuckDBPyConnection) -> dict[Key, Said]:
    """What an audit says of each form of its store."""
    queries = {
        "findings": f"p.规则, p.级别, p.部分, p.路径, p.所指, p.所在, p.消息, coalesce(p.改法, g.改法), p.豁免, "
        f"p.主问题 FROM (FROM 问题 WHERE {OWN}) p JOIN 规则 g USING (规则)",
        "unknown": "p.规则, p.路径, p.所指, list_sort(string_split(p.缺, '、'))::VARCHAR, "
        "p.原因, p.值部分, p.值路径, p.值所指, p.值所在, p.值, p.说明, p.改法 "
        f"FROM (FROM 未判 WHERE {OWN}) p",
        "scores": "p.规则集, 复核得分::VARCHAR, 自评等级, 复核至多, 复核等级 FROM 评分 p",
        "counts": "p.* EXCLUDE (表号) FROM (SELECT 表号, sum(通过), sum(不通过), sum(不适用), sum(未能判断) "
        f"FROM 结果 WHERE {OWN} GROUP BY 表号) p",
        "covered": "可复核分值, 总分值 FROM (FROM 评分 WHERE 复核得分 IS NOT NULL) p",
    }
    forms = database.execute("SELECT 文件, 序号 FROM 表").fetchall()
    said: dict[Key, Said] = {form: {name: Counter() for name in queries} for form in forms}
    for name, query in queries.items():
        for file, index, *rest in database.execute(f"SELECT 文件, 序号, {query} JOIN 表 USING (表号)").fetchall():
            said[file, index][name][tuple(rest)] += 1
    return said


def _told(place: Place) -> tuple[str, ...]:
    return place.part, place.path, place.words, place.position.short


def _arranged(head: Finding) -> Iterator[tuple[Finding, str | None]]:
    """A head and what hangs under it, each with the head's name."""
    yield head, None
    for one in (*head.places, *head.follows):
        assert (one.rule == head.rule) == (one in head.places)
        assert not (*one.places, *one.follows)
        yield one, f"{head.rule.id} {head.place.path}"


def _why(why: Undecided | None) -> tuple[str | None, ...]:
    return (None,) * 8 if why is None else (why.cause, *_told(why.place), why.value, why.message, why.help)


def differences(lint: Mapping[Key, Said], audit: Mapping[Key, Said]) -> dict[Key, dict[str, tuple[Any, Any]]]:
    """Of every form that the two do not say the same of: what only lint says, and what only the audit."""
    found: dict[Key, dict[str, tuple[Any, Any]]] = {}
    for key in lint.keys() | audit.keys():
        ours, theirs = lint.get(key, {}), audit.get(key, {})
        wrong = {
            name: (
                ours.get(name, Counter()) - theirs.get(name, Counter()),
                theirs.get(name, Counter()) - ours.get(name, Counter()),
            )
            for name in ours.keys() | theirs.keys()
            if ours.get(name) != theirs.get(name)
        }
        if wrong:
            found[key] = wrong
    return found


class Both:
    """Lints and audits forms by the shipped rules and those of a folder."""

    def __init__(self, rules: Path) -> None:
        self.settings = json.dumps({"rule-paths": [str(rules)]})
        self.linter = Linter()

    def differences(self, forms: Sequence[Mapping[str, object]]) -> dict[Key, dict[str, tuple[Any, Any]]]:
        """The forms that lint and audit do not say the same of; the forms must not be the same as each other."""
        with TemporaryDirectory() as name:
            folder = Path(name, "forms")
            folder.mkdir()
            (folder / "perfeval.yaml").write_text(self.settings, "utf-8")
            for number, form in enumerate(forms):
                (folder / f"{number:04}.json").write_text(json.dumps(form), "utf-8")
            return differences(self._linted(folder), self._audited(folder, Path(name, "out")))

    def _linted(self, folder: Path) -> dict[Key, Said]:
        reports = self.linter.run(sources_of([str(folder)]))
        return {(file.file, form.index): said_by_lint(form) for file in reports for form in file.forms}

    def _audited(self, folder: Path, out: Path) -> dict[Key, Said]:
        store = run_audit(Request((str(folder),), out, Limits(1)), Silent())
        try:
            return said_by_audit(store.database)
        finally:
            store.close()
