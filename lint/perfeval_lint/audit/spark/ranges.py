"""Cuts tables exported from a budget system into ranges of forms' keys: all rows of a form, of whatever table, go to
the same part. Cuts, imports and judges by the SQL of the embedded engine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from perfeval_lint.audit.run.intake import Intake
from perfeval_lint.audit.run.reader import Part as ReadPart
from perfeval_lint.audit.spark.chunks import WHERE_TO, Chunk, add_rows, split, where_to
from perfeval_lint.audit.spark.judge_part import judge_store, store_of_part
from perfeval_lint.audit.spark.part import Job, connect, scratch
from perfeval_lint.audit.spark.worker import worker
from perfeval_lint.audit.store.store import READ, Store
from perfeval_lint.audit.store.temporary import KEY_RANGES, ROWS_AT_HAND
from perfeval_lint.audit.tables import rows
from perfeval_lint.audit.tables.load import Imported, import_tables
from perfeval_lint.audit.tables.plan import Plan, sources_of, with_rows
from perfeval_lint.errors import PerfevalError, TablesRefused
from perfeval_lint.sql.text import identifier

CUT: Final = "cut"  # Chunk.kind: rows of a source, `name` its number, `group` the range
_AT_ONCE = 250_000  # rows cut at once


@dataclass(frozen=True, slots=True)
class TableSet:
    """Tables that make forms together: the plan, the names of their files and their numbers in the results, the number
    of the first part, the keys where ranges begin, and the SQL types of the sources' columns."""

    plan: Plan
    names: Mapping[Path, str]
    numbers: Mapping[Path, int]
    first_part: int
    earlier: bool
    begins: tuple[str, ...] = ()
    kinds: tuple[Mapping[str, str], ...] = ()


def key_of(plan: Plan, number: int) -> str:
    """Returns the SQL of the key of a row `s` of a source."""
    source = sources_of(plan)[number]
    return rows.key(next(part for part in plan.parts if part.source == source), plan)


def kinds_of(chunk_rows: pa.Table | pa.RecordBatch) -> dict[str, str]:
    """Returns the SQL types of columns."""
    with duckdb.connect() as database:
        database.register(ROWS_AT_HAND.name, chunk_rows)
        return {name: kind for name, kind, *_ in database.execute(f"DESCRIBE FROM {ROWS_AT_HAND}").fetchall()}


def sample_keys(job: Job, some: TableSet, number: int, every: int, batches: Iterable[pa.RecordBatch]) -> Iterator[str]:
    """Yields one in `every` of the keys in a source's rows, chosen by the keys alone."""
    with scratch() as name, connect(job, Path(name)) as database:
        for table in _gathered(batches):
            plan = _reading_rows(some.plan, number, table)
            database.register(ROWS_AT_HAND.name, table)
            key = key_of(plan, number)
            found = database.execute(
                f"SELECT DISTINCT k FROM (SELECT {key} AS k FROM {ROWS_AT_HAND} s) "
                f"WHERE k IS NOT NULL AND hash(k) % {every} = 0"
            )
            yield from (str(one) for (one,) in found.fetchall())
            database.unregister(ROWS_AT_HAND.name)


def cut(job: Job, some: TableSet, number: int, part: int, batches: Iterable[pa.RecordBatch]) -> Iterator[Chunk]:
    """Yields a source's rows by the ranges of their forms' keys; rows without a key go to the first."""
    with scratch() as name, connect(job, Path(name)) as database:
        database.execute(
            f"CREATE TABLE {KEY_RANGES} AS SELECT unnest($1::VARCHAR[]) AS 起点, unnest(range(1, len($1) + 1)) AS 号",
            [list(some.begins)],
        )
        for order, table in enumerate(_gathered(batches)):
            plan = _reading_rows(some.plan, number, table)
            database.register(ROWS_AT_HAND.name, table)
            keyed = f"SELECT s.*, {key_of(plan, number)} AS 键 FROM {ROWS_AT_HAND} s"
            select = (
                f"SELECT k.* EXCLUDE (键), {where_to('coalesce(b.号, 0)')} AS {identifier(WHERE_TO)} "
                f"FROM ({keyed}) k ASOF LEFT JOIN {KEY_RANGES} b ON k.键 >= b.起点"
            )
            yield from split(database, select, CUT, str(number), (part << 20) + order)
            database.unregister(ROWS_AT_HAND.name)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yields batches put together to tables of some size."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count >= _AT_ONCE:
            yield pa.Table.from_batches(waiting)
            waiting, count = [], 0
    if count:
        yield pa.Table.from_batches(waiting)


def _reading_rows(plan: Plan, number: int, table: pa.Table) -> Plan:
    """Returns the plan with the types of the columns of a source at hand."""
    given: dict[int, tuple[str, Mapping[str, str]]] = {
        at: (source.rows, source.columns) for at, source in enumerate(sources_of(plan))
    }
    given[number] = (ROWS_AT_HAND.name, kinds_of(table.slice(0, 0)))
    return with_rows(plan, given)


def judge_ranges(job: Job, some: TableSet, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Imports and judges ranges, the chunks of each in a row."""
    for bucket, own in groupby(chunks, lambda chunk: chunk.group):
        with store_of_part(job) as store:
            yield from _judge_range(job, some, store, some.first_part + bucket, own)


def _judge_range(job: Job, some: TableSet, store: Store, part: int, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    database = store.database
    for number, kinds in enumerate(some.kinds):
        columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in kinds.items())
        database.execute(f"CREATE TABLE {_source(number)} ({columns})")
    for chunk in chunks:
        add_rows(database, _source(int(chunk.name)), chunk)
    local = {path: number for number, path in enumerate(some.numbers)}
    for path, number in local.items():
        database.execute(
            "INSERT INTO 文件 (文件号, 文件, 状态, 往年) VALUES (?, ?, ?, ?)",
            [number, some.names[path], READ, some.earlier],
        )
    given = {number: (_source(number), kinds) for number, kinds in enumerate(some.kinds)}
    try:
        done = import_tables(
            database, with_rows(some.plan, given), first_form=0, file_numbers=local, earlier=some.earlier
        )
    except TablesRefused as error:
        raise PerfevalError(str(error.problems[0])) from None
    for number in given:
        database.execute(f"DROP TABLE {_source(number)}")
    yield from judge_raw(job, part, store, {local[path]: number for path, number in some.numbers.items()}, done)


def _source(number: int) -> str:
    return f"导入源{number}"


def judge_raw(
    job: Job, part: int, store: Store, files: dict[int, int], imported: Imported | None = None
) -> Iterator[Chunk]:
    """Judges forms of a part's store that were not read from files; reads their targets and results first."""
    intake = Intake(store.database)
    with worker.reading(job, store.batches) as readers:
        intake.read_pairs(readers)
    yield from judge_store(job, part, store, files, imported)


def judge_earlier(job: Job, part: int, number: int, name: str, folder: str, forms: int) -> Iterator[Chunk]:
    """Prepares forms of last year's results, written to a folder as a reader does; the results go by `name`, and by
    `number` in the new ones."""
    with store_of_part(job) as store:
        own = store.batches / "earlier"
        shutil.copytree(folder, own)  # taking it takes it away
        Intake(store.database).take([ReadPart(str(own), 1, forms)])
        store.database.execute("INSERT INTO 文件 (文件号, 文件, 状态, 往年) VALUES (0, ?, ?, true)", [name, READ])
        yield from judge_raw(job, part, store, {0: number})
