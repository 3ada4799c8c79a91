"""Judges rules across forms in the store: stores what they need of every form as it is judged, and compares when all
are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from perfeval_lint.audit.run.intake import transaction
from perfeval_lint.audit.store.store import ACROSS, COMPARED, RAW, raw_table
from perfeval_lint.audit.store.temporary import ACROSS_OUTCOMES, COMPARED_FORMS
from perfeval_lint.form.definition import INDICATORS, TABLES
from perfeval_lint.judge.across import Sides, outcomes_sql, sides_of, wanted
from perfeval_lint.judge.bulk import BATCH, FINDINGS, UNKNOWNS, BulkJudge
from perfeval_lint.judge.origins import origin_sql
from perfeval_lint.judge.tell.place import place_sql
from perfeval_lint.rule.compile.query import FAIL, PASS, UNKNOWN, Check
from perfeval_lint.rule.compile.rewrite import linked
from perfeval_lint.sql.columns import PARENT
from perfeval_lint.sql.text import identifier, literal

_MISSING = "比较所需的数据"


class AcrossForms:
    """The checks across forms of an audit, and the tables with the columns they need."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = checks
        self.columns: dict[str, list[str]] = {PARENT: []}
        self.links: dict[str, list[str]] = {}
        for table, name in wanted(checks):
            link = linked(name)
            owner, column = (table, name) if link is None else (PARENT, link)
            self.columns.setdefault(table, [])
            if column not in ("表号", "行号", *self.columns.setdefault(owner, [])):
                self.columns[owner].append(column)
            if link is not None and link not in self.links.setdefault(table, []):
                self.links[table].append(link)

    @property
    def needed(self) -> list[tuple[str, str]]:
        """The (table, column) pairs that judging must leave of every form."""
        return [(table, name) for table in self.columns for name in self.columns[table]]

    def begin(self, database: duckdb.DuckDBPyConnection, judge: BulkJudge) -> None:
        """Makes the tables anew, empty; their types are those of an empty batch."""
        database.execute(f"CREATE OR REPLACE TEMP TABLE {BATCH} (表号 UINTEGER, 年度 INTEGER)")
        judge.stage(database)
        database.execute(f"DROP SCHEMA IF EXISTS {ACROSS} CASCADE; CREATE SCHEMA {ACROSS}")
        for table in self.columns:
            database.execute(f"CREATE TABLE {self.stored(table)} AS {self._rows(table, judge)} LIMIT 0")

    def store(self, database: duckdb.DuckDBPyConnection, judge: BulkJudge) -> None:
        """Stores what is needed of the batch that was just judged."""
        for table in self.columns:
            database.execute(f"INSERT INTO {self.stored(table)} {self._rows(table, judge)}")

    def stored(self, table: str) -> str:
        """Returns the name of the table that stores what is needed of a table."""
        return f"{ACROSS}.{identifier(table)}"

    def _rows(self, table: str, judge: BulkJudge) -> str:
        return f"SELECT {', '.join(['表号', '行号', *map(identifier, self.columns[table])])} FROM {judge.final[table]}"

    def judge(self, database: duckdb.DuckDBPyConnection, judge: BulkJudge, key: str) -> None:
        """Compares the forms of the store, all in one transaction; does nothing where that was done before."""
        ((count, mixed),) = database.execute(f"SELECT count(*), bit_xor(hash(表号)) FROM {RAW}.表").fetchall()
        done = f"{key} {count} {mixed}"
        if not self.checks or database.execute("FROM 库 WHERE 项 = ? AND 值 = ?", [COMPARED, done]).fetchall():
            return
        self.name_forms(database, "row_number() OVER (ORDER BY t.往年, f.文件, t.序号)")
        judge.prepare(database)
        rules = ", ".join(literal(check.rule.id) for check in self.checks)
        with transaction(database):
            for table in ("问题", "结果", "未判"):
                database.execute(f"DELETE FROM {table} WHERE 规则 IN ({rules})")
            for check in self.checks:
                self._compare(database, check)
            waive(database, judge)
            database.execute(f"INSERT INTO 问题 SELECT * EXCLUDE (指标名, 相差) FROM {FINDINGS}")
            database.execute(f"INSERT INTO 未判 BY NAME FROM {UNKNOWNS}")
            database.execute("INSERT OR REPLACE INTO 库 VALUES (?, ?)", [COMPARED, done])

    def name_forms(self, database: duckdb.DuckDBPyConnection, order: str) -> None:
        """Makes COMPARED_FORMS; `order` is SQL over 原.表 t and 文件 f, different for every form. Must be called
        before `tables` are read."""
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {COMPARED_FORMS} AS "
            "SELECT t.表号, regexp_extract(f.文件, '[^/\\\\]*$') AS 文件, t.往年, "
            f"{order} AS 序 FROM {RAW}.表 t JOIN 文件 f USING (文件号)"
        )

    def _compare(self, database: duckdb.DuckDBPyConnection, check: Check) -> None:
        """Judges one check over all forms; adds its counts to 结果."""
        table = check.table
        outcomes = f"{ACROSS_OUTCOMES} JOIN {raw_table(table)} USING (表号, 行号)"
        compare(database, check, sides_of(check, self.tables()), outcomes, placed(check))
        rows = f"{self.stored(table)} JOIN {COMPARED_FORMS} USING (表号) WHERE NOT 往年"
        counted = [f"coalesce({name}, 0)" for name in ("通过", "不通过", "未能判断")]
        database.execute(
            f"INSERT INTO 结果 BY NAME SELECT 表号, {literal(check.rule.id)} AS 规则, {counted[0]} AS 通过, "
            f"{counted[1]} AS 不通过, n - {' - '.join(counted)} AS 不适用, {counted[2]} AS 未能判断 "
            f"FROM (SELECT 表号, count(*) AS n FROM {rows} GROUP BY 表号) LEFT JOIN ({counts_sql()}) USING (表号)"
        )

    def tables(self) -> dict[str, str]:
        """Returns the FROM item of each table for checks: its stored columns, the form's as `表.x`; of 表 also 文件,
        序 and 往年."""
        forms = f"{self.stored(PARENT)} k JOIN {COMPARED_FORMS} f USING (表号)"
        tables = {PARENT: f"(SELECT k.*, f.文件, f.序, f.往年 FROM {forms})"}
        for table in TABLES[1:]:
            if table in self.columns:
                links = ", ".join(
                    f"p.{identifier(link)} AS {identifier(f'{PARENT}.{link}')}" for link in self.links.get(table, ())
                )
                rows = f"{self.stored(table)} k JOIN {self.stored(PARENT)} p USING (表号)"
                tables[table] = f"(SELECT k.*, {links} FROM {rows})" if links else self.stored(table)
        return tables


