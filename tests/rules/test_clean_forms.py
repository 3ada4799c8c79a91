"""The clean corpus: right forms of every kind, on which no rule may say anything."""

from __future__ import annotations

from pathlib import Path

import pytest

NAMES = sorted(path.stem for path in (Path(__file__).parent / "clean").glob("*.yaml"))


@pytest.fixture(scope="module")
def verdicts(clean, form_of, judge, remarks):
    """Every form judged under its own profile, or the one chosen by its kind."""
    found = {}
    for profile in {remarks[name].get("规则集") for name in clean}:
        names = [name for name in clean if remarks[name].get("规则集") == profile]
        found |= zip(names, judge([form_of(clean[name]) for name in names], profile), strict=True)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found(name, verdicts):
    assert [(found.rule.id, found.place.path, found.message) for found in verdicts[name].findings] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_judged_is_known(name, verdicts, remarks):
    unknown = {item.rule.id for item in verdicts[name].not_evaluated}
    assert sorted(unknown) == remarks[name].get("未能判断", "").split()


def test_the_corpus_has_forms_of_every_kind(clean):
    kinds = {plain["表式"] for plain in clean.values()}
    assert kinds >= {"项目支出绩效自评表", "部门整体支出绩效自评表", "转移支付区域（项目）绩效目标自评表"}
    assert any("指标分组" in plain for plain in clean.values())
    assert any("总分" not in plain and "分值" in plain["绩效指标"][0] for plain in clean.values())
    assert any("等级" in plain.get("总分", {}) for plain in clean.values())
