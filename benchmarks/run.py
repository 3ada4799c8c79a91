"""Measures this tool against its floors, all in one run on one machine, and prints a table.

One form: the whole process against a bare interpreter that imports the same libraries.
Bulk: canonical YAML files linted with all rules against libyaml (PyYAML's C parser) composing the same files, both
held to one core. Times are medians of alternating runs; memory is the peak resident size of the process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forms import EXAMPLES, write_forms

BARE = "import yaml, click, duckdb, rich.console"
COMPOSE = """
import sys, pathlib, yaml
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml")):
    yaml.compose(path.read_bytes(), Loader=yaml.CSafeLoader)
"""
TOOL = [sys.executable, "-m", "perfeval_lint", "--fail-on", "never"]


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: wall and processor seconds, peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


def measure(command: Sequence[str], *, one_core: bool) -> Run:
    """Runs a command to its end with its output thrown away; raises where it fails."""

    def hold() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    begin = time.perf_counter()
    held = hold if one_core and hasattr(os, "sched_setaffinity") else None
    # Compiled modules are kept, as they are for every user.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=held, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(name: str, tool: Sequence[str], floor: Sequence[str], runs: int, *, one_core: bool) -> None:
    """Runs both in turn and prints medians and the median of the ratios pair by pair."""
    measure(tool, one_core=one_core), measure(floor, one_core=one_core)
    pairs = [(measure(tool, one_core=one_core), measure(floor, one_core=one_core)) for _ in range(runs)]
    ratio = statistics.median(ours.wall / base.wall for ours, base in pairs)
    ours = _median([pair[0] for pair in pairs])
    base = _median([pair[1] for pair in pairs])
    cells = [f"{ours.wall:.3f}", f"{base.wall:.3f}", f"{ratio:.2f}", f"{ours.cpu:.3f}", f"{base.cpu:.3f}"]
    print(f"| {name} | {' | '.join(cells)} | {ours.memory:.0f} | {base.memory:.0f} |", flush=True)


def _median(runs: Sequence[Run]) -> Run:
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in Run.__slots__))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 4000], help="sizes of the bulk runs")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each pair")
    options = parser.parse_args()
    print("| what | tool, s | floor, s | ratio | tool cpu, s | floor cpu, s | tool, MiB | floor, MiB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    one = str(sorted(EXAMPLES.glob("*.yaml"))[0])
    bare = [sys.executable, "-c", BARE]
    compare("one form / bare imports", [*TOOL, one], bare, 3 * options.runs, one_core=False)
    for count in options.files:
        with tempfile.TemporaryDirectory() as folder:
            write_forms(Path(folder), count)
            tool = [*TOOL, "--statistics", folder]
            floor = [sys.executable, "-c", COMPOSE, folder]
            compare(f"{count} YAML files / libyaml compose", tool, floor, options.runs, one_core=True)


if __name__ == "__main__":
    main()
