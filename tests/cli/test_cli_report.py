"""The two reports: the frozen shape of the JSON, sums that add up, lines that fit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

EXAMPLES = Path(__file__).parents[2] / "examples"

# The shape of perfeval.report/1, frozen: a key more or less is another format.
REPORT = {"format", "tool", "files", "summary"}
TOOL = {"version", "rules"}
FILE = {"file", "errors", "forms"}
ERROR = {"code", "message"}  # and location, where there is one
FORM = {"index", "表式", "年度", "项目名称", "profile", "self_score", "review_score", "outcomes"}
FORM |= {"not_evaluated", "findings", "self_grade", "review_grade", "review_bound", "reviewable", "review_rows"}
REVIEW_ROW = {"path", "given", "due", "bound", "reason"}
OUTCOMES = {"pass", "fail", "not_applicable", "not_evaluated"}
NOT_EVALUATED = {"rule", "path", "missing"}
WHY = {"cause", "at", "value", "message", "help", "location"}  # where a single cell is to blame
FOLLOWER = {"rule", "name", "severity", "path", "message", "help", "values", "location"}
PLACE = {"path", "message", "help", "values", "location", "waived"}
FINDING = FOLLOWER | {"waived", "places", "follows"}
LOCATION = {"line", "column"}
SUMMARY = {"files", "forms", "unreadable", "error", "warning", "info", "waived"}

# Something of everything: findings of all severities, a waiver, checks that cannot be judged, a broken document.
MIXED = """\
格式: perfeval/1
表式: 项目支出绩效自评表
年度: 二〇二一
项目名称: 技能培训
项目名: 多写的键
项目资金: [{资金来源: 年度资金总额, 全年执行数: 10}]
绩效指标:
- {一级指标: 产出指标, 二级指标: 数量, 三级指标: 培训人次, 分值: 3, 得分: 2.70}
- {一级指标: 产出指标, 二级指标: 数量, 三级指标: 培训场次, 分值: 3, 得分: 2.70}
总分: {得分: 99.060}
豁免: [{规则: PE401, 指标: 培训人次, 理由: 疫情停训}]
---
- 不是表
"""


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.yaml"
    path.write_text(MIXED, "utf-8")
    return path


def test_the_json_report_has_its_frozen_shape(command: Any, mixed: Path) -> None:
    report = command("mixed.yaml", "缺.yaml", "--format", "json").report
    assert report["format"] == "perfeval.report/1"
    assert set(report) == REPORT
    assert set(report["tool"]) == TOOL
    assert set(report["summary"]) == SUMMARY
    assert [set(file) for file in report["files"]] == [FILE, FILE]
    found, missing = report["files"]
    assert [set(error) for error in found["errors"]] == [ERROR | {"location"}]
    assert [set(error) for error in missing["errors"]] == [ERROR]
    assert set(found["errors"][0]["location"]) == LOCATION
    (form,) = found["forms"]
    assert set(form) == FORM
    assert set(form["outcomes"]) == OUTCOMES
    assert form["findings"] != []
    assert form["not_evaluated"] != []
    for finding in form["findings"]:
        assert set(finding) == FINDING
        assert set(finding["location"]) == LOCATION
    for item in form["not_evaluated"]:
        assert set(item) in (NOT_EVALUATED, NOT_EVALUATED | WHY)
    assert any("cause" in item for item in form["not_evaluated"])


def test_the_json_report_says_what_is_on_the_form(command: Any, mixed: Path) -> None:
    run = command("mixed.yaml", "--format", "json", "--select", "PE401")
    (form,) = run.forms
    head = {name: form[name] for name in ("index", "表式", "年度", "项目名称", "profile", "self_score")}
    assert head == {
        "index": 0,
        "表式": "项目支出绩效自评表",
        "年度": "二〇二一",
        "项目名称": "技能培训",
        "profile": "通用",
        "self_score": "99.060",
    }
    waived, open_ = form["findings"]
    assert (waived["waived"], open_["waived"]) == ("疫情停训", None)
    assert open_["rule"] == "PE401"
    assert open_["name"] == "unexplained-deduction"
    assert open_["severity"] == "error"
    assert open_["path"] == "绩效指标[1].偏差原因"
    assert open_["values"] == {"得分": "2.70", "分值": "3"}
    assert "2.70" in open_["message"]
    assert open_["location"] == {"line": 9, "column": 3}


def test_what_could_not_be_judged_names_what_is_missing(command: Any, mixed: Path) -> None:
    run = command("mixed.yaml", "--format", "json", "--select", "PE101,PE004")
    year, funds = run.forms[0]["not_evaluated"]
    assert [year[name] for name in ("rule", "path", "missing")] == ["PE004", "年度", ["年度"]]
    assert [year[name] for name in ("at", "value", "message")] == ["年度", "二〇二一", "“二〇二一”不是年份"]
    assert year["location"] == {"line": 3, "column": 5}
    assert [funds[name] for name in ("rule", "path")] == ["PE101", "项目资金[0].全年执行数"]
    assert funds["missing"] == ["项目资金.全年预算数"]
    assert [funds[name] for name in ("at", "value", "message")] == ["项目资金[0].全年预算数", None, "没有填写"]
    text = command("mixed.yaml", "--select", "PE101,PE004").out
    assert "未能判断 2" in text
    assert "未能判断　项目资金 第1项" in text
    assert "“二〇二一”不是年份" in text


def test_outcomes_and_totals_add_up(command: Any, mixed: Path) -> None:
    run = command("mixed.yaml", EXAMPLES, "--format", "json")
    examples = len(list(EXAMPLES.iterdir()))
    assert len(run.forms) == 1 + examples
    for form in run.forms:
        gathered = [len(finding["places"]) + len(finding["follows"]) for finding in form["findings"]]
        assert form["outcomes"]["fail"] == len(form["findings"]) + sum(gathered)
        assert form["outcomes"]["not_evaluated"] == len(form["not_evaluated"])
        assert all(number >= 0 for number in form["outcomes"].values())
    summary = run.report["summary"]
    open_findings = [finding for finding in run.findings if finding["waived"] is None]
    assert (summary["files"], summary["forms"], summary["unreadable"]) == (1 + examples, 1 + examples, 1)
    for severity in ("error", "warning", "info"):
        assert summary[severity] == sum(finding["severity"] == severity for finding in open_findings)
    assert summary["waived"] == len(run.findings) - len(open_findings) == 1


def test_every_rule_is_in_the_sums_of_every_form(command: Any, flawed: Path) -> None:
    """A field rule on one row gives one outcome; choosing more rules only adds to the sum."""
    sums = []
    for rules in ("PE401", "PE003", "PE401,PE003"):
        outcomes = command("flawed.yaml", "--format", "json", "--select", rules).forms[0]["outcomes"]
        sums.append(sum(outcomes.values()))
    assert sums == [1, 1, 2]


def test_both_reports_tell_the_same(command: Any, mixed: Path) -> None:
    text = command("mixed.yaml").out
    run = command("mixed.yaml", "--format", "json")
    outcomes = run.forms[0]["outcomes"]
    counted = re.search(
        r"检查 (\d+) 处：通过 (\d+)，不通过 (\d+)（其中豁免 1，其余归为 (\d+) 处问题），不适用 (\d+)，"
        r"未能判断 (\d+)",
        text.replace("\n", ""),
    )
    assert counted is not None
    total, *parts = map(int, counted.groups())
    assert parts.pop(2) == sum(finding["waived"] is None for finding in run.findings)
    assert parts == list(outcomes.values())
    assert total == sum(parts)
    summary = run.report["summary"]
    assert f"错误 {summary['error']}，警告 {summary['warning']}，提示 {summary['info']}，豁免 1；" in text
    assert "得分　自评 99.060" in text


# A form with scores and a total, without either, with scores and no total, and with a total and no scores.
SCORED = """\
格式: perfeval/1
项目资金: [{资金来源: 年度资金总额, 全年预算数: 100, 全年执行数: 90, 分值: 10, 得分: 10}]
绩效指标:
- {三级指标: 会议, 年度指标值: 4次, 实际完成值: 4次, 分值: 60, 得分: 60}
- {三级指标: 培训, 年度指标值: ≥200人次, 实际完成值: 150人次, 分值: 20, 得分: 20.00}
- {三级指标: 机制, 年度指标值: 建立机制, 实际完成值: 机制已经建立并运行, 分值: 10, 得分: 9}
"""
UNSCORED = "格式: perfeval/1\n绩效指标: [{三级指标: 会议, 年度指标值: 4次, 实际完成值: 3次}]\n"
CHANGES = [
    "项目资金 第1项“年度资金总额”：自评 10，应得 9；按金额应得 9 分",
    "绩效指标 第2项“培训”：自评 20，应得 15；完成 75%，按比例应得 15 分（目标 ≥200人次，实际 150人次）",
]
LATE = "- {三级指标: 验收, 年度指标值: 2022年9月底前, 实际完成值: 2022年11月, 分值: 10, 得分: 10}\n"


def squeezed(text: str) -> str:
    """A text as it reads, wherever its lines break."""
    return "".join(text.split())


@pytest.mark.parametrize(
    ("form", "self_score", "review_score", "line", "changes"),
    [
        (
            SCORED + "总分: {分值: 100, 得分: 99.00, 等级: 优}\n",
            "99.00",
            "93.00",
            "得分　自评 99.00，等级 优 → 复核 93.00，等级 优（可复核 90/100 分）",
            CHANGES,
        ),
        (SCORED, None, "93.00", "得分　自评 （没有总分） → 复核 93.00（可复核 90/100 分）", CHANGES),
        (UNSCORED, None, None, None, []),
        (UNSCORED + "总分: {得分: 99.0}\n", "99.0", None, "得分　自评 99.0", []),
    ],
    ids=["scores and total", "no total", "no scores", "a total of nothing"],
)
def test_the_review_stands_beside_the_total(
    command: Any,
    tmp_path: Path,
    form: str,
    self_score: str | None,
    review_score: str | None,
    line: str | None,
    changes: list[str],
) -> None:
    (tmp_path / "表.yaml").write_text(form, "utf-8")
    (reported,) = command("表.yaml", "--format", "json").forms
    assert (reported["self_score"], reported["review_score"]) == (self_score, review_score)
    out = command("表.yaml").out
    assert [one for one in out.splitlines() if one.startswith("得分　")] == ([line] if line else [])
    assert squeezed("".join([line or "", *changes])) in squeezed(out)
    quiet = command("表.yaml", "--quiet").out + command("表.yaml", "--statistics").out
    assert "复核" not in quiet


def test_an_upper_bound_is_shown_as_one_with_its_row(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(f"{SCORED}{LATE}总分: {{得分: 109, 等级: 优}}\n", "utf-8")
    (reported,) = command("表.yaml", "--format", "json").forms
    assert (reported["review_score"], reported["review_bound"]) == ("100.00", "at_most")
    assert (reported["self_grade"], reported["review_grade"], reported["reviewable"]) == ("优", "优", "90")
    assert all(set(row) == REVIEW_ROW for row in reported["review_rows"])
    late = {"path": "绩效指标[3].得分", "given": "10", "due": "10", "bound": "at_most"}
    assert late | {"reason": "过了时限，应扣多少算不出"} in reported["review_rows"]
    text = squeezed(command("表.yaml").out)
    assert squeezed("→ 复核 至多 100.00，等级 至多 优（可复核 90/110 分）") in text
    assert squeezed("自评 10，应得 至多 10；过了时限，应扣多少算不出（目标 2022年9月底前，实际 2022年11月）") in text


def test_the_review_does_not_depend_on_the_rules_chosen(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(SCORED, "utf-8")
    for chosen in (["--select", "PE001"], ["--ignore", "PE3"], ["--select", "PE104,PE305"]):
        run = command("表.yaml", "--format", "json", *chosen)
        assert run.forms[0]["review_score"] == "93.00"
    assert command("表.yaml", "--format", "json", "--profile", "广西").forms[0]["review_score"] == "94.00"


def test_the_review_of_every_form_of_a_file(command: Any, tmp_path: Path) -> None:
    text = f"{SCORED}---\n{UNSCORED}---\n{SCORED}总分: {{得分: 99}}\n"
    (tmp_path / "表.yaml").write_text(text, "utf-8")
    scores = [form["review_score"] for form in command("表.yaml", "--format", "json").forms]
    assert scores == ["93.00", None, "93.00"]
    assert command("表.yaml").out.count("→ 复核 93.00") == 2


def test_findings_come_in_the_order_of_the_form(command: Any, mixed: Path) -> None:
    run = command("mixed.yaml", "--format", "json")
    places = [(found["location"]["line"], found["location"]["column"]) for found in run.findings]
    assert places == sorted(places)


def test_files_of_a_folder_come_by_name_and_hidden_folders_not_at_all(command: Any, flawed: Path) -> None:
    for name in ("乙.yml", "甲.JSON", "b/c.yaml", ".git/d.yaml", "说明.log", "~$乙.docx"):
        path = flawed.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text('{"格式": "perfeval/1"}', "utf-8")
    run = command(".", "--format", "json", "--select", "PE401")
    names = [file["file"] for file in run.report["files"]]
    assert names == ["flawed.yaml", "乙.yml", "甲.JSON", str(Path("b/c.yaml"))]


def test_findings_that_say_the_same_are_told_once_in_the_text(command: Any, tmp_path: Path) -> None:
    rows = "".join(f"- {{三级指标: 第{n}项, 分值: 3, 得分: 2}}\n" for n in range(4))
    (tmp_path / "多项.yaml").write_text(f"格式: perfeval/1\n绩效指标:\n{rows}", "utf-8")
    text = command("多项.yaml", "--select", "PE401").out
    assert text.count("PE401 多项.yaml:3:3") == 1
    assert "同样的还有 3 处：第4行、第5行、第6行" in text
    assert "错误 4" in text


# Three rows whose result copies the target (one a short one), and a row without the reason for a deduction.
GATHERED = """\
格式: perfeval/1
绩效指标:
- {三级指标: 甲, 年度指标值: 完成全部八个乡镇的培训任务, 实际完成值: 完成全部八个乡镇的培训任务}
- {三级指标: 乙, 年度指标值: 完成全部九个社区的宣传工作, 实际完成值: 完成全部九个社区的宣传工作}
- {三级指标: 丙, 年度指标值: 完成全部八个乡镇的培训任务, 实际完成值: 完成全部八个乡镇的培训任务}
- {三级指标: 丁, 年度指标值: 4次, 实际完成值: 3次, 分值: 10, 得分: 7.5}
"""
UNDER_EACH = """\
     实际完成值与年度指标值一字不差：“完成全部八个乡镇的培训任务”
     还有 2 处：
     · 第3项“丙”·实际完成值（第5行）
     · 第2项“乙”·实际完成值（第4行）：“完成全部九个社区的宣传工作”
