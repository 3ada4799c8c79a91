"""Writing what a command gives."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from perfeval_lint.errors import UsageError


def write(target: Path, pieces: Iterable[bytes], sources: Iterable[Path] = ()) -> None:
    """Writes a file whole or not at all; refuses to write over a file it is made from.

    Raises UsageError where it cannot be written; what making the pieces raises goes through.
    """
    if target.exists() and any(source.exists() and target.samefile(source) for source in sources):
        raise UsageError(f"不能写到原来的文件上：{target}；请换一个名字")
    name = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(pieces)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except OSError as error:
        raise UsageError(f"写不了 {target}：{error.strerror}；请换一个位置") from None
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
