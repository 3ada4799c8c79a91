"""Judges the forms of a database by SQL alone: raw rows in, scores, outcomes and findings out, as temporary tables.

The same statements and checks as judge.judge; what findings say is put together by the SQL of judge.tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import duckdb

from perfeval_lint.errors import Problem, RulePackBroken, StoreIncomplete
from perfeval_lint.form.definition import DOUBTS, FUNDS, INDICATORS, SLIPS_TABLE, WAIVERS, columns_of
from perfeval_lint.judge.explained_in_bulk import MENDED, NEW, SLIPS, explain
from perfeval_lint.judge.origins import origin_sql, places_sql
from perfeval_lint.judge.review import TOTALS, TOTALS_SQL
from perfeval_lint.judge.tell.doubt import doubted_cells_sql, remark_sql
from perfeval_lint.judge.tell.heads import arranged_sql, order_of
from perfeval_lint.judge.tell.message import help_sql, message_sql, quotes_sql, values_in
from perfeval_lint.judge.tell.missing import missing_sql
from perfeval_lint.judge.tell.place import place_sql
from perfeval_lint.judge.tell.undecided import WHY, columns_for_reasons, compare, with_reason
from perfeval_lint.judge.tell.waiver import covered_sql, dormant_names, hit_counts_sql, waived_sql
from perfeval_lint.judge.tell.why import FOUND, said_sql, why_sql
from perfeval_lint.judge.tell.wording import MACROS
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.rule.compile.query import FAIL, PASS, UNKNOWN, Check, off_sql, verdict_sql, wanted_columns
from perfeval_lint.rule.compile.staging import Staging, Statement, build
from perfeval_lint.rule.model import Pack
from perfeval_lint.sql.columns import PARENT, READINGS
from perfeval_lint.sql.text import identifier, literal

_UNREAD = "读数表里没有这一对目标和完成值"  # raised by the database: a pair that was not read is not "not applicable"

# The temporary tables of a batch. What its caller makes:
BATCH = "本批"  # the forms to judge: 表号, 年度 (a number, 0 where there is none)
# What judging leaves behind:
SCORES = "新评分"  # one row a form: 表号, 主管部门, 单位, 自评得分, 自评等级, TOTALS_SQL
OUTCOMES = "新结果"  # one row a form and rule: 表号, 规则, 通过, 不通过, 不适用, 未能判断
FINDINGS = "新问题"  # one row a finding: see _NEW
UNKNOWNS = "新未判"  # one row a check that could not be judged on a row: see _NEW
# What it needs on the way:
_VERDICTS = "判定"  # every row of a table with the digits of its checks: 表号, 行号, d0, d1 …
_COUNTS = "判定计数"  # how often each digit occurs, a row a form: 表号, n (rows), c0_1, c0_0, c0_2, c1_1 … (rule_digit)
_TABLE_OUTCOMES = "分表结果"  # OUTCOMES before the tables of a form are added up; the same columns
_TO_REPORT = "待说明行"  # the rows of a table that failed or are unknown: its columns, 出处, d0, d1 …, REASON
_TO_EXPLAIN = "待说明未判"  # UNKNOWNS before the words are put together: FOUND
_DOUBTED = "存疑格"  # the cells the conversion was not sure of: 表号, 表, 列, 行号
_COVERED = "豁免所及"  # the findings with the waivers that cover them: 问题 (rowid of FINDINGS), 表号, 行号, 理由
_HEADED = "从属"  # findings that belong to another: 从, 主 (rowids of FINDINGS)
_HITS = "豁免命中"  # how many findings each waiver covers, NULL where its rule is not running: 表号, 行号, 命中数

_WHY = ", ".join(f"{name} {kind}" for name, kind in WHY.items())
_NEW = f"""
CREATE OR REPLACE TEMP TABLE {_TABLE_OUTCOMES} (
    表号 BIGINT, 规则 VARCHAR, 通过 UINTEGER, 不通过 UINTEGER, 不适用 UINTEGER, 未能判断 UINTEGER);
