"""Queries for reports, with rows in an order that depends on nothing but the content.

`prepare` makes temporary tables with dense numbers: 次 for forms and 文件次 for files, by name, 号 for findings as they
are read on the form, 名次 for forms by how far their scores are too high. Last year's forms are left out. Rows come in
chunks, so that memory stays flat and several streams of one connection can be read side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

import duckdb

from perfeval_lint.audit.reports.shapes import (
    NO_DEPARTMENT,
    NO_UNIT,
    File,
    Finding,
    Form,
    Group,
    Note,
    Reported,
    RuleFacts,
    Run,
    Scope,
    Unjudged,
    UnjudgedText,
)
from perfeval_lint.audit.store.store import PARTLY, REPEATED, UNREADABLE
from perfeval_lint.audit.store.temporary import (
    REPORT_FILES,
    REPORT_FINDINGS,
    REPORT_FORMS,
    REPORT_NOTES,
    REPORT_RULES,
    REPORT_UNJUDGED,
)
from perfeval_lint.judge.tell.place import PARTS
from perfeval_lint.sql.text import literal

_CHUNK = 10_000

_PARTS = literal(list(PARTS))
_PREPARE = f"""
CREATE OR REPLACE TEMP TABLE {REPORT_FILES} AS
SELECT row_number() OVER (ORDER BY 文件, 状态, 说明, 散列) AS 文件次, * FROM 文件;

CREATE OR REPLACE TEMP TABLE {REPORT_FORMS} AS
WITH 计 AS (
    SELECT 表号, count(*) FILTER (豁免 IS NULL AND 级别 = 'error') AS 错误,
        count(*) FILTER (豁免 IS NULL AND 级别 = 'warning') AS 警告,
        count(*) FILTER (豁免 IS NULL AND 级别 = 'info') AS 提示, count(豁免) AS 豁免
    FROM 问题 GROUP BY 表号
), 果 AS (
    SELECT 表号, sum(通过) AS 通过, sum(不通过) AS 不通过, sum(不适用) AS 不适用, sum(未能判断) AS 未能判断
    FROM 结果 GROUP BY 表号
), 总 AS (
    SELECT 表号, arg_min(全年预算数, 行号) AS 预算数,
        arg_min(CASE WHEN 全年预算数 > 0 AND 全年执行数 IS NOT NULL THEN 全年执行数 / 全年预算数 ELSE 执行率 END, 行号)
            AS 执行率
    FROM 资金 WHERE 全年预算数 IS NOT NULL GROUP BY 表号
), 各表 AS (
    SELECT t.表号, f.文件次, f.文件, t.序号,
        coalesce(CAST(t.年度 AS VARCHAR), t.年度原文) AS 年度, t.表式, t.项目名称, t.项目编码,
        coalesce(nullif(trim(regexp_replace(p.主管部门, '\\s+', ' ', 'g')), ''), '{NO_DEPARTMENT}') AS 主管部门,
        coalesce(nullif(trim(regexp_replace(p.单位, '\\s+', ' ', 'g')), ''), '{NO_UNIT}') AS 单位,
        p.规则集, p.自评得分, p.自评等级, p.复核得分, p.可复核分值, p.总分值, p.复核等级,
        coalesce(p.复核至多, false) AS 复核至多, p.自评得分 - p.复核得分 AS 差,
        coalesce(nullif(regexp_extract(p.自评等级, '^[优良中差]'), '') <> p.复核等级, false) AS 等级变化,
        coalesce(计.错误, 0) AS 错误, coalesce(计.警告, 0) AS 警告, coalesce(计.提示, 0) AS 提示,
        coalesce(计.豁免, 0) AS 豁免, coalesce(果.通过, 0) AS 通过, coalesce(果.不通过, 0) AS 不通过,
        coalesce(果.不适用, 0) AS 不适用, coalesce(果.未能判断, 0) AS 未能判断,
        总.预算数, 总.执行率
    FROM 表 t JOIN {REPORT_FILES} f USING (文件号) LEFT JOIN 评分 p USING (表号)
        LEFT JOIN 计 USING (表号) LEFT JOIN 果 USING (表号) LEFT JOIN 总 USING (表号)
    WHERE NOT coalesce(t.往年, false) AND NOT coalesce(f.往年, false)
)
SELECT *, row_number() OVER (ORDER BY 差 DESC NULLS LAST, 错误 DESC, 警告 DESC, 次) AS 名次
FROM (SELECT row_number() OVER (ORDER BY 文件, 序号, 项目名称, 年度) AS 次, * FROM 各表) ORDER BY 次;

