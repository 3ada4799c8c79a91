"""The letters, opened again: what they say, in whose words, under what names."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from lxml import etree

from perfeval_lint.audit.reports import letters
from perfeval_lint.audit.reports.facts import prepare
from perfeval_lint.audit.reports.letter_default import default_template
from perfeval_lint.audit.reports.letter_template import FINDING, LETTER, Template
from perfeval_lint.audit.reports.model import LetterWords, Limits, Options, Written
from perfeval_lint.errors import UsageError


def _written(database: Any, folder: Path, words: LetterWords | None = None, **limits: int) -> Written:
    prepare(database)
    return letters.write(database, folder, Options(letters=words or LetterWords(), limits=Limits(**limits)))


def _text(document: Document) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def _rows(document: Document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[0].rows]


def _template(tmp_path: Path, *texts: str, row: tuple[str, ...] = ()) -> Path:
    """A template as Word saves one, each text cut into runs of three characters."""
    document = docx.Document()
    for text in texts:
        paragraph = document.add_paragraph()
        for start in range(0, len(text), 3):
            paragraph.add_run(text[start : start + 3]).bold = start % 2 == 0
    if row:
        table = document.add_table(rows=2, cols=len(row))
        for cell, text in zip(table.rows[1].cells, row, strict=True):
            cell.text = text
    path = tmp_path / "模板.docx"
    document.save(str(path))
    return path


def test_a_unit_gets_its_errors_and_warnings(store: Any, tmp_path: Path, form: Any, finding: Any) -> None:
    found = (
        finding(level="warning", row=1, message="可疑"),
        finding(level="info", row=2, message="写法"),
        finding(row=3, message="已说明", waived="撤销"),
        finding(message="错了", place="Sheet1!C5", words="绩效指标 第1项·得分"),
    )
    forms = [
        form(findings=found),
        form(file="2.docx", raw={"年度": "2020"}),
        form(file="3.docx", unit="没有问题的单位"),
    ]
    words = LetterWords(sender="某市财政局", deadline="3月31日", date="2022年3月1日")
    written = _written(store(forms), tmp_path, words)
    assert [path.relative_to(tmp_path) for path in written.files] == [Path("整改通知/科技局/推广中心.docx")]
    document = docx.Document(str(written.files[0]))
    text = _text(document)
    for part in (
        "关于2020、2021年度",
        "推广中心：",
        "2张绩效自评表",
        "1张存在问题",
        "错误1条，警告1条",
        "请于3月31日前",
        "某市财政局",
    ):
        assert part in text
    assert "2022年3月1日" in text
    assert "{{" not in text
    head, *rows = _rows(document)
    assert head == ["序号", "项目", "级别", "位置", "问题", "怎么改", "依据"]
    assert [row[:5] for row in rows] == [
        ["1", "技能培训", "错误", "绩效指标 第1项·得分（Sheet1!C5）", "PE401　错了"],
        ["2", "技能培训", "警告", "绩效指标 第1项“培训”·偏差原因（31:12）", "PE401　可疑"],
    ]


def test_what_the_officer_did_not_say_is_left_to_be_filled_in(
    store: Any, tmp_path: Path, form: Any, finding: Any
) -> None:
    written = _written(store([form(findings=(finding(),))]), tmp_path)
    assert "请于　　年　　月　　日前" in _text(docx.Document(str(written.files[0])))


def test_the_default_letter_looks_like_an_official_one() -> None:
    document = docx.Document(io.BytesIO(default_template()))
    upright, wide = document.sections
    assert [round(length.cm, 1) for length in (upright.top_margin, upright.left_margin)] == [3.7, 2.8]  # type: ignore[union-attr]
    assert wide.page_width is not None
    assert wide.page_height is not None
    assert wide.page_width > wide.page_height
    assert [paragraph.style.style_id for paragraph in document.paragraphs[:3] if paragraph.style] == [
        "Title",
        "Salutation",
        "Body",
    ]
    assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml
    used = {
        name
        for name in (*LETTER, *FINDING)
        if f"{{{{{name}}}}}" in etree.tostring(document.element, encoding="unicode")
    }
    assert {"单位", "张数", "期限", "问题.内容", "问题.改法", "问题.依据"} <= used


def test_a_template_of_ones_own_is_filled_however_word_cut_it(
    store: Any, tmp_path: Path, form: Any, finding: Any
) -> None:
    path = _template(
        tmp_path,
        "致{{ 单位 }}（{{主管部门}}）：共{{错误数}}处{{警告数}}",
        row=("{{问题.序号}}/{{问题数}}", "{{问题.内容}}"),
    )
    findings = (finding(message="甲"), finding(row=1, message="乙"))
    written = _written(store([form(findings=findings)]), tmp_path, LetterWords(template=path))
    document = docx.Document(str(written.files[0]))
    assert document.paragraphs[0].text == "致推广中心（科技局）：共2处0"
    assert [cell.text for row in document.tables[0].rows for cell in row.cells] == ["", "", "1/2", "甲", "2/2", "乙"]
    assert len(document.styles) > 20


def test_all_mistakes_of_a_template_are_told_at_once(tmp_path: Path) -> None:
    path = _template(tmp_path, "{{单 位}}和{{问题.内容}}", row=("{{问题.改发}}",))
    with pytest.raises(UsageError) as told:
        letters.read_template(path)
    assert str(told.value).splitlines() == [
        f"{path} 里的占位符有误：",
        "没有“{{单 位}}”；是否想写“单位”？",
        "“{{问题.内容}}”只能写在表格的一行里，这一行会按问题重复",
        "没有“{{问题.改发}}”；是否想写“问题.改法”？",
    ]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"%PDF-1.7", "公文".encode()], ids=["empty", "cut", "pdf", "text"]
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "模板.docx"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="不是 Word 文件"):
        letters.read_template(path)
    with pytest.raises(UsageError, match="打不开"):
        letters.read_template(tmp_path / "没有.docx")


def test_an_archive_that_is_no_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "模板.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/header1.xml", "<w>&x;")
    with pytest.raises(UsageError, match="不是完整的 XML"):
        letters.read_template(path)


def test_texts_of_forms_stay_text_and_files_stay_in_the_folder(store: Any, hostile: list[Any], tmp_path: Path) -> None:
    folder = tmp_path / "结果"
    written = _written(store(hostile), folder)
    assert len(written.files) == len(hostile)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(written.files)
    texts = {_rows(docx.Document(str(path)))[1][4] for path in written.files}
    assert "PE401　<script>alert(1)</script>" in texts
    assert "PE401　{{单位}} {% for x in y %}" in texts
    assert "PE401　bell and [31m" in texts


def test_findings_beyond_the_limit_are_the_lighter_ones_and_it_is_said(
    store: Any, tmp_path: Path, form: Any, finding: Any
) -> None:
    findings = [finding(level=level, row=n, message=f"{level}{n}") for n, level in enumerate(["warning", "error"] * 3)]
    written = _written(store([form(findings=tuple(findings))]), tmp_path, letter_findings=4)
    document = docx.Document(str(written.files[0]))
    assert [row[4].partition("　")[2] for row in _rows(document)[1:]] == ["warning0", "error1", "error3", "error5"]
    assert "另有2条" in _text(document)


def test_letters_of_an_earlier_run_are_left_and_told_of(store: Any, tmp_path: Path, form: Any, finding: Any) -> None:
    other = tmp_path / "整改通知" / "科技局" / "已改好的单位.docx"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"kept")
    written = _written(store([form(findings=(finding(),))]), tmp_path)
    assert "另有 1 个文件不是这次写的" in written.remarks[0]
    assert other.read_bytes() == b"kept"
    assert "没有写整改通知" in _written(store([form()]), tmp_path / "空").remarks[0]


def test_a_template_reads_once_and_writes_any_number() -> None:
    template = Template(default_template(), "模板")
    values = dict.fromkeys(LETTER, "一\n二")
    first, second = (template.letter(values, [dict.fromkeys(FINDING, text)] * 3) for text in ("甲", "甲"))
    assert first == second
    document = docx.Document(io.BytesIO(first))
    assert len(document.tables[0].rows) == 4
    assert "一\n二：" in _text(document)
