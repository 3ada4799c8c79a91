"""What targets and results say is there for every form that is judged, or the audit stops; a store keeps how it was
read."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.audit.run.judging import Choosing, Judging
from perfeval_lint.errors import StoreIncomplete
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.rule.profile import Overrides
from tests.audit.audits import FEW, Audit, write_form


def test_a_reading_that_is_not_found_ends_the_judging(forms: Path, audit: Audit) -> None:
    found = audit(forms)
    for table in ("原.读数", "评分"):
        found.rows(f"DELETE FROM {table} RETURNING 1")
    verdicts = Judging(found.store, load_pack(all_folders([])), Choosing(None, Overrides(), 2025), 1, lambda _: None)
    verdicts.begin()
    try:
        with pytest.raises(StoreIncomplete, match="读数表里没有这一对目标和完成值；请加 --fresh 重新审核"):
            verdicts.judge_all()
    finally:
        verdicts.stop()


def test_white_space_around_the_year_makes_no_difference(tmp_path: Path, audit: Audit) -> None:
    row = {"三级指标": "交付", "年度指标值": "12月底前", "实际完成值": "次年3月", "分值": "10", "得分": "10"}
    for name, year in (("plain", "2021"), ("broken", "\u30002021\n")):
        write_form(tmp_path / "forms" / f"{name}.json", 年度=year, 项目名称="交付", 绩效指标=[row], 联系电话=name)
    found = audit(tmp_path / "forms")
    plain, broken = (
        found.rows(
            "SELECT 规则, 路径, 消息 FROM 问题 JOIN 表 USING (表号) "
            f"WHERE 联系电话 = '{name}' AND 规则 <> 'PE901' ORDER BY ALL"
        )
        for name in ("plain", "broken")
    )
    assert broken == plain
    assert any(rule == "PE312" for rule, *_ in broken)


@pytest.mark.parametrize("change", ["DELETE FROM 库", "UPDATE 库 SET 值 = '1'"])
def test_forms_that_an_earlier_version_read_are_read_anew(change: str, forms: Path, audit: Audit) -> None:
    audit(forms, overrides=FEW)
    again = audit(forms, overrides=FEW)
    assert again.read == 0
    again.rows(f"{change} WHERE 项 = '读法' RETURNING 1")
    assert audit(forms, overrides=FEW).read == len(list(forms.iterdir()))
    assert audit(forms, overrides=FEW).read == 0
