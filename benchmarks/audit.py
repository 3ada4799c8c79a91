"""Measures the bulk audit as a whole process, at growing sizes, against the floors: `audit.py [--tables …] [--yaml …]`.

Tables: forms in the budget system's export as Parquet, against DuckDB scanning the same columns once (sums of numbers,
lengths of texts). YAML: canonical files, against libyaml (PyYAML's C parser) composing the same files in as many
processes. Of the reports the page is written; how long the others take depends on the findings alone. Seconds are the
clock's; memory is the most that all processes of a run held at one time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from big import write_big
from forms import write_forms

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
SCAN = """
import sys, duckdb
database = duckdb.connect(config={"threads": int(sys.argv[2])})
for (path,) in database.execute("SELECT file FROM glob(?)", [sys.argv[1] + "/*.parquet"]).fetchall():
    columns = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    items = [
        f'sum(length("{name}"))' if kind == "VARCHAR" else f'sum(CAST("{name}" AS DOUBLE))'
        for name, kind, *_ in columns
    ]
    database.execute(f"SELECT {', '.join(items)} FROM read_parquet(?)", [path]).fetchall()
"""
COMPOSE = """
import sys, pathlib, yaml
from concurrent.futures import ProcessPoolExecutor
def compose(path):
    yaml.compose(path.read_bytes(), Loader=yaml.CSafeLoader)
if __name__ == "__main__":
    paths = sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml"))
    with ProcessPoolExecutor(int(sys.argv[2])) as pool:
        for _ in pool.map(compose, paths, chunksize=200):
            pass
"""


DataSet = tuple[int, int, Path]  # which function wrote it, how many forms, the folder


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run: seconds by the clock and of the processors, and the most memory in MiB."""

    wall: float
    cpu: float
    memory: float


def measure(command: Sequence[str]) -> Run:
    """Runs a command to its end; raises where it fails."""
    begin = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=environment
    )
    most = [0.0]
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, most, ended))
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    ended.set()
    watcher.join()
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return Run(wall, usage.ru_utime + usage.ru_stime, max(most[0], usage.ru_maxrss / 1024))


def _watch(session: int, most: list[float], ended: threading.Event) -> None:
    """Adds up what the processes of a session hold, five times a second."""
    while not ended.wait(0.2):
        most[0] = max(
            most[0], sum(_held(entry.name, session) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        )


def _held(process: str, session: int) -> float:
    try:
        fields = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
        return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if int(fields[3]) == session else 0.0
    except (OSError, ValueError, IndexError):
        return 0.0


def compare(name: str, folder: Path, floor: str, forms: int, runs: int) -> None:
    """Audits a folder and runs the floor over it in turn, and prints the best of each."""
    out = folder.parent / "out"
    audit = [sys.executable, "-m", "perfeval_lint", "audit", str(folder), "--out", str(out), "--jobs", str(CORES)]
    audit += ["--report", "html"]
    script = folder.parent / "floor.py"
    script.write_text(floor, "utf-8")
    ours: list[Run] = []
    base: list[Run] = []
    for _ in range(runs):
        shutil.rmtree(out, ignore_errors=True)
        base.append(measure([sys.executable, str(script), str(folder), str(CORES)]))
        ours.append(measure([*audit, "--fail-on", "never"]))
    one, other = min(ours, key=lambda run: run.wall), min(base, key=lambda run: run.wall)
    size = sum(path.stat().st_size for path in out.iterdir() if path.is_file()) / 2**20
    cells = [f"{forms:,}", f"{one.wall:.1f}", f"{other.wall:.2f}", f"{one.wall / other.wall:.1f}"]
    cells += [f"{one.cpu:.1f}", f"{one.wall / forms * 1000:.2f}", f"{one.memory:,.0f}", f"{size:,.0f}"]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def data_sets(folder: Path, sizes: Sequence[tuple[Callable[[Path, int], object], list[int]]]) -> Iterator[DataSet]:
    """Folders of forms, each what a function writes, in so many sizes; those that are there are used again."""
    for number, (write, some) in enumerate(sizes):
        for forms in some:
            data = folder / f"{write.__name__}-{forms}" / "forms"
            if not data.is_dir():
                write(data, forms)
            yield number, forms, data


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="forms as Parquet")
    parser.add_argument("--yaml", type=int, nargs="*", default=[1_000, 10_000], help="forms as YAML files")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the generated forms, to be used again")
    options = parser.parse_args()
    print("| what | forms | audit, s | floor, s | ratio | audit cpu, s | ms a form | audit, MiB | results, MiB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        floors = (("tables / scan", SCAN), ("YAML / libyaml compose", COMPOSE))
        for kind, forms, data in data_sets(folder, ((write_big, options.tables), (write_forms, options.yaml))):
            name, floor = floors[kind]
            compare(name, data, floor, forms, options.runs)


if __name__ == "__main__":
    main()
