"""Rows as Spark moves them: many rows of a table as one row of bytes, so that Spark moves few large rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, get_type_hints

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from perfeval_lint.audit.store.temporary import ROWS_AT_HAND
from perfeval_lint.sql.text import identifier

# Chunk.kind: rows of the results, rows to be compared with others, files by their content, facts for the driver.
# Facts end the chunks of a unit of work (a part, a bucket of groups): their `rows` is the number of these chunks.
ROWS, GROUPS, HASHES, FACTS = "rows", "groups", "hashes", "facts"
_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")
WHERE_TO: Final = "@去"  # column of a SELECT to be split: see where_to
# Columns beside those of the results, as SQL: the folders of a row's form, and its WHERE_TO while it is compared.
YEAR, DEPARTMENT, LATER_WHERE_TO = '"@年"', '"@门"', '"@归"'
_GROUP_BITS = 2**32 - 1
_AT_ONCE = 32 * 2**20  # bytes of chunks handed to Spark in one batch


class Chunk(NamedTuple):
    """Rows of the table `name` that go to the same task.

    `group` and `share` are its key (the group of departments, and the share of the parts; or the bucket of the groups
    compared); `part` is where the rows come from. `content` is an Arrow stream, of FACTS a pickle.
    """

    kind: str
    name: str
    group: int
    share: int
    part: int
    rows: int
    content: bytes


# A chunk as Spark names its columns, and as Arrow does.
_TYPES = {str: ("string", pa.string()), int: ("bigint", pa.int64()), bytes: ("binary", pa.binary())}
_COLUMNS = {name: _TYPES[kind] for name, kind in get_type_hints(Chunk).items()}
DDL: Final = ", ".join(f"{name} {kind}" for name, (kind, _) in _COLUMNS.items())
SCHEMA: Final = pa.schema([(name, kind) for name, (_, kind) in _COLUMNS.items()])


def names_in(ddl: str) -> list[str]:
    """Returns the names of the columns that a schema in Spark's words lists."""
    return [column.split()[0] for column in ddl.split(", ")]


def batches_of(chunks: Iterable[Chunk]) -> Iterator[pa.RecordBatch]:
    """Yields chunks as Spark takes them, some of them at a time."""
    waiting: list[Chunk] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk.content)
        if size >= _AT_ONCE:
            yield _batch(waiting)
            waiting, size = [], 0
    if waiting:
        yield _batch(waiting)


def _batch(chunks: list[Chunk]) -> pa.RecordBatch:
    columns = list(zip(*chunks, strict=True))
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def chunks_in(batches: Iterable[pa.RecordBatch]) -> Iterator[Chunk]:
    """Yields the chunks Spark hands over, in its order."""
    yield from map(Chunk._make, rows_of(batches))


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[Any, ...]]:
    """Yields the rows Spark hands over, in its order."""
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def split(database: duckdb.DuckDBPyConnection, select: str, kind: str, name: str, part: int) -> Iterator[Chunk]:
    """Yields the rows of a SELECT as chunks, one for each value of its column WHERE_TO, which the content lacks."""
    table = database.sql(f"SELECT * FROM ({select}) ORDER BY {identifier(WHERE_TO)}").to_arrow_table().combine_chunks()
    if not table.num_rows:
        return
    runs = pc.run_end_encode(table.column(WHERE_TO).chunk(0), run_end_type=pa.int64())
    rows = table.drop_columns([WHERE_TO])
    begin = 0
    for end, target in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True):
        content = _encoded(rows.slice(begin, end - begin))
        yield Chunk(kind, name, target & _GROUP_BITS, target >> 32, part, end - begin, content)
        begin = end


def ended(chunks: Iterable[Chunk], name: str, group: int, part: int, content: bytes = b"") -> Iterator[Chunk]:
    """Yields the chunks of a unit of work, and then its facts."""
    count = 0
    for count, chunk in enumerate(chunks, 1):  # noqa: B007  (what it is at the end)
        yield chunk
    yield Chunk(FACTS, name, group, 0, part, count, content)


def where_to(group: str, share: str = "0") -> str:
    """Returns the SQL of WHERE_TO: the group and the share a row goes to."""
    return f"(({share})::BIGINT << 32) + ({group})::BIGINT"


def _encoded(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def rows_in(chunk: Chunk) -> pa.Table:
    """Returns the rows of a chunk."""
    return pa.ipc.open_stream(chunk.content).read_all()


def add_rows(database: duckdb.DuckDBPyConnection, table: str, chunk: Chunk) -> None:
    """Adds the rows of a chunk to a table; makes the table where there is none."""
    database.register(ROWS_AT_HAND.name, rows_in(chunk))
    try:
        there = database.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall()
        if there:
            database.execute(f"INSERT INTO {identifier(table)} FROM {ROWS_AT_HAND}")
        else:
            database.execute(f"CREATE TABLE {identifier(table)} AS FROM {ROWS_AT_HAND}")
    finally:
        database.unregister(ROWS_AT_HAND.name)
