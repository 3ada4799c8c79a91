"""Writes a file in the format that its name ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from perfeval_lint.errors import UsageError
from perfeval_lint.files import written_whole

T = TypeVar("T")


def write_by_suffix(content: T, path: Path, writers: Mapping[str, Callable[[T, Path], None]]) -> Path:
    """Writes the content by the writer of the path's suffix, whole or not at all; raises UsageError for other names."""
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path} 的扩展名应是 {'、'.join(writers)}")
    with written_whole(path) as part:
        writer(content, part)
    return path