CREATE OR REPLACE TEMP TABLE {REPORT_RULES} AS
SELECT 规则, row_number() OVER (ORDER BY 规则) AS 规则次 FROM (SELECT DISTINCT 规则 FROM 问题);

-- Sorted by two numbers, however many millions there are: form, part, row and rule in one, what is left by its hash.
CREATE OR REPLACE TEMP TABLE {REPORT_FINDINGS} AS
SELECT row_number() OVER (
        ORDER BY (t.次::BIGINT << 34) + (list_position({_PARTS}, w.部分)::BIGINT << 30)
            + (w.行号::BIGINT << 12) + r.规则次,
            md5_number_lower(concat_ws('\n', w.路径, w.消息, w.所在, w.所指, w.豁免, w.级别))
    ) AS 号, t.次, w.规则, w.级别, w.部分, w.行号, w.字段, w.路径, w.所指, w.所在, w.消息, w.豁免, w.改法
FROM 问题 w JOIN {REPORT_FORMS} t USING (表号) JOIN {REPORT_RULES} r USING (规则) ORDER BY 号;

-- A value or place that left rules undecided is one row, however many rules it is.
CREATE OR REPLACE TEMP TABLE {REPORT_UNJUDGED} AS
SELECT row_number() OVER (ORDER BY 次, list_position({_PARTS}, 值部分), 值行号, 值路径, 说明, 规则) AS 号, *
FROM (
    SELECT t.次, string_agg(DISTINCT u.规则, '、' ORDER BY u.规则) AS 规则, u.原因, u.值部分, u.值行号,
        coalesce(u.值路径, u.路径) AS 值路径, coalesce(u.值所指, u.所指) AS 值所指, u.值所在, u.值,
        coalesce(u.说明, CASE WHEN u.缺 = '' THEN '算不出' ELSE concat('缺 ', u.缺, '，或读不出') END) AS 说明, u.改法
    FROM 未判 u JOIN {REPORT_FORMS} t USING (表号) GROUP BY ALL
) ORDER BY 号;

CREATE OR REPLACE TEMP TABLE {REPORT_NOTES} AS
SELECT row_number() OVER (ORDER BY f.文件次, n.行 NULLS FIRST, n.列, n.级别, n.代码, n.说明) AS 号,
    f.文件次, f.文件, n.级别, n.代码, n.说明, n.行, n.列
FROM 读取说明 n JOIN {REPORT_FILES} f USING (文件号) ORDER BY 号;
"""


def prepare(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the temporary tables the functions below read; needed once a connection, and after the store changed."""
    database.execute(_PREPARE)


T = TypeVar("T", bound=tuple[object, ...])

_FORM = (
    "次, 名次, 文件次, 文件, 序号, 年度, 表式, 项目名称, 项目编码, 主管部门, 单位, 规则集, 自评得分, 自评等级, "
    "复核得分, 可复核分值, 总分值, 复核等级, 复核至多, 差, 等级变化, 错误, 警告, 提示, 豁免, 通过, 不通过, 不适用, "
    "未能判断"
)
OPEN: Final = "w.豁免 IS NULL"  # findings no waiver covers
WAIVED: Final = "w.豁免 IS NOT NULL"
TO_MEND: Final = "w.豁免 IS NULL AND w.级别 IN ('error', 'warning')"
_FINDING = "号, 次, 规则, 级别, 路径, 所指, 所在, 消息, 豁免, 改法"


def forms(database: duckdb.DuckDBPyConnection) -> Iterator[Form]:
    """Yields every form, by file and place in it."""
    return _in_chunks(database, Form, f"SELECT {_FORM} FROM {REPORT_FORMS}", "次")


def forms_by_rank(database: duckdb.DuckDBPyConnection, most: int) -> Iterator[Form]:
    """Yields the first `most` forms by rank."""
    return _in_chunks(database, Form, f"SELECT {_FORM} FROM {REPORT_FORMS}", "名次", most)


def forms_of(database: duckdb.DuckDBPyConnection, orders: list[int]) -> list[Form]:
    """Returns the forms of these numbers, in order."""
    rows = database.execute(
        f"SELECT {_FORM} FROM {REPORT_FORMS} WHERE 次 IN (SELECT unnest(?)) ORDER BY 次", [orders]
    ).fetchall()
    return [Form._make(row) for row in rows]


