"""Writes results in a task: the rows of one table that go to the same group of departments as Parquet, a folder for
each year and department. A file appears whole or not at all; a task that is run again writes it again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import duckdb

from perfeval_lint.audit.run.intake import values_of_repeated
from perfeval_lint.audit.run.reader import FILES, REMARKS
from perfeval_lint.audit.spark.chunks import DEPARTMENT, YEAR, Chunk, add_rows
from perfeval_lint.audit.spark.part import COUNTS, PART_BITS, Job, connect, scratch
from perfeval_lint.audit.store.results import PARTITIONS
from perfeval_lint.audit.store.temporary import COUNTED_FROM, FORMS_OF_REPEATED, RECEIVED, RESULT_FOLDERS
from perfeval_lint.files import written_whole
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import literal

_ROWS_OF_A_GROUP = 120_000
_SUMS = ", ".join(f"sum({name})::UINTEGER AS {name}" for name in ("通过", "不通过", "不适用", "未能判断"))


@dataclass(frozen=True, slots=True)
class Repeated:
    """A file with the same content as another, `like`: its number, its first form and how many forms it has."""

    number: int
    first: int
    forms: int
    like: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """Corrections known once all parts are judged: the files that repeat others, and by part and file of tables the
    number that its forms' 序号 count from."""

    repeated: tuple[Repeated, ...] = ()
    counted_from: Mapping[tuple[int, int], int] = field(default_factory=dict)


def write_rows(job: Job, corrections: Corrections, folder: Path, chunks: Iterable[Chunk]) -> Iterator[list[Path]]:
    """Writes the rows of chunks, those of a table, group and share in a row; yields the files of each."""
    job.check_version()
    with scratch() as name, connect(job, Path(name)) as database:
        _note(database, corrections)
        for (table, group, share), some in groupby(chunks, lambda chunk: (chunk.name, chunk.group, chunk.share)):
            for chunk in some:
                add_rows(database, RECEIVED.name, chunk)
            target = "结果" if table == COUNTS else table
            file = f"{table}-{group:05}-{share:05}.parquet"
            files = _write(database, _select(table, corrections), folder / target, file, Path(name))
            database.execute(f"DROP TABLE {RECEIVED}")
            yield files


def _note(database: duckdb.DuckDBPyConnection, corrections: Corrections) -> None:
    repeated, counted = corrections.repeated, corrections.counted_from
    database.execute(
        f"CREATE TABLE {FORMS_OF_REPEATED} AS SELECT unnest($1::BIGINT[]) AS 文件号, unnest($2::BIGINT[]) AS 首表, "
        "unnest($3::BIGINT[]) AS 张数, unnest($4::VARCHAR[]) AS 首份",
        [
            [one.number for one in repeated],
            [one.first for one in repeated],
            [one.forms for one in repeated],
            [one.like for one in repeated],
        ],
    )
    database.execute(
        f"CREATE TABLE {COUNTED_FROM} AS SELECT unnest($1::BIGINT[]) AS 部分, unnest($2::BIGINT[]) AS 文件号, "
        "unnest($3::BIGINT[]) AS 在前张数",
        [[part for part, _ in counted], [file for _, file in counted], list(counted.values())],
    )


def _select(table: str, corrections: Corrections) -> str:
    """Returns the SELECT of the rows as they are written."""
    rows = f"SELECT * FROM {RECEIVED}"
    if table == FILES and corrections.repeated:
        items = ", ".join(
            f"CASE WHEN r.文件号 IS NOT NULL THEN {said} ELSE x.{name} END AS {name}"
            for name, said in values_of_repeated("r.首份").items()
        )
        return f"SELECT x.* REPLACE ({items}) FROM {RECEIVED} x LEFT JOIN {FORMS_OF_REPEATED} r USING (文件号)"
    if corrections.repeated and table not in (FILES, REMARKS):
        rows = f"SELECT x.* FROM {RECEIVED} x ANTI JOIN {FORMS_OF_REPEATED} r "
        rows += "ON x.表号 >= r.首表 AND x.表号 < r.首表 + r.张数"
    if table == COUNTS:
        return f"SELECT 表号, 规则, {_SUMS}, {YEAR}, {DEPARTMENT} FROM ({rows}) GROUP BY ALL"
    if table == PARENT and corrections.counted_from:
        index = "(x.序号 + coalesce(n.在前张数, 0))::UINTEGER AS 序号"
        before = f"LEFT JOIN {COUNTED_FROM} n ON n.文件号 = x.文件号 AND n.部分 = x.表号 >> {PART_BITS}"
        return f"SELECT x.* REPLACE ({index}) FROM ({rows}) x {before}"
    return rows


def _write(database: duckdb.DuckDBPyConnection, select: str, target: Path, file: str, own: Path) -> list[Path]:
    """Writes the rows below the target folder; returns the files, one a year and department."""
    written = own / "written"
    # Folders are numbered first: DuckDB spells names so that long Chinese ones do not fit.
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {RESULT_FOLDERS} AS SELECT row_number() OVER () AS 夹号, * "
        f"FROM (SELECT DISTINCT {YEAR}, {DEPARTMENT} FROM {RECEIVED})"
    )
    database.execute(
        f"COPY (SELECT * EXCLUDE ({YEAR}, {DEPARTMENT}) FROM ({select}) "
        f"JOIN {RESULT_FOLDERS} USING ({YEAR}, {DEPARTMENT})) "
        f"TO {literal(str(written))} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (夹号), "
        f"ROW_GROUP_SIZE {_ROWS_OF_A_GROUP})"
    )
    folders = database.execute(f"SELECT 夹号, {YEAR}, {DEPARTMENT} FROM {RESULT_FOLDERS}").fetchall()
    named = {str(number): zip(PARTITIONS, values, strict=True) for number, *values in folders}
    places = []
    for made in sorted(written.glob("*/*.parquet")):
        names = [f"{name}={value}" for name, value in named[made.parent.name.partition("=")[2]]]
        places.append(target.joinpath(*names, file))
        with written_whole(places[-1]) as part:  # it may be on another disk, and others may write the same file
            shutil.copyfile(made, part)
    shutil.rmtree(written, ignore_errors=True)
    return places
