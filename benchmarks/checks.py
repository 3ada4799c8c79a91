"""Measures the same checks over the same forms by this tool and by what people would take instead; prints the tables.

One run on one machine, every side in turn. From YAML files: the whole process, held to one core, in processor seconds.
Check only: processor seconds of the check alone, the data being in memory as columns (as documents where a tool takes
no columns). One file: the whole process by the clock, on all cores.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from peers import Peer, python_of
from rivals import (
    cel,
    check_jsonschema,
    dataframely,
    frictionless,
    great_expectations,
    pandera,
    pointblank,
    saxonche,
    spectral,
    this_tool,
    vtlengine,
    zen,
)
from rivals.common import RULES, Violation

HERE = Path(__file__).resolve().parent
TOOL = "perfeval-lint"
EVERY = "perfeval-lint, all rules"
RIVALS = {
    "Spectral": spectral,
    "check-jsonschema": check_jsonschema,
    "great_expectations": great_expectations,
    "pandera": pandera,
    "pointblank": pointblank,
    "dataframely": dataframely,
    "frictionless": frictionless,
    "vtlengine": vtlengine,
    "saxonche": saxonche,
    "CEL": cel,
    "zen-engine": zen,
}
LEFT_OUT = {
    "cdisc-rules-engine": "what it needs does not build for Python 3.11 (version 0.9.2), and its rules are about data "
    "sets laid out by CDISC's standards",
}
_AGREE = {"yes", "code", "joined"}


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: seconds by the clock and of the processor, peak memory in MiB, and what it printed."""

    wall: float
    cpu: float
    memory: float
    printed: Path


@dataclass(slots=True)
class Side:
    """One tool and what was measured of it. `programs` is the folder of its environment's programs."""

    name: str
    module: ModuleType
    programs: Path
    whole: list[Run] = field(default_factory=list)
    check: list[Run] = field(default_factory=list)
    one: list[Run] = field(default_factory=list)
    error: str = ""

    @property
    def takes_columns(self) -> bool:
        """Whether it checks columns rather than documents."""
        return hasattr(self.module, "from_columns")


@dataclass(frozen=True, slots=True)
class Data:
    """The folders of a run: the forms as files and as columns, one form alone, and a place for what is printed."""

    files: Path
    columns: Path
    one: Path
    out: Path


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=1000)
    parser.add_argument(
        "--runs", type=int, default=3, help="counted runs of each side; three times as many of one file"
    )
    parser.add_argument("--only", nargs="+", choices=RIVALS, default=list(RIVALS))
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "perfeval-bench-peers")
    options = parser.parse_args()
    sides = list(_sides(options.venvs, options.only))
    with tempfile.TemporaryDirectory() as name:
        data = _make(Path(name), options.forms)
        for _ in range(options.runs):
            for side in sides:
                _measure(side, data)
        _print_times(sides, options.forms)
        _print_agreement(sides)
    _print_expressed([side for side in sides if side.name != EVERY])
    for name, reason in LEFT_OUT.items():
        print(f"\nLeft out: {name}: {reason}.")


def _sides(venvs: Path, only: Sequence[str]) -> Iterator[Side]:
    """This tool twice, then every rival that can be installed."""
    own = Path(sys.executable).parent
    yield Side(TOOL, this_tool, own)
    yield Side(EVERY, this_tool, own)
    for name in only:
        programs = _installed(RIVALS[name], venvs)
        if programs is not None:
            yield Side(name, RIVALS[name], programs)


def _installed(module: ModuleType, venvs: Path) -> Path | None:
    """The programs of a rival's environment, made where it is not there; None where it cannot be installed."""
    name = module.__name__.rpartition(".")[2]
    if not module.REQUIRES[0].startswith("@"):
        python = python_of(Peer(name, module.REQUIRES, ()), venvs)
        return None if python is None else Path(python).parent
    programs = venvs / name / "node_modules" / ".bin"
    npm = shutil.which("npm")
    if not programs.exists() and npm:
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", venvs / name, *module.REQUIRES]
        subprocess.run(command, check=False)
    if not programs.exists():
        print(f"{name} cannot be installed here and is left out", file=sys.stderr)
        return None
    return programs


def _make(folder: Path, forms: int) -> Data:
    """The forms of a run, written by a process of its own: what this one holds would count as its children's memory."""
    data = Data(folder / "files", folder / "columns", folder / "one", folder / "out")
    make = "import sys; from pathlib import Path; from columns import write_columns; from forms import write_forms; "
    make += "write_forms(Path(sys.argv[1]), int(sys.argv[3])); write_columns(*map(Path, sys.argv[1:3]))"
    subprocess.run([sys.executable, "-c", make, data.files, data.columns, str(forms)], check=True, cwd=HERE)
    data.one.mkdir()
    data.out.mkdir()
    shutil.copy(next(iter(sorted(data.files.rglob("*.yaml")))), data.one)
    return data


# --- measuring ------------------------------------------------------------------------------------


def _measure(side: Side, data: Data) -> None:
    """One more run of everything a side can do; a side that fails is not run again."""
    if side.error:
        return
    try:
        side.whole.append(_run(_command(side, data.files, data), data, one_core=True))
        if hasattr(side.module, "check"):
            folder, source = (data.columns, "columns") if side.takes_columns else (data.files, "files")
            side.check.append(_run(_worker(side, folder, source), data, one_core=True))
        side.one += [_run(_command(side, data.one, data), data, one_core=False) for _ in range(3)]
    except ChildProcessError as error:
        side.error = str(error)


