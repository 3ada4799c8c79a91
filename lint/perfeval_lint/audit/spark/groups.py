"""Judges a bucket of groups: the rows of whole groups from all parts, by the same SQL as in the embedded engine. The
rows are in DuckDB, which goes to disk where memory does not suffice: a group may be of any size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import duckdb

from perfeval_lint.audit.run.across import compare, counts_sql, placed, waive
from perfeval_lint.audit.spark.chunks import (
    DEPARTMENT,
    LATER_WHERE_TO,
    ROWS,
    WHERE_TO,
    YEAR,
    Chunk,
    add_rows,
    ended,
    split,
)
from perfeval_lint.audit.spark.part import COUNTS, Job, connect, lock, scratch
from perfeval_lint.audit.spark.worker import worker
from perfeval_lint.audit.store.store import RAW, raw_table
from perfeval_lint.audit.store.temporary import ACROSS_OUTCOMES, DROPPED_FORMS, GROUPED_FORMS, MEMBERS, OWN_ROWS
from perfeval_lint.form.definition import WAIVERS
from perfeval_lint.judge.across import Sides, is_even
from perfeval_lint.judge.bulk import FINDINGS, UNKNOWNS, BulkJudge
from perfeval_lint.rule.compile.query import Check
from perfeval_lint.sql.text import identifier, literal


def judge_groups(job: Job, dropped: Sequence[tuple[int, int]], chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Judges buckets of groups, the chunks of each in a row; `dropped` are ranges of forms that do not count."""
    job.check_version()
    judge, checks = worker.judge(job)
    with scratch() as name, connect(job, Path(name)) as database:
        database.execute(
            f"CREATE TABLE {DROPPED_FORMS} AS SELECT unnest($1::BIGINT[]) AS 首表, unnest($2::BIGINT[]) AS 张数",
            [[first for first, _ in dropped], [forms for _, forms in dropped]],
        )
        database.execute(f"CREATE SCHEMA {RAW}")
        lock(database)
        for (number, bucket), some in groupby(chunks, lambda chunk: (_check_of(chunk), chunk.group)):
            there = _gather(database, some)
            chunks = _judge_bucket(database, judge, checks[number], there, number, bucket)
            yield from ended(chunks, str(number), bucket, _part_of(number, bucket))
            for table in there:
                database.execute(f"DROP TABLE {identifier(table)}")


def _check_of(chunk: Chunk) -> int:
    return int(chunk.name.partition(".")[0])


def _gather(database: duckdb.DuckDBPyConnection, chunks: Iterable[Chunk]) -> list[str]:
    """Puts the rows of a bucket into tables; returns their names."""
    there: list[str] = []
    for chunk in chunks:
        table = chunk.name.partition(".")[2]
        if table not in there:
            there.append(table)
        add_rows(database, table, chunk)
    if database.execute(f"FROM {DROPPED_FORMS} LIMIT 1").fetchall():
        for table in there:
            database.execute(
                f"DELETE FROM {identifier(table)} t USING {DROPPED_FORMS} d "
                "WHERE t.表号 - d.首表 BETWEEN 0 AND d.张数 - 1"
            )
    return there


def _judge_bucket(
    database: duckdb.DuckDBPyConnection, judge: BulkJudge, check: Check, there: list[str], number: int, bucket: int
) -> Iterator[Chunk]:
    judged = MEMBERS if is_even(check) else OWN_ROWS
    if MEMBERS.name not in there or judged.name not in there:
        return  # rows without a counterpart give no outcome
    judge.prepare(database)
    sides = Sides(MEMBERS.name, None if is_even(check) else OWN_ROWS.name, judged.name, GROUPED_FORMS.name)
    places = {name: identifier(f"@{name}") for name in placed(check)}
    rows = f"{ACROSS_OUTCOMES} JOIN {judged} USING (表号, 行号)"
    compare(database, check, sides, rows, places)
    fields = ", ".join(f"w.{identifier(one.name)} AS {identifier(one.name)}" for one in WAIVERS.fields)
    database.execute(
        f"CREATE OR REPLACE TABLE {raw_table(WAIVERS.table)} AS SELECT 表号, w.行号 AS 行号, {fields} "
        f"FROM (SELECT 表号, unnest(豁免) AS w FROM {GROUPED_FORMS})"
    )
    waive(database, judge)
    way = f"f.{YEAR}, f.{DEPARTMENT}, f.{LATER_WHERE_TO} AS {identifier(WHERE_TO)}"
    of_forms = f"JOIN {GROUPED_FORMS} f USING (表号)"
    findings = f"SELECT x.* EXCLUDE (指标名, 相差), {way} FROM {FINDINGS} x {of_forms}"
    unknowns = f"SELECT x.*, {way} FROM {UNKNOWNS} x {of_forms}"
    counts = (
        f"SELECT x.表号, {literal(check.rule.id)} AS 规则, x.通过, x.不通过, "
        f"-(x.通过 + x.不通过 + x.未能判断) AS 不适用, x.未能判断, {way} FROM ({counts_sql()}) x {of_forms}"
    )
    for name, select in (("问题", findings), ("未判", unknowns), (COUNTS, counts)):
        yield from split(database, select, ROWS, name, _part_of(number, bucket))


def _part_of(number: int, bucket: int) -> int:
    """Returns a number in place of a part for a bucket's chunks; no part of the inputs has it."""
    return -1 - number * 2**20 - bucket
