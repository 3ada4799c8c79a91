"""Checks that all that tasks wrote is there. A disk that the machines do not share, or that shows files late, would
else lose rows silently: Spark reads what it finds in a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Final

from perfeval_lint.errors import UsageError

SHARED: Final = "输出目录（和要审核的文件）要放在各机器用同样的路径都能读写的共享磁盘上"


def check_whole(found: Iterable[Hashable], expected: Iterable[Hashable], folder: Path) -> None:
    """Raises UsageError where `found` and `expected` differ, each counted as often as it occurs; `folder` is shown."""
    if Counter(found) != Counter(expected):
        raise _lost(folder)


def check_files(files: Sequence[str], folder: Path) -> None:
    """Raises UsageError where a file that a task wrote is missing."""
    if not all(Path(file).is_file() for file in files):
        raise _lost(folder)


def _lost(folder: Path) -> UsageError:
    return UsageError(f"worker 写到输出目录的，本机没有全看到（{folder}）；{SHARED}")
