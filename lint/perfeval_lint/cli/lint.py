"""Running lint: options to a Linter, reports to the console."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from perfeval_lint.audit.lint import Linter
from perfeval_lint.audit.sources import sources_of
from perfeval_lint.report.model import FileReport, Summary
from perfeval_lint.rule.model import Severity
from perfeval_lint.rule.profile import Overrides, check_picks, choose
from perfeval_lint.rule.settings import settings_for


def run_lint(
    files: tuple[str, ...],
    *,
    form: str,
    profile: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    quiet: bool,
    statistics: bool,
    no_color: bool,
) -> int:
    """Lints the files, prints the report, returns the exit status."""
    overrides = Overrides(select=split(select), ignore=split(ignore))
    linter = Linter(profile, overrides)
    if form != "json":
        threading.Thread(target=_import_report).start()  # while the database is at work
    packs = [linter.pack(), *(linter.pack(settings_for(Path(file))) for file in files)]
    check_picks(packs, overrides)
    for pack in packs if profile is not None else ():
        choose(pack, None, profile)
    reports = linter.run(sources_of(files))
    if form == "json":
        total = _print_json(reports, packs[-1].digest)
    else:
        total = _print_text(reports, quiet=quiet, statistics=statistics, no_color=no_color)
    return total.exit_status(None if fail_on == "never" else Severity(fail_on))


def _import_report() -> None:
    import perfeval_lint.cli.console
    import perfeval_lint.report.text_report  # noqa: F401


def split(names: Iterable[str]) -> tuple[str, ...]:
    """Rule ids given one by one or with commas between."""
    return tuple(part.strip() for name in names for part in name.split(",") if part.strip())


def _print_json(reports: Iterable[FileReport], rules: str) -> Summary:
    from perfeval_lint.report.json_report import json_parts

    total = Summary()

    def counted() -> Iterator[FileReport]:
        nonlocal total
        for report in reports:
            total = total.plus(report)
            yield report

    for part in json_parts(counted(), rules):
        sys.stdout.write(part)
    return total


def _print_text(reports: Iterable[FileReport], *, quiet: bool, statistics: bool, no_color: bool) -> Summary:
    from perfeval_lint.cli.console import open_console
    from perfeval_lint.report.text_report import TextReport

    text = TextReport(open_console(no_color=no_color), quiet=quiet)
    if statistics:
        total = text.statistics(reports)
    else:
        total = Summary()
        for report in reports:
            total = total.plus(report)
            text.file(report)
    text.summary(total)
    return total
