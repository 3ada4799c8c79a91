"""Ctrl-C, recognised by its signal and not by the exception a library makes of it."""

from __future__ import annotations

import signal


class _Interrupts:
    """A signal handler that raises KeyboardInterrupt as Python's does, and records that Ctrl-C came."""

    came = False

    def __call__(self, *_: object) -> None:
        self.came = True
        raise KeyboardInterrupt


def note_interrupts() -> None:
    """Installs the handler by which is_interrupt() knows of Ctrl-C, unless another one is in place."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _Interrupts())


def is_interrupt(error: BaseException) -> bool:
    """Returns whether an exception comes of Ctrl-C; DuckDB raises RuntimeError for one during a query."""
    answer = signal.getsignal(signal.SIGINT)
    came = isinstance(answer, _Interrupts) and answer.came
    return isinstance(error, KeyboardInterrupt) or (came and isinstance(error, RuntimeError))
