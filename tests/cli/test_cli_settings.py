"""perfeval.yaml: its changes, where it is found, and the messages on its mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LEVELS = "PE401,PE003,PE007"  # an error, a warning and a hint of the flawed form; see conftest


def settings(folder: Path, content: str) -> None:
    (folder / "perfeval.yaml").write_text(content, "utf-8")


@pytest.fixture
def local(flawed: Path, local_rule: str) -> Path:
    """A folder 本局规则 with one rule, beside the folder 表 that now holds the flawed form."""
    rules = flawed.parent / "本局规则"
    rules.mkdir()
    (rules / "XX001.yaml").write_text(local_rule, "utf-8")
    (flawed.parent / "表").mkdir()
    return flawed.rename(flawed.parent / "表" / "flawed.yaml")


# --- what it changes ---


def test_rules_are_switched_and_their_severity_changed(command: Any, flawed: Path) -> None:
    settings(flawed.parent, "rules: {PE401: off, PE003: error}\n")
    run = command("flawed.yaml", "--format", "json", "--select", LEVELS)
    assert {finding["rule"]: finding["severity"] for finding in run.findings} == {"PE003": "error", "PE007": "info"}
    assert run.status == 1
    assert run.report["summary"]["error"] == 1


def test_parameters_are_changed(command: Any, flawed: Path) -> None:
    settings(flawed.parent, "params:\n  PE004: {最早: 2022}\n")
    (finding,) = command("flawed.yaml", "--format", "json", "--select", "PE004").findings
    assert finding["message"] == "年度 2021 不在 2022 年到今年之间"


REVERSE = """\
格式: perfeval/1
绩效指标:
- {三级指标: 差错率, 年度指标值: ≤2%, 实际完成值: 2.5%, 分值: 10, 得分: 8.00, 偏差原因: 人员更替；下年逐户复核}
"""


def reviewed(form: Any) -> tuple[list[str], str]:
    """Returns the findings on REVERSE of the rules that compare its score with the ratio, and its review score."""
    return [finding["rule"] for finding in form["findings"]], form["review_score"]


def test_shared_parameters_are_changed(command: Any, tmp_path: Path) -> None:
    """按比例 2 ÷ 2.5 of 10 points; 按差额 a quarter less."""
    (tmp_path / "表.yaml").write_text(REVERSE, "utf-8")
    arguments = ["表.yaml", "--format", "json", "--select", "PE306"]
    assert [reviewed(form) for form in command(*arguments).forms] == [([], "8.00")]
    settings(tmp_path, "params: {共用: {反向计分: 按差额}}\n")
    assert [reviewed(form) for form in command(*arguments).forms] == [(["PE306"], "7.50")]


def test_shared_parameters_come_from_extended_settings_one_by_one(command: Any, tmp_path: Path) -> None:
    """The nearer file changes one of them; the profile of a form keeps what neither names."""
    funds = "项目资金: [{资金来源: 年度资金总额, 全年预算数: 100, 全年执行数: 95, 分值: 10, 得分: 10.00}]\n"
    (tmp_path / "表.yaml").write_text(REVERSE + funds, "utf-8")
    arguments = ["表.yaml", "--format", "json", "--select", "PE306,PE104"]
    (tmp_path / "市局.yaml").write_text("params: {共用: {反向计分: 按差额, 执行计分: 九成满分}}\n", "utf-8")
    settings(tmp_path, "extends: 市局.yaml\nparams: {共用: {执行计分: 按比例}}\n")
    assert reviewed(command(*arguments).forms[0]) == (["PE306", "PE104"], "17.00")
    settings(tmp_path, "extends: 市局.yaml\n")
    assert reviewed(command(*arguments).forms[0]) == (["PE306"], "17.50")
    settings(tmp_path, "profile: 广西\nparams: {共用: {反向计分: 按差额}}\n")
    assert reviewed(command(*arguments).forms[0]) == (["PE306"], "17.50")


def test_each_file_has_the_shared_parameters_of_its_own_settings(command: Any, tmp_path: Path) -> None:
    for name, content in (("甲", "rules: {}\n"), ("乙", "params: {共用: {反向计分: 按差额}}\n"), ("丙", "rules: {}\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "表.yaml").write_text(REVERSE, "utf-8")
        settings(tmp_path / name, content)
    run = command("甲", "乙", "丙", "--format", "json", "--select", "PE306")
    assert [reviewed(form) for form in run.forms] == [([], "8.00"), (["PE306"], "7.50"), ([], "8.00")]


def test_the_profile_is_that_of_the_settings_unless_the_command_names_one(command: Any, flawed: Path) -> None:
    settings(flawed.parent, "profile: 湖北\n")
    assert command("flawed.yaml", "--format", "json").forms[0]["profile"] == "湖北"
    assert command("flawed.yaml", "--format", "json", "--profile", "广西").forms[0]["profile"] == "广西"


def test_excluded_files_are_passed_over_in_folders_only(command: Any, flawed: Path) -> None:
    """A file named on the command line is meant."""
    (flawed.parent / "旧").mkdir()
    for name in ("草稿.yaml", "旧/2020.yaml", "新.yaml"):
        (flawed.parent / name).write_text("格式: perfeval/1\n", "utf-8")
    settings(flawed.parent, "exclude: [旧/*, 草*.yaml]\n")
    run = command(".", "草稿.yaml", "--format", "json", "--select", "PE401")
    assert [file["file"] for file in run.report["files"]] == ["flawed.yaml", "新.yaml", "草稿.yaml"]


def test_the_settings_themselves_are_no_form(command: Any, flawed: Path) -> None:
    settings(flawed.parent, "rules: {PE007: off}\n")
    assert [file["file"] for file in command(".", "--format", "json").report["files"]] == ["flawed.yaml"]


def test_settings_extend_others(command: Any, flawed: Path) -> None:
    """The nearer file has the last word; what it leaves unsaid comes from the other."""
    base = "profile: 湖北\nrules: {PE401: off, PE003: off}\nparams: {PE004: {最早: 2022}}\n"
    (flawed.parent / "市局.yaml").write_text(base, "utf-8")
    settings(flawed.parent, "extends: 市局.yaml\nrules: {PE003: info}\n")
    run = command("flawed.yaml", "--format", "json", "--select", f"{LEVELS},PE004")
    assert run.forms[0]["profile"] == "湖北"
    assert {finding["rule"]: finding["severity"] for finding in run.findings} == {
        "PE003": "info",
        "PE004": "error",
        "PE007": "info",
    }


def test_settings_are_found_upwards_and_each_file_has_its_own(command: Any, flawed: Path) -> None:
    for folder in ("甲/内", "乙"):
        (flawed.parent / folder).mkdir(parents=True)
        (flawed.parent / folder / "表.yaml").write_text(flawed.read_text("utf-8"), "utf-8")
    settings(flawed.parent, "rules: {PE401: off}\n")
    settings(flawed.parent / "乙", "rules: {PE007: off}\n")
    run = command("甲", "乙", "--format", "json", "--select", LEVELS)
    rules = [{finding["rule"] for finding in form["findings"]} for form in run.forms]
    assert rules == [{"PE003", "PE007"}, {"PE003", "PE401"}]


def test_standard_input_takes_the_settings_of_the_working_folder(command: Any, flawed: Path) -> None:
    settings(flawed.parent, "rules: {PE401: off}\n")
    assert command("-", "--select", "PE401", stdin=flawed.read_bytes()).status == 0


# --- rules of one's own ---


def test_a_local_rule_runs_beside_the_shipped_ones(command: Any, local: Path) -> None:
    settings(local.parent.parent, "rule-paths: [本局规则]\nparams: {XX001: {字数: 6}}\n")
    run = command("表", "--format", "json")
    found = {finding["rule"]: finding["message"] for finding in run.findings}
    assert found["XX001"] == "项目名称“技能培训”不到 6 个字"
    assert "PE401" in found


@pytest.mark.parametrize("chosen", ["XX001", "short-project-name", "XX"])
def test_a_local_rule_can_be_selected(command: Any, local: Path, chosen: str) -> None:
    settings(local.parent.parent, "rule-paths: [本局规则]\n")
    run = command("表", "--format", "json", "--select", chosen)
    assert run.err == ""
    assert [finding["rule"] for finding in run.findings] == ["XX001"]


def test_a_local_rule_is_listed_and_explained(command: Any, local: Path) -> None:
    settings(local.parent.parent, "rule-paths: [本局规则]\n")
    assert "XX001  警告  项目名称太短" in command("rules", "list").out
    assert command("explain", "XX001").out.startswith("XX001 项目名称太短")


def test_the_folder_of_local_rules_holds_no_forms(command: Any, local: Path) -> None:
    settings(local.parent.parent, "rule-paths: [本局规则]\n")
    run = command(".", "--format", "json")
    assert [file["file"] for file in run.report["files"]] == [str(Path("表/flawed.yaml"))]


def test_a_faulty_local_rule_stops_the_run(command: Any, local: Path, local_rule: str) -> None:
    faulty = local_rule.replace("at: 项目名称", "at: 项目名")
    (local.parent.parent / "本局规则" / "XX001.yaml").write_text(faulty, "utf-8")
    settings(local.parent.parent, "rule-paths: [本局规则]\n")
    run = command("表")
    assert (run.status, run.out) == (2, "")
    assert "本局规则/XX001.yaml:7" in run.err
    assert "是否想写“项目名称”" in run.err


# --- mistakes ---


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("profile: 通用\nprofil: 湖北\n", 2, "不认识的键“profil”；是否想写“profile”"),
        ("rules:\n  PE007: of\n", 2, "是否想写“off”"),
        ("exclude: 旧\n", 1, "“exclude”应是列表"),
        ("profile: [湖北]\n", 1, "“profile”应是文字"),
        ("profile: 通用\nrule-paths:\n- 没有的目录\n", 3, "没有规则目录“没有的目录”"),
        ("profile: 通用\nextends: 没有.yaml\n", 2, "没有.yaml"),
        ("extends: perfeval.yaml\n", 1, "绕回了自己"),
        ("profile: 通用\nprofile: 湖北\n", 2, "写了两遍"),
        ("profile: 甲: 乙\n", 1, "冒号"),
        ("- 通用\n", 1, "键: 值"),
        ("rules:\n  PE007: off\n  PE4O1: off\n", 3, "是否想写“PE401”"),
        ("params:\n  PE004:\n    最旱: 2010\n", 3, "是否想写“最早”"),
        ("params:\n  PE4O1: {最早: 2010}\n", 2, "是否想写“PE401”"),
        ("params:\n  共用:\n    反向记分: 按差额\n", 3, "派生列 没有参数“反向记分”；是否想写“反向计分”"),
        ("params:\n  共用:\n    执行计分: 按比例\n    反向计分: 1\n", 4, "应和默认值 按比例 同一类型，这里是 1"),
        ("params:\n  共用: 按差额\n", 2, "“共用”应是若干“键: 值”"),
        ("params:\n  共有: {反向计分: 按差额}\n", 2, "没有规则 共有"),
        ("profile: 通用\nrules:\n  共用: off\n", 3, "没有规则 共用"),
        ("rules: {}\nprofile: 四川\n", 2, "是否想写“四川2023”"),
    ],
    ids=lambda value: value.replace("\n", " ") if isinstance(value, str) else None,
)
def test_a_mistake_is_told_with_its_line(command: Any, flawed: Path, content: str, line: int, says: str) -> None:
    settings(flawed.parent, content)
    run = command("flawed.yaml")
    assert (run.status, run.out) == (2, "")
    assert f"perfeval.yaml:{line}:" in run.err
    assert says in run.err


def test_all_mistakes_are_told_at_once(command: Any, flawed: Path) -> None:
    settings(flawed.parent, "profil: 湖北\nexclud: []\nrules: {PE007: of}\n")
    run = command("flawed.yaml")
    assert [f"perfeval.yaml:{line}:" in run.err for line in (1, 2, 3)] == [True] * 3


def test_a_mistake_leaves_no_half_of_a_json_report(command: Any, flawed: Path) -> None:
    settings(flawed.parent, "profil: 湖北\n")
    run = command("flawed.yaml", "--format", "json")
    assert run.status == 2
    assert run.out == ""


def test_faulty_settings_further_down_cost_only_the_files_below_them(command: Any, flawed: Path) -> None:
    inner = flawed.parent / "下级"
    inner.mkdir()
    (inner / "perfeval.yaml").write_text("rules: [\n", "utf-8")
    (inner / "表.yaml").write_bytes(flawed.read_bytes())
    run = command(".", "--format", "json")
    assert (run.status, run.err) == (2, "")
    files = {file["file"]: file for file in json.loads(run.out)["files"]}
    (error,) = files["下级/表.yaml"]["errors"]
    assert error["code"] == "syntax"
    assert "perfeval.yaml: " in error["message"]
    assert files["flawed.yaml"]["forms"][0]["findings"]
