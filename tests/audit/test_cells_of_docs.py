"""The cells that the documentation shows are read as it says, in a table and on paper, by the real readers."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from perfeval_lint import convert
from perfeval_lint.form.definition import TOTAL
from perfeval_lint.form.model import to_plain
from tests.audit.exports import Import

PAGE = Path(__file__).parents[2] / "docs/tables.md"
# A field as docs name it: its section and name on the form, and the table and column of an export.
FIELDS = {
    "年度": ("", "年度", "表", "年度"),
    "填写日期": ("", "填写日期", "表", "填写日期"),
    "全年预算数（元）": ("项目资金", "全年预算数", "资金", "全年预算数（元）"),
    "资金来源": ("项目资金", "资金来源", "资金", "资金来源"),
    "执行率": ("项目资金", "执行率", "资金", "执行率"),
    "得分": ("绩效指标", "得分", "指标", "得分"),
    "分值": ("绩效指标", "分值", "指标", "分值"),
    "三级指标": ("绩效指标", "三级指标", "指标", "三级指标"),
    "实际完成值": ("绩效指标", "实际完成值", "指标", "实际完成值"),
    "总分": ("总分", "得分", "表", "自评总分"),
    "等级": ("总分", "等级", "表", "等级"),
}
PAPER = """
<h1>项目支出绩效自评表</h1><p>金额单位：元</p><table border="1">
<tr><td>项目名称</td><td colspan="7">图书购置</td></tr>
<tr><td>主管部门</td><td colspan="3">市文化局</td><td>实施单位</td><td colspan="3">市图书馆</td></tr>
<tr><td>年度</td><td colspan="3">{年度}</td><td>填报日期</td><td colspan="3">{填写日期}</td></tr>
<tr><td>自评总分</td><td colspan="3">{总分}</td><td>自评等级</td><td colspan="3">{等级}</td></tr>
<tr><td rowspan="2">项目资金</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td>
<td>执行率</td><td>得分</td></tr>
<tr><td>{资金来源}</td><td>100</td><td>{全年预算数（元）}</td><td>100</td><td>10</td><td>{执行率}</td><td>10</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td>
<td>偏差原因分析及改进措施</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>{三级指标}</td><td>3处</td><td>{实际完成值}</td><td>{分值}</td><td>{得分}</td>
<td></td></tr></table>
"""
USUAL = {
    "年度": "2021",
    "填写日期": "2022-01-05",
    "总分": "99",
    "等级": "优",
    "资金来源": "年度资金总额",
    "全年预算数（元）": "100",
    "执行率": "100%",
    "三级指标": "校舍",
    "实际完成值": "3处",
    "分值": "10",
    "得分": "10",
}


def rows() -> list[tuple[str, str, str]]:
    lines = PAGE.read_text("utf-8").partition("<!-- cells -->")[2].partition("<!-- /cells -->")[0].split("\n")
    cells = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines if line.startswith("| ")]
    return [(field, written, read) for field, written, read in cells[2:]]


@pytest.mark.parametrize(("field", "written", "read"), rows())
def test_on_paper(field: str, written: str, read: str) -> None:
    section, name, *_ = FIELDS[field]
    (form,) = convert(PAPER.format_map(USUAL | {field: written}).encode())
    plain = to_plain(form)
    found = plain[section] if section else plain
    assert (found[0] if isinstance(found, list) else found)[name] == read


@pytest.mark.parametrize(("field", "written", "read"), rows())
def test_in_a_table(
    field: str, written: str, read: str, tmp_path: Path, imported: Import, raw: Callable[[str], list[dict[str, object]]]
) -> None:
    section, name, table, _ = FIELDS[field]
    cells = USUAL | {field: written}
    tables: dict[str, dict[str, str]] = {
        "表": {"项目名称": "图书购置", "实施单位": "市图书馆"},
        "资金": {"全年执行数": "100"},
        "指标": {"年度指标值": "3处"},
    }
    for one, (_, _, owner, column) in FIELDS.items():
        tables[owner][column] = cells[one]
    for owner, file in (("表", "PM_PERF_SELF_EVAL"), ("资金", "PM_PERF_SELF_BGT"), ("指标", "PM_SELF_EVAL_INDICATOR")):
        with (tmp_path / f"{file}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows(zip(*({"eval_id": "1"} | tables[owner]).items(), strict=True))
    imported(tmp_path)
    (row,) = raw(table)
    assert row[section + name if section == TOTAL.key else name] == read
