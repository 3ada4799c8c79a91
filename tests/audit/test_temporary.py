"""The temporary tables of an audit are those listed, with the columns listed."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb
import pytest

import perfeval_lint.audit
from perfeval_lint.audit.ask.compare import comparing
from perfeval_lint.audit.ask.sample import draw
from perfeval_lint.audit.store import temporary
from perfeval_lint.audit.store.temporary import Temporary
from tests.audit.audits import Audit, write_form

FOLDERS = ("store", "inputs", "run", "reports", "ask", "spark")
LISTED = {one.name: one for one in vars(temporary).values() if isinstance(one, Temporary)}
HANDED_ON = ("side.forms", "side.findings", "side.checks", "name")  # each holds one of those listed
VIEWS_OF_A_STORE = ("store", "table")  # they add columns to a store of before, under the names of its tables
SEEN_HERE = (  # by the connection of a run, or of a comparison
    *(temporary.INPUTS, temporary.STALE_FILES, temporary.STALE_FORMS, temporary.FILES_TO_READ, temporary.PAIRS_TO_READ),
    *(temporary.NEW_FILES, temporary.REPEATED_FILES, temporary.COMPARED_FORMS, temporary.ACROSS_OUTCOMES),
    *(temporary.REPORT_FILES, temporary.REPORT_FORMS, temporary.REPORT_RULES, temporary.REPORT_FINDINGS),
    *(temporary.REPORT_UNJUDGED, temporary.REPORT_NOTES, temporary.RISKS),
    *(temporary.OLD_FORMS, temporary.NEW_FORMS, temporary.OLD_FINDINGS, temporary.NEW_FINDINGS, temporary.OLD_CHECKS),
    *(temporary.NEW_CHECKS, temporary.NEW_UNJUDGED, temporary.PAIRED_FINDINGS, temporary.CHANGES),
)
CREATED = re.compile(r"CREATE (?:OR REPLACE )?TEMP (?:TABLE|VIEW) (\S+)")


def _created() -> list[tuple[str, str]]:
    room = Path(*perfeval_lint.audit.__path__)
    return [
        (file.stem, found)
        for folder in FOLDERS
        for file in sorted((room / folder).glob("*.py"))
        for found in CREATED.findall(file.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("module", "written"), _created())
def test_created_by_a_listed_name(module: str, written: str) -> None:
    name = written.removeprefix("{").removesuffix("}")
    assert written == f"{{{name}}}"
    assert name in (*vars(temporary), *HANDED_ON, "BATCH") or (module, name) == VIEWS_OF_A_STORE


def test_columns_are_those_listed(audit: Audit, forms: Path, tmp_path: Path) -> None:
    store = audit(forms).store
    draw(store.database, 2, "")
    seen = _checked(store.database)
    write_form(forms / "another.json", 年度="2023")
    other = audit(forms, out=tmp_path / "other").store
    other.close()
    with comparing(tmp_path / "out", tmp_path / "other") as database:
        seen |= _checked(database)
    assert seen == {one.name for one in SEEN_HERE}


def _checked(database: duckdb.DuckDBPyConnection) -> set[str]:
    """Returns the listed tables that a connection has, their columns compared with the list."""
    found = database.execute(
        "SELECT table_name, string_agg(column_name, ' ' ORDER BY column_index) FROM duckdb_columns() "
        "WHERE database_name = 'temp' GROUP BY table_name"
    ).fetchall()
    for name, columns in found:
        if name in LISTED:
            assert fnmatchcase(columns, LISTED[name].columns.replace("…", "*")), (name, columns)
    return {name for name, _ in found} & LISTED.keys()
