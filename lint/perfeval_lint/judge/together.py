"""Running database work on both cores: DuckDB lets go of the interpreter while it plans and executes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def run_together(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The results of the tasks, in order, two running at a time; the first exception is raised after all end."""
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    waiting = iter(enumerate(tasks))
    lock = threading.Lock()

    def work() -> None:
        while not errors:
            with lock:
                number, task = next(waiting, (-1, None))
            if task is None:
                return
            try:
                results[number] = task()
            except BaseException as error:  # noqa: BLE001  (raised again below, in the caller's thread)
                errors.append(error)

    helper = threading.Thread(target=work) if len(tasks) > 1 else None
    if helper:
        helper.start()
    work()
    if helper:
        helper.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(tasks))]
