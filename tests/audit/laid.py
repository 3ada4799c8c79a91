"""A store laid down as Parquet, as badly as is allowed: numbers large and in no order, several files a folder."""

from __future__ import annotations

from pathlib import Path

import duckdb

from perfeval_lint.audit.reports.names import distinct_names
from perfeval_lint.audit.store.results import IN_FILES, IN_FOLDERS, PARTITIONS, write_manifest, written_select
from perfeval_lint.audit.store.store import RAW_TABLES, raw_table
from perfeval_lint.sql.text import identifier, literal

NONE = "未写"


def _renumbered(table: str) -> str:
    """The rows of a store's table under other numbers."""
    rows = raw_table(table) if table in RAW_TABLES else identifier(table)
    numbers = ["文件号"] if table in ("文件", "读取说明") else ["表号", "文件号"] if table == "表" else ["表号"]
    changed = ", ".join(f"((5::BIGINT << 32) + {name}::BIGINT * 7919 % 10007 << 7) AS {name}" for name in numbers)
    return f"(SELECT * REPLACE ({changed}) FROM {rows})"


def _folders(store: duckdb.DuckDBPyConnection) -> None:
    """The folder of every form and, by its first form, of every file."""
    forms = _renumbered("表")
    rows = store.execute(f"SELECT 表号, 文件号, 年度, 主管部门 FROM {forms}").fetchall()
    names = [distinct_names(row[column] or NONE for row in rows) for column in (2, 3)]
    store.execute("CREATE OR REPLACE TEMP TABLE 夹 (表号 BIGINT, 文件号 BIGINT, 夹 VARCHAR)")
    for form, file, *values in rows:
        parts = [f"{key}={known[value or NONE]}" for key, known, value in zip(PARTITIONS, names, values, strict=True)]
        store.execute("INSERT INTO 夹 VALUES (?, ?, ?)", [form, file, "/".join(parts)])


def lay_down(store: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """Writes a store's tables into the folder, which then is a result."""
    folder.mkdir(parents=True, exist_ok=True)
    _folders(store)
    for table in IN_FILES:
        _copy(store, written_select(table), folder / f"{table}.parquet")
    other = "/".join(f"{key}={NONE}" for key in PARTITIONS)
    for table in IN_FOLDERS:
        key = "文件号" if table in ("文件", "读取说明") else "表号"
        store.execute(
            f"CREATE OR REPLACE TEMP TABLE 铺 AS SELECT r.*, coalesce(夹, {literal(other)}) AS 夹, "
            f"hash(r) % 2 AS 半, hash(r, 7) AS 乱 FROM ({written_select(table, _renumbered(table))}) r "
            f"LEFT JOIN (SELECT {key}, min(夹) AS 夹 FROM 夹 GROUP BY {key}) USING ({key})"
        )
        for place, half in store.execute("SELECT DISTINCT 夹, 半 FROM 铺").fetchall():
            rows = f"SELECT * EXCLUDE (夹, 半, 乱) FROM 铺 WHERE (夹, 半) = ({literal(place)}, {half}) ORDER BY 乱"
            _copy(store, rows, folder / table / place / f"{half}.parquet")
    write_manifest(folder, 版本="0.1.0")
    return folder


def _copy(store: duckdb.DuckDBPyConnection, rows: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    store.execute(f"COPY ({rows}) TO {literal(str(path))} (FORMAT parquet)")
