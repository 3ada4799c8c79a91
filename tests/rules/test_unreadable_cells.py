"""What cannot be read is never judged: a garbled number is reported once, and nothing is concluded from it."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from perfeval_lint.recognise.words.template import shipped_templates

NUMBERS = {"年初预算数", "全年预算数", "全年执行数", "分值", "得分"}
GARBLED = ("约九成", "10分", "1e3", "九十%")


def number_cells(plain: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    for name in ("项目资金", "绩效指标"):
        for number, row in enumerate(plain[name]):
            yield from ((name, number, key) for key in row if key in {*NUMBERS, "执行率"})
    yield from (("总分", key) for key in plain.get("总分", {}) if key in NUMBERS)
    yield from (("指标分组", key) for key in plain.get("指标分组", {}))


def path_of(cell: tuple[str | int, ...]) -> str:
    name, *rest = cell
    return f"{name}[{rest[0]}].{rest[1]}" if len(rest) == 2 else f"{name}.{rest[0]}"


def test_only_the_garbled_cell_is_reported(clean, remarks, form_of, judge):
    """Each cell in turn, in one of the ways; every field meets them all."""
    garbled = [(name, cell) for name, plain in clean.items() for cell in number_cells(plain)]
    ways = defaultdict(lambda: cycle(GARBLED))  # by field: those of a row come in a fixed order
    forms, profiles = [], []
    for name, cell in garbled:
        form = copy.deepcopy(clean[name])
        holder = form[cell[0]] if len(cell) == 2 else form[cell[0]][cell[1]]
        holder[cell[-1]] = next(ways[cell[0], cell[-1]])
        forms.append(form_of(form))
        profiles.append(remarks[name].get("规则集"))
    wrong = {}
    for (name, cell), verdict in zip(garbled, judge.each(forms, profiles), strict=True):
        found = [(one.rule.id, one.place.path) for one in verdict.each()]
        if found != [("PE002", path_of(cell))]:
            wrong[name, path_of(cell)] = found
    assert wrong == {}


@pytest.mark.parametrize("profile", ["通用", "广西"])
@pytest.mark.parametrize("spent", ["95", "85", "0"])
def test_a_score_of_an_unreadable_weight_is_not_evaluated(spent, profile, form_of, judge):
    row = {"资金来源": "年度资金总额", "全年预算数": "100", "全年执行数": spent, "分值": "十分", "得分": "9"}
    (verdict,) = judge([form_of({"项目资金": [row]})], profile)
    said = {found.rule.id for found in verdict.each() if found.place.path == "项目资金[0].得分"}
    assert said == set()
    assert ("PE104", "项目资金[0].得分") in {(one.rule.id, one.place.path) for one in verdict.not_evaluated}


def test_a_score_without_a_rate_is_not_evaluated(form_of, judge):
    row = {"资金来源": "年度资金总额", "分值": "10", "得分": "9"}
    forms = [form_of({"项目资金": [row | more]}) for more in ({}, {"全年预算数": "100"}, {"全年执行数": "90"})]
    for profile in ("通用", "广西"):
        for verdict in judge(forms, profile):
            assert "PE104" not in {found.rule.id for found in verdict.each()}
            assert ("PE104", "项目资金[0].得分") in {(u.rule.id, u.place.path) for u in verdict.not_evaluated}


def unreadable(marks, form_of, judge):
    """Of marks typed for 全年执行数, those of which PE002 speaks."""
    rows = [{"资金来源": "当年财政拨款", "年初预算数": "10", "全年执行数": mark} for mark in marks]
    verdicts = judge([form_of({"项目资金": [row]}) for row in rows])
    found = zip(marks, verdicts, strict=True)
    return [mark for mark, verdict in found if "PE002" in {finding.rule.id for finding in verdict.each()}]


def test_what_is_blank_on_paper_is_a_blank_amount(form_of, judge):
    """The marks that readers take for blank, and other strokes that stand for nothing."""
    marks = sorted(shipped_templates().all[0].vocabulary.blanks - {"无此项"})
    assert unreadable([*marks, "─", "━━", "−", "‐", "…", "～"], form_of, judge) == []


def test_other_signs_are_no_blank_amount(form_of, judge):
    signs = ["+", "＋", "=", "%", "?", "。"]
    assert unreadable(signs, form_of, judge) == signs
