"""Writes forms as columns: a Parquet and a CSV file a table, text as on the form (原文), numbers typed beside it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from perfeval_lint.form.definition import TABLES
from perfeval_lint.form.load import load
from perfeval_lint.judge.tables import source_sql, tabulate
from perfeval_lint.rule.compile.staging import Staging, build
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.sql.columns import GIVEN

_BATCH = 1000


def write_columns(forms: Path, folder: Path) -> None:
    """The tables of a folder of YAML forms; 表号 is the form's place in the order of the files."""
    database = duckdb.connect()
    built = build(Staging(load_pack(all_folders(())).definitions, ()), source_sql)
    paths = sorted(forms.rglob("*.yaml"))
    for begin in range(0, len(paths), _BATCH):
        batch = [document.form for path in paths[begin : begin + _BATCH] for document in load(path.read_bytes())]
        tables = tabulate([form for form in batch if form is not None], year=0)
        for statement in (one for wave in built.waves for one in wave):
            database.execute(statement.sql, list(tables[statement.table].values()))
            rows = f"SELECT * REPLACE (表号 + {begin} AS 表号) FROM {statement.name}"
            verb = f'INSERT INTO "{statement.table}"' if begin else f'CREATE TABLE "{statement.table}" AS'
            database.execute(f"{verb} {rows}")
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        given = ", ".join(f'"{name}"' for name in GIVEN.get(table, ()))
        rows = f"SELECT * EXCLUDE ({given})" if given else "SELECT *"
        for suffix in ("parquet", "csv"):
            database.execute(f"COPY ({rows} FROM \"{table}\") TO '{folder / table}.{suffix}'")
