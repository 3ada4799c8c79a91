"""The clean corpus: right forms of every kind, on which no rule may say anything.

On the forms of other trades, which were written without sight of the rules, an information may be right; its reason is
in the form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.judge.outcome import Verdict
from perfeval_lint.rule.model import Severity
from tests.rules.corpus import CLEAN, OTHER_TRADES, clean_forms, remarks_on_forms

NAMES = [(folder, path.stem) for folder in (CLEAN, OTHER_TRADES) for path in sorted(folder.glob("*.yaml"))]
each_form = pytest.mark.parametrize(("folder", "name"), NAMES, ids=[name for _, name in NAMES])

Judged = dict[tuple[Path, str], tuple[Verdict, dict[str, str]]]


@pytest.fixture(scope="module")
def judged(form_of: Any, judge: Any) -> Judged:
    """Every form judged under its own profile, or the one chosen by its kind, and what its comments say."""
    forms = [(folder, name, plain) for folder in (CLEAN, OTHER_TRADES) for name, plain in clean_forms(folder).items()]
    remarks = {folder: remarks_on_forms(folder) for folder in (CLEAN, OTHER_TRADES)}
    profiles = [remarks[folder][name].get("规则集") for folder, name, _ in forms]
    verdicts = judge.each([form_of(plain) for _, _, plain in forms], profiles)
    return {
        (folder, name): (verdict, remarks[folder][name])
        for (folder, name, _), verdict in zip(forms, verdicts, strict=True)
    }


@each_form
def test_nothing_is_found(folder: Path, name: str, judged: Judged) -> None:
    verdict, remarks = judged[folder, name]
    known = remarks.get("提示", "").partition("，")[0].split()
    found = [(one.rule.id, one.severity, one.place.path, one.message) for one in verdict.each()]
    assert [one for one in found if one[1] is not Severity.INFO or one[0] not in known] == []
    assert {one[0] for one in found} == set(known)


@each_form
def test_what_cannot_be_judged_is_known(folder: Path, name: str, judged: Judged) -> None:
    verdict, remarks = judged[folder, name]
    unknown = {item.rule.id for item in verdict.not_evaluated}
    assert sorted(unknown) == remarks.get("未能判断", "").split()


def test_the_corpus_has_forms_of_every_kind(clean: dict[str, Any]) -> None:
    kinds = {plain["表式"] for plain in clean.values()}
    assert kinds >= {"项目支出绩效自评表", "部门整体支出绩效自评表", "转移支付区域（项目）绩效目标自评表"}
    assert any("指标分组" in plain for plain in clean.values())
    assert any("总分" not in plain and "分值" in plain["绩效指标"][0] for plain in clean.values())
    assert any("等级" in plain.get("总分", {}) for plain in clean.values())
