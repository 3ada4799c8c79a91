"""The commands on the results of an audit: report, query, sample, compare."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from perfeval_lint.audit.ask.compare import comparing, comparison_text, summary, write_changes
from perfeval_lint.audit.ask.sample import draw, sample_text, write_sample
from perfeval_lint.audit.reports.csv_report import harmless
from perfeval_lint.audit.reports.model import LetterWords, Options
from perfeval_lint.audit.reports.reports import DEFAULT, check_reports, write_reports
from perfeval_lint.audit.store.results import damaged_file, open_read
from perfeval_lint.cli.console import open_console
from perfeval_lint.cli.options import split
from perfeval_lint.errors import UsageError
from perfeval_lint.report.words import printable

_SHOWN_ROWS = 1000
_QUERIES = (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI)  # PIVOT is several statements


@dataclass(frozen=True, kw_only=True)
class ReportOptions:
    """The reports to write, and the words of the letters."""

    reports: tuple[str, ...]
    letters: bool
    letter_template: str | None
    sender: str
    deadline: str
    date: str

    def names(self) -> tuple[str, ...]:
        """Returns the names of the reports to write: those given or the usual ones, and the letters."""
        return (*(split(self.reports) or DEFAULT), *(["letters"] if self.letters else []))

    def settings(self) -> Options:
        """Returns the settings the reports are written with."""
        template = Path(self.letter_template) if self.letter_template else None
        return Options(letters=LetterWords(template, self.sender, self.deadline, self.date))


def report(out: str, options: ReportOptions) -> None:
    """Writes reports from the results in a folder."""
    names, settings = options.names(), options.settings()
    check_reports(names, settings)
    with open_read(Path(out)) as database:
        write_listed(open_console(), database, Path(out), names, settings)


def write_listed(
    console: Console, database: duckdb.DuckDBPyConnection, folder: Path, names: Iterable[str], settings: Options
) -> None:
    """Writes reports and prints the names of their files; raises UsageError where a file cannot be written."""
    try:
        written = write_reports(database, folder, names, settings)
    except OSError as error:
        raise UsageError(f"报表写不了：{error.filename or folder}（{error.strerror}）；请核对磁盘空间和权限") from None
    for path in _shown_files(folder, written.files):
        console.print(f"　{printable(path)}")
    for remark in written.remarks:
        console.print(printable(remark))


def _shown_files(folder: Path, files: Iterable[Path]) -> Iterator[str]:
    """Yields the names of files directly in the folder, and each subfolder with its number of files."""
    inside: Counter[str] = Counter()
    for path in files:
        parts = path.relative_to(folder).parts
        if len(parts) == 1:
            yield parts[0]
        else:
            inside[parts[0]] += 1
    yield from (f"{name}/（{number} 个文件）" for name, number in inside.items())


def sample(out: str, size: int, seed: str, output: str | None) -> None:
    """Draws a sample, prints it and how it was drawn; writes it to a file if one is given."""
    with open_read(Path(out)) as database:
        drawn = draw(database, size, seed)
    open_console().print(printable_lines(sample_text(drawn)), soft_wrap=True)
    if output:
        write_sample(drawn, Path(output))


def compare(old: str, new: str, output: str | None, *, across_years: bool) -> None:
    """Prints the changes between two audits; writes them finding by finding to a file if one is given."""
    with comparing(Path(old), Path(new), across_years=across_years) as database:
        open_console().print(printable_lines(comparison_text(summary(database))), soft_wrap=True)
        if output:
            write_changes(database, Path(output))


def printable_lines(text: str) -> str:
    """Makes text safe for a terminal, except for its line breaks."""
    return "\n".join(printable(line) for line in text.split("\n"))


def query(sql: str, out: str, output_format: str) -> None:
    """Prints the rows of a query on the results; it can neither read anything else nor write."""
    with open_read(Path(out)) as database:
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        try:
            statements = database.extract_statements(sql)
            if not statements:  # blanks and comments alone
                raise UsageError("没有写查询；如 SELECT 规则, count(*) FROM 问题 GROUP BY ALL")
            if any(one.type not in _QUERIES for one in statements):
                raise UsageError("查询有误：只能查（SELECT），不能写文件、改结果或设置")
            found = database.execute(sql)
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall() if output_format != "text" else found.fetchmany(_SHOWN_ROWS + 1)
        except duckdb.Error as error:
            if damaged_file(error, [Path(out)]) is not None:
                raise
            raise UsageError(f"查询有误：{error}") from None
    if output_format == "json":
        json.dump([dict(zip(names, row, strict=True)) for row in rows], sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
    elif output_format == "csv":
        _write_csv(names, rows)
    else:
        _print_rows(open_console(), names, rows)


def _write_csv(names: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    import csv

    writer = csv.writer(sys.stdout)
    writer.writerow([harmless(name) for name in names])
    writer.writerows([harmless(value) if isinstance(value, str) else value for value in row] for row in rows)


def _print_rows(console: Console, names: list[str], rows: list[tuple[object, ...]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name)
    for row in rows[:_SHOWN_ROWS]:
        table.add_row(*("" if value is None else printable(str(value)) for value in row))
    console.print(table)
    if len(rows) > _SHOWN_ROWS:
        console.print(f"（只显示前 {_SHOWN_ROWS} 行；要全部请加 --format csv）")