def _command(side: Side, folder: Path, data: Data) -> list[str]:
    """The command that checks the YAML files of a folder."""
    if not hasattr(side.module, "command"):
        return _worker(side, folder, "files")
    command = side.module.command(side.programs, folder, data.out)
    assert isinstance(command, list)
    return [part for part in command if not part.startswith("--select")] if side.name == EVERY else command


def _worker(side: Side, folder: Path, source: str) -> list[str]:
    module = side.module.__name__.rpartition(".")[2]
    every = ["every"] if side.name == EVERY else []
    return [str(side.programs / "python"), str(HERE / "rival.py"), module, str(folder), source, *every]


def _run(command: Sequence[str], data: Data, *, one_core: bool) -> Run:
    """Runs a command to its end, its output kept in a file; raises ChildProcessError where there is none."""

    def hold() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    printed = data.out / f"{len(list(data.out.iterdir()))}.json"
    held = hold if one_core and hasattr(os, "sched_setaffinity") else None
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    with printed.open("wb") as file, (data.out / "errors").open("wb") as errors:
        process = subprocess.Popen(command, stdout=file, stderr=errors, preexec_fn=held, env=environment, cwd=data.out)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if not printed.stat().st_size:
        said = (data.out / "errors").read_text("utf-8", "replace").strip().splitlines()
        raise ChildProcessError(said[-1] if said else f"ended with status {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


# --- printing -------------------------------------------------------------------------------------


def _print_times(sides: Sequence[Side], forms: int) -> None:
    """Medians, and how many times what this tool needs with the same rules."""
    print(f"{forms} forms.\n")
    print("| from YAML files | s | times the tool's | forms a second | MiB |\n| --- | --- | --- | --- | --- |")
    tool = sides[0]
    for side in sides:
        if side.error:
            print(f"| {side.name} | {side.error} | | | |")
            continue
        seconds = _median(side.whole)
        memory = statistics.median(run.memory for run in side.whole)
        ratio = seconds / _median(tool.whole)
        print(f"| {side.name} | {seconds:.2f} | {ratio:.2f} | {forms / seconds:.0f} | {memory:.0f} |")
    print("\n| check only | s | times the tool's | data |\n| --- | --- | --- | --- |")
    for side in sides:
        if side.check and not side.error:
            seconds = _check_seconds(side)
            data = "columns" if side.takes_columns else "documents"
            print(f"| {side.name} | {seconds:.3f} | {seconds / _check_seconds(tool):.2f} | {data} |")
    print("\n| one file | least, s | median, s | times the tool's |\n| --- | --- | --- | --- |")
    for side in sides:
        if not side.error:
            walls = [run.wall for run in side.one]
            middle = statistics.median(walls)
            ratio = middle / statistics.median(run.wall for run in tool.one)
            print(f"| {side.name} | {min(walls):.3f} | {middle:.3f} | {ratio:.2f} |")


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.cpu for run in runs)


def _check_seconds(side: Side) -> float:
    return statistics.median(float(_answer(run)["seconds"]) for run in side.check)


def _answer(run: Run) -> dict[str, object]:
    """What rival.py printed; a tool may print lines of its own before."""
    found = json.loads(run.printed.read_text("utf-8").splitlines()[-1])
    assert isinstance(found, dict)
    return found


def _found(side: Side) -> list[Violation]:
    run = side.whole[-1]
    if hasattr(side.module, "violations"):
        return list(side.module.violations(run.printed.read_text("utf-8")))
    return _violations(run)


def _violations(run: Run) -> list[Violation]:
    found = _answer(run)["violations"]
    assert isinstance(found, list)
    return [(int(form), str(name), int(row)) for form, name, row in found]


def _print_agreement(sides: Sequence[Side]) -> None:
    """How many of this tool's findings each side has, of the rules it expresses, and where it differs."""
    wanted = set(_found(sides[0]))
    print(
        "\n| the same findings | rules | of the tool's | missing | more | where |\n| --- | --- | --- | --- | --- | --- |"
    )
    for side in sides:
        if side.name == EVERY or side.error:
            continue
        able = {rule for rule in RULES if side.module.EXPRESSES[rule] in _AGREE}
        own = {violation for violation in wanted if violation[1].split()[0] in able}
        answers = {"": _found(side)}
        if side.takes_columns:
            answers[", columns"] = _violations(side.check[-1])
        for source, found in answers.items():
            _print_difference(f"{side.name}{source}", len(able), own, set(found))


def _print_difference(name: str, able: int, own: set[Violation], found: set[Violation]) -> None:
    missing, more = own - found, found - own
    where = Counter(violation[1] for violation in missing | more)
    places = ", ".join(f"{check} {count}" for check, count in sorted(where.items()))
    print(f"| {name} | {able} | {len(own & found)} of {len(own)} | {len(missing)} | {len(more)} | {places} |")


def _print_expressed(sides: Sequence[Side]) -> None:
    """What each side can express, and why not."""
    print(f"\n| expressed | {' | '.join(RULES)} |\n| --- |{' --- |' * len(RULES)}")
    for side in sides:
        cells = [side.module.EXPRESSES[rule].partition(":")[0] for rule in RULES]
        print(f"| {side.name} | {' | '.join(cells)} |")
    print()
    for side in sides:
        for rule in RULES:
            answer, _, reason = side.module.EXPRESSES[rule].partition(": ")
            if reason:
                print(f"- {side.name}, {rule}: {answer}, {reason}.")


if __name__ == "__main__":
    main()
