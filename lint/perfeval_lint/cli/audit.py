"""Running a bulk audit: options to a request, progress and summary to the console."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.progress import TaskID, TimeRemainingColumn
from rich.table import Table

from perfeval_lint.audit.ask.compare import comparing, comparison_text, summary, write_changes
from perfeval_lint.audit.ask.sample import draw, sample_text, write_sample
from perfeval_lint.audit.inputs.inputs import listed
from perfeval_lint.audit.reports.csv_report import harmless
from perfeval_lint.audit.reports.model import LetterWords, Options
from perfeval_lint.audit.reports.reports import DEFAULT, check_reports, write_reports
from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.store.results import damaged_file, open_read
from perfeval_lint.audit.store.store import FILE_NAME, READ, REPEATED
from perfeval_lint.audit.tables.mapping import TableMapping, read_mapping
from perfeval_lint.cli.bars import Bars
from perfeval_lint.cli.console import open_console
from perfeval_lint.cli.interrupts import is_interrupt
from perfeval_lint.cli.lint import split
from perfeval_lint.cli.spark import MEMORY as SPARK_MEMORY
from perfeval_lint.cli.spark import cluster_of, run_spark
from perfeval_lint.errors import UsageError
from perfeval_lint.report.words import SEVERITY, printable
from perfeval_lint.rule.model import Severity
from perfeval_lint.rule.profile import Overrides

if TYPE_CHECKING:
    from perfeval_lint.audit.spark.session import Cluster

MANY = 2_000_000  # findings; more are written as CSV and JSON only when asked for, as that takes long
DATA = ("csv", "json")
_USUAL_MEMORY = 6
_SHOWN_ROWS = 1000
_ASKING = (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI)  # PIVOT is several statements


def run(
    paths: tuple[str, ...],
    out: str,
    lists: tuple[str, ...],
    mapping: str | None,
    previous: tuple[str, ...],
    profile: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    jobs: int | None,
    time_limit: float,
    memory: int | None,
    engine: str,
    master: str | None,
    archives: str | None,
    conf: tuple[str, ...],
    *,
    fresh: bool,
    resume: bool,
    fail_on: str,
    **reports: Any,
) -> int:
    """Audits, prints how it went, returns the exit status."""
    given = (*paths, *(path for one in lists for path in listed(one)))
    if not given:
        raise UsageError("没有写要审核的文件或目录；如 perfeval-lint audit 自评表目录 --out 审核结果")
    folder = Path(out)
    cluster = cluster_of(engine, master, archives, conf)
    if resume and cluster:
        raise UsageError("--engine spark 每次都从头审核，不能 --resume；要取代已有的结果请写 --fresh")
    if jobs and cluster:
        raise UsageError(
            "--jobs 只用于单机；--engine spark 时同时做几个任务由 executor 的核数定，"
            "如 --conf spark.executor.cores=4，请去掉 --jobs"
        )
    if resume and not (folder / FILE_NAME).is_file():
        raise UsageError(f"{out} 里没有可以接着做的审核；去掉 --resume 重新开始")
    if resume and fresh:
        raise UsageError("--resume 和 --fresh 只能写一个")
    limits = Limits(1 if cluster else jobs or os.cpu_count() or 1, time_limit)
    request = Request(
        given,
        folder,
        limits,
        profile,
        Overrides(select=split(select), ignore=split(ignore)),
        previous,
        read_mapping(Path(mapping)) if mapping else TableMapping(),
        f"{memory or (SPARK_MEMORY if cluster else _memory())}GB",
        fresh,
    )
    names, options = _reports(**reports)
    check_reports(names, options)
    console = open_console()
    try:
        with _audited(request, cluster) as database:
            status, found = _summary(console, database, folder, None if fail_on == "never" else Severity(fail_on))
            if found > MANY and not reports["reports"]:
                names = tuple(name for name in names if name not in DATA)
                console.print(
                    f"问题超过 {MANY} 条，没有写 CSV 和 JSON；要的话运行 audit report --out {out} --report csv"
                )
            _write(console, database, folder, names, options)
            return status
    except _InterruptedError:
        done = "输出目录和以前一样" if cluster else f"已经做完的留在 {out}；再运行一次同样的命令就接着做"
        console.print(f"已中断。{done}。")
        return 130


class _InterruptedError(Exception):
    """An audit was ended by Ctrl-C."""


@contextmanager
def _audited(request: Request, cluster: Cluster | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Audits on this machine or on a cluster; the results, open."""
    try:
        if cluster:
            run_spark(request, cluster)
        else:
            with _Bars(Console(stderr=True, highlight=False)) as bars:
                store = run_audit(request, bars)
    except (KeyboardInterrupt, RuntimeError) as error:
        if not is_interrupt(error):
            raise
        raise _InterruptedError from None
    if cluster:
        with open_read(request.out) as database:
            yield database
        return
    try:
        yield store.database
    finally:
        store.close()


