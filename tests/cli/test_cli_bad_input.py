"""Input that is unreadable or hostile: a message with its place, and the rest of the run goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

HEAD = "格式: perfeval/1\n"
GOOD = "flawed.yaml:"  # the readable form of every run; see conftest
BOMB = "\n".join(["a0: &a0 [哈]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))])

# name of the file: its content (None: there is no such file), the place in the message, and a word of the message
BAD: dict[str, tuple[bytes | None, str, str]] = {
    "缺失.yaml": (None, "", "文件不存在"),
    "编码.yaml": (HEAD.encode() + b"\xff\xff", "", "编码"),
    "空白.yaml": (b"\n# \n", "", "没有内容"),
    "语法.yaml": ((HEAD + "项目名称: 甲: 乙\n").encode(), ":2:8", "冒号"),
    "别名.yaml": (BOMB.encode(), ":1:5", "锚点或引用"),
    "嵌套.yaml": (b"[" * 100_000, ":1:", "嵌套"),
    "列表.yaml": (b"- 1\n", ":1:1", "列表"),
    "数字.json": (b"42", ":1:1", "42"),
    "别的.json": (b'{"name": "x"}', ":1:1", "exclude"),
    "文档.yaml": (b"PK\x03\x04" + b"\x00" * 30, "", "不是文本文件"),
    "版本.yaml": (b"\xe6\xa0\xbc\xe5\xbc\x8f: perfeval/9\n", ":1:5", "perfeval/9"),
    "形状.yaml": ((HEAD + "绩效指标: {甲: 1}\n").encode(), ":2:7", "列表"),
    "控制.yaml": ((HEAD + "项目名称: 甲\x1b[31m\n").encode(), ":2:8", "U+001B"),
    "转义.yaml": ((HEAD + '项目名称: "\\e]0;标题\\a"\n').encode(), ":2:7", "U+001B"),
}


def write(folder: Path, name: str) -> str:
    content, _, _ = BAD[name]
    if content is not None:
        (folder / name).write_bytes(content)
    return name


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_and_the_other_still_linted(command: Any, flawed: Path, name: str) -> None:
    _, place, word = BAD[name]
    run = command(write(flawed.parent, name), "flawed.yaml", "--select", "PE401")
    assert run.status == 2
    assert f"没有检查 {name}{place}" in run.out
    assert word in run.out
    assert f"PE401 {GOOD}7:3" in run.out
    assert "共 2 个文件、1 张表：错误 1，警告 0，提示 0；1 个文件没有（或没有全部）检查" in run.out
    assert run.err == ""


def test_a_folder_of_bad_files_is_valid_json(command: Any, flawed: Path) -> None:
    present = [write(flawed.parent, name) for name, (content, _, _) in BAD.items() if content is not None]
    run = command(".", "--format", "json")
    files = {file["file"]: file for file in run.report["files"]}
    assert run.status == 2
    assert set(files) == {*present, "flawed.yaml"}
    assert [name for name in present if not files[name]["errors"]] == []
    assert files["flawed.yaml"]["errors"] == []
    assert len(files["flawed.yaml"]["forms"]) == 1
    assert run.report["summary"]["unreadable"] == len(present)


@pytest.mark.parametrize("option", ["--quiet", "--statistics"])
def test_short_reports_tell_bad_files_too(command: Any, flawed: Path, option: str) -> None:
    run = command(write(flawed.parent, "语法.yaml"), "flawed.yaml", option, "--fail-on", "never")
    assert run.status == 2
    assert "没有检查 语法.yaml:2:8" in run.out


def test_a_key_that_is_a_list_is_an_unknown_key(command: Any, flawed: Path) -> None:
    (flawed.parent / "怪键.yaml").write_text(HEAD + "? [甲, 乙]\n: 1\n", "utf-8")
    run = command("怪键.yaml", "flawed.yaml", "--select", "PE003")
    assert run.status == 0
    assert "PE003 怪键.yaml:2:3" in run.out
    assert f"PE003 {GOOD}5:1" in run.out


def test_a_folder_without_forms_could_not_be_checked(command: Any, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    (tmp_path / "空" / "说明.txt").write_text("甲", "utf-8")
    run = command("空")
    assert run.status == 2
    assert "没有检查 空" in run.out


def test_a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder(command: Any, flawed: Path) -> None:
    run = command("flawed.yaml/甲.yaml", "flawed.yaml", "--select", "PE401")
    assert run.status == 2
    assert "没有检查 flawed.yaml/甲.yaml" in run.out
    assert GOOD in run.out


def test_a_name_too_long_for_the_system_is_told(command: Any, flawed: Path) -> None:
    run = command("长" * 100, "长" * 100 + "/表.yaml", "表" * 2000, "flawed.yaml", "--select", "PE401")
    assert run.status == 2
    assert run.out.count("没有检查 ") == 3
    assert GOOD in run.out


def test_the_readable_documents_of_a_broken_file_are_linted(command: Any, flawed: Path) -> None:
    content = flawed.read_text("utf-8")
    (flawed.parent / "两张.yaml").write_text(f"{content}---\n{HEAD}甲: 乙: 丙\n", "utf-8")
    run = command("两张.yaml", "--select", "PE401", "--format", "json")
    (file,) = run.report["files"]
    assert run.status == 2
    assert [finding["rule"] for finding in file["forms"][0]["findings"]] == ["PE401"]
    assert [error["code"] for error in file["errors"]] == ["syntax"]
    assert file["errors"][0]["location"] == {"line": 16, "column": 5}


def test_a_form_with_a_problem_is_not_judged(command: Any, tmp_path: Path) -> None:
    """Half a form would be found wrong for what was not read of it."""
    (tmp_path / "半张.yaml").write_text(HEAD + "年度: 2021\n年度: 2022\n", "utf-8")
    run = command("半张.yaml", "--format", "json")
    assert run.status == 2
    assert run.forms == []


def test_a_file_of_200_megabytes_is_refused(command: Any, flawed: Path) -> None:
    """One scalar, most of it a hole in the file."""
    huge = flawed.parent / "巨大.yaml"
    with huge.open("wb") as stream:
        stream.write((HEAD + '项目名称: "').encode())
        stream.truncate(200 * 1024 * 1024)
    try:
        run = command("巨大.yaml", "flawed.yaml", "--select", "PE401")
    finally:
        huge.unlink()
    assert run.status == 2
    assert "没有检查 巨大.yaml" in run.out
    assert "超过 64 MiB" in run.out
    assert GOOD in run.out


# --- numbers ---

UNREADABLE = ["-NaN", "-.inf", "Infinity", "1e400", "0x10", "1" * 40, "１２", "1_000", "1,000", "三分", "--1", "+"]
READABLE = ["-0", "-0.00", "+5", "007", "9" * 12, "9" * 12 + ".999999", "0." + "9" * 40, "1." + "0" * 40, " 9 ", "9\n"]
RATES = ["93.61%", "0.9361", "93.61", "-0%", " 93% ", "93%\n", "93%\t", "9" * 12 + "%"]
AMOUNTS = ["年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
SCORES = ["分值", "得分"]


def of_numbers(texts: list[str]) -> str:
    """A form whose every numeric field is written in every one of these ways."""

    def row(fields: list[str], text: str) -> str:
        return "{" + ", ".join(f"{field}: {json.dumps(text)}" for field in fields) + "}"

    rows = "".join(f"- {row(AMOUNTS, text)}\n" for text in texts)
    indicators = "".join(f"- {row(SCORES, text)}\n" for text in texts)
    groups = "".join(f"  第{number}组: {json.dumps(text)}\n" for number, text in enumerate(texts))
    return f"{HEAD}项目资金:\n{rows}绩效指标:\n{indicators}指标分组:\n{groups}总分: {row(SCORES, texts[0])}\n"


def numbers_found_unreadable(form: dict[str, Any]) -> set[str]:
    found = [finding for finding in form["findings"] if finding["rule"] == "PE002"]
    return {place["path"] for finding in found for place in (finding, *finding["places"])}


def test_what_is_no_number_is_a_finding(command: Any, flawed: Path) -> None:
    """PE002 at each of them; the other form of the same run loses nothing."""
    (flawed.parent / "数.yaml").write_text(of_numbers(UNREADABLE), "utf-8")
    run = command("数.yaml", "flawed.yaml", "--format", "json")
    bad, good = run.forms
    places = range(len(UNREADABLE))
    expected = {f"项目资金[{n}].{field}" for n in places for field in AMOUNTS}
    expected |= {f"绩效指标[{n}].{field}" for n in places for field in SCORES}
    expected |= {f"指标分组.第{n}组" for n in places} | {"总分.分值", "总分.得分"}
    assert numbers_found_unreadable(bad) == expected
    assert "PE401" in {finding["rule"] for finding in good["findings"]}
    assert (run.status, run.err) == (1, "")


def test_odd_but_readable_numbers_are_no_finding(command: Any, tmp_path: Path) -> None:
    rates = "".join(f"- {{执行率: {json.dumps(rate)}}}\n" for rate in RATES)
    (tmp_path / "数.yaml").write_text(of_numbers(READABLE) + f"---\n{HEAD}项目资金:\n{rates}", "utf-8")
    run = command("数.yaml", "--format", "json")
    assert [numbers_found_unreadable(form) for form in run.forms] == [set(), set()]
    assert (run.status, run.err) == (1, "")


def test_amounts_of_twelve_digits_overflow_nothing(command: Any, tmp_path: Path) -> None:
    """The largest amounts that can be written are judged like any other."""
    largest, finest = "9" * 12, "9" * 12 + ".999999"
    pairs = [(largest, largest, "100%"), (finest, finest, "100%"), (finest, "0.000001", "0%"), (largest, "1", "0.00%")]
    head = (
        f"{HEAD}表式: 项目支出绩效自评表\n年度: 2021\n项目名称: 培训\n主管部门: 甲局\n实施单位: 甲中心\n"
        "年度总体目标: {预期目标: 培训200人次, 实际完成情况: 培训了200人次}\n"
        "绩效指标:\n- {一级指标: 产出指标, 二级指标: 数量指标, 三级指标: 培训人次, 年度指标值: 200人次, "
        "实际完成值: 200人次, 分值: 90, 得分: 90}\n总分: {分值: 100, 得分: 100}\n项目资金:\n"
    )
    documents = []
    for budget, spent, rate in pairs:
        money = f"年初预算数: {budget}, 全年预算数: {budget}, 全年执行数: {spent}, 执行率: {rate}"
        documents.append(
            f"{head}- {{资金来源: 年度资金总额, {money}, 分值: 10, 得分: 10}}\n"
            f"- {{资金来源: 当年财政拨款, {money}}}\n- {{资金来源: 其他资金, {money}}}\n"
        )
    (tmp_path / "大数.yaml").write_text("---\n".join(documents), "utf-8")
    run = command("大数.yaml", "--format", "json")
    assert run.status in (0, 1)
    assert [form["not_evaluated"] for form in run.forms] == [[]] * len(pairs)
    assert "PE102" in {found["rule"] for found in run.forms[0]["findings"]}  # the two sources make twice the total


def test_weights_and_scores_of_twelve_digits_crash_nothing(command: Any, tmp_path: Path) -> None:
    """Thirty rows of them, so that their sums have more digits than any of them."""
    (tmp_path / "大数.yaml").write_text(of_numbers(["9" * 12] * 30), "utf-8")
    run = command("大数.yaml", "--format", "json")
    assert run.status == 1
    assert numbers_found_unreadable(run.forms[0]) == set()
    assert {"PE301", "PE302"}.isdisjoint(item["rule"] for item in run.forms[0]["not_evaluated"])


# --- text that steers a terminal ---

MARKUP = "[red]x[/red] [/] :smile: [link=https://example.invalid]y[/link]"


def test_markup_is_printed_as_written(command: Any, tmp_path: Path) -> None:
    content = f'{HEAD}项目名称: "{MARKUP}"\n[键]: 1\n豁免: [{{规则: "[bold]", 理由: "[/]"}}]\n'
    (tmp_path / "甲.yaml").write_text(content.replace("[键]", '"[/键]"'), "utf-8")
    run = command("甲.yaml", "--select", "PE003,PE012", env={"COLUMNS": "200"})
    assert run.status == 0
    assert MARKUP in run.out
    assert "“[/键]”不是顶层的键" in run.out
    assert "对 [bold] 的豁免没有起作用" in run.out


def test_marks_of_direction_and_unseen_characters_are_escaped(command: Any, tmp_path: Path) -> None:
    """One document for each; the JSON report keeps the text as it is."""
    names = [f"甲{mark}乙" for mark in "\u202e\u2066\u200f\u200b\u2028\xad"]
    quoted = [json.dumps(name) for name in names]
    parts = [f"{HEAD}项目名称: {q}\n{q}: 1\n绩效指标: [{{三级指标: {q}, 分值: {q}}}]\n" for q in quoted]
    (tmp_path / "甲.yaml").write_text("---\n".join(parts), "utf-8")
    text = command("甲.yaml").out
    assert [name for name in names if name in text] == []
    assert [name for name in names if text.count(f"甲\\u{ord(name[1]):04x}乙") < 4] == []
    report = command("甲.yaml", "--format", "json")
    assert [form["项目名称"] for form in report.forms] == names


def test_the_name_of_a_file_cannot_steer_the_terminal(command: Any, tmp_path: Path) -> None:
    name = "甲\x1b[31m\u202e.yaml"
    (tmp_path / name).write_text(HEAD, "utf-8")
    run = command(name, f"{name}.缺", "--select", "PE001")
    assert run.status == 2
    assert "\x1b" not in run.out
    assert "没有检查 甲\\u001b[31m\\u202e.yaml.缺" in run.out
    assert command(f"--profile={name}", name).err.startswith("没有规则集“甲\\u001b[31m\\u202e.yaml”")
