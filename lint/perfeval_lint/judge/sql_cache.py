"""Caches the SQL of a judge between runs, as macros and views of a DuckDB file: reading it takes half the time of
parsing its text again.

The file holds no rows. The tables a view names are looked up where the view is queried: in the database the file is
attached to.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import duckdb

from perfeval_lint.files import keep_newest, written_whole
from perfeval_lint.judge.tables import source_sql
from perfeval_lint.rule.compile.macros import macro_statements
from perfeval_lint.rule.compile.staging import Build, Staging, Statement, build
from perfeval_lint.sql.columns import raw_columns
from perfeval_lint.sql.database import KEPT
from perfeval_lint.sql.text import identifier
from perfeval_lint.version import VERSION

_KEEP = 8  # files; older ones are removed when a new one is written


def cache_path(folder: Path, macros: str, built: Build, queries: Mapping[str, str]) -> Path:
    """Returns the file for just this SQL: other macros, statements or queries have another file."""
    texts = [macros, *(one.select for wave in built.waves for one in wave), *queries.values()]
    digest = sha256("\0".join(texts).encode()).hexdigest()
    return folder / f"{VERSION}-{duckdb.__version__}-{digest[:32]}.duckdb"


def keep(path: Path, staging: Staging, queries: Mapping[str, str]) -> None:
    """Writes the file; where that fails the next run only takes longer."""
    with contextlib.suppress(OSError, duckdb.Error):
        with written_whole(path) as part, duckdb.connect(str(part)) as database:
            _fill(database, staging, queries)
        keep_newest(path.parent, "*.duckdb", _KEEP)


def _fill(database: duckdb.DuckDBPyConnection, staging: Staging, queries: Mapping[str, str]) -> None:
    from perfeval_lint.rule.binding import empty_source

    database.execute(macro_statements(staging.definitions))
    empty = [one for wave in build(staging, empty_source).waves for one in wave]
    given = [one for wave in build(staging, partial(source_sql, mark="c")).waves for one in wave]
    for statement, example in zip(given, empty, strict=True):
        name = identifier(_build_name(statement))
        if statement.is_first:
            names = ", ".join(f"c{number}" for number in range(1, len(raw_columns(statement.table)) + 1))
            database.execute(f"CREATE MACRO {name}({names}) AS TABLE {statement.select}")
        else:
            database.execute(f"CREATE VIEW {name} AS {statement.select}")
        database.execute(example.sql)  # what comes after is bound against it
    for table, query in queries.items():
        database.execute(f"CREATE VIEW {identifier(_query_name(table))} AS {query}")
    for example in empty:
        database.execute(f"DROP TABLE {example.name}")


def _build_name(statement: Statement) -> str:
    return f"make {statement.name.strip(chr(34))}"


def _query_name(table: str) -> str:
    return f"ask {table}"


def cached_build(built: Build) -> Build:
    """Returns the statements that build the tables, each by its name in the file."""
    return replace(built, waves=tuple(tuple(_by_name(one) for one in wave) for wave in built.waves))


def _by_name(statement: Statement) -> Statement:
    given = ""
    if statement.is_first:
        given = "(" + ", ".join(f"${number}" for number in range(1, len(raw_columns(statement.table)) + 1)) + ")"
    return replace(statement, select=f"FROM {KEPT}.{identifier(_build_name(statement))}{given}")


def cached_query(table: str) -> str:
    """Returns a table's judging query by its name in the file."""
    return f"FROM {KEPT}.{identifier(_query_name(table))} ORDER BY 表号, 行号"
