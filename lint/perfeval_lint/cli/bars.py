"""Bars that show how far an audit is."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn

_TELL_EVERY = 30  # seconds, where there is no terminal


class Bars(Progress):
    """Bars on the terminal, each with what the field `beside` of its task says and a column of time. Where the output
    goes to a file there are none, and a line may be told now and then."""

    def __init__(self, console: Console, times: ProgressColumn) -> None:
        said = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[beside]}")
        super().__init__(*said, times, console=console, disable=not console.is_terminal)
        self._told = time.monotonic()

    def is_line_due(self) -> bool:
        """Whether it is time for a line; asked again, it is not."""
        if not self.disable or time.monotonic() - self._told <= _TELL_EVERY:
            return False
        self._told = time.monotonic()
        return True
