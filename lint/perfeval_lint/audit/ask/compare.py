"""Compares two audits: which findings are new, which last, which were mended, by department.

A form is recognised by its unit, project (its code, else its name), year and kind; where unit or project is not
written, by its file's name and its place in it. A finding is recognised by form, rule, field and the name of the row
(the indicator, not its number), whether or not it hangs under another: one that comes to hang under another is not
mended. So every place counts, not heads alone. Of several alike, as many count as lasting as both have.
"""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from perfeval_lint.audit.ask.by_suffix import write_by_suffix
from perfeval_lint.audit.reports import facts
from perfeval_lint.audit.reports.csv_report import harmless
from perfeval_lint.audit.reports.shapes import NO_DEPARTMENT, NO_PROJECT, NO_UNIT
from perfeval_lint.audit.reports.words import level_words
from perfeval_lint.audit.store.results import MANIFEST, attach, damage_reported, find
from perfeval_lint.audit.store.store import RAW, VERSION
from perfeval_lint.audit.store.temporary import (
    CHANGES,
    NEW_CHECKS,
    NEW_FINDINGS,
    NEW_FORMS,
    NEW_UNJUDGED,
    OLD_CHECKS,
    OLD_FINDINGS,
    OLD_FORMS,
    PAIRED_FINDINGS,
    Temporary,
)
from perfeval_lint.errors import UsageError
from perfeval_lint.form.definition import SECTIONS, Shape
from perfeval_lint.judge.tell.heads import rank_sql
from perfeval_lint.sql.text import identifier, literal

FORMAT: Final = "perfeval.compare/1"


class Change(StrEnum):
    """The change of a finding. Unknown is not mended: where a rule was not or could not be judged, that is a change."""

    LASTING = "持续"
    NEW = "新增"
    NEW_FORM = "新报的表"
    NEW_RULE = "新查的规则"
    MENDED = "已改"
    WAIVED = "已豁免"
    GONE = "没有再报"
    UNCHECKED = "没有再查"

    @property
    def says(self) -> str:
        """A sentence for people."""
        return _SAYS[self]


_SAYS: Final = {
    Change.LASTING: "两次都有",
    Change.NEW: "这次才有，上次报过这张表、也查过这条规则",
    Change.NEW_FORM: "上次没有报这张表",
    Change.NEW_RULE: "上次没有查这条规则",
    Change.MENDED: "这次再查，已经没有了",
    Change.WAIVED: "这次在表上写明了豁免的理由",
    Change.GONE: "这次没有报这张表，不知道改了没有",
    Change.UNCHECKED: "这次没有查这条规则，或缺数据不能判断",
}
IN_OLD: Final = (Change.LASTING, Change.MENDED, Change.WAIVED, Change.GONE, Change.UNCHECKED)
IN_NEW: Final = (Change.LASTING, Change.NEW, Change.NEW_FORM, Change.NEW_RULE)


class Changed(NamedTuple):
    """A finding and its change; `times` counts those alike."""

    change: Change
    department: str
    unit: str
    year: str | None
    project: str
    rule: str
    level: str
    words: str | None
    message: str
    times: int


@dataclass(frozen=True, slots=True)
class DepartmentChanges:
    """The counts of a department's findings, in the order of Change. The department None is all."""

    department: str | None
    counts: tuple[int, ...]

    def of(self, *changes: Change) -> int:
        """Returns the sum over some changes."""
        return sum(self.counts[list(Change).index(change)] for change in changes)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two audits compared: forms of the old and of the new one, those in both; findings by department and in all."""

    old_forms: int
    new_forms: int
    common_forms: int
    departments: tuple[DepartmentChanges, ...]
    total: DepartmentChanges


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two audits: the name its results are attached by, and the temporary tables made of them."""

    catalog: str
    forms: Temporary
    findings: Temporary
    checks: Temporary


_OLD = _Side("上次", OLD_FORMS, OLD_FINDINGS, OLD_CHECKS)
_NEW = _Side("这次", NEW_FORMS, NEW_FINDINGS, NEW_CHECKS)


