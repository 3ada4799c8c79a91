"""Imports on the driver: opens sets of tables, samples their keys, cuts their rows into ranges; writes last year's
forms in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import duckdb

from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.audit.run.imports import EARLIER, attach_earlier, earlier_rows, number_earlier, remarks_of
from perfeval_lint.audit.spark import tasks
from perfeval_lint.audit.spark.chunks import DDL, Chunk, rows_in
from perfeval_lint.audit.spark.completeness import check_whole
from perfeval_lint.audit.spark.part import PART_BITS, Facts, Job
from perfeval_lint.audit.spark.paths import pattern_of, place_of
from perfeval_lint.audit.spark.ranges import CUT, TableSet, kinds_of
from perfeval_lint.audit.store.results import damage_reported
from perfeval_lint.audit.store.store import RAW_TABLES
from perfeval_lint.audit.store.temporary import EARLIER_FORMS
from perfeval_lint.audit.tables import rows
from perfeval_lint.audit.tables.fit import fit
from perfeval_lint.audit.tables.load import joined
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.notices import tell
from perfeval_lint.audit.tables.plan import Plan, sources_of, used_columns
from perfeval_lint.audit.tables.source import FILE_BITS, ROW, Source
from perfeval_lint.audit.tables.sources import PARQUET, open_sources
from perfeval_lint.audit.tables.words import FORMS
from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.sql.text import identifier, literal

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

FORMS_A_PART: Final = 8192
_PARTS_A_SET: Final = 1 << 24  # numbers a set has for its parts
_KEYS_A_RANGE = 200  # sampled
_FEW = 500  # forms that are not worth a part of their own
_ROWS_AT_ONCE = "50000"  # of tables in an Arrow batch
_AT_ONCE = "spark.sql.execution.arrow.maxRecordsPerBatch"


@dataclass(slots=True)
class OpenSet:
    """A set of tables and the frames of its sources' rows; the number of rows, about that of forms, and the parts that
    hold any, once they are cut."""

    some: TableSet
    items: Sequence[Item]
    frames: list[DataFrame]
    rows: int
    forms: int
    parts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FileRow:
    """The row of a file of tables in the results, and the remarks on it."""

    number: int
    item: Item
    forms: int
    remarks: tuple[tuple[str, Problem], ...] = field(default=())


class Earlier(NamedTuple):
    """A part of last year's forms: its number, the number and name of the results as a file, its folder, its forms."""

    part: int
    file: int
    name: str
    folder: str
    forms: int


def first_part(number: int) -> int:
    """Returns the number of the first part of a set; parts of files have those before."""
    return (number + 1) * _PARTS_A_SET


def parts_of(first: int) -> range:
    """Returns the numbers that the parts of a set may have, from its first on."""
    return range(first, first + _PARTS_A_SET)


def open_set(spark: SparkSession, items: Sequence[Item], mapping: TableMapping, number: int, folder: Path) -> OpenSet:
    """Opens the tables of this year, or of the last; raises TablesRefused, UsageError."""
    scratch = folder / f"set{number}"
    scratch.mkdir(parents=True)
    with duckdb.connect(config={"temp_directory": str(folder / "spilled")}) as database:
        by_path = {Path(item.path): item for item in items}
        plan = fit(open_sources(database, list(by_path), mapping, scratch), mapping)
        _check_keys(plan)
        found = [
            _frame(spark, database, source, used_columns(plan, source), scratch / f"rows{at}.parquet")
            for at, source in enumerate(sources_of(plan))
        ]
        of_forms = {part.source.rows for part in plan.of(FORMS)}
        forms = sum(_count(database, source) for source in of_forms)
        base = first_part(number) << PART_BITS
        numbers = {path: base + at for at, path in enumerate(sorted(by_path))}
        names = {path: item.name for path, item in by_path.items()}
        some = TableSet(plan, names, numbers, first_part(number), items[0].last_year)
    return OpenSet(some, items, [frame for frame, _ in found], sum(rows for _, rows in found), forms)


def _check_keys(plan: Plan) -> None:
    """Raises UsageError where one source's rows belong to forms by two keys."""
    for source in sources_of(plan):
        if len({rows.key(part, plan) for part in plan.parts if part.source == source}) > 1:
            raise UsageError(
                f"{source.shown} 在映射里用两种编号对应自评表，--engine spark 不支持；"
                "请统一编号的列，或去掉 --engine spark"
            )


def _count(database: duckdb.DuckDBPyConnection, rows_of: str) -> int:
    ((number,),) = database.execute(f"SELECT count(*) FROM {rows_of}").fetchall()
    return int(number)


def _frame(
    spark: SparkSession, database: duckdb.DuckDBPyConnection, source: Source, columns: Sequence[str], staged: Path
) -> tuple[DataFrame, int]:
    """Returns the columns of a source that are used and ROW as a frame, and the number of rows. Parquet is read where
    it is, all else is made Parquet first."""
    from pyspark.sql import functions as sql

    if all(path.suffix.lower() in PARQUET for path in source.files):
        some = []
        for number, path in enumerate(source.files):
            row = (sql.lit(number << FILE_BITS) + sql.col("_metadata.row_index")).alias(ROW)
            some.append(spark.read.parquet(pattern_of(path)).select(*map(_column, columns), row))
        return reduce(lambda one, other: one.unionAll(other), some), _count(database, source.rows)
    items = ", ".join(map(identifier, [*columns, ROW]))
    ((rows,),) = database.execute(
        f"COPY (SELECT {items} FROM {source.rows}) TO {literal(str(staged))} (FORMAT parquet)"
    ).fetchall()
    return spark.read.parquet(pattern_of(staged)).select(*map(_column, [*columns, ROW])), int(rows)


