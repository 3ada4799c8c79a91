"""Measures the bulk audit on a Spark cluster of this machine against the embedded engine: `spark.py [--tables …] …`.

A standalone master and workers of one core each run as processes of their own on the loopback address. For each set of
forms: the embedded engine on as many cores as there are, then clusters of so many workers; their findings and outcomes
are compared row by row. Seconds are the clock's, from the command to the results, without reports; `judging` is what
the reading and judging of it took, without starting, comparing and writing. Memory is the most that the workers'
processes held at one time.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from big import write_big
from forms import write_forms

from audit import CORES, data_sets
from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.spark.engine import run_on_spark
from perfeval_lint.audit.spark.session import Cluster
from perfeval_lint.audit.store.results import attach, is_results
from perfeval_lint.sql.text import literal

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.spark.cluster import cluster

YEAR = 2026
COMPARED = {"问题": "表号", "未判": "表号", "结果": "表号", "评分": "表号", "原.指标": "表号"}


class Quiet:
    """Watches an embedded run without a word."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


class Phases:
    """Notes when each phase of a run on Spark began."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    @contextlib.contextmanager
    def watch(self, spark: Any) -> Iterator[None]:
        """For run_on_spark."""
        context = spark.sparkContext
        say = context.setJobDescription

        def told(words: str) -> None:
            self.began.setdefault(words, time.perf_counter())
            say(words)

        context.setJobDescription = told
        yield
        self.began["完"] = time.perf_counter()

    def seconds(self, words: str) -> float:
        """How long a phase took."""
        ordered = [*self.began.items()]
        at = [name for name, _ in ordered].index(words)
        return ordered[at + 1][1] - ordered[at][1]


def audited(data: Path, out: Path) -> float:
    """Seconds of the embedded engine."""
    begin = time.perf_counter()
    run_audit(Request((str(data),), out, Limits(CORES), year=YEAR), Quiet()).close()
    return time.perf_counter() - begin


def on_spark(data: Path, out: Path, workers: int, memory: str, logs: Path) -> tuple[float, float, float]:
    """Seconds of a run on so many workers, those of its judging, and the most MiB the workers held."""
    with cluster(logs, workers=workers, memory=memory) as running:
        reached = Cluster(running.url, conf=(("spark.executor.memory", "2g"),))
        phases, most, ended = Phases(), [0.0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(str(logs).encode(), most, ended))
        watcher.start()
        begin = time.perf_counter()
        run_on_spark(Request((str(data),), out, Limits(1), year=YEAR, memory="1GB"), reached, phases.watch)
        seconds = time.perf_counter() - begin
        ended.set()
        watcher.join()
    return seconds, phases.seconds("读取和审核"), most[0]


def _watch(mark: bytes, most: list[float], ended: threading.Event) -> None:
    """Adds up what the processes hold that work in the cluster's folders, twice a second."""
    while not ended.wait(0.5):
        held = 0.0
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                if mark in bytes(process.joinpath("cwd").readlink()):
                    pages = int(process.joinpath("statm").read_text().split()[1])
                    held += pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        most[0] = max(most[0], held)


def differences(one: Path, other: Path) -> int:
    """Rows that are in one of the results only, told by file and place in it."""
    found = 0
    with duckdb.connect(config={"temp_directory": str(other / ".cmp")}) as database:
        for alias, out in (("一", one), ("二", other)):
            if is_results(out):
                attach(database, out, alias)
            else:
                database.execute(f"ATTACH {literal(str(out / 'audit.duckdb'))} AS {alias} (READ_ONLY)")
        for table in COMPARED:
            rows = [_rows(alias, table) for alias in ("一", "二")]
            hashed = [f"SELECT hash(r) AS h, count(*) AS n FROM ({select}) r GROUP BY h" for select in rows]
            ((count,),) = database.execute(
                f"SELECT coalesce(sum(abs(coalesce(a.n, 0) - coalesce(b.n, 0))), 0)::BIGINT "
                f"FROM ({hashed[0]}) a FULL JOIN ({hashed[1]}) b USING (h)"
            ).fetchall()
            found += count
    return found


def _rows(alias: str, table: str) -> str:
    names = f"SELECT t.表号, f.文件, t.序号 FROM {alias}.原.表 t JOIN {alias}.文件 f USING (文件号)"
    return f"SELECT n.文件, n.序号, x.* EXCLUDE (表号) FROM {alias}.{table} x JOIN ({names}) n USING (表号)"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, nargs="*", default=[10_000], help="forms as Parquet")
    parser.add_argument("--yaml", type=int, nargs="*", default=[1_000], help="forms as YAML files")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2], help="workers of one core each")
    parser.add_argument("--memory", default="6g", help="of a worker")
    parser.add_argument("--keep", type=Path, help="a folder for the generated forms, to be used again")
    options = parser.parse_args()
    print("| what | forms | engine | s | judging, s | ms a form | workers, MiB | rows that differ |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        for number, forms, data in data_sets(folder, ((write_big, options.tables), (write_forms, options.yaml))):
            kind = ("tables", "YAML")[number]
            out = data.parent / "embedded"
            shutil.rmtree(out, ignore_errors=True)
            seconds = audited(data, out)
            each = f"{seconds / forms * 1000:.2f}"
            print(f"| {kind} | {forms:,} | embedded, {CORES} cores | {seconds:.1f} | | {each} | | |", flush=True)
            for workers in options.workers:
                other = data.parent / f"spark{workers}"
                shutil.rmtree(other, ignore_errors=True)
                logs = Path(temporary) / f"cluster{workers}"
                whole, judging, held = on_spark(data, other, workers, options.memory, logs)
                cells = [f"{whole:.1f}", f"{judging:.1f}", f"{whole / forms * 1000:.2f}", f"{held:,.0f}"]
                name = f"Spark, {workers} worker{'s' if workers > 1 else ''}"
                told = f"{kind} | {forms:,} | {name} | {' | '.join(cells)} | {differences(out, other)}"
                print(f"| {told} |", flush=True)


if __name__ == "__main__":
    main()
