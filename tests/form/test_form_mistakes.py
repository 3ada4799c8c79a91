"""What is wrong in a form is told with its place, all of it, and never by an exception."""

from __future__ import annotations

import re

import pytest

from perfeval_lint.errors import Problem
from perfeval_lint.form.definition import BY_KEY, SECTIONS, Shape
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Document, to_plain

HEAD = "格式: perfeval/1\n"
ROWS = [section.key for section in SECTIONS if section.shape is Shape.ROWS]
MAPPINGS = [section.key for section in SECTIONS if section.shape is Shape.MAPPING]
PAIRS = [section.key for section in SECTIONS if section.shape is Shape.PAIRS]


def only(source: str) -> Document:
    (document,) = load(source, "表.yaml")
    return document


def told(document: Document) -> list[tuple[str, int | None, int | None]]:
    return [(problem.code, problem.line, problem.column) for problem in document.problems]


# --- shapes ---


def test_the_sections_below_are_all_sections() -> None:
    assert {*ROWS, *MAPPINGS, *PAIRS} == set(BY_KEY)


@pytest.mark.parametrize("key", ROWS)
@pytest.mark.parametrize("wrong", ["文字", "{甲: 1}"])
def test_a_list_section_must_be_a_list(key: str, wrong: str) -> None:
    document = only(HEAD + f"{key}: {wrong}\n")
    assert told(document) == [("wrong-shape", 2, len(key) + 3)]
    assert f"“{key}”应是一个列表" in document.problems[0].message


@pytest.mark.parametrize("key", MAPPINGS + PAIRS)
@pytest.mark.parametrize("wrong", ["文字", "[甲]"])
def test_a_mapping_section_must_be_a_mapping(key: str, wrong: str) -> None:
    document = only(HEAD + f"{key}: {wrong}\n")
    assert told(document) == [("wrong-shape", 2, len(key) + 3)]
    assert f"“{key}”应是若干“键: 值”" in document.problems[0].message


@pytest.mark.parametrize("key", ROWS)
def test_a_row_must_be_a_mapping(key: str) -> None:
    document = only(HEAD + f"{key}:\n- 文字\n- [甲]\n")
    assert told(document) == [("wrong-shape", 3, 3), ("wrong-shape", 4, 3)]
    assert f"“{key}第2项”" in document.problems[1].message


@pytest.mark.parametrize("wrong", ["[甲]", "{甲: 1}"])
def test_a_field_must_be_one_value(wrong: str) -> None:
    document = only(
        HEAD + f"年度: {wrong}\n总分:\n  得分: {wrong}\n指标分组:\n  产出指标: {wrong}\n项目资金:\n- 得分: {wrong}\n"
    )
    assert told(document) == [("wrong-shape", line, column) for line, column in ((2, 5), (4, 7), (6, 9), (8, 7))]


def test_a_waiver_must_name_its_rule() -> None:
    document = only(HEAD + "豁免:\n- {规则: PE401, 理由: 甲}\n- {理由: 乙}\n")
    assert told(document) == [("missing-key", 4, 3)]
    assert document.problems[0].message == "豁免第2项缺少“规则”"


def test_all_problems_of_a_form_are_told_at_once() -> None:
    document = only(HEAD + "年度: [1]\n总分: 1\n年度: 2021\n豁免: [{}]\n")
    codes = [problem.code for problem in document.problems]
    assert codes == ["wrong-shape", "wrong-shape", "duplicate-key", "missing-key"]


# --- keys ---


def test_a_repeated_key_is_a_problem_everywhere() -> None:
    sections = "总分: {得分: 1, 得分: 2}\n指标分组: {甲: 1, 甲: 2}\n项目资金: [{得分: 1, 得分: 2}]\n"
    document = only(HEAD + "年度: 1\n年度: 2\n" + sections)
    assert told(document) == [
        ("duplicate-key", 3, 1),
        ("duplicate-key", 4, 13),
        ("duplicate-key", 5, 14),
        ("duplicate-key", 6, 16),
    ]


def test_an_unknown_key_is_kept_as_written_and_the_nearest_offered() -> None:
    document = only(HEAD + "项目名: 培训\n绩效指标:\n- {三级指标: 甲}\n- {年度目标值: 010, 备注: [~, {a: NO}]}\n")
    assert document.problems == ()
    assert document.form is not None
    found = [(item.section, item.row, item.key, item.nearest, item.origin) for item in document.form.unknown]
    assert found == [
        ("", 0, "项目名", "项目名称", (2, 1)),
        ("绩效指标", 1, "年度目标值", "年度指标值", (5, 4)),
        ("绩效指标", 1, "备注", None, (5, 16)),
    ]
    assert to_plain(document.form) == {
        "格式": "perfeval/1",
        "绩效指标": [{"三级指标": "甲"}, {"年度目标值": "010", "备注": ["~", {"a": "NO"}]}],
        "项目名": "培训",
    }


