"""The state of a Python worker of Spark between tasks: one object a process, which fills as tasks need it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from perfeval_lint.audit.run.judging import across_forms, judge_for
from perfeval_lint.audit.run.pool import Readers
from perfeval_lint.audit.spark.part import Job
from perfeval_lint.judge.bulk import BulkJudge
from perfeval_lint.rule.compile.query import Check


class Worker:
    """The reader process, which takes half a second to begin, and the judge of checks across forms."""

    def __init__(self) -> None:
        self._readers: tuple[object, Readers] | None = None  # with their limits and function; None while in use
        self._judge: tuple[str, BulkJudge, Sequence[Check]] | None = None  # of the audit this worker works for

    @contextmanager
    def reading(self, job: Job, folder: Path) -> Iterator[Readers]:
        """Lends the reader process to a task. One that was in use when something went wrong may be broken, or still at
        work, and is ended."""
        asked = (job.limits, job.read)
        before, readers = self._readers or (asked, None)
        self._readers = None
        if readers and before != asked:
            readers.__exit__(None, None, None)
            readers = None
        readers = readers or Readers(job.limits, folder, job.read)
        readers.folder = folder
        try:
            yield readers
        except BaseException as error:
            readers.__exit__(type(error), error, None)
            raise
        self._readers = asked, readers

    def judge(self, job: Job) -> tuple[BulkJudge, Sequence[Check]]:
        """Returns the judge, which waives findings, and the checks across forms."""
        key = f"{job.pack.digest} {job.choosing}"
        if self._judge is None or self._judge[0] != key:
            across = across_forms(job.pack, job.choosing)
            self._judge = key, judge_for(job.pack, job.choosing, job.choosing.common, across), across.checks
        return self._judge[1:]


worker = Worker()  # this process's
