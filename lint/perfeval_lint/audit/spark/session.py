"""Runs a Spark session in client mode: starts it with this tool's settings, explains failures, always ends it."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfeval_lint.audit.spark.error_words import start_words, text_of, words_for
from perfeval_lint.audit.spark.pack import shipped
from perfeval_lint.audit.spark.preflight import check_ready, on_loopback
from perfeval_lint.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXECUTORS_IN = 60.0  # seconds until the first executor must be there, and for which a run goes on without any
_LOOK_EVERY = 0.2
_WATCH_EVERY = 5.0
_END_IN = 20.0  # seconds for the JVM to end by itself
_LOG = "spark.log"
_LAUNCH_LOG = "spark-launch.log"

_LOCALE = "C.UTF-8"
_SETTINGS = {
    # Rows are whole documents of up to megabytes; ten thousand of them, Spark's default, would not fit in memory.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
    # Times in the results must not depend on where a worker is.
    "spark.sql.session.timeZone": "UTC",
    # A web page on a port nobody asked for.
    "spark.ui.enabled": "false",
    # Spark's own bar would break into ours.
    "spark.ui.showConsoleProgress": "false",
    # A Python worker keeps the rules it has compiled, which take longer than judging a form.
    "spark.python.worker.reuse": "true",
    # Little data can be much work: partitions are cut by work, and must stay as they were cut.
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
    # Beside the JVM there are DuckDB and a reader process; YARN and Kubernetes kill what uses more than was requested.
    "spark.executor.memoryOverhead": "3g",
    # Columns that differ by case alone are two, as in the embedded engine.
    "spark.sql.caseSensitive": "true",
    # A file that cannot be read is reported, whatever the cluster's own settings are.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    # A JVM in the locale C cannot reach a folder with a Chinese name.
    "spark.executorEnv.LC_ALL": _LOCALE,
}

_JOINED = {"spark.archives": ",", "spark.executorEnv.PYTHONPATH": ":"}  # the user's come after ours
_OPTIONS = "spark.driver.extraJavaOptions"

_LOG_SETTINGS = """\
rootLogger.level = error
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {file}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
# Why a master or its executors do not answer is said in warnings.
logger.client.name = org.apache.spark.deploy.client
logger.client.level = warn
logger.network.name = org.apache.spark.network
logger.network.level = warn
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The master, a packed environment for the workers if there is one, and settings that override ours."""

    master: str
    archives: str | None = None
    conf: tuple[tuple[str, str], ...] = ()


@contextlib.contextmanager
def session(cluster: Cluster, scratch: Path) -> Iterator[SparkSession]:
    """Starts a session on the cluster with at least one executor; raises UsageError saying why there is none, or why a
    job of the block failed.

    Logs of Spark go to `scratch`. On leaving, also by Ctrl-C, the application is ended at the master, and its JVM here.
    """
    check_ready(cluster.master)
    settings, python = _settings(cluster, scratch)
    # Else it prints to the terminal when a JVM ends or a call is interrupted: by its own logger, and by the root's.
    silent = logging.NullHandler()
    for logger in (logging.getLogger("py4j"), logging.getLogger()):
        logger.addHandler(silent)
    interrupt = signal.getsignal(signal.SIGINT)  # Spark puts its own in its place
    gateway: Any = None
    spark: SparkSession | None = None
    try:
        try:
            gateway = _launched(settings, scratch)
            spark = _started(gateway, settings, python)
            _await_executors(spark, cluster)
        except job_errors() as error:
            raise UsageError(start_words(text_of(error), _logs(scratch), cluster.master)) from None
        with working(spark, cluster):
            yield spark
    finally:
        _end(gateway, spark)
        logging.getLogger().removeHandler(silent)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, interrupt)


@contextlib.contextmanager
def working(spark: SparkSession, cluster: Cluster) -> Iterator[None]:
    """Raises UsageError saying why a job of the block failed, also where there has been no executor for a while."""
    try:
        with _watched(spark, cluster):
            yield
    except _spark_errors() as error:  # explained while Java still answers
        raise UsageError(words_of(error, cluster)) from None


def job_errors() -> tuple[type[BaseException], ...]:
    """Returns what a job, or any call to Spark, raises; for `except`, once pyspark is known to be there."""
    return *_spark_errors(), OSError, ValueError


def _spark_errors() -> tuple[type[BaseException], ...]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return Py4JError, PySparkException, ConnectionError, EOFError


def words_of(error: BaseException, cluster: Cluster) -> str:
    """Returns why a job failed and what to do, in one sentence, never a Java stack. Works until the session ends."""
    return words_for(text_of(error), cluster.master)


def _settings(cluster: Cluster, scratch: Path) -> tuple[dict[str, str], str]:
    """Returns the settings of Spark, and the Python its workers run."""
    given = dict(cluster.conf)
    is_local = cluster.master.startswith("local")
    python = given.get("spark.pyspark.python") or os.environ.get("PYSPARK_PYTHON")
    python = python or (sys.executable if is_local else "python3")
    settings = {"spark.app.name": "perfeval-lint", **_SETTINGS, "spark.master": cluster.master}
    if on_loopback(cluster.master):
        # Workers on this machine reach the driver by the address they reach the master by, whatever its name says.
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if not is_local:
        workers = shipped(cluster.archives, python, scratch)
        python = workers.python
        settings["spark.archives"] = workers.archives
        # Spark puts its own packages before these, and those of the worker's environment after them.
        settings |= {"spark.executorEnv.PYTHONPATH": workers.path} if workers.path else {}
    for name, separator in _JOINED.items():
        if name in settings and name in given:
            given[name] = f"{settings[name]}{separator}{given[name]}"
    settings |= given
    log_settings = scratch / "log4j2.properties"
    log_settings.write_text(_LOG_SETTINGS.format(file=(scratch / _LOG).as_posix()), "utf-8")
    options = f"-Dlog4j2.configurationFile={log_settings.resolve().as_uri()}"
    settings[_OPTIONS] = f"{options} {settings.get(_OPTIONS, '')}".strip()
    return settings, python


def _launched(settings: Mapping[str, str], scratch: Path) -> Any:
    """Starts a JVM that prints nothing on the terminal; returns its gateway."""
    from pyspark import SparkConf
    from pyspark.java_gateway import launch_gateway

    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    if "UTF" not in (os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG", "")).upper():
        os.environ["LC_ALL"] = _LOCALE
    with (scratch / _LAUNCH_LOG).open("wb") as output:
        return launch_gateway(conf, {"stdout": output, "stderr": output})


def _started(gateway: Any, settings: Mapping[str, str], python: str) -> SparkSession:
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    conf = SparkConf(_jvm=gateway.jvm).setAll(list(settings.items()))
    context = SparkContext(conf=conf, gateway=gateway)
    context.pythonExec = python
    return SparkSession(context)


def _executors(spark: SparkSession) -> int:
    """How many there are; the driver itself is counted by Spark as one."""
    return int(spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1


def _await_executors(spark: SparkSession, cluster: Cluster) -> None:
    """Returns when there is an executor to work; raises UsageError saying what was asked for when none comes."""
    context = spark.sparkContext
    if cluster.master.startswith("local"):
        return
    if context.getConf().get("spark.dynamicAllocation.enabled", "false") == "true":
        context._jsc.sc().requestExecutors(1)  # else none comes before there is work
    end = time.monotonic() + EXECUTORS_IN
    while not _executors(spark):
        if time.monotonic() > end:
            memory = context.getConf().get("spark.executor.memory", "1g")
            cores = context.getConf().get("spark.executor.cores", "worker 的全部核")
            raise UsageError(
                f"{cluster.master} 有回应，但 {EXECUTORS_IN:.0f} 秒里没有 executor 来（每个要内存 {memory}、{cores}）；"
                "请核对 worker 是否已经启动、空着的内存和核够不够，用 spark.executor.memory 和 spark.executor.cores 改"
            )
        time.sleep(_LOOK_EVERY)


@contextlib.contextmanager
def _watched(spark: SparkSession, cluster: Cluster) -> Iterator[None]:
    """Cancels all jobs when there has been no executor for a while: Spark by itself waits for ever."""
    ended = threading.Event()

    def watch() -> None:
        last = time.monotonic()
        with contextlib.suppress(*job_errors()):  # the session is gone: the job itself fails and says so
            while not ended.wait(_WATCH_EVERY):
                if _executors(spark):
                    last = time.monotonic()
                elif time.monotonic() - last > EXECUTORS_IN:
                    spark.sparkContext.cancelAllJobs()

    watcher = threading.Thread(target=watch, name="executors", daemon=True)
    if not cluster.master.startswith("local"):
        watcher.start()
    try:
        yield
    finally:
        ended.set()
        if watcher.is_alive():
            watcher.join(_WATCH_EVERY)


def _logs(scratch: Path) -> str:
    """Returns the logs of Spark and of its launch."""
    files = (scratch / _LOG, scratch / _LAUNCH_LOG)
    return "\n".join(file.read_text("utf-8", "replace") for file in files if file.is_file())


def _end(gateway: Any, spark: SparkSession | None) -> None:
    """Ends the application and its JVM, by force where it does not answer."""
    if gateway is None:
        return
    from pyspark import SparkContext

    if spark is not None:
        stopping = threading.Thread(target=_stop, args=(spark,), name="stopping", daemon=True)
        stopping.start()
        stopping.join(_END_IN)
    with contextlib.suppress(*job_errors()):
        gateway.shutdown()
    gateway.proc.stdin.close()  # the JVM ends with it
    try:
        gateway.proc.wait(_END_IN)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None


def _stop(spark: SparkSession) -> None:
    with warnings.catch_warnings(), contextlib.suppress(*job_errors()):
        warnings.simplefilter("ignore")  # a JVM that has ended already is no news here
        spark.stop()
