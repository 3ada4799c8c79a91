"""Explains Spark's failures in one sentence with a remedy: searches its messages for signs, never shows them whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 300  # characters of Spark's or Python's own words in a sentence

Sign = tuple[str, str]  # a pattern, and the sentence for it; groups of the pattern fill it

_VERSIONS: Sequence[Sign] = (
    (
        r"PYTHON_VERSION_MISMATCH.*?different version: (?P<worker>[\d.]+) than that in driver:? (?P<driver>[\d.]+)",
        "worker 上的 Python 是 {worker}，这里是 {driver}，小版本必须相同；"
        "请用 PYSPARK_PYTHON 写出 worker 上同版本的 Python，或者用 --archives 给出打好的环境",
    ),
    (
        r"PERFEVAL-VERSION driver=(?P<driver>[^\s{]+) worker=(?P<worker>[^\s{'\"]+)",
        "worker 上的 perfeval-lint 是 {worker}，这里是 {driver}，必须相同；请用这里的版本重新打 --archives 的环境",
    ),
    (
        r"No module named '?(?P<module>perfeval_lint|pyarrow|duckdb|lxml)\b",
        "worker 上没有 {module}；--archives 的环境里要装 perfeval-lint[spark]，版本与这里相同",
    ),
    (
        r"(?:undefined symbol|wrong ELF class|GLIBC_[\d.]+' not found|cannot open shared object file)",
        "worker 的系统和这里不同，这里的程序库在那里用不了；请在同样的系统上打好环境，用 --archives 给出",
    ),
    (
        r"Cannot run program \"(?P<python>[^\"]+)\"",
        "worker 上没有 Python（{python}）；请用 PYSPARK_PYTHON 写出 worker 上的 Python，"
        "或者用 --archives 给出打好的环境",
    ),
    (
        r"InvalidClassException|serialVersionUID|Unknown message|local class incompatible|NoSuchMethodError"
        r"|StreamCorruptedException|RpcEndpointNotFoundException",
        "集群的 Spark 和这里的 pyspark{pyspark}版本不同；请安装与集群同版本的 pyspark",
    ),
)

_RESOURCES: Sequence[Sign] = (
    (
        r"duckdb\.OutOfMemoryException",
        "一个任务里 DuckDB 的内存不够；请用 --memory 加大，同时加大 spark.executor.memoryOverhead",
    ),
    (
        r"No space left on device|Disk quota exceeded",
        "磁盘满了（worker 的工作目录、spark.local.dir，或结果所在的目录）；请清出空间再运行",
    ),
    (
        r"java\.lang\.OutOfMemoryError|exited with code 52\b|ran out of memory|Container killed|OOMKilled"
        r"|exceeding (?:physical )?memory limits|(?:code|status) 137\b|MemoryError",
        "内存不够；请加大 spark.executor.memory 和 spark.executor.memoryOverhead，或者减少 spark.executor.cores",
    ),
    (
        r"Python worker exited unexpectedly|Python worker .{0,80}crashed",
        "worker 上的 Python 进程突然没了，多半是内存不够被系统杀掉；请加大 spark.executor.memoryOverhead，"
        "或者减少 spark.executor.cores",
    ),
    (
        r"cancelled as part of cancellation of all jobs|Executor heartbeat timed out",
        "executor 全都没了，等了一阵也没有新的来；请看看 {master} 的 worker 是否还在",
    ),
    (
        r"All masters are unresponsive|Master removed our application|Disconnected from Spark cluster",
        "集群把任务停了或 master 没有了（{master}）；请看看 master 和 worker 是否还在",
    ),
    (
        r"ExecutorLostFailure|Remote RPC client disassociated|Worker (?:shutting down|lost)|worker lost",
        "executor 一再没了；请看 worker 上的日志（进程被杀、机器重启或内存不够）",
    ),
    (
        r"SparkContext was shut ?down|stopped SparkContext|Answer from Java side is empty|Py4JNetworkError"
        r"|Connection refused|An error occurred while trying to connect to the Java server"
        r"|^(?:ConnectionResetError|ConnectionAbortedError|BrokenPipeError|EOFError):",  # of this process
        "Spark 已经停了（driver 的 Java 进程没了，或者集群断开了）；"
        "请看看 {master} 是否还在，内存是否够（spark.driver.memory）",
    ),
)

_OURS: Sequence[Sign] = (
    (r"\[PATH_NOT_FOUND\] Path does not exist: (?P<file>[^\n]+?)\.? +SQLSTATE", "没有这个文件或目录：{file}；请核对"),
    (
        r"FAILED_READ_FILE[^\]]*\] Encountered error while reading file (?P<file>[^\n]+?)\.? +SQLSTATE",
        "{file} 读不了，文件不完整或已损坏；请重新导出",
    ),
    (r"perfeval_lint\.errors\.\w+: (?P<said>[^\n]+)", "{said}"),
)

_START: Sequence[Sign] = (
    (
        r"(?:IllegalArgumentException: |INVALID_(?:EXECUTOR|DRIVER)_MEMORY\] )(?P<said>[^\n]+)",
        "Spark 的设置不行：{said}",
    ),
    (
        r"(?:SparkException|NumberFormatException): (?P<said>[^\n]*(?:spark\.[\w.]+|Size must be)[^\n]*)",
        "Spark 的设置不行：{said}",
    ),
    (
        r"BindException: (?P<said>[^\n:]+)",
        "这里的 driver 绑定不了地址（{said}）；请用 spark.driver.bindAddress 和 spark.driver.host 写出本机的地址",
    ),
    (
        r'Exception in thread "main" [\w.]+: (?P<said>[^\n]+)',  # before the session: settings are all there is
        "Spark 的设置不行：{said}",
    ),
    (
        r"(?:Invalid (?:initial|maximum) heap size|Could not reserve enough space)[^\n]*",
        "这里的 Java 进程开不起来：{all}；请核对 spark.driver.memory",
    ),
)

_UNANSWERED: Sequence[Sign] = (
    (
        r"All masters are unresponsive|Giving up",
        "{master} 连得上，但不像 Spark 的 master，或者版本和这里的 pyspark{pyspark}不同；请核对端口（默认 7077）和版本",
    ),
)


def start_words(text: str, log: str, master: str) -> str:
    """Returns why there is no session, from the exception or else from Spark's log."""
    for signs in (_START, _VERSIONS, _UNANSWERED, _RESOURCES):  # causes before a stopped context, which only follows
        for seen in (text, log):
            if sentence := _sentence(signs, seen, master):
                return sentence
    return f"Spark 启动不了：{_own_words(text)}"


