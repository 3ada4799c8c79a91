"""The database itself reaches nothing outside it, whatever is asked of it."""

from __future__ import annotations

import duckdb
import pytest

from perfeval_lint.sql.database import open_database


@pytest.fixture
def database():
    with open_database() as connection:
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM read_json('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "SELECT getenv('HOME')",
        "ATTACH '{folder}/x.db'",
        "ATTACH 'https://example.org/x.db'",
        "COPY (SELECT 1) TO '{folder}/x.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "EXPORT DATABASE '{folder}/x'",
        "IMPORT DATABASE '{folder}/x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '{folder}/x.duckdb_extension'",
        "SET threads = 8",
        "SET memory_limit = '64GB'",
        "SET max_execution_time = 0",
        "SET temp_directory = '{folder}'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET memory_limit",
        "PRAGMA enable_profiling",
        "CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')",
    ],
)
def test_it_refuses(statement, database, tmp_path):
    with pytest.raises(duckdb.Error):
        database.execute(statement.format(folder=tmp_path)).fetchall()
    assert list(tmp_path.iterdir()) == []


def test_it_does_not_see_variables_of_the_program(database):
    rows = [(1,)]
    with pytest.raises(duckdb.Error):
        database.execute("SELECT * FROM rows").fetchall()
    assert rows == [(1,)]


def test_its_cursors_are_locked_too(database):
    with pytest.raises(duckdb.Error):
        database.cursor().execute("SET memory_limit = '64GB'")
    with pytest.raises(duckdb.Error):
        database.cursor().execute("SELECT * FROM read_csv('/etc/passwd')").fetchall()


def test_two_databases_share_nothing(database):
    database.execute("CREATE TABLE 秘密 (甲 INTEGER)")
    with open_database() as other, pytest.raises(duckdb.Error):
        other.execute("SELECT * FROM 秘密").fetchall()


def test_endless_work_is_stopped():
    with open_database(time_limit=50) as database, pytest.raises(duckdb.Error):
        database.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b").fetchall()


def test_memory_is_bounded_and_nothing_spills_to_disk(database):
    settings = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
    ((memory, folder),) = database.execute(settings).fetchall()
    assert memory == "1.8 GiB"  # 2 GB
    assert folder == ""
