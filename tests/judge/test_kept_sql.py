"""The SQL kept between runs: the same verdicts with it and without it, and no harm from a bad file."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from perfeval_lint.files import PART
from perfeval_lint.judge import judge as judge_module
from perfeval_lint.linting.lint import Linter
from perfeval_lint.linting.sources import sources_of
from perfeval_lint.report.report import Report
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.rule.profile import Overrides
from perfeval_lint.sql.database import open_cursors

RULE = """\
id: XX001
name: low-score
title: 低
severity: error
for: 指标
require: 得分 >= 界()
at: 得分
message: 低
help: 改
why: 有
basis: [{kind: house, text: 默认值}]
limits: 无
examples:
- pass: {三级指标: 甲, 得分: 9}
- fail: {三级指标: 甲, 得分: 0}
  finding: 低
"""
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """A cache with nothing but the shipped rules, as they were checked."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERFEVAL_LINT_CACHE", str(folder))
        load_pack(all_folders([]))
    return folder


@pytest.fixture(autouse=True)
def folder(checked, tmp_path, monkeypatch):
    """A cache of its own for each test."""
    shutil.copytree(checked, tmp_path / "cache")
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def told(profile=None, overrides=None, names=("flawed.yaml",)):
    files = tuple(Linter(profile, overrides).run(sources_of([str(EXAMPLES / name) for name in names])))
    return Report(files, "").to_json()


def kept_in(folder):
    return sorted(folder.glob("*.duckdb"))


def test_the_same_is_told_with_it_and_without_it(folder, monkeypatch):
    names = ("flawed.yaml", "beijing-2021-ip-exchange.yaml", "chaoyang-2020-transfer.yaml")
    first = told(names=names)
    assert len(kept_in(folder)) == 1  # 通用 and 转移支付 differ in nothing the SQL would show
    assert told(names=names) == first
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", "")
    assert told(names=names) == first


def test_the_second_run_reads_it(folder, monkeypatch):
    first = told()
    before = [(path.name, path.stat().st_mtime_ns) for path in kept_in(folder)]
    monkeypatch.setattr(judge_module, "keep", None)  # would be called to write it
    assert told() == first
    assert [(path.name, path.stat().st_mtime_ns) for path in kept_in(folder)] == before


def test_other_profiles_and_switches_are_kept_apart(folder):
    told("通用")
    told("湖北")
    told("通用", Overrides(ignore=("PE4",)))
    assert len(kept_in(folder)) == 3


@pytest.mark.parametrize("content", [b"", b"not a database", b"\0" * 5000])
def test_a_bad_file_is_written_anew(content, folder):
    first = told("通用")
    (path,) = kept_in(folder)
    path.write_bytes(content)
    assert told("通用") == first
    assert path.read_bytes() != content
    assert told("通用") == first


def test_a_folder_that_cannot_be_written_is_only_slower(folder, monkeypatch):
    first = told()
    folder.parent.joinpath("file").write_text("in the way")
    monkeypatch.setenv("PERFEVAL_LINT_CACHE", str(folder.parent / "file" / "cache"))
    assert told() == first


def test_two_at_once(folder):
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: told("通用"), range(4)))) == 1
    assert len(kept_in(folder)) == 1
    assert [path.name for path in folder.iterdir() if path.suffix == PART] == []


def test_old_files_go(folder):
    for number in range(10):
        told("通用", Overrides(select=(f"PE30{number}",), ignore=(f"PE20{number}",)))
    assert len(kept_in(folder)) == 8


def test_the_file_holds_no_rows_and_opens_nothing(folder):
    told("通用")
    (path,) = kept_in(folder)
    with duckdb.connect(str(path), read_only=True) as database:
        assert database.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
    cursors, attached = open_cursors(path)
    assert attached
    for sql in ("SELECT * FROM read_text('/etc/hostname')", f"ATTACH '{path}' AS other", "SET threads = 2"):
        for cursor in cursors:
            with pytest.raises(duckdb.Error):
                cursor.execute(sql)


def test_other_words_are_another_file(folder, tmp_path):
    """The file goes by the SQL itself, so that a changed macro is never answered from an old one."""
    (tmp_path / "form.yaml").write_text("格式: perfeval/1\n绩效指标: [{三级指标: 甲, 分值: 3, 得分: 2}]\n", "utf-8")
    (tmp_path / "perfeval.yaml").write_text("rule-paths: [rules]\n", "utf-8")
    (tmp_path / "rules").mkdir()
    words = tmp_path / "rules" / "definitions.yaml"
    found = []
    for limit in (1, 5, 1):
        words.write_text(f"macros:\n  界:\n    of: []\n    sql: '{limit}'\n    says: 数\n", "utf-8")
        (tmp_path / "rules" / "a.yaml").write_text(RULE, "utf-8")
        (report,) = Linter("通用", Overrides(select=("XX001",))).run(sources_of([str(tmp_path / "form.yaml")]))
        assert report.errors == ()
        found.append(len(report.forms[0].verdict.findings))
    assert found == [0, 1, 0]
    assert len(kept_in(folder)) == 2
