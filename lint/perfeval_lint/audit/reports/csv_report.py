"""问题.csv, 未能判断.csv and 得分.csv: everything, for spreadsheets and for programs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from perfeval_lint.audit.reports import facts
from perfeval_lint.audit.reports.model import Options, Written
from perfeval_lint.audit.reports.shapes import Form, Reported
from perfeval_lint.audit.reports.words import (
    FINDING_HEAD,
    SCORE_HEAD,
    UNJUDGED_HEAD,
    Cell,
    finding_cells,
    score_cells,
    unjudged_cells,
)
from perfeval_lint.files import written_whole

FINDINGS = "问题.csv"
UNJUDGED = "未能判断.csv"
SCORES = "得分.csv"
# What makes a spreadsheet read a cell as a formula; the full-width signs do so in Chinese and Japanese ones.
_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n]")


def write(database: duckdb.DuckDBPyConnection, folder: Path, options: Options) -> Written:
    """Writes every finding, waived ones too, all that was not judged, and every form's scores: UTF-8 with the mark by
    which Excel knows it."""
    del options
    written = [
        _write(folder / FINDINGS, (*FINDING_HEAD, "豁免理由"), _findings(database)),
        _write(folder / UNJUDGED, UNJUDGED_HEAD, _unjudged(database)),
        _write(folder / SCORES, SCORE_HEAD, (score_cells(form) for form in facts.forms(database))),
    ]
    return Written(tuple(written))


def _findings(database: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Cell]]:
    rules = {rule.rule: rule for rule in facts.rules(database)}
    for finding, form in _with_forms(database, facts.findings(database)):
        yield (*finding_cells(finding, form, rules), finding.waived)


def _unjudged(database: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Cell]]:
    for item, form in _with_forms(database, facts.unjudged(database)):
        yield unjudged_cells(item, form)


def _with_forms(database: duckdb.DuckDBPyConnection, items: Iterator[Reported]) -> Iterator[tuple[Reported, Form]]:
    """Yields items in the order of their forms, each with its form."""
    forms = facts.forms(database)
    form = None
    for item in items:
        while form is None or form.order < item.form:
            form = next(forms)
        yield item, form


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Path:
    with written_whole(path) as part, part.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows([harmless(cell) for cell in row] for row in rows)
    return path


def harmless(cell: Cell) -> Cell:
    """Returns a text that no spreadsheet takes for a formula: with an apostrophe before a sign that begins one."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "")
    return f"'{text}" if _FORMULA.match(text) else text
