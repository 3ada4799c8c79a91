"""Rules across forms, judged in the store: what they need of every form is kept as forms are judged, and compared when
all of them are."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from perfeval_lint.audit.intake import transaction
from perfeval_lint.audit.store import ACROSS, COMPARED, RAW, raw_table
from perfeval_lint.form.definition import INDICATORS, TABLES
from perfeval_lint.judge.across import outcomes_sql, wanted
from perfeval_lint.judge.bulk import BATCH, FINDINGS, BulkJudge
from perfeval_lint.judge.origins import origin_sql
from perfeval_lint.judge.told import place_sql
from perfeval_lint.rule.model import PARENT
from perfeval_lint.rule.query import FAIL, PASS, UNKNOWN, Check
from perfeval_lint.rule.sql import identifier, linked, literal

_MISSING = "比较所需的数据"


class AcrossForms:
    """The checks across forms of an audit, and the tables of what they need."""

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
        """The (table, column) pairs that must be there of every judged form."""
        return [(table, name) for table in self.columns for name in self.columns[table]]

    def begin(self, database: duckdb.DuckDBPyConnection, judge: BulkJudge) -> None:
        """Makes the tables anew, empty; their types are those of an empty batch."""
        database.execute(f"CREATE OR REPLACE TEMP TABLE {BATCH} (表号 UINTEGER, 年度 INTEGER)")
        judge.stage(database)
        database.execute(f"DROP SCHEMA IF EXISTS {ACROSS} CASCADE; CREATE SCHEMA {ACROSS}")
        for table in self.columns:
            database.execute(f"CREATE TABLE {self._kept(table)} AS {self._rows(table, judge)} LIMIT 0")

    def keep(self, database: duckdb.DuckDBPyConnection, judge: BulkJudge) -> None:
        """Keeps what is needed of the batch that was just built."""
        for table in self.columns:
            database.execute(f"INSERT INTO {self._kept(table)} {self._rows(table, judge)}")

    def _kept(self, table: str) -> str:
        return f"{ACROSS}.{identifier(table)}"

    def _rows(self, table: str, judge: BulkJudge) -> str:
        return f"SELECT {', '.join(['表号', '行号', *map(identifier, self.columns[table])])} FROM {judge.final[table]}"

    def judge(self, database: duckdb.DuckDBPyConnection, judge: BulkJudge, key: str) -> None:
        """Compares the forms of the store, all in one transaction; nothing is done where that was done before."""
        ((count, mixed),) = database.execute(f"SELECT count(*), bit_xor(hash(表号)) FROM {RAW}.表").fetchall()
        done = f"{key} {count} {mixed}"
        if not self.checks or database.execute("FROM 库 WHERE 项 = ? AND 值 = ?", [COMPARED, done]).fetchall():
            return
        database.execute(
            "CREATE OR REPLACE TEMP TABLE 比 AS SELECT t.表号, regexp_extract(f.文件, '[^/\\\\]*$') AS 文件, t.往年, "
            f"row_number() OVER (ORDER BY t.往年, f.文件, t.序号) AS 序 FROM {RAW}.表 t JOIN 文件 f USING (文件号)"
        )
        database.execute(f"CREATE OR REPLACE TEMP TABLE {BATCH} (表号 UINTEGER, 年度 INTEGER)")
        judge.stage(database)
        rules = ", ".join(literal(check.rule.id) for check in self.checks)
        with transaction(database):
            for table in ("问题", "结果", "未判"):
                database.execute(f"DELETE FROM {table} WHERE 规则 IN ({rules})")
            for check in self.checks:
                self._compare(database, check)
            self._waive(database, judge)
            database.execute(f"INSERT INTO 问题 SELECT * EXCLUDE (指标名) FROM {FINDINGS}")
            database.execute("INSERT OR REPLACE INTO 库 VALUES (?, ?)", [COMPARED, done])

    def _compare(self, database: duckdb.DuckDBPyConnection, check: Check) -> None:
        """One check over all forms: outcomes counted, findings and what could not be judged told."""
        rule, table, at = literal(check.rule.id), check.table, check.at
        database.execute(f"CREATE OR REPLACE TEMP TABLE 比果 AS {outcomes_sql(check, self._tables())}")
        counted = ", ".join(f"count_if(结果 = '{digit}') AS c{digit}" for digit in (PASS, FAIL, UNKNOWN))
        rows = f"SELECT 表号, count(*) AS n FROM {self._kept(table)} JOIN 比 USING (表号) WHERE NOT 往年 GROUP BY 表号"
        three = [f"coalesce(c{digit}, 0)" for digit in (PASS, FAIL, UNKNOWN)]
        database.execute(
            f"INSERT INTO 结果 SELECT 表号, {rule}, {three[0]}, {three[1]}, n - {' - '.join(three)}, {three[2]} "
            f"FROM ({rows}) LEFT JOIN (SELECT 表号, {counted} FROM 比果 GROUP BY 表号) USING (表号)"
        )
        place = place_sql(table, at)
        told = f"比果 JOIN {raw_table(table)} USING (表号, 行号)"
        named = "三级指标" if table == INDICATORS.table else "NULL"
        database.execute(
            f"INSERT INTO {FINDINGS} SELECT 表号, {rule}, {literal(str(check.severity))}, {place.part}, 行号, "
            f"{literal(at)}, {place.path}, {place.words}, {origin_sql(table, at)}, 消息, NULL, {named} "
            f"FROM {told} WHERE 结果 = '{FAIL}'"
        )
        database.execute(
            f"INSERT INTO 未判 SELECT 表号, {rule}, {place.path}, {place.words}, '{_MISSING}' "
            f"FROM {told} WHERE 结果 = '{UNKNOWN}'"
        )

    def _tables(self) -> dict[str, str]:
        """What checks see of each table: the columns kept, the form's as `表.x`; of 表 also its file and order."""
        tables = {PARENT: f"(SELECT k.*, 比.文件, 比.序, 比.往年 FROM {self._kept(PARENT)} k JOIN 比 USING (表号))"}
        for table in TABLES[1:]:
            if table in self.columns:
                links = ", ".join(
                    f"p.{identifier(link)} AS {identifier(f'{PARENT}.{link}')}" for link in self.links.get(table, ())
                )
                rows = f"{self._kept(table)} k JOIN {self._kept(PARENT)} p USING (表号)"
                tables[table] = f"(SELECT k.*, {links} FROM {rows})" if links else self._kept(table)
        return tables

    def _waive(self, database: duckdb.DuckDBPyConnection, judge: BulkJudge) -> None:
        """Marks the findings that the forms' own waivers cover."""
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {BATCH} AS SELECT DISTINCT 表号, 0 AS 年度 FROM {raw_table('豁免')} "
            f"WHERE 表号 IN (SELECT 表号 FROM {FINDINGS})"
        )
        if database.execute(f"FROM {BATCH} LIMIT 1").fetchall():
            judge.waive(database)