def words_for(text: str, master: str) -> str:
    """Returns why a job failed."""
    for signs in (_VERSIONS, _RESOURCES, _OURS):
        if sentence := _sentence(signs, text, master):
            return sentence
    return f"Spark 上的任务失败：{_own_words(text)}"


def text_of(error: BaseException) -> str:
    """Returns the whole text of an exception, whose Java side may be gone."""
    from py4j.protocol import Py4JError

    try:
        return f"{type(error).__name__}: {error}"
    except (Py4JError, OSError, RuntimeError, AttributeError) as second:  # py4j asks the JVM for the stack
        return f"{type(error).__name__}: {type(second).__name__}: SparkContext was shut down"


def _sentence(signs: Sequence[Sign], text: str, master: str) -> str | None:
    for pattern, sentence in signs:
        if found := re.search(pattern, text, re.DOTALL):
            groups = {name: _short(value or "") for name, value in found.groupdict().items()}
            return sentence.format(**groups, all=_short(found[0]), master=master, pyspark=_pyspark())
    return None


def _own_words(text: str) -> str:
    """Returns the line of the Python exception, else the message of the innermost Java exception without its class."""
    _, traceback, after = text.rpartition("Traceback (most recent call last):")
    if traceback:
        lines = (line for line in after.split("\n")[1:] if line.strip() and not line[0].isspace())
        return _short(next(lines, ""))
    causes = re.findall(r"^Caused by: (.*)$", text, re.MULTILINE) or re.findall(r"^[\w.$]+: .*", text, re.MULTILINE)
    return _short(re.sub(r"^[\w.$]+: ", "", causes[-1] if causes else text.strip().split("\n")[0]))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _pyspark() -> str:
    from pyspark import __version__

    return f" {__version__} "
