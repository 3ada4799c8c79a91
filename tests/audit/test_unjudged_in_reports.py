"""What an audit could not judge: which form, row and value, why and how to write it, once a value, in every report."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from perfeval_lint.audit.reports import page_unjudged
from perfeval_lint.audit.reports.model import Limits as ReportLimits
from perfeval_lint.audit.reports.model import Options
from perfeval_lint.audit.reports.reports import write_reports
from perfeval_lint.audit.run.engine import Request, run_audit
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.store.results import open_read
from perfeval_lint.audit.store.store import FILE_NAME, open_store
from perfeval_lint.judge.tell.undecided import WHY
from tests.audit.audits import Silent, write_form
from tests.audit.laid import lay_down

NAME = "绩效指标 第1项“合格率”·实际完成值"
SAID = "“0.98”是 98% 吗？目标是“≥95%”"
HELP = "是的话请写 98%；不是，请写出实际的百分数"


def _row(name: str, target: str, actual: str) -> dict[str, str]:
    return {"三级指标": name, "年度指标值": target, "实际完成值": actual, "分值": "10", "得分": "10"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two forms, and beside them what an audit of them came to."""
    folder = tmp_path_factory.mktemp("未判")
    rows = [_row("合格率", "≥95%", "0.98"), _row("户数", "≥800户", "达到预期指标"), _row("培训", "5次", "5次")]
    write_form(folder / "表" / "甲.json", 绩效指标=rows)
    write_form(folder / "表" / "乙.json", 绩效指标=rows[1:], 实施单位="市第二中学")
    run_audit(Request((str(folder / "表"),), folder / "out", Limits(1)), Silent()).close()
    with duckdb.connect(str(folder / "out" / FILE_NAME)) as database:
        write_reports(database, folder, ["csv", "xlsx", "html", "json"])
    return folder


@pytest.fixture
def database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(folder / "out" / FILE_NAME)) as database:
        yield database


def test_a_value_is_listed_once_with_its_rules(folder: Path, database: duckdb.DuckDBPyConnection) -> None:
    with (folder / "未能判断.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["原因"] in ("实际是小数", "文字答数")]
    assert [(Path(row["文件"]).name, row["写的是"]) for row in rows] == [
        ("乙.json", "达到预期指标"),
        ("甲.json", "0.98"),
        ("甲.json", "达到预期指标"),
    ]
    found = rows[1]
    assert (found["单位"], found["所指"], found["为什么"], found["怎么写"]) == ("市第一中学", NAME, SAID, HELP)
    unknown = database.execute("SELECT DISTINCT 规则 FROM 未判 WHERE 值 = '0.98' ORDER BY 1").fetchall()
    assert found["没有判断的规则"].split("、") == [rule for (rule,) in unknown]
    assert len(unknown) > 1


def test_the_workbook_has_a_sheet(folder: Path) -> None:
    head, *rows = openpyxl.load_workbook(folder / "审核结果.xlsx")["未能判断"].iter_rows(values_only=True)
    (found,) = [dict(zip(head, row, strict=True)) for row in rows if row[head.index("写的是")] == "0.98"]
    assert (found["所指"], found["为什么"], found["怎么写"], found["序号"]) == (NAME, SAID, HELP, 1)


def test_what_there_is_no_room_for_is_said(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_unjudged, "_PLACES", 1)
    options = Options(limits=ReportLimits(workbook_rows=1))
    written = write_reports(database, tmp_path, ["xlsx", "html"], options)
    (places,) = _section(tmp_path).css("table")[2:]
    assert len(places.css("tbody tr")) == 1
    assert "只列前 1 处，全部见 未能判断.csv" in places.text()
    assert openpyxl.load_workbook(tmp_path / "审核结果.xlsx")["未能判断"].max_row == 2
    assert any("未能判断" in remark and "未能判断.csv" in remark for remark in written.remarks)


def test_no_sheet_where_everything_was_judged(store: Any, form: Any, tmp_path: Path) -> None:
    write_reports(store([form()]), tmp_path, ["xlsx", "html"])
    assert "未能判断" not in openpyxl.load_workbook(tmp_path / "审核结果.xlsx").sheetnames
    assert not _section(tmp_path).css("table")


def _section(folder: Path) -> LexborNode:
    section = LexborHTMLParser((folder / "审核结果.html").read_text("utf-8")).css_first("#未能判断")
    assert section is not None
    return section


def test_the_page_counts_causes_and_texts_and_lists_the_places(folder: Path) -> None:
    causes, texts, places = _section(folder).css("table")
    counts = {row.css_first("th").text(): [cell.text() for cell in row.css("td")] for row in causes.css("tbody tr")}
    assert counts["文字答数"] == ["2", "2", "2"]
    assert "达到预期指标" in texts.css_first("tbody tr").text()
    assert [SAID in row.text() and HELP in row.text() for row in places.css("tbody tr") if NAME in row.text()] == [True]


def test_the_json_has_them_with_their_form(folder: Path) -> None:
    files = json.loads((folder / "结果.json").read_text("utf-8"))["files"]
    (found,) = [
        one for file in files for form in file["forms"] for one in form["not_evaluated"] if one["value"] == "0.98"
    ]
    assert (found["path"], found["cause"], found["message"]) == ("绩效指标[0].实际完成值", "实际是小数", SAID)


def test_a_store_of_before_gains_the_columns(folder: Path) -> None:
    with duckdb.connect(str(folder / "out" / FILE_NAME)) as database:
        for name in WHY:
            database.execute(f"ALTER TABLE 未判 DROP COLUMN {name}")
    store = open_store(folder / "out", threads=1, memory="1GB")
    try:
        described = store.database.execute("DESCRIBE 未判").fetchall()
        assert {name: kind for name, kind, *_ in described if name in WHY} == WHY
    finally:
        store.close()


def test_parquet_files_of_before_are_still_read(store: Any, form: Any, tmp_path: Path) -> None:
    lay_down(store([form(unknown=(("PE401", "绩效指标[0].得分", "绩效指标 第1项·得分", "得分"),))]), tmp_path)
    (file,) = (tmp_path / "未判").rglob("*.parquet")
    old = f"SELECT * EXCLUDE ({', '.join(WHY)}) FROM read_parquet('{file}', hive_partitioning = false)"
    duckdb.execute(f"COPY ({old}) TO '{file}.new' (FORMAT parquet)")
    file.with_name(f"{file.name}.new").replace(file)
    with open_read(tmp_path) as database:
        assert database.execute("SELECT 缺, 值 FROM 未判").fetchall() == [("得分", None)]
