"""Judges the forms of a database by SQL alone: raw rows in, scores, outcomes and findings out, as temporary tables.

The same statements and checks as judge.judge; only what findings say is put together in SQL (judge.told).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import duckdb

from perfeval_lint.errors import Problem, RulePackBroken, StoreIncomplete
from perfeval_lint.form.definition import BY_KEY, DOUBTS, FUNDS, INDICATORS, TOTAL, WAIVERS, columns_of
from perfeval_lint.form.path import PATTERN
from perfeval_lint.judge.origins import origin_sql, places_sql
from perfeval_lint.judge.review import TOTALS, TOTALS_SQL
from perfeval_lint.judge.tell.doubt import REMARK, inputs_of
from perfeval_lint.judge.tell.told import MACROS, help_sql, message_sql, missing_sql, place_sql, values_in
from perfeval_lint.judge.tell.undecided import WHY, columns_for_reasons, compare, with_reason
from perfeval_lint.judge.tell.why import FOUND, said_sql, why_sql
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.rule.compile.query import Check, verdict_sql, wanted_columns
from perfeval_lint.rule.compile.staging import Staging, Statement, build
from perfeval_lint.rule.model import Pack
from perfeval_lint.sql.columns import PARENT, READINGS
from perfeval_lint.sql.text import identifier, literal

_UNREAD = "读数表里没有这一对目标和完成值"  # what the database is told to raise; it never means "not applicable"
BATCH = "批"  # a table with the forms to judge: 表号, and 年度 as a number (0 where there is none)
SCORES, OUTCOMES, FINDINGS, UNKNOWNS = "新评分", "新结果", "新问题", "新未判"  # what judging leaves behind

_WHY = ", ".join(f"{name} {kind}" for name, kind in WHY.items())
_NEW = f"""
CREATE OR REPLACE TEMP TABLE {OUTCOMES}行 (
    表号 BIGINT, 规则 VARCHAR, 通过 UINTEGER, 不通过 UINTEGER, 不适用 UINTEGER, 未能判断 UINTEGER);
CREATE OR REPLACE TEMP TABLE {FINDINGS} (
    表号 BIGINT, 规则 VARCHAR, 级别 VARCHAR, 部分 VARCHAR, 行号 UINTEGER, 字段 VARCHAR, 路径 VARCHAR, 所指 VARCHAR,
    所在 VARCHAR, 消息 VARCHAR, 豁免 VARCHAR, 改法 VARCHAR, 指标名 VARCHAR);
CREATE OR REPLACE TEMP TABLE {UNKNOWNS} (
    表号 BIGINT, 规则 VARCHAR, 路径 VARCHAR, 所指 VARCHAR, 缺 VARCHAR, {_WHY});
