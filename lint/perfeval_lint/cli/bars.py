"""Progress bars of an audit."""

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

_LINE_EVERY = 30  # seconds, where there is no terminal


class Bars(Progress):
    """Bars on a terminal, each with the text in the field `beside` of its task and a column of time. Where the output
    goes to a file, no bars: the caller prints a line whenever one is due."""

    def __init__(self, console: Console, times: ProgressColumn) -> None:
        said = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[beside]}")
        super().__init__(*said, times, console=console, disable=not console.is_terminal)
        self._last_line = time.monotonic()

    def is_line_due(self) -> bool:
        """Returns whether a line of progress is due, and if so begins to wait for the next."""
        if not self.disable or time.monotonic() - self._last_line <= _LINE_EVERY:
            return False
        self._last_line = time.monotonic()
        return True


class AuditBars:
    """Two bars on a terminal: files read and forms judged, with rate and time left. Where the output goes to a file,
    a line every half a minute."""

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
        """Shows the bars and sets their lengths; the second does not count the forms in files that are not read yet."""
        self.progress.start()
        self._reading = self.progress.add_task(f"读取（共 {files} 个文件）", total=unread, beside="")
        self._judging = self.progress.add_task("审核", total=unjudged, beside="")

    def read(self, files: int, forms: int) -> None:
        """Advances the first bar, and adds the forms read to the length of the second."""
        self._advance(self._reading, files, "个/秒")
        if self._judging is not None:
            task = self.progress.tasks[self._judging]
            self.progress.update(self._judging, total=(task.total or 0) + forms)

    def judged(self, forms: int) -> None:
        """Advances the second bar."""
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
