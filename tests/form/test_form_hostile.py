"""Input made to harm: aliases, depth, size and characters that steer a terminal."""

from __future__ import annotations

import pytest

from perfeval_lint.form import load as loading
from perfeval_lint.form import nodes
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Document

HEAD = "格式: perfeval/1\n"
NESTED = 100_000


def only(source: str | bytes) -> Document:
    (document,) = load(source, "表.yaml")
    return document


def told(document: Document) -> list[tuple[str, int | None, int | None]]:
    return [(problem.code, problem.line, problem.column) for problem in document.problems]


# --- aliases ---


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("项目名称: &a 培训\n", (2, 7)),
        ("甲: &a 1\n乙: *a\n", (2, 4)),
        ("项目资金: [&a {得分: 1}, *a]\n", (2, 8)),
        ("总分: &a\n  得分: 1\n", (2, 5)),
        ("&a 甲: 1\n", (2, 1)),
        ("甲: {<<: *a}\n", (2, 9)),
        ("甲: [?&a 乙, ?*a ]\n", (2, 6)),
    ],
)
def test_anchors_and_aliases_are_refused(body: str, place: tuple[int, int]) -> None:
    document = only(HEAD + body)
    assert document.form is None
    assert told(document) == [("alias", *place)]
    assert "引号" in document.problems[0].message


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    """Billion laughs: each line doubles the one before it ten times over."""
    lines = ["a0: &a0 [哈]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert told(only(HEAD + "\n".join(lines))) == [("alias", 2, 5)]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"*a &b"', "*a &b"),
        ("'&a *b'", "&a *b"),
        ("甲&乙 *丙 &丁", "甲&乙 *丙 &丁"),
        ("|\n  *a\n  - &b\n  &c d\n", "*a\n- &b\n&c d"),
        (">-\n  见\n  *a\n", "见 *a"),
        ('"一\n  *二"', "一 *二"),
        ("甲 # &a *b", "甲"),
        ("'* 与 & 单独出现'", "* 与 & 单独出现"),
    ],
)
def test_stars_and_ampersands_in_text_are_text(written: str, text: str) -> None:
    document = only(HEAD + f"说明: {written}\n")
    assert document.problems == ()
    assert document.form is not None
    assert document.form.text("说明") == text


# --- depth ---


DEEP = {  # and where the first level that is too deep begins
    "brackets": ("[" * NESTED, "too-deep", 1, 21),
    "closed brackets": ("[" * NESTED + "]" * NESTED, "too-deep", 1, 21),
    "brackets in a form": (HEAD + "甲: " + "[" * NESTED, "too-deep", 2, 23),
    "brackets before a mistake": (HEAD + "甲: " + "[" * 30 + "@", "too-deep", 2, 23),
    "brackets after an anchor": (HEAD + "甲: &a " + "[" * NESTED, "alias", 2, 4),
    "json": ('{"甲":' * NESTED, "too-deep", 1, 101),
    "dashes": ("- " * NESTED, "too-deep", 1, 41),
    "keys": ("? " * NESTED, "too-deep", 1, 41),
    "keys in braces": ("{? " * NESTED, "too-deep", 1, 61),
}


@pytest.mark.parametrize(("source", "code", "line", "column"), DEEP.values(), ids=DEEP)
def test_deep_nesting_is_refused(source: str, code: str, line: int, column: int) -> None:
    """The bound is ours: libyaml, which reads ahead, may have met an error or a bound of its own by then."""
    document = only(source)
    assert document.form is None
    assert told(document) == [(code, line, column)]


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029"])
def test_deep_indentation_is_refused_however_lines_end(newline: str) -> None:
    document = only(HEAD + newline.join(" " * level + "甲:" for level in range(1_500)))
    assert document.form is None
    assert [problem.code for problem in document.problems] == ["too-deep"]


def test_a_few_levels_are_read() -> None:
    """An unknown key may hold anything within reason."""
    inside = "[" * (nodes.MAX_DEPTH - 2) + "]" * (nodes.MAX_DEPTH - 2)
    assert only(HEAD + f"附注: {inside}\n").problems == ()


# --- size ---


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (HEAD + "项目名称: 培训\n").encode()
    monkeypatch.setattr(nodes, "MAX_BYTES", len(data))
    assert only(data).problems == ()
    document = only(data + b"\n")
    assert document.form is None
    assert told(document) == [("too-large", None, None)]
    assert document.problems[0].file == "表.yaml"


def test_a_cell_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MAX_CELL", 10)
    assert only(HEAD + "项目名称: " + "长" * 10 + "\n").problems == ()
    document = only(HEAD + "项目名称: " + "长" * 11 + "\n总分: {得分: " + "9" * 11 + "}\n")
    assert told(document) == [("too-long", 2, 7), ("too-long", 3, 10)]
    assert "11 个字符" in document.problems[0].message


# --- characters ---


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b"])
def test_a_raw_control_character_is_told_with_its_place(character: str) -> None:
    document = only(HEAD + f"项目名称: 甲{character}[31m乙\n")
    assert document.form is None
    assert told(document) == [("control-character", 2, 8)]
    assert f"U+{ord(character):04X}" in document.problems[0].message


@pytest.mark.parametrize("escaped", [r"\0", r"\a", r"\e[31m", r"\x7f", r"\u001b", r"\x9b"])
def test_an_escaped_control_character_is_told_with_its_field(escaped: str) -> None:
    document = only(HEAD + f'项目名称: "甲{escaped}乙"\n总分: {{等级: "{escaped}"}}\n指标分组: {{甲: "{escaped}"}}\n')
    assert told(document) == [("control-character", line, column) for line, column in ((2, 7), (3, 10), (4, 11))]
    assert "“项目名称”" in document.problems[0].message


@pytest.mark.parametrize("text", ["甲\\t乙", "甲\\n乙", "\\u00a0", "\\u200b", "\\u202e反", "\\ufeff", "😀"])
def test_white_space_and_marks_of_direction_are_text(text: str) -> None:
    """They are harmless in a form; the report escapes them."""
    document = only(HEAD + f'项目名称: "{text}"\n')
    assert document.problems == ()


@pytest.mark.parametrize(
    "source",
    [HEAD + "项目名称: '\ud800'\n", '{"格式": "perfeval/1", "项目名称": "\\ud800"}', HEAD + "项目名称: \uffff\n"],
    ids=["raw", "json", "noncharacter"],
)
def test_half_a_surrogate_pair_is_a_problem_and_not_an_exception(source: str) -> None:
    document = only(source)
    assert document.form is None
    assert document.problems[0].code in ("control-character", "syntax")
