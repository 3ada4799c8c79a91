"""Audits that start and end a cluster's application of their own: what is lost on the way, what is left after them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.spark import engine
from perfeval_lint.audit.spark.engine import run_on_spark
from perfeval_lint.audit.spark.session import Cluster, session
from perfeval_lint.audit.store.results import open_read
from perfeval_lint.errors import UsageError
from tests.spark.cluster import JVMS, SMALL, Running, cluster, waited_for
from tests.spark.same import Content, assert_same, content, embedded, lend, on_spark, request


def test_a_worker_that_dies_on_the_way_and_readers_that_end(
    forms: Path, said_of_forms: Content, tmp_path: Path
) -> None:
    with cluster(tmp_path / "cluster", workers=2) as running:
        reached = Cluster(running.url, conf=SMALL)
        at_work: list[int] = []  # readers, when the worker was killed

        @contextlib.contextmanager
        def watch(spark: Any) -> Iterator[None]:
            status = spark.sparkContext.statusTracker()

            def is_reading() -> bool:
                infos = [status.getStageInfo(number) for number in status.getActiveStageIds()]
                return any(info is not None and info.numTasks > 4 and info.numCompletedTasks for info in infos)

            def kill() -> None:
                if waited_for(is_reading, 120):
                    at_work.append(len(readers(running)))
                    running.kill_worker(1)

            killer = threading.Thread(target=kill)
            killer.start()
            yield
            killer.join()

        run_on_spark(request([forms], tmp_path / "二"), reached, watch)
        assert len(at_work) == 1
        assert at_work[0] > 0
        assert waited_for(lambda: not readers(running), 30)
    assert_same(said_of_forms, content(tmp_path / "二"))


def test_tables_of_a_database(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the database keeps a log where it is begun
    url = f"jdbc:derby:{tmp_path}/db"
    here = Cluster("local[2]", conf=JVMS)  # the database is one of a single process
    with session(here, tmp_path) as spark:
        for table in ("PM_PERF_SELF_EVAL", "PM_SELF_EVAL_INDICATOR"):
            rows = spark.read.parquet(*(str(export / f"{table}_{half}.parquet") for half in range(2))).na.fill("")
            types = ", ".join(f"{name} VARCHAR(400)" for name, kind in rows.dtypes if kind == "string")
            rows.coalesce(1).write.option("createTableColumnTypes", types).jdbc(f"{url};create=true", table)
        lend(spark, monkeypatch)
        other = on_spark(here, [url], tmp_path / "二")
        with pytest.raises(UsageError, match="连不上数据库 jdbc:derby:"):
            on_spark(here, [f"jdbc:derby:{tmp_path}/none;user=me;password=secret"], tmp_path / "三")
    one = embedded([export], tmp_path / "一")
    with open_read(other) as database:
        assert [name for (name,) in database.execute("SELECT 文件 FROM 文件 ORDER BY 1").fetchall()] == [
            f"{url} PM_PERF_SELF_EVAL",
            f"{url} PM_SELF_EVAL_INDICATOR",
        ]
    told = "SELECT 项目名称, 规则, 路径, 消息 FROM 问题 JOIN 表 USING (表号) WHERE NOT 规则 LIKE 'PE9%' ORDER BY ALL"
    found = []
    for out in (one, other):
        with open_read(out) as database:
            found.append(database.execute(told).fetchall())
    assert len(found[0]) > 500
    assert found[0] == found[1]


def test_what_is_wrong_with_a_disk_is_told_as_it_is(
    forms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/spark/one")

    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"输出目录 .*file 用不了"):
        on_spark(Cluster("local[1]"), [forms], tmp_path / "file")
    monkeypatch.setattr(engine, "session", full)
    with pytest.raises(UsageError, match="审核没有做完：/spark/one（No space left on device）"):
        on_spark(Cluster("local[1]"), [forms], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def readers(running: Running) -> list[Path]:
    """The reader processes of a cluster's tasks."""
    return [process for process in Path("/proc").glob("[0-9]*") if is_reader(process, str(running.folder).encode())]


def is_reader(process: Path, folder: bytes) -> bool:
    try:
        return b"spawn_main" in (process / "cmdline").read_bytes() and folder in (process / "environ").read_bytes()
    except OSError:
        return False
