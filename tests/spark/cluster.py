"""A real standalone cluster on this machine: a master and workers, each a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from perfeval_lint.audit.spark.preflight import check_java, check_packages
from perfeval_lint.errors import UsageError

WORKER = "org.apache.spark.deploy.worker.Worker"
MASTER = "org.apache.spark.deploy.master.Master"
# Spark's JVMs live for seconds here: what a second compiler and parallel collectors prepare for never comes.
BRIEF = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
JVMS = (("spark.driver.extraJavaOptions", BRIEF), ("spark.executor.extraJavaOptions", BRIEF))
SMALL = (("spark.executor.memory", "512m"), *JVMS)  # Spark's least is 450 MB
ONE = (*SMALL, ("spark.cores.max", "1"))  # one executor, whatever workers there are
_START = 300.0  # seconds for a JVM on a busy machine


def missing() -> str:
    """What Spark needs and this machine has not, in words; "" where it can run."""
    try:
        check_packages()
        check_java()
    except UsageError as error:
        return str(error)
    return ""


def spark_home() -> Path:
    """The Spark inside the installed pyspark."""
    import pyspark

    return Path(pyspark.__file__).parent


def bare_environment() -> dict[str, str]:
    """An environment in which nothing of ours is found: the system's programs, and Java. Workers throw away what
    applications that have ended left."""
    kept = {name: os.environ[name] for name in ("JAVA_HOME", "LANG") if name in os.environ}
    cleaning = {"enabled": "true", "interval": "60", "appDataTtl": "60"}
    options = " ".join(f"-Dspark.worker.cleanup.{name}={value}" for name, value in cleaning.items())
    daemons = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_WORKER_OPTS": options, "SPARK_DAEMON_JAVA_OPTS": BRIEF}
    return {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **daemons, **kept}


@dataclass(slots=True)
class Running:
    """A master and its workers; `url` is what --master takes."""

    folder: Path
    home: Path
    environment: Mapping[str, str]
    url: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _all: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_master(self) -> None:
        """Starts the master on a free port and waits for its address."""
        process, log = self._start("master", MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        self.url = _awaited(process, log, r"Starting Spark master at (spark://\S+)")

    def start_worker(self, cores: int, memory: str) -> None:
        """Starts a worker and waits until the master knows it."""
        name = f"worker{len(self.workers)}"
        work = str(self.folder / name)
        options = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", str(cores), "--memory", memory]
        process, log = self._start(name, WORKER, *options, "--work-dir", work, self.url)
        self.workers.append(process)
        _awaited(process, log, r"Successfully registered with (master)")

    def kill_worker(self, number: int) -> None:
        """Kills a worker and its executors at once, as a power cut would."""
        _kill(self.workers[number])

    def kill_master(self) -> None:
        """Kills the master at once."""
        _kill(self._all[0])

    def kill_all(self) -> None:
        """Ends every process. Their logs stay; what they unpacked goes, a quarter of a gigabyte an application."""
        for process in reversed(self._all):
            _kill(process)
        for left in (self.folder / "local", *self.folder.glob("worker*/app-*/*/*/")):
            shutil.rmtree(left, ignore_errors=True)

    def _start(self, name: str, role: str, *options: str) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{name}.log"
        environment = {**self.environment, "SPARK_HOME": str(self.home), "SPARK_LOCAL_DIRS": str(self.folder / "local")}
        command = [str(self.home / "bin" / "spark-class"), role, *options]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=environment,
                cwd=self.folder,
                start_new_session=True,
            )
        self._all.append(process)
        return process, log


@contextmanager
def cluster(
    folder: Path,
    workers: int = 1,
    *,
    cores: int = 1,
    memory: str = "1g",
    environment: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Iterator[Running]:
    """A cluster for the time of the block, its logs and work folders in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Running(folder, home or spark_home(), environment or bare_environment())
    try:
        running.start_master()
        for _ in range(workers):
            running.start_worker(cores, memory)
        yield running
    finally:
        running.kill_all()


def waited_for(happened: Callable[[], bool], seconds: float = _START) -> bool:
    """Whether something happens in time."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _awaited(process: subprocess.Popen[bytes], log: Path, pattern: str) -> str:
    def found() -> re.Match[str] | None:
        return re.search(pattern, log.read_text("utf-8", "replace"))

    waited_for(lambda: found() is not None or process.poll() is not None)
    match = found()
    if match is None:
        raise RuntimeError(f"{log.name} never said {pattern}:\n{log.read_text('utf-8', 'replace')[-3000:]}")
    return match[1]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kills a process and all it started, in its session: Python workers have process groups of their own."""
    for group in {process.pid, *_groups_in(process.pid)}:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def _groups_in(session: int) -> set[int]:
    listed = subprocess.run(["ps", "-A", "-o", "sess=,pgid="], capture_output=True, text=True, check=True).stdout
    return {int(group) for sid, group in (line.split() for line in listed.splitlines()) if sid == str(session)}
