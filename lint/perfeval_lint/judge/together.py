"""Running database work on both cores: DuckDB lets go of the interpreter while it plans and executes."""

from __future__ import annotations

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
        """A cursor for as long as the block lasts; waits until one is free."""
        cursor = self._free.get()
        try:
            yield cursor
        finally:
            self._free.put(cursor)


# One helper for the life of the process: a new thread each time would leave memory of its own behind each time.
_waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
_helpers: list[threading.Thread] = []


def _help() -> None:
    while True:
        _waiting.get()()


def run_together(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The results of the tasks, in order, two running at a time; the first exception is raised after all end."""
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
        _with_help(work)
    else:
        work()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(tasks))]


def _with_help(work: Callable[[], None]) -> None:
    """Does some work in this thread and in the helper's, and waits for both."""
    if not _helpers:
        _helpers.append(threading.Thread(target=_help, daemon=True))
        _helpers[0].start()
    done = threading.Event()

    def helped() -> None:
        work()
        done.set()

    _waiting.put(helped)
    work()
    done.wait()
