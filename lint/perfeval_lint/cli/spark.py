"""A bulk audit on a Spark cluster: its options, and its progress bars."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import TaskID, TimeElapsedColumn

from perfeval_lint.audit.run.engine import Request
from perfeval_lint.cli.bars import Bars
from perfeval_lint.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from perfeval_lint.audit.spark.session import Cluster

_SPARK = "spark"
MEMORY = 1  # GB of DuckDB in a task, without --memory


def cluster_of(engine: str, master: str | None, archives: str | None, conf: tuple[str, ...]) -> Cluster | None:
    """Returns the cluster of the options, None for this machine; raises UsageError where they do not fit together."""
    if engine != _SPARK:
        given = {"--master": master, "--archives": archives, "--conf": conf}
        named = "、".join(name for name, value in given.items() if value)
        if named:
            raise UsageError(f"{named} 只用于 Spark；请加 --engine spark，或去掉它")
        return None
    if not master:
        raise UsageError("--engine spark 要写 --master，如 --master spark://主机:7077 或 --master yarn")
    pairs = []
    for one in conf:
        name, sign, value = one.partition("=")
        if not sign or not name.startswith("spark."):
            raise UsageError(f"--conf 写的是“{one}”；应是 spark.名字=值，如 spark.executor.memory=8g")
        pairs.append((name, value))
    from perfeval_lint.audit.spark.session import Cluster

    return Cluster(master, archives, tuple(pairs))


def run_spark(request: Request, cluster: Cluster) -> None:
    """Audits on a cluster and shows the progress."""
    from perfeval_lint.audit.spark.engine import run_on_spark

    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        console.print(f"正在连接 {cluster.master} …")
    run_on_spark(request, cluster, lambda spark: _shown(console, spark))


@contextmanager
def _shown(console: Console, spark: SparkSession) -> Iterator[None]:
    """Shows a bar for each phase while the block runs; where the output goes to a file, a line every half a minute."""
    from perfeval_lint.audit.spark.progress import progress

    bars = Bars(console, TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}

    def show(words: str, done: int, every: int, failed: int) -> None:
        if words not in tasks:
            for other in tasks.values():
                bars.stop_task(other)
            tasks[words] = bars.add_task(words, total=every, beside="")
        again = f"{failed} 个任务重做" if failed else ""
        bars.update(tasks[words], completed=done, total=every, beside=again)
        if bars.is_line_due():
            console.print(f"{words} {done}/{every}{'，' + again if again else ''}")

    with bars, progress(spark, show):
        yield
