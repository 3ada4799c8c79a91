"""Writing what a command gives."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from perfeval_lint.errors import UsageError


def write(target: Path, pieces: Iterable[bytes], sources: Iterable[Path] = ()) -> None:
    """Writes a file whole or not at all; refuses to write over a file it is made from.

    Raises UsageError where it cannot be written; what making the pieces raises goes through.
    """
    if target.exists() and any(source.exists() and target.samefile(source) for source in sources):
        raise UsageError(f"不能写到原来的文件上：{target}；请换一个名字")
    written = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        written = target.parent / f".{secrets.token_hex(8)}.tmp"
        with written.open("xb") as stream:  # unlike those of tempfile, for whom the umask allows
            stream.writelines(pieces)
        written.replace(target)
    except OSError as error:
        raise UsageError(f"写不了 {target}：{error.strerror}；请换一个位置") from None
    finally:
        if written is not None:
            written.unlink(missing_ok=True)
