"""What the benchmarks are measured on is the same for the same seed, and can be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from perfeval_lint import lint

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def written(program: str, folder: Path, *arguments: str) -> dict[str, bytes]:
    """What a writer left in a folder, by name."""
    command = [sys.executable, str(BENCHMARKS / program), str(folder), *arguments]
    subprocess.run(command, check=True)
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(("program", "count"), [("forms.py", "1010"), ("big.py", "300")])
def test_same_seed_same_files(program: str, count: str, tmp_path: Path) -> None:
    first = written(program, tmp_path / "first", count)
    assert first == written(program, tmp_path / "again", count)
    assert first != written(program, tmp_path / "other", count, "--seed", "2")


def test_fewer_forms_are_the_first_of_more(tmp_path: Path) -> None:
    few, many = written("forms.py", tmp_path / "few", "5"), written("forms.py", tmp_path / "many", "9")
    assert few == {name: many[name] for name in few}


def test_forms_can_be_read(tmp_path: Path) -> None:
    written("forms.py", tmp_path, "12")
    report = lint(tmp_path)
    assert [len(file.forms) for file in report.files] == [1] * 12
    assert not any(file.errors for file in report.files)


def test_export_holds_together(tmp_path: Path) -> None:
    written("big.py", tmp_path, "300")

    def ask(sql: str) -> list[object]:
        return [row[0] for row in duckdb.execute(sql).fetchall()]

    forms = f"'{tmp_path}/PM_PERF_SELF_EVAL.parquet'"
    assert ask(f"SELECT count(DISTINCT eval_id) FROM {forms}") == [300]
    for table in ("PM_SELF_EVAL_INDICATOR", "PM_PERF_SELF_BGT", "PM_SELF_EVAL_GOAL"):
        rows = f"'{tmp_path}/{table}.parquet'"
        assert ask(f"SELECT count(DISTINCT eval_id) FROM {rows}") == [300]
        assert ask(f"SELECT count(*) FROM {rows} ANTI JOIN {forms} USING (eval_id)") == [0]
    right = """SELECT avg(CAST(abs(total - scores - execution) < 0.001 AS INTEGER)) > 0.9 FROM
        (SELECT eval_id, total_eval_value AS total FROM {0}/PM_PERF_SELF_EVAL.parquet')
        JOIN (SELECT eval_id, sum(eval_score) AS scores FROM {0}/PM_SELF_EVAL_INDICATOR.parquet' GROUP BY ALL)
            USING (eval_id)
        JOIN (SELECT eval_id, sum(exe_score) AS execution FROM {0}/PM_PERF_SELF_BGT.parquet' GROUP BY ALL)
            USING (eval_id)"""
    assert ask(right.format(f"'{tmp_path}")) == [True]