@contextlib.contextmanager
def comparing(old: Path, new: Path, *, across_years: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens a database with the comparison of two audits' results, for the functions below.

    With `across_years` the year is no part of a form's identity. Raises UsageError where results cannot be read.
    """
    paths = [_found(path) for path in (old, new)]
    if paths[0].resolve() == paths[1].resolve():
        raise UsageError(f"两次审核是同一个结果库：{paths[0]}")
    with damage_reported(*(path.parent for path in paths if path.name == MANIFEST)), duckdb.connect() as database:
        for side, path in zip((_OLD, _NEW), paths, strict=True):
            _attach(database, side.catalog, path)
            database.execute(_forms(side, across_years=across_years))
            database.execute(_findings(side))
        database.execute(_CHANGES)
        yield database


def _found(path: Path) -> Path:
    found = find(path)
    if found is None:
        raise UsageError(f"没有这个结果库：{path}；请给出审核的输出目录")
    return found


def _attach(database: duckdb.DuckDBPyConnection, catalog: str, path: Path) -> None:
    if path.name == MANIFEST:
        attach(database, path.parent, catalog)
        return
    try:
        database.execute(f"ATTACH {literal(str(path))} AS {catalog} (READ_ONLY)")
        rows = database.execute(f"SELECT 值 FROM {catalog}.库 WHERE 项 = '版本'").fetchall()
    except duckdb.Error:
        raise UsageError(f"{path} 不是审核的结果库，或正在被使用") from None
    if rows != [(str(VERSION),)]:
        raise UsageError(f"{path} 是另一版本的结果库，请用现在的版本重新审核")


def _same(text: str) -> str:
    """Returns the SQL of a text as compared: without white space; NULL where nothing is left."""
    return f"nullif(regexp_replace({text}, '\\s+', '', 'g'), '')"


def _forms(side: _Side, *, across_years: bool) -> str:
    year = "''" if across_years else f"coalesce({_same('t.年度')}, '')"
    unit, project = _same("p.单位"), f"coalesce({_same('t.项目编码')}, {_same('t.项目名称')})"
    known = f"concat_ws(chr(31), {unit}, {project}, {year}, coalesce({_same('t.表式')}, ''))"
    return f"""
        CREATE TEMP TABLE {side.forms} AS
        SELECT t.表号, CASE WHEN {unit} IS NULL OR {project} IS NULL THEN concat_ws(chr(31), f.文件, t.序号)
            ELSE {known} END AS 表键,
            coalesce(nullif(trim(p.主管部门), ''), '{NO_DEPARTMENT}') AS 主管部门,
            coalesce(nullif(trim(p.单位), ''), '{NO_UNIT}') AS 单位, t.年度,
            coalesce(nullif(trim(regexp_replace(t.项目名称, '\\s+', ' ', 'g')), ''), '{NO_PROJECT}') AS 项目名称
        FROM {side.catalog}.{RAW}.表 t JOIN {side.catalog}.文件 f USING (文件号)
            LEFT JOIN {side.catalog}.评分 p USING (表号)
        WHERE NOT coalesce(t.往年, false) AND NOT coalesce(f.往年, false)
    """


def _findings(side: _Side) -> str:
    """Returns the SQL that groups findings by what they are recognised by, and lists the rules judged on each form."""
    titles = " UNION ALL ".join(
        f"SELECT '{section.key}' AS 部分, 表号, 行号, {_same(identifier(section.title_field))} AS 行名 "
        f"FROM {side.catalog}.{RAW}.{identifier(section.table)}"
        for section in SECTIONS
        if section.shape is Shape.ROWS and section.title_field
    )
    return f"""
        CREATE TEMP TABLE {side.findings} AS
        WITH 名 AS ({titles})
        SELECT t.表键, w.规则, coalesce(w.部分, '') AS 部分, coalesce(w.字段, '') AS 字段,
            coalesce(名.行名, '') AS 行名, w.豁免 IS NOT NULL AS 已豁免, count(*) AS 数,
            min(t.主管部门) AS 主管部门, min(t.单位) AS 单位, min(t.年度) AS 年度, min(t.项目名称) AS 项目名称,
            arg_min(w.级别, {rank_sql("w.级别")}) AS 级别,
            arg_min(w.所指, (w.行号, w.所指)) AS 所指, arg_min(w.消息, (w.行号, w.消息)) AS 消息
        FROM {side.catalog}.问题 w JOIN {side.forms} t USING (表号)
            LEFT JOIN 名 ON 名.表号 = w.表号 AND 名.部分 = w.部分 AND 名.行号 = w.行号
        GROUP BY ALL;
        CREATE TEMP TABLE {side.checks} AS
        SELECT DISTINCT t.表键, r.规则 FROM {side.catalog}.结果 r JOIN {side.forms} t USING (表号);
    """


# 查过: the rule has an outcome on the form; a rule that judges groups of forms may have none on any.
_CHANGES = f"""
CREATE TEMP TABLE {NEW_UNJUDGED} AS
SELECT t.表键, u.规则, u.所指 FROM {_NEW.catalog}.未判 u JOIN {NEW_FORMS} t USING (表号);

CREATE TEMP TABLE {PAIRED_FINDINGS} AS
WITH 旧开 AS (FROM {OLD_FINDINGS} WHERE NOT 已豁免), 新开 AS (FROM {NEW_FINDINGS} WHERE NOT 已豁免),
    新豁 AS (FROM {NEW_FINDINGS} WHERE 已豁免), 旧豁 AS (FROM {OLD_FINDINGS} WHERE 已豁免)
SELECT 表键, 规则, 部分, 字段, 行名, coalesce(a.数, 0) AS 旧数, coalesce(b.数, 0) AS 新数,
    least(旧数, 新数) AS 同数, least(旧数 - 同数, greatest(coalesce(w.数, 0) - coalesce(v.数, 0), 0)) AS 豁数,
    coalesce(b.主管部门, a.主管部门) AS 主管部门, coalesce(b.单位, a.单位) AS 单位, coalesce(b.年度, a.年度) AS 年度,
    coalesce(b.项目名称, a.项目名称) AS 项目名称, coalesce(b.级别, a.级别) AS 级别, coalesce(b.所指, a.所指) AS 所指,
    coalesce(b.消息, a.消息) AS 消息
FROM 旧开 a FULL JOIN 新开 b USING (表键, 规则, 部分, 字段, 行名)
    LEFT JOIN 新豁 w USING (表键, 规则, 部分, 字段, 行名) LEFT JOIN 旧豁 v USING (表键, 规则, 部分, 字段, 行名);

CREATE TEMP TABLE {CHANGES} AS
WITH 旧有 AS (SELECT DISTINCT 表键 FROM {OLD_FORMS}), 新有 AS (SELECT DISTINCT 表键 FROM {NEW_FORMS}), 去向 AS (
    SELECT d.*,
        CASE WHEN 表键 NOT IN (FROM 旧有) THEN '新报的表'
            WHEN (表键, 规则) NOT IN (SELECT (表键, 规则) FROM {OLD_CHECKS}) AND (
                规则 IN (SELECT 规则 FROM {OLD_CHECKS})
                OR 规则 NOT IN (SELECT 规则 FROM {_OLD.catalog}.规则)) THEN '新查的规则'
            ELSE '新增' END AS 来,
        CASE WHEN 表键 NOT IN (FROM 新有) THEN '没有再报'
            WHEN (表键, 规则) NOT IN (SELECT (表键, 规则) FROM {NEW_CHECKS}) AND (
                规则 IN (SELECT 规则 FROM {NEW_CHECKS})
                OR 规则 NOT IN (SELECT 规则 FROM {_NEW.catalog}.规则)) THEN '没有再查'
            WHEN EXISTS (SELECT 1 FROM {NEW_UNJUDGED} u WHERE u.表键 = d.表键 AND u.规则 = d.规则
                AND contains(regexp_replace(u.所指, '\\s+', '', 'g'), left(行名, 19))) THEN '没有再查'
            ELSE '已改' END AS 去
    FROM {PAIRED_FINDINGS} d
), 各种 AS (
    SELECT '持续' AS 变化, 同数 AS 数, * EXCLUDE (来, 去) FROM 去向
    UNION ALL SELECT 来, 新数 - 同数, * EXCLUDE (来, 去) FROM 去向
    UNION ALL SELECT '已豁免', 豁数, * EXCLUDE (来, 去) FROM 去向
    UNION ALL SELECT 去, 旧数 - 同数 - 豁数, * EXCLUDE (来, 去) FROM 去向
)
SELECT row_number() OVER (ORDER BY 主管部门, 单位, 项目名称, 年度, 表键, 规则, 部分, 字段, 行名, 变化) AS 号, *
FROM 各种 WHERE 数 > 0 ORDER BY 号;
"""


def summary(database: duckdb.DuckDBPyConnection) -> Comparison:
    """Returns the counts of a comparison, departments with most lasting and new findings first."""
    kinds = [f"coalesce(sum(数) FILTER (变化 = '{change}'), 0)::BIGINT AS c{n}" for n, change in enumerate(Change)]
    rows = database.execute(
        f"SELECT 主管部门, {', '.join(kinds)} FROM {CHANGES} GROUP BY GROUPING SETS ((), (主管部门)) "
        "ORDER BY 主管部门 IS NOT NULL, c0 + c1 DESC, 主管部门"
    ).fetchall()
    total, *departments = [DepartmentChanges(row[0], row[1:]) for row in rows]
    (forms,) = database.execute(
        f"SELECT (SELECT count(*) FROM {OLD_FORMS}), (SELECT count(*) FROM {NEW_FORMS}), "
        f"(SELECT count(*) FROM {NEW_FORMS} WHERE 表键 IN (SELECT 表键 FROM {OLD_FORMS}))"
    ).fetchall()
    old, new, common = forms
    return Comparison(old, new, common, tuple(departments), total)


def changes(database: duckdb.DuckDBPyConnection) -> Iterator[Changed]:
    """Yields every finding of either audit with its change, by department, unit and project."""
    query = f"SELECT 变化, 主管部门, 单位, 年度, 项目名称, 规则, 级别, 所指, 消息, 数 FROM {CHANGES}"
    for change, *rest in facts.rows_in_chunks(database, query, "号"):
        yield Changed(Change(change), *rest)


# --- output ---------------------------------------------------------------------------------------

_HEAD = ("变化", "主管部门", "单位", "年度", "项目名称", "规则", "级别", "所指", "问题", "条数")


def comparison_text(comparison: Comparison) -> str:
    """Returns the comparison as text: totals, then a line a department."""
    total = comparison.total
    lines = [
        f"上次 {comparison.old_forms} 张表，{total.of(*IN_OLD)} 条问题；这次 {comparison.new_forms} 张表，"
        f"{total.of(*IN_NEW)} 条问题；两次都有的表 {comparison.common_forms} 张。"
        "归在别的问题下面的也各算一条。",
        *(f"  {change}　{total.of(change)} 条：{change.says}" for change in Change),
    ]
    for one in comparison.departments:
        counts = "，".join(f"{change} {one.of(change)}" for change in Change if one.of(change))
        lines.append(f"{one.department}：{counts}")
    return "\n".join(lines) + "\n"


def write_changes(database: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Writes every change as .csv or .json; raises UsageError for any other name."""
    return write_by_suffix(database, path, {".csv": _write_csv, ".json": _write_json})


def _write_csv(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEAD)
        for one in changes(database):
            cells = (*one[:6], level_words(one.level), *one[7:])
            writer.writerow([harmless(cell) for cell in cells])


def _write_json(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    comparison = summary(database)
    head = {
        "format": FORMAT,
        "old_forms": comparison.old_forms,
        "new_forms": comparison.new_forms,
        "common_forms": comparison.common_forms,
        "total": _counts(comparison.total),
        "departments": [{"主管部门": one.department, **_counts(one)} for one in comparison.departments],
    }
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "changes": [')
        for number, one in enumerate(changes(database)):
            shape = one._asdict() | {"change": one.change.name.lower()}
            stream.write((",\n" if number else "\n") + json.dumps(shape, ensure_ascii=False))
        stream.write("\n]}\n")


def _counts(changed: DepartmentChanges) -> dict[str, int]:
    return {change.name.lower(): changed.of(change) for change in Change}
