"""Drawn lines put together: pieces to whole lines, lines to the tables they bound."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from perfeval_lint.read.pdf_page import Rule

TOUCH = 3.0  # points within which lines meet, and positions are one


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Pieces on one line made one: dashes, borders drawn cell by cell, borders drawn twice."""
    joined: list[Rule] = []
    for _, same in groupby(sorted(rules, key=lambda rule: (rule.level, rule.at)), key=attrgetter("level")):
        for group in _bands(list(same)):
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


def _bands(rules: list[Rule]) -> Iterator[list[Rule]]:
    """Rules in order of `at`, in groups that lie within half the touching distance of the first."""
    band: list[Rule] = []
    for rule in rules:
        if band and rule.at - band[0].at > TOUCH / 2:
            yield band
            band = []
        band.append(rule)
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
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index
