"""A DuckDB connection that rules can be trusted with: nothing outside it can be reached."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import duckdb

from perfeval_lint.sql.text import literal

TIME_LIMIT = 60_000  # milliseconds for one query
MEMORY_LIMIT = "2GB"

KEPT = "kept"  # the name under which a file of SQL kept from an earlier run is attached
CURSORS = 2  # as many as there are threads at work


class _Opening(threading.Thread):
    """Opens a database in the background."""

    database: duckdb.DuckDBPyConnection | None = None

    def run(self) -> None:
        """What the thread does; where it fails, whoever asks for the database opens one and is told why."""
        with contextlib.suppress(duckdb.Error):
            self.database = _connect(TIME_LIMIT)


_ahead: list[_Opening] = []  # one at most, for the first who asks
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ahead.clear)  # a database is of no use in another process


def open_database(*, time_limit: int = TIME_LIMIT) -> duckdb.DuckDBPyConnection:
    """An in-memory database without files, network, extensions or settings; memory and time are bounded.

    Its cursors are bound by the same. The optimizer is off: the queries are wide projections in which it finds
    little, and its passes over hundreds of expressions are a fifth of what one form costs.
    """
    database = _unlocked(time_limit)
    _lock(database)
    return database


def open_cursors(kept: Path | None) -> tuple[list[duckdb.DuckDBPyConnection], bool]:
    """Cursors of such a database, and whether the file of kept SQL is attached to it, its words known to each
    cursor. A file that cannot be attached is left aside."""
    database = _unlocked(TIME_LIMIT)
    attached = kept is not None and _attach(database, kept)
    cursors = [database.cursor() for _ in range(CURSORS)]
    for cursor in cursors if attached else ():
        cursor.execute(f"SET search_path = 'memory.main,{KEPT}.main'")
    _lock(database)
    return cursors, attached


def _attach(database: duckdb.DuckDBPyConnection, kept: Path) -> bool:
    try:
        database.execute(f"ATTACH {literal(str(kept))} AS {KEPT} (READ_ONLY)")
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
    """From here on nothing outside can be reached; no rule has run before."""
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


def open_ahead() -> None:
    """Begins to open a database in the background; the next one opened takes it.

    Opening takes as long as importing the rest of the program, and does not need the interpreter.
    """
    opening = _Opening()
    opening.start()
    _ahead.append(opening)
