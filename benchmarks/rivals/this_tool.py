"""This tool from columns: the tables of all forms built and judged as one batch. From files it runs as users run it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from rivals.common import CHECKS, RULES, Violation

REQUIRES = ()
EXPRESSES = dict.fromkeys(RULES, "yes")
EVERY = ("PE",)
_ROW = re.compile(r"\[(\d+)\]")
_PLACES = {(name.split()[0], place): name for name, places in CHECKS.items() for place in places.split()}


def command(programs: Path, folder: Path, out: Path) -> list[str]:  # noqa: ARG001
    """The command line that checks every file of a folder."""
    tool = [str(programs / "perfeval-lint"), "--format", "json", "--fail-on", "never"]
    return [*tool, f"--select={','.join(RULES)}", str(folder)]


def violations(printed: str) -> list[Violation]:
    """What the printed report says."""
    return [
        _violation(int(Path(file["file"]).stem), found.get("rule", head["rule"]), found["path"])
        for file in json.loads(printed)["files"]
        for form in file["forms"]
        for head in form["findings"]
        for found in (head, *head["places"], *head["follows"])
    ]


def _violation(form: int, rule: str, path: str) -> Violation:
    row = _ROW.search(path)
    return form, _PLACES.get((rule, _ROW.sub("[]", path)), rule), int(row[1]) if row else 0


def from_columns(folder: Path, rules: tuple[str, ...] = RULES) -> Any:
    """A database with the tables as they stand in the Parquet files, and the checks to make."""
    import duckdb

    from perfeval_lint.form.definition import TABLES
    from perfeval_lint.rule.locate import all_folders
    from perfeval_lint.rule.pack_cache import load_pack
    from perfeval_lint.rule.profile import Overrides, checks_for

    database = duckdb.connect(config={"threads": "1"})
    for table in TABLES:
        database.execute(f"CREATE TABLE \"{table}\" AS FROM '{folder}/{table}.parquet'")
    pack = load_pack(all_folders(()))
    return database, pack, list(checks_for(pack, "通用", Overrides(select=rules)))


def check(data: Any) -> list[Violation]:
    """The findings of all checks."""
    return [_violation(form, check.rule.id, _path(check, row)) for form, row, check in _judged(*data)]


def _path(check: Any, row: int) -> str:
    from perfeval_lint.form.definition import TOTAL
    from perfeval_lint.judge.tables import section_key

    if check.table == "表":
        return check.at.replace("总分", f"{TOTAL.key}.", 1) if check.at.startswith("总分") else check.at
    return f"{section_key(check.table)}[{row}].{check.at}"


def _judged(database: Any, pack: Any, checks: list[Any]) -> list[tuple[int, int, Any]]:
    """表号, 行号 and check of every finding: the one place that knows how a batch of tables is judged."""
    from functools import partial

    from perfeval_lint.rule.compile.macros import macro_statements
    from perfeval_lint.rule.compile.query import FAIL, judging_query, wanted_columns
    from perfeval_lint.rule.compile.staging import Staging, build

    database.execute(macro_statements(pack.definitions))
    readings = ", ".join(f'"{name}" {kind}' for name, kind in _pair_columns()[3:])
    database.execute(f"CREATE TABLE 读数 (表号 UINTEGER, 行号 UINTEGER, {readings})")
    built = build(Staging(pack.definitions, wanted_columns(checks)), partial(_source, database))
    by_table: dict[str, list[Any]] = {}
    for check in checks:
        by_table.setdefault(check.table, []).append(check)
    queries = {table: judging_query(group, built.final[table]) for table, group in by_table.items()}
    if any(check.rule.id not in RULES for check in checks):  # none of the common checks reads quantities
        _read_quantities(database)
    for statement in (one for wave in built.waves for one in wave):
        database.execute(statement.sql)
    found = []
    for table, query in queries.items():
        failed = f"SELECT * FROM ({query}) WHERE contains(结果, '{FAIL}')"
        for form, row, digits in database.execute(failed).fetchall():
            found += [(form, row, check) for check, digit in zip(by_table[table], digits, strict=True) if digit == FAIL]
    return found


def _source(database: Any, table: str) -> str:
    """A table's raw columns: the text as on the form, and what is given besides."""
    from perfeval_lint.sql.columns import GIVEN, raw_columns

    there = {name for name, *_ in database.execute(f'DESCRIBE "{table}"').fetchall()}
    given = GIVEN.get(table, {})
    raw = [name for name in raw_columns(table) if name not in given]
    items = [f'"{name}原文" AS "{name}"' if f"{name}原文" in there else f'"{name}"' for name in raw]
    if table == "指标":
        return (
            f'(SELECT {", ".join(items)}, 读数.* EXCLUDE (表号, 行号) FROM "{table}" LEFT JOIN 读数 USING (表号, 行号))'
        )
    items += [f'NULL::{kind} AS "{name}"' for name, kind in given.items()]
    return f'(SELECT {", ".join(items)} FROM "{table}")'


def _read_quantities(database: Any) -> None:
    """What the targets and results of all indicators say, each distinct pair read once."""
    from perfeval_lint.judge.readings import reading_row
    from perfeval_lint.sql.columns import READINGS

    pairs = database.execute(
        "SELECT DISTINCT 年度指标值, 实际完成值, 年度 FROM 指标 JOIN (SELECT 表号, 年度 FROM 表) USING (表号)"
    ).fetchall()
    read = [list(column) for column in zip(*(reading_row(*pair) for pair in pairs), strict=True)]
    keys = [list(column) for column in zip(*pairs, strict=True)]
    items = [f'unnest(${number}::{kind}[]) AS "{name}"' for number, (name, kind) in enumerate(_pair_columns(), 1)]
    database.execute(f"CREATE TABLE 已读 AS SELECT {', '.join(items)}", keys + read)
    names = ", ".join(f'"{name}"' for name in READINGS)
    same = " AND ".join(f"p.{name} IS NOT DISTINCT FROM i.{name}" for name in ("年度指标值", "实际完成值"))
    database.execute(
        f"INSERT INTO 读数 SELECT i.表号, i.行号, {names} FROM 指标 i JOIN 表 f ON f.表号 = i.表号 "
        f"JOIN 已读 p ON {same} AND p.年度 IS NOT DISTINCT FROM f.年度"
    )


def _pair_columns() -> list[tuple[str, str]]:
    from perfeval_lint.sql.columns import READINGS

    return [
        ("年度指标值", "VARCHAR"),
        ("实际完成值", "VARCHAR"),
        ("年度", "INTEGER"),
        *((name, reading.kind) for name, reading in READINGS.items()),
    ]
