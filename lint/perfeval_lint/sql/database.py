"""The database rules run in: a DuckDB connection from which nothing outside can be reached."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import duckdb

from perfeval_lint.sql.text import literal

TIME_LIMIT = 60_000  # milliseconds for one query
MEMORY_LIMIT = "2GB"

KEPT = "kept"  # the name under which the file of SQL cached by an earlier run is attached
CURSORS = 2  # one for each thread that judges


class _Opening(threading.Thread):
    """Opens a database in the background."""

    database: duckdb.DuckDBPyConnection | None = None

    def run(self) -> None:
        """Opens the database; where that fails, the caller opens one itself and gets the error."""
        with contextlib.suppress(duckdb.Error):
            self.database = _connect(TIME_LIMIT)


_ahead: list[_Opening] = []  # one at most, for the first caller
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ahead.clear)  # a database is of no use in another process


def open_database(*, time_limit: int = TIME_LIMIT) -> duckdb.DuckDBPyConnection:
    """Returns an in-memory database without files, network, extensions or settings; memory and time are bounded.

    The same holds for its cursors. The optimizer is off: the queries are wide projections in which it finds
    little, and its passes over hundreds of expressions are a fifth of what one form costs.
    """
    database = _unlocked(time_limit)
    _lock(database)
    return database


def open_cursors(cached: Path | None) -> tuple[list[duckdb.DuckDBPyConnection], bool]:
    """Returns cursors of such a database, and whether the file of cached SQL is attached to it, its macros visible to
    each cursor. A file that cannot be attached is ignored."""
    database = _unlocked(TIME_LIMIT)
    attached = cached is not None and _attach(database, cached)
    cursors = [database.cursor() for _ in range(CURSORS)]
    for cursor in cursors if attached else ():
        cursor.execute(f"SET search_path = 'memory.main,{KEPT}.main'")
    _lock(database)
    return cursors, attached


def _attach(database: duckdb.DuckDBPyConnection, cached: Path) -> bool:
    try:
        database.execute(f"ATTACH {literal(str(cached))} AS {KEPT} (READ_ONLY)")
    except duckdb.Error:
        return False
    return True


def _unlocked(time_limit: int) -> duckdb.DuckDBPyConnection:
    opening = None
    if time_limit == TIME_LIMIT:
        with contextlib.suppress(IndexError):
            opening = _ahead.pop()
    if opening is None:
        return _connect(time_limit)
    opening.join()
    return opening.database or _connect(time_limit)


def _connect(time_limit: int) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(
        config={
            "threads": "1",
            "memory_limit": MEMORY_LIMIT,
            "max_execution_time": str(time_limit),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "temp_directory": "",
        }
    )
    passes = ",".join(name for (name,) in database.execute("SELECT name FROM duckdb_optimizers()").fetchall())
    database.execute(f"SET GLOBAL disabled_optimizers = '{passes}'")
    return database


def _lock(database: duckdb.DuckDBPyConnection) -> None:
    """Cuts the database off from all that is outside it, before any rule runs."""
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


def open_ahead() -> None:
    """Begins to open a database in the background, for the next call that opens one.

    Opening takes as long as importing the rest of the program, and does not need the interpreter.
    """
    opening = _Opening()
    opening.start()
    _ahead.append(opening)
