"""From paths to the tables they hold: Parquet, CSV, Excel and DuckDB files, and folders of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb

from perfeval_lint.audit.tables import delimited, workbook
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.source import FILE_BITS, ROW, Source
from perfeval_lint.errors import Problem, TablesRefused, UnreadableFile
from perfeval_lint.sql.text import identifier, literal

PARQUET: Final = (".parquet", ".pq")
DATABASES: Final = (".duckdb",)
TEXTS: Final = (".csv", ".tsv")
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls")
SUFFIXES: Final = (*PARQUET, *DATABASES, *TEXTS, *WORKBOOKS)
_ATTACHED: Final = "导出库"


def is_table(path: Path, mapping: TableMapping | None = None) -> bool:
    """Whether a file is a table of forms' rows, not a form on paper: Parquet and DuckDB files always are, a CSV or
    Excel file where it has a row of headings with a form's key and further columns. A file that cannot be read is
    none, so that the readers of forms say why."""
    suffix = path.suffix.lower()
    if suffix in PARQUET or suffix in DATABASES:
        return True
    try:
        if suffix in TEXTS:
            return delimited.has_table(path, mapping or TableMapping())
        return suffix in WORKBOOKS and workbook.has_table(path, mapping or TableMapping())
    except (UnreadableFile, OSError):
        return False


def open_sources(
    database: duckdb.DuckDBPyConnection, files: Iterable[Path], mapping: TableMapping, scratch: Path
) -> list[Source]:
    """The tables of the files, in the same order whatever that of the files; CSV and Excel rows are staged in the
    folder `scratch`, databases stay attached. Raises TablesRefused with all that cannot be read."""
    found: list[Source] = []
    problems: list[Problem] = []
    parquet: list[Path] = []
    for number, file in enumerate(sorted(set(files))):
        suffix = file.suffix.lower()
        try:
            if suffix in PARQUET:
                parquet.append(file)
            elif suffix in DATABASES:
                found += _in_database(database, file, f"{_ATTACHED}{scratch.name}-{number}")
            elif suffix in WORKBOOKS:
                found += workbook.read_workbook(database, file, mapping, scratch)
            else:
                found += delimited.read_delimited(database, file, mapping, scratch)
        except UnreadableFile as error:
            problems.append(error.problem)
        except OSError as error:
            problems.append(Problem("unreadable", f"打不开：{error.strerror}", str(file)))
    found += _parquet_sources(database, parquet, problems)
    if problems:
        raise TablesRefused(problems)
    return sorted(found, key=lambda source: (source.files, source.name))


def close_sources(database: duckdb.DuckDBPyConnection) -> None:
    """Detaches the databases that open_sources attached; after the transaction that read them."""
    rows = database.execute("SELECT database_name FROM duckdb_databases()").fetchall()
    for (name,) in rows:
        if name.startswith(_ATTACHED):
            database.execute(f"DETACH {identifier(name)}")


def _parquet_sources(
    database: duckdb.DuckDBPyConnection, files: Sequence[Path], problems: list[Problem]
) -> Iterator[Source]:
    """Files of one folder with the same columns are one table."""
    groups: dict[tuple[Path, tuple[tuple[str, str], ...]], list[Path]] = {}
    for file in files:
        try:
            columns = _columns(database, f"read_parquet({literal(str(file))})")
        except duckdb.Error:
            message = "不是 Parquet 文件，或已损坏；请重新导出（Parquet、CSV 或 Excel 都可以）"
            problems.append(Problem("not-parquet", message, str(file)))
            continue
        groups.setdefault((file.parent, tuple(columns.items())), []).append(file)
    for (folder, items), group in groups.items():
        listed = ", ".join(literal(str(file)) for file in group)
        row = f"file_index::BIGINT * {1 << FILE_BITS} + file_row_number::BIGINT"
        rows = f"(SELECT *, {row} AS {identifier(ROW)} FROM read_parquet([{listed}]))"
        name = "" if len(group) == 1 else f"等 {len(group)} 个文件"
        hints = (*(file.stem for file in group), folder.name)
        yield Source(name, hints, dict(items), rows, tuple(group))


def _in_database(database: duckdb.DuckDBPyConnection, file: Path, alias: str) -> list[Source]:
    """The tables of a DuckDB file; its views are left aside, for a view may reach for other files."""
    try:
        database.execute(f"ATTACH {literal(str(file))} AS {identifier(alias)} (READ_ONLY)")
    except duckdb.Error as error:
        message = (
            f"打不开这个 DuckDB 文件：不是 DuckDB 数据库、版本太新或正被占用（{str(error).splitlines()[0][:120]}）"
        )
        raise UnreadableFile(Problem("not-duckdb", message, str(file))) from None
    tables = database.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [alias]
    ).fetchall()
    if not tables:
        raise UnreadableFile(Problem("empty", "库里没有表", str(file)))
    found = []
    for schema, table in tables:
        name = ".".join(map(identifier, (alias, schema, table)))
        rows = f"(SELECT *, rowid AS {identifier(ROW)} FROM {name})"
        found.append(Source(f"表 {table}", (table, file.stem), _columns(database, name), rows, (file,)))
    return found


def _columns(database: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    described = database.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()
    return {name: kind for name, kind, *_ in described}
