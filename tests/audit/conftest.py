"""Audits of folders of forms; an empty store, and imports of tables into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from perfeval_lint.audit.run import engine
from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits, Readers, ReadItems
from perfeval_lint.audit.run.reader import read_alone, read_items
from perfeval_lint.audit.store.store import Store, create
from perfeval_lint.audit.tables.fit import fit
from perfeval_lint.audit.tables.load import import_tables
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.notices import tell
from perfeval_lint.audit.tables.sources import close_sources, open_sources
from tests.audit.audits import Audit, Audited, Silent, write_form
from tests.audit.exports import EXPORT, WRITERS, Import, Raw, Result, Table, tables_in
from tests.audit.filled import file, fill_store, finding, form, hostile, published, read_csv, store  # noqa: F401

Lend = Callable[[Limits, Path, ReadItems], AbstractContextManager[Readers]]


@pytest.fixture(scope="module")
def lend_readers() -> Iterator[Lend]:
    """Lends readers that go from audit to audit of a module, as they go from task to task of Spark: to begin one takes
    as long as to judge a form. Readers of another kind, and all that saw an error, are used once."""
    free: dict[Limits, Readers] = {}

    @contextmanager
    def lend(limits: Limits, folder: Path, read: ReadItems) -> Iterator[Readers]:
        if read is not read_items:
            with Readers(limits, folder, read) as readers:
                yield readers
            return
        readers = free.pop(limits, None) or Readers(limits, folder, read_alone)
        readers.folder = folder
        try:
            yield readers
        except BaseException as error:
            readers.__exit__(type(error), error, None)
            raise
        free[limits] = readers

    yield lend
    for readers in free.values():
        readers.__exit__(None, None, None)


@pytest.fixture
def audit(tmp_path: Path, lend_readers: Lend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Audit]:
    """Audits paths into tmp_path/out; the store is closed when the next audit begins."""
    monkeypatch.setattr(engine, "Readers", lend_readers)
    stores: list[Store] = []

    def run(
        *paths: Path | str, read: ReadItems = read_items, seconds: float = 60, jobs: int = 2, **more: Any
    ) -> Audited:
        while stores:
            stores.pop().close()
        watcher = Silent()
        limits = Limits(jobs, seconds, more.pop("reader_memory", 3072))
        request = Request(tuple(map(str, paths)), more.pop("out", tmp_path / "out"), limits, **more)
        stores.append(run_audit(request, watcher, read))
        return Audited(stores[-1], watcher)

    yield run
    while stores:
        stores.pop().close()


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A folder of twelve small forms, each with mistakes."""
    for number in range(12):
        write_form(tmp_path / "forms" / f"form{number:02d}.json")
    return tmp_path / "forms"


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty store in memory."""
    with duckdb.connect() as connection:
        create(connection)
        yield connection


@pytest.fixture
def imported(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> Import:
    """Imports what lies in a folder (or the files given) into the store, forms from `first` on."""

    def run(*paths: Path, mapping: TableMapping | None = None, first: int = 0) -> Result:
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        mapping = mapping or TableMapping()
        files = [found for path in paths for found in tables_in(path, mapping)]
        try:
            plan = fit(open_sources(database, files, mapping, scratch), mapping)
            numbers = {path: number for number, path in enumerate(sorted(files), 7)}
            done = import_tables(database, plan, first_form=first, file_numbers=numbers)
            told = tell(plan, done)
            return Result(done.forms, done.rows, told.problems, told.notes)
        finally:
            close_sources(database)

    return run


@pytest.fixture
def raw(database: duckdb.DuckDBPyConnection) -> Raw:
    """The rows of a raw table as laid down, without what is not on the form."""

    def read(table: str) -> list[dict[str, object]]:
        found = database.execute(f'SELECT * EXCLUDE (出处) FROM 原."{table}"')
        names = [name for name, *_ in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return [{key: value for key, value in row.items() if key not in ("文件号", "序号", "往年")} for row in rows]

    return read


@pytest.fixture
def export_of(tmp_path: Path) -> Callable[..., Path]:
    """A folder with an export: the small form's tables, some of them replaced, as files of a kind."""

    def write(kind: str = "csv", folder: str = "export", /, **changed: Table | None) -> Path:
        place = tmp_path / folder
        place.mkdir()
        tables = {name: rows for name, rows in {**EXPORT, **changed}.items() if rows is not None}
        WRITERS[kind](place, tables)
        return place

    return write
