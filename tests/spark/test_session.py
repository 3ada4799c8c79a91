"""Sessions on a real cluster, and every way they fail that can be had here."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfeval_lint.audit.spark import session as sessions
from perfeval_lint.audit.spark.progress import progress
from perfeval_lint.audit.spark.session import Cluster, job_errors, session, words_of
from perfeval_lint.errors import UsageError
from tests.spark.cluster import JVMS, SMALL, Running, bare_environment, cluster, waited_for

pytestmark = pytest.mark.usefixtures("_nothing_shipped")
PS = shutil.which("ps") or "/bin/ps"  # found while PATH is what it should be


def refused(cluster: Cluster, scratch: Path) -> str:
    """Why there is no session; nothing of Java is told, and no JVM is left."""
    with pytest.raises(UsageError) as error, session(cluster, scratch):
        pass
    assert "\n" not in str(error.value)
    assert "org.apache" not in str(error.value)
    assert not java_children()
    return str(error.value)


def java_children() -> list[str]:
    """The JVMs this process has started and that still run."""
    listed = subprocess.run([PS, "-ww", "-A", "-o", "ppid=,stat=,args="], capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [
        args
        for parent, state, args in rows
        if int(parent) == os.getpid() and "pyspark-shell" in args and state[0] != "Z"
    ]


def test_a_session_works_and_leaves_nothing_behind(
    small: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    handler = signal.getsignal(signal.SIGINT)
    told: list[tuple[str, int, int, int]] = []
    with session(small, tmp_path) as spark:
        with progress(spark, lambda *one: told.append(one)):
            spark.sparkContext.setJobDescription("读取")
            assert spark.sparkContext.parallelize(range(4), 4).map(lambda number: number + 1).sum() == 10
            spark.sparkContext.setJobDescription("汇总")
            assert spark.range(10).count() == 10
            assert waited_for(lambda: told[-1][0] == "汇总" and told[-1][1] == told[-1][2])
        assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
        assert java_children()
    assert ("读取", 4, 4, 0) in told
    assert not java_children()
    assert waited_for(lambda: not [one for one in threading.enumerate() if "py4j" in one.name.lower()], 5)
    assert signal.getsignal(signal.SIGINT) is handler
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_ends_the_session(small: Cluster, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), session(small, tmp_path):
        raise KeyboardInterrupt
    assert not java_children()


def test_a_job_that_fails_is_told_in_words(small: Cluster, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error, session(small, tmp_path) as spark:
        spark.sql("SELECT raise_error('第 3 个文件读不了')").collect()
    assert str(error.value).startswith("Spark 上的任务失败：")
    assert "第 3 个文件读不了" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_master_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers, and nobody else can
        port = held.getsockname()[1]
        monkeypatch.setattr("perfeval_lint.audit.spark.session._launched", lambda *_: pytest.fail("a JVM was started"))
        words = refused(Cluster(f"spark://127.0.0.1:{port},localhost:{port}"), tmp_path)
    assert words == (
        f"连不上 Spark 的 master：127.0.0.1:{port}（拒绝连接）、localhost:{port}（拒绝连接）；"
        "请核对 --master 的地址，和 master 是否已经启动"
    )


@pytest.mark.parametrize(
    ("master", "words"),
    [
        (
            "http://127.0.0.1",
            "--master 写的是「http://127.0.0.1」；应是 spark://主机:端口、yarn、k8s://… 或 local[数目]",
        ),
        ("spark://127.0.0.1", "--master 里的「127.0.0.1」不是 主机:端口；应写成 spark://主机:7077"),
        ("spark://a:7077,b:x", "--master 里的「b:x」不是 主机:端口；应写成 spark://主机:7077"),
    ],
)
def test_an_address_that_is_none(master: str, words: str, tmp_path: Path) -> None:
    assert refused(Cluster(master), tmp_path) == words


def test_no_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "EXECUTORS_IN", 3.0)
    with cluster(tmp_path / "cluster", workers=0) as running:
        words = refused(Cluster(running.url, conf=JVMS), tmp_path)
    assert words == (
        f"{running.url} 有回应，但 3 秒里没有 executor 来（每个要内存 1g、worker 的全部核）；"
        "请核对 worker 是否已经启动、空着的内存和核够不够，用 spark.executor.memory 和 spark.executor.cores 改"
    )


def test_more_than_a_worker_has(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "EXECUTORS_IN", 3.0)
    asked = (*JVMS, ("spark.executor.memory", "64g"), ("spark.executor.cores", "32"))
    assert "每个要内存 64g、32" in refused(Cluster(running.url, conf=asked), tmp_path)


def test_less_memory_than_spark_needs(running: Running, tmp_path: Path) -> None:
    words = refused(Cluster(running.url, conf=(*JVMS, ("spark.executor.memory", "100m"))), tmp_path)
    assert words.startswith("Spark 的设置不行：")
    assert "Executor memory 104857600 must be at least 471859200" in words


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_settings_that_are_none(running: Running, tmp_path: Path) -> None:
    words = refused(Cluster(running.url, conf=(("spark.executor.memory", "viel"),)), tmp_path)
    assert words == "Spark 的设置不行：Executor memory must be a positive number"
    gc.collect()  # pyspark does not close its pipe to a JVM that ended at once; Python would warn of it in a later test


def test_an_address_that_is_not_ours(running: Running, tmp_path: Path) -> None:
    words = refused(Cluster(running.url, conf=(*JVMS, ("spark.driver.bindAddress", "192.0.2.1"))), tmp_path)
    assert words.startswith("这里的 driver 绑定不了地址（")
    assert words.endswith("；请用 spark.driver.bindAddress 和 spark.driver.host 写出本机的地址")


def test_no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(Cluster("local[1]"), tmp_path).startswith("没有找到 Java（PATH 里没有 java，也没有设 JAVA_HOME）")


def test_java_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert refused(Cluster("local[1]"), tmp_path) == (
        f'Java 太旧：{java} 是 version "1.8.0_392"，需要 17 或更高；请安装 Java 17 或更高版本，或者让 JAVA_HOME 指向它'
    )


@pytest.mark.parametrize("name", ["pyspark", "pyarrow"])
def test_a_package_that_is_missing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda asked: None if asked == name else object())
    assert refused(Cluster("local[1]"), tmp_path) == (
        f'没有安装 {name}，--engine spark 要用它；请运行 pip install "perfeval-lint[spark]"'
    )


def test_nothing_of_pyspark_is_imported_unasked() -> None:
    code = "import sys, perfeval_lint.cli.main, perfeval_lint.audit.spark.session, perfeval_lint.audit.spark.progress\n"
    code += "sys.exit(any(name.partition('.')[0] in ('pyspark', 'py4j', 'pyarrow') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "lint"}).returncode == 0


def test_all_executors_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_WATCH_EVERY", 0.5)
    with cluster(tmp_path / "cluster") as running:
        reached = Cluster(running.url, conf=SMALL)
        with pytest.raises(UsageError) as error, session(reached, tmp_path) as spark, losing(running, monkeypatch):
            spark.sparkContext.parallelize([1], 1).map(lambda _: time.sleep(600)).collect()
    assert str(error.value) == f"executor 全都没了，等了一阵也没有新的来；请看看 {running.url} 的 worker 是否还在"


@contextlib.contextmanager
def losing(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Soon kills the worker; a run without executors is given up after three seconds."""
    monkeypatch.setattr(sessions, "EXECUTORS_IN", 3.0)
    threading.Timer(1.0, running.kill_worker, [0]).start()
    yield


def test_the_jvm_here_dies(small: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with session(small, tmp_path) as spark:
        process = spark.sparkContext._gateway.proc
        threading.Timer(1.0, process.kill).start()
        with pytest.raises(job_errors()) as error:
            spark.sparkContext.parallelize([1], 1).map(lambda _: time.sleep(600)).collect()
        assert words_of(error.value, small).startswith("Spark 已经停了")
    assert capfd.readouterr() == ("", "")


def test_a_cluster_of_another_version(tmp_path: Path) -> None:
    """Where another Spark lies about (OTHER_SPARK_HOME), as this needs half a gigabyte."""
    home = os.environ.get("OTHER_SPARK_HOME")
    if not home:
        pytest.skip("OTHER_SPARK_HOME does not say where another Spark is")
    with cluster(tmp_path / "cluster", home=Path(home), environment=bare_environment()) as running:
        words = refused(Cluster(running.url, conf=SMALL), tmp_path)
    assert "版本" in words
