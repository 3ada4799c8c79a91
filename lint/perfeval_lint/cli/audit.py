"""The command audit run: makes a request of the options, shows progress, prints a summary, writes the reports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from rich.console import Console

from perfeval_lint.audit.inputs.inputs import listed
from perfeval_lint.audit.reports.reports import check_reports
from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.store.results import open_read
from perfeval_lint.audit.store.store import FILE_NAME, READ, REPEATED
from perfeval_lint.audit.tables.mapping import TableMapping, read_mapping
from perfeval_lint.cli.bars import AuditBars
from perfeval_lint.cli.console import open_console
from perfeval_lint.cli.interrupts import is_interrupt
from perfeval_lint.cli.options import RuleOptions
from perfeval_lint.cli.results import ReportOptions, write_listed
from perfeval_lint.cli.spark import MEMORY as SPARK_MEMORY
from perfeval_lint.cli.spark import cluster_of, run_spark
from perfeval_lint.errors import UsageError
from perfeval_lint.report.words import SEVERITY, printable
from perfeval_lint.rule.model import Severity

if TYPE_CHECKING:
    from perfeval_lint.audit.spark.session import Cluster

MANY = 2_000_000  # rows of findings; more are written as CSV and JSON only when asked for, as that takes long
DATA = ("csv", "json")
_USUAL_MEMORY = 6


@dataclass(frozen=True, kw_only=True)
class AuditOptions(RuleOptions, ReportOptions):
    """The options of audit run."""

    paths: tuple[str, ...]
    lists: tuple[str, ...]
    out: str
    mapping: str | None
    previous: tuple[str, ...]
    jobs: int | None
    time_limit: float
    memory: int | None
    engine: str
    master: str | None
    archives: str | None
    conf: tuple[str, ...]
    fresh: bool
    resume: bool

    def given(self) -> tuple[str, ...]:
        """Returns the paths given and those of the lists; raises UsageError where there are none."""
        paths = (*self.paths, *(path for one in self.lists for path in listed(one)))
        if not paths:
            raise UsageError("没有写要审核的文件或目录；如 perfeval-lint audit 自评表目录 --out 审核结果")
        return paths

    def cluster(self) -> Cluster | None:
        """Returns the cluster, None for this machine; raises UsageError for options that do not fit together."""
        cluster = cluster_of(self.engine, self.master, self.archives, self.conf)
        if self.resume and cluster:
            raise UsageError("--engine spark 每次都从头审核，不能 --resume；要取代已有的结果请写 --fresh")
        if self.jobs and cluster:
            raise UsageError(
                "--jobs 只用于单机；--engine spark 时同时做几个任务由 executor 的核数定，"
                "如 --conf spark.executor.cores=4，请去掉 --jobs"
            )
        if self.resume and not (Path(self.out) / FILE_NAME).is_file():
            raise UsageError(f"{self.out} 里没有可以接着做的审核；去掉 --resume 重新开始")
        if self.resume and self.fresh:
            raise UsageError("--resume 和 --fresh 只能写一个")
        return cluster

    def request(self, given: tuple[str, ...], cluster: Cluster | None) -> Request:
        """Returns the request to audit the paths given; raises UsageError for a faulty mapping."""
        processes = 1 if cluster else self.jobs or os.cpu_count() or 1
        return Request(
            given,
            Path(self.out),
            Limits(processes, self.time_limit),
            self.profile,
            self.overrides(),
            self.previous,
            read_mapping(Path(self.mapping)) if self.mapping else TableMapping(),
            f"{self.memory or (SPARK_MEMORY if cluster else _memory())}GB",
            self.fresh,
        )


def run(options: AuditOptions) -> int:
    """Audits, prints the summary, writes the reports; returns the exit status."""
    given = options.given()
    cluster = options.cluster()
    request = options.request(given, cluster)
    check_reports(options.names(), options.settings())
    console = open_console()
    try:
        with _audited(request, cluster) as database:
            return _print_results(console, database, options)
    except _InterruptedError:
        done = "输出目录和以前一样" if cluster else f"已经做完的留在 {options.out}；再运行一次同样的命令就接着做"
        console.print(f"已中断。{done}。")
        return 130


def _print_results(console: Console, database: duckdb.DuckDBPyConnection, options: AuditOptions) -> int:
    """Prints the summary and writes the reports; returns the exit status."""
    folder = Path(options.out)
    status, found = _summary(console, database, folder, options.failing())
    names = options.names()
    if found > MANY and not options.reports:
        names = tuple(name for name in names if name not in DATA)
        console.print(
            f"问题（连同归在别的问题下面的）超过 {MANY} 条，没有写 CSV 和 JSON；"
            f"要的话运行 audit report --out {options.out} --report csv"
        )
    write_listed(console, database, folder, names, options.settings())
    return status


class _InterruptedError(Exception):
    """An audit was ended by Ctrl-C."""


@contextmanager
def _audited(request: Request, cluster: Cluster | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Audits on this machine or on a cluster; yields the results as an open database."""
    try:
        if cluster:
            run_spark(request, cluster)
        else:
            with AuditBars(Console(stderr=True, highlight=False)) as bars:
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


def _memory() -> int:
    """Returns the GB that an audit may use by default: six, or half of the machine's memory if that is less."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return _USUAL_MEMORY
    return max(1, min(_USUAL_MEMORY, whole // 2 // 2**30))


def _summary(
    console: Console, database: duckdb.DuckDBPyConnection, folder: Path, fail_on: Severity | None
) -> tuple[int, int]:
    """Prints the counts of files, forms and findings; returns the exit status and the number of rows of findings."""
    files = database.execute(
        "SELECT 状态, count(*), sum(表数) FROM 文件 WHERE NOT 往年 GROUP BY 状态 ORDER BY 状态"
    ).fetchall()
    if not files:
        console.print("没有找到可检查的文件（Word、Excel、PDF、网页、文本、YAML、数据表、压缩包）；请核对路径")
        return 2, 0
    counted = "，".join(f"{state} {number}" for state, number, _ in files)
    forms = sum(int(some or 0) for _, _, some in files)
    console.print(f"文件 {sum(number for _, number, _ in files)} 个（{counted}），自评表 {forms} 张")
    found = dict(
        database.execute(
            "SELECT 级别, count(*) FROM 问题 WHERE 豁免 IS NULL AND 主问题 IS NULL GROUP BY 级别"
        ).fetchall()
    )
    words = "，".join(f"{SEVERITY[one]} {found.get(str(one), 0)}" for one in Severity)
    ((waived, number),) = database.execute(
        "SELECT count(*) FILTER (豁免 IS NOT NULL AND 主问题 IS NULL), count(*) FROM 问题"
    ).fetchall()
    console.print(f"问题：{words}{f'，豁免 {waived}' if waived else ''}")
    console.print(f"结果在 {printable(str(folder))}：")
    if any(state not in (READ, REPEATED) for state, _, _ in files):
        return 2, number
    ranks = [one.rank for one in Severity if found.get(str(one), 0)]
    return int(fail_on is not None and any(rank <= fail_on.rank for rank in ranks)), number
