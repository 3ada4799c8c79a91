"""Results held against targets in the units, periods and prices people type."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint import read_quantity
from perfeval_lint.judge.readings import reading_row
from perfeval_lint.quantity.compare import compare
from perfeval_lint.quantity.units import data
from perfeval_lint.sql.columns import READINGS

SIDES = yaml.safe_load((Path(__file__).parent / "sides.yaml").read_text("utf-8"))
CASES = [(kind, entry) for kind, entries in SIDES.items() for entry in entries]
PERIODS = [line.replace("至多", "").split() for line in data("units.yaml")["periods"]]
SHARES = [line.split() for line in data("units.yaml")["shares"]]
COUNTED = "次 人 户 件 公里 米 厘米 平方公里 亩 公顷 平方米 小时 天 分钟 吨 公斤 个月 年 千瓦"
UNITS = f"{COUNTED} ‰ % 百分点 元 万元 亿元 万人 万亩".split()


def held(target, actual, *, downward=False):
    return compare(read_quantity(target, 2023), read_quantity(actual, 2023), downward=downward)


@pytest.mark.parametrize(("kind", "entry"), CASES, ids=[f"{kind}-{e['target']}|{e['actual']}" for kind, e in CASES])
def test_side(kind, entry):
    found = held(entry["target"], entry["actual"])
    assert found.met is entry["met"]
    if "ratio" in entry:
        ratio = None if found.ratio is None else float(found.ratio)
        assert ratio == (None if entry["ratio"] is None else pytest.approx(entry["ratio"], abs=1.01e-4))


VALUES = st.decimals(0, 10**5, places=2)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(VALUES, VALUES, st.sampled_from(UNITS), st.sampled_from(["≥", "≤", "", ">"]), st.booleans())
def test_a_unit_left_out_on_one_side_never_turns_the_answer(target, actual, unit, operator, downward):
    whole = held(f"{operator}{target}{unit}", f"{actual}{unit}", downward=downward)
    for left, right in ((f"{operator}{target}", f"{actual}{unit}"), (f"{operator}{target}{unit}", f"{actual}")):
        found = held(left, right, downward=downward)
        scaled = unit[0] in "万亿" and found.met is not None
        assert found.met in (None, whole.met) or scaled


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(1, 50), st.integers(0, 3000), st.sampled_from(["月", "季度", "周", "天", "人", "亩"]), st.booleans())
def test_each_may_be_said_before_or_behind(target, actual, of, downward):
    """每月2次 is 2次/月, and 每亩300元 is 300元/亩."""
    unit = "元" if of in "人亩" else "次"
    for result in (f"{actual}{unit}", f"每{of}{actual}{unit}", f"{actual}{unit}/{of}", f"{actual}"):
        one, other = (
            held(words, result, downward=downward) for words in (f"每{of}{target}{unit}", f"{target}{unit}/{of}")
        )
        assert one == other


@pytest.mark.parametrize("words", [line[:-1] for line in PERIODS], ids=lambda line: line[0])
def test_every_word_of_a_period_counts_its_number(words):
    times = next(int(line[-1]) for line in PERIODS if line[0] == words[0])
    for word in words:
        assert held(f"每{word}2次", f"{2 * times}次").met is True
        assert held(f"2次/{word}", f"{2 * times}次").met is True
        short = held(f"每{word}2次", f"{2 * times - 1}次").met
        assert short is (False if times == 1 else None)
        assert read_quantity(f"每{word}2次").per == (words[0],)


@pytest.mark.parametrize("words", SHARES, ids=lambda line: line[0])
def test_every_word_of_a_thing_is_one_name(words):
    for word in words:
        assert held(f"≤300元/{words[0]}", f"310元/{word}").met is False
        assert held(f"≤300元/{word}", "280元/项").met is None


def column(target, actual, name):
    return dict(zip(READINGS, reading_row(target, actual, 2023), strict=True))[name]


@pytest.mark.parametrize(
    ("target", "actual", "amount"),
    [
        ("≤400元", "380", "0.038"),
        ("≤53万元", "52.3", "52.3"),
        ("≤53万元", "520000", "52"),
        ("≤6万元", "58000元", "5.8"),
    ],
)
def test_the_result_of_an_amount_is_in_ten_thousands(target, actual, amount):
    assert column(target, actual, "实际金额") == Decimal(amount)


def test_of_each_what_is_a_column():
    assert column("每月2次", "24次", "目标每") == "月"
    assert column("每月2次", "24次", "实际每") == ""
    assert column("≤400元/人/天", "每人每日380元", "实际每") == "人·天"
