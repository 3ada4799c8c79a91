"""Raised letters: powers stay, note marks go, and what might be either is doubted."""

from __future__ import annotations

import pytest

from perfeval_lint.read.raised import put_together

POWERS = [
    ("520m", "2", "520m²"),
    ("3km", "2", "3km²"),
    ("6hm", "2", "6hm²"),
    ("7Nm", "3", "7Nm³"),
    ("1.2×10", "4", "1.2×10⁴"),
    ("5×10", "-3", "5×10⁻³"),
]
MARKS = [
    ("57.00", "2"),
    ("125人", "1"),
    ("98%", "①"),
    ("是", "[3]"),
    ("经费", "注1"),
    ("良", "*"),
    ("完成", "1,2"),
    ("57.00", "2-4"),
    ("3平方米", "2"),
]
LETTERS = [
    ("25", "o", "C"),
    ("第", "二", "期"),
    ("", "1", "期"),
    ("1", "st", " day"),
    ("1", "er", " mai"),
    ("", "1", "/2"),
]


@pytest.mark.parametrize(("before", "raised", "shown"), POWERS)
def test_a_power_is_written_as_one(before: str, raised: str, shown: str) -> None:
    assert put_together([(before, False), (raised, True)]) == (shown, "")


@pytest.mark.parametrize(("before", "raised"), MARKS)
def test_a_note_mark_is_left_out(before: str, raised: str) -> None:
    assert put_together([(before, False), (raised, True)]) == (before, "")


def test_text_goes_on_after_a_mark() -> None:
    assert put_together([("125", False), ("1", True), ("人", False)])[0] == "125人"


def test_a_raised_figure_on_a_whole_number_is_doubted() -> None:
    text, doubt = put_together([("10", False), ("2", True)])
    assert text == "10"
    assert "上标“2”" in doubt


@pytest.mark.parametrize(
    ("before", "raised", "after", "shown"),
    [("", "1", "57.00", "57.00"), ("", "②", "57.00", "57.00"), ("57.", "50", "", "57."), ("3千米", "2", "", "3千米²")],
)
def test_raised_figures_that_may_belong_to_a_number_are_doubted(
    before: str, raised: str, after: str, shown: str
) -> None:
    text, doubt = put_together([(before, False), (raised, True), (after, False)])
    assert text == shown
    assert f"上标“{raised}”" in doubt


@pytest.mark.parametrize(("before", "raised", "after"), LETTERS)
def test_other_raised_letters_stay(before: str, raised: str, after: str) -> None:
    pieces = [(before, False), (raised, True), (after, False)]
    assert put_together(pieces)[0] == before + raised + after


def test_a_cell_that_is_raised_as_a_whole_is_its_text() -> None:
    assert put_together([("12", True), ("人", True)]) == ("12人", "")


@pytest.mark.parametrize("mark", ["1", "注1", "注 12"])
def test_a_mark_before_a_figure_is_no_part_of_it(mark: str) -> None:
    text, doubt = put_together([(mark, True), ("500人次", False)])
    assert text == "500人次"
    assert f"上标“{mark}”" in doubt