def _reports(
    reports: tuple[str, ...], letter_template: str | None, sender: str, deadline: str, date: str, *, letters: bool
) -> tuple[tuple[str, ...], Options]:
    """The names of the reports asked for, and what they are made with."""
    names = split(reports) or DEFAULT
    template = Path(letter_template) if letter_template else None
    return (*names, *(["letters"] if letters else [])), Options(letters=LetterWords(template, sender, deadline, date))


def _write(
    console: Console, database: duckdb.DuckDBPyConnection, folder: Path, names: Iterable[str], options: Options
) -> None:
    try:
        written = write_reports(database, folder, names, options)
    except OSError as error:
        raise UsageError(f"报表写不了：{error.filename or folder}（{error.strerror}）；请核对磁盘空间和权限") from None
    for path in _shown_files(folder, written.files):
        console.print(f"　{printable(path)}")
    for remark in written.remarks:
        console.print(printable(remark))


def _shown_files(folder: Path, files: Iterable[Path]) -> Iterator[str]:
    """The files directly in the folder, and of folders in it how many files there are."""
    inside: Counter[str] = Counter()
    for path in files:
        parts = path.relative_to(folder).parts
        if len(parts) == 1:
            yield parts[0]
        else:
            inside[parts[0]] += 1
    yield from (f"{name}/（{number} 个文件）" for name, number in inside.items())


def report(out: str, **options: Any) -> None:
    """Writes reports from the results there are."""
    names, made_with = _reports(**options)
    check_reports(names, made_with)
    with open_read(Path(out)) as database:
        _write(open_console(), database, Path(out), names, made_with)


def sample(out: str, size: int, seed: str, output: str | None) -> None:
    """Draws a sample, prints it and how it was drawn, writes it where asked."""
    with open_read(Path(out)) as database:
        drawn = draw(database, size, seed)
    open_console().print(printable_lines(sample_text(drawn)), soft_wrap=True)
    if output:
        write_sample(drawn, Path(output))


def compare(old: str, new: str, output: str | None, *, across_years: bool) -> None:
    """Prints what changed between two audits, writes it finding by finding where asked."""
    with comparing(Path(old), Path(new), across_years=across_years) as database:
        open_console().print(printable_lines(comparison_text(summary(database))), soft_wrap=True)
        if output:
            write_changes(database, Path(output))


