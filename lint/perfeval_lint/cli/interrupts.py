"""Ctrl-C, told from other errors by having come and not by what a library makes of it."""

from __future__ import annotations

import signal


class _Interrupts:
    """Python's own answer to Ctrl-C, that remembers that it came."""

    came = False

    def __call__(self, *_: object) -> None:
        self.came = True
        raise KeyboardInterrupt


def note_interrupts() -> None:
    """From here on is_interrupt() knows of every Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _Interrupts())


def is_interrupt(error: BaseException) -> bool:
    """Whether an exception is Ctrl-C: DuckDB makes a RuntimeError of one that comes while it runs a query."""
    answer = signal.getsignal(signal.SIGINT)
    came = isinstance(answer, _Interrupts) and answer.came
    return isinstance(error, KeyboardInterrupt) or (came and isinstance(error, RuntimeError))
