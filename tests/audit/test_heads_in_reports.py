"""What hangs under another finding is in every report, after its head, and is counted with it, not beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from selectolax.lexbor import LexborHTMLParser

from perfeval_lint.audit.reports import csv_report, facts, json_report, letters, page, workbook
from perfeval_lint.audit.reports.model import Limits, Options

HEAD = "PE305 绩效指标[1].得分"
FIRST = "PE516 绩效指标[3].实际完成值"


def _finding(make: Any, rule: str, row: int, cell: str, level: str, **more: Any) -> Any:
    words = f"绩效指标 第{row + 1}项“指标{row}”·{cell}"
    place = {"row": row, "field": cell, "path": f"绩效指标[{row}].{cell}", "words": words, "place": f"{row + 20}:9"}
    return make(rule=rule, level=level, **place, **({"message": f"{rule} 不对"} | more))


@pytest.fixture
def made(form: Any, finding: Any) -> Any:
    """A form with a head of two followers, a finding that repeats, one by itself and one that is waived."""
    found = (
        _finding(finding, "PE001", 0, "年度指标值", "info"),
        _finding(finding, "PE401", 1, "偏差原因", "warning", head=HEAD),
        _finding(finding, "PE305", 1, "得分", "error"),
        _finding(finding, "PE307", 1, "三级指标", "info", head=HEAD),
        _finding(finding, "PE501", 2, "实际完成值", "error", waived="撤销"),
        _finding(finding, "PE516", 5, "实际完成值", "warning", head=FIRST, message="PE516 也不对"),
        _finding(finding, "PE516", 4, "实际完成值", "warning", head=FIRST),
        _finding(finding, "PE516", 3, "实际完成值", "warning"),
    )
    outcomes = {one.rule: (1, sum(other.rule == one.rule for other in found), 0, 0) for one in found}
    return form(findings=found, outcomes=outcomes)


ORDER = [
    ("PE001", None),
    ("PE305", None),
    ("PE307", "PE305 绩效指标 第2项“指标1”·得分"),
    ("PE401", "PE305 绩效指标 第2项“指标1”·得分"),
    ("PE501", None),
    ("PE516", None),
    ("PE516", "PE516 绩效指标 第4项“指标3”·实际完成值"),
    ("PE516", "PE516 绩效指标 第4项“指标3”·实际完成值"),
]


@pytest.fixture
def database(store: Any, made: Any) -> Any:
    opened = store([made])
    facts.prepare(opened)
    return opened


def test_heads_are_counted(database: Any) -> None:
    (form,) = facts.forms(database)
    assert (form.errors, form.warnings, form.infos, form.waived) == (1, 1, 1, 1)
    total = facts.everything(database)
    assert (total.errors, total.warnings, total.infos, total.waived) == (1, 1, 1, 1)
    assert {rule.rule: (rule.findings, rule.waived) for rule in facts.rules(database)} == {
        "PE001": (1, 0),
        "PE305": (1, 0),
        "PE307": (1, 0),
        "PE401": (1, 0),
        "PE501": (0, 1),
        "PE516": (3, 0),
    }
    assert all(rule.findings + rule.waived == rule.failed for rule in facts.rules(database))


def test_the_csv_has_every_row_after_its_head(database: Any, tmp_path: Path, read_csv: Any) -> None:
    rows = read_csv(csv_report.write(database, tmp_path, Options()).files[0])
    assert [(row["规则"], row["主问题"] or None) for row in rows] == ORDER
    assert list(rows[0])[-2:] == ["主问题", "豁免理由"]


def test_the_workbook_lists_every_row_and_adds_up(database: Any, tmp_path: Path) -> None:
    written = workbook.write(database, tmp_path, Options(origin=tmp_path))
    assert not written.remarks
    book = openpyxl.load_workbook(written.files[0])
    head, *rows = [[cell.value for cell in row] for row in book["问题清单"].iter_rows()]
    listed = [(row[head.index("规则")], row[head.index("主问题")]) for row in rows]
    assert listed == [one for one in ORDER if one[0] != "PE501"]
    head, *_, total = [[cell.value for cell in row] for row in book["规则统计"].iter_rows()]
    assert (total[head.index("问题")], total[head.index("豁免")]) == (7, 1)


def test_the_json_has_the_rest_in_its_head(database: Any, tmp_path: Path) -> None:
    report = json.loads(json_report.write(database, tmp_path, Options()).files[0].read_text("utf-8"))
    (form,) = report["files"][0]["forms"]
    beneath = [
        (head["rule"], [one["path"] for one in head["places"]], [one["rule"] for one in head["follows"]])
        for head in form["findings"]
    ]
    assert beneath == [
        ("PE001", [], []),
        ("PE305", [], ["PE307", "PE401"]),
        ("PE501", [], []),
        ("PE516", ["绩效指标[4].实际完成值", "绩效指标[5].实际完成值"], []),
    ]
    assert form["findings"][3]["places"][1]["message"] == "PE516 也不对"
    assert form["findings"][2]["waived"] == "撤销"
    assert form["counts"] == {"error": 1, "warning": 1, "info": 1, "waived": 1}
    assert report["summary"]["error"] == 1


def test_the_page_lists_heads_and_the_rest_beneath(database: Any, tmp_path: Path) -> None:
    options = Options(origin=tmp_path, limits=Limits(page_findings=3))
    tree = LexborHTMLParser(page.write(database, tmp_path, options).files[0].read_text("utf-8"))
    items = tree.css("ol.findings > li")
    assert [item.css_first("p").text().split("　")[0] for item in items] == ["提示 PE001", "错误 PE305", "警告 PE516"]
    beneath = [[line.text() for line in item.css("ul.under > li")] for item in items]
    assert beneath == [
        [],
        [
            "提示 PE307　三级指标　21:9　PE307 不对",
            "警告 PE401　偏差原因　21:9　PE401 不对",
        ],
        [
            "第5项“指标4”　24:9",
            "第6项“指标5”　25:9　PE516 也不对",
        ],
    ]
    assert "还有" not in tree.css_first("#逐级查看").text()


def test_a_letter_has_an_item_a_head(database: Any, tmp_path: Path) -> None:
    (path,) = letters.write(database, tmp_path, Options()).files
    document = docx.Document(str(path))
    assert "共2条：错误1条，警告1条" in "\n".join(paragraph.text for paragraph in document.paragraphs)
    said = [row.cells[4].text for row in document.tables[0].rows[1:]]
    assert said == [
        "PE305　PE305 不对\n由此带出：（三级指标）PE307 不对；（偏差原因）PE401 不对",
        "PE516　PE516 不对\n另有 2 处：第5项“指标4”、第6项“指标5”",
    ]


def test_a_letter_takes_what_is_under_the_heads_it_lists(database: Any, tmp_path: Path) -> None:
    (path,) = letters.write(database, tmp_path, Options(limits=Limits(letter_findings=1))).files
    document = docx.Document(str(path))
    assert [row.cells[4].text.partition("　")[0] for row in document.tables[0].rows[1:]] == ["PE305"]
    assert "另有1条因篇幅没有列入清单" in "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_heads_of_one_rule_in_one_row_keep_what_is_theirs(
    store: Any, form: Any, finding: Any, tmp_path: Path, read_csv: Any
) -> None:
    fields = ("项目名称", "年度", "主管部门")
    place = {"part": "基本信息", "row": 0}
    found = [finding(rule="PE001", path=name, words=name, message=name, **place) for name in fields]
    found += [finding(rule="PE107", words=name, message=name, head=f"PE001 {name}") for name in fields]
    opened = store([form(findings=tuple(found)), form(file="乙.docx", findings=tuple(found))])
    facts.prepare(opened)
    rows = read_csv(csv_report.write(opened, tmp_path, Options()).files[0])
    assert len(rows) == 12
    for head, follower in zip(rows[::2], rows[1::2], strict=True):
        assert (head["规则"], head["主问题"]) == ("PE001", "")
        assert follower["主问题"] == f"PE001 {head['所指']}"
        assert follower["文件"] == head["文件"]


def test_of_an_audit_of_before_every_finding_is_a_head(store: Any, made: Any) -> None:
    opened = store([made])
    opened.execute("UPDATE 问题 SET 主问题 = NULL")
    facts.prepare(opened)
    assert facts.everything(opened).warnings == 4
