"""Imports whole sets into the store: tables exported from a budget system, and the results of the year before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from perfeval_lint.audit.inputs.inputs import Item
from perfeval_lint.audit.run.intake import Intake
from perfeval_lint.audit.store.results import FILES, MANIFEST, attach, damage_reported
from perfeval_lint.audit.store.store import (
    FILE_NAME,
    RAW,
    RAW_TABLES,
    READ,
    READING,
    Store,
    check_version,
    raw_names,
    raw_table,
)
from perfeval_lint.audit.store.temporary import EARLIER_FORMS
from perfeval_lint.audit.tables.fit import fit
from perfeval_lint.audit.tables.load import import_tables
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.notices import Told, tell
from perfeval_lint.audit.tables.plan import Plan
from perfeval_lint.audit.tables.sources import close_sources, open_sources
from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier, literal

_STAGED = "导出"
EARLIER: Final = "往年库"  # the name last year's results are attached by

Opened = tuple[Sequence[Item], Plan | None]  # a set, and how its tables become forms; None for last year's results


class Imports:
    """The sets of a run: this year's tables, last year's, and last year's results; each is imported again when any file
    of it has changed."""

    def __init__(self, store: Store, intake: Intake, mapping: TableMapping) -> None:
        self.store = store
        self.database = store.database
        self.intake = intake
        self.mapping = mapping

    def changed(self, items: Sequence[Item]) -> list[Item]:
        """Lists the files of a set that the store has as it is; returns the files of one that must be imported."""
        known = self._one("SELECT coalesce(max(值), '') FROM 库 WHERE 项 = ?", _name(items))
        there = self._one(
            "SELECT count(*) FROM 文件 WHERE 往年 = ? AND 文件 IN (SELECT unnest(?::VARCHAR[]))",
            items[0].last_year,
            [item.name for item in items],
        )
        if known == self._signature(items) and there == len({item.name for item in items}):
            self.intake.list(items)
            return []
        return list(items)

    def _one(self, sql: str, *values: object) -> object:
        ((value,),) = self.database.execute(sql, values).fetchall()
        return value

    def _signature(self, items: Sequence[Item]) -> str:
        files = sorted((item.name, item.size, item.changed) for item in items)
        return json.dumps([files, repr(self.mapping), READING], ensure_ascii=False)

    @contextmanager
    def opened(self, sets: Sequence[Sequence[Item]]) -> Iterator[list[Opened]]:
        """Opens the sets for `take` and closes them after the block; raises TablesRefused and UsageError."""
        scratch = self.store.batches / _STAGED
        try:
            yield [self._open(items, scratch / str(number)) for number, items in enumerate(sets)]
        finally:
            close_sources(self.database)
            for (name,) in self.database.execute("SELECT database_name FROM duckdb_databases()").fetchall():
                if name.startswith(EARLIER):
                    self.database.execute(f"DETACH {identifier(name)}")
            shutil.rmtree(scratch, ignore_errors=True)

    def _open(self, items: Sequence[Item], scratch: Path) -> Opened:
        if _is_stores(items):
            for number, item in enumerate(items):
                self._attach(item, f"{EARLIER}{number}")
            return items, None
        scratch.mkdir(parents=True)
        paths = [Path(item.path) for item in items]
        return items, fit(open_sources(self.database, paths, self.mapping, scratch), self.mapping)

    def _attach(self, item: Item, alias: str) -> None:
        path = Path(item.path)
        if path.name == FILE_NAME and path.samefile(self.store.folder / FILE_NAME):
            raise UsageError(f"上年的审核结果 {item.name} 就是这次的输出目录里的；请给这次另写一个 --out")
        attach_earlier(self.database, item, alias)

    def take(self, opened: Opened) -> None:
        """Imports a set, in a transaction of the caller's; raises TablesRefused for damage found late."""
        items, plan = opened
        if plan is None:
            for number, item in enumerate(items):
                self._take_store(item, f"{EARLIER}{number}")
        else:
            self._take_tables(items, plan)
        self.database.execute("INSERT OR REPLACE INTO 库 VALUES (?, ?)", [_name(items), self._signature(items)])

    def _take_tables(self, items: Sequence[Item], plan: Plan) -> None:
        by_path = {Path(item.path): item for item in items}
        first_file, first_form = self.intake.next_numbers()
        numbers = {path: number for number, path in enumerate(sorted(by_path), first_file)}
        done = import_tables(
            self.database, plan, first_form=first_form, file_numbers=numbers, earlier=items[0].last_year
        )
        self._note_files(by_path, numbers, tell(plan, done))

    def _note_files(self, by_path: dict[Path, Item], numbers: dict[Path, int], notices: Told) -> None:
        for path, number in numbers.items():
            item = by_path[path]
            note_file(self.database, number, item, self._one(f"SELECT count(*) FROM {RAW}.表 WHERE 文件号 = ?", number))
        for number, level, one in remarks_of(notices, numbers):
            remark(self.database, number, level, one)

    def _take_store(self, item: Item, alias: str) -> None:
        """Imports the forms of last year's results, to compare with; numbers them anew, file by file."""
        first_file, first_form = self.intake.next_numbers()
        with damage_reported(Path(item.path).parent):
            number_earlier(self.database, alias)
            for table in RAW_TABLES:
                rows = earlier_rows(table, alias, f"n.次 + {first_form}", str(first_file))
                self.database.execute(f"INSERT INTO {raw_table(table)} {rows} ORDER BY n.次, r.行号")
        forms = self._one(f"SELECT count(*) FROM {RAW}.表 WHERE 文件号 = ?", first_file)
        note_file(self.database, first_file, item, forms)


