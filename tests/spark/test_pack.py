"""What workers run by: a worker that finds only a bare Python lints a form by what was shipped to it."""

from __future__ import annotations

import os
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.spark.pack import pack, shipped
from perfeval_lint.audit.spark.session import Cluster, session
from perfeval_lint.errors import UsageError
from tests.spark.cluster import ONE, Running

FORM = Path(__file__).parents[2] / "examples" / "flawed.yaml"


def lint(data: bytes) -> dict[str, Any]:
    """In a task: lints a form, and says where everything was found."""
    import duckdb
    import lxml.etree
    import pyarrow

    import perfeval_lint
    from perfeval_lint.linting.lint import lint_source

    (file,) = lint_source(data, None).files
    modules = (duckdb, lxml.etree, pyarrow, perfeval_lint)
    found = sorted(finding.message for finding in file.forms[0].verdict.findings)
    return {"python": sys.executable, "places": [str(one.__file__) for one in modules], "found": found}


def linted(reached: Cluster, scratch: Path) -> dict[str, Any]:
    """What a task on a worker says of the example."""
    with session(reached, scratch) as spark:
        sys.modules["pyspark.cloudpickle"].register_pickle_by_value(sys.modules[__name__])  # workers lack this file
        (result,) = spark.sparkContext.parallelize([FORM.read_bytes()], 1).map(lint).collect()
        return dict(result)


def test_a_bare_python_lints(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", bare_python())
    result = linted(Cluster(running.url, conf=ONE), tmp_path)
    assert result["found"] == lint(FORM.read_bytes())["found"] != []
    assert all(place.startswith(str(running.folder)) and "/perfeval/" in place for place in result["places"])


def bare_python() -> str:
    """A Python of our version without our packages: what our virtual environment was made from."""
    return os.path.realpath(sys.executable)


def test_a_packed_environment(running: Running, tmp_path: Path) -> None:
    """Laid out as venv-pack does it, its Python a script that runs ours: the tool itself is not needed here."""
    packed = tmp_path / "env.tar.gz"
    start = tmp_path / "python"
    start.write_text(f'#!/bin/sh\nexport PYTHONPATH="$PYTHONPATH:$(dirname $0)/../lib"\nexec {bare_python()} "$@"\n')
    start.chmod(0o755)
    with zipfile.ZipFile(pack(tmp_path)) as content:
        content.extractall(tmp_path / "lib")
    with tarfile.open(packed, "w:gz", compresslevel=1) as target:
        target.add(start, "bin/python")
        target.add(tmp_path / "lib", "lib")
    result = linted(Cluster(running.url, str(packed), ONE), tmp_path)
    assert result["found"] == lint(FORM.read_bytes())["found"]
    assert all(place.startswith(str(running.folder)) and "/env/" in place for place in result["places"])


def test_the_pack_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pack(tmp_path)
    made = first.stat().st_mtime_ns
    assert pack(tmp_path) == first
    assert first.stat().st_mtime_ns == made
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", "")
    assert pack(tmp_path).parent == tmp_path / "spark"


def test_the_pack_holds_what_is_needed_to_run_and_no_more(tmp_path: Path) -> None:
    with zipfile.ZipFile(pack(tmp_path)) as content:
        names = content.namelist()
    assert len(names) == len(set(names))
    tops = {name.partition("/")[0] for name in names}
    assert {"perfeval_lint", "duckdb", "lxml", "pyarrow", "pebble", "yaml", "rich"} <= tops
    assert not tops & {"pyspark", "py4j", "pytest", "mypy", "pip"}
    assert "perfeval_lint/rules/definitions.yaml" in names
    assert not [name for name in names if "__pycache__" in name]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("env.tar.gz", None, "没有这个文件；应是 venv-pack 或 conda-pack 打好的 .tar.gz"),
        ("env.tar.gz", b"text", "不是压缩包；应是 venv-pack 或 conda-pack 打好的 .tar.gz、.tgz、.zip"),
        ("env.zip", b"text", "不是压缩包；应是 venv-pack 或 conda-pack 打好的 .tar.gz、.tgz、.zip"),
    ],
)
def test_archives_that_are_none(name: str, content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as error:
        shipped(str(path), "python3", tmp_path)
    assert str(error.value) == f"--archives 写的「{path}」{words}"


def test_archives_on_the_clusters_own_files_are_sparks_to_find(tmp_path: Path) -> None:
    assert shipped("hdfs://a/env.tar.gz", "python3", tmp_path).archives == "hdfs://a/env.tar.gz#env"
