"""Operator, target and unit in columns of their own, and a bare number as the result: the same in a form on paper and
in exported tables."""

from __future__ import annotations

from pathlib import Path

from tests.audit.audits import Audit, Rows

ROWS = [
    ("管护道路里程", "≥", "96.5", "公里", "96.5"),
    ("险情处置时间", "≤", "4", "小时", "6"),
    ("造林面积", "≥", "2.1", "万亩", "2.1"),
    ("参训人次", "≥", "1.2", "万人次", "12300"),
    ("巡查", "≥", "2", "次/月", "24"),
    ("自查", "≥", "1", "次/季度", "3"),
    ("补助标准", "＝", "800", "元/生·学期", "800"),
    ("培训费标准", "≤", "400", "元/人/天", "420"),
    ("单位养护成本", "≤", "3", "万元/公里", "2.8"),
    ("合格率", "≥", "95", "%", "0.98"),
    ("死亡率", "≤", "5", "‰", "3"),
    ("覆盖率", "≥", "95", "%", "9600"),
    ("完成月份", "≤", "12", "月", "11"),
]
LEVELS = "产出指标 | 数量指标"
PAPER = """
部门预算项目支出绩效自评表（2023年度）

| 项目名称 | 乡村道路管护 | 主管部门 | 某县交通局 | 实施单位 | 某县道路管护站 | | | | |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分 | 未完成原因分析 |
"""


def on_paper(folder: Path) -> Path:
    lines = [f"| {LEVELS} | {' | '.join(row)} | 5 | 5 | |" for row in ROWS]
    path = folder / "form.md"
    path.write_text(PAPER.lstrip() + "\n".join(lines) + "\n", "utf-8")
    return path


def in_tables(folder: Path) -> Path:
    heads = "eval_id,一级指标,二级指标,三级指标,指标性质,指标值,度量单位,完成值,分值,得分"
    lines = [f"1,产出指标,数量指标,{','.join(row)},5,5" for row in ROWS]
    place = folder / "export"
    place.mkdir()
    form = "eval_id,年度,项目名称,主管部门,实施单位\n1,2023,乡村道路管护,某县交通局,某县道路管护站\n"
    (place / "PM_PERF_SELF_EVAL.csv").write_text(form, "utf-8")
    (place / "PM_SELF_EVAL_INDICATOR.csv").write_text("\n".join([heads, *lines]) + "\n", "utf-8")
    return place


def found(audit: Audit, path: Path) -> tuple[Rows, Rows]:
    """What is found in the results and scores of indicators, and what cannot be decided there."""
    done = audit(path)
    unmet = done.rows(
        "SELECT 行号, 规则, 消息 FROM 问题 WHERE 部分 = '绩效指标' AND 规则 IN ('PE305', 'PE402', 'PE403') ORDER BY ALL"
    )
    return unmet, done.rows("SELECT * EXCLUDE (表号, 值所在) FROM 未判 WHERE 规则 = 'PE305' ORDER BY ALL")


def test_a_form_and_tables_agree(tmp_path: Path, audit: Audit) -> None:
    unmet, undecided = found(audit, in_tables(tmp_path))
    assert found(audit, on_paper(tmp_path)) == (unmet, undecided)
    assert {rule for _, rule, _ in unmet} == {"PE305", "PE403"}
    assert {message.split("，")[0] for *_, message in unmet} == {"目标 ≤4小时", "目标 ≤400元/人/天"}
    assert len(undecided) == 4
