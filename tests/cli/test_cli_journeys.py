"""The cell and the row that docs/architecture.md follows are told as the page shows it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from tests.audit.exports import EXPORT
from tests.cli.conftest import Command

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_the_word_file_is_told_as_the_page_shows_it(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "flawed.docx"
    command("render", str(ROOT / "examples" / "flawed.yaml"), "-o", str(file))
    shown = re.search(r"^( *错误 PE305 flawed.docx:.*\n.*)\n", PAGE, re.MULTILINE)
    assert shown is not None
    printed = command("flawed.docx").out
    assert re.sub(r"\s+", " ", shown[1]) in re.sub(r"\s+", " ", printed)


def test_the_row_of_a_table_is_told_like_the_cell_on_paper(command: Command, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    for name, (columns, *rows) in EXPORT.items():
        with duckdb.connect() as database:
            database.execute(f"CREATE TABLE t ({', '.join(f'{column} VARCHAR' for column in columns)})")
            for row in rows:
                changed = {"kpi_val": "3期", "ind_comp": "2期"} if row[3:4] == ["购置图书"] else {}
                values = [changed.get(column, value) for column, value in zip(columns, row, strict=True)]
                database.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", values)
            database.execute(f"COPY t TO '{tables / name}.parquet' (FORMAT parquet)")
    command("audit", "tables", "--out", "results", "--report", "csv")
    told = (tmp_path / "results" / "问题.csv").read_text("utf-8-sig")
    assert "目标 3期，实际 2期，完成 66.67%，按比例应得 13.33 分，实得 20 分" in told
