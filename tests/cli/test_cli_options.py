"""Options, exit status, standard input, closed pipes and wrong use."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LEVELS = "PE401,PE003,PE007"  # an error, a warning and a hint of the flawed form; see conftest
ESCAPE = "\x1b"


def rules_of(run: Any) -> set[str]:
    """The rules that found something, also where it goes away with another finding."""
    return {one["rule"] for finding in run.findings for one in (finding, *finding["follows"])}


# --- exit status ---


@pytest.mark.parametrize(
    ("rule", "fail_on", "status"),
    [
        ("PE401", "error", 1),
        ("PE401", "never", 0),
        ("PE003", "error", 0),
        ("PE003", "warning", 1),
        ("PE003", "info", 1),
        ("PE007", "warning", 0),
        ("PE007", "info", 1),
        ("PE404", "info", 0),
    ],
)
def test_findings_at_or_above_fail_on_give_1(command: Any, flawed: Path, rule: str, fail_on: str, status: int) -> None:
    """PE401 is an error, PE003 a warning, PE007 a hint; PE404 finds nothing."""
    assert command("flawed.yaml", "--select", rule, "--fail-on", fail_on).status == status


def test_the_default_is_to_fail_on_errors(command: Any, flawed: Path) -> None:
    assert command("flawed.yaml", "--select", "PE401").status == 1
    assert command("flawed.yaml", "--ignore", "PE0,PE1,PE2,PE3,PE4,PE5,PE6,PE7").status == 0


def test_a_file_not_checked_gives_2_whatever_was_found(command: Any, flawed: Path) -> None:
    assert command("缺.yaml", "--fail-on", "never").status == 2
    assert command("flawed.yaml", "缺.yaml").status == 2


# --- which rules ---


def test_select_takes_ids_beginnings_and_names(command: Any, flawed: Path) -> None:
    run = command("flawed.yaml", "--format", "json", "--select", "PE40, PE007", "--select", "unknown-field")
    assert rules_of(run) == {"PE401", "PE403", "PE003", "PE007"}


def test_ignore_is_stronger_than_select(command: Any, flawed: Path) -> None:
    run = command("flawed.yaml", "--format", "json", "--select", LEVELS, "--ignore", "PE0")
    assert rules_of(run) == {"PE401"}
    assert sum(run.forms[0]["outcomes"].values()) == 1


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_rule_is_wrong_use(command: Any, flawed: Path, option: str) -> None:
    run = command("flawed.yaml", option, "PE4O1")
    assert (run.status, run.out) == (2, "")
    assert "PE4O1" in run.err
    assert "是否想写“PE401”" in run.err


def test_a_profile_can_be_chosen(command: Any, flawed: Path) -> None:
    run = command("flawed.yaml", "--format", "json", "--profile", "湖北")
    assert run.forms[0]["profile"] == "湖北"
    assert "规则集　湖北（指定）" in command("flawed.yaml", "--profile", "湖北").out


def test_the_profile_follows_the_kind_of_form(command: Any, tmp_path: Path) -> None:
    kinds = ["项目支出绩效自评表", "转移支付区域（项目）绩效目标自评表"]
    (tmp_path / "两种.yaml").write_text("---\n".join(f"格式: perfeval/1\n表式: {kind}\n" for kind in kinds), "utf-8")
    assert [form["profile"] for form in command("两种.yaml", "--format", "json").forms] == ["通用", "转移支付"]


def test_an_unknown_profile_is_wrong_use(command: Any, flawed: Path) -> None:
    run = command("flawed.yaml", "--profile", "四川")
    assert (run.status, run.out) == (2, "")
    assert "没有规则集“四川”；是否想写“四川2023”？" in run.err
    assert "通用" in run.err


# --- what is printed ---


def test_quiet_leaves_only_findings(command: Any, flawed: Path) -> None:
    loud = command("flawed.yaml", "--select", LEVELS).out
    quiet = command("flawed.yaml", "--select", LEVELS, "-q").out
    for word in ("改法：", "结果", "规则集", "共 1 个文件", "技能培训"):
        assert word in loud
        assert word not in quiet
    assert [rule for rule in LEVELS.split(",") if rule not in quiet] == []
    assert set(quiet.splitlines()) < set(loud.splitlines())


def test_statistics_count_findings_by_rule(command: Any, flawed: Path) -> None:
    (flawed.parent / "另一张.yaml").write_text(flawed.read_text("utf-8").replace("项目名: 多写的键\n", ""), "utf-8")
    run = command(".", "--select", LEVELS, "--statistics", "--fail-on", "never")
    lines = [line.split() for line in run.out.splitlines()]
    assert [line[:3] for line in lines[:-1]] == [["2", "提示", "PE007"], ["2", "错误", "PE401"], ["1", "警告", "PE003"]]
    assert lines[-1] == ["共", "2", "个文件、2", "张表：错误", "2，警告", "1，提示", "2"]


def test_colour_is_for_terminals_and_can_be_refused(command: Any, flawed: Path) -> None:
    arguments = ("flawed.yaml", "缺.yaml", "--select", LEVELS)
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    assert ESCAPE not in command(*arguments).out
    assert ESCAPE in command(*arguments, env=terminal).out
    assert ESCAPE not in command(*arguments, "--no-color", env=terminal).out
    assert ESCAPE not in command(*arguments, env=terminal | {"NO_COLOR": "1"}).out


def test_standard_input_is_a_file_like_any_other(command: Any, flawed: Path) -> None:
    run = command("-", "--select", "PE401", "-q", stdin=flawed.read_bytes())
    assert run.status == 1
    assert "PE401 <stdin>:7:3" in run.out
    empty = command("-", "flawed.yaml", "--select", "PE401", stdin=b"")
    assert empty.status == 2
    assert "没有检查 <stdin>" in empty.out
    assert "PE401 flawed.yaml:7:3" in empty.out


def test_lint_may_be_named(command: Any, flawed: Path) -> None:
    assert command("lint", "flawed.yaml", "-q") == command("flawed.yaml", "-q")


@pytest.mark.parametrize("arguments", [["."], [".", "--format", "json"], ["rules", "list"], ["--help"]])
def test_a_closed_pipe_is_quiet(
    environment: dict[str, str], flawed: Path, arguments: list[str], command_line: list[str]
) -> None:
    """As with `| head -1`: nobody reads on, which is no error and no finding."""
    process = subprocess.Popen(
        [*command_line, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        cwd=flawed.parent,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    printed = process.stderr.read()
    process.stderr.close()
    status = process.wait()
    assert printed == b""
    assert status in (141, -signal.SIGPIPE)


# --- wrong use ---

ENGLISH = re.compile(r"No such|Did you mean|Got|require|does not|Usage|Error|Missing|Invalid|COMMAND|ARGS")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--formt", "json", "a.yaml"], "没有选项 --formt；是否想写 --format？"),
        (["--format", "xml", "a.yaml"], "选项 --format 只能是 text、json"),
        (["--fail-on", "all", "a.yaml"], "选项 --fail-on 只能是 error、warning、info、never"),
        (["a.yaml", "--profile"], "--profile"),
        (["--quiet=1", "a.yaml"], "--quiet"),
        (["lint"], "缺少参数"),
        (["explain"], "缺少参数"),
        (["explain", "PE401", "PE402"], "PE402"),
        (["rules", "lst"], "lst"),
    ],
)
def test_wrong_use_is_told_in_chinese(command: Any, arguments: list[str], says: str) -> None:
    run = command(*arguments)
    assert (run.status, run.out) == (2, "")
    assert says in run.err
    assert "--help" in run.err
    assert ENGLISH.findall(run.err) == []


def test_help_and_version(command: Any) -> None:
    helped = command("--help")
    assert helped.status == 0
    assert "用法：" in helped.out
    assert "--fail-on" in helped.out
    assert ENGLISH.findall(helped.out) == []
    assert re.fullmatch(r"perfeval-lint \d+\.\d+\.\d+\n", command("--version").out)


@pytest.mark.skipif(os.name == "nt", reason="Windows 没有 umask")
def test_what_is_written_is_for_whom_the_umask_allows(
    flawed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    written = tmp_path / "out" / "copy.yaml"
    command = [sys.executable, "-m", "perfeval_lint", "convert", str(flawed), "-o", str(written)]
    subprocess.run(command, env=environment, umask=0o027, check=True, capture_output=True)
    assert written.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in written.parent.iterdir()] == ["copy.yaml"]
