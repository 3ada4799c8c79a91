"""Judges a part of the inputs in a task: fills a store of its own in memory, judges it by the embedded engine, and
yields it as chunks. A part depends on its inputs alone: a task that is run again gives the same rows.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from perfeval_lint.audit.inputs.batches import batches
from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.audit.run.across import placed
from perfeval_lint.audit.run.intake import Intake, gathered
from perfeval_lint.audit.run.judging import Judging
from perfeval_lint.audit.run.reader import FILES, REMARKS
from perfeval_lint.audit.spark.chunks import (
    DEPARTMENT,
    FACTS,
    GROUPS,
    HASHES,
    LATER_WHERE_TO,
    ROWS,
    WHERE_TO,
    YEAR,
    Chunk,
    ended,
    split,
    where_to,
)
from perfeval_lint.audit.spark.part import COUNTS, PART_BITS, UNSAID, Facts, Job, connect, scratch
from perfeval_lint.audit.spark.worker import worker
from perfeval_lint.audit.store.results import written_select
from perfeval_lint.audit.store.store import (
    PARTLY,
    RAW,
    RAW_TABLES,
    READ,
    REPEATED,
    RESULT_TABLES,
    YEAR_SQL,
    Store,
    create,
    raw_table,
)
from perfeval_lint.audit.store.temporary import (
    COMPARED_FORMS,
    FOLDERS_OF_FILES,
    FOLDERS_OF_FORMS,
    GROUPED_FORMS,
    MEMBERS,
    OWN_ROWS,
)
from perfeval_lint.audit.tables.load import Imported
from perfeval_lint.form.definition import WAIVERS
from perfeval_lint.judge.across import printed_columns, sides_of
from perfeval_lint.rule.compile.across import PROJECT
from perfeval_lint.rule.compile.query import Check
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier, literal

_LONGEST_NAME = 60  # characters of a department's name in a folder's
_NOT_IN_NAMES = r'[\s/\\:*?"<>|%=#\x00-\x1f]+'


@contextmanager
def store_of_part(job: Job) -> Iterator[Store]:
    """Opens an empty store for a part."""
    job.check_version()
    with scratch() as name:
        store = Store(Path(name), connect(job, Path(name)))
        store.batches.mkdir()
        try:
            create(store.database)
            yield store
        finally:
            store.close()


def judge_items(job: Job, part: int, items: Sequence[Item]) -> Iterator[Chunk]:
    """Reads and judges files; the items are in the order of their names."""
    with store_of_part(job) as store:
        intake = Intake(store.database)
        with worker.reading(job, store.batches) as readers:
            for parts in gathered(readers.read(batches(items))):
                intake.take(parts)
        yield from judge_store(job, part, store, {})


def judge_store(
    job: Job, part: int, store: Store, files: dict[int, int], imported: Imported | None = None
) -> Iterator[Chunk]:
    """Judges the forms of a part's store and yields all its rows. `files` has the numbers of files of tables in the
    results; all other files are the part's own."""
    database = store.database
    store.lock()
    judging = Judging(store, job.pack, job.choosing, 1, lambda _: None)
    try:
        judging.begin()
        judging.judge_all()
        judged = _JudgedPart(job, part, database, judging, files)
        yield from ended(judged.chunks(), FACTS, 0, part, pickle.dumps(judged.facts(imported)))
    finally:
        judging.stop()


