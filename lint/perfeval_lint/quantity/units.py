"""Units: which count the same thing, which can be converted, which differ."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from perfeval_lint.quantity.model import MONEY

RATES = frozenset(["%", "‰", "百分点"])
CLASSIFIER = "个"  # takes the place of any unit that counts things
_LONGEST = 6


def data(name: str) -> dict[str, object]:
    """One of the data files beside this module."""
    text = (Path(__file__).parent / name).read_text("utf-8")
    content: dict[str, object] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return content


@cache
def _units() -> tuple[Mapping[str, frozenset[int]], Mapping[str, tuple[str, Decimal]]]:
    """Families by unit, and base unit and factor by convertible unit."""
    families: dict[str, set[int]] = {}
    for number, line in enumerate(lines("alike")):
        for unit in line.split():
            families.setdefault(unit, set()).add(number)
    convertible: dict[str, tuple[str, Decimal]] = {}
    for line in lines("convert"):
        words = line.split()
        for unit, factor in zip(words[::2], words[1::2], strict=True):
            convertible[unit] = (words[0], Decimal(factor))
    return {unit: frozenset(numbers) for unit, numbers in families.items()}, convertible


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of one of the lists of units."""
    found = data("units.yaml")[name]
    return tuple(str(line) for line in found) if isinstance(found, list) else ()


@cache
def known_units() -> frozenset[str]:
    """Every unit of the data file, with 元 and the classifier."""
    families, convertible = _units()
    return frozenset([*families, *convertible, "元", "个", "元整"])


def unit_at_start(text: str) -> str:
    """The longest known unit a text begins with; empty where none. A classifier before a unit is taken with it."""
    known = known_units()
    for length in range(min(len(text), _LONGEST), 0, -1):
        unit = text[:length]
        if unit in known or (unit[0] == CLASSIFIER and unit[1:] in known):
            # The m of mg/L is no unit.
            return "" if _is_latin(unit[-1]) and _is_latin(text[length : length + 1]) else unit
    return ""


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def plain(unit: str) -> str:
    """A unit without its classifier: 个单位 → 单位; 个 and 个月 stay."""
    short = unit.removeprefix(CLASSIFIER)
    return short if short and unit != "个月" else unit


def to_base(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """A value in the base unit of its line of conversions; as it is where there is none."""
    base, factor = _units()[1].get(unit, (unit, Decimal(1)))
    return value * factor, base


def conversions(unit: str) -> tuple[Decimal, ...]:
    """The value in this unit of one of each unit that converts into it."""
    base, factor = _units()[1].get(unit, (unit, Decimal(1)))
    return tuple(other / factor for of, other in _units()[1].values() if of == base and other != factor)


def is_measured(unit: str) -> bool:
    """Whether the unit measures (米, 亩, 吨) rather than counts."""
    return unit in _units()[1]


def same(one: str, other: str) -> bool | None:
    """Whether two units count the same thing, conversions included; None where one is missing or not known."""
    if one == other:
        return True
    if not one or not other:
        return None
    families, convertible = _units()
    first, second = convertible.get(one, (one, 0))[0], convertible.get(other, (other, 0))[0]
    if first == second:
        return True
    if CLASSIFIER in (one, other):
        unit = other if one == CLASSIFIER else one
        return unit not in convertible and unit not in (MONEY, "百分点")
    known = {*families, *convertible, MONEY}
    if one not in known or other not in known:
        return None
    return bool(families.get(one, frozenset()) & families.get(other, frozenset()))
