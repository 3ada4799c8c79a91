"""Measures conversion, files of every kind to forms, beside the converters people would take instead.

All in one run, each process held to one core: files a second (pages for PDF) after a warm-up, peak memory, and how
many cells of the forms come out right. Every process converts each file once; the best of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cells import cells_of_form, right
from made import example_forms, made_forms
from papers import KINDS, Kind, write_papers
from peers import PEERS, python_of
from tables import cells_of_rows, markdown_rows

from perfeval_lint.form.model import Form, to_plain

HERE = Path(__file__).resolve().parent
WARM_UP = 5


@dataclass(slots=True)
class Result:
    """What a converter did with the files of a kind; `rate` is the best of its rounds."""

    rate: float = 0.0
    memory: float = 0.0
    answers: list[Any] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """The files of one run: `forms` in the order of the files, `pages` of each PDF."""

    folder: Path
    warm_up: Path
    forms: Sequence[Form]
    pages: Sequence[int]
    seconds: float

    def work(self, python: str, converter: str, kind: Kind) -> dict[str, Any]:
        """One process of worker.py on one core."""

        def hold() -> None:
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

        places = (self.warm_up / kind.folder, self.folder / kind.folder)
        command = [python, str(HERE / "worker.py"), converter, *map(str, places), str(self.seconds)]
        environment = os.environ | {"PYTHONPATH": str(HERE.parent / "lint"), "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(
            command,
            preexec_fn=hold if hasattr(os, "sched_setaffinity") else None,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        lines = done.stdout.decode().splitlines()
        found = json.loads(lines[-1]) if lines else {"error": f"ended with status {done.returncode}"}
        assert isinstance(found, dict)
        return found

    def add(self, result: Result, python: str, converter: str, kind: Kind) -> None:
        """One more round into a result."""
        if result.error:
            return
        found = self.work(python, converter, kind)
        if "error" in found:
            result.error = str(found["error"])
            return
        count = len(found["answers"])
        units = sum(self.pages[:count]) if kind.suffix == ".pdf" else count
        result.rate = max(result.rate, units / found["seconds"])
        result.memory = found["memory"]
        result.answers = found["answers"]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=60, help="generated forms, besides the five examples")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which the best counts")
    parser.add_argument("--seconds", type=float, default=20, help="time of a process, after which it stops")
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "perfeval-bench-peers")
    options = parser.parse_args()
    pythons = {peer.name: python_of(peer, options.venvs) for peer in PEERS}
    with tempfile.TemporaryDirectory() as name:
        folder, warm_up = Path(name, "files"), Path(name, "warm-up")
        forms = [*example_forms(), *made_forms(options.forms, seed=1)]
        kinds = write_papers(folder, forms)
        write_papers(warm_up, list(made_forms(WARM_UP, seed=2)))
        bench = Bench(folder, warm_up, forms, _pages(folder / "pdf"), options.seconds)
        _print(bench, kinds, pythons, options.rounds)


def _pages(folder: Path) -> list[int]:
    import pypdfium2

    return [len(pypdfium2.PdfDocument(path)) for path in sorted(folder.glob("*.pdf"))]


def _print(bench: Bench, kinds: Sequence[Kind], pythons: dict[str, str | None], rounds: int) -> None:
    counts = [len(form.records["绩效指标"]) for form in bench.forms]
    print(f"{len(counts)} forms of {statistics.mean(counts):.0f} indicators on average.", end=" ")
    missing = [kind.name for kind in KINDS if kind not in kinds]
    print(f"A PDF has {statistics.mean(bench.pages or [0]):.1f} pages.")
    print(f"\nLeft out, as soffice or pdftotext is not here: {', '.join(missing)}." if missing else "")
    results = {kind.name: _measure(bench, kind, pythons, rounds) for kind in kinds}
    print("| what | tool, a second | peer, a second | ratio | tool, MiB | peer, MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in kinds:
        _print_speed(kind, results[kind.name])
    print("\n| what | read, ms | recognise, ms |\n| --- | --- | --- |")
    for kind in kinds:
        _print_stages(kind, results[kind.name]["stages"])
    print("\n| cells right, % | forms | as they stand | moved rows put back |\n| --- | --- | --- | --- |")
    for kind in kinds:
        for converter, result in results[kind.name].items():
            if converter != "stages" and not result.error:
                _print_cells(kind, converter, result, bench.forms)


def _measure(bench: Bench, kind: Kind, pythons: dict[str, str | None], rounds: int) -> dict[str, Result]:
    """All converters of a kind in turn, round after round."""
    able = {peer.name: pythons[peer.name] for peer in PEERS if kind.suffix in peer.suffixes}
    runners = {"tool": sys.executable, "stages": sys.executable} | {name: to for name, to in able.items() if to}
    results = {name: Result() for name in runners}
    for _ in range(rounds):
        for name, python in runners.items():
            bench.add(results[name], python, name, kind)
    return results


def _print_speed(kind: Kind, results: dict[str, Result]) -> None:
    unit = "pages" if kind.suffix == ".pdf" else "files"
    tool = results["tool"]
    if tool.error:
        print(f"| {kind.name}, {unit} | {tool.error.split(':')[0]} | | | | |")
        return
    peers = {name: result for name, result in results.items() if name not in ("tool", "stages")}
    if not peers:
        print(f"| {kind.name}, {unit} | {tool.rate:.0f} | | | {tool.memory:.0f} | |")
    for name, peer in peers.items():
        first = f"| {kind.name}, {unit} / {name} | {tool.rate:.0f}"
        if peer.error:
            print(f"{first} | {peer.error.split(':')[0]} | | {tool.memory:.0f} | |")
        else:
            ratio = f"{tool.rate / peer.rate:.1f}"
            print(f"{first} | {peer.rate:.1f} | {ratio} | {tool.memory:.0f} | {peer.memory:.0f} |", flush=True)


def _print_stages(kind: Kind, result: Result) -> None:
    """Medians of the last round, a file."""
    if result.error:
        print(f"| {kind.name} | {result.error.split(':')[0]} | |")
        return
    read, recognise = (statistics.median(times) * 1000 for times in zip(*result.answers, strict=True))
    print(f"| {kind.name} | {read:.1f} | {recognise:.1f} |")


def _print_cells(kind: Kind, converter: str, result: Result, forms: Sequence[Form]) -> None:
    shares = []
    for helped in (False, True):
        pairs = [
            right(cells_of_form(to_plain(form)), _cells(answer, converter, helped=helped))
            for form, answer in zip(forms, result.answers, strict=False)
        ]
        shares.append(100 * sum(hits for hits, _ in pairs) / sum(count for _, count in pairs))
    print(f"| {kind.name} / {converter} | {len(result.answers)} | {shares[0]:.2f} | {shares[1]:.2f} |")


def _cells(answer: Any, converter: str, *, helped: bool) -> Any:
    if converter == "tool":
        return cells_of_form(answer[0]) if answer else {}
    rows = list(markdown_rows(answer)) if isinstance(answer, str) else answer
    return cells_of_rows(rows, helped=helped)


if __name__ == "__main__":
    main()