CREATE OR REPLACE TEMP TABLE 命中 (表号 BIGINT, 行号 UINTEGER, 命中数 UINTEGER);
"""


class BulkJudge:
    """A fixed set of checks, ready to judge any number of batches of a database.

    `raw` gives the name of the table with a table's rows as read, 表号, 行号 and 出处 among the columns; `readings` is
    the table of what targets and results say, by their texts and the year; `extra` are columns that must be there
    besides what the checks need; `is_scored` says whether SCORES are wanted.
    """

    head = tuple((PARENT, name) for name in (*TOTALS, "上级部门", "填报单位", "总分得分", "总分等级"))

    def __init__(
        self,
        pack: Pack,
        checks: Iterable[Check],
        year: int,
        raw: Callable[[str], str],
        readings: str,
        extra: Iterable[tuple[str, str]] = (),
        *,
        is_scored: bool = True,
    ) -> None:
        self.pack = pack
        self.year = year
        self.raw = raw
        self.readings = readings
        self.checks: dict[str, list[Check]] = {}
        for check in checks:
            self.checks.setdefault(check.table, []).append(check)
        every = [check for group in self.checks.values() for check in group]
        self.active = {name for check in every for name in (check.rule.id, check.rule.name)}
        self.is_scored = is_scored
        self._told: dict[tuple[str, int], tuple[str, str]] = {}  # messages and help of the checks that have failed
        head = self.head if is_scored else ()
        reasons = columns_for_reasons(pack.definitions, every)
        wanted = Staging(pack.definitions, [*wanted_columns(every), *reasons, *head, *extra])
        self.built = build(wanted, self._source, lambda table: f"{raw(table)} JOIN {BATCH} USING (表号)")

    @property
    def final(self) -> Mapping[str, str]:
        """The name of each table's last stage; it holds the batch once that is judged."""
        return self.built.final

    def prepare(self, database: duckdb.DuckDBPyConnection) -> None:
        """Makes the macros that statements need, and empties what judging leaves behind."""
        database.execute(macro_statements(self.pack.definitions, temporary=True))
        database.execute(MACROS + _NEW)

    def stage(self, database: duckdb.DuckDBPyConnection) -> None:
        """Builds the tables of the batch, without judging them."""
        self.prepare(database)
        self._build(database, (one for wave in self.built.waves for one in wave))

    def judge(self, database: duckdb.DuckDBPyConnection) -> None:
        """Judges the batch: leaves SCORES, OUTCOMES, FINDINGS and UNKNOWNS."""
        self.stage(database)
        doubted = self._find_doubts(database)
        for table in self.checks:
            if table != WAIVERS.table:
                self._judge(database, table, doubted=doubted)
        if _count(database, f"{self.raw(WAIVERS.table)} JOIN {BATCH} USING (表号)"):
            self.waive(database)
            self._build(database, (one for wave in self.built.waves for one in wave if one.table == WAIVERS.table))
            if WAIVERS.table in self.checks:
                self._judge(database, WAIVERS.table, doubted=doubted)
        self._add_up(database)

    def _source(self, table: str) -> str:
        """The rows of a table as read, with what judging adds."""
        names = ", ".join(f"r.{identifier(column.name)}" for column in columns_of(table))
        rows = f"{self.raw(table)} r JOIN {BATCH} b ON b.表号 = r.表号"
        keys = "r.表号, r.行号"
        if table == PARENT:
            return f"(SELECT {keys}, {names}, {self.year} AS 今年 FROM {rows})"
        if table == FUNDS.table:
            return f"(SELECT {keys}, {names}, {places_sql('r.出处')} FROM {rows})"
        if table == INDICATORS.table:
            read = ", ".join(f"q.{identifier(name)}" for name in READINGS)
            same = " AND ".join(f"q.{name} = coalesce(r.{name}, '')" for name in ("年度指标值", "实际完成值"))
            readings = f"LEFT JOIN {self.readings} q ON {same} AND q.年度 = b.年度"
            is_read = f"CASE WHEN q.年度 IS NULL THEN error({literal(_UNREAD)}) ELSE true END"
            return f"(SELECT {keys}, {names}, {read} FROM {rows} {readings} WHERE {is_read})"
        if table == WAIVERS.table:
            hits = "LEFT JOIN 命中 h ON h.表号 = r.表号 AND h.行号 = r.行号"
            return f"(SELECT {keys}, {names}, h.命中数 FROM {rows} {hits})"
        return f"(SELECT {keys}, {names} FROM {rows})"

    def _build(self, database: duckdb.DuckDBPyConnection, statements: Iterable[Statement]) -> None:
        try:
            for one in statements:
                database.execute(f"CREATE OR REPLACE TEMP TABLE {one.name} AS {one.select}")
        except duckdb.OutOfMemoryException:
            raise
        except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException) as error:
            if _UNREAD in str(error):
                raise StoreIncomplete(f"审核停了下来：{_UNREAD}；请加 --fresh 重新审核，再这样请告诉维护者") from None
            message = f"派生列计算出错，请检查 definitions.yaml：{str(error).splitlines()[0]}"
            raise RulePackBroken([Problem("definitions", message)]) from None

    def _judge(self, database: duckdb.DuckDBPyConnection, table: str, *, doubted: bool) -> None:
        """Every check of a table on every row; what failed or is unknown is told."""
        checks = self.checks[table]
        items = ", ".join(f"coalesce(TRY({verdict_sql(check)}), 2) AS d{n}" for n, check in enumerate(checks))
        database.execute(f"CREATE OR REPLACE TEMP TABLE 判 AS SELECT 表号, 行号, {items} FROM {self.final[table]}")
        self._count_outcomes(database, checks)
        totals = ", ".join(f"count_if(d{n} = 0), count_if(d{n} = 2)" for n in range(len(checks)))
        counts = database.execute(f"SELECT {totals} FROM 判").fetchone() or ()
        told = [n for n in range(len(checks)) if counts[2 * n] or counts[2 * n + 1]]
        if not told:
            return
        some = " OR ".join(f"d{n} IN (0, 2)" for n in told)
        unknown = [(n, checks[n]) for n in told if counts[2 * n + 1]]
        rows = with_reason(
            self.pack.definitions,
            [check for _, check in unknown],
            f"(SELECT f.*, r.出处, d.* EXCLUDE (表号, 行号) "
            f"FROM (SELECT * FROM 判 WHERE {some}) d JOIN {self.final[table]} f USING (表号, 行号) "
            f"JOIN {self.raw(table)} r USING (表号, 行号))",
        )
        database.execute(f"CREATE OR REPLACE TEMP TABLE 报 AS FROM {rows}")
        for n in told:
            if counts[2 * n]:
                self._tell_findings(database, checks[n], n, doubted=doubted)
        if unknown:
            self._tell_unknown(database, unknown)

    def _count_outcomes(self, database: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> None:
        """One row a form and rule; what is neither of three is not applicable."""
        by_rule: dict[str, list[int]] = {}
        for n, check in enumerate(checks):
            by_rule.setdefault(check.rule.id, []).append(n)
        groups = list(by_rule.items())
        counted = ", ".join(
            f"{' + '.join(f'count_if(d{n} = {digit})' for n in numbers)} AS c{group}_{digit}"
            for group, (_, numbers) in enumerate(groups)
            for digit in (1, 0, 2)
        )
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE 数 AS SELECT 表号, count(*) AS n, {counted} FROM 判 GROUP BY 表号"
        )
        rows = " UNION ALL ".join(
            f"SELECT 表号, {literal(rule)}, c{g}_1, c{g}_0, "
            f"{len(numbers)} * n - c{g}_1 - c{g}_0 - c{g}_2, c{g}_2 FROM 数"
            for g, (rule, numbers) in enumerate(groups)
        )
        database.execute(f"INSERT INTO {OUTCOMES}行 {rows}")

    def _tell_findings(self, database: duckdb.DuckDBPyConnection, check: Check, number: int, *, doubted: bool) -> None:
        table, at = check.table, check.at
        place = place_sql(table, at)
        message, remedy = self._words(database, check, number)
        if doubted:
            message = f"concat({message}, {self._remark_sql(check)})"
        named = "三级指标" if table == INDICATORS.table else "NULL"
        items = [literal(check.rule.id), literal(str(check.severity)), place.part, "行号", literal(at)]
        items += [place.path, place.words, origin_sql(table, at), message, "NULL", remedy, named]
        database.execute(f"INSERT INTO {FINDINGS} SELECT 表号, {', '.join(items)} FROM 报 WHERE d{number} = 0")

    def _words(self, database: duckdb.DuckDBPyConnection, check: Check, number: int) -> tuple[str, str]:
        """The message and help of a check, by the SQL types of the values in them: the same for every batch."""
        if (check.table, number) not in self._told:
            values = values_in(check)
            items = ", ".join(values.values()) or "1"
            described = database.execute(f"DESCRIBE SELECT {items} FROM 报").fetchall()
            kinds = {name: str(kind) for name, (_, kind, *_) in zip(values, described, strict=False)}
            self._told[check.table, number] = (message_sql(check, kinds), help_sql(check, kinds))
        return self._told[check.table, number]

    def _tell_unknown(self, database: duckdb.DuckDBPyConnection, numbered: Sequence[tuple[int, Check]]) -> None:
        """What some checks of a table could not be judged for."""
        database.execute(f"CREATE OR REPLACE TEMP TABLE 未判行 AS SELECT {FOUND} FROM {UNKNOWNS} LIMIT 0")
        definitions = self.pack.definitions
        for number, check in numbered:
            place = place_sql(check.table, check.at)
            items = f"{literal(check.rule.id)}, {place.path}, {place.words}, {missing_sql(definitions, check)}"
            why = why_sql(definitions, check, f"(SELECT * FROM 报 WHERE d{number} = 2)", self._rows)
            database.execute(f"INSERT INTO 未判行 SELECT 表号, {items}, {why.items} FROM {why.rows}")
        database.execute(f"INSERT INTO {UNKNOWNS} {said_sql(definitions, '未判行', self._compared(numbered))}")

    def _compared(self, numbered: Iterable[tuple[int, Check]]) -> str | None:
        """The rows that were told, where some of the checks compare target and result."""
        return "报" if compare(self.pack.definitions, (check for _, check in numbered)) else None

    def _rows(self, table: str) -> str:
        """The rows of a table as they are judged, with the 出处 of those read."""
        return f"{self.final[table]} JOIN (SELECT 表号, 行号, 出处 FROM {self.raw(table)}) USING (表号, 行号)"

    # --- what the conversion was not sure of ---

    def _find_doubts(self, database: duckdb.DuckDBPyConnection) -> bool:
        """Lays out the cells in doubt as 疑格 (表号, 表, 列, 行号); whether there are any."""
        doubts = f"{self.raw(DOUBTS.table)} JOIN {BATCH} USING (表号)"
        if not _count(database, doubts):
            return False
        fields = ", ".join(
            f"({literal(key)}, {literal(section.table)}, {literal(field.name)}, "
            f"{literal((section.prefix if section is TOTAL else '') + field.name)})"
            for key, section in BY_KEY.items()
            for field in section.fields
        )
        path = literal(f"^{PATTERN}$")
        parts = ", ".join(f"regexp_extract(位置, {path}, {group}) AS {name}" for group, name in enumerate("键行格", 1))
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE 疑格 AS WITH d AS (SELECT 表号, {parts} FROM {doubts}), "
            f"f(键, 表, 格, 列) AS (VALUES {fields}) "
            "SELECT 表号, coalesce(f.表, '表') AS 表, coalesce(f.列, d.键) AS 列, "
            "coalesce(TRY_CAST(nullif(d.行, '') AS UINTEGER), 0) AS 行号 "
            "FROM d LEFT JOIN f ON f.键 = d.键 AND (d.格 = '' OR d.格 = f.格) "
            "WHERE f.键 IS NOT NULL OR d.键 NOT IN (SELECT 键 FROM f)"  # a field that a section does not have is none
        )
        return True

    def _remark_sql(self, check: Check) -> str:
        """The remark on findings that rest on a cell in doubt; empty on the others."""
        found = inputs_of(self.pack.definitions, check)
        tests = []
        if found.own:
            tests.append(f"(表号, 行号) IN (SELECT (表号, 行号) FROM 疑格 WHERE (表, 列) IN ({_pairs(found.own)}))")
        if found.any_row:
            tests.append(f"表号 IN (SELECT 表号 FROM 疑格 WHERE (表, 列) IN ({_pairs(found.any_row)}))")
        return f"CASE WHEN {' OR '.join(tests)} THEN {literal(REMARK)} ELSE '' END" if tests else "''"

    # --- waivers ---

    def waive(self, database: duckdb.DuckDBPyConnection) -> None:
        """Marks the findings that waivers cover, and counts them for each; NULL where its rule is not running."""
        names = ", ".join(f"({literal(rule.id)}, {literal(rule.name)})" for rule in self.pack.rules.values())
        dormant = [
            literal(name)
            for rule in self.pack.rules.values()
            for name in (rule.id, rule.name)
            if name not in self.active
        ]
        is_dormant = f"规则 IN ({', '.join(dormant)})" if dormant else "false"
        stem = "rtrim(w.指标, '….')"
        covers = (
            "w.指标 IS NULL OR CASE WHEN regexp_matches(w.指标, '(?:…|\\.\\.\\.)$') "
            f"THEN {stem} <> '' AND starts_with(coalesce(f.指标名, ''), {stem}) "
            "ELSE coalesce(f.指标名, '') = w.指标 END"
        )
        rows = f"{self.raw(WAIVERS.table)} r JOIN {BATCH} USING (表号)"
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE 盖 AS WITH n(规则, 名称) AS (VALUES {names}), "
            f"w AS (SELECT r.表号, r.行号, r.规则, r.指标, r.理由 FROM {rows} WHERE r.理由 IS NOT NULL) "
            f"SELECT f.rowid AS 问题, w.表号, w.行号, w.理由 FROM {FINDINGS} f JOIN n USING (规则) "
            f"JOIN w ON w.表号 = f.表号 AND w.规则 IN (n.规则, n.名称) WHERE {covers}"
        )
        database.execute(
            f"UPDATE {FINDINGS} SET 豁免 = c.理由 FROM "
            "(SELECT 问题, arg_min(理由, 行号) AS 理由 FROM 盖 GROUP BY 问题) c "
            f"WHERE {FINDINGS}.rowid = c.问题"
        )
        database.execute(
            f"INSERT INTO 命中 SELECT r.表号, r.行号, CASE WHEN {is_dormant} THEN NULL ELSE coalesce(c.数, 0) END "
            f"FROM {rows} LEFT JOIN (SELECT 表号, 行号, count(*) AS 数 FROM 盖 GROUP BY ALL) c "
            "ON c.表号 = r.表号 AND c.行号 = r.行号"
        )

    # --- totals ---

    def _add_up(self, database: duckdb.DuckDBPyConnection) -> None:
        """One row a form of scores, and one a form and rule of outcomes."""
        sums = ", ".join(f"sum({name}) AS {name}" for name in ("通过", "不通过", "不适用", "未能判断"))
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {OUTCOMES} AS SELECT 表号, 规则, {sums} FROM {OUTCOMES}行 GROUP BY ALL"
        )
        if not self.is_scored:
            return
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {SCORES} AS SELECT f.表号, f.上级部门 AS 主管部门, f.填报单位 AS 单位, "
            "f.总分得分 AS 自评得分, f.总分等级 AS 自评等级, "
            f"{TOTALS_SQL} FROM {self.final[PARENT]} f"
        )


def _pairs(cells: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"({literal(table)}, {literal(name)})" for table, name in sorted(cells))


def _count(database: duckdb.DuckDBPyConnection, rows: str) -> int:
    found = database.execute(f"SELECT count(*) FROM {rows}").fetchone()
    return int(found[0]) if found else 0
