"""The clean corpus: right forms of every kind, on which no rule may say anything."""

from __future__ import annotations

from pathlib import Path

import pytest

NAMES = sorted(path.stem for path in (Path(__file__).parent / "clean").glob("*.yaml"))


@pytest.fixture(scope="module")
def verdicts(clean, form_of, judge):
    return dict(zip(clean, judge([form_of(plain) for plain in clean.values()]), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found(name, verdicts):
    assert [(found.rule.id, found.place.path, found.message) for found in verdicts[name].findings] == []


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_evaluated(name, verdicts):
    unknown = verdicts[name].not_evaluated
    assert [(item.rule.id, item.place.path, item.missing) for item in unknown] == []


def test_the_corpus_has_forms_of_every_kind(clean):
    kinds = {plain["表式"] for plain in clean.values()}
    assert kinds >= {"项目支出绩效自评表", "部门整体支出绩效自评表", "转移支付区域（项目）绩效目标自评表"}
    assert any("指标分组" in plain for plain in clean.values())
    assert any("总分" not in plain and "分值" in plain["绩效指标"][0] for plain in clean.values())
    assert any("等级" in plain.get("总分", {}) for plain in clean.values())
