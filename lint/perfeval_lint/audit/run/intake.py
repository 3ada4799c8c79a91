"""Takes inputs into the store: lists them, finds those that are new, and adds the parts that reader processes write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import duckdb

from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.audit.run.pool import Readers
from perfeval_lint.audit.run.reader import FILES, READ_QUANTITIES, REMARKS, Part
from perfeval_lint.audit.store.store import (
    ACROSS,
    COMPARED,
    PARTLY,
    RAW,
    RAW_TABLES,
    READ,
    READING,
    REPEATED,
    RESULT_TABLES,
    YEAR_SQL,
    raw_names,
    raw_table,
)
from perfeval_lint.audit.store.temporary import (
    FILES_TO_READ,
    INPUTS,
    NEW_FILES,
    PAIRS_TO_READ,
    REPEATED_FILES,
    STALE_FILES,
    STALE_FORMS,
)
from perfeval_lint.errors import Problem
from perfeval_lint.judge.readings import Pair
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier, literal

_OWN_FILES = (
    "r.* EXCLUDE (出自) REPLACE (r.文件号 + b.文件基 AS 文件号)"  # a part's rows, files numbered as in the store
)
_CHUNK = 10_000  # inputs listed at once
_PAIRS = 20_000  # targets and results read at once
_TAKEN_AT_ONCE = 4000  # files read before their parts are taken into the store
_AGAIN = ("unreadable", "too-slow", "crashed", "internal")  # problems that another run may not have
_LIST = f"""
CREATE OR REPLACE TEMP TABLE {STALE_FORMS} (表号 UINTEGER);
CREATE OR REPLACE TEMP TABLE {INPUTS} (
    文件 VARCHAR, 路径 BLOB, 成员 UINTEGER, 大小 BIGINT, 修改 BIGINT, 代码 VARCHAR, 说明 VARCHAR, 往年 BOOLEAN
)
"""


class Intake:
    """Takes inputs into a store."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self.database = database
        database.execute(_LIST)

    def list(self, items: Iterable[Item]) -> int:
        """Adds inputs of this run to INPUTS; returns how many there are so far."""
        left = iter(items)
        while chunk := list(islice(left, _CHUNK)):
            columns = [
                [item.name for item in chunk],
                [os.fsencode(item.path) for item in chunk],
                [item.member for item in chunk],
                [item.size for item in chunk],
                [item.changed for item in chunk],
                [item.problem.code if item.problem else None for item in chunk],
                [item.problem.message if item.problem else None for item in chunk],
                [item.last_year for item in chunk],
            ]
            kinds = ("VARCHAR", "BLOB", "UINTEGER", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR", "BOOLEAN")
            rows = ", ".join(f"unnest(${number}::{kind}[])" for number, kind in enumerate(kinds, 1))
            self.database.execute(f"INSERT INTO {INPUTS} SELECT {rows}", columns)
        return self._number(f"SELECT count(DISTINCT 文件) FROM {INPUTS}")

    def forget(self, anew: Iterable[str]) -> None:
        """Deletes files that are gone, changed or to be imported again, with their forms and results; everything that
        an earlier version read. The transaction is the caller's.

        A file that was left out because it repeats one of these goes with it: it is now the one to read.
        """
        is_read_alike = self._number(f"SELECT count(*) FROM 库 WHERE 项 = '读法' AND 值 = '{READING}'")
        self.database.execute(f"INSERT OR REPLACE INTO 库 VALUES ('读法', '{READING}')")
        again = ", ".join(map(literal, _AGAIN))
        self.database.execute(
            f"CREATE OR REPLACE TEMP TABLE {STALE_FILES} AS SELECT f.文件号, f.散列 FROM 文件 f "
            f"LEFT JOIN {INPUTS} l ON l.文件 = f.文件 AND l.往年 = f.往年 AND l.大小 = f.大小 AND l.修改 = f.修改 "
            "AND coalesce(l.代码 = f.代码, l.代码 IS NULL) "
            f"WHERE l.文件 IS NULL OR coalesce(f.代码 IN ({again}), false) OR NOT {bool(is_read_alike)}"
        )
        self.database.execute(
            f"INSERT INTO {STALE_FILES} SELECT 文件号, NULL FROM 文件 "
            f"WHERE 状态 = ? AND 散列 IN (SELECT 散列 FROM {STALE_FILES})",
            [REPEATED],
        )
        names = "SELECT unnest($1::VARCHAR[])"
        self.database.execute(
            f"INSERT INTO {STALE_FILES} SELECT 文件号, NULL FROM 文件 WHERE 文件 IN ({names})", [list(anew)]
        )
        if self._number(f"SELECT count(*) FROM {STALE_FILES}"):
            of_these = f"文件号 IN (SELECT 文件号 FROM {STALE_FILES})"
            self._delete_forms(f"SELECT 表号 FROM {RAW}.表 WHERE {of_these}")
            for table in (FILES, REMARKS):
                self.database.execute(f"DELETE FROM {table} WHERE {of_these}")

    def _delete_forms(self, numbers: str) -> None:
        self.database.execute(f"CREATE OR REPLACE TEMP TABLE {STALE_FORMS} AS {numbers}")
        kept = self.database.execute(
            f"SELECT table_name FROM duckdb_tables() WHERE schema_name = '{ACROSS}'"
        ).fetchall()
        compared = [f"{ACROSS}.{identifier(table)}" for (table,) in kept]
        for table in (*RESULT_TABLES, *compared, *map(raw_table, RAW_TABLES)):
            self.database.execute(f"DELETE FROM {table} WHERE 表号 IN (SELECT 表号 FROM {STALE_FORMS})")
        self.database.execute(f"DELETE FROM 库 WHERE 项 = '{COMPARED}'")  # a new form may get the number of an old one

    def to_read(self) -> int:
        """Makes FILES_TO_READ, numbered by name, last year's first; returns how many there are."""
        self.database.execute(
            f"CREATE OR REPLACE TEMP TABLE {FILES_TO_READ} AS "
            "SELECT row_number() OVER (ORDER BY 往年 DESC, 文件) AS 号, * "
            f"FROM (SELECT DISTINCT ON (往年, 文件) * FROM {INPUTS} l "
            "WHERE NOT EXISTS (FROM 文件 f WHERE f.文件 = l.文件 AND f.往年 = l.往年)) ORDER BY 号"
        )
        return self._number(f"SELECT count(*) FROM {FILES_TO_READ}")

    def items(self) -> Iterator[Item]:
        """Yields the inputs to be read, in the order of their numbers."""
        done = 0
        while rows := self.database.execute(
            f"SELECT 文件, 路径, 成员, 大小, 修改, 代码, 说明, 往年 FROM {FILES_TO_READ} "
            "WHERE 号 > $1 AND 号 <= $1 + $2 ORDER BY 号",
            [done, _CHUNK],
        ).fetchall():
            done += len(rows)
            for name, path, member, size, changed, code, message, is_old in rows:
                problem = Problem(code, message, name) if code else None
                yield Item(name, os.fsdecode(path), member, size, changed, problem, is_old)

    def take(self, parts: Sequence[Part]) -> None:
        """Takes parts into the store, in one transaction, files and forms numbered in their order.

        A file with the same content as an earlier one is recorded without its forms.
        """
        with transaction(self.database):
            files, forms = self.next_numbers()
            bases: list[tuple[Part, int, int]] = []
            for part in parts:
                bases.append((part, files, forms))
                files, forms = files + part.files, forms + part.forms
            self._take_files(bases)
            for table in RAW_TABLES:
                self._take_rows(table, bases)
            self._take_quantities(bases)
        for part in parts:
            shutil.rmtree(part.folder, ignore_errors=True)

    def read_pairs(self, readers: Readers) -> None:
        """Has the targets and results read that came with tables."""
        for part in readers.quantities(self._unread_pairs()):
            self.take([part])

    def _unread_pairs(self) -> Iterator[Sequence[Pair]]:
        """Yields the targets and results in the store that have not been read, each once, some thousands at a time."""
        self.database.execute(
            f"CREATE OR REPLACE TEMP TABLE {PAIRS_TO_READ} AS "
            "SELECT row_number() OVER () AS 号, * FROM (SELECT DISTINCT "
            f"coalesce(i.年度指标值, '') AS 目标, coalesce(i.实际完成值, '') AS 实际, {YEAR_SQL} AS 年 "
            f"FROM {RAW}.指标 i JOIN {RAW}.表 t USING (表号)) p WHERE NOT EXISTS "
            f"(FROM {RAW}.读数 k WHERE k.年度指标值 = p.目标 AND k.实际完成值 = p.实际 AND k.年度 = p.年)"
        )
        done = 0
        while rows := self.database.execute(
            f"SELECT 目标, 实际, 年 FROM {PAIRS_TO_READ} WHERE 号 > $1 AND 号 <= $1 + $2", [done, _PAIRS]
        ).fetchall():
            done += len(rows)
            yield rows

    def next_numbers(self) -> tuple[int, int]:
        """Returns the first 文件号 and 表号 that are free."""
        files = self._number("SELECT coalesce(max(文件号) + 1, 0) FROM 文件")
        return files, self._number(f"SELECT coalesce(max(表号) + 1, 0) FROM {RAW}.表")

    def _take_files(self, bases: _Bases) -> None:
        rows = _rows_of(FILES, bases)
        if rows is None:
            return
        self.database.execute(f"CREATE OR REPLACE TEMP TABLE {NEW_FILES} AS SELECT {_OWN_FILES} FROM {rows}")
        whole = ", ".join(map(literal, (READ, PARTLY)))
        self.database.execute(
            f"CREATE OR REPLACE TEMP TABLE {REPEATED_FILES} AS WITH o AS ("
            f"SELECT 文件号, 文件, 散列, 往年 FROM {NEW_FILES} WHERE 状态 IN ({whole}) "
            f"UNION ALL SELECT 文件号, 文件, 散列, 往年 FROM 文件 WHERE 状态 IN ({whole}) "
            f"AND 散列 IN (SELECT 散列 FROM {NEW_FILES})) "
            f"SELECT n.文件号, arg_min(o.文件, o.文件号) AS 首份 FROM {NEW_FILES} n "
            "JOIN o ON o.散列 = n.散列 AND o.往年 = n.往年 AND o.文件号 < n.文件号 "
            f"WHERE n.状态 IN ({whole}) GROUP BY n.文件号"
        )
        said = ", ".join(f"{name} = {value}" for name, value in values_of_repeated("r.首份").items())
        self.database.execute(f"UPDATE {NEW_FILES} n SET {said} FROM {REPEATED_FILES} r WHERE r.文件号 = n.文件号")
        self.database.execute(f"INSERT INTO 文件 BY NAME SELECT * FROM {NEW_FILES}")
        remarks = _rows_of(REMARKS, bases)
        if remarks is not None:
            self.database.execute(f"INSERT INTO 读取说明 BY NAME SELECT {_OWN_FILES} FROM {remarks}")
        forms = _rows_of(PARENT, bases)
        if forms is not None:
            self.database.execute(
                f"CREATE OR REPLACE TEMP TABLE {STALE_FORMS} AS SELECT CAST(r.表号 + b.表基 AS UINTEGER) AS 表号 "
                f"FROM {forms} WHERE r.文件号 + b.文件基 IN (SELECT 文件号 FROM {REPEATED_FILES})"
            )

    def _take_rows(self, table: str, bases: _Bases) -> None:
        rows = _rows_of(table, bases)
        if rows is None:
            return
        changed = {"表号": "r.表号 + b.表基"} | ({"文件号": "r.文件号 + b.文件基"} if table == PARENT else {})
        items = ", ".join(changed.get(name, f"r.{identifier(name)}") for name in raw_names(table))
        some_left_out = self._number(f"SELECT count(*) FROM {STALE_FORMS}")
        kept = f"WHERE r.表号 + b.表基 NOT IN (SELECT 表号 FROM {STALE_FORMS})" if some_left_out else ""
        self.database.execute(f"INSERT INTO {raw_table(table)} SELECT {items} FROM {rows} {kept}")

    def _take_quantities(self, bases: _Bases) -> None:
        rows = _rows_of(READ_QUANTITIES, bases)
        if rows is None:
            return
        keys = ("年度指标值", "实际完成值", "年度")
        same = " AND ".join(f"k.{key} = r.{key}" for key in keys)
        distinct = ", ".join(f"r.{key}" for key in keys)
        self.database.execute(
            f"INSERT INTO {RAW}.读数 SELECT DISTINCT ON ({distinct}) r.* EXCLUDE (出自) FROM {rows} "
            f"WHERE NOT EXISTS (FROM {RAW}.读数 k WHERE {same})"
        )

    def _number(self, sql: str) -> int:
        found = self.database.execute(sql).fetchone()
        return int(found[0]) if found else 0


def values_of_repeated(like: str) -> dict[str, str]:
    """Returns the columns of 文件 for a file that repeats another, as SQL; `like` is the name of the other."""
    message = f"concat('与“', {like}, '”内容相同，只审核一份')"
    return {"状态": literal(REPEATED), "代码": "'duplicate'", "说明": message, "表数": "0"}


_Bases = Sequence[tuple[Part, int, int]]


def _rows_of(table: str, bases: _Bases) -> str | None:
    """Returns the FROM item of a table's rows in some parts (r) and where their numbers begin (b); None for no rows."""
    found = [(str(Path(part.folder) / f"{table}.parquet"), files, forms) for part, files, forms in bases]
    found = [one for one in found if os.path.exists(one[0])]  # noqa: PTH110  (ten a part)
    if not found:
        return None
    values = ", ".join(f"({literal(path)}, {files}, {forms})" for path, files, forms in found)
    paths = ", ".join(literal(path) for path, _, _ in found)
    return (
        f"(SELECT * EXCLUDE (filename), filename AS 出自 FROM read_parquet([{paths}], filename = true)) r "
        f"JOIN (VALUES {values}) b(出自, 文件基, 表基) USING (出自)"
    )


def gathered(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Yields parts together, so many that `take` is called once for some thousands of files."""
    waiting: list[Part] = []
    for part in parts:
        waiting.append(part)
        if sum(one.files for one in waiting) >= _TAKEN_AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


@contextmanager
def transaction(database: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commits the block as a whole, or nothing of it."""
    database.execute("BEGIN")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
