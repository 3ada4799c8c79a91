"""How far a Spark job is, on the terminal."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_TELL_EVERY = 30  # seconds, where there is no terminal


class TaskBars:
    """A bar for each phase, its tasks done and those that were tried again; where the output goes to a file, a line now
    and then. `tell` may be called from any thread."""

    def __init__(self, console: Console) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._bars: dict[str, TaskID] = {}
        self._told = time.monotonic()
        self._lock = threading.Lock()

    def __enter__(self) -> TaskBars:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()

    def tell(self, words: str, done: int, total: int, failed: int) -> None:
        """Moves the bar of a phase."""
        again = f"重试 {failed}" if failed else ""
        with self._lock:
            if words not in self._bars:
                self._bars[words] = self.progress.add_task(words or "Spark", total=total, failed=again)
            self.progress.update(self._bars[words], completed=done, total=total, failed=again)
            if self.progress.disable and time.monotonic() - self._told > _TELL_EVERY:
                self._told = time.monotonic()
                self.progress.console.print(f"{words or 'Spark'} {done}/{total} 个任务{f'，{again}' if again else ''}")
