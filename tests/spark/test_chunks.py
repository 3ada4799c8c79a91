"""Rows packed for their way through Spark come out as they went in, each chunk where it was sent."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from perfeval_lint.audit.spark.chunks import ROWS, WHERE_TO, Chunk, add_rows, batches_of, chunks_in, split, where_to
from perfeval_lint.audit.spark.part import Job
from perfeval_lint.audit.spark.paths import pattern_of
from perfeval_lint.audit.spark.remote import without_secrets
from perfeval_lint.audit.spark.write_results import Corrections, Repeated, write_rows

VALUES = """
    range AS 表号, md5_number('键' || range % 5) AS "@组", CASE WHEN range % 3 > 0 THEN '文字
第二行' END AS 文, range % 2 = 0 AS 真, [1.50::DECIMAL(8,2), NULL] AS 列, DATE '2024-02-29' AS 日,
    {'行号': range, '理由': NULL::VARCHAR} AS 结, -range::HUGEINT AS 大
"""


@pytest.fixture
def database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"arrow_lossless_conversion": True})


def test_rows_go_where_they_are_sent(database: duckdb.DuckDBPyConnection) -> None:
    select = f'SELECT {VALUES}, {where_to("range % 4", "range // 50")} AS "{WHERE_TO}" FROM range(100)'
    sent = list(split(database, select, ROWS, "问题", 7))
    assert [(one.group, one.share, one.rows) for one in sent] == [
        *((group, 0, rows) for group, rows in enumerate((13, 13, 12, 12))),
        *((group, 1, rows) for group, rows in enumerate((12, 12, 13, 13))),
    ]
    received = list(chunks_in(batches_of(sent)))
    assert received == sent
    for chunk in received:
        add_rows(database, "收", chunk)
    assert database.execute("SELECT * FROM 收 ORDER BY 表号").fetchall() == (
        database.execute(f"SELECT {VALUES} FROM range(100)").fetchall()
    )
    kinds = "SELECT data_type FROM duckdb_columns() WHERE table_name = '收' ORDER BY column_index"
    assert ("UHUGEINT",) in database.execute(kinds).fetchall()


def test_nothing_sends_nothing(database: duckdb.DuckDBPyConnection) -> None:
    select = f'SELECT {VALUES}, 0::BIGINT AS "{WHERE_TO}" FROM range(0)'
    assert list(batches_of(split(database, select, ROWS, "问题", 0))) == []


def test_large_chunks_go_one_at_a_time() -> None:
    chunks = [Chunk(ROWS, "问题", number, 0, 0, 1, b"x" * 20_000_000) for number in range(4)]
    assert [batch.num_rows for batch in batches_of(chunks)] == [2, 2]


def test_a_path_is_no_pattern(tmp_path: Path) -> None:
    assert pattern_of(tmp_path / "a[1]{b}*") == f"file://{tmp_path}/a\\[1\\]\\{{b\\}}\\*"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("jdbc:postgresql://me:secret@host:5432/db?password=secret", "jdbc:postgresql://host:5432/db"),
        ("jdbc:oracle:thin:me/secret@//host:1521/service", "jdbc:oracle:thin://host:1521/service"),
        ("jdbc:oracle:thin:me/secret@host:1521:sid", "jdbc:oracle:thin://host:1521:sid"),
        ("jdbc:oracle:thin:me/se?cr;et@host:1521:sid", "jdbc:oracle:thin://host:1521:sid"),
        ("jdbc:sqlserver://host;user=me;password=secret", "jdbc:sqlserver://host"),
        ("jdbc:mysql://host/db", "jdbc:mysql://host/db"),
        ("forms@2024/a;b?.yaml", "forms@2024/a;b?.yaml"),
    ],
)
def test_no_password_is_shown_or_stored(path: str, shown: str) -> None:
    assert without_secrets(path) == shown


def test_a_repeated_files_rows_are_left_out_and_it_says_so(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, job: Job
) -> None:
    way = f'\'2024\' AS "@年", \'局\' AS "@门", 0::BIGINT AS "{WHERE_TO}"'
    files = (
        "SELECT (range + (1::BIGINT << 32)) AS 文件号, 'f' || range AS 文件, '已读' AS 状态, NULL::VARCHAR AS 代码, "
        f"NULL::VARCHAR AS 说明, 2 AS 表数, {way} FROM range(3)"
    )
    scores = f"SELECT range + (1::BIGINT << 32) AS 表号, {way} FROM range(6)"
    chunks = [*split(database, files, ROWS, "文件", 1), *split(database, scores, ROWS, "评分", 1)]
    corrections = Corrections((Repeated((1 << 32) + 1, (1 << 32) + 2, 2, "f0"),))
    written = list(write_rows(job, corrections, tmp_path, chunks))
    assert [path.relative_to(tmp_path).parts[0] for some in written for path in some] == ["文件", "评分"]
    assert [rows_of(some) for some in written] == [3, 4]
    rows = f"read_parquet('{tmp_path}/%s/年度=2024/主管部门=局/*.parquet', hive_partitioning = false)"
    assert database.execute(f"SELECT 文件, 状态, 表数, 说明 FROM {rows % '文件'} ORDER BY 1").fetchall() == [
        ("f0", "已读", 2, None),
        ("f1", "重复", 0, "与“f0”内容相同，只审核一份"),
        ("f2", "已读", 2, None),
    ]
    found = database.execute(f"SELECT 表号 - (1::BIGINT << 32) FROM {rows % '评分'} ORDER BY 1").fetchall()
    assert found == [(0,), (1,), (4,), (5,)]
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".part")]


def rows_of(files: list[Path]) -> int:
    ((rows,),) = duckdb.execute("SELECT count(*) FROM read_parquet($1)", [list(map(str, files))]).fetchall()
    return int(rows)
