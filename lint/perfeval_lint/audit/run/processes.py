"""Processes for work that may crash or hang. pebble runs them: it ends one that takes too long and begins another for
one that died. This module gives up where they die as they begin, which pebble may go on with for ever.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, TypeVar

from pebble import ProcessFuture, ProcessPool

T = TypeVar("T")

_TRIES = 4  # times that as many processes as there are to be are begun without a task that ends
_LOOK = 1.0  # seconds between looks at whether there are processes yet


class _Beginnings(SpawnContext):
    """Begins processes; no more after `most` since a task last ended."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.begun = 0

    def Process(self, *args: Any, **more: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802  (pebble calls it)
        if self.are_in_vain():
            raise OSError("processes die as they begin")
        self.begun += 1
        return SpawnProcess(*args, **more)

    def are_in_vain(self) -> bool:
        """Returns whether so many were begun in vain that another would be, too."""
        return self.begun >= self.most


class Processes:
    """`number` processes that first run `begin` with the arguments given, then tasks; each is replaced after `renewed`
    tasks (0 for never)."""

    def __init__(self, number: int, begin: Callable[..., None], given: tuple[Any, ...], *, renewed: int = 0) -> None:
        self._number, self._given, self._renewed = number, (begin, *given), renewed
        self._beginnings = _Beginnings(number * _TRIES)
        self._out: set[Future[Any]] = set()
        self._pool = self._made()

    def give(self, function: Callable[..., T], *args: Any, seconds: float | None = None) -> ProcessFuture[T]:
        """Submits a task to run in one of the processes, at most so many seconds. The future raises ProcessExpired if
        the task killed its process, TimeoutError, or BrokenProcessPool where all died before it was begun.

        Raises BrokenProcessPool where processes died as they began, again and again; the next call tries anew.
        """
        with without_interrupts():
            while not self._beginnings.are_in_vain():
                try:
                    if not self._pool.active:
                        self.stop()
                        self._pool = self._made()
                    future = self._pool.submit(function, seconds, *args)
                except RuntimeError:  # none could be begun, or all died just now
                    self._beginnings.begun += 1
                    continue
                self._out.add(future)
                future.add_done_callback(self._ended)
                return future
        self.stop()
        self._beginnings.begun = 0
        raise BrokenProcessPool

    def result(self, future: ProcessFuture[T]) -> T:
        """Waits for a task and returns its result."""
        while not wait([future], _LOOK).done:
            if not self._pool.active:
                self.stop()
        return future.result()

    def close(self) -> None:
        """Waits until all tasks and processes have ended."""
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def stop(self) -> None:
        """Ends the processes; tasks that have not ended raise BrokenProcessPool."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        for future in [*self._out]:
            future.set_exception(BrokenProcessPool())

    def _made(self) -> ProcessPool:
        return ProcessPool(self._number, self._renewed, _begin_quietly, self._given, self._beginnings)

    def _ended(self, future: Future[Any]) -> None:
        self._out.discard(future)
        if not future.cancelled() and not isinstance(future.exception(), BrokenProcessPool):
            self._beginnings.begun = 0


def _begin_quietly(begin: Callable[..., None], *given: Any) -> None:
    """Begins, or ends this process silently: the parent reports it."""
    try:
        begin(*given)
    except BaseException:  # noqa: BLE001  (whatever it was, this process is of no use)
        os._exit(1)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Keeps Ctrl-C from threads and processes begun in this block, even while they start."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # where it has to begin with the processes, it lets signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
