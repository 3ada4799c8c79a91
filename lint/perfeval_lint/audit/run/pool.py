"""Gives batches of files to reader processes and yields their parts in the same order.

Where a process died or took too long, finds the file that was to blame and reads the others without it.
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture

from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.audit.run.own import begin
from perfeval_lint.audit.run.processes import Processes
from perfeval_lint.audit.run.reader import PROGRESS, Part, read_items, read_pairs, too_slow
from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.judge.readings import Pair

T = TypeVar("T")

SECONDS = 60.0  # of one file at most
MEMORY = 3072  # MiB of addresses a reader process may use
_AHEAD = 4  # batches given out for each process
_LEAVE = 2.0  # seconds more for the process to end a slow file by itself


@dataclass(frozen=True, slots=True)
class Limits:
    """The number of reader processes and their bounds: seconds a file, MiB in all."""

    processes: int
    seconds: float = SECONDS
    memory: int = MEMORY


@dataclass(slots=True)
class _Batch:
    """Files given to a process, the folder of their part, and its future."""

    items: Sequence[Item]
    folder: str
    future: ProcessFuture[Part]


ReadItems = Callable[[Sequence[Item], str, float], Part]


class Readers:
    """The reader processes of a run, which run `read` and write their parts to `folder`."""

    def __init__(self, limits: Limits, folder: Path, read: ReadItems = read_items) -> None:
        self.limits = limits
        self.folder = folder
        self._read = read
        self._given = 0
        self._number = 1
        self._processes = self._made()

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._processes.close()
        else:
            self._processes.stop()

    def read(self, batches: Iterable[Sequence[Item]]) -> Iterator[Part]:
        """Yields the parts of the batches, in their order; a batch that killed its reader comes as several parts."""
        waiting: deque[_Batch] = deque()
        left = self._processes_for(batches)
        while True:
            while len(waiting) < self.limits.processes * _AHEAD and (items := next(left, None)) is not None:
                waiting.append(self._give(items))
            if not waiting:
                return
            batch = waiting.popleft()
            try:
                yield self._result(batch.future)
            except BrokenProcessPool:
                shutil.rmtree(batch.folder, ignore_errors=True)
                waiting.appendleft(self._give(batch.items))
            except (FutureTimeoutError, ProcessExpired) as error:
                again = [self._give(items) for items in self._blamed(batch, error)]
                waiting.extendleft(reversed(again))

    def quantities(self, chunks: Iterable[Sequence[Pair]]) -> Iterator[Part]:
        """Yields the readings of targets and results, a part a chunk, in their order."""
        waiting: deque[tuple[Sequence[Pair], ProcessFuture[Part]]] = deque()
        left = self._processes_for(chunks)
        while True:
            while len(waiting) < self.limits.processes * _AHEAD and (pairs := next(left, None)) is not None:
                waiting.append((pairs, self._begun(read_pairs, pairs, self._new_folder())))
            if not waiting:
                return
            pairs, future = waiting.popleft()
            try:
                yield self._result(future)
            except BrokenProcessPool:
                waiting.appendleft((pairs, self._begun(read_pairs, pairs, self._new_folder())))
            except ProcessExpired:
                raise UsageError("读取进程在读指标值时退出；请核对本机的内存，或用 --jobs 减少进程") from None

    def _processes_for(self, tasks: Iterable[T]) -> Iterator[T]:
        """The tasks, with as many processes as there are tasks but no more than allowed: each takes half a second to
        begin."""
        left = iter(tasks)
        first = list(islice(left, self.limits.processes))
        if len(first) > self._number:
            self._processes.close()
            self._number = len(first)
            self._processes = self._made()
        return chain(first, left)

    def _made(self) -> Processes:
        return Processes(self._number, begin, (self.limits.memory,))

    def _new_folder(self) -> str:
        self._given += 1
        return str(self.folder / f"{self._given:06d}")

    def _give(self, items: Sequence[Item]) -> _Batch:
        folder = self._new_folder()
        limit = self.limits.seconds
        future = self._begun(self._read, items, folder, limit, seconds=limit + _LEAVE)
        return _Batch(items, folder, future)

    def _begun(self, read: Callable[..., Part], *args: Any, seconds: float | None = None) -> ProcessFuture[Part]:
        """Returns the future of a task; raises UsageError where no reader lives to do it."""
        try:
            return self._processes.give(read, *args, seconds=seconds)
        except BrokenProcessPool:
            message = (
                "读取进程一启动就退出，试了几次都这样，没有读完；请核对本机的内存和权限，或用 --jobs 减少进程，"
                "再运行同样的命令就接着做"
            )
            raise UsageError(message) from None

    def _result(self, future: ProcessFuture[Part]) -> Part:
        """Waits for the part; raises UsageError where the reader cannot write."""
        try:
            return self._processes.result(future)
        except (ProcessExpired, FutureTimeoutError):  # the caller handles these; both are OSErrors too
            raise
        except OSError as error:
            raise UsageError(f"写不了输出目录：{error.strerror or error}；请核对磁盘空间和权限") from None

    def _blamed(self, batch: _Batch, error: Exception) -> list[Sequence[Item]]:
        """Returns the batches to give out again, in order: the files before the one that was being read, that file by
        itself, and those after. A file that was by itself, or took most of the time, is given up."""
        number, since = _item_at(Path(batch.folder), len(batch.items))
        shutil.rmtree(batch.folder, ignore_errors=True)
        item = batch.items[number]
        is_slow = isinstance(error, FutureTimeoutError) and time.time() - since > self.limits.seconds / 2
        if len(batch.items) == 1 or is_slow:
            item = replace(item, problem=self._reason(item, error))
        return [some for some in (batch.items[:number], [item], batch.items[number + 1 :]) if some]

    def _reason(self, item: Item, error: Exception) -> Problem:
        if isinstance(error, FutureTimeoutError):
            return too_slow(self.limits.seconds, item)
        message = "读这个文件时读取程序崩溃，已跳过；请核对文件，或用 Office（WPS）打开后另存再检查"
        return Problem("crashed", message, item.name)


def _item_at(folder: Path, count: int) -> tuple[int, float]:
    """Returns the item a reader was at, by number, and since when; the last one, since now, where that is not known."""
    try:
        number, since = (folder / PROGRESS).read_text("ascii").split()
        return min(int(number), count - 1), float(since)
    except (OSError, ValueError):
        return count - 1, time.time()
