"""A DuckDB connection that rules can be trusted with: nothing outside it can be reached."""

from __future__ import annotations

import duckdb

TIME_LIMIT = 60_000  # milliseconds for one query
MEMORY_LIMIT = "2GB"


def open_database(*, threads: int = 1, time_limit: int = TIME_LIMIT) -> duckdb.DuckDBPyConnection:
    """An in-memory database without files, network, extensions or settings; memory and time are bounded."""
    return duckdb.connect(
        config={
            "threads": str(threads),
            "memory_limit": MEMORY_LIMIT,
            "max_execution_time": str(time_limit),
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "temp_directory": "",
            "disabled_optimizers": "in_clause,statistics_propagation",
            "lock_configuration": "true",
        }
    )
