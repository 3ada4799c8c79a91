"""explain, rules list and rules check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture
def local(tmp_path: Path, local_rule: str) -> Path:
    """A folder with one rule of one's own."""
    folder = tmp_path / "本局规则"
    folder.mkdir()
    (folder / "XX001-short-project-name.yaml").write_text(local_rule, "utf-8")
    return folder


def test_explain_tells_all_of_a_rule(command: Any) -> None:
    run = command("explain", "PE401")
    assert run.status == 0
    assert run.out.startswith("PE401 未得满分而未说明偏差原因")
    for heading in ("为什么", "怎么改", "依据", "局限", "条件", "例子"):
        assert f"\n{heading}\n" in run.out.replace(" \n", "\n")
    assert "财预〔2020〕10号" in run.out
    assert "得分 < 分值" in run.out


def test_explain_takes_the_name_and_small_letters(command: Any) -> None:
    assert command("explain", "unexplained-deduction").out == command("explain", "pe401").out


def test_explain_tells_what_a_profile_changes(command: Any) -> None:
    assert "规则集“湖北”：参数 应为 10 → 20" in command("explain", "PE202", "--profile", "湖北").out
    assert "规则集“湖北”：关闭" in command("explain", "PE203", "--profile", "湖北").out
    assert "没有改动这条规则" in command("explain", "PE401", "--profile", "湖北").out


def test_explain_tells_what_a_profile_changes_of_shared_parameters(command: Any) -> None:
    """Only under the rules whose columns use the parameter."""
    line = "规则集“广西”：共用参数 执行计分 按比例 → 九成满分"
    assert line in command("explain", "PE104", "--profile", "广西").out
    assert line not in command("explain", "PE104").out
    for rule, profile in (("PE104", "湖北"), ("PE303", "广西"), ("PE306", "广西")):
        text = command("explain", rule, "--profile", profile).out
        assert "：共用参数" not in text
        assert f"规则集“{profile}”没有改动这条规则" in text


def test_explain_tells_a_change_of_a_parameter_of_ones_own(command: Any, local: Path, local_rule: str) -> None:
    definitions = "params: {字限: 5, 做法: 按字}\ncolumns:\n  表:\n    短: {sql: length(项目名称) < $字限, says: 短}\n"
    (local / "definitions.yaml").write_text(definitions, "utf-8")
    (local / "XX001-short-project-name.yaml").write_text(
        local_rule.replace("length(项目名称) >= $字数", "NOT 短 OR $字数 = 0"), "utf-8"
    )
    (local / "profiles").mkdir()
    profile = "name: 本局\nsays: 有\nextends: 通用\nbasis: [{kind: house, text: 有}]\n"
    profile += "params: {共用: {字限: 8, 做法: 按词}, XX001: {字数: 6}}\n"
    (local / "profiles" / "本局.yaml").write_text(profile, "utf-8")
    (local.parent / "perfeval.yaml").write_text("rule-paths: [本局规则]\n", "utf-8")
    text = command("explain", "XX001", "--profile", "本局").out
    assert "规则集“本局”：参数 字数 5 → 6" in text
    assert "规则集“本局”：共用参数 字限 5 → 8" in text
    assert "做法" not in text


def test_explain_shows_the_value_in_force(command: Any, tmp_path: Path) -> None:
    (tmp_path / "perfeval.yaml").write_text(
        "profile: 广西\nrules: {PE205: warning, PE402: off}\nparams: {PE205: {上限: 37}, 共用: {反向计分: 按差额}}\n",
        "utf-8",
    )
    text = command("explain", "PE205").out
    assert "perfeval.yaml：参数 上限 20 → 37" in text
    assert "perfeval.yaml：级别 提示 → 警告" in text
    assert "上限: 37（默认 20）" in text
    assert "perfeval.yaml：关闭" in command("explain", "PE402").out
    assert "perfeval.yaml：共用参数 反向计分 按比例 → 按差额" in command("explain", "PE306").out
    assert "规则集“广西”：共用参数 执行计分 按比例 → 九成满分" in command("explain", "PE104").out
    assert "perfeval.yaml" not in command("explain", "PE104").out


