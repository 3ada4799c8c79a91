"""The command lint: a Linter from the options, its reports to the console or a file."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from perfeval_lint.cli.files import write
from perfeval_lint.cli.options import RuleOptions
from perfeval_lint.errors import UsageError
from perfeval_lint.linting.lint import Linter
from perfeval_lint.linting.sources import STDIN, Source, opened, sources_of
from perfeval_lint.report.model import FileReport, Summary
from perfeval_lint.report.words import printable
from perfeval_lint.rule.profile import check_picks, choose
from perfeval_lint.rule.settings import SettingsFinder

Parts = Callable[[Iterable[FileReport], str], Iterator[str]]


def _json() -> Parts:
    from perfeval_lint.report.json import json_parts

    return json_parts


def _html() -> Parts:
    from perfeval_lint.report.html.report import html_parts

    return html_parts


# Formats that are written in pieces as files are judged; each is imported only if it is chosen.
_PARTS: dict[str, Callable[[], Parts]] = {"json": _json, "html": _html}


@dataclass(frozen=True, kw_only=True)
class LintOptions(RuleOptions):
    """The options of lint."""

    files: tuple[str, ...]
    output_format: str
    output: str | None
    annotate: str | None
    quiet: bool
    statistics: bool
    no_color: bool

    def check(self) -> None:
        """Raises UsageError for options that do not fit together."""
        if self.output is not None and self.output_format == "text":
            raise UsageError("-o 只用于 --format json 或 html；屏幕上的报告请用 > 重定向")


def run_lint(options: LintOptions) -> int:
    """Lints the files, prints the report, returns the exit status."""
    options.check()
    linter = Linter(options.profile, options.overrides())
    if options.output_format == "text":
        threading.Thread(target=_import_report).start()  # while the database is at work
    finder = SettingsFinder()
    rules = _checked_rules(linter, finder, options)
    if options.annotate is None:
        total = _report(linter.run(sources_of(options.files, finder)), rules, options)
    else:
        source = _only(options.files, options.annotate)
        reports = list(linter.run([source]))
        total = _report(reports, rules, options)
        _write_annotated(source, reports[0], options.annotate)
    return total.exit_status(options.failing())


def _checked_rules(linter: Linter, finder: SettingsFinder, options: LintOptions) -> str:
    """Returns the digest of the rules; raises RulePackBroken for faulty ones, UsageError for unknown names."""
    packs = [linter.pack(), *(linter.pack(finder.for_path(file)) for file in options.files)]
    check_picks(packs, options.overrides())
    if options.profile is not None:
        for pack in packs:
            choose(pack, None, options.profile)
    return packs[-1].digest


def _report(reports: Iterable[FileReport], rules: str, options: LintOptions) -> Summary:
    """Prints or writes the reports in the format of the options; returns their totals."""
    if options.output_format in _PARTS:
        return _write_parts(_PARTS[options.output_format](), reports, rules, options)
    return _print_text(reports, options)


def _import_report() -> None:
    import perfeval_lint.cli.console
    import perfeval_lint.report.text  # noqa: F401


def _only(files: Sequence[str], out: str) -> Source:
    """Returns the one file that is to be annotated, with its bytes; raises UsageError."""
    if len(files) != 1 or files[0] == STDIN or Path(files[0]).is_dir():
        raise UsageError("--annotate 一次只能给一个文件加批注；请写一个 .docx、.xlsx 或 .pdf 文件")
    if Path(out).suffix.lower() != Path(files[0]).suffix.lower():
        raise UsageError(f"--annotate 的文件要与原件同一种：{files[0]} 的批注请写到 {Path(files[0]).suffix} 文件")
    return opened(next(sources_of(files)))


def _write_annotated(source: Source, report: FileReport, out: str) -> None:
    from perfeval_lint.annotate.annotate import annotate

    write(Path(out), [annotate(source.data or b"", report)], [Path(source.name)])
    click.echo(f"批注写在 {printable(out)}", err=True)


def _write_parts(parts: Parts, reports: Iterable[FileReport], rules: str, options: LintOptions) -> Summary:
    """Writes a report on the files in pieces, to a file or to standard output; returns the totals."""
    total = Summary()

    def counted() -> Iterator[FileReport]:
        nonlocal total
        for report in reports:
            total = total.plus(report)
            yield report

    pieces = parts(counted(), rules)
    if options.output is None:
        sys.stdout.writelines(pieces)
    else:
        write(Path(options.output), (piece.encode() for piece in pieces), map(Path, options.files))
    return total


def _print_text(reports: Iterable[FileReport], options: LintOptions) -> Summary:
    from perfeval_lint.cli.console import open_console
    from perfeval_lint.report.text import TextReport

    text = TextReport(open_console(no_color=options.no_color), quiet=options.quiet)
    if options.statistics:
        total = text.statistics(reports)
    else:
        total = Summary()
        for report in reports:
            total = total.plus(report)
            text.file(report)
    text.summary(total)
    return total
