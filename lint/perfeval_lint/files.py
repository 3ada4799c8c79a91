"""Files: written whole or not at all, only the newest kept, Chinese text decoded."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

PART = ".part"  # the suffix of a file that is still being written

_HAN = re.compile("[\u4e00-\u9fff]")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yields the path of a new file, which replaces `path` when the block ends and is removed when the block fails.

    Until then an older file stays as it is. Any number of processes may write the same file. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part(path) as part:
        yield part
        part.replace(path)


@contextlib.contextmanager
def written_new(path: Path) -> Iterator[Path]:
    """As written_whole, but a file that is there by then stays: of several processes the first has written it."""
    with _part(path) as part:
        yield part
        try:
            path.hardlink_to(part)
        except FileExistsError:
            return
        except OSError:  # a file system that has no links
            part.replace(path)


@contextlib.contextmanager
def _part(path: Path) -> Iterator[Path]:
    part = path.with_name(f".{os.urandom(8).hex()}{PART}")  # unlike a file of tempfile, for whom the umask allows
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Removes all but the `count` newest files of a folder that match a pattern. Raises OSError."""
    files = sorted(folder.glob(pattern), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in files[count:]:
        old.unlink(missing_ok=True)


def marked_encoding(data: bytes) -> str:
    """The encoding that the byte order mark at the beginning of `data` stands for; "" where there is no mark."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), "")


def encodings_of(data: bytes) -> tuple[str, ...]:
    """The encodings to try, in order, for Chinese text that begins with `data`: its byte order mark's, else UTF-8 and
    GB18030."""
    marked = marked_encoding(data)
    return (marked,) if marked else ("utf-8", "gb18030")


def is_chinese_utf8(data: bytes) -> bool:
    """Returns whether bytes are UTF-8 with Chinese in it, whatever they are said to be.

    Chinese in GBK hardly ever is valid UTF-8, and where it is (联通) it reads as other letters.
    """
    try:
        return _HAN.search(data.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False
