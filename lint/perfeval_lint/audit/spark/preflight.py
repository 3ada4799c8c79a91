"""Checks before a JVM is started: the Python packages, Java, a master that answers."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from perfeval_lint.errors import UsageError

STANDALONE = "spark://"
_INSTALL = 'pip install "perfeval-lint[spark]"'
_PYSPARK = 4  # the oldest major version that runs on the Python and Java versions asked for here
_JAVA = 17  # what Spark 4 needs
_ANSWER = 5.0  # seconds for all masters together; a master on the same network answers in milliseconds
_JAVA_START = 30.0
_OTHERS = re.compile(r"(local(\[.+])?|yarn|k8s://.+)$")


def check_ready(master: str) -> None:
    """Raises UsageError for the first thing that is missing."""
    check_packages()
    check_java()
    if master.startswith(STANDALONE):
        _check_master(master)
    elif not _OTHERS.match(master):
        raise UsageError(f"--master 写的是「{master}」；应是 spark://主机:端口、yarn、k8s://… 或 local[数目]")


def check_packages() -> None:
    """Raises UsageError where pyspark or pyarrow is missing or too old."""
    for name in ("pyspark", "pyarrow"):
        if importlib.util.find_spec(name) is None:
            raise UsageError(f"没有安装 {name}，--engine spark 要用它；请运行 {_INSTALL}")
    try:
        found = version("pyspark")
    except PackageNotFoundError:
        return  # put on the path from a Spark folder, without an installation
    if int(found.partition(".")[0]) < _PYSPARK:
        raise UsageError(f"pyspark 是 {found}，需要 {_PYSPARK}.0 以上；请运行 {_INSTALL}")


def check_java() -> None:
    """Raises UsageError where Java is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    remedy = f"请安装 Java {_JAVA} 或更高版本，或者让 JAVA_HOME 指向它"
    if java is None:
        raise UsageError(f"没有找到 Java（PATH 里没有 java，也没有设 JAVA_HOME），--engine spark 要用它；{remedy}")
    try:
        run = subprocess.run(  # noqa: S603  the Java that pyspark will start
            [java, "-version"], capture_output=True, text=True, timeout=_JAVA_START, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"Java 运行不了：{java}（{error}）；{remedy}") from None
    found = re.search(r'version "(?:1\.)?(\d+)[^"]*"', run.stderr + run.stdout)
    if found is None:
        raise UsageError(f"看不出 Java 的版本：{java} -version 没有说；{remedy}")
    if int(found[1]) < _JAVA:
        raise UsageError(f"Java 太旧：{java} 是 {found[0]}，需要 {_JAVA} 或更高；{remedy}")


def addresses(master: str) -> list[tuple[str, int]]:
    """Returns the hosts and ports of `spark://host:port,host:port`; raises UsageError."""
    found = []
    for one in master.removeprefix(STANDALONE).split(","):
        host, _, port = one.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise UsageError(f"--master 里的「{one}」不是 主机:端口；应写成 spark://主机:7077")
        found.append((host.strip("[]"), int(port)))
    return found


def on_loopback(master: str) -> bool:
    """Returns whether all masters are this very machine, under a name that is of no use to others."""
    if not master.startswith(STANDALONE):
        return False
    return all(host in ("localhost", "::1") or host.startswith("127.") for host, _ in addresses(master))


def _check_master(master: str) -> None:
    places = addresses(master)
    reasons = []
    for place in places:
        try:
            socket.create_connection(place, _ANSWER / len(places)).close()
            return
        except OSError as error:
            reasons.append(f"{place[0]}:{place[1]}（{_reason(error)}）")
    raise UsageError(f"连不上 Spark 的 master：{'、'.join(reasons)}；请核对 --master 的地址，和 master 是否已经启动")


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "没有回应"
    if isinstance(error, ConnectionRefusedError):
        return "拒绝连接"
    return "没有这个主机名" if isinstance(error, socket.gaierror) else error.strerror or str(error)
