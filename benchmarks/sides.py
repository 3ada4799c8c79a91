"""The tools that checks.py compares, their environments, and how one run of each is measured."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
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

HERE = Path(__file__).resolve().parent
TOOL = "perfeval-lint"
EVERY = "perfeval-lint, all rules"
OTHERS = 20  # forms to warm up with
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
    """The folders of a run: `files` and `columns` of the forms and of a few others to warm up, `one` with a single
    file, `out` for what is printed."""

    root: Path

    @property
    def one(self) -> Path:
        """A folder of one file."""
        return self.root / "one"

    @property
    def out(self) -> Path:
        """Where tools are run and what they print is kept."""
        return self.root / "out"

    def forms(self, *, columns: bool) -> Path:
        """The forms to check."""
        return self.root / ("columns" if columns else "files")

    def others(self, *, columns: bool) -> Path:
        """A few others."""
        return self.root / ("other-columns" if columns else "other-files")


def sides_of(venvs: Path, only: Sequence[str]) -> Iterator[Side]:
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


def make_data(root: Path, forms: int) -> Data:
    """The forms of a run, written by other processes: what this one holds would count as its children's memory."""
    data = Data(root)
    make = "import sys; from pathlib import Path; from columns import write_columns; from forms import write_forms; "
    make += "write_forms(Path(sys.argv[1]), *map(int, sys.argv[3:])); write_columns(*map(Path, sys.argv[1:3]))"
    for place, count, seed in ((data.forms, forms, 1), (data.others, OTHERS, 2)):
        arguments = [place(columns=False), place(columns=True), str(count), str(seed)]
        subprocess.run([sys.executable, "-c", make, *arguments], check=True, cwd=HERE)
    data.one.mkdir()
    data.out.mkdir()
    shutil.copy(min(data.forms(columns=False).rglob("*.yaml")), data.one)
    return data


def warm_up(side: Side, data: Data) -> None:
    """Runs a side once on one file, uncounted: what it compiles and keeps on its first run is there for the others."""
    try:
        _run(_command(side, data.one, data), data, one_core=False)
    except ChildProcessError as error:
        side.error = str(error)


def measure(side: Side, data: Data) -> None:
    """One more run of everything a side can do; a side that fails is not run again."""
    if side.error:
        return
    try:
        side.whole.append(_run(_command(side, data.forms(columns=False), data), data, one_core=True))
        if hasattr(side.module, "check"):
            side.check.append(_run(_check_command(side, data), data, one_core=True))
        side.one += [_run(_command(side, data.one, data), data, one_core=False) for _ in range(3)]
    except ChildProcessError as error:
        side.error = str(error)


def _command(side: Side, folder: Path, data: Data) -> list[str]:
    """The command that checks the YAML files of a folder."""
    if not hasattr(side.module, "command"):
        return _rival(side, folder)
    command = side.module.command(side.programs, folder, data.out)
    assert isinstance(command, list)
    return [part for part in command if not part.startswith("--select")] if side.name == EVERY else command


def _check_command(side: Side, data: Data) -> list[str]:
    """The command that times the check alone."""
    columns = side.takes_columns
    options = ["--columns"] if columns else []
    options += ["--every"] if side.name == EVERY else []
    return [*_rival(side, data.forms(columns=columns)), *options, "--warm-up", str(data.others(columns=columns))]


def _rival(side: Side, folder: Path) -> list[str]:
    module = side.module.__name__.rpartition(".")[2]
    return [str(side.programs / "python"), str(HERE / "rival.py"), module, str(folder)]


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
