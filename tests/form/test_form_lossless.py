"""Writing a form and reading it again loses nothing: text, digits, order, unknown keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint.form.definition import FORMAT, GROUPS, SECTIONS, Kind, Section, Shape
from perfeval_lint.form.dump import dump
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
HEAD = "格式: perfeval/1\n"

# --- any form ---

CONTROL = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(0x7F, 0x85), *range(0x86, 0xA0))]
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL)
WEIRD = ["", " ", " 甲 ", "甲: 乙", "甲:", "# 甲", "甲 #乙", "- 甲", "-", "? 甲", "|", ">-", "'甲'", '"', "\\"]
WEIRD += ["甲\n乙", "甲\n\n  乙\n", "\n", "\t甲", "甲\r\n乙", "\\n", "😀", "\u2028", "\x85", "\ufeff", "\xa0"]
WEIRD += ["*甲", "&甲", "!甲", "@甲", "`", "%甲", "[甲", "{甲}", "---", "...", "<<", "="]
WEIRD += ["NO", "null", "~", "true", "010", "1e3", "12:30", "2021-07-27"]
NUMBERS = ["9.70", "10740.000000", "-0", "+5", "007", "1e3", "93.61%", "1,000", "１２", ".5", "5.", "三分"]
NUMBERS += ["1" * 13, "0x1F", "0o7", "1_0", "089", "NaN", ".inf"]
TEXTS = st.one_of(st.sampled_from(WEIRD), st.text(CHARACTERS, max_size=12))
DIGITS = st.one_of(st.sampled_from(NUMBERS), st.decimals(allow_nan=False, allow_infinity=False).map(str), TEXTS)
KNOWN_WORDS = {field.name for section in SECTIONS for field in section.fields} | {s.key for s in SECTIONS}
UNKNOWN_KEYS = TEXTS.filter(lambda key: key not in KNOWN_WORDS)
ANYTHING = st.recursive(
    TEXTS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)), max_leaves=6
)


@st.composite
def shuffled(draw: st.DrawFn, items: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Some of the items, in any order."""
    keys = draw(st.lists(st.sampled_from(sorted(items)), unique=True))
    return {key: draw(items[key]) for key in keys}


@st.composite
def records(draw: st.DrawFn, section: Section) -> dict[str, Any]:
    """Some fields of a section in any order, then unknown keys."""
    fields = {field.name: TEXTS if field.kind is Kind.TEXT else DIGITS for field in section.fields}
    required = {field.name: draw(TEXTS) for field in section.fields if field.required}
    unknown = draw(st.dictionaries(UNKNOWN_KEYS, ANYTHING, max_size=2))
    return required | draw(shuffled(fields)) | unknown


def of_section(section: Section) -> st.SearchStrategy[Any]:
    if section is GROUPS:
        return st.dictionaries(TEXTS, DIGITS, max_size=3)
    if section.shape is Shape.ROWS:
        return st.lists(records(section), max_size=3)
    return records(section)


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    """A whole form as plain data, in the order to_plain gives: known keys as drawn, then unknown ones."""
    items: dict[str, st.SearchStrategy[Any]] = {}
    for section in SECTIONS:
        if section.shape is Shape.ROOT:
            items |= {field.name: TEXTS if field.kind is Kind.TEXT else DIGITS for field in section.fields}
        else:
            items[section.key] = of_section(section)
    items["格式"] = st.just(FORMAT)
    known = draw(shuffled(items))
    return {"格式": FORMAT} | known | draw(st.dictionaries(UNKNOWN_KEYS, ANYTHING, max_size=2))


# --- tests ---


def read(source: str | bytes) -> list[Form]:
    """The forms of a source in which nothing is wrong."""
    documents = list(load(source))
    assert [document.problems for document in documents] == [() for _ in documents]
    return [document.form for document in documents if document.form is not None]


def in_order(form: Form) -> str:
    """A form's plain data as text, so that the order of keys counts at every level."""
    return json.dumps(to_plain(form), ensure_ascii=False)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_survive_writing(path: Path) -> None:
    forms_read = read(path.read_bytes())
    assert len(forms_read) == 1
    written = dump(forms_read)
    assert [in_order(form) for form in read(written)] == [in_order(form) for form in forms_read]
    assert dump(read(written)) == written


def test_there_are_two_examples() -> None:
    assert len(EXAMPLES) >= 2


@settings(max_examples=300, deadline=None, derandomize=True)
@given(plain=forms(), ascii_only=st.booleans())
def test_any_form_survives_writing(plain: dict[str, Any], ascii_only: bool) -> None:
    """From JSON, which states every text exactly, to a form, to YAML, to a form again."""
    (form,) = read(json.dumps(plain, ensure_ascii=True))
    assert in_order(form) == json.dumps(plain, ensure_ascii=False)
    written = dump([form])
    (again,) = read(written.encode() if ascii_only else written)
    assert in_order(again) == in_order(form)
    assert dump([again]) == written


@settings(max_examples=50, deadline=None, derandomize=True)
@given(plains=st.lists(forms(), min_size=2, max_size=4))
def test_several_forms_survive_writing_in_one_file(plains: list[dict[str, Any]]) -> None:
    written = dump(read(json.dumps(plain))[0] for plain in plains)
    assert [to_plain(form) for form in read(written)] == plains


@settings(max_examples=100, deadline=None, derandomize=True)
@given(plain=forms())
def test_other_readers_of_yaml_find_the_same_text(plain: dict[str, Any]) -> None:
    """What is written is YAML like any other, not a dialect of this package. CBaseLoader reads all as text."""
    written = dump(read(json.dumps(plain)))
    assert yaml.load(written, yaml.CBaseLoader) == plain


def test_numbers_are_written_plain_and_texts_that_look_like_numbers_quoted() -> None:
    source = (
        "年度: 2021\n项目编码: '010'\n联系电话: '84080080'\n总分: {分值: '100', 得分: 9.70}\n指标分组: {产出指标: 50}\n"
    )
    written = dump(read(HEAD + source))
    assert written == (
        "格式: perfeval/1\n年度: 2021\n项目编码: '010'\n联系电话: '84080080'\n"
        "总分:\n  分值: 100\n  得分: 9.70\n指标分组:\n  产出指标: 50\n"
    )


@pytest.mark.parametrize("word", ["NO", "null", "~", "true", "1e3", "12:30", "2021-07-27", "010"])
def test_a_strict_reader_takes_a_written_text_for_text(word: str) -> None:
    """The words that only this package reads as text are quoted for the others."""
    written = dump(read(HEAD + f"项目名称: {word}\n"))
    assert yaml.safe_load(written)["项目名称"] == word


def test_no_forms_are_no_text() -> None:
    assert dump([]) == ""
