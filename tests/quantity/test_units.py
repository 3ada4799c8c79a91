"""The data file of units: sane in itself, every unit of it read back, and what counts the same thing and what not."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import combinations

import pytest

from perfeval_lint import read_quantity
from perfeval_lint.quantity.compare import compare
from perfeval_lint.quantity.units import data, known_units, plain, same, to_base

UNITS = data("units.yaml")
ALIKE = [line.split() for line in UNITS["alike"]]
CONVERT = [line.split() for line in UNITS["convert"]]
DATES = {"月", "季度"}  # 3月 and 3季度 are periods, not numbers

ONE_THING = ["次 场 期", "家 户 单位", "件 项", "人 名 位", "台 套", "处 座", "头 只", "份 本 册", "节 课时 学时"]
DIFFERENT = [
    ("人", "人次"),
    ("户", "户次"),
    ("家", "家次"),
    ("件", "件次"),
    ("台", "台次"),
    ("%", "百分点"),
    ("‰", "百分点"),
    ("%", "次"),
    ("人", "户"),
    ("人", "次"),
    ("米", "亩"),
    ("吨", "立方米"),
    ("小时", "次"),
    ("元", "次"),
    ("万元", "%"),
    ("工作日", "公里"),
]
COUNTED = "次 人 人次 家 户 件 项 份 台 处 座 株 头 队 用户 名额 标段 种 样品".split()


def test_conversion_lines_are_pairs():
    assert all(len(line) % 2 == 0 for line in CONVERT)
    assert all(line[1] == "1" for line in CONVERT), "the first unit of a line is what the others are told in"


def test_factors_are_positive_and_exact():
    factors = [Decimal(factor) for line in CONVERT for factor in line[1::2]]
    assert all(factor > 0 and factor.is_finite() for factor in factors)


def test_no_unit_in_two_conversion_lines():
    times = Counter(unit for line in CONVERT for unit in line[::2])
    assert [unit for unit, count in times.items() if count > 1] == []


def test_no_unit_twice_in_a_line():
    assert [line for line in ALIKE if len(set(line)) < len(line)] == []


def test_no_unit_is_both_converted_and_alike_to_another():
    converted = {unit for line in CONVERT for unit in line[::2]}
    assert [unit for line in ALIKE if len(line) > 1 for unit in line if unit in converted] == []


def test_the_classifier_is_not_listed():
    assert not any("个" in line for line in [*ALIKE, *CONVERT])


def test_to_base_gives_the_first_unit_of_the_line():
    for base, *rest in CONVERT:
        for unit in [base, *rest[1::2]]:
            assert to_base(Decimal(7), unit)[1] == base
    assert to_base(Decimal(7), "次") == (Decimal(7), "次")


@pytest.mark.parametrize("unit", sorted(known_units() - DATES - {"元", "元整"}))
def test_every_known_unit_is_read(unit):
    quantity = read_quantity(f"≥3{unit}")
    assert (quantity.operator, quantity.lower, quantity.unit) == ("≥", Decimal(3), plain(unit))


@pytest.mark.parametrize("line", ONE_THING)
def test_alike(line):
    for one, other in combinations(line.split(), 2):
        assert same(one, other) is True
        assert same(other, one) is True
        assert compare(read_quantity(f"≥3{one}"), read_quantity(f"3{other}"), downward=False).met is True


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one, other):
    target, actual = read_quantity(f"3{one}"), read_quantity(f"3{other}")
    for found in (compare(target, actual, downward=False), compare(actual, target, downward=False)):
        assert (found.met, found.ratio, found.same_unit) == (None, None, False)


@pytest.mark.parametrize("unit", COUNTED)
def test_the_classifier_stands_for_any_counted_thing(unit):
    assert same("个", unit) is True
    assert compare(read_quantity(f"≥3{unit}"), read_quantity("3个"), downward=False).met is True
    assert compare(read_quantity("≥3个"), read_quantity(f"3{unit}"), downward=False).met is True


@pytest.mark.parametrize("unit", ["%", "‰", "百分点", "元", "万元", "小时", "公里", "亩", "吨", "个月"])
def test_the_classifier_stands_for_nothing_measured(unit):
    found = compare(read_quantity(f"≥3{unit}"), read_quantity("3个"), downward=False)
    assert (found.met, found.same_unit) == (None, False)


def test_same_does_not_depend_on_the_order():
    units = sorted(known_units() | {"万元", "厘", ""})
    assert [pair for pair in combinations(units, 2) if same(*pair) is not same(*reversed(pair))] == []


def test_a_unit_is_the_same_as_itself():
    assert all(same(unit, unit) is True for unit in known_units())


def test_nothing_is_said_of_a_unit_not_known():
    assert same("次", "") is None
    assert same("次", "唔") is None
