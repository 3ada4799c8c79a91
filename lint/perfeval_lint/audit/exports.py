"""Whole sets taken into the store at once: tables exported from a budget system, and the store of the year before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from perfeval_lint.audit.inputs import Item
from perfeval_lint.audit.intake import Intake, transaction
from perfeval_lint.audit.store import FILE_NAME, RAW, RAW_TABLES, READ, Store, check_version, raw_names, raw_table
from perfeval_lint.audit.tables.fit import fit
from perfeval_lint.audit.tables.load import Imported, import_tables
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.sources import close_sources, open_sources
from perfeval_lint.errors import Problem, UsageError
from perfeval_lint.rule.model import PARENT
from perfeval_lint.rule.sql import identifier, literal

_STAGED = "导出"
_EARLIER = "往年库"


class Exports:
    """The sets of a run: this year's tables, last year's, and last year's store; each is taken anew when any file of
    it has changed."""

    def __init__(self, store: Store, intake: Intake, mapping: TableMapping) -> None:
        self.store = store
        self.database = store.database
        self.intake = intake
        self.mapping = mapping

    def keep(self, items: Sequence[Item]) -> list[Item]:
        """Notes down the files of a set that is in the store as it is; the files that must be taken in otherwise."""
        ((known,),) = self.database.execute(
            "SELECT coalesce(max(值), '') FROM 库 WHERE 项 = ?", [_name(items)]
        ).fetchall()
        if known == self._signature(items):
            self.intake.list(items)
            return []
        return list(items)

    def _signature(self, items: Sequence[Item]) -> str:
        files = sorted((item.name, item.size, item.changed) for item in items)
        return json.dumps([files, repr(self.mapping)], ensure_ascii=False)

    def take(self, items: Sequence[Item]) -> None:
        """Takes the tables of one year into the store; raises TablesRefused where they are no forms."""
        if not items:
            return
        scratch = self.store.batches / _STAGED
        scratch.mkdir(exist_ok=True)
        by_path = {Path(item.path): item for item in items}
        try:
            plan = fit(open_sources(self.database, by_path, self.mapping, scratch), self.mapping)
            with transaction(self.database):
                first_file, first_form = self.intake.next_numbers()
                numbers = {path: number for number, path in enumerate(sorted(by_path), first_file)}
                done = import_tables(
                    self.database, plan, first_form=first_form, file_numbers=numbers, earlier=items[0].last_year
                )
                self._note_files(by_path, numbers, done)
                self._note_set(items)
        finally:
            close_sources(self.database)
            shutil.rmtree(scratch, ignore_errors=True)

    def _note_files(self, by_path: dict[Path, Item], numbers: dict[Path, int], done: Imported) -> None:
        for path, number in numbers.items():
            item = by_path[path]
            ((forms,),) = self.database.execute(f"SELECT count(*) FROM {RAW}.表 WHERE 文件号 = {number}").fetchall()
            self._note_file(number, item, forms)
        told = {str(path): number for path, number in numbers.items()}
        for level, some in (("error", done.problems), ("note", done.notes)):
            for one in some:
                self._remark(told.get(one.file, min(numbers.values())), level, one)

    def _note_file(self, number: int, item: Item, forms: int) -> None:
        self.database.execute(
            "INSERT INTO 文件 (文件号, 文件, 大小, 修改, 状态, 表数, 往年) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [number, item.name, item.size, item.changed, READ, forms, item.last_year],
        )

    def _remark(self, number: int, level: str, problem: Problem) -> None:
        values = [number, level, problem.code, problem.message, problem.line, problem.column]
        self.database.execute("INSERT INTO 读取说明 VALUES (?, ?, ?, ?, ?, ?)", values)

    def _note_set(self, items: Sequence[Item]) -> None:
        self.database.execute("INSERT OR REPLACE INTO 库 VALUES (?, ?)", [_name(items), self._signature(items)])

    def take_store(self, item: Item) -> None:
        """Takes the forms of last year's store into this one, to be compared with; raises UsageError."""
        path = Path(item.path)
        try:
            self.database.execute(f"ATTACH {literal(str(path))} AS {_EARLIER} (READ_ONLY)")
        except duckdb.Error as error:
            raise UsageError(f"上年的审核结果 {item.name} 打不开：{str(error).splitlines()[0]}") from None
        try:
            check_version(self.database, path, f"{_EARLIER}.")
            with transaction(self.database):
                first_file, first_form = self.intake.next_numbers()
                for table in RAW_TABLES:
                    self._copy(table, first_file, first_form)
                ((forms,),) = self.database.execute(
                    f"SELECT count(*) FROM {RAW}.表 WHERE 文件号 = {first_file}"
                ).fetchall()
                self._note_file(first_file, item, forms)
                self._note_set([item])
        finally:
            self.database.execute(f"DETACH {_EARLIER}")

    def _copy(self, table: str, first_file: int, first_form: int) -> None:
        """The rows of last year's own forms; all of them belong to one file here, the store they come from."""
        changed = {"表号": f"r.表号 + {first_form}"}
        if table == PARENT:
            changed |= {"文件号": str(first_file), "序号": "row_number() OVER (ORDER BY r.表号) - 1", "往年": "TRUE"}
        items = ", ".join(changed.get(name, f"r.{identifier(name)}") for name in raw_names(table))
        own = f"SELECT 表号 FROM {_EARLIER}.{RAW}.表 WHERE NOT 往年"
        self.database.execute(
            f"INSERT INTO {raw_table(table)} SELECT {items} FROM {_EARLIER}.{raw_table(table)} r "
            f"WHERE r.表号 IN ({own}) ORDER BY r.表号, r.行号"
        )


def _name(items: Sequence[Item]) -> str:
    """What a set is noted down by."""
    if any(Path(item.path).name == FILE_NAME for item in items):
        return "上年的库"
    return "上年的数据表" if any(item.last_year for item in items) else "数据表"