"""


def test_places_and_what_goes_away_with_a_finding_are_told_under_it(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(GATHERED, "utf-8")
    arguments = ("表.yaml", "--select", "PE401,PE403,PE507")
    text, quiet = command(*arguments).out, command(*arguments, "-q").out
    under = "     得分 7.5 低于分值 10，未填写偏差原因\n"
    follower = "     连带：PE403 目标 4次，实际 3次，完成 75%，未填写偏差原因\n"
    for one in (text, quiet):
        assert UNDER_EACH in one
        assert one.index(under) < one.index(follower)
        assert (one.count("PE507"), one.count("PE403")) == (1, 1)
    assert under + follower in quiet
    assert "不通过 5（归为 2 处问题）" in text
    assert "错误 1，警告 1，提示 0" in text


def test_the_json_report_nests_places_and_followers(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(GATHERED, "utf-8")
    copied, unexplained = command("表.yaml", "--select", "PE401,PE403,PE507", "--format", "json").findings
    assert [set(place) for place in copied["places"]] == [PLACE, PLACE]
    assert [place["path"] for place in copied["places"]] == ["绩效指标[1].实际完成值", "绩效指标[2].实际完成值"]
    assert [set(follower) for follower in unexplained["follows"]] == [FOLLOWER]
    assert (unexplained["places"], copied["follows"]) == ([], [])


def test_statistics_count_every_place_and_follower(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(GATHERED, "utf-8")
    out = command("表.yaml", "--select", "PE401,PE403,PE507", "--statistics").out.splitlines()
    assert [line.split()[:3] for line in out[:3]] == [
        ["3", "警告", "PE507"],
        ["1", "错误", "PE401"],
        ["1", "错误", "PE403"],
    ]
    assert out[3:] == [
        "每处都按规则数，共 5 处；重复的、连带的合在一起，归为 2 处问题",
        "共 1 个文件、1 张表：错误 1，警告 1，提示 0",
    ]


def test_of_many_places_the_first_are_told_in_words_and_the_others_by_line(command: Any, tmp_path: Path) -> None:
    row = "- {三级指标: 某项, 年度指标值: 完成全部八个乡镇的培训任务, 实际完成值: 完成全部八个乡镇的培训任务}\n"
    (tmp_path / "表.yaml").write_text(f"格式: perfeval/1\n绩效指标:\n{row * 40}", "utf-8")
    text = command("表.yaml", "--select", "PE507").out.replace("\n     ", "")
    assert "同样的还有 39 处：· 第2项" in text
    assert text.count("“某项”·实际完成值（第") == 5
    assert "· 第9行、第10行、" in text
    assert "第28行 等 34 处" in text
    assert "第29行" not in text


def test_a_waived_place_is_told_among_the_waived(command: Any, tmp_path: Path) -> None:
    (tmp_path / "表.yaml").write_text(GATHERED + "豁免: [{规则: PE507, 指标: 乙, 理由: 已核}]\n", "utf-8")
    text = command("表.yaml", "--select", "PE401,PE403,PE507").out
    assert "豁免　PE507 绩效指标 第2项“乙”·实际完成值" in text
    assert "同样的还有 1 处：" in text
    assert "不通过 5（其中豁免 1，其余归为 2 处问题）" in text


@pytest.mark.parametrize("width", [80, 200])
def test_no_line_is_wider_than_the_terminal(command: Any, tmp_path: Path, width: int) -> None:
    """Long names of files and projects, long words without a break, and Chinese of two cells a character."""
    long = tmp_path / ("很长的文件名" * 12 + ".yaml")
    long.write_text(
        f"格式: perfeval/1\n项目名称: {'很长的项目名称' * 30}\n年度: {'x' * 300}\n"
        f"绩效指标:\n- {{三级指标: {'培训' * 200}, 年度指标值: {'y' * 300}, 分值: {'9' * 300}, 得分: 2}}\n"
        f"豁免: [{{规则: {'PE401' * 40}, 理由: {'理由' * 100}}}]\n{'键' * 120}: 1\n",
        "utf-8",
    )
    arguments = [long, EXAMPLES, "缺" * 80, "--fail-on", "never"]
    env = {"COLUMNS": str(width)}
    outputs = [command(*arguments, env=env).out, command(*arguments, "--statistics", env=env).out]
    outputs += [command("explain", "PE001", env=env).out, command("rules", "list", env=env).out]
    widest = [max(cell_len(line) for line in output.splitlines()) for output in outputs]
    assert [cells for cells in widest if cells > width] == []
    assert widest[0] > width // 2
