"""Runs database work on both cores: DuckDB releases the interpreter lock while it plans and executes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

import duckdb

T = TypeVar("T")


class Cursors:
    """The cursors of one database, lent to one thread at a time."""

    def __init__(self, cursors: Sequence[duckdb.DuckDBPyConnection]) -> None:
        self._free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for cursor in cursors:
            self._free.put(cursor)

    @contextmanager
    def one(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lends a cursor for as long as the block lasts; waits until one is free."""
        cursor = self._free.get()
        try:
            yield cursor
        finally:
            self._free.put(cursor)


class Helper:
    """A thread that shares the work of other threads, started when it is first needed."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Makes the next work start a new thread: a child made by fork has no thread but the one that forked."""
        self._offered: SimpleQueue[tuple[Callable[[], None], threading.Lock, threading.Event]] = SimpleQueue()
        self._beginning = threading.Lock()
        self._has_begun = False

    def share(self, work: Callable[[], None]) -> None:
        """Does some work in this thread and, unless another's keeps it busy until the end, in the helper's.

        `work` may be called twice at once; it raises nothing but what interrupts this thread.
        """
        with self._beginning:
            if not self._has_begun:
                threading.Thread(target=self._help, daemon=True).start()
                self._has_begun = True
        claim, ended = threading.Lock(), threading.Event()
        self._offered.put((work, claim, ended))
        try:
            work()
        finally:
            if not claim.acquire(blocking=False):  # else the helper comes too late
                ended.wait()

    def _help(self) -> None:
        while True:
            _take_part(*self._offered.get())  # no variable holds the work while the thread waits


def _take_part(work: Callable[[], None], claim: threading.Lock, ended: threading.Event) -> None:
    if claim.acquire(blocking=False):
        work()
        ended.set()


# One for the life of the process: every new thread would leave memory of its own behind.
_helper = Helper()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_helper.forget)


def run_together(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Returns the results of the tasks, in order; two run at a time. Raises the first exception after all end."""
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    left = iter(enumerate(tasks))
    lock = threading.Lock()

    def work() -> None:
        while not errors:
            with lock:
                number, task = next(left, (-1, None))
            if task is None:
                return
            try:
                results[number] = task()
            except BaseException as error:  # noqa: BLE001  (raised again below, in the caller's thread)
                errors.append(error)

    if len(tasks) > 1:
        _helper.share(work)
    else:
        work()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(tasks))]
