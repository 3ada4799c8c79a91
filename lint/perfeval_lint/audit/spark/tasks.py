"""The functions that Spark's workers run on batches of Arrow rows; each is pickled by its name and its job."""

from __future__ import annotations

import os
import pickle
import socket
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from perfeval_lint.audit.spark.chunks import batches_of, chunks_in, names_in, rows_in, rows_of
from perfeval_lint.audit.spark.groups import judge_groups
from perfeval_lint.audit.spark.judge_part import judge_items
from perfeval_lint.audit.spark.part import Job, scratch
from perfeval_lint.audit.spark.ranges import TableSet, cut, judge_earlier, judge_ranges, sample_keys
from perfeval_lint.audit.spark.remote import items_in
from perfeval_lint.audit.spark.write_results import Corrections, write_rows

Batches = Iterable[pa.RecordBatch]
PROBE = "driver"  # the file of the driver that workers look for
PARTS_DDL = "part bigint, content binary"  # a part and the pickled items of it
KEYS_DDL = "key string"
HASHES_DDL = "number bigint, file string, hash string, earlier int, first bigint, forms bigint"
FILES_DDL = "file string"


def probe(job: Job, folder: str, number: int) -> tuple[str, str, bool]:
    """Tries what tasks do on a worker; returns its host, the name of a file it has written to the folder, and whether
    it sees the driver's file there."""
    job.check_version()
    there = Path(folder, PROBE).is_file()
    name = f"{socket.gethostname()}-{os.getpid()}-{number}"
    if there:
        Path(folder, name).write_bytes(b"")
    return socket.gethostname(), name, there


def files_of_parts(job: Job, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Reads and judges parts of PARTS_DDL; yields chunks."""
    for part, content in rows_of(batches):
        yield from batches_of(judge_items(job, part, _unpacked(content)))


def contents(job: Job, first: int, last_year: bool, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Reads and judges rows of CONTENTS_DDL; yields chunks. A partition is a part, even an empty one."""
    with scratch() as folder:
        found = items_in(rows_of(batches), Path(folder), last_year=last_year)
        items = sorted(found, key=lambda item: item.name)
        yield from batches_of(judge_items(job, first + _partition(), items))


def keys(job: Job, some: TableSet, source: int, every: int, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yields some of the keys in rows of a source."""
    found = list(sample_keys(job, some, source, every, batches))
    if found:
        yield pa.RecordBatch.from_pydict({"key": found})


def cuts(job: Job, some: TableSet, source: int, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Cuts rows of a source; yields chunks of ranges."""
    yield from batches_of(cut(job, some, source, _partition(), batches))


def ranges(job: Job, some: TableSet, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Imports and judges chunks of ranges; yields chunks of parts."""
    yield from batches_of(judge_ranges(job, some, chunks_in(batches)))


def earlier(job: Job, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Prepares parts of last year's forms, of PARTS_DDL; yields chunks."""
    for part, content in rows_of(batches):
        yield from batches_of(judge_earlier(job, part, *_unpacked(content)))


def hashes(batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yields chunks of files as rows of HASHES_DDL."""
    for chunk in chunks_in(batches):
        yield from rows_in(chunk).rename_columns(names_in(HASHES_DDL)).to_batches()


def groups(job: Job, dropped: Sequence[tuple[int, int]], batches: Batches) -> Iterator[pa.RecordBatch]:
    """Judges chunks of groups; yields chunks of rows."""
    yield from batches_of(judge_groups(job, dropped, chunks_in(batches)))


def results(job: Job, corrections: Corrections, folder: str, batches: Batches) -> Iterator[pa.RecordBatch]:
    """Writes chunks of rows to files; yields rows of FILES_DDL."""
    for files in write_rows(job, corrections, Path(folder), chunks_in(batches)):
        yield pa.RecordBatch.from_pydict({"file": list(map(str, files))})


def _partition() -> int:
    """Returns the number of the task among those of its stage."""
    from pyspark import TaskContext

    context = TaskContext.get()
    return int(context.partitionId()) if context else 0


def _unpacked(content: bytes) -> Any:
    """Returns what the driver packed."""
    return pickle.loads(content)  # noqa: S301
