"""Reader processes: batches of files go out, their parts come back in the order they were given.

pebble keeps the processes: it ends one that takes too long, and starts another for one that died. What is done here
is to find the file that was to blame, and to read the others without it.
"""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from pathlib import Path
from types import TracebackType

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from perfeval_lint.audit.inputs import Item
from perfeval_lint.audit.reader import PROGRESS, Pair, Part, begin, read_items, read_pairs, too_slow
from perfeval_lint.errors import Problem, UsageError

SECONDS = 60.0  # what one file may take
MEMORY = 3072  # MiB of addresses a reader process may use
_AHEAD = 4  # batches given out for each process
_LEAVE = 2.0  # seconds more for the process to end a slow file by itself


@dataclass(frozen=True, slots=True)
class Limits:
    """How many reader processes, and what each may take: seconds a file, MiB in all."""

    processes: int
    seconds: float = SECONDS
    memory: int = MEMORY


@dataclass(slots=True)
class _Batch:
    """Files given to a process, the folder of their part, and what will come of it."""

    items: Sequence[Item]
    folder: str
    future: ProcessFuture[Part]


ReadItems = Callable[[Sequence[Item], str, float], Part]


class Readers:
    """The reader processes of a run, which run `read`. `folder` is where they lay down their parts."""

    def __init__(self, limits: Limits, folder: Path, read: ReadItems = read_items) -> None:
        self.limits = limits
        self.folder = folder
        self._read = read
        self._given = 0
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(limits.processes, initializer=begin, initargs=(limits.memory,), context=context)

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._pool.close()  # type: ignore[no-untyped-call]
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def read(self, batches: Iterable[Sequence[Item]]) -> Iterator[Part]:
        """The parts of the batches, in their order; a batch that cost a reader its life comes as several parts."""
        waiting: deque[_Batch] = deque()
        left = iter(batches)
        while True:
            while len(waiting) < self.limits.processes * _AHEAD and (items := next(left, None)) is not None:
                waiting.append(self._give(items))
            if not waiting:
                return
            batch = waiting.popleft()
            try:
                yield _result(batch.future)
            except (FutureTimeoutError, ProcessExpired) as error:
                again = [self._give(items) for items in self._blamed(batch, error)]
                waiting.extendleft(reversed(again))

    def quantities(self, chunks: Iterable[Sequence[Pair]]) -> Iterator[Part]:
        """What targets and results say, a part a chunk, in their order."""
        waiting: deque[ProcessFuture[Part]] = deque()
        left = iter(chunks)
        while True:
            while len(waiting) < self.limits.processes * _AHEAD and (pairs := next(left, None)) is not None:
                with _without_interrupts():
                    waiting.append(self._pool.schedule(read_pairs, args=(pairs, self._new_folder())))
            if not waiting:
                return
            try:
                yield _result(waiting.popleft())
            except ProcessExpired:
                raise UsageError("读取进程在读指标值时退出；请核对本机的内存，或用 --jobs 减少进程") from None

    def _new_folder(self) -> str:
        self._given += 1
        return str(self.folder / f"{self._given:06d}")

    def _give(self, items: Sequence[Item]) -> _Batch:
        folder = self._new_folder()
        limit = self.limits.seconds
        with _without_interrupts():
            future = self._pool.schedule(self._read, args=(items, folder, limit), timeout=limit + _LEAVE)
        return _Batch(items, folder, future)

    def _blamed(self, batch: _Batch, error: Exception) -> list[Sequence[Item]]:
        """The batches to give out again, in order: those before the file that was being read, that file by itself,
        and those after. A file that was by itself, or took most of the time, is given up."""
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


def _result(future: ProcessFuture[Part]) -> Part:
    """The part, once it is there; raises UsageError where no reader can begin or write."""
    try:
        return future.result()
    except (ProcessExpired, FutureTimeoutError):  # the caller's to answer; both are OSErrors too
        raise
    except BrokenProcessPool:
        raise UsageError("读取进程一启动就退出；请核对本机的内存和权限，或用 --jobs 减少进程") from None
    except OSError as error:
        raise UsageError(f"写不了输出目录：{error.strerror or error}；请核对磁盘空间和权限") from None


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Threads and processes begun in this block never see Ctrl-C, not even while they start."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # where it has to begin with the processes, it lets signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _item_at(folder: Path, count: int) -> tuple[int, float]:
    """The number of the item a reader was at, and since when; the last one, and since now, where that is not known."""
    try:
        number, since = (folder / PROGRESS).read_text("ascii").split()
        return min(int(number), count - 1), float(since)
    except (OSError, ValueError):
        return count - 1, time.time()
