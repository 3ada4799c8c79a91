"""The state of a reader process between batches: one object, made as the process begins."""

from __future__ import annotations

import signal
import sys
import zipfile
from collections.abc import Iterable, Iterator

import duckdb

from perfeval_lint.judge.readings import Pair

_MOST_SEEN = 200_000


class Own:
    """A database that writes Parquet, the archive that is being read, and the pairs that were written."""

    def __init__(self) -> None:
        self.database = duckdb.connect(config={"threads": "1", "memory_limit": "1GB"})
        self._archive: zipfile.ZipFile | None = None
        self._seen: set[Pair] = set()

    def archive(self, path: str) -> zipfile.ZipFile:
        """Returns an archive, which stays open: opening reads its whole directory."""
        if self._archive is None or self._archive.filename != path:
            if self._archive is not None:
                self._archive.close()
            self._archive = None
            self._archive = zipfile.ZipFile(path)
        return self._archive

    def unseen(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        """Yields the pairs that this process has not written before, as far as it remembers."""
        if len(self._seen) > _MOST_SEEN:
            self._seen.clear()
        for pair in pairs:
            if pair not in self._seen:
                self._seen.add(pair)
                yield pair

    def forget_pairs(self) -> None:
        """Makes every pair unseen again."""
        self._seen.clear()


_own: Own | None = None  # this process's, set by begin() alone


def begin(memory: int) -> None:
    """Makes this a reader process that may hold `memory` MiB."""
    global _own
    bound(memory)
    _own = Own()


def own() -> Own:
    """Returns the state of this reader process; raises RuntimeError in a process that is none."""
    if _own is None:
        raise RuntimeError("begin() has not made this a reader process")
    return _own


def bound(memory: int) -> None:
    """Bounds the memory of this process (MiB) and leaves Ctrl-C to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import resource

        size = memory * 1024 * 1024
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        is_bounded = hard != resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_AS, (min(size, hard) if is_bounded else size, hard))
