"""The command with --engine spark: what it says, its exit status, what it leaves; Ctrl-C leaves nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.audits import write_published
from tests.spark.cluster import JVMS, waited_for

COMMAND = [sys.executable, "-m", "perfeval_lint", "audit"]
BRIEFLY = [option for name, value in JVMS for option in ("--conf", f"{name}={value}")]


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """Published forms, and a file that cannot be read."""
    return write_published(tmp_path / "表")


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options], cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


def test_the_command(forms: Path, tmp_path: Path) -> None:
    on_spark = ["--engine", "spark", "--master", "local[2]", *BRIEFLY]
    done = run(tmp_path, "表", "--out", "果", *on_spark, "--report", "csv,html")
    assert done.returncode == 2
    assert "文件 4 个（已读 3，读不了 1），自评表 3 张" in done.stdout
    assert "审核结果.html" in done.stdout
    assert "Traceback" not in done.stderr
    assert "WARN" not in done.stderr
    one = run(tmp_path, "表", "--out", "本机", "--report", "csv,html")
    assert one.stdout.replace("本机", "果") == done.stdout
    for name in ("问题.csv", "得分.csv", "审核结果.html"):
        assert (tmp_path / "果" / name).read_bytes() == (tmp_path / "本机" / name).read_bytes()
    asked = run(tmp_path, "query", "SELECT count(*) AS n FROM 问题", "--out", "果", "--format", "csv")
    assert int(asked.stdout.split()[1]) == len((tmp_path / "果" / "问题.csv").read_text("utf-8").splitlines()) - 1
    assert sorted(path.name for path in (tmp_path / "果").iterdir() if path.name.startswith(".")) == []
    again = run(tmp_path, "表", "--out", "果", *on_spark)
    assert (again.returncode, again.stdout) == (2, "")
    assert "--fresh" in again.stderr


def test_an_interrupt_leaves_nothing(forms: Path, tmp_path: Path) -> None:
    for number in range(400):
        shutil.copy(forms / "flawed.yaml", forms / f"{number}.yaml")
    options = ["表", "--out", "果", "--engine", "spark", "--master", "local[2]", *BRIEFLY]
    process = subprocess.Popen(
        [*COMMAND, *options], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert waited_for((tmp_path / "果" / ".spark" / "one").exists, 120)
    os.kill(process.pid, signal.SIGINT)
    told, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "已中断。输出目录和以前一样。" in told.decode()
    assert b"Traceback" not in errors
    assert list((tmp_path / "果").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--master", "local[1]"], "--master 只用于 Spark；请加 --engine spark"),
        (["--engine", "spark"], "--engine spark 要写 --master"),
        (["--engine", "spark", "--master", "local[1]", "--conf", "memory=8g"], "--conf 写的是“memory=8g”"),
        (["--engine", "spark", "--master", "local[1]", "--resume"], "不能 --resume"),
        (["--engine", "spark", "--master", "local[1]", "--jobs", "2"], "--jobs 只用于单机"),
        (["--engine", "spark", "--master", "http://x"], "应是 spark://主机:端口"),
        (["--engine", "spark", "--master", "spark://127.0.0.1:1"], "连不上 Spark 的 master：127.0.0.1:1（拒绝连接）"),
    ],
)
def test_options_that_do_not_fit(options: list[str], told: str, forms: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "表", "--out", "果", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert not (tmp_path / "果").exists() or list((tmp_path / "果").iterdir()) == []
