"""Shows the progress of jobs, by a listener of Spark's: its events come from the JVM to a callback server here.

Progress is a courtesy. Where the callback server cannot be had there is none; a listener that fails is logged by Spark
and the job goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ShowTasks = Callable[[str, int, int, int], None]  # what is being done, tasks done, all tasks known of, failed attempts

_DESCRIPTION = "spark.job.description"


@dataclass(slots=True)
class _Phase:
    done: int = 0
    all: int = 0
    failed: int = 0


class _Listener:
    """Counts tasks by the description of their job. Called by one thread of the JVM, an event after the other."""

    def __init__(self, show: ShowTasks) -> None:
        self._show = show
        self._phases: dict[str, _Phase] = {}
        self._words: dict[int, str] = {}  # by the number of the stage

    def onStageSubmitted(self, event: Any) -> None:  # noqa: N802  Spark's name
        """A stage with its tasks; one tried again comes again, with those it lacks."""
        properties, info = event.properties(), event.stageInfo()
        words = (properties.getProperty(_DESCRIPTION) if properties is not None else None) or ""
        self._words[info.stageId()] = words
        self._phases.setdefault(words, _Phase()).all += info.numTasks()
        self._say(words)

    def onTaskEnd(self, event: Any) -> None:  # noqa: N802  Spark's name
        """A task, done or failed; one that was killed because another was quicker is neither."""
        words, info = self._words.get(event.stageId(), ""), event.taskInfo()
        phase = self._phases.setdefault(words, _Phase())
        if info.successful():
            phase.done += 1
        elif info.failed():
            phase.failed += 1
        self._say(words)

    def _say(self, words: str) -> None:
        phase = self._phases[words]
        self._show(words, min(phase.done, phase.all), phase.all, phase.failed)

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Answers all other events, which mean nothing here."""
        if name.startswith("on"):
            return lambda *_: None
        raise AttributeError(name)

    def equals(self, other: object) -> bool:
        """Java compares listeners when one is taken off."""
        return other is self

    def hashCode(self) -> int:  # noqa: N802  Java's name
        """Java's number of this object."""
        return id(self) & 0x7FFFFFFF

    def toString(self) -> str:  # noqa: N802  Java's name
        """For Spark's log."""
        return "perfeval-lint progress"

    class Java:
        """py4j makes a Java object of it by this."""

        implements = ("org.apache.spark.scheduler.SparkListenerInterface",)


@contextlib.contextmanager
def progress(spark: SparkSession, show: ShowTasks) -> Iterator[None]:
    """Shows the progress of the block's jobs, from another thread; the phases are named by setJobDescription."""
    from py4j.protocol import Py4JError
    from pyspark.java_gateway import ensure_callback_server_started

    context = spark.sparkContext
    gateway, java = context._gateway, context._jsc.sc()
    listener: Any = None
    try:
        with contextlib.suppress(Py4JError, OSError):
            ensure_callback_server_started(gateway)
            listener = _Listener(show)
            java.addSparkListener(listener)
        yield
    finally:
        with contextlib.suppress(Py4JError, OSError):
            if listener is not None:
                java.removeSparkListener(listener)  # the server goes with the session: Spark cannot start it twice
