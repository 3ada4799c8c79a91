"""The worked example of the page on exported tables does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from perfeval_lint.audit.store import store
from perfeval_lint.audit.tables.fit import fit
from perfeval_lint.audit.tables.load import import_tables
from perfeval_lint.audit.tables.mapping import read_mapping
from perfeval_lint.audit.tables.notices import tell
from perfeval_lint.audit.tables.sources import open_sources
from perfeval_lint.form.load import load
from perfeval_lint.judge.tables import tabulate

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tables.md").read_text("utf-8")
FILES = dict(re.findall(r"`([^`\n]+)`：\n\n```(?:csv|yaml)\n(.*?)```", PAGE, re.DOTALL))
RESULT = re.findall(r"```yaml\n(格式: .*?)```", PAGE, re.DOTALL)[0]


def test_the_mapping_of_the_page_gives_the_form_of_the_page(tmp_path: Path) -> None:
    assert list(FILES) == ["T_ZP.csv", "T_ZB.csv", "映射.yaml"]
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    mapping = read_mapping(tmp_path / "映射.yaml")
    files = [tmp_path / name for name in FILES if name.endswith(".csv")]
    (tmp_path / "scratch").mkdir()
    with duckdb.connect() as database:
        store.create(database)
        plan = fit(open_sources(database, files, mapping, tmp_path / "scratch"), mapping)
        told = tell(plan, import_tables(database, plan, first_form=0, file_numbers=dict.fromkeys(files, 0)))
        found = {table: _rows(database, table) for table in ("表", "资金", "目标", "指标")}
    assert told.problems == ()
    assert [note.code for note in told.notes] == ["no-table", "deleted"]
    (document,) = load(RESULT)
    assert document.form is not None
    tables = tabulate([document.form], 2025)
    for table, rows in found.items():
        names = list(rows[0]) if rows else []
        assert rows == [
            dict(zip(names, row, strict=True)) for row in zip(*(tables[table][name] for name in names), strict=True)
        ]


def _rows(database: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, object]]:
    found = database.execute(f'SELECT * EXCLUDE (出处) FROM 原."{table}"')
    names = [name for name, *_ in found.description or ()]
    left_out = ("文件号", "序号", "往年")
    return [
        {name: value for name, value in zip(names, row, strict=True) if name not in left_out}
        for row in found.fetchall()
    ]
