"""A form on a page: the text of its cells, the marks of findings, the lists beside the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from perfeval_lint.form.definition import FUNDS, GOAL, INDICATORS, MANAGEMENT, ROOT, TOTAL, Shape
from perfeval_lint.form.model import Form, to_plain
from perfeval_lint.render.blank import KINDS, blank_form
from perfeval_lint.render.official import DEPARTMENT_TITLE, TRANSFER_TITLE
from perfeval_lint.report.html.form import form_style
from perfeval_lint.report.html.table import path_words, plan_of
from perfeval_lint.report.lines import outcome_line, score_line
from perfeval_lint.report.model import FileReport, FormReport
from tests.report.pages import check_findings, check_links

Judged = Callable[..., FileReport]
Drawn = Callable[..., Any]

ROW = {"一级指标": "产出指标", "二级指标": "数量", "三级指标": "培训", "年度指标值": "3期", "实际完成值": "2期"}


def values(form: Form) -> dict[str, str]:
    """Every value the page has a cell for, by its path."""
    found = {}
    for section in (ROOT, FUNDS, GOAL, INDICATORS, TOTAL, MANAGEMENT):
        for number, record in enumerate(form.rows(section)):
            owner = f"{section.key}[{number}]." if section.shape is Shape.ROWS else f"{section.key}.".lstrip(".")
            found |= {f"{owner}{name}": text for name in record.values if (text := record.text(name))}
    return found


@pytest.mark.parametrize("editable", [False, True], ids=["shown", "edited"])
def test_every_finding_is_in_the_list_and_in_its_cell(example: FormReport, drawn: Drawn, editable: bool) -> None:
    fragment = drawn(example, editable=editable)
    assert len(example.open_findings) > 4
    check_links(fragment.html)
    check_findings(fragment)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("editable", [False, True], ids=["shown", "edited"])
def test_empty_forms_of_every_kind(kind: str, editable: bool, judged: Judged, drawn: Drawn) -> None:
    (report,) = judged(to_plain(blank_form(kind, 2024))).forms
    fragment = drawn(report, editable=editable)
    check_links(fragment.html)
    check_findings(fragment)
    assert len(fragment.tree.css(".value")) > 50 if editable else not fragment.tree.css(".value")


def test_every_value_stands_in_the_cell_of_its_path(example: FormReport, drawn: Drawn) -> None:
    fragment = drawn(example)
    cells = {node.attributes["data-path"]: node.text() for node in fragment.tree.css(".sheet [data-path]")}
    for path, text in values(example.form).items():
        if path != "格式" and not path.endswith(("一级指标", "二级指标")):
            assert text in cells[path]


def test_findings_point_to_the_very_cell(flawed: FormReport, drawn: Drawn) -> None:
    fragment = drawn(flawed)
    assert fragment.home("PE101").attributes["data-path"] == "项目资金[0].全年执行数"
    assert fragment.home("PE305").attributes["data-path"] == "绩效指标[0].得分"
    assert fragment.home("PE402").attributes["data-path"] == "绩效指标[3].偏差原因"
    section = fragment.home("PE201")
    assert section.text().startswith("绩效指标")
    assert section.attributes["rowspan"] == "7"
    assert "error" in section.attributes["class"].split()
    assert [mark.text() for mark in section.css("a.mark")] == ["2"]


def test_a_cell_looks_as_its_gravest_finding(flawed: FormReport, drawn: Drawn) -> None:
    fragment = drawn(flawed)
    looks = {
        path: set((fragment.cell(path).attributes.get("class") or "").split())
        for path in ("绩效指标[1].得分", "绩效指标[0].得分", "绩效指标[3].偏差原因", "项目名称")
    }
    levels = {"error", "warning", "info"}
    assert [look & levels for look in looks.values()] == [set(), {"error"}, {"warning"}, set()]


def test_what_goes_away_with_a_finding_has_its_number_in_its_cell(flawed: FormReport, drawn: Drawn) -> None:
    fragment = drawn(flawed)
    (mark,) = fragment.cell("绩效指标[1].得分").css("a.mark")
    assert (mark.attributes["class"], mark.attributes["aria-label"], mark.text()) == ("mark follows", "连带 4", "4")
    (mark,) = fragment.cell("绩效指标[1].偏差原因").css("a.mark")
    assert (mark.attributes["class"], mark.attributes["aria-label"]) == ("mark error", "错误 4")
    under = [" ".join(line.text().split()) for line in fragment.by_id("a-f4").css(".follows li")]
    assert under == [
        "PE403 目标 100%，实际 98%，完成 98%，未填写偏差原因",
        "PE307 得分：目标 100%，实际 98%，完成 98%，按比例应得 19.6 分，实得 19 分，没有说明原因",
    ]


def test_further_places_are_listed_and_have_the_number_of_the_first(judged: Judged, drawn: Drawn) -> None:
    copied = {"年度指标值": "完成全部八个乡镇的培训任务", "实际完成值": "完成全部八个乡镇的培训任务"}
    other = dict.fromkeys(copied, "完成全部九个社区的宣传工作")
    rows = [ROW | copied | {"三级指标": "甲"}, ROW | other | {"三级指标": "乙"}, ROW | copied | {"三级指标": "丙"}]
    waivers = [{"规则": "PE507", "指标": "戊", "理由": "已核"}]
    (report,) = judged({"绩效指标": [*rows, rows[0] | {"三级指标": "戊"}], "豁免": waivers}).forms
    fragment = drawn(report, places=False)
    check_findings(fragment)
    cells = [fragment.cell(f"绩效指标[{row}].实际完成值") for row in range(4)]
    (number, *_), *others, waived = [{mark.text() for mark in cell.css("a.warning")} for cell in cells]
    assert all(number in marks for marks in others)
    assert not waived & {number}
    lines = [line.text() for line in fragment.by_id(f"a-f{number}").css(".places li")]
    assert lines == ["第3项“丙”·实际完成值", "第2项“乙”·实际完成值：“完成全部九个社区的宣传工作”"]


def test_a_merged_cell_has_the_number_of_its_places_once(judged: Judged, drawn: Drawn) -> None:
    rows = [ROW | {"一级指标": "产出", "三级指标": name} for name in "甲乙丙"]
    rows += [ROW | {"一级指标": "效益指标"}] * 4
    (report,) = judged({"绩效指标": rows}).forms
    (finding,) = [one for one in report.open_findings if one.rule.id == "PE007" and one.places]
    fragment = drawn(report)
    check_findings(fragment)
    number = 1 + report.open_findings.index(finding)
    marks = [mark for mark in fragment.cell("绩效指标[0].一级指标").css("a.mark") if mark.text() == str(number)]
    assert len(marks) == 1


@pytest.mark.parametrize(
    ("path", "shown_in"),
    [
        ("绩效指标[1].得分", "绩效指标[1].得分"),
        ("绩效指标[1].一级指标", "绩效指标[0].一级指标"),
        ("绩效指标[2].一级指标", "绩效指标[2].一级指标"),
        ("绩效指标[1].没有的栏", "绩效指标[1].三级指标"),
        ("绩效指标[1]", "绩效指标[1].三级指标"),
        ("项目资金[0].不认识", "项目资金[0].资金来源"),
        ("指标分组.产出指标", "绩效指标[0].一级指标"),
        ("总分.得分", "总分.得分"),
        ("年度", "年度"),
        ("表式", "表式"),
        ("格式", "表式"),
        ("豁免[0].规则", "表式"),
        ("项目名", "表式"),
        ("", "表式"),
        ("a]", "表式"),
        ("[0]", "表式"),
        ("a.b[1].c", "表式"),
        ("]\n[3]", "表式"),
    ],
)
def test_no_finding_is_without_a_cell(path: str, shown_in: str, judged: Judged, drawn: Drawn) -> None:
    rows = [ROW, ROW | {"三级指标": "考核"}, ROW | {"一级指标": "效益指标"}]
    (report,) = judged({"项目资金": [{"资金来源": "合计"}], "绩效指标": rows, "指标分组": {"产出指标": "50"}}).forms
    home = plan_of(report.form, "a").home(path)
    assert drawn(report).by_id(home).attributes["data-path"] == shown_in


@pytest.mark.parametrize("path", ["绩效指标", "项目资金", "年度总体目标", "总分", "指标分组"])
def test_a_section_is_its_label(path: str, judged: Judged, drawn: Drawn) -> None:
    (report,) = judged({"绩效指标": [ROW], "指标分组": {"别的": "5"}}).forms
    label = drawn(report).by_id(plan_of(report.form, "a").home(path))
    assert label.tag == "th"
    assert "data-path" not in label.attributes


def test_what_has_no_cell_is_marked_at_the_title(judged: Judged, drawn: Drawn) -> None:
    waivers = [{"规则": "PE999", "理由": "无"}, {"规则": "PE401"}]
    (report,) = judged({"项目名": "多写的键", "绩效指标": [ROW], "豁免": waivers}).forms
    fragment = drawn(report)
    check_findings(fragment)
    title = fragment.cell("表式")
    assert title.attributes["class"].split()[0] == "title"
    homeless = [f.place.path for f in report.open_findings if f.place.path.startswith(("豁免", "项目名"))]
    homeless = [path for path in homeless if path != "项目名称"]
    assert set(homeless) == {"项目名", "豁免[0].规则", "豁免[1].规则"}
    assert len(title.css("a.mark")) == len(homeless)


def test_merged_levels_tell_how_many_rows_they_stand_for(flawed: FormReport, drawn: Drawn) -> None:
    fragment = drawn(flawed, editable=True)
    level = fragment.cell("绩效指标[0].一级指标")
    assert (level.tag, level.attributes["rowspan"], level.attributes["data-rows"]) == ("th", "3", "3")
    assert "data-rows" not in fragment.cell("绩效指标[0].二级指标").attributes


def test_scores_and_the_rows_that_make_the_difference(flawed: FormReport, drawn: Drawn) -> None:
    fragment = drawn(flawed)
    assert fragment.tree.css_first(".score").text() == score_line(flawed)
    assert outcome_line(flawed) in fragment.tree.css_first(".outcome").text()
    rows = [[cell.text() for cell in row.css("th, td")] for row in fragment.tree.css(".changes tbody tr")]
    assert rows == [
        ["绩效指标 第1项“举办培训班”", "3期", "2期", "20", "13.33", "完成 66.67%，按比例应得 13.33 分"],
    ]
    link = fragment.tree.css_first(".changes a").attributes["href"]
    assert fragment.by_id(link[1:]).attributes["data-path"] == "绩效指标[0].得分"


def test_a_form_without_scores_says_nothing_of_them(judged: Judged, drawn: Drawn) -> None:
    (report,) = judged({"表式": TRANSFER_TITLE, "绩效指标": [ROW]}).forms
    tree = drawn(report).tree
    assert not tree.css(".score, .changes")


def test_counts_are_told_in_words(flawed: FormReport, drawn: Drawn) -> None:
    assert [item.text() for item in drawn(flawed).tree.css(".counts li")] == ["错误 4", "警告 1", "提示 0"]


def test_a_form_with_nothing_to_remark_says_so(judged: Judged, drawn: Drawn, flawed: FormReport) -> None:
    rules = {one.rule.id for finding in flawed.open_findings for one in finding.each()}
    waivers = [{"规则": rule, "理由": "已核"} for rule in sorted(rules)]
    (report,) = judged(to_plain(flawed.form) | {"豁免": waivers}).forms
    fragment = drawn(report)
    assert fragment.tree.css_first(".found").text().split() == ["问题", "0", "处", "没有发现问题。"]
    assert not fragment.tree.css(".mark, .sheet .error")
    (waived,) = [part for part in fragment.tree.css(".rest") if part.css_first("h3").text() == "豁免"]
    assert len(waived.css("li")) == 9
    assert "（理由：已核）" in waived.css_first("li").text()
    assert len(waived.css("li a")) == 9


def test_doubts_and_what_was_not_judged(judged: Judged, drawn: Drawn) -> None:
    doubts = [{"位置": "绩效指标[0].得分", "原因": "看不清"}, {"位置": "第3页", "原因": "没有认出"}]
    (report,) = judged({"绩效指标": [ROW | {"分值": "十", "得分": "9"}], "存疑": doubts}).forms
    fragment = drawn(report)
    check_links(fragment.html)
    parts = {part.css_first("h3").text(): part for part in fragment.tree.css(".rest")}
    assert [item.text() for item in parts["识别存疑"].css("li")] == ["绩效指标 第1行 得分：看不清", "第3页：没有认出"]
    assert len(parts["识别存疑"].css("a")) == 1
    assert parts["未能判断"].css("li")


def test_places_in_the_file_can_be_left_out(flawed: FormReport, drawn: Drawn) -> None:
    assert "原文件 第14行" in drawn(flawed).tree.css_first("#a-f4").text()
    assert "原文件" not in drawn(flawed, places=False).tree.body.text()


def test_keys_keep_forms_apart(judged: Judged, drawn: Drawn) -> None:
    forms = judged({"项目名称": "甲", "绩效指标": [ROW]}, {"部门": "乙局", "表式": DEPARTMENT_TITLE}).forms
    page = "".join(drawn(form, key=f"f{number}").html for number, form in enumerate(forms))
    check_links(page)


def test_only_values_can_be_edited(example: FormReport, drawn: Drawn) -> None:
    fragment = drawn(example, editable=True)
    fields = fragment.tree.css("[contenteditable]")
    shown = {field.attributes["data-path"]: field.text() for field in fields}
    for path, text in values(example.form).items():
        if path != "格式" and not path.endswith(("一级指标", "二级指标")):
            assert shown[path] == text
    for field in fields:
        assert field.attributes["contenteditable"] == "plaintext-only"
        assert field.attributes["role"] == "textbox"
        assert field.attributes["aria-label"] == path_words(field.attributes["data-path"])
        assert field.attributes["spellcheck"] == "false"
    for cell in fragment.tree.css(".sheet td[data-path], .sheet th[data-path]"):
        assert cell.css_first(".value").attributes["data-path"] == cell.attributes["data-path"]
    assert not fragment.tree.css(".sheet td:not([data-path]) .value, .sheet th:not([data-path]) .value")


def test_words_around_a_value_are_not_part_of_it(judged: Judged, drawn: Drawn) -> None:
    funds = [{"资金来源": "年度资金总额", "分值": "10", "得分": "9"}, {"资金来源": "财政拨款"}]
    (report,) = judged({"项目资金": funds, "绩效指标": [ROW], "指标分组": {"产出指标": "50"}}).forms
    fragment = drawn(report, editable=True)
    source, weight = fragment.cell("项目资金[1].资金来源"), fragment.cell("项目资金[1].分值")
    assert [part.text() for part in source.css("span")] == ["其中：", "财政拨款"]
    assert [(part.attributes["class"], part.text()) for part in weight.css("span")] == [
        ("value", ""),
        ("words blank", "—"),
    ]
    level = fragment.cell("绩效指标[0].一级指标")
    assert [part.text() for part in level.css(".value")] == ["产出指标", "50"]
    assert [part.attributes["data-path"] for part in level.css(".value")] == [
        "绩效指标[0].一级指标",
        "指标分组.产出指标",
    ]


def test_what_is_printed_for_a_blank_is_not_its_value(judged: Judged, drawn: Drawn) -> None:
    (report,) = judged({"绩效指标": [ROW]}).forms
    for path, words in (("表式", "项目支出绩效自评表"), ("年度", "（　　　　年度）")):
        cell = drawn(report, editable=True).cell(path)
        assert cell.css_first(".value").text() == ""
        assert "".join(part.text() for part in cell.css(".words")) == words
        assert drawn(report).cell(path).text().startswith(words)


def test_running_text_takes_several_lines(flawed: FormReport, drawn: Drawn) -> None:
    fragment = drawn(flawed, editable=True)
    goal = fragment.cell("年度总体目标.预期目标").css_first(".value")
    assert goal.attributes["aria-multiline"] == "true"
    assert "aria-multiline" not in fragment.cell("绩效指标[0].得分").css_first(".value").attributes


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("绩效指标[3].得分", "绩效指标 第4行 得分"),
        ("总分.得分", "总分 得分"),
        ("项目名称", "项目名称"),
        ("指标分组.a.b[0]", "指标分组 a.b[0]"),
    ],
)
def test_paths_in_words(path: str, words: str) -> None:
    assert path_words(path) == words


def test_the_style_is_one_sheet_that_fetches_nothing() -> None:
    style = form_style()
    assert style.count("{") == style.count("}")
    assert "url(" not in style
    assert "@import" not in style
    assert "<" not in style