def findings(database: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Yields every finding as they are read, waived ones too."""
    return _in_chunks(database, Finding, f"SELECT {_FINDING} FROM {REPORT_FINDINGS}", "号")


def findings_with_forms(
    database: duckdb.DuckDBPyConnection, where: str, *, most: int | None = None, most_of_a_unit: int | None = None
) -> Iterator[tuple[Finding, Form]]:
    """Yields findings for which `where` holds with their forms, unit by unit; of too many, the graver ones.

    The connection must not be used for anything else meanwhile.
    """
    weight = "list_position(['error', 'warning', 'info'], w.级别), w.号"
    cut = "" if most is None else f" ORDER BY {weight} LIMIT {most}"
    if most_of_a_unit is not None:
        cut = f" QUALIFY row_number() OVER (PARTITION BY t.主管部门, t.单位 ORDER BY {weight}) <= {most_of_a_unit}"
    sql = (
        "WITH 所选 AS (SELECT w.号, w.次 "
        f"FROM {REPORT_FINDINGS} w JOIN {REPORT_FORMS} t USING (次) WHERE {where}{cut}) "
        f"SELECT {_columns('w', _FINDING)}, {_columns('t', _FORM)} FROM 所选 "
        f"JOIN {REPORT_FINDINGS} w USING (号) JOIN {REPORT_FORMS} t ON t.次 = w.次 ORDER BY t.主管部门, t.单位, w.号"
    )
    yield from _with_forms(database, Finding, sql)


def _columns(table: str, names: str) -> str:
    return ", ".join(f"{table}.{name}" for name in names.split(", "))


def _with_forms(
    database: duckdb.DuckDBPyConnection, shape: type[Reported], sql: str
) -> Iterator[tuple[Reported, Form]]:
    """Yields the rows of a SELECT of a shape's columns and a form's, reading some thousands at a time."""
    result = database.execute(sql)
    width = len(shape._fields)
    while rows := result.fetchmany(_CHUNK):
        for row in rows:
            yield shape._make(row[:width]), Form._make(row[width:])


def heaviest_forms(database: duckdb.DuckDBPyConnection, most: int) -> list[Form]:
    """Returns the `most` forms with findings that weigh most: an error as ten hints, a warning as three."""
    rows = database.execute(
        f"SELECT {_FORM} FROM {REPORT_FORMS} WHERE 错误 + 警告 + 提示 > 0 "
        f"ORDER BY 错误 * 10 + 警告 * 3 + 提示 DESC, 次 LIMIT {most}"
    ).fetchall()
    return [Form._make(row) for row in rows]


def findings_of(database: duckdb.DuckDBPyConnection, order: int) -> list[Finding]:
    """Returns the findings of one form that no waiver covers, as they are read."""
    rows = database.execute(
        f"SELECT {_FINDING} FROM {REPORT_FINDINGS} WHERE 次 = ? AND 豁免 IS NULL ORDER BY 号", [order]
    ).fetchall()
    return [Finding._make(row) for row in rows]


_UNJUDGED = "号, 次, 规则, 原因, 值, 值路径, 值所指, 值所在, 说明, 改法"


def unjudged(database: duckdb.DuckDBPyConnection) -> Iterator[Unjudged]:
    """Yields everything that left rules undecided, as it is read."""
    return _in_chunks(database, Unjudged, f"SELECT {_UNJUDGED} FROM {REPORT_UNJUDGED}", "号")


def unjudged_with_forms(database: duckdb.DuckDBPyConnection, most: int) -> Iterator[tuple[Unjudged, Form]]:
    """Yields the first `most` of what left rules undecided with their forms, unit by unit.

    The connection must not be used for anything else meanwhile.
    """
    sql = (
        f"SELECT {_columns('u', _UNJUDGED)}, {_columns('t', _FORM)} "
        f"FROM {REPORT_UNJUDGED} u JOIN {REPORT_FORMS} t USING (次) "
        f"WHERE u.号 <= {most} ORDER BY t.主管部门, t.单位, u.号"
    )
    yield from _with_forms(database, Unjudged, sql)


def unjudged_count(database: duckdb.DuckDBPyConnection) -> int:
    """Returns how many values and places left rules undecided."""
    ((count,),) = database.execute(f"SELECT count(*) FROM {REPORT_UNJUDGED}").fetchall()
    return int(count)


def unjudged_causes(database: duckdb.DuckDBPyConnection) -> list[UnjudgedText]:
    """Returns the causes that left rules undecided, those of the most places first."""
    return _unjudged_groups(database, "NULL", "NULL", "")


def unjudged_texts(database: duckdb.DuckDBPyConnection, most: int) -> list[UnjudgedText]:
    """Returns the `most` texts that left rules undecided in the most places."""
    return _unjudged_groups(database, "值", "min(改法)", "HAVING 写法 IS NOT NULL", f"LIMIT {most}")


def _unjudged_groups(
    database: duckdb.DuckDBPyConnection, text: str, remedy: str, having: str, limit: str = ""
) -> list[UnjudgedText]:
    rows = database.execute(
        f"SELECT coalesce(原因, '缺几处数据') AS 因, {text} AS 写法, {remedy}, count(*) AS 处, count(DISTINCT 次), "
        f"count(DISTINCT (主管部门, 单位)) FROM {REPORT_UNJUDGED} JOIN {REPORT_FORMS} USING (次) "
        f"GROUP BY 因, 写法 {having} ORDER BY 处 DESC, 因, 写法 {limit}"
    ).fetchall()
    return [UnjudgedText._make(row) for row in rows]


_GROUP = f"""
SELECT 主管部门, 单位, count(DISTINCT (主管部门, 单位)), count(*), count(*) FILTER (错误 > 0),
    sum(错误)::BIGINT, sum(警告)::BIGINT, sum(提示)::BIGINT, sum(豁免)::BIGINT,
    (sum(自评得分) FILTER (差 IS NOT NULL) / count(差))::DECIMAL(18,2),
    (sum(复核得分) FILTER (差 IS NOT NULL) / count(差))::DECIMAL(18,2),
    (sum(差) / count(差))::DECIMAL(18,2), count(*) FILTER (等级变化), coalesce(sum(未能判断), 0)::BIGINT
FROM {REPORT_FORMS}
"""


def groups(database: duckdb.DuckDBPyConnection) -> list[Group]:
    """Returns departments, each followed by its units; those with more errors, then warnings, first."""
    rows = database.execute(
        f"SELECT * FROM ({_GROUP} GROUP BY GROUPING SETS ((主管部门), (主管部门, 单位))) "
        "g(部门, 单位, 单位数, 表数, 有错, 错, 警) "
        "ORDER BY max(错) OVER (PARTITION BY 部门) DESC, max(警) OVER (PARTITION BY 部门) DESC, 部门, "
        "单位 IS NOT NULL, 错 DESC, 警 DESC, 单位"
    ).fetchall()
    return [Group._make(row) for row in rows]


def everything(database: duckdb.DuckDBPyConnection) -> Group:
    """Returns the grand total."""
    (row,) = database.execute(_GROUP.replace("SELECT 主管部门, 单位", "SELECT NULL, NULL")).fetchall()
    return Group._make(0 if cell is None and 5 <= place <= 8 else cell for place, cell in enumerate(row))


def departments(database: duckdb.DuckDBPyConnection, most: int) -> list[Group]:
    """Returns the first `most` departments, those with more errors, then warnings, first."""
    rows = database.execute(
        f"{_GROUP.replace('主管部门, 单位, count', '主管部门, NULL, count')} GROUP BY 主管部门 "
        f"ORDER BY sum(错误) DESC, sum(警告) DESC, 主管部门 LIMIT {most}"
    ).fetchall()
    return [Group._make(row) for row in rows]


def rules(database: duckdb.DuckDBPyConnection) -> list[RuleFacts]:
    """Returns every rule that judged or found anything, by id."""
    rows = database.execute(f"""
        WITH 果 AS (
            SELECT 规则, sum(r.通过) AS 通过, sum(r.不通过) AS 不通过,
                sum(r.不适用) AS 不适用, sum(r.未能判断) AS 未能判断
            FROM 结果 r JOIN {REPORT_FORMS} USING (表号) GROUP BY 规则
        ), 现 AS (
            SELECT 规则, count(*) FILTER (w.豁免 IS NULL) AS 问题数, count(w.豁免) AS 豁免数,
                count(DISTINCT 次) FILTER (w.豁免 IS NULL) AS 表数,
                count(DISTINCT (主管部门, 单位)) FILTER (w.豁免 IS NULL) AS 单位数
            FROM {REPORT_FINDINGS} w JOIN {REPORT_FORMS} USING (次) GROUP BY 规则
        )
        SELECT 规则, g.名称, g.标题, g.级别, g.改法, g.依据,
            coalesce(通过, 0)::BIGINT, coalesce(不通过, 0)::BIGINT, coalesce(不适用, 0)::BIGINT,
            coalesce(未能判断, 0)::BIGINT, coalesce(问题数, 0), coalesce(豁免数, 0),
            coalesce(表数, 0), coalesce(单位数, 0)
        FROM 果 FULL JOIN 现 USING (规则) LEFT JOIN 规则 g USING (规则) ORDER BY 规则
    """).fetchall()
    return [RuleFacts._make(row) for row in rows]


_FILE = "文件次, 文件, 状态, 代码, 说明, 行, 列, coalesce(表数, 0), coalesce(往年, false)"


def files(database: duckdb.DuckDBPyConnection) -> Iterator[File]:
    """Yields every file, by name."""
    return _in_chunks(database, File, f"SELECT {_FILE} FROM {REPORT_FILES}", "文件次")


def unread_files(database: duckdb.DuckDBPyConnection, most: int | None = None) -> list[File]:
    """Returns the files that were not read, not wholly read, or repeat others, in this order; at most `most`."""
    limit = "" if most is None else f" LIMIT {most}"
    rows = database.execute(
        f"SELECT {_FILE} FROM {REPORT_FILES} WHERE 状态 IN ('{UNREADABLE}', '{PARTLY}', '{REPEATED}') "
        f"ORDER BY list_position(['{UNREADABLE}', '{PARTLY}'], 状态) NULLS LAST, 文件次{limit}"
    ).fetchall()
    return [File._make(row) for row in rows]


def notes(database: duckdb.DuckDBPyConnection) -> Iterator[Note]:
    """Yields the remarks on the reading, by file."""
    return _in_chunks(database, Note, f"SELECT 文件次, 文件, 级别, 代码, 说明, 行, 列 FROM {REPORT_NOTES}", "号")


def run(database: duckdb.DuckDBPyConnection) -> Run:
    """Returns the version and the rules of the last run; empty where there was none."""
    rows = database.execute("SELECT 版本, 规则摘要 FROM 运行 ORDER BY 运行号 DESC LIMIT 1").fetchall()
    return Run._make(rows[0]) if rows else Run("", "")


def scope(database: duckdb.DuckDBPyConnection) -> Scope:
    """Returns the counts of files, by their state, and the years of the forms."""
    (counts,) = database.execute(
        "SELECT count(*), count(*) FILTER (状态 = ?), count(*) FILTER (状态 = ?), count(*) FILTER (状态 = ?), "
        f"(SELECT count(*) FROM 表 t LEFT JOIN 文件 f USING (文件号) WHERE t.往年 OR f.往年) FROM {REPORT_FILES}",
        [UNREADABLE, PARTLY, REPEATED],
    ).fetchall()
    (years,) = database.execute(f"SELECT string_agg(DISTINCT 年度, '、' ORDER BY 年度) FROM {REPORT_FORMS}").fetchall()
    return Scope._make((*counts, years[0] or "（未写）"))


def profiles(database: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """Returns the profiles forms were judged by, and the number of forms of each."""
    return database.execute(
        f"SELECT coalesce(规则集, '（没有）'), count(*) FROM {REPORT_FORMS} GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()


def histogram(database: duckdb.DuckDBPyConnection, value: str, edges: list[float]) -> list[int]:
    """Returns how many forms have `value` (SQL over them) in each bin: below the first edge, from it to the next, …"""
    rows = database.execute(
        f"SELECT len(list_filter({edges}, lambda e: v >= e)) AS bin, count(*) "
        f"FROM (SELECT {value} AS v FROM {REPORT_FORMS}) WHERE v IS NOT NULL GROUP BY bin"
    ).fetchall()
    counts = dict(rows)
    return [counts.get(number, 0) for number in range(len(edges) + 1)]


def _in_chunks(
    database: duckdb.DuckDBPyConnection, kind: type[T], query: str, key: str, most: int | None = None
) -> Iterator[T]:
    return map(kind._make, rows_in_chunks(database, query, key, most))  # type: ignore[attr-defined]


def rows_in_chunks(
    database: duckdb.DuckDBPyConnection, query: str, key: str, most: int | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yields the rows of a query by a dense key that counts from 1, reading some thousands at a time."""
    first = 1
    while most is None or first <= most:
        last = first + _CHUNK - 1 if most is None else min(first + _CHUNK - 1, most)
        rows = database.execute(f"{query} WHERE {key} BETWEEN {first} AND {last} ORDER BY {key}").fetchall()
        yield from rows
        if len(rows) < _CHUNK:
            return
        first = last + 1
