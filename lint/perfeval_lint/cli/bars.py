"""Bars that show how far an audit is."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

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


class AuditBars:
    """Two bars on the terminal: files read and forms judged, with rate and time left. Where the output goes to a file,
    a line now and then."""

    def __init__(self, console: Console) -> None:
        self.progress = Bars(console, TimeRemainingColumn())
        self._reading: TaskID | None = None
        self._judging: TaskID | None = None

    def __enter__(self) -> AuditBars:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._reading is not None:
            self.progress.stop()

    def listed(self, files: int, unread: int, unjudged: int) -> None:
        """Shows the bars and sets their lengths; forms still to be read are not known yet."""
        self.progress.start()
        self._reading = self.progress.add_task(f"读取（共 {files} 个文件）", total=unread, beside="")
        self._judging = self.progress.add_task("审核", total=unjudged, beside="")

    def read(self, files: int, forms: int) -> None:
        """Moves the first bar, and makes the second longer."""
        self._advance(self._reading, files, "个/秒")
        if self._judging is not None:
            task = self.progress.tasks[self._judging]
            self.progress.update(self._judging, total=(task.total or 0) + forms)

    def judged(self, forms: int) -> None:
        """Moves the second bar."""
        self._advance(self._judging, forms, "张/秒")

    def _advance(self, task: TaskID | None, number: int, unit: str) -> None:
        if task is None:
            return
        self.progress.advance(task, number)
        speed = self.progress.tasks[task].speed
        self.progress.update(task, beside=f"{speed:.0f} {unit}" if speed else "")
        if self.progress.is_line_due():
            lines = [f"{one.description} {one.completed:.0f}/{one.total:.0f}" for one in self.progress.tasks]
            self.progress.console.print("，".join(lines))
