"""Writes tables into the store, form by form in the order of their keys, by SQL alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from perfeval_lint.audit.store.store import raw_names, raw_table
from perfeval_lint.audit.tables import rows
from perfeval_lint.audit.tables.plan import Part, Plan
from perfeval_lint.audit.tables.source import FILE_BITS
from perfeval_lint.audit.tables.staging import (
    FOUND_FORMS,
    GONE,
    NO_KEY,
    NUMBERED_ROWS,
    OF_DELETED,
    OF_FORM,
    ORPHAN,
    ROW_COUNTS,
    TABLES,
)
from perfeval_lint.audit.tables.tally import Tallies, Tally, added_up
from perfeval_lint.audit.tables.words import FORMS, FUNDS, GOALS, INDICATORS, ORDER
from perfeval_lint.errors import Problem, TablesRefused
from perfeval_lint.form.definition import columns_of
from perfeval_lint.sql.text import identifier
from perfeval_lint.values.pieces import listed_sql


@dataclass(frozen=True, slots=True)
class Imported:
    """The numbers of forms and of rows of each table that were inserted; `tallies` count the rows with something to
    report."""

    forms: int
    rows: Mapping[str, int]
    tallies: tuple[Tally, ...]


def joined(imports: Iterable[Imported]) -> Imported:
    """Several imports, each of some keys of a set with all their rows, as one import of the whole."""
    done = list(imports)
    rows_of = {table: sum(one.rows.get(table, 0) for one in done) for one in done for table in one.rows}
    return Imported(sum(one.forms for one in done), rows_of, added_up(tally for one in done for tally in one.tallies))


def import_tables(
    database: duckdb.DuckDBPyConnection,
    plan: Plan,
    *,
    first_form: int,
    file_numbers: Mapping[Path, int],
    earlier: bool = False,
) -> Imported:
    """Inserts the forms of a plan into the raw tables of the store; 表号 begins with `first_form` and follows the
    forms' keys, `file_numbers` gives the 文件号 of the files that hold the forms' own rows, `earlier` is 往年.

    Raises TablesRefused where the tables cannot be read to the end; the caller's transaction, or the loss of the store,
    undoes what was inserted before. That they hold no form is for the caller to judge: they may be part of a set.
    """
    try:
        return _Import(database, plan, first_form).run(file_numbers, earlier=earlier)
    except (duckdb.OutOfMemoryException, duckdb.FatalException):
        raise
    except duckdb.Error as error:
        message = f"读表时出错，文件可能已损坏：{str(error).splitlines()[0][:200]}；请重新导出"
        raise TablesRefused([Problem("damaged", message, _damaged(database, plan))]) from None
    finally:
        with suppress(duckdb.Error):  # a transaction that failed takes them along
            for table in TABLES:
                database.execute(f"DROP TABLE IF EXISTS {table}")


def _damaged(database: duckdb.DuckDBPyConnection, plan: Plan) -> str:
    """Finds the file that cannot be read to the end, by another connection, for the transaction has failed."""
    with database.cursor() as other:
        for part in plan.parts:
            try:
                other.execute(f"SELECT max(hash(s)) FROM {part.source.rows} s")
            except duckdb.Error:
                return part.source.file
    return plan.parts[0].source.file


class _Import:
    def __init__(self, database: duckdb.DuckDBPyConnection, plan: Plan, first: int) -> None:
        self.database = database
        self.plan = plan
        self.first = first
        self.tallies = Tallies(database, plan)

    def run(self, file_numbers: Mapping[Path, int], *, earlier: bool) -> Imported:
        self._number_forms()
        forms = self._one(f"SELECT count(表号) FROM {FOUND_FORMS}")
        self.tallies.forms()
        self._insert_forms(file_numbers, earlier=earlier)
        counts = {FORMS: forms}
        for table in (FUNDS, GOALS, INDICATORS):
            parts = self.plan.of(table)
            if parts:
                counts[table] = self._insert_rows(table, parts)
        return Imported(forms, counts, tuple(self.tallies.found))

    # --- forms ------------------------------------------------------------------------------------

    def _number_forms(self) -> None:
        """Every key with the place of its first row that is not deleted and its 表号; both NULL where all are."""
        selects = rows.union(
            f"SELECT {self._whose(number, part)}, {self._likeness(part)} AS 内容 FROM {part.source.rows} s"
            for number, part in enumerate(self.plan.of(FORMS))
        )
        kept = f"FILTER (状态 <> {GONE})"
        self.database.execute(
            f"CREATE TEMP TABLE {FOUND_FORMS} AS SELECT 表键, 首行, 行数, 不一, "
            f"CASE WHEN 首行 IS NOT NULL AND 表键 IS NOT NULL THEN "
            f"({self.first} - 1 + row_number() OVER (ORDER BY 首行 IS NULL OR 表键 IS NULL, 表键))::UINTEGER "
            f"END AS 表号 FROM (SELECT 表键, min(位置) {kept} AS 首行, count(*) {kept} AS 行数, "
            f"min(内容) {kept} <> max(内容) {kept} AS 不一 FROM ({selects}) GROUP BY 表键) ORDER BY 表号"
        )

    def _whose(self, number: int, part: Part) -> str:
        """The key of a row's form, its state and its place."""
        key, state = rows.key(part, self.plan), rows.state(part, self.plan)
        return f"{key} AS 表键, {state} AS 状态, {rows.place(number)} AS 位置"

    def _likeness(self, part: Part) -> str:
        """Of rows that repeat their form: what must be the same in all of them."""
        columns = [part.columns[column.name] for column in columns_of(FORMS) if column.name in part.columns]
        if not part.repeats or not columns:
            return "0::UBIGINT"
        return f"hash({', '.join(f's.{identifier(name)}' for name in columns)})"

    def _insert_forms(self, file_numbers: Mapping[Path, int], *, earlier: bool) -> None:
        parts = self.plan.of(FORMS)
        files = ", ".join(
            f"({rows.file_place(number, at)}, {file_numbers[file]})"
            for number, part in enumerate(parts)
            for at, file in enumerate(part.source.files)
        )
        index = "row_number() OVER (PARTITION BY n.文件号 ORDER BY f.表号) - 1 AS 序号"
        numbered = (
            f"SELECT f.表号, f.表键, f.首行, n.文件号, {index} FROM {FOUND_FORMS} f "
            f"JOIN (VALUES {files}) n(文件位, 文件号) ON n.文件位 = f.首行 >> {FILE_BITS} WHERE f.表号 IS NOT NULL"
        )
        key = rows.shown_key("f.表键", self.plan)
        selects = rows.union(
            f"SELECT f.表号, 0, f.文件号, f.序号, {str(earlier).upper()}, {', '.join(rows.texts(part, self.plan))}, "
            f"{rows.origin(part, key)} FROM {part.source.rows} s JOIN f ON f.首行 = {rows.place(number)}"
            for number, part in enumerate(parts)
        )
        self.database.execute(
            f"INSERT INTO {raw_table(FORMS)} WITH f AS MATERIALIZED ({numbered}) SELECT * FROM ({selects}) ORDER BY 1"
        )

    # --- rows of forms ----------------------------------------------------------------------------

    def _insert_rows(self, table: str, parts: list[Part]) -> int:
        self._count_rows(parts)
        self.tallies.rows(table)
        before = self._one(f"SELECT count(*) FROM {raw_table(table)}")
        in_place = len(parts) == 1 and not parts[0].repeats and self._together()
        if not in_place:
            self._number_rows(parts)
        if table == GOALS:
            self._insert_goals(parts, in_place=in_place)
        else:
            self._insert(table, parts, in_place=in_place)
        for name in (ROW_COUNTS, NUMBERED_ROWS):
            self.database.execute(f"DROP TABLE IF EXISTS {name}")
        return self._one(f"SELECT count(*) FROM {raw_table(table)}") - before

    def _count_rows(self, parts: list[Part]) -> None:
        """Of every form, and of the rows of none: how many rows, and the first and last place of those not deleted."""
        selects = rows.union(
            f"SELECT {self._whose(number, part)}, {self._step(number, part)} AS 位差 FROM {part.source.rows} s"
            for number, part in enumerate(parts)
        )
        whose = (
            f"CASE WHEN f.表号 IS NOT NULL THEN {OF_FORM} WHEN r.表键 IS NULL THEN {NO_KEY} "
            f"WHEN f.表键 IS NULL THEN {ORPHAN} ELSE {OF_DELETED} END"
        )
        kept = f"FILTER (r.状态 <> {GONE})"
        self.database.execute(
            f"CREATE TEMP TABLE {ROW_COUNTS} AS SELECT f.表号, {whose} AS 归属, count(*) {kept} AS 行数, "
            f"count(*) AS 总行数, min(r.位置) {kept} AS 首行, max(r.位置) {kept} AS 末行, "
            f"CASE WHEN f.表号 IS NULL THEN min(r.表键) {kept} END AS 例键, "
            f"coalesce(min(r.位差) {kept} = max(r.位差) {kept} AND count(r.位差) {kept} = count(*) {kept}, true) "
            f"AS 有序 FROM ({selects}) r LEFT JOIN {FOUND_FORMS} f ON f.表键 = r.表键 GROUP BY f.表号, 归属"
        )

    def _step(self, number: int, part: Part) -> str:
        """The distance of a row's order from its place: the same for all rows of a form that are in order."""
        if ORDER not in part.columns:
            return "0::BIGINT"
        by_number, _ = rows.order(part)
        return f"TRY_CAST({by_number} AS BIGINT) - {rows.place(number)}"

    def _together(self) -> bool:
        """Whether the rows of each form stand together and in order, so that their places number them."""
        is_apart = "末行 - 首行 + 1 <> 行数 OR NOT 有序"
        return not self._one(f"SELECT count(*) FROM {ROW_COUNTS} WHERE 归属 = {OF_FORM} AND ({is_apart})")

    def _in_order(self, parts: list[Part]) -> bool:
        """Whether the forms stand in the order of their numbers, so that nothing need be sorted."""
        is_before = "首行 < lag(首行) OVER (ORDER BY 表号) AS 倒序"
        compared = f"SELECT {is_before} FROM {ROW_COUNTS} WHERE 归属 = {OF_FORM} AND 行数 > 0"
        return len(parts[0].source.files) == 1 and not self._one(f"SELECT count(*) FROM ({compared}) WHERE 倒序")

    def _number_rows(self, parts: list[Part]) -> None:
        """The form of every row and its number there: by the column of the order, then by its place."""
        selects = rows.union(self._row_numbers(number, part) for number, part in enumerate(parts))
        self.database.execute(
            f"CREATE TEMP TABLE {NUMBERED_ROWS} AS SELECT 位置, 表号, "
            f"row_number() OVER (PARTITION BY 表号 ORDER BY 序数 NULLS LAST, 序文, 位置) - 1 AS 行号 FROM ({selects})"
        )

    def _row_numbers(self, number: int, part: Part) -> str:
        place = rows.place(number)
        joined = f"FROM {part.source.rows} s JOIN {FOUND_FORMS} f ON f.表键 = {rows.key(part, self.plan)}"
        kept = f"WHERE f.表号 IS NOT NULL AND {rows.state(part, self.plan)} <> {GONE}"
        if part.repeats:
            own = [part.columns[one.name] for one in columns_of(part.table) if one.name in part.columns]
            says = " OR ".join(f"s.{identifier(name)} IS NOT NULL" for name in own) or "TRUE"
            return (
                f"SELECT min({place}) AS 位置, f.表号, NULL::DOUBLE AS 序数, NULL::VARCHAR AS 序文 "
                f"{joined} {kept} AND ({says}) GROUP BY f.表号"
            )
        by_number, by_text = rows.order(part)
        return f"SELECT {place} AS 位置, f.表号, {by_number} AS 序数, {by_text} AS 序文 {joined} {kept}"

    def _insert(self, table: str, parts: list[Part], *, in_place: bool) -> None:
        names = ", ".join(map(identifier, raw_names(table)))
        order = "" if in_place and self._in_order(parts) else "ORDER BY 表号, 行号"
        self.database.execute(
            f"INSERT INTO {raw_table(table)} ({names}) {self._selected(parts, in_place=in_place)} {order}"
        )

    def _selected(self, parts: list[Part], *, in_place: bool) -> str:
        """The rows of forms as canonical texts."""
        return "SELECT * FROM (" + rows.union(self._texts(*one, in_place=in_place) for one in enumerate(parts)) + ")"

    def _texts(self, number: int, part: Part, *, in_place: bool) -> str:
        items = f"{', '.join(rows.texts(part, self.plan))}, {rows.origin(part, '')} AS 出处"
        place = rows.place(number)
        if not in_place:
            return (
                f"SELECT r.表号, r.行号, {items} FROM {part.source.rows} s JOIN {NUMBERED_ROWS} r ON r.位置 = {place}"
            )
        forms = f"(SELECT f.表键, f.表号, n.首行 FROM {FOUND_FORMS} f JOIN {ROW_COUNTS} n ON n.表号 = f.表号)"
        return (
            f"SELECT f.表号, {place} - f.首行 AS 行号, {items} FROM {part.source.rows} s "
            f"JOIN {forms} f ON f.表键 = {rows.key(part, self.plan)} WHERE {rows.state(part, self.plan)} <> {GONE}"
        )

    def _insert_goals(self, parts: list[Part], *, in_place: bool) -> None:
        """The goals of a form are one: their texts one after the other."""
        names = [column.name for column in columns_of(GOALS)]
        if self._one(f"SELECT max(行数) FROM {ROW_COUNTS} WHERE 归属 = {OF_FORM}") < 2:
            self._insert(GOALS, parts, in_place=in_place)
            return
        ends = listed_sql("。；;！!？?")
        texts = ", ".join(
            f"CASE WHEN count({name}) < 2 THEN min({name}) ELSE rtrim(string_agg({name} || "
            f"CASE WHEN right({name}, 1) IN ({ends}) THEN '' ELSE '；' END, '' ORDER BY 行号), '；') END AS {name}"
            for name in names
        )
        self.database.execute(
            f"INSERT INTO {raw_table(GOALS)} SELECT 表号, 0, {texts}, arg_min(出处, 行号) "
            f"FROM ({self._selected(parts, in_place=in_place)}) GROUP BY 表号 ORDER BY 表号"
        )

    def _one(self, query: str) -> int:
        row = self.database.execute(query).fetchone()
        return int(row[0] or 0) if row else 0