# --- a set's rows in the results ------------------------------------------------------------------


def note_file(database: duckdb.DuckDBPyConnection, number: int, item: Item, forms: object) -> None:
    """Adds a file that was imported as part of a set to 文件."""
    database.execute(
        "INSERT INTO 文件 (文件号, 文件, 大小, 修改, 状态, 表数, 往年) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [number, item.name, item.size, item.changed, READ, forms, item.last_year],
    )


def remark(database: duckdb.DuckDBPyConnection, number: int, level: str, one: Problem) -> None:
    """Adds a remark on a file to 读取说明."""
    values = [number, level, one.code, one.message, one.line, one.column]
    database.execute("INSERT INTO 读取说明 VALUES (?, ?, ?, ?, ?, ?)", values)


def remarks_of(notices: Told, numbers: Mapping[Path, int]) -> Iterator[tuple[int, str, Problem]]:
    """Yields the remarks on tables: the number of the file, the level and the problem. Remarks on no particular file go
    to the first."""
    by_name = {str(path): number for path, number in numbers.items()}
    for level, some in (("error", notices.problems), ("note", notices.notes)):
        for one in some:
            yield by_name.get(one.file, min(numbers.values())), level, one


# --- last year's results --------------------------------------------------------------------------


def attach_earlier(database: duckdb.DuckDBPyConnection, item: Item, alias: str) -> None:
    """Attaches last year's results of either kind; raises UsageError."""
    path = Path(item.path)
    if path.name == MANIFEST:
        attach(database, path.parent, alias)
        return
    try:
        database.execute(f"ATTACH {literal(str(path))} AS {identifier(alias)} (READ_ONLY)")
    except duckdb.Error as error:
        raise UsageError(f"上年的审核结果 {item.name} 打不开：{str(error).splitlines()[0]}") from None
    check_version(database, path, f"{alias}.")


def number_earlier(database: duckdb.DuckDBPyConnection, alias: str) -> None:
    """Makes EARLIER_FORMS, 次 in the order of the files, for `earlier_rows`."""
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {EARLIER_FORMS} AS "
        "SELECT t.表号, row_number() OVER (ORDER BY f.文件, t.序号, t.表号) - 1 AS 次 "
        f"FROM {alias}.{RAW}.表 t LEFT JOIN {alias}.文件 f USING (文件号) WHERE NOT t.往年"
    )


def earlier_rows(table: str, alias: str, form: str, file: str) -> str:
    """Returns a SELECT of the rows r of last year's own forms n. All belong to one file, the results they come from;
    `form` and `file` are SQL for their new numbers."""
    changed = {"表号": form}
    if table == PARENT:
        changed |= {"文件号": file, "序号": "n.次::UINTEGER", "往年": "TRUE"}
    items = ", ".join(
        f"{changed.get(name, f'r.{identifier(name)}')} AS {identifier(name)}" for name in raw_names(table)
    )
    return f"SELECT {items} FROM {alias}.{raw_table(table)} r JOIN {EARLIER_FORMS} n ON n.表号 = r.表号"


def _name(items: Sequence[Item]) -> str:
    """Returns the item of 库 under which a set is recorded."""
    if _is_stores(items):
        return "上年的库"
    return "上年的数据表" if any(item.last_year for item in items) else "数据表"


def _is_stores(items: Sequence[Item]) -> bool:
    return Path(items[0].path).name in FILES