CREATE OR REPLACE TEMP TABLE {FINDINGS} (
    表号 BIGINT, 规则 VARCHAR, 级别 VARCHAR, 部分 VARCHAR, 行号 UINTEGER, 字段 VARCHAR, 路径 VARCHAR, 所指 VARCHAR,
    所在 VARCHAR, 消息 VARCHAR, 豁免 VARCHAR, 改法 VARCHAR, 主问题 VARCHAR, 指标名 VARCHAR, 相差 DECIMAL(18,6));
CREATE OR REPLACE TEMP TABLE {UNKNOWNS} (
    表号 BIGINT, 规则 VARCHAR, 路径 VARCHAR, 所指 VARCHAR, 缺 VARCHAR, {_WHY});
CREATE OR REPLACE TEMP TABLE {_HITS} (表号 BIGINT, 行号 UINTEGER, 命中数 UINTEGER);
{NEW}"""


class BulkJudge:
    """A fixed set of checks, ready to judge any number of batches of a database.

    `raw` gives the name of the table with a table's rows as read, 表号, 行号 and 出处 among the columns; `readings` is
    the table of the READINGS of targets and results, by their texts and the year; `extra` are columns to build besides
    those the checks need; `is_scored` asks for SCORES.
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
        self._raw = raw
        self.readings = readings
        self.checks: dict[str, list[Check]] = {}
        for check in checks:
            self.checks.setdefault(check.table, []).append(check)
        every = [check for group in self.checks.values() for check in group]
        self._order = order_of(every)
        self._dormant = dormant_names(pack.rules.values(), every)
        self.is_scored = is_scored
        self._templates: dict[
            tuple[str, int], tuple[str, str]
        ] = {}  # SQL of message and help of the checks that failed
        head = self.head if is_scored else ()
        reasons = columns_for_reasons(pack.definitions, every)
        wanted = Staging(pack.definitions, [*wanted_columns(every), *reasons, *head, *extra])
        self.built = build(wanted, self._source, lambda table: f"{self.raw(table)} JOIN {BATCH} USING (表号)")

    def raw(self, table: str) -> str:
        """Returns the name of the table with a table's rows as read."""
        return SLIPS if table == SLIPS_TABLE else self._raw(table)

    @property
    def final(self) -> Mapping[str, str]:
        """The name of each table's last stage, which holds the rows of the batch once they are built."""
        return self.built.final

    def prepare(self, database: duckdb.DuckDBPyConnection) -> None:
        """Creates the macros that statements need, and the tables of results, empty."""
        database.execute(macro_statements(self.pack.definitions, temporary=True))
        database.execute(MACROS + _NEW)

    def stage(self, database: duckdb.DuckDBPyConnection) -> None:
        """Builds the tables of the batch, without judging them."""
        self.prepare(database)
        self._build(database, (one for wave in self.built.waves for one in wave))

    def judge(self, database: duckdb.DuckDBPyConnection) -> None:
        """Judges the batch: writes SCORES, OUTCOMES, FINDINGS and UNKNOWNS."""
        self.stage(database)
        doubted = self._find_doubts(database)
        for table in self.checks:
            if table not in (WAIVERS.table, SLIPS_TABLE):
                self._judge(database, table, doubted=doubted)
        has_waivers = _count(database, f"{self.raw(WAIVERS.table)} JOIN {BATCH} USING (表号)")
        if SLIPS_TABLE in self.checks:
            if has_waivers:
                self._cover(database)
            explain(database, self.pack.slips, FINDINGS, self.raw)
            self._judge_anew(database, SLIPS_TABLE, doubted=doubted)
        if has_waivers:
            self.waive(database)
            self._judge_anew(database, WAIVERS.table, doubted=doubted)
        for statement in arranged_sql(self._order, FINDINGS, MENDED, _HEADED):
            database.execute(statement)
        self._add_up(database)

    def _judge_anew(self, database: duckdb.DuckDBPyConnection, table: str, *, doubted: bool) -> None:
        """Judges a table whose rows or columns judging the others has made."""
        self._build(database, (one for wave in self.built.waves for one in wave if one.table == table))
        if table in self.checks:
            self._judge(database, table, doubted=doubted)

    def _cover(self, database: duckdb.DuckDBPyConnection) -> None:
        """Marks the findings that waivers cover."""
        waivers = f"{self.raw(WAIVERS.table)} r JOIN {BATCH} USING (表号)"
        covered = covered_sql(FINDINGS, waivers, self.pack.rules.values())
        database.execute(f"CREATE OR REPLACE TEMP TABLE {_COVERED} AS {covered}")
        database.execute(waived_sql(FINDINGS, _COVERED))

    def _source(self, table: str) -> str:
        """Returns the FROM item of the rows of a table as read, with the columns of GIVEN."""
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
            hits = f"LEFT JOIN {_HITS} h ON h.表号 = r.表号 AND h.行号 = r.行号"
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
        """Runs every check of a table on every row; writes what failed and what is unknown."""
        checks = self.checks[table]
        items = ", ".join(f"coalesce(TRY({verdict_sql(check)}), {UNKNOWN}) AS d{n}" for n, check in enumerate(checks))
        verdicts = f"SELECT 表号, 行号, {items} FROM {self.final[table]}"
        database.execute(f"CREATE OR REPLACE TEMP TABLE {_VERDICTS} AS {verdicts}")
        self._count_outcomes(database, checks)
        totals = ", ".join(f"count_if(d{n} = {FAIL}), count_if(d{n} = {UNKNOWN})" for n in range(len(checks)))
        counts = database.execute(f"SELECT {totals} FROM {_VERDICTS}").fetchone() or ()
        failed = [(n, check) for n, check in enumerate(checks) if counts[2 * n]]
        unknown = [(n, check) for n, check in enumerate(checks) if counts[2 * n + 1]]
        if not failed and not unknown:
            return
        numbers = sorted({n for n, _ in (*failed, *unknown)})
        some = " OR ".join(f"d{n} IN ({FAIL}, {UNKNOWN})" for n in numbers)
        rows = with_reason(
            self.pack.definitions,
            [check for _, check in unknown],
            f"(SELECT f.*, r.出处, d.* EXCLUDE (表号, 行号) "
            f"FROM (SELECT * FROM {_VERDICTS} WHERE {some}) d JOIN {self.final[table]} f USING (表号, 行号) "
            f"JOIN {self.raw(table)} r USING (表号, 行号))",
        )
        database.execute(f"CREATE OR REPLACE TEMP TABLE {_TO_REPORT} AS FROM {rows}")
        for n, check in failed:
            self._write_findings(database, check, n, doubted=doubted)
        if unknown:
            self._write_unknown(database, unknown)

    def _count_outcomes(self, database: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> None:
        """Counts the verdicts of a table, a row a form and rule; what is neither of three is not applicable."""
        by_rule: dict[str, list[int]] = {}
        for n, check in enumerate(checks):
            by_rule.setdefault(check.rule.id, []).append(n)
        groups = list(by_rule.items())
        counted = ", ".join(
            f"{' + '.join(f'count_if(d{n} = {digit})' for n in numbers)} AS c{group}_{digit}"
            for group, (_, numbers) in enumerate(groups)
            for digit in (PASS, FAIL, UNKNOWN)
        )
        counts = f"SELECT 表号, count(*) AS n, {counted} FROM {_VERDICTS} GROUP BY 表号"
        database.execute(f"CREATE OR REPLACE TEMP TABLE {_COUNTS} AS {counts}")
        selects = []
        for group, (rule, numbers) in enumerate(groups):
            passed, failed, unknown = (f"c{group}_{digit}" for digit in (PASS, FAIL, UNKNOWN))
            skipped = f"{len(numbers)} * n - {passed} - {failed} - {unknown}"
            selects.append(f"SELECT 表号, {literal(rule)}, {passed}, {failed}, {skipped}, {unknown} FROM {_COUNTS}")
        database.execute(f"INSERT INTO {_TABLE_OUTCOMES} {' UNION ALL '.join(selects)}")

    def _write_findings(self, database: duckdb.DuckDBPyConnection, check: Check, number: int, *, doubted: bool) -> None:
        table, at = check.table, check.at
        place = place_sql(table, at)
        message, remedy = self._words(database, check, number)
        if doubted:
            message = f"concat({message}, {remark_sql(self.pack.definitions, check, _DOUBTED, self.raw)})"
        named = "三级指标" if table == INDICATORS.table else "NULL"
        items = [literal(check.rule.id), literal(str(check.severity)), place.part, "行号", literal(at)]
        items += [place.path, place.words, origin_sql(table, at), message, "NULL", remedy, "NULL", named]
        items.append(off_sql(check) or "NULL")
        database.execute(
            f"INSERT INTO {FINDINGS} SELECT 表号, {', '.join(items)} FROM {_TO_REPORT} WHERE d{number} = {FAIL}"
        )

    def _words(self, database: duckdb.DuckDBPyConnection, check: Check, number: int) -> tuple[str, str]:
        """Returns the SQL of message and help of a check, which depends on the types of the values quoted: these are
        the same for every batch."""
        if (check.table, number) not in self._templates:
            values = values_in(check)
            items = ", ".join(values.values()) or "1"
            described = database.execute(f"DESCRIBE SELECT {items} FROM {_TO_REPORT}").fetchall()
            kinds = {name: str(kind) for name, (_, kind, *_) in zip(values, described, strict=False)}
            quotes = quotes_sql(check, values, kinds)
            self._templates[check.table, number] = (message_sql(check, quotes), help_sql(check, quotes))
        return self._templates[check.table, number]

    def _write_unknown(self, database: duckdb.DuckDBPyConnection, numbered: Sequence[tuple[int, Check]]) -> None:
        """Writes why some checks of a table could not be judged, and what they lacked."""
        database.execute(f"CREATE OR REPLACE TEMP TABLE {_TO_EXPLAIN} AS SELECT {FOUND} FROM {UNKNOWNS} LIMIT 0")
        definitions = self.pack.definitions
        for number, check in numbered:
            place = place_sql(check.table, check.at)
            rows = f"(SELECT * FROM {_TO_REPORT} WHERE d{number} = {UNKNOWN})"
            beside = f"表号, {literal(check.rule.id)}, {place.path}, {place.words}, {missing_sql(definitions, check)}"
            database.execute(f"INSERT INTO {_TO_EXPLAIN} {why_sql(definitions, check, rows, self._rows, beside)}")
        compared = _TO_REPORT if compare(definitions, (check for _, check in numbered)) else None
        database.execute(f"INSERT INTO {UNKNOWNS} {said_sql(definitions, _TO_EXPLAIN, compared)}")

    def _rows(self, table: str) -> str:
        """Returns the FROM item of the rows of a table as they are judged, each with the 出处 of the row read."""
        return f"{self.final[table]} JOIN (SELECT 表号, 行号, 出处 FROM {self.raw(table)}) USING (表号, 行号)"

    def _find_doubts(self, database: duckdb.DuckDBPyConnection) -> bool:
        """Creates the table of the cells in doubt; returns whether there are any."""
        doubts = f"{self.raw(DOUBTS.table)} JOIN {BATCH} USING (表号)"
        if not _count(database, doubts):
            return False
        database.execute(f"CREATE OR REPLACE TEMP TABLE {_DOUBTED} AS {doubted_cells_sql(doubts)}")
        return True

    def waive(self, database: duckdb.DuckDBPyConnection) -> None:
        """Marks the findings that waivers cover, and counts them for each waiver."""
        self._cover(database)
        waivers = f"{self.raw(WAIVERS.table)} r JOIN {BATCH} USING (表号)"
        database.execute(f"INSERT INTO {_HITS} {hit_counts_sql(waivers, _COVERED, self._dormant)}")

    def _add_up(self, database: duckdb.DuckDBPyConnection) -> None:
        """Writes SCORES, and adds up the OUTCOMES of the tables of a form."""
        sums = ", ".join(f"sum({name}) AS {name}" for name in ("通过", "不通过", "不适用", "未能判断"))
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {OUTCOMES} AS SELECT 表号, 规则, {sums} FROM {_TABLE_OUTCOMES} GROUP BY ALL"
        )
        if not self.is_scored:
            return
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {SCORES} AS SELECT f.表号, f.上级部门 AS 主管部门, f.填报单位 AS 单位, "
            "f.总分得分 AS 自评得分, f.总分等级 AS 自评等级, "
            f"{TOTALS_SQL} FROM {self.final[PARENT]} f"
        )


def _count(database: duckdb.DuckDBPyConnection, rows: str) -> int:
    found = database.execute(f"SELECT count(*) FROM {rows}").fetchone()
    return int(found[0]) if found else 0
