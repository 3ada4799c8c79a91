"""Every word of a list of words.yaml decides something."""

from __future__ import annotations

import pytest

from perfeval_lint import read_quantity
from perfeval_lint.quantity.compare import compare
from perfeval_lint.quantity.words import operators, words

ENDS = [
    *(word for word, _ in operators("before")),
    *(word for name in ("about", "near", "more", "less") for word in words(name)),
]


@pytest.mark.parametrize("word", words("happening"))
def test_what_is_not_meant_to_happen(word):
    target = read_quantity(f"无{word}")
    assert (target.level, target.event) == ("absent", word)
    assert compare(target, read_quantity("发生1起"), downward=False).met is False
    assert compare(target, read_quantity(f"未发生{word}"), downward=False).met is True
    assert read_quantity(f"零{word}").value == 0


@pytest.mark.parametrize("word", words("happening_of"))
def test_of_what_kind_it_is(word):
    assert read_quantity(f"无{word}事故").level == "absent"
    assert read_quantity("无唔事故").level is None


@pytest.mark.parametrize("word", words("near"))
def test_nearly_is_less(word):
    assert compare(read_quantity("≥50人"), read_quantity(f"{word}50人"), downward=False).met is None
    assert compare(read_quantity("≥50人"), read_quantity(f"{word}20人"), downward=False).met is False


@pytest.mark.parametrize("word", words("about"))
def test_about(word):
    read = read_quantity(f"{word}50人")
    assert (read.value, read.approximate) == (50, True)


@pytest.mark.parametrize(("name", "change"), [("more", "增"), ("less", "减")])
def test_rises_and_falls(name, change):
    assert [word for word in words(name) if read_quantity(f"{word}5%").change != change] == []


@pytest.mark.parametrize(("word", "operator"), operators("before"))
def test_operators_before(word, operator):
    assert read_quantity(f"{word}50人").operator == operator


@pytest.mark.parametrize(("word", "operator"), operators("after"))
def test_operators_after(word, operator):
    assert read_quantity(f"50万元{word}").operator == ("=" if operator == "≈" else operator)


@pytest.mark.parametrize("word", words("whole"))
def test_words_that_end_like_others(word):
    read = read_quantity(f"{word}3个")
    assert (read.operator, read.approximate, read.change) == ("=", False, "")
    assert any(word.endswith(end) for end in ENDS)


@pytest.mark.parametrize("word", words("other"))
def test_numbers_of_something_else(word):
    assert read_quantity(f"{word}2个").understood is False
