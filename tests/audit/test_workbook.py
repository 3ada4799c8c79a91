"""The workbook, opened again: its sheets agree with the store and with each other, and text stays text."""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from perfeval_lint.audit.reports import workbook
from perfeval_lint.audit.reports.facts import prepare
from perfeval_lint.audit.reports.model import Limits, Options, Written


def _written(database: Any, folder: Path, **limits: int) -> tuple[Any, Written]:
    prepare(database)
    written = workbook.write(database, folder, Options(limits=Limits(**limits), origin=folder))
    return openpyxl.load_workbook(written.files[0]), written


def _table(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


@pytest.fixture
def book(store: Any, published: list[Any], tmp_path: Path) -> Any:
    return _written(store(published), tmp_path)[0]


def test_every_finding_is_listed_and_the_sums_agree(book: Any, published: list[Any]) -> None:
    listed = Counter((row["规则"], row["级别"], row["问题"], row["文件"]) for row in _table(book["问题清单"]))
    words = {"error": "错误", "warning": "警告", "info": "提示"}
    expected = Counter(
        (one.rule, words[one.level], one.message, form.file) for form in published for one in form.findings
    )
    assert listed == expected
    total = _table(book["汇总"])[0]
    assert total["主管部门"] == "合计"
    assert total["错误"] + total["警告"] + total["提示"] == sum(len(form.heads) for form in published)
    subtotals = [row for row in _table(book["汇总"]) if row["单位"] == "（小计）"]
    units = [row for row in _table(book["汇总"])[1:] if row["单位"] != "（小计）"]
    for name in ("自评表", "有错误的表", "错误", "警告", "提示", "等级变化", "未能判断"):
        assert total[name] == sum(row[name] for row in subtotals) == sum(row[name] for row in units), name


def test_the_outcomes_of_every_rule_add_up(book: Any) -> None:
    *rows, total = _table(book["规则统计"])
    for row in rows:
        assert row["检查处数"] == row["通过"] + row["不通过"] + row["不适用"] + row["未能判断"]
        assert row["不通过占比"] == pytest.approx(row["不通过"] / (row["通过"] + row["不通过"]))
    for name in ("检查处数", "通过", "不通过", "不适用", "未能判断", "问题"):
        assert total[name] == sum(row[name] for row in rows)


def test_scores_are_ranked_by_their_difference_and_changed_grades_are_marked(
    store: Any, tmp_path: Path, form: Any
) -> None:
    given = (("95.00", "优", "88.50", "良"), ("80.00", "良", "92.00", "优"), ("99.00", "优", "98.00", "优"))
    forms = [
        form(file=f"{number}.docx", score=own, grade=grade, reviewed=reviewed, reviewed_grade=other)
        for number, (own, grade, reviewed, other) in enumerate(given)
    ]
    bare = form(file="无分.docx", score=None, grade=None, reviewed=None, reviewed_grade=None)
    rows = _table(_written(store([bare, *forms]), tmp_path)[0]["得分对比"])
    assert [(row["名次"], row["差"], row["等级变化"]) for row in rows] == [
        (1, 6.5, "优→良（降）"),
        (2, 1, None),
        (3, -12, "良→优（升）"),
        (4, None, None),
    ]


def test_text_is_never_a_formula_a_link_or_markup(store: Any, tmp_path: Path, hostile: list[Any]) -> None:
    book, _ = _written(store(hostile), tmp_path)
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    messages = {unescape(row["问题"]).strip() for row in _table(book["问题清单"])}
    for form in hostile:
        text = form.findings[0].message
        if len(text) < 1000:
            assert text.strip() in messages
    assert any(text.endswith("……（太长，未列全）") and len(text) == 32_767 for text in messages)
    for sheet in book:
        links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        assert all(not link.target or not link.target.startswith(("http", "javascript", "file:")) for link in links)


def test_links_lead_to_the_file_its_cell_and_the_line_of_the_scores(
    store: Any, tmp_path: Path, form: Any, finding: Any
) -> None:
    folder = tmp_path / "结果"
    folder.mkdir()
    forms = [
        form(file="表/a #1 100%.xlsx", findings=(finding(place="it's!C5"),)),
        form(file="收件.zip/内/甲.docx", findings=(finding(place="表1第3行第2格"),)),
        form(file="库.duckdb/自评", findings=(finding(place=None),)),
    ]
    database = store(forms)
    prepare(database)
    path = workbook.write(database, folder, Options(origin=tmp_path)).files[0]
    sheet = openpyxl.load_workbook(path)["问题清单"]
    files = {row[11].value: row[11].hyperlink for row in sheet.iter_rows(min_row=2)}
    assert files["表/a #1 100%.xlsx"].target == "..\\表\\a%20%231%20100%25.xlsx"
    assert files["表/a #1 100%.xlsx"].location == "'it''s'!C5"
    assert files["收件.zip/内/甲.docx"].target == "..\\收件.zip"
    assert files["库.duckdb/自评"] is None
    assert {row[4].hyperlink.location for row in sheet.iter_rows(min_row=2)} == {f"'得分对比'!A{n}" for n in (2, 3, 4)}


def test_a_full_sheet_goes_on_in_the_next_and_links_end_at_excels_bound(
    store: Any, tmp_path: Path, form: Any, finding: Any
) -> None:
    findings = tuple(finding(row=number, path=f"绩效指标[{number}]", message=f"第{number}条") for number in range(25))
    forms = [form(file=f"{number}.xlsx", findings=findings) for number in range(2)]
    book, written = _written(store(forms), tmp_path, sheet_rows=21, sheet_links=10)
    assert [name for name in book.sheetnames if name.startswith("问题清单")] == ["问题清单", "问题清单2", "问题清单3"]
    assert [book[name].max_row for name in ("问题清单", "问题清单2", "问题清单3")] == [21, 21, 11]
    assert all(book[name]["A1"].value == "级别" for name in ("问题清单2", "问题清单3"))
    assert sum(cell.hyperlink is not None for row in book["问题清单"].iter_rows() for cell in row) == 10
    assert any("没有做成链接" in remark for remark in written.remarks)
    assert any("没有做成链接" in str(row["说明"]) for row in _table(book["说明"]))


def test_of_too_many_findings_the_graver_are_listed_and_it_is_said(
    store: Any, tmp_path: Path, form: Any, finding: Any
) -> None:
    findings = [
        finding(level=level, row=n, message=f"{level}{n}") for n, level in enumerate(["info", "warning", "error"] * 3)
    ]
    book, written = _written(store([form(findings=tuple(findings))]), tmp_path, workbook_rows=5)
    assert Counter(row["级别"] for row in _table(book["问题清单"])) == {"错误": 3, "警告": 2}
    assert written.remarks == ("问题共 9 条，问题清单只列其中 5 条，先取错误，再取警告、提示；全部见 问题.csv",)
    assert _table(book["汇总"])[0]["提示"] == 3


def test_waived_findings_stand_apart_and_last_year_is_left_out(
    store: Any, tmp_path: Path, form: Any, finding: Any
) -> None:
    forms = [
        form(findings=(finding(), finding(row=1, message="已说明", waived="项目撤销"))),
        form(file="去年.docx", last_year=True, findings=(finding(message="去年的"),)),
    ]
    book, _ = _written(store(forms), tmp_path)
    assert [row["问题"] for row in _table(book["豁免清单"])] == ["已说明"]
    assert _table(book["豁免清单"])[0]["豁免理由"] == "项目撤销"
    assert len(_table(book["问题清单"])) == 1
    assert [_table(book["汇总"])[0][name] for name in ("自评表", "错误", "豁免")] == [1, 1, 1]
    assert "往年的 1 张" in _table(book["说明"])[0]["说明"]


def test_unread_files_repeats_and_notes_are_listed(store: Any, tmp_path: Path, form: Any, file: Any) -> None:
    files = [
        file("坏.pdf", "读不了", "scanned", "是扫描件"),
        file("同.docx", "重复", "repeated", "与 甲.docx 内容相同"),
        file("半.xlsx", "部分读取", "partly", "第 2 张读不出"),
        file("甲.docx", notes=(("note", "hidden", "隐藏的行没有读"),)),
    ]
    rows = _table(_written(store([form()], files), tmp_path)[0]["读不了的文件"])
    assert [(row["情况"], row["文件"], row["说明"]) for row in rows] == [
        ("读不了", "坏.pdf", "是扫描件"),
        ("部分读取", "半.xlsx", "第 2 张读不出"),
        ("重复", "同.docx", "与 甲.docx 内容相同"),
        ("说明", "甲.docx", "隐藏的行没有读"),
    ]


def test_sheets_are_set_up_to_be_read_and_printed(book: Any) -> None:
    assert book.sheetnames == ["汇总", "问题清单", "未能判断", "规则统计", "得分对比", "读不了的文件", "说明"]
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == "$1:$1"
        assert all(sheet.column_dimensions[cell.column_letter].width for cell in sheet[1])


def test_units_that_are_not_written_are_named_so(store: Any, tmp_path: Path, form: Any) -> None:
    book, _ = _written(store([form(department=None, unit=" ", raw={"项目名称": None})]), tmp_path)
    assert [_table(book["汇总"])[2][name] for name in ("主管部门", "单位")] == ["（未写主管部门）", "（未写单位）"]
    assert _table(book["得分对比"])[0]["项目名称"] == "（未写项目名称）"


def test_an_audit_of_nothing_gives_a_workbook(store: Any, tmp_path: Path) -> None:
    book, written = _written(store([]), tmp_path)
    assert _table(book["汇总"])[0]["自评表"] == 0
    assert zipfile.is_zipfile(written.files[0])


def test_a_unit_of_the_same_name_in_another_department_is_another(store: Any, tmp_path: Path, form: Any) -> None:
    forms = [form(file="1.docx", department="甲局"), replace(form(file="2.docx"), department="乙局")]
    units = [row for row in _table(_written(store(forms), tmp_path)[0]["汇总"]) if row["单位"] == "推广中心"]
    assert [(row["主管部门"], row["自评表"]) for row in units] == [("乙局", 1), ("甲局", 1)]