def test_a_group_may_have_any_name() -> None:
    document = only(HEAD + "指标分组: {自拟的名称: 5, '': 1}\n")
    assert document.problems == ()
    assert document.form is not None
    assert document.form.unknown == ()


@pytest.mark.parametrize("key", ["[甲, 乙]", "{甲: 乙}"])
def test_a_key_that_is_a_list_or_mapping_is_an_unknown_key(key: str) -> None:
    document = only(HEAD + f"? {key}\n: 1\n总分:\n  ? {key}\n  : 2\n")
    assert document.problems == ()
    assert document.form is not None
    assert [item.value for item in document.form.unknown] == ["1", "2"]
    assert all("甲" in item.key for item in document.form.unknown)


# --- 格式 ---


def test_a_document_must_say_that_it_is_a_form() -> None:
    document = only("项目名称: 培训\n")
    assert document.form is None
    assert told(document) == [("not-a-form", 1, 1)]
    assert "格式: perfeval/1" in document.problems[0].message


@pytest.mark.parametrize("stated", ["perfeval/2", "perfeval", "''", "1", "perfeval/1.0"])
def test_another_version_is_not_read(stated: str) -> None:
    document = only(f"年度: 2021\n格式: {stated}\n")
    assert document.form is None
    assert told(document) == [("unknown-format", 2, 5)]
    assert "只读 perfeval/1" in document.problems[0].message


@pytest.mark.parametrize(
    ("source", "what"), [("- 甲\n", "列表"), ("[]", "列表"), ("42\n", "“42”"), ("培训", "“培训”"), ("|\n 甲\n", "甲")]
)
def test_a_form_that_is_no_mapping_is_refused(source: str, what: str) -> None:
    document = only(source)
    assert document.form is None
    assert told(document) == [("not-a-form", 1, 1)]
    assert what in document.problems[0].message


# --- syntax ---


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("项目名称: 甲: 乙", 8, "冒号"),
        ("项目名称: @甲", 7, "加引号"),
        ("项目名称: *重点*项目", None, "加引号"),
        ("项目名称: &重点", None, "加引号"),
        ("项目名称: [甲, 乙\n年度: 1", None, "成对"),
        ('项目名称: "甲', None, "成对"),
        ("总分:\n  得分: 1\n 分值: 2", None, "缩进"),
    ],
)
def test_a_syntax_error_is_told_in_chinese_with_its_place(line: str, column: int | None, says: str) -> None:
    document = only(HEAD + line + "\n")
    (problem,) = document.problems
    assert document.form is None
    assert problem.code in ("syntax", "alias")
    assert problem.line is not None
    assert problem.line >= 2
    assert column in (None, problem.column)
    assert says in problem.message


@pytest.mark.parametrize(
    ("source", "place"), [(HEAD + '项目名称: "\\q"\n', (2, 8)), ("%YAML 3.0\n---\n" + HEAD, (1, 1))]
)
def test_a_syntax_error_without_words_of_ours_is_told_by_libyamls(source: str, place: tuple[int, int]) -> None:
    (problem,) = only(source).problems
    assert (problem.code, problem.line, problem.column) == ("syntax", *place)
    told_as = re.fullmatch("YAML 语法有误：请检查缩进、冒号后的空格和引号（(.+)）", problem.message)
    assert told_as is not None
    assert told_as[1].isascii()


def test_documents_before_a_syntax_error_are_still_delivered() -> None:
    first, second, broken = load(HEAD + "---\n" + HEAD + "年度: 2021\n---\n" + HEAD + "甲: 乙: 丙\n---\n" + HEAD)
    assert first.problems == second.problems == ()
    assert first.form is not None
    assert second.form is not None
    assert (broken.form, told(broken)) == (None, [("syntax", 7, 5)])


@pytest.mark.parametrize("broken", ["甲: 乙: 丙\n", "甲: &乙 丙\n"])
def test_an_ampersand_in_an_earlier_document_does_not_cost_it(broken: str) -> None:
    """The search for aliases must not give up what stands before a fault."""
    first, second = load(HEAD + "项目名称: 甲 &乙\n---\n" + HEAD + broken)
    assert first.form is not None
    assert first.form.text("项目名称") == "甲 &乙"
    assert (second.form, second.problems[0].line) == (None, 5)


def test_a_problem_reads_as_file_line_column_and_message() -> None:
    assert str(Problem("syntax", "缺少冒号", "表.yaml", 3, 8)) == "表.yaml:3:8  缺少冒号"
    assert str(Problem("empty", "没有内容", "表.yaml")) == "表.yaml  没有内容"
    assert str(Problem("usage", "没有规则")) == "没有规则"
