"""Broken and hostile office files through the command: a message with name and remedy, nothing half read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from perfeval_lint.cli.main import cli
from perfeval_lint.form.load import load
from perfeval_lint.render.render import render

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "read_web" / "fixtures"
EXAMPLE = ROOT / "examples" / "beijing-2021-ip-exchange.yaml"


def rendered(suffix: str) -> bytes:
    (document,) = load(EXAMPLE.read_bytes())
    assert document.form is not None
    return render(document.form, suffix)


def rezipped(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
    return stream.getvalue()


def with_entities(name: str, part: bytes) -> bytes:
    if name != "word/document.xml":
        return part
    head, _, body = part.partition(b"?>")
    return head + b'?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + body


def bomb(name: str, part: bytes) -> bytes:
    return part + b" " * 300_000_000 if name == "word/document.xml" else part


def other_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "not a document")
    return stream.getvalue()


def one_cell() -> bytes:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "见附件"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def wide_sheet() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for column in range(1, 10_001):
        sheet.cell(1, column).number_format = "0.00"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def prose() -> bytes:
    document = docx.Document()
    document.add_paragraph("项目支出绩效自评表")
    document.add_paragraph("本项目全年执行良好，各项指标均已完成。")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


CASES = [
    ("空.xlsx", lambda: b"", "0 字节"),
    ("截断.docx", lambda: rendered(".docx")[:3000], "损坏"),
    ("别的.docx", other_zip, "压缩包"),
    ("炸弹.docx", lambda: rezipped(rendered(".docx"), bomb), "太大"),
    ("实体.docx", lambda: rezipped(rendered(".docx"), with_entities), "DTD"),
    ("一格.docx", one_cell, "没有找到绩效自评表"),
    ("空列.xlsx", wide_sheet, "没有找到绩效自评表"),
    ("散文.docx", prose, "没有找到绩效自评表"),
    ("扫描.pdf", lambda: (FIXTURES / "scan.pdf").read_bytes(), "扫描"),
    ("加密.pdf", lambda: (FIXTURES / "password.pdf").read_bytes(), "密码"),
]


@pytest.mark.parametrize(("name", "make", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_hostile_file_is_told_by_name(name: str, make: Callable[[], bytes], said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    (tmp_path / "好.yaml").write_bytes(EXAMPLE.read_bytes())
    result = CliRunner().invoke(cli, ["lint", str(tmp_path), "--format", "json"])
    assert result.exit_code == 2
    report = json.loads(result.stdout)
    assert (report["summary"]["files"], report["summary"]["forms"], report["summary"]["unreadable"]) == (2, 1, 1)
    (error,) = next(file["errors"] for file in report["files"] if file["file"].endswith(name))
    assert said in error["message"]
    assert "；" in error["message"]


def test_a_workbook_that_is_a_web_page_is_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "自评表.xls"
    path.write_bytes(rendered(".html"))
    result = CliRunner().invoke(cli, ["lint", str(path), "--format", "json", "--fail-on", "never"])
    assert result.exit_code == 0
    (file,) = json.loads(result.stdout)["files"]
    assert file["forms"][0]["项目名称"] == "涉外知识产权国际交流与合作专项"
    assert "网页" in file["notes"][0]["message"]
