"""Values keep their text as printed and their place in the file."""

from __future__ import annotations

import pytest

from perfeval_lint.form.definition import FUNDS, GROUPS, TOTAL
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form, to_plain

HEAD = "格式: perfeval/1\n"

PLACES = """\
格式: perfeval/1
年度: 2021
项目名称: "培训 😀"
项目资金:
- 资金来源: 年度资金总额
  得分: 9.70
  全年预算数: 10740.000000
- {资金来源: 其他😀资金, 得分: 0.00}
指标分组: {产出指标: 50}
总分:
  得分:
    99.06
附注: 甲
"""


def only_form(source: str | bytes) -> Form:
    """The one form of a source in which nothing is wrong."""
    (document,) = load(source)
    assert document.problems == ()
    assert document.form is not None
    return document.form


def test_values_stand_where_they_are_printed() -> None:
    """Lines and columns count from 1, columns in characters and not in bytes."""
    form = only_form(PLACES)
    total, other = form.rows(FUNDS)
    assert form.root.values["格式"].origin == (1, 5)
    assert form.root.values["年度"].origin == (2, 5)
    assert form.root.values["项目名称"].origin == (3, 7)
    assert total.values["得分"].origin == (6, 7)
    assert total.values["全年预算数"].origin == (7, 10)
    assert other.values["资金来源"].origin == (8, 10)
    assert other.values["得分"].origin == (8, 21)
    assert form.rows(GROUPS)[0].values["分值"].origin == (9, 14)
    assert form.rows(TOTAL)[0].values["得分"].origin == (12, 5)


def test_rows_sections_and_unknown_keys_have_places_too() -> None:
    form = only_form(PLACES)
    assert [row.origin for row in form.rows(FUNDS)] == [(5, 3), (8, 3)]
    assert form.places["总分"] == (10, 1)
    assert form.rows(GROUPS)[0].values["名称"].origin == (9, 8)
    assert form.unknown[0].origin == (13, 1)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_ending_counts_once(newline: str) -> None:
    form = only_form(PLACES.replace("\n", newline))
    assert form.rows(TOTAL)[0].values["得分"].origin == (12, 5)


def test_a_byte_order_mark_moves_no_column() -> None:
    form = only_form(PLACES.encode("utf-8-sig"))
    assert form.root.values["格式"].origin == (1, 5)


def test_columns_after_an_escaped_emoji_in_json_are_those_of_the_file() -> None:
    source = r'{"格式": "perfeval/1", "项目名称": "\ud83d\ude00", "年度": 2021}'
    assert only_form(source).root.values["年度"].origin == (1, source.index("2021") + 1)


@pytest.mark.parametrize("digits", ["9.70", "10740.000000", "-0", "+5", "007", "99.060%", "1e3", "1_000"])
def test_digits_stay_as_printed(digits: str) -> None:
    form = only_form(HEAD + f"项目资金: [{{得分: {digits}, 执行率: '{digits}'}}]\n")
    assert form.rows(FUNDS)[0].text("得分") == digits
    assert form.rows(FUNDS)[0].text("执行率") == digits


@pytest.mark.parametrize(
    "word", ["NO", "yes", "12:30", "1e3", "2021-07-27", "010", "0x1F", "~", "null", "true", "=", ".inf", "<<"]
)
def test_words_yaml_would_convert_stay_text(word: str) -> None:
    form = only_form(HEAD + f"项目名称: {word}\n项目资金: [{{资金来源: {word}}}]\n{word}: {word}\n")
    assert form.text("项目名称") == word
    assert form.rows(FUNDS)[0].text("资金来源") == word
    assert (form.unknown[0].key, form.unknown[0].value) == (word, word)


def test_a_tag_does_not_change_a_value() -> None:
    form = only_form(HEAD + "年度: !!int 2021\n项目名称: !a 010\n")
    assert (form.text("年度"), form.text("项目名称")) == ("2021", "010")


def test_an_empty_value_is_absent() -> None:
    form = only_form(HEAD + "项目名称:\n项目编码: ''\n项目资金:\n总分: {得分: }\n")
    assert (form.text("项目名称"), form.text("项目编码")) == (None, None)
    assert form.rows(FUNDS) == ()
    assert form.rows(TOTAL)[0].text("得分") is None


def test_null_of_json_is_absent_and_the_word_in_quotes_is_not() -> None:
    form = only_form('{"格式": "perfeval/1", "项目名称": null, "项目编码": "null", "总分": {"得分": null}}')
    assert form.text("项目名称") is None
    assert form.text("项目编码") == "null"
    assert form.rows(TOTAL)[0].text("得分") is None


def test_a_section_that_is_null_in_json_is_absent() -> None:
    form = only_form('{"格式": "perfeval/1", "项目资金": null, "总分": null, "指标分组": null}')
    assert (form.rows(FUNDS), form.rows(TOTAL), form.rows(GROUPS)) == ((), (), ())


def test_json_numbers_and_booleans_keep_their_text() -> None:
    form = only_form('{\n\t"格式": "perfeval/1",\n\t"项目名称": true,\n\t"总分": {"得分": 99.060, "分值": 1E2}\n}')
    assert form.text("项目名称") == "true"
    assert (form.rows(TOTAL)[0].text("得分"), form.rows(TOTAL)[0].text("分值")) == ("99.060", "1E2")


def test_surrogate_pairs_of_json_are_one_character() -> None:
    form = only_form(r'{"格式": "perfeval/1", "项目名称": "培\u8bad\ud83d\ude00\uD83D\uDE01\/"}')
    assert form.text("项目名称") == "培训😀😁/"


def test_a_written_backslash_before_a_surrogate_is_not_an_escape() -> None:
    form = only_form(r'{"格式": "perfeval/1", "项目名称": "\\ud83d\\ude00"}')
    assert form.text("项目名称") == r"\ud83d\ude00"


def test_block_text_keeps_its_lines() -> None:
    form = only_form(
        HEAD
        + "说明: |\n  一：*甲* & 乙\n   二 # 不是注释\n\n  三\n"
        + "改进措施: >\n  一\n  二\n\n  三\n"
        + "存在问题: |+\n  无\n\n评价结论: |-\n  优\n"
    )
    plain = to_plain(form)
    assert plain["说明"] == "一：*甲* & 乙\n 二 # 不是注释\n\n三\n"
    assert plain["改进措施"] == "一 二\n三\n"
    assert plain["存在问题"] == "无\n\n"
    assert plain["评价结论"] == form.text("评价结论") == "优"
    assert form.text("说明") == "一：*甲* & 乙\n 二 # 不是注释\n\n三"  # as it is judged


def test_order_of_keys_and_rows_is_that_of_the_file() -> None:
    form = only_form(HEAD + "总分: {得分: 1, 分值: 2}\n年度: 2021\n项目资金:\n- {得分: 1}\n- {资金来源: 甲}\n")
    plain = to_plain(form)
    assert list(plain) == ["格式", "总分", "年度", "项目资金"]
    assert list(plain["总分"]) == ["得分", "分值"]
    assert plain["项目资金"] == [{"得分": "1"}, {"资金来源": "甲"}]