class _JudgedPart:
    """A judged part, to be cut into chunks."""

    def __init__(
        self, job: Job, part: int, database: duckdb.DuckDBPyConnection, judging: Judging, files: dict[int, int]
    ) -> None:
        self.job = job
        self.part = part
        self.base = part << PART_BITS
        self.database = database
        self.judging = judging
        self.files = files

    def chunks(self) -> Iterator[Chunk]:
        """Yields all chunks but the facts."""
        self._assign_folders()
        for name, select in self._tables():
            yield from split(self.database, select, ROWS, name, self.part)
        if not self.files:
            yield from self._hashes()
        across = self.judging.across
        order = (
            "concat(CASE WHEN t.往年 THEN 1 ELSE 0 END, f.文件, chr(1), "
            f"'{self.part:010}', lpad(CAST(t.序号 AS VARCHAR), 10, '0'))"
        )
        across.name_forms(self.database, order)
        tables = across.tables()
        for number, check in enumerate(across.checks):
            yield from self._sides(number, check, tables)

    def facts(self, imported: Imported | None) -> Facts:
        """Returns the counts for the driver."""
        ((files,),) = self.database.execute("SELECT count(*) FROM 文件").fetchall()
        by_file = dict(self.database.execute(f"SELECT 文件号, count(*) FROM {RAW}.表 GROUP BY 文件号").fetchall())
        of_tables = {number: by_file.get(local, 0) for local, number in self.files.items()}
        return Facts(self.part, 0 if self.files else files, sum(by_file.values()), of_tables, imported)

    def _assign_folders(self) -> None:
        """Assigns every form and file its output folder (year, department)."""
        files = " ".join(f"WHEN {local} THEN {number}" for local, number in self.files.items())
        number = f"CASE t.文件号 {files} END" if files else f"t.文件号::BIGINT + {self.base}"
        year = f"CASE WHEN {YEAR_SQL} = 0 THEN '{UNSAID}' ELSE CAST({YEAR_SQL} AS VARCHAR) END"
        name = f"regexp_replace(trim(coalesce(s.主管部门, t.主管部门, '')), {literal(_NOT_IN_NAMES)}, '_', 'g')"
        department = f"coalesce(nullif(left({name}, {_LONGEST_NAME}), ''), '{UNSAID}')"
        self.database.execute(
            f"CREATE TEMP TABLE {FOLDERS_OF_FORMS} AS "
            f"SELECT 表号, 文件号, {number} AS 新文件号, 年度, 部门, {self._target()} "
            f"FROM (SELECT t.表号, t.文件号, {year} AS 年度, {department} AS 部门 "
            f"FROM {RAW}.表 t LEFT JOIN 评分 s USING (表号)) t"
        )
        self.database.execute(
            f"CREATE TEMP TABLE {FOLDERS_OF_FILES} AS SELECT *, {self._target()} "
            f"FROM (SELECT f.文件号, coalesce(d.年度, '{UNSAID}') AS 年度, coalesce(d.部门, '{UNSAID}') AS 部门 "
            "FROM 文件 f LEFT JOIN (SELECT 文件号, arg_min(年度, 表号) AS 年度, arg_min(部门, 表号) AS 部门 "
            f"FROM {FOLDERS_OF_FORMS} GROUP BY 文件号) d USING (文件号))"
        )

    def _target(self) -> str:
        group = f"hash(年度, 部门) % {self.job.groups}"
        return f"{where_to(group, str(self.part // self.job.parts_a_share))} AS {identifier(WHERE_TO)}"

    def _tables(self) -> Iterator[tuple[str, str]]:
        """Yields the tables of the results, each with the SELECT of its rows and where they go."""
        way = f"d.年度 AS {YEAR}, d.部门 AS {DEPARTMENT}, d.{identifier(WHERE_TO)}"
        form = f"x.表号::BIGINT + {self.base} AS 表号"
        to_folders = f"JOIN {FOLDERS_OF_FORMS} d ON d.表号 = x.表号"
        for table in RAW_TABLES:
            file = ", d.新文件号 AS 文件号" if table == PARENT else ""
            replaced = f"SELECT x.* REPLACE ({form}{file}), {way} FROM ({written_select(table)}) x"
            yield table, f"{replaced} {to_folders}"
        for table in RESULT_TABLES:
            yield table, f"SELECT x.* REPLACE ({form}), {way} FROM ({written_select(table)}) x {to_folders}"
        for check in self.judging.across.checks:
            rows = f"{self.judging.across.stored(check.table)} x JOIN {RAW}.表 t USING (表号)"
            rows += f" JOIN {FOLDERS_OF_FORMS} d USING (表号)"
            numbers = "0::BIGINT AS 通过, 0::BIGINT AS 不通过, count(*) AS 不适用, 0::BIGINT AS 未能判断"
            yield (
                COUNTS,
                f"SELECT {form}, {literal(check.rule.id)} AS 规则, {numbers}, {way} FROM {rows} "
                "WHERE NOT t.往年 GROUP BY ALL",
            )
        if not self.files:
            file = f"x.文件号::BIGINT + {self.base} AS 文件号"
            for table in (FILES, REMARKS):
                rows = f"({written_select(table)}) x JOIN {FOLDERS_OF_FILES} d ON d.文件号 = x.文件号"
                yield table, f"SELECT x.* REPLACE ({file}), {way} FROM {rows}"

    def _hashes(self) -> Iterator[Chunk]:
        states = ", ".join(map(literal, (READ, PARTLY, REPEATED)))
        first = (
            f"(SELECT 文件号, min(表号)::BIGINT + {self.base} AS 首表, count(*) AS 张数 FROM {RAW}.表 GROUP BY 文件号)"
        )
        yield from split(
            self.database,
            f"SELECT f.文件号::BIGINT + {self.base} AS 文件号, f.文件, f.散列, f.往年::INTEGER AS 往年, "
            f"coalesce(t.首表, 0) AS 首表, coalesce(t.张数, 0) AS 张数, 0::BIGINT AS {identifier(WHERE_TO)} "
            f"FROM 文件 f LEFT JOIN {first} t "
            f"USING (文件号) WHERE f.散列 IS NOT NULL AND f.状态 IN ({states})",
            HASHES,
            HASHES,
            self.part,
        )

    def _sides(self, number: int, check: Check, tables: Mapping[str, str]) -> Iterator[Chunk]:
        """Yields the rows of a check across forms with their groups, by buckets of groups, and the forms they are of:
        Chunk.name is the check's number and the table they go to."""
        database, across = self.database, self.judging.across
        sides = sides_of(check, tables, printed_columns(check))
        seen = []
        for name, rows in ((OWN_ROWS, sides.own), (MEMBERS, sides.members)):
            if rows is None:
                continue
            places = ""
            source = f"{rows} g"
            if name is OWN_ROWS or sides.own is None:
                raw = ", ".join(f"{sql} AS {identifier(f'@{where}')}" for where, sql in placed(check).items())
                places = ", p.* EXCLUDE (表号, 行号)"
                source += f" JOIN (SELECT 表号, 行号, {raw} FROM {raw_table(check.table)}) p USING (表号, 行号)"
            database.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT g.*{places}, "
                f'("@组" % {self.job.groups})::BIGINT AS {identifier(WHERE_TO)} FROM {source}'
            )
            moved = f"SELECT * REPLACE (表号::BIGINT + {self.base} AS 表号) FROM {name}"
            yield from split(database, moved, GROUPS, f"{number}.{name}", self.part)
            seen.append(f"SELECT DISTINCT 表号, {identifier(WHERE_TO)} FROM {name}")
        fields = ", ".join(f"{literal(one.name)}: {identifier(one.name)}" for one in WAIVERS.fields)
        waivers = f"list({{'行号': 行号, {fields}}} ORDER BY 行号)"
        forms = (
            f"SELECT s.表号::BIGINT + {self.base} AS 表号, b.文件, b.序, b.往年, k.{PROJECT}, w.豁免, "
            f"d.年度 AS {YEAR}, d.部门 AS {DEPARTMENT}, d.{identifier(WHERE_TO)} AS {LATER_WHERE_TO}, "
            f"s.{identifier(WHERE_TO)} FROM ({' UNION '.join(seen)}) s JOIN {COMPARED_FORMS} b USING (表号) "
            f"JOIN {FOLDERS_OF_FORMS} d USING (表号) "
            f"JOIN {across.stored(PARENT)} k USING (表号) "
            f"LEFT JOIN (SELECT 表号, {waivers} AS 豁免 FROM {raw_table(WAIVERS.table)} GROUP BY 表号) w USING (表号)"
        )
        yield from split(database, forms, GROUPS, f"{number}.{GROUPED_FORMS}", self.part)
