"""问题.csv, 得分.csv and 结果.json: everything, harmless, in the shape that is promised."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.reports import csv_report, facts, json_report
from perfeval_lint.audit.reports.csv_report import harmless
from perfeval_lint.audit.reports.model import Options
from perfeval_lint.audit.reports.reports import REPORTS, write_reports
from perfeval_lint.errors import UsageError

Rows = list[dict[str, str]]


@pytest.fixture
def tables(read_csv: Any, tmp_path: Path) -> Callable[[Any], tuple[Rows, Rows]]:
    """The findings and the scores of a store, as CSV."""

    def read(database: Any) -> tuple[Rows, Rows]:
        facts.prepare(database)
        findings, _, scores = csv_report.write(database, tmp_path, Options()).files
        return read_csv(findings), read_csv(scores)

    return read


def _json(database: Any, folder: Path) -> dict[str, Any]:
    facts.prepare(database)
    (path,) = json_report.write(database, folder, Options()).files
    return json.loads(path.read_text("utf-8"))


def test_the_csv_holds_every_finding_and_every_score(store: Any, published: list[Any], tables: Any) -> None:
    findings, scores = tables(store(published))
    expected = Counter((form.file, one.rule, one.message) for form in published for one in form.findings)
    assert Counter((row["文件"], row["规则"], row["问题"]) for row in findings) == expected
    assert {row["文件"]: row["自评得分"] for row in scores} == {form.file: form.score or "" for form in published}
    assert [row["文件"] for row in findings] == sorted(row["文件"] for row in findings)


def test_an_upper_bound_is_one_in_every_file(store: Any, form: Any, tables: Any, tmp_path: Path) -> None:
    database = store([form(is_most=True, reviewed_grade="良"), form(file="2.docx", grade="优秀")])
    _, (exact, most) = tables(database)
    shown = ("复核得分", "界限", "差", "复核等级", "等级变化")
    assert [most[name] for name in shown] == ["90.00", "至多", "5.00", "至多 良", "优→至多 良（降）"]
    assert [exact[name] for name in shown] == ["90.00", "", "5.00", "优", ""]
    bounds = [one["forms"][0]["review_bound"] for one in _json(database, tmp_path)["files"]]
    assert sorted(bounds) == ["at_most", "exact"]
    write_reports(database, tmp_path, ["html"])
    page = (tmp_path / "审核结果.html").read_text("utf-8")
    assert page.count("<td class=n>至多 90.00</td>") == 1


def test_no_cell_of_the_csv_begins_a_formula(store: Any, hostile: list[Any], tables: Any) -> None:
    findings, scores = tables(store(hostile))
    cells = [cell for rows in (findings, scores) for row in rows for cell in row.values()]
    assert not [
        cell for cell in cells if cell[:1] in set("=+-@＝＋－＠\t\r\n") and not cell.removeprefix("-")[:1].isdigit()
    ]
    assert "'=1+1" in cells
    assert "'-2+3" in cells


@pytest.mark.parametrize(
    ("cell", "safe"), [("=a", "'=a"), ("a=b", "a=b"), ("", ""), (-3, -3), (None, None), ("\0=1", "'=1")]
)
def test_only_texts_that_begin_a_formula_get_an_apostrophe(cell: Any, safe: Any) -> None:
    assert harmless(cell) == safe


def test_the_json_holds_every_file_form_and_finding(store: Any, published: list[Any], tmp_path: Path) -> None:
    report = _json(store(published), tmp_path)
    assert report["format"] == "perfeval.audit/1"
    assert report["tool"] == {"version": "0.1.0", "rules": "abcdef0123456789"}
    forms = {(file["file"], form["index"]): form for file in report["files"] for form in file["forms"]}
    assert set(forms) == {(form.file, form.index) for form in published}
    for form in published:
        found = forms[form.file, form.index]
        assert (found["self_score"], found["review_score"]) == (form.score, form.reviewed)
        assert found["review_bound"] == (form.reviewed and ("at_most" if form.is_most else "exact"))
        every = [one for head in found["findings"] for one in (head, *head["places"], *head["follows"])]
        assert Counter(one["path"] for one in every) == Counter(one.path for one in form.findings)
        assert sum(found["counts"].values()) == len(form.heads)
    summary = report["summary"]
    assert summary["forms"] == len(published)
    for level in ("error", "warning", "info"):
        assert summary[level] == sum(form["counts"][level] for form in forms.values())
    assert sum(rule["findings"] for rule in report["rules"]) == sum(len(form.findings) for form in published)


def test_findings_come_in_the_order_they_are_read(store: Any, tmp_path: Path, form: Any, finding: Any) -> None:
    places = [("文字说明", 0), ("绩效指标", 10), ("绩效指标", 2), ("项目资金", 1), ("基本信息", 0)]
    findings = tuple(finding(part=part, row=row, path=f"{part}{row}") for part, row in places)
    report = _json(store([form(findings=findings)]), tmp_path)
    paths = [one["path"] for one in report["files"][0]["forms"][0]["findings"]]
    assert paths == ["基本信息0", "项目资金1", "绩效指标2", "绩效指标10", "文字说明0"]


def test_files_without_forms_and_notes_are_told(store: Any, tmp_path: Path, form: Any, finding: Any, file: Any) -> None:
    files = [file("丙.pdf", "读不了", "scanned", "是扫描件"), file("甲.docx", notes=(("note", "hidden", "隐藏的行"),))]
    forms = [form(file="甲.docx", index=n, findings=(finding(message=f"{n}"),)) for n in (1, 0)]
    forms.append(form(file="去年.docx", last_year=True, findings=(finding(),)))
    report = _json(store(forms, files), tmp_path)
    assert [(one["file"], one["status"], len(one["forms"])) for one in report["files"]] == [
        ("丙.pdf", "unreadable", 0),
        ("去年.docx", "read", 0),
        ("甲.docx", "read", 2),
    ]
    assert report["files"][0]["message"] == "是扫描件"
    assert report["files"][2]["notes"] == [{"level": "note", "code": "hidden", "message": "隐藏的行"}]
    assert [one["findings"][0]["message"] for one in report["files"][2]["forms"]] == ["0", "1"]
    assert (report["summary"]["forms"], report["summary"]["last_year_forms"]) == (2, 1)


def test_what_is_not_written_is_null_for_programs(store: Any, tmp_path: Path, form: Any) -> None:
    report = _json(store([form(department=None, unit="", score=None, raw={"项目名称": None})]), tmp_path)
    found = report["files"][0]["forms"][0]
    assert [found[name] for name in ("主管部门", "单位", "项目名称", "self_score")] == [None] * 4


def test_chunks_lose_and_repeat_nothing(
    store: Any, tables: Any, tmp_path: Path, form: Any, finding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "_CHUNK", 3)
    forms = [form(file=f"{n % 4}.docx", index=n, findings=(finding(),) * (n % 3)) for n in range(9)]
    database = store(forms)
    findings, scores = tables(database)
    assert (len(findings), len(scores)) == (9, 9)
    report = _json(database, tmp_path)
    assert [len(file["forms"]) for file in report["files"]] == [3, 2, 2, 2]
    assert sum(len(one["findings"]) for file in report["files"] for one in file["forms"]) == 9


def test_reports_are_chosen_by_name(store: Any, tmp_path: Path, form: Any) -> None:
    written = write_reports(store([form()]), tmp_path)
    assert {path.name for path in written.files} == {
        "审核结果.xlsx",
        "审核结果.html",
        "问题.csv",
        "未能判断.csv",
        "得分.csv",
        "结果.json",
    }
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in written.files}
    with pytest.raises(UsageError, match="没有“htm”这种报表；是否想写“html”？；可用 xlsx"):
        write_reports(store([]), tmp_path, ["htm"])
    assert REPORTS["letters"].by_default is False


def test_averages_are_of_the_forms_with_both_scores(store: Any, form: Any, tmp_path: Path) -> None:
    forms = [form(score="90", reviewed="80"), form(file="2.docx", score="100", reviewed=None)]
    write_reports(store(forms), tmp_path, ["json"])
    summary = json.loads((tmp_path / "结果.json").read_text("utf-8"))["summary"]
    means = [summary[name] for name in ("mean_self_score", "mean_review_score", "mean_difference")]
    assert means == ["90.00", "80.00", "10.00"]