def placed(check: Check) -> dict[str, str]:
    """Returns the columns that place a check's findings, as SQL over the rows of its table as read."""
    place = place_sql(check.table, check.at)
    named = "三级指标" if check.table == INDICATORS.table else "CAST(NULL AS VARCHAR)"
    origin = origin_sql(check.table, check.at)
    return {"部分": place.part, "路径": place.path, "所指": place.words, "所在": origin, "指标名": named}


def compare(
    database: duckdb.DuckDBPyConnection, check: Check, sides: Sides, outcomes: str, places: Mapping[str, str]
) -> None:
    """Judges a check over whole groups: makes ACROSS_OUTCOMES, adds to FINDINGS and UNKNOWNS. `outcomes` is the FROM
    item of ACROSS_OUTCOMES with the columns of `places` beside them."""
    database.execute(f"CREATE OR REPLACE TEMP TABLE {ACROSS_OUTCOMES} AS {outcomes_sql(check, sides)}")
    rule = literal(check.rule.id)
    database.execute(
        f"INSERT INTO {FINDINGS} SELECT 表号, {rule}, {literal(str(check.severity))}, {places['部分']}, 行号, "
        f"{literal(check.at)}, {places['路径']}, {places['所指']}, {places['所在']}, 消息, NULL, 改法, "
        f"NULL, {places['指标名']}, NULL FROM {outcomes} WHERE 结果 = '{FAIL}'"
    )
    database.execute(
        f"INSERT INTO {UNKNOWNS} (表号, 规则, 路径, 所指, 缺) "
        f"SELECT 表号, {rule}, {places['路径']}, {places['所指']}, '{_MISSING}' "
        f"FROM {outcomes} WHERE 结果 = '{UNKNOWN}'"
    )


def counts_sql() -> str:
    """Returns the SELECT that counts the outcomes of the check judged last, for every form that has any."""
    names = {"通过": PASS, "不通过": FAIL, "未能判断": UNKNOWN}
    counted = ", ".join(f"count_if(结果 = '{digit}') AS {name}" for name, digit in names.items())
    return f"SELECT 表号, {counted} FROM {ACROSS_OUTCOMES} GROUP BY 表号"


def waive(database: duckdb.DuckDBPyConnection, judge: BulkJudge) -> None:
    """Marks the findings that waivers of the forms cover."""
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {BATCH} AS SELECT DISTINCT 表号, 0 AS 年度 FROM {raw_table('豁免')} "
        f"WHERE 表号 IN (SELECT 表号 FROM {FINDINGS})"
    )
    if database.execute(f"FROM {BATCH} LIMIT 1").fetchall():
        judge.waive(database)
