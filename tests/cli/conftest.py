"""The real command, run in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.reports import check_report

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "perfeval_lint"]


@dataclass(frozen=True)
class Run:
    """The outcome of a run of the command."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report."""
        return json.loads(self.out)

    @property
    def forms(self) -> list[dict[str, Any]]:
        """The forms of the JSON report, those of all files."""
        return [form for file in self.report["files"] for form in file["forms"]]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of the JSON report, those of all forms."""
        return [finding for form in self.forms for finding in form["findings"]]


Command = Callable[..., Run]


def _written(folder: Path, arguments: Sequence[str | Path]) -> Iterator[str]:
    """Yields the text of the file a run has written."""
    for option, name in pairwise(arguments):
        if option == "-o" and (folder / name).is_file():
            yield (folder / name).read_text("utf-8", errors="replace")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables the command runs under: one rule cache for all, a terminal of 100 cells, no colour."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    return kept | {
        "PYTHONPATH": str(ROOT / "lint"),
        "PERFEVAL_LINT_CACHE": str(tmp_path_factory.mktemp("cache")),
        "COLUMNS": "100",
    }


@pytest.fixture(scope="session")
def command_line() -> list[str]:
    """How the command is started, for tests that hold its pipes themselves."""
    return COMMAND


@pytest.fixture
def command(environment: dict[str, str], tmp_path: Path) -> Command:
    """Runs the command in tmp_path; no run may ever show a traceback, and every JSON report is checked."""

    def run(*arguments: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Run:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=environment | dict(env or {}),
            timeout=300,
            check=False,
        )
        found = Run(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in found.out + found.err, found.err
        for text in (found.out, *_written(tmp_path, arguments)):
            check_report(text)
        return found

    return run


# A form with one finding each: an error (PE401), a warning (PE003) and a hint (PE007), at these places.
FLAWED = """\
格式: perfeval/1
表式: 项目支出绩效自评表
年度: 2021
项目名称: 技能培训
项目名: 多写的键
绩效指标:
- 一级指标: 产出指标
  二级指标: 数量指
  三级指标: 培训人次
  年度指标值: 200人次
  实际完成值: 180人次
  分值: 3
  得分: 2.70
"""


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    """A form that can be read, with findings of every severity; see FLAWED."""
    path = tmp_path / "flawed.yaml"
    path.write_text(FLAWED, "utf-8")
    return path


# A rule of one's own: a warning at the name of the project of the flawed form, if it must have over five characters.
LOCAL = """\
id: XX001
name: short-project-name
title: 项目名称太短
severity: warning
for: 表
require: length(项目名称) >= $字数
at: 项目名称
message: 项目名称“{项目名称}”不到 {字数} 个字
help: 写全称。
why: 简称查不到项目。
basis: [{kind: house, text: 本局要求}]
limits: 只数字数。
params: {字数: 5}
examples:
  - pass: {项目名称: 技能培训项目}
  - fail: {项目名称: 培训}
    finding: 项目名称“培训”不到 5 个字
"""


@pytest.fixture
def local_rule() -> str:
    """The text of a rule file with id XX001; see LOCAL."""
    return LOCAL
