"""Tables laid into the store, form by form in the order of their keys, by SQL alone."""

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
from perfeval_lint.audit.tables.tally import NO_KEY, OF_DELETED, OF_FORM, ORPHAN, Tallies, Tally, added_up
from perfeval_lint.audit.tables.words import FORMS, FUNDS, GOALS, INDICATORS, ORDER
from perfeval_lint.errors import Problem, TablesRefused
from perfeval_lint.form.definition import columns_of
from perfeval_lint.sql.text import identifier
from perfeval_lint.values.pieces import listed_sql

_FORMS, _COUNTS, _ROWS = "temp.导入表", "temp.导入数", "temp.导入行"


@dataclass(frozen=True, slots=True)
class Imported:
    """What was laid down: the number of forms, their numbers beginning with that given, and of rows of each table;
    `tallies` are what there is to tell of it."""

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
            for table in (_FORMS, _COUNTS, _ROWS):
                database.execute(f"DROP TABLE IF EXISTS {table}")


def _damaged(database: duckdb.DuckDBPyConnection, plan: Plan) -> str:
    """The file that cannot be read to the end: asked of another connection, for the transaction has failed."""
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
        forms = self._one(f"SELECT count(表号) FROM {_FORMS}")
        self.tallies.forms(_FORMS)
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
            f"SELECT {self._whose(number, part)}, {self._likeness(part)} AS 样 FROM {part.source.rows} s"
            for number, part in enumerate(self.plan.of(FORMS))
        )
        kept = f"FILTER (态 <> {rows.GONE})"
        self.database.execute(
            f"CREATE TEMP TABLE 导入表 AS SELECT 键, 位, 次, 异, "
            f"CASE WHEN 位 IS NOT NULL AND 键 IS NOT NULL THEN "
            f"({self.first} - 1 + row_number() OVER (ORDER BY 位 IS NULL OR 键 IS NULL, 键))::UINTEGER END AS 表号 "
            f"FROM (SELECT 键, min(位) {kept} AS 位, count(*) {kept} AS 次, min(样) {kept} <> max(样) {kept} AS 异 "
            f"FROM ({selects}) GROUP BY 键) ORDER BY 表号"
        )

    def _whose(self, number: int, part: Part) -> str:
        """Whose a row is, whether it is deleted and where it stands."""
        key, state = rows.key(part, self.plan), rows.state(part, self.plan)
        return f"{key} AS 键, {state} AS 态, {rows.place(number)} AS 位"

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
            f"SELECT f.表号, f.键, f.位, n.文件号, {index} FROM {_FORMS} f "
            f"JOIN (VALUES {files}) n(处, 文件号) ON n.处 = f.位 >> {FILE_BITS} WHERE f.表号 IS NOT NULL"
        )
        key = rows.shown_key("f.键", self.plan)
        selects = rows.union(
            f"SELECT f.表号, 0, f.文件号, f.序号, {str(earlier).upper()}, {', '.join(rows.texts(part, self.plan))}, "
            f"{rows.origin(part, key)} FROM {part.source.rows} s JOIN f ON f.位 = {rows.place(number)}"
            for number, part in enumerate(parts)
        )
        self.database.execute(
            f"INSERT INTO {raw_table(FORMS)} WITH f AS MATERIALIZED ({numbered}) SELECT * FROM ({selects}) ORDER BY 1"
        )

    # --- rows of forms ----------------------------------------------------------------------------

    def _insert_rows(self, table: str, parts: list[Part]) -> int:
        self._count_rows(parts)
        self.tallies.rows(table, _COUNTS, _FORMS)
        before = self._one(f"SELECT count(*) FROM {raw_table(table)}")
        in_place = len(parts) == 1 and not parts[0].repeats and self._together()
        if not in_place:
            self._number_rows(parts)
        if table == GOALS:
            self._insert_goals(parts, in_place=in_place)
        else:
            self._insert(table, parts, in_place=in_place)
        for name in (_COUNTS, _ROWS):
            self.database.execute(f"DROP TABLE IF EXISTS {name}")
        return self._one(f"SELECT count(*) FROM {raw_table(table)}") - before

    def _count_rows(self, parts: list[Part]) -> None:
        """Of every form, and of the rows of none: how many rows, and the first and last place of those not deleted."""
        selects = rows.union(
            f"SELECT {self._whose(number, part)}, {self._step(number, part)} AS 步 FROM {part.source.rows} s"
            for number, part in enumerate(parts)
        )
        whose = (
            f"CASE WHEN f.表号 IS NOT NULL THEN {OF_FORM} WHEN r.键 IS NULL THEN {NO_KEY} "
            f"WHEN f.键 IS NULL THEN {ORPHAN} ELSE {OF_DELETED} END"
        )
        kept = f"FILTER (r.态 <> {rows.GONE})"
        self.database.execute(
            f"CREATE TEMP TABLE 导入数 AS SELECT f.表号, {whose} AS 类, count(*) {kept} AS 行数, count(*) AS 总数, "
            f"count(*) FILTER (r.态 = {rows.UNKNOWN}) AS 不明, min(r.位) {kept} AS 始, max(r.位) {kept} AS 末, "
            f"CASE WHEN f.表号 IS NULL THEN min(r.键) {kept} END AS 例, "
            f"coalesce(min(r.步) {kept} = max(r.步) {kept} AND count(r.步) {kept} = count(*) {kept}, true) AS 顺 "
            f"FROM ({selects}) r LEFT JOIN {_FORMS} f ON f.键 = r.键 GROUP BY f.表号, 类"
        )

    def _step(self, number: int, part: Part) -> str:
        """How far a row's order is from its place: the same for all rows of a form that stand in order."""
        if ORDER not in part.columns:
            return "0::BIGINT"
        by_number, _ = rows.order(part)
        return f"TRY_CAST({by_number} AS BIGINT) - {rows.place(number)}"

    def _together(self) -> bool:
        """Whether the rows of each form stand together and in order, so that their places number them."""
        return not self._one(f"SELECT count(*) FROM {_COUNTS} WHERE 类 = {OF_FORM} AND (末 - 始 + 1 <> 行数 OR NOT 顺)")

    def _in_order(self, parts: list[Part]) -> bool:
        """Whether the forms stand in the order of their numbers, so that nothing need be sorted."""
        after = f"SELECT 始 < lag(始) OVER (ORDER BY 表号) AS 乱 FROM {_COUNTS} WHERE 类 = {OF_FORM} AND 行数 > 0"
        return len(parts[0].source.files) == 1 and not self._one(f"SELECT count(*) FROM ({after}) WHERE 乱")

    def _number_rows(self, parts: list[Part]) -> None:
        """The form of every row and its number there: by the column of the order, then by its place."""
        selects = rows.union(self._row_numbers(number, part) for number, part in enumerate(parts))
        self.database.execute(
            "CREATE TEMP TABLE 导入行 AS SELECT 位, 表号, "
            f"row_number() OVER (PARTITION BY 表号 ORDER BY 序数 NULLS LAST, 序文, 位) - 1 AS 行号 FROM ({selects})"
        )

    def _row_numbers(self, number: int, part: Part) -> str:
        place = rows.place(number)
        joined = f"FROM {part.source.rows} s JOIN {_FORMS} f ON f.键 = {rows.key(part, self.plan)}"
        kept = f"WHERE f.表号 IS NOT NULL AND {rows.state(part, self.plan)} <> {rows.GONE}"
        if part.repeats:
            own = [part.columns[one.name] for one in columns_of(part.table) if one.name in part.columns]
            says = " OR ".join(f"s.{identifier(name)} IS NOT NULL" for name in own) or "TRUE"
            return (
                f"SELECT min({place}) AS 位, f.表号, NULL::DOUBLE AS 序数, NULL::VARCHAR AS 序文 "
                f"{joined} {kept} AND ({says}) GROUP BY f.表号"
            )
        by_number, by_text = rows.order(part)
        return f"SELECT {place} AS 位, f.表号, {by_number} AS 序数, {by_text} AS 序文 {joined} {kept}"

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
            return f"SELECT r.表号, r.行号, {items} FROM {part.source.rows} s JOIN {_ROWS} r ON r.位 = {place}"
        forms = f"(SELECT f.键, f.表号, n.始 FROM {_FORMS} f JOIN {_COUNTS} n ON n.表号 = f.表号)"
        return (
            f"SELECT f.表号, {place} - f.始 AS 行号, {items} FROM {part.source.rows} s "
            f"JOIN {forms} f ON f.键 = {rows.key(part, self.plan)} WHERE {rows.state(part, self.plan)} <> {rows.GONE}"
        )

    def _insert_goals(self, parts: list[Part], *, in_place: bool) -> None:
        """The goals of a form are one: their texts one after the other."""
        names = [column.name for column in columns_of(GOALS)]
        if self._one(f"SELECT max(行数) FROM {_COUNTS} WHERE 类 = {OF_FORM}") < 2:
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