def _column(name: str) -> Column:
    from pyspark.sql import functions as sql

    return sql.col(f"`{name.replace('`', '``')}`")


def cut_up(spark: SparkSession, job: Job, opened: OpenSet, cores: int, target: Path) -> DataFrame:
    """Cuts the rows of a set into ranges, written as chunks to `target`; returns these."""
    from pyspark.sql import functions as sql

    some = opened.some
    parts = max(-(-opened.forms // FORMS_A_PART), min(cores * 4, -(-opened.forms // _FEW)), 1)
    before = spark.conf.get(_AT_ONCE)
    spark.conf.set(_AT_ONCE, _ROWS_AT_ONCE)
    try:
        some = replace(some, begins=_begins(job, opened, parts))
        cuts = [
            frame.mapInArrow(partial(tasks.cuts, job, some, number), DDL) for number, frame in enumerate(opened.frames)
        ]
        reduce(lambda one, other: one.unionAll(other), cuts).write.option("compression", "none").parquet(
            place_of(target)
        )
    finally:
        spark.conf.set(_AT_ONCE, str(before))
    chunks = spark.read.schema(DDL).parquet(pattern_of(target))
    ranges = chunks.groupBy("group").agg(sql.sum("rows").alias("rows")).collect()
    check_whole([sum(row.rows for row in ranges)], [opened.rows], target)
    opened.some = replace(some, kinds=tuple(_kinds(chunks, some.plan)))
    opened.parts = [some.first_part + row.group for row in ranges]
    return chunks


def _begins(job: Job, opened: OpenSet, parts: int) -> tuple[str, ...]:
    """Returns the keys where ranges of about as many forms begin."""
    some = opened.some
    sources = sources_of(some.plan)
    numbers = sorted({sources.index(part.source) for part in some.plan.of(FORMS)})
    every = max(1, opened.forms // (parts * _KEYS_A_RANGE))
    found = {
        row.key
        for number in numbers
        for row in opened.frames[number]
        .mapInArrow(partial(tasks.keys, job, some, number, every), tasks.KEYS_DDL)
        .distinct()
        .collect()
    }
    ordered = sorted(found)  # code points: the order of UTF-8 bytes, as in DuckDB
    return tuple(sorted({ordered[len(ordered) * at // parts] for at in range(1, parts) if ordered}))


def _kinds(chunks: DataFrame, plan: Plan) -> Iterator[dict[str, str]]:
    """Yields the SQL types of each source's columns; texts for one without rows."""
    for number, source in enumerate(sources_of(plan)):
        found = chunks.where(f"kind = '{CUT}' AND name = '{number}'").limit(1).collect()
        if found:
            yield kinds_of(rows_in(Chunk(*found[0])))
        else:
            yield dict.fromkeys(used_columns(plan, source), "VARCHAR") | {ROW: "BIGINT"}


def file_rows(opened: OpenSet, facts: Sequence[Facts]) -> list[FileRow]:
    """Returns the rows of the results on the files of a set; raises TablesRefused where they hold no form."""
    some = opened.some
    own = [one for one in facts if one.part in parts_of(some.first_part)]
    imports = [one.imported for one in own if one.imported is not None]
    notices = tell(some.plan, joined(imports))
    remarks: dict[int, list[tuple[str, Problem]]] = {number: [] for number in some.numbers.values()}
    for number, level, one in remarks_of(notices, some.numbers):
        remarks[number].append((level, one))
    items = {Path(item.path): item for item in opened.items}
    return [
        FileRow(number, items[path], sum(one.by_file.get(number, 0) for one in own), tuple(remarks[number]))
        for path, number in some.numbers.items()
    ]


def write_earlier(item: Item, number: int, folder: Path) -> list[Earlier]:
    """Writes last year's own forms to folders below `folder`, as readers do; raises UsageError."""
    path = Path(item.path)
    with duckdb.connect(config={"temp_directory": str(folder / "spilled")}) as database, damage_reported(path.parent):
        attach_earlier(database, item, EARLIER)
        number_earlier(database, EARLIER)
        first, forms = first_part(number), _count(database, EARLIER_FORMS.name)
        parts = []
        for order, begin in enumerate(range(0, forms, FORMS_A_PART)):
            own = folder / f"earlier{number}-{order}"
            some = min(FORMS_A_PART, forms - begin)
            _write_forms(database, begin, some, own)
            parts.append(Earlier(first + order, first << PART_BITS, item.name, str(own), some))
        return parts


def _write_forms(database: duckdb.DuckDBPyConnection, begin: int, forms: int, own: Path) -> None:
    """Writes the rows of so many forms, numbered from 0 on."""
    own.mkdir(parents=True)
    for table in RAW_TABLES:
        rows = earlier_rows(table, EARLIER, f"(n.次 - {begin})::UINTEGER", "0::UINTEGER")
        some = f"n.次 >= {begin} AND n.次 < {begin + forms}"
        target = literal(str(own / f"{table}.parquet"))
        database.execute(f"COPY ({rows} WHERE {some} ORDER BY n.次, r.行号) TO {target} (FORMAT parquet)")
