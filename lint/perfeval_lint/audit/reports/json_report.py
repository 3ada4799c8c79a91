"""结果.json, a frozen shape of its own (perfeval.audit/1), written a file at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import duckdb

from perfeval_lint.audit.reports import facts
from perfeval_lint.audit.reports.model import Options, Written
from perfeval_lint.audit.reports.shapes import NO_DEPARTMENT, NO_UNIT, File, Finding, Form, Note, RuleFacts, Unjudged
from perfeval_lint.audit.store.store import PARTLY, READ, REPEATED, UNREADABLE
from perfeval_lint.files import written_whole
from perfeval_lint.report.words import bound

T = TypeVar("T")

FORMAT = "perfeval.audit/1"
NAME = "结果.json"
STATUS: Final = {READ: "read", PARTLY: "partly read", UNREADABLE: "unreadable", REPEATED: "repeated"}


def write(database: duckdb.DuckDBPyConnection, folder: Path, options: Options) -> Written:
    """Writes every file, form and finding; memory does not grow with them, except for one form's findings."""
    del options
    path = folder / NAME
    with written_whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(_parts(database))
    return Written((path,))


def _parts(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    run = facts.run(database)
    head = {
        "format": FORMAT,
        "tool": {"version": run.version, "rules": run.rules},
        "summary": _summary(database),
        "rules": [_rule(rule) for rule in facts.rules(database)],
    }
    yield _dump(head)[:-1] + ', "files": ['
    yield from _files(database)
    yield "\n]}\n"


def _files(database: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yields the files in order, each with its forms, each of those with its findings and what was not judged: reads
    five streams side by side."""
    notes = _Stream(facts.notes(database), lambda note: note.file_order)
    forms = _Stream(facts.forms(database), lambda form: form.file_order)
    findings = _Stream(facts.findings(database), lambda finding: finding.form)
    unjudged = _Stream(facts.unjudged(database), lambda item: item.form)
    for number, file in enumerate(facts.files(database)):
        shape = _file(file) | {"notes": [_note(note) for note in notes.of(file.order)]}
        yield (",\n" if number else "\n") + _dump(shape)[:-1] + ', "forms": ['
        for count, form in enumerate(forms.of(file.order)):
            found = _findings(findings.of(form.order))
            unknown = [_unjudged(item) for item in unjudged.of(form.order)]
            yield (",\n " if count else "") + _dump(_form(form) | {"findings": found, "not_evaluated": unknown})
        yield "]}"


class _Stream(Generic[T]):
    """Rows sorted by a number, handed out a number at a time."""

    def __init__(self, rows: Iterator[T], key: Callable[[T], int]) -> None:
        self._groups = groupby(rows, key)
        self._next = next(self._groups, None)

    def of(self, number: int) -> Iterator[T]:
        """Yields the rows of a number, which must not be lower than that of the call before."""
        if self._next is not None and self._next[0] == number:
            yield from self._next[1]
            self._next = next(self._groups, None)


def _dump(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, default=str)


def _summary(database: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    total, scope = facts.everything(database), facts.scope(database)
    return {
        "files": scope.files,
        "unreadable": scope.unreadable,
        "partly_read": scope.partly,
        "repeated": scope.repeated,
        "forms": total.forms,
        "last_year_forms": scope.last_year,
        "units": total.units,
        "forms_with_errors": total.faulty,
        "error": total.errors,
        "warning": total.warnings,
        "info": total.infos,
        "waived": total.waived,
        "grade_changes": total.grade_changes,
        "mean_self_score": total.self_score,
        "mean_review_score": total.review_score,
        "mean_difference": total.difference,
    }


def _rule(rule: RuleFacts) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.level,
        "help": rule.help,
        "basis": (rule.basis or "").splitlines(),
        "outcomes": _outcomes(rule),
        "findings": rule.findings,
        "waived": rule.waived,
        "forms": rule.forms,
        "units": rule.units,
    }


def _file(file: File) -> dict[str, Any]:
    shape: dict[str, Any] = {"file": file.file, "status": STATUS.get(file.status, file.status)}
    if file.code is not None or file.message is not None:
        shape |= {"code": file.code, "message": file.message}
    if file.line is not None:
        shape["location"] = {"line": file.line, "column": file.column}
    return shape | ({"last_year": True} if file.last_year else {})


def _note(note: Note) -> dict[str, Any]:
    place = {} if note.line is None else {"location": {"line": note.line, "column": note.column}}
    return {"level": note.level, "code": note.code, "message": note.message, **place}


def _form(form: Form) -> dict[str, Any]:
    return {
        "index": form.sequence,
        "表式": form.kind,
        "年度": form.year,
        "项目名称": form.project,
        "项目编码": form.code,
        "主管部门": None if form.department == NO_DEPARTMENT else form.department,
        "单位": None if form.unit == NO_UNIT else form.unit,
        "profile": form.profile,
        "self_score": form.self_score,
        "review_score": form.review_score,
        "review_bound": None if form.review_score is None else bound(form.is_most),
        "covered": form.covered,
        "total": form.total,
        "self_grade": form.self_grade,
        "review_grade": form.review_grade,
        "rank": form.rank,
        "counts": {"error": form.errors, "warning": form.warnings, "info": form.infos, "waived": form.waived},
        "outcomes": _outcomes(form),
    }


def _outcomes(judged: RuleFacts | Form) -> dict[str, int]:
    return {
        "pass": judged.passed,
        "fail": judged.failed,
        "not_applicable": judged.not_applicable,
        "not_evaluated": judged.not_evaluated,
    }


def _unjudged(item: Unjudged) -> dict[str, Any]:
    return {
        "rules": item.rules.split("、"),
        "path": item.path,
        "cause": item.cause,
        "value": item.value,
        "message": item.message,
        "help": item.help,
        "location": item.place,
    }


def _findings(rows: Iterator[Finding]) -> list[dict[str, Any]]:
    """Returns the heads of a form's findings, each with its places and what follows from it, which come after it."""
    heads: list[dict[str, Any]] = []
    for row in rows:
        found = {"rule": row.rule, "severity": row.level, "path": row.path, "message": row.message}
        found |= {"location": row.place, "waived": row.waived}
        if row.head is None:
            heads.append(found | {"places": [], "follows": []})
        elif row.rule == heads[-1]["rule"]:
            heads[-1]["places"].append({name: found[name] for name in ("path", "location", "waived", "message")})
        else:
            del found["waived"]  # what is waived follows from nothing
            heads[-1]["follows"].append(found)
    return heads
