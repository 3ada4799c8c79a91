"""A DuckDB connection that rules can be trusted with: nothing outside it can be reached."""

from __future__ import annotations

import threading

import duckdb

TIME_LIMIT = 60_000  # milliseconds for one query
MEMORY_LIMIT = "2GB"

_opening: list[threading.Thread] = []
_opened: list[duckdb.DuckDBPyConnection] = []


def open_database(*, time_limit: int = TIME_LIMIT) -> duckdb.DuckDBPyConnection:
    """An in-memory database without files, network, extensions or settings; memory and time are bounded.

    Its cursors are bound by the same. The optimizer is off: the queries are wide projections in which it finds
    little, and its passes over hundreds of expressions are a fifth of what one form costs.
    """
    while _opening:
        _opening.pop().join()
    if _opened and time_limit == TIME_LIMIT:
        return _opened.pop()
    database = duckdb.connect(
        config={
            "threads": "1",
            "memory_limit": MEMORY_LIMIT,
            "max_execution_time": str(time_limit),
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "temp_directory": "",
        }
    )
    passes = ",".join(name for (name,) in database.execute("SELECT name FROM duckdb_optimizers()").fetchall())
    database.execute(f"SET GLOBAL disabled_optimizers = '{passes}'")
    database.execute("SET lock_configuration = true")
    return database


def open_ahead() -> None:
    """Begins to open a database in the background; the next open_database() takes it.

    Opening takes as long as importing the rest of the program, and does not need the interpreter.
    """
    thread = threading.Thread(target=lambda: _opened.append(open_database()))
    thread.start()
    _opening.append(thread)
