"""Writes the output files of commands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from perfeval_lint.errors import UsageError
from perfeval_lint.files import written_whole


def write(target: Path, pieces: Iterable[bytes], sources: Iterable[Path] = ()) -> None:
    """Writes a file whole or not at all, and never over one of its `sources`.

    Raises UsageError where it cannot be written; exceptions of `pieces` pass through.
    """
    if target.exists() and any(source.exists() and target.samefile(source) for source in sources):
        raise UsageError(f"不能写到原来的文件上：{target}；请换一个名字")
    try:
        with written_whole(target) as part, part.open("xb") as stream:
            stream.writelines(pieces)
    except OSError as error:
        raise UsageError(f"写不了 {target}：{error.strerror}；请换一个位置") from None
