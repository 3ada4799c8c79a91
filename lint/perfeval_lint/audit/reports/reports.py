"""The reports of an audit: a new one is a module with a `write` and a row here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from perfeval_lint.audit.reports import csv_report, facts, json_report, letters, page, workbook
from perfeval_lint.audit.reports.model import Options, Written
from perfeval_lint.errors import UsageError
from perfeval_lint.form.nearest import did_you_mean


@dataclass(frozen=True, slots=True)
class Report:
    """A report: whether it is made by default, and its writer."""

    by_default: bool
    write: Callable[[duckdb.DuckDBPyConnection, Path, Options], Written]


REPORTS = {
    "xlsx": Report(by_default=True, write=workbook.write),
    "html": Report(by_default=True, write=page.write),
    "csv": Report(by_default=True, write=csv_report.write),
    "json": Report(by_default=True, write=json_report.write),
    "letters": Report(by_default=False, write=letters.write),
}
DEFAULT = tuple(name for name, report in REPORTS.items() if report.by_default)


def check_reports(names: Iterable[str], options: Options) -> None:
    """Raises UsageError for a report that does not exist, or a template that cannot be filled: before hours of work."""
    for name in names:
        if name not in REPORTS:
            raise UsageError(f"没有“{name}”这种报表{did_you_mean(name, REPORTS)}；可用 {'、'.join(REPORTS)}")
    if "letters" in names:
        letters.read_template(options.letters.template)


def write_reports(
    database: duckdb.DuckDBPyConnection, folder: Path, names: Iterable[str] = DEFAULT, options: Options | None = None
) -> Written:
    """Writes the named reports into a folder; raises UsageError before anything is written where one cannot be."""
    chosen = list(dict.fromkeys(names))
    options = options or Options()
    check_reports(chosen, options)
    facts.prepare(database)
    results = [REPORTS[name].write(database, folder, options) for name in chosen]
    return Written(
        tuple(path for result in results for path in result.files),
        tuple(dict.fromkeys(remark for result in results for remark in result.remarks)),
    )
