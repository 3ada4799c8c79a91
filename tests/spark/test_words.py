"""A session that lasts: what is said of jobs that fail on a real cluster, and of signs that cannot be had here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.spark.error_words import start_words, words_for
from perfeval_lint.audit.spark.progress import progress
from perfeval_lint.audit.spark.session import Cluster, job_errors, session, words_of
from tests.spark.cluster import ONE

MASTER = "spark://a:7077"


@pytest.fixture(scope="module")
def spark(running: Any, _nothing_shipped: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session in which a task that fails is not tried again, in the user's own time zone."""
    conf = (*ONE, ("spark.task.maxFailures", "1"), ("spark.sql.session.timeZone", "Asia/Shanghai"))
    with session(Cluster(running.url, conf=conf), tmp_path_factory.mktemp("scratch")) as made:
        sys.modules["pyspark.cloudpickle"].register_pickle_by_value(sys.modules[__name__])  # workers lack this file
        yield made


def failed(spark: Any, task: Callable[[Any], Any], python: str | None = None) -> str:
    """What is said when this task fails; never a Java stack."""
    context = spark.sparkContext
    usual, context.pythonExec = context.pythonExec, python or context.pythonExec
    try:
        with pytest.raises(job_errors()) as error:
            context.parallelize([1], 1).map(task).collect()
        words = words_of(error.value, Cluster(MASTER))
    finally:
        context.pythonExec = usual
    assert "\n" not in words
    assert "\tat " not in words
    return words


def another_version(_: object) -> None:
    raise RuntimeError("PERFEVAL-VERSION driver=1.2 worker=1.1")


def a_mistake(_: object) -> None:
    raise ValueError("第 3 个文件\t读不了\n第二行")


def too_much(_: object) -> int:
    return len(bytearray(2**45))


def killed(_: object) -> None:
    os.kill(os.getpid(), 9)


def disk_full(_: object) -> None:
    raise OSError(28, "No space left on device")


def a_missing_module(_: object) -> None:
    raise ModuleNotFoundError("No module named 'perfeval_lint'")


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (another_version, "worker 上的 perfeval-lint 是 1.1，这里是 1.2，必须相同；"),
        (a_mistake, "Spark 上的任务失败：ValueError: 第 3 个文件 读不了"),
        (too_much, "内存不够；请加大 spark.executor.memory"),
        (killed, "worker 上的 Python 进程突然没了，多半是内存不够"),
        (disk_full, "磁盘满了"),
        (a_missing_module, "worker 上没有 perfeval_lint；"),
    ],
)
def test_tasks_that_fail(task: Callable[[Any], Any], words: str, spark: Any) -> None:
    assert failed(spark, task).startswith(words)


def test_a_worker_with_another_python(spark: Any) -> None:
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    words = failed(spark, a_mistake, str(other_python(ours)))
    assert words.startswith("worker 上的 Python 是 3.")
    assert f"这里是 {ours}，小版本必须相同" in words


def other_python(ours: str) -> Path:
    """A Python of another minor version, new enough for Spark; the test is skipped where there is none."""
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    named = [shutil.which(f"python3.{minor}") for minor in range(10, 16)]
    for path in (*sorted(folder.glob("versions/3.*/bin/python3")), *(Path(name) for name in named if name)):
        run = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
        major, minor = run.stdout.split() or ("", "0")
        if f"{major}.{minor}" != ours and int(minor) >= 10:
            return path
    pytest.skip(f"no Python other than {ours} is installed")


def test_a_worker_without_python(spark: Any) -> None:
    assert failed(spark, a_mistake, "/nowhere/python3").startswith("worker 上没有 Python（/nowhere/python3）")


def test_a_heap_that_is_full(spark: Any) -> None:
    with pytest.raises(job_errors()) as error:
        spark.range(1).selectExpr("length(repeat(concat(id, '绩'), 500000000))").collect()
    assert words_of(error.value, Cluster(MASTER)).startswith("内存不够")


def test_the_users_settings_win(spark: Any) -> None:
    assert spark.conf.get("spark.sql.session.timeZone") == "Asia/Shanghai"


def test_progress_that_fails_is_no_failure(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_port(_: object) -> None:
        raise OSError("no port left")

    def broken(*_: object) -> None:
        raise ValueError

    with progress(spark, broken):
        assert spark.range(3).count() == 3
    monkeypatch.setattr("pyspark.java_gateway.ensure_callback_server_started", no_port)
    with progress(spark, broken):
        assert spark.range(3).count() == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Reason: Container killed by YARN for exceeding physical memory limits.", "内存不够"),
        ("ExecutorLostFailure (executor 1 exited): Command exited with code 137", "内存不够"),
        ("ExecutorLostFailure (executor 1 exited): Worker shutting down", "executor 一再没了"),
        ("Master removed our application: FAILED", f"集群把任务停了或 master 没有了（{MASTER}）"),
        ("java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.", "Spark 已经停了"),
        ("java.io.InvalidClassException: a.B; local class incompatible", "集群的 Spark 和这里的 pyspark"),
        ("ImportError: /lib/libc.so.6: version `GLIBC_2.38' not found", "worker 的系统和这里不同"),
        ("BrokenPipeError: [Errno 32] Broken pipe", "Spark 已经停了"),
        (
            "AnalysisException: [PATH_NOT_FOUND] Path does not exist: hdfs://a/表.json. SQLSTATE: 42K03\n",
            "没有这个文件或目录：hdfs://a/表.json；请核对",
        ),
        ("Py4JJavaError: An error occurred\n: java.lang.A: one\nCaused by: b.C: two\n", "Spark 上的任务失败：two"),
    ],
)
def test_signs(text: str, words: str) -> None:
    assert words_for(text, MASTER).startswith(words)


def test_the_log_says_what_the_exception_does_not() -> None:
    log = "WARN Failed to connect\nERROR All masters are unresponsive! Giving up.\n"
    said = start_words("Py4JJavaError: something", log, MASTER)
    assert said.startswith(f"{MASTER} 连得上，但不像 Spark 的 master")
