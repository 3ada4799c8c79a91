"""Drawn lines put together: pieces to whole lines, lines to the tables they bound."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from perfeval_lint.read.pdf.rule import Rule

TOUCH = 3.0  # points within which lines meet, and positions are one
_Item = TypeVar("_Item")


def groups_of(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The lines in groups that may bound a table: those that touch, and those beside them of the same height."""
    groups: list[list[Rule]] = []
    strips: list[_Strip] = []
    for group in _connected(_joined(rules)):
        strip = _strip(group)
        if strip is None:
            groups.append(group)
        else:
            strips.append(strip)
    return groups + [strip.rules for strip in _side_by_side(strips)]


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Pieces on one line made one: dashes, borders drawn cell by cell, borders drawn twice."""
    joined: list[Rule] = []
    for _, same in groupby(sorted(rules, key=lambda rule: (rule.level, rule.at)), key=attrgetter("level")):
        for group in _bands(same, lambda rule: rule.at, TOUCH / 2):
            group.sort(key=attrgetter("start"))
            last = group[0]
            for rule in group[1:]:
                if rule.start <= last.end + TOUCH:
                    last = last._replace(end=max(last.end, rule.end))
                else:
                    joined.append(last)
                    last = rule
            joined.append(last)
    return [rule for rule in joined if rule.end - rule.start > TOUCH]


def _bands(items: Iterable[_Item], place: Callable[[_Item], float], width: float) -> Iterator[list[_Item]]:
    """Items in order of their place, in groups that lie within that width from the first."""
    band: list[_Item] = []
    for item in items:
        if band and place(item) - place(band[0]) > width:
            yield band
            band = []
        band.append(item)
    if band:
        yield band


def _connected(rules: list[Rule]) -> list[list[Rule]]:
    """The rules in groups that touch each other."""
    parents = list(range(len(rules)))
    levels = [index for index, rule in enumerate(rules) if rule.level]
    heights = [rules[index].at for index in levels]  # sorted, as the rules are
    for index, rule in enumerate(rules):
        if rule.level:
            continue
        first = bisect_right(heights, rule.start - TOUCH)
        last = bisect_right(heights, rule.end + TOUCH)
        for other in levels[first:last]:
            if rules[other].start - TOUCH <= rule.at <= rules[other].end + TOUCH:
                parents[root(parents, other)] = root(parents, index)
    groups: dict[int, list[Rule]] = {}
    for index, rule in enumerate(rules):
        groups.setdefault(root(parents, index), []).append(rule)
    return list(groups.values())


def root(parents: list[int], index: int) -> int:
    """Returns the root of the set that an item is in, in a forest of parents."""
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


class _Strip(NamedTuple):
    """Lines that touch, with uprights among them: the place of these, and the heights of the level lines."""

    left: float
    top: float
    bottom: float
    heights: list[float]
    rules: list[Rule]


def _strip(rules: list[Rule]) -> _Strip | None:
    uprights = [rule for rule in rules if not rule.level]
    if not uprights:
        return None
    heights = [rule.at for rule in rules if rule.level]  # sorted, as the rules are
    top, bottom = min(rule.start for rule in uprights), max(rule.end for rule in uprights)
    return _Strip(min(rule.at for rule in uprights), top, bottom, heights, rules)


def _side_by_side(strips: list[_Strip]) -> Iterator[_Strip]:
    """Strips made one where nothing but columns merged over a whole page, without a level line, parts them."""
    strips.sort(key=attrgetter("top"))
    for same_top in _bands(strips, lambda strip: strip.top, TOUCH):
        same_top.sort(key=attrgetter("bottom"))
        for same in _bands(same_top, lambda strip: strip.bottom, TOUCH):
            same.sort(key=attrgetter("left"))
            last = same[0]
            for strip in same[1:]:
                if _agree(last.heights, strip.heights):
                    last.rules.extend(strip.rules)
                    last = last._replace(heights=max(last.heights, strip.heights, key=len))
                else:
                    yield last
                    last = strip
            yield last


def _agree(one: list[float], other: list[float]) -> bool:
    """Returns whether the level lines of one are among those of the other; boxes and single rows never agree."""
    few, many = sorted((one, other), key=len)
    return (not few or len(few) > 2) and are_among(few, many)


def are_among(few: Sequence[float], many: Sequence[float]) -> bool:
    """Returns whether each of a few positions is that of one of many, which are in order."""
    places = (bisect_left(many, at - TOUCH) for at in few)
    return all(place < len(many) and many[place] <= at + TOUCH for place, at in zip(places, few, strict=True))


def positions_of(places: Iterable[float]) -> list[float]:
    """Returns places in order, those within which lines meet as one."""
    positions: list[float] = []
    for at in sorted(places):
        if not positions or at - positions[-1] > TOUCH:
            positions.append(at)
    return positions
