"""Files to documents: several in a file, blank ones, encodings, and what is not text at all."""

from __future__ import annotations

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.form.model import Document

HEAD = "格式: perfeval/1\n"
FORM = HEAD + "项目名称: 知识产权运营，￥5（含）\n"


def names(documents: list[Document]) -> list[str | None]:
    return [document.form.text("项目名称") if document.form else None for document in documents]


def codes(document: Document) -> list[str]:
    return [problem.code for problem in document.problems]


def test_several_documents_come_in_order() -> None:
    documents = list(load("---\n".join(HEAD + f"项目名称: {name}\n" for name in "甲乙丙")))
    assert names(documents) == ["甲", "乙", "丙"]
    assert [document.index for document in documents] == [0, 1, 2]


def test_lines_count_from_the_start_of_the_file() -> None:
    _, second = load(HEAD + "---\n" + HEAD + "年度: 2021\n")
    assert second.form is not None
    assert second.form.root.values["年度"].origin == (4, 5)


def test_blank_documents_are_passed_over() -> None:
    source = "---\n# 只有注释\n---\n" + HEAD + "...\n---\n---\n" + HEAD + "---\n"
    assert [(document.index, codes(document)) for document in load(source)] == [(0, []), (1, [])]


def test_a_faulty_document_does_not_cost_the_others() -> None:
    documents = list(load(FORM + "---\n- 列表\n---\n" + FORM))
    assert [codes(document) for document in documents] == [[], ["not-a-form"], []]
    assert documents[2].form is not None


@pytest.mark.parametrize("source", ["", "\n \n", "# 注释\n", "---\n---\n", "''\n", b"", b"\xef\xbb\xbf"])
def test_a_file_without_content_is_one_problem(source: str | bytes) -> None:
    (document,) = load(source, "空.yaml")
    assert document.form is None
    assert codes(document) == ["empty"]
    assert document.problems[0].file == "空.yaml"
    assert "格式: perfeval/1" in document.problems[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_encodings_are_told_apart(encoding: str) -> None:
    assert names(list(load(FORM.encode(encoding)))) == ["知识产权运营，￥5（含）"]


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_the_mark_of_utf16_gives_its_byte_order(mark: bytes, encoding: str) -> None:
    assert names(list(load(mark + FORM.encode(encoding)))) == ["知识产权运营，￥5（含）"]


def test_gb18030_keeps_characters_outside_gbk() -> None:
    source = (HEAD + "项目名称: 㐀𠀀😀\n").encode("gb18030")
    assert names(list(load(source))) == ["㐀𠀀😀"]


@pytest.mark.parametrize(
    ("data", "byte"),
    [
        (HEAD.encode() + b"\xff\xff", len(HEAD.encode()) + 1),
        (b"\xef\xbb\xbf" + HEAD.encode() + b"\xb8\xf1", len(HEAD.encode()) + 4),
        (b"\xff\xfe" + HEAD.encode("utf-16-le") + b"x", len(HEAD.encode("utf-16-le")) + 3),
    ],
    ids=["neither utf-8 nor gb18030", "utf-8 by its mark", "half a utf-16 character"],
)
def test_undecodable_bytes_are_one_problem_that_says_where(data: bytes, byte: int) -> None:
    (document,) = load(data, "坏.yaml")
    assert document.form is None
    assert codes(document) == ["unreadable-encoding"]
    assert f"第 {byte} 个字节" in document.problems[0].message


@pytest.mark.parametrize(
    "data",
    [FORM.encode() + b"\x00", FORM.encode("utf-16-le"), b"PK\x03\x04\x14\x00\x06\x00" + b"\x00" * 20],
    ids=["a null byte", "utf-16 without a mark", "a Word file"],
)
def test_bytes_that_are_no_text_are_one_problem(data: bytes) -> None:
    (document,) = load(data, "坏.yaml")
    assert document.form is None
    assert codes(document) == ["not-text"]
    assert document.problems[0].file == "坏.yaml"
