"""Results as Parquet through the real command: the same answers as from a store."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from perfeval_lint.audit.store.results import MANIFEST
from perfeval_lint.audit.store.store import FILE_NAME
from tests.audit.laid import lay_down

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def folders(command: Any, tmp_path: Path) -> tuple[Path, Path]:
    """The output folder of an audit, and one with its results as Parquet."""
    (tmp_path / "表").mkdir()
    for name in ("flawed.yaml", "beijing-2021-ip-operation.txt", "zhongguancun-2021-patent-standards.yaml"):
        shutil.copy(EXAMPLES / name, tmp_path / "表")
    command("audit", "表", "--out", "果", "--report", "html")
    with duckdb.connect(str(tmp_path / "果" / FILE_NAME), read_only=True) as store:
        return tmp_path / "果", lay_down(store, tmp_path / "铺")


def test_whatever_is_asked_is_answered_as_from_a_store(folders: tuple[Path, Path], command: Any) -> None:
    said = {}
    for folder in folders:
        for arguments in (
            ("report", "--letters", "--report", "xlsx,html,csv,json"),
            ("sample", "--size", "2", "--seed", "1", "-o", folder / "样本.xlsx"),
            ("query", "SELECT 规则, 单位, count(*) FROM 问题 JOIN 评分 USING (表号) GROUP BY ALL ORDER BY ALL"),
        ):
            run = command("audit", *arguments, "--out", folder.name)
            assert (run.status, run.err) == (0, "")
            assert said.setdefault(arguments[0], run.out) == run.out
    store, results = folders
    for path in store.rglob("*"):
        if path.is_file() and path.name != FILE_NAME:
            assert (results / path.relative_to(store)).read_bytes() == path.read_bytes(), path


def test_results_are_compared_and_kept(folders: tuple[Path, Path], command: Any) -> None:
    run = command("audit", "compare", "果", "铺")
    assert run.status == 0
    assert "新增　0 条" in run.out
    again = command("audit", "表", "--out", "铺")
    assert (again.status, again.out) == (2, "")
    assert "请给这次另写一个 --out" in again.err
    (folders[1] / MANIFEST).write_text("{", "utf-8")
    assert command("audit", "query", "FROM 问题", "--out", "铺").status == 2
