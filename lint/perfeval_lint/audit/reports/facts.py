"""Queries for reports, with rows in an order that depends on nothing but the content.

Rows come in chunks, so that memory stays flat and several streams of one connection can be read side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

import duckdb

from perfeval_lint.audit.reports.numbered import NUMBERED
from perfeval_lint.audit.reports.shapes import (
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
    REPORT_UNJUDGED,
)
from perfeval_lint.judge.tell.heads import rank_sql

_CHUNK = 10_000


def prepare(database: duckdb.DuckDBPyConnection) -> None:
    """Makes the temporary tables the functions below read; needed once a connection, and after the store changed."""
    database.execute(NUMBERED)


T = TypeVar("T", bound=tuple[object, ...])

_FORM = (
    "次, 名次, 文件次, 文件, 序号, 年度, 表式, 项目名称, 项目编码, 主管部门, 单位, 规则集, 自评得分, 自评等级, "
    "复核得分, 可复核分值, 总分值, 复核等级, 复核至多, 差, 等级变化, 错误, 警告, 提示, 豁免, 通过, 不通过, 不适用, "
    "未能判断"
)
OPEN: Final = "w.豁免 IS NULL"  # findings no waiver covers
WAIVED: Final = "w.豁免 IS NOT NULL"
_TO_MEND = "w.豁免 IS NULL AND w.主问题 IS NULL AND w.级别 IN ('error', 'warning')"
_FINDING = "号, 次, 规则, 级别, 路径, 所指, 所在, 消息, 豁免, 改法, 主问题, 主所指"
_WEIGHT = f"{rank_sql('w.级别')}, w.号"


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


def findings_with_forms(database: duckdb.DuckDBPyConnection, where: str, most: int) -> Iterator[tuple[Finding, Form]]:
    """Yields findings for which `where` holds with their forms, unit by unit; of too many, the graver ones.

    The connection must not be used for anything else meanwhile.
    """
    chosen = f"SELECT w.号 FROM {REPORT_FINDINGS} w WHERE {where} ORDER BY {_WEIGHT} LIMIT {most}"
    yield from _unit_by_unit(database, chosen)


def findings_to_mend(database: duckdb.DuckDBPyConnection, most_of_a_unit: int) -> Iterator[tuple[Finding, Form]]:
    """Yields the heads that are errors or warnings with their forms, unit by unit, each followed by its places and
    followers; of too many, the graver heads.

    The connection must not be used for anything else meanwhile.
    """
    chosen = (
        f"WITH 主 AS (SELECT w.号, w.次, concat(w.规则, ' ', w.路径) AS 名 FROM {REPORT_FINDINGS} w "
        f"JOIN {REPORT_FORMS} t USING (次) WHERE {_TO_MEND} QUALIFY row_number() OVER "
        f"(PARTITION BY t.主管部门, t.单位 ORDER BY {_WEIGHT}) <= {most_of_a_unit}) SELECT 号 FROM 主 UNION "
        f"SELECT w.号 FROM {REPORT_FINDINGS} w JOIN 主 ON w.次 = 主.次 AND w.主问题 = 主.名 WHERE {OPEN}"
    )
    yield from _unit_by_unit(database, chosen)


def _unit_by_unit(database: duckdb.DuckDBPyConnection, chosen: str) -> Iterator[tuple[Finding, Form]]:
    sql = (
        f"SELECT {_columns('w', _FINDING)}, {_columns('t', _FORM)} FROM ({chosen}) JOIN {REPORT_FINDINGS} w USING (号) "
        f"JOIN {REPORT_FORMS} t ON t.次 = w.次 ORDER BY t.主管部门, t.单位, w.号"
    )
    return _with_forms(database, Finding, sql)


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
    """Returns the findings of one form that no waiver covers, each head followed by its places and followers."""
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
    """Returns every rule that judged or found anything, by id, with all its findings, heads or not."""
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