def test_a_basis_of_ones_own_is_not_the_tools(command: Any, local: Path, local_rule: str) -> None:
    for kind in ("house", "local"):
        text = local_rule.replace("kind: house", f"kind: {kind}")
        (local / "XX001-short-project-name.yaml").write_text(text, "utf-8")
        (local.parent / "perfeval.yaml").write_text("rule-paths: [本局规则]\n", "utf-8")
        assert "本地规定：本局要求" in command("explain", "XX001").out
    assert "本工具默认：" in command("explain", "PE205").out


@pytest.mark.parametrize(("name", "nearest"), [("PE4O1", "PE401"), ("unexplained-deductions", "unexplained-deduction")])
def test_explain_offers_the_nearest_rule(command: Any, name: str, nearest: str) -> None:
    run = command("explain", name)
    assert (run.status, run.out) == (2, "")
    assert f"没有规则“{name}”；是否想写“{nearest}”？" in run.err


def test_list_has_a_line_for_every_rule_file(command: Any) -> None:
    run = command("rules", "list")
    listed = [line.split()[0] for line in run.out.splitlines() if line.startswith("PE")]
    assert run.status == 0
    assert listed == sorted(path.name[:5] for path in RULES.rglob("PE[0-9]*.yaml"))
    assert "PE401  错误  未得满分而未说明偏差原因" in run.out
    assert f"共 {len(listed)} 条" in run.out


def test_list_and_explain_tell_the_rules_across_forms(command: Any) -> None:
    listed = command("rules", "list").out.splitlines()
    marked = [line[:5] for line in listed if line.endswith("（跨表，只在 audit 里判断）")]
    assert marked == sorted(path.name[:5] for path in RULES.glob("PE9/*.yaml"))
    text = command("explain", "lowered-target").out
    assert "只在 audit 里判断" in text
    assert "表.年度 = 本行.表.年度 - 1" in text
    assert "每组只报一次" in command("explain", "PE903").out


def test_list_shows_what_a_profile_switches_off(command: Any) -> None:
    assert "PE203  关闭" in command("rules", "list", "--profile", "湖北").out
    unknown = command("rules", "list", "--profile", "胡北")
    assert unknown.status == 2
    assert "是否想写“湖北”" in unknown.err


def test_check_finds_the_shipped_rules_right(command: Any) -> None:
    run = command("rules", "check")
    assert run.status == 0
    assert run.out.endswith("没有错误。\n")


def test_check_takes_a_folder_of_ones_own(command: Any, local: Path) -> None:
    shipped = len(list(RULES.rglob("PE[0-9]*.yaml")))
    assert f"{shipped + 1} 条规则" in command("rules", "check", local).out
    assert "XX001  警告  项目名称太短" in command("rules", "list", local).out


def test_check_tells_all_mistakes_of_all_files_with_their_places(command: Any, local: Path, local_rule: str) -> None:
    wrong = local_rule.replace("XX001", "XX002").replace("short-project-name", "other-name").replace("title:", "titel:")
    (local / "XX002.yaml").write_text(wrong, "utf-8")
    unknown = local_rule.replace("XX001", "XX003").replace("short-project-name", "third-name")
    (local / "XX003.yaml").write_text(unknown.replace("length(项目名称)", "length(项目名)"), "utf-8")
    (local / "XX004.yaml").write_text("id: [\n", "utf-8")
    run = command("rules", "check", local)
    assert (run.status, run.out) == (2, "")
    lines = run.err.splitlines()
    assert any("本局规则/XX002.yaml:3" in line and "是否想写“title”" in line for line in lines)
    assert any("本局规则/XX003.yaml:6" in line and "是否想写“项目名称”" in line for line in lines)
    assert any("本局规则/XX004.yaml:" in line for line in lines)


def test_a_folder_of_rules_that_is_not_there(command: Any) -> None:
    run = command("rules", "check", "没有的目录")
    assert (run.status, run.out) == (2, "")
    assert "没有的目录  没有这个规则目录" in run.err
