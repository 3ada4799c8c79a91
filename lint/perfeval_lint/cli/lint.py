"""Running lint: options to a Linter, reports to the console or a file."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

import click

from perfeval_lint.cli.files import write
from perfeval_lint.errors import UsageError
from perfeval_lint.linting.lint import Linter
from perfeval_lint.linting.sources import STDIN, Source, opened, sources_of
from perfeval_lint.report.model import FileReport, Summary
from perfeval_lint.report.words import printable
from perfeval_lint.rule.model import Severity
from perfeval_lint.rule.profile import Overrides, check_picks, choose
from perfeval_lint.rule.settings import SettingsFinder

Parts = Callable[[Iterable[FileReport], str], Iterator[str]]

# Reports that are one text, written in pieces as they come: the module and function that make them.
_PARTS = {"json": ("json", "json_parts"), "html": ("html.report", "html_parts")}


def run_lint(
    files: tuple[str, ...],
    *,
    form: str,
    output: str | None,
    annotate: str | None,
    profile: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    quiet: bool,
    statistics: bool,
    no_color: bool,
) -> int:
    """Lints the files, prints the report, returns the exit status."""
    if output is not None and form == "text":
        raise UsageError("-o 只用于 --format json 或 html；屏幕上的报告请用 > 重定向")
    overrides = Overrides(select=split(select), ignore=split(ignore))
    linter = Linter(profile, overrides)
    if form == "text":
        threading.Thread(target=_import_report).start()  # while the database is at work
    finder = SettingsFinder()
    packs = [linter.pack(), *(linter.pack(finder.for_path(file)) for file in files)]
    check_picks(packs, overrides)
    for pack in packs if profile is not None else ():
        choose(pack, None, profile)
    source = None if annotate is None else _only(files, annotate)
    reports: Iterable[FileReport] = linter.run(sources_of(files, finder) if source is None else [source])
    if source is not None:
        reports = list(reports)
    if form in _PARTS:
        total = _write_parts(_PARTS[form], reports, packs[-1].digest, files, output)
    else:
        total = _print_text(reports, quiet=quiet, statistics=statistics, no_color=no_color)
    if source is not None and annotate is not None:
        _write_annotated(source, next(iter(reports)), annotate)
    return total.exit_status(None if fail_on == "never" else Severity(fail_on))


def _import_report() -> None:
    import perfeval_lint.cli.console
    import perfeval_lint.report.text  # noqa: F401


def split(names: Iterable[str]) -> tuple[str, ...]:
    """Rule ids given one by one or with commas between."""
    return tuple(part.strip() for name in names for part in name.split(",") if part.strip())


def _only(files: Sequence[str], out: str) -> Source:
    """The one file that is to be annotated, its bytes in hand."""
    if len(files) != 1 or files[0] == STDIN or Path(files[0]).is_dir():
        raise UsageError("--annotate 一次只能给一个文件加批注；请写一个 .docx、.xlsx 或 .pdf 文件")
    if Path(out).suffix.lower() != Path(files[0]).suffix.lower():
        raise UsageError(f"--annotate 的文件要与原件同一种：{files[0]} 的批注请写到 {Path(files[0]).suffix} 文件")
    return opened(next(sources_of(files)))


def _write_annotated(source: Source, report: FileReport, out: str) -> None:
    from perfeval_lint.annotate.annotate import annotate

    write(Path(out), [annotate(source.data or b"", report)], [Path(source.name)])
    click.echo(f"批注写在 {printable(out)}", err=True)


def _write_parts(
    made_by: tuple[str, str], reports: Iterable[FileReport], rules: str, files: Iterable[str], out: str | None
) -> Summary:
    """Writes a report on the files in pieces, to a file or to standard output; the totals."""
    module, function = made_by
    parts = cast(Parts, getattr(import_module(f"perfeval_lint.report.{module}"), function))
    total = Summary()

    def counted() -> Iterator[FileReport]:
        nonlocal total
        for report in reports:
            total = total.plus(report)
            yield report

    pieces = parts(counted(), rules)
    if out is None:
        sys.stdout.writelines(pieces)
    else:
        write(Path(out), (piece.encode() for piece in pieces), map(Path, files))
    return total


def _print_text(reports: Iterable[FileReport], *, quiet: bool, statistics: bool, no_color: bool) -> Summary:
    from perfeval_lint.cli.console import open_console
    from perfeval_lint.report.text import TextReport

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
