"""A layout is one template file: no code knows its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.form.model import to_plain
from perfeval_lint.read.read import read
from perfeval_lint.recognise.recognise import recognise
from perfeval_lint.recognise.words.template import BASE, FOLDER, load_templates

SHIPPED = sorted(path for path in FOLDER.glob("*.yaml") if path.name != BASE)
TEMPLATE = """
name: 某地的新表
form: 项目支出绩效自评表
titles: [财政支出成效自查表]
header:
  项目名称: [事由]
  实施单位: [承办]
funds:
  全年预算数: [拨来]
  全年执行数: [花掉]
indicators:
  三级指标: [要办的事]
  年度指标值: [打算]
  实际完成值: [办成]
  分值: [该得]
  得分: [实得]
  偏差原因: [缘由]
total: [满打满算]
fillers: [〇〇]
money: 元
"""
FORM = """
财政支出成效自查表（2023年度）

| 事由 | 修桥 | 承办 | 某镇 | | |
|---|---|---|---|---|---|
| 钱 | 拨来 | 花掉 | 执行率 | | |
| 年度资金总额 | 1,000,000 | 950000 | 95% | | |
| 要办的事 | 打算 | 办成 | 该得 | 实得 | 缘由 |
| 修好的桥 | 3座 | 2座 | 90 | 60 | 汛期停工 |
| 〇〇 | | | | | |
| 满打满算 | | | 100 | 69.5 | |
"""


def test_a_new_layout_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "T99.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    reading = read(FORM.encode(), "新表.md")
    (refused,) = recognise(reading, "新表.md")
    assert refused.form is None
    (found,) = recognise(reading, "新表.md", load_templates([*SHIPPED, path]))
    assert found.form is not None
    assert to_plain(found.form) == {
        "格式": "perfeval/1",
        "表式": "项目支出绩效自评表",
        "年度": "2023",
        "项目名称": "修桥",
        "实施单位": "某镇",
        "项目资金": [{"资金来源": "年度资金总额", "全年预算数": "100", "全年执行数": "95", "执行率": "95%"}],
        "绩效指标": [
            {
                "三级指标": "修好的桥",
                "年度指标值": "3座",
                "实际完成值": "2座",
                "分值": "90",
                "得分": "60",
                "偏差原因": "汛期停工",
            }
        ],
        "总分": {"分值": "100", "得分": "69.5"},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: 甲\nform: 乙\nheaders: {}", "不认识的键“headers”"),
        ("name: 甲\nform: 乙\nheader: {项目名称: 名称}", "“header”的“项目名称”应是文字的列表"),
        ("name: 甲\nform: 乙\ntitles: ['(']", "不是正确的正则表达式"),
        ("- 甲", "模板应是若干“键: 值”"),
        ("form: 乙", "缺少“name”"),
        ("name: [", "读不出模板"),
    ],
)
def test_a_mistake_in_a_template_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "T99.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulePackBroken, match=r"T99\.yaml") as caught:
        load_templates([path])
    assert any(said in problem.message for problem in caught.value.problems)


def test_the_numbers_of_the_layouts_have_no_gap() -> None:
    names = {path.name[:3] for path in SHIPPED}
    assert names == {f"T{number:02}" for number in range(1, len(names) + 1)}