def printable_lines(text: str) -> str:
    """Text safe for a terminal, its line breaks kept."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _memory() -> int:
    """GB that an audit may use by itself: six, or half of what the machine has."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return _USUAL_MEMORY
    return max(1, min(_USUAL_MEMORY, whole // 2 // 2**30))


class _Bars:
    """Two bars on the terminal: files read and forms judged, with rate and time left. Where the output goes to a file,
    a line now and then."""

    def __init__(self, console: Console) -> None:
        self.progress = Bars(console, TimeRemainingColumn())
        self._reading: TaskID | None = None
        self._judging: TaskID | None = None

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._reading is not None:
            self.progress.stop()

    def listed(self, files: int, unread: int, unjudged: int) -> None:
        """Shows the bars and sets their lengths; forms still to be read are not known yet."""
        self.progress.start()
        self._reading = self.progress.add_task(f"读取（共 {files} 个文件）", total=unread, beside="")
        self._judging = self.progress.add_task("审核", total=unjudged, beside="")

    def read(self, files: int, forms: int) -> None:
        """Moves the first bar, and makes the second longer."""
        self._advance(self._reading, files, "个/秒")
        if self._judging is not None:
            task = self.progress.tasks[self._judging]
            self.progress.update(self._judging, total=(task.total or 0) + forms)

    def judged(self, forms: int) -> None:
        """Moves the second bar."""
        self._advance(self._judging, forms, "张/秒")

    def _advance(self, task: TaskID | None, number: int, unit: str) -> None:
        if task is None:
            return
        self.progress.advance(task, number)
        speed = self.progress.tasks[task].speed
        self.progress.update(task, beside=f"{speed:.0f} {unit}" if speed else "")
        if self.progress.is_line_due():
            lines = [f"{one.description} {one.completed:.0f}/{one.total:.0f}" for one in self.progress.tasks]
            self.progress.console.print("，".join(lines))


def _summary(
    console: Console, database: duckdb.DuckDBPyConnection, folder: Path, fail_on: Severity | None
) -> tuple[int, int]:
    """Prints what was read and found; the exit status, and the number of findings."""
    files = database.execute(
        "SELECT 状态, count(*), sum(表数) FROM 文件 WHERE NOT 往年 GROUP BY 状态 ORDER BY 状态"
    ).fetchall()
    if not files:
        console.print("没有找到可检查的文件（Word、Excel、PDF、网页、文本、YAML、数据表、压缩包）；请核对路径")
        return 2, 0
    counted = "，".join(f"{state} {number}" for state, number, _ in files)
    forms = sum(int(some or 0) for _, _, some in files)
    console.print(f"文件 {sum(number for _, number, _ in files)} 个（{counted}），自评表 {forms} 张")
    found = dict(database.execute("SELECT 级别, count(*) FROM 问题 WHERE 豁免 IS NULL GROUP BY 级别").fetchall())
    words = "，".join(f"{SEVERITY[one]} {found.get(str(one), 0)}" for one in Severity)
    ((waived,),) = database.execute("SELECT count(*) FROM 问题 WHERE 豁免 IS NOT NULL").fetchall()
    console.print(f"问题：{words}{f'，豁免 {waived}' if waived else ''}")
    console.print(f"结果在 {printable(str(folder))}：")
    number = sum(found.values())
    if any(state not in (READ, REPEATED) for state, _, _ in files):
        return 2, number
    ranks = [one.rank for one in Severity if found.get(str(one), 0)]
    return int(fail_on is not None and any(rank <= fail_on.rank for rank in ranks)), number


def query(sql: str, out: str, form: str) -> None:
    """Prints what a query of the results gives; nothing outside them can be reached by it, nothing written."""
    with open_read(Path(out)) as database:
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        try:
            statements = database.extract_statements(sql)
            if not statements:  # blanks and comments alone
                raise UsageError("没有写查询；如 SELECT 规则, count(*) FROM 问题 GROUP BY ALL")
            if any(one.type not in _ASKING for one in statements):
                raise UsageError("查询有误：只能查（SELECT），不能写文件、改结果或设置")
            found = database.execute(sql)
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall() if form != "text" else found.fetchmany(_SHOWN_ROWS + 1)
        except duckdb.Error as error:
            if damaged_file(error, [Path(out)]) is not None:
                raise
            raise UsageError(f"查询有误：{error}") from None
    if form == "json":
        json.dump([dict(zip(names, row, strict=True)) for row in rows], sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
    elif form == "csv":
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
