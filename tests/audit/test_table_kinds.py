"""Every kind of file an export may be gives the rows that the same form in YAML gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from perfeval_lint.form.load import load
from perfeval_lint.judge.tables import tabulate
from perfeval_lint.sql.columns import GIVEN
from tests.audit.exports import EXPORT, FORM, ID, TABLES, WRITERS, Import, Raw, Table, write_csv, write_parquet


def expected(table: str) -> list[dict[str, object]]:
    """The rows of the form in YAML."""
    (document,) = load(FORM)
    assert document.form is not None, document.problems
    columns = tabulate([document.form], 2025)[table]
    names = [name for name in columns if name not in GIVEN.get(table, {})]
    return [dict(zip(names, row, strict=True)) for row in zip(*(columns[name] for name in names), strict=True)]


@pytest.mark.parametrize("kind", WRITERS)
def test_an_export_is_the_form(kind: str, export_of: Callable[..., Path], imported: Import, raw: Raw) -> None:
    result = imported(export_of(kind))
    assert result.forms == 1
    assert result.rows == {"表": 1, "资金": 2, "目标": 1, "指标": 3}
    assert result.problems == ()
    assert [note.code for note in result.notes] == ["money-unit"]
    for table in TABLES:
        assert raw(table) == expected(table)


def test_a_form_belongs_to_the_file_of_its_own_row(
    export_of: Callable[..., Path], imported: Import, database: duckdb.DuckDBPyConnection
) -> None:
    imported(export_of("csv"), first=40)
    assert database.execute("SELECT 表号, 文件号, 序号, 往年 FROM 原.表").fetchall() == [(40, 8, 0, False)]
    assert database.execute("SELECT DISTINCT 表号 FROM 原.指标").fetchall() == [(40,)]


def many(forms: int) -> dict[str, Table]:
    """The export with the form repeated under other keys, rows in a shuffled order of forms."""
    tables: dict[str, Table] = {}
    keys = [f"F-{number:03}" for number in range(forms)]
    random.Random(1).shuffle(keys)
    for name, (columns, *rows) in EXPORT.items():
        tables[name] = [columns, *([key, *row[1:]] for key in keys for row in rows)]
    return tables


def test_numbers_follow_the_keys_whatever_the_order_of_files_and_rows(
    tmp_path: Path, imported: Import, raw: Raw, database: duckdb.DuckDBPyConnection
) -> None:
    seen = []
    for name, parts in (("甲", 1), ("乙", 2)):
        folder = tmp_path / name
        for table, (columns, *rows) in many(30).items():
            for part in range(parts):  # rows of one form stay in their order
                place = folder / table
                place.mkdir(parents=True, exist_ok=True)
                own = [row for row in rows if int(str(row[0])[-1]) % parts == part]
                write_parquet(place, {f"p{part}": [columns, *own]})
        imported(folder)
        seen.append({table: raw(table) for table in TABLES})
        for table in TABLES:
            database.execute(f'DELETE FROM 原."{table}"')
    assert seen[0] == seen[1]
    assert [row["表号"] for row in seen[0]["表"]] == list(range(30))
    numbers = [(row["表号"], row["行号"]) for row in seen[0]["指标"]]
    assert numbers == sorted(numbers)  # ranges of 表号 are read by zone maps
    assert len(numbers) == 90


def test_rows_that_already_stand_in_order_are_laid_down_as_they_are(tmp_path: Path, imported: Import, raw: Raw) -> None:
    tables = {name: [rows[0], *sorted(rows[1:], key=lambda row: str(row[0]))] for name, rows in many(12).items()}
    write_csv(tmp_path, tables)
    imported(*sorted(tmp_path.glob("*.csv")))
    rows = raw("指标")
    assert [(row["表号"], row["行号"]) for row in rows] == [(form, row) for form in range(12) for row in range(3)]
    assert [row["三级指标"] for row in rows[:3]] == ["购置图书", "到馆时间", "读者满意度"]


def test_scattered_rows_are_put_together(tmp_path: Path, imported: Import, raw: Raw) -> None:
    tables = many(5)
    columns, *rows = tables["PM_SELF_EVAL_INDICATOR"]
    tables["PM_SELF_EVAL_INDICATOR"] = [columns, *rows[0::3], *rows[1::3], *rows[2::3]]
    write_csv(tmp_path, tables)
    imported(*tmp_path.glob("*.csv"))
    assert [row["三级指标"] for row in raw("指标")] == ["购置图书", "到馆时间", "读者满意度"] * 5


def test_typed_columns_are_printed_as_they_are_stored(tmp_path: Path, imported: Import, raw: Raw) -> None:
    write_csv(tmp_path, {name: EXPORT[name] for name in EXPORT if name != "PM_PERF_SELF_BGT"})
    typed = (
        "SELECT '{id}' AS eval_id, '年度资金总额' AS found_type_name, 120.50::DECIMAL(18,2) AS reply_amt, "
        "100::BIGINT AS cur_amt, 1e20::DOUBLE AS year_exe_amt, 0.1::DOUBLE + 0.2 AS exe_amt_rate, "
        "9.5::FLOAT AS exe_score"
    )
    duckdb.execute(f"COPY ({typed.format(id=ID)}) TO '{tmp_path / 'PM_PERF_SELF_BGT.parquet'}'")
    imported(tmp_path)
    (row,) = raw("资金")
    assert [row[name] for name in ("年初预算数", "全年预算数", "全年执行数", "得分")] == [
        "120.5",
        "100",
        "100000000000000000000",
        "9.5",
    ]
    assert row["执行率"] in ("0.3", "0.30000000000000004")


def test_rows_are_told_by_their_place_in_the_file(
    export_of: Callable[..., Path], imported: Import, database: duckdb.DuckDBPyConnection
) -> None:
    def places(table: str) -> list[list[str]]:
        return [row[0].split("\n") for row in database.execute(f'SELECT 出处 FROM 原."{table}"').fetchall()]

    imported(export_of("xlsx"))
    assert places("指标")[1] == [f"PM_SELF_EVAL_INDICATOR!{letter}3" for letter in "BCDEFGHIA"]
    database.execute("DELETE FROM 原.指标")
    imported(export_of("csv", "again"), first=1)
    assert places("指标")[1] == [""] * 8 + ["第3行"]
    imported(export_of("parquet", "once more"), first=2)
    assert places("表")[-1][-1] == f"eval_id {ID}"
    assert database.execute("SELECT 出处 FROM 原.指标 WHERE 表号 = 2").fetchall() == [(None,)] * 3
