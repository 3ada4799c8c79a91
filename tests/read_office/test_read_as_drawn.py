"""One workbook in three formats, with what Excel draws in other ways than it stores, reads as it is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.read.model import Grid, Margin
from perfeval_lint.read.read import read

CELLS = {
    "A1": "0",  # an accounting format shows "-"
    "B1": "60.00",
    "C1": "-57.00",  # (57.00)
    "D1": "0",  # 0;-0;;@ shows nothing
    "A3": "125人",  # a raised ①
    "B3": "98.5%",  # 97% is struck out before it
    "C3": "≥160m²",
    "D4": "白字蓝底",
    "A5": "138123456789",  # General shows 1.38123E+11
    "B5": "95.00%",
    "C5": "93%",  # 0"%"
    "D5": "完",
}
DOUBTED = {
    "A2": ("-3.00", "没有显示负号"),
    "B2": ("5", "没有把它显示出来"),
    "C2": ("7", "字色与底色相同"),
    "D2": ("", "整个划掉了"),
    "D3": ("125", "上标"),
    "C4": ("", "整个划掉了"),
}
MARGINS = {
    ("页眉", "金额单位：元", True),
    ("页眉", "项目支出绩效自评表", True),
    ("页眉", "2023年度", True),
    ("文本框", "单位：万元", True),
    ("批注", "实施单位：某某中心", False),
}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_reads_as_drawn(files: Path, kind: str) -> None:
    reading = read((files / f"drawn.{kind}").read_bytes(), f"drawn.{kind}")
    (grid,) = reading.blocks
    assert isinstance(grid, Grid)
    cells = {cell.origin[1]: cell for cell in grid.cells if cell.text or cell.doubt}  # type: ignore[misc]
    assert {place: cell.text for place, cell in cells.items() if not cell.doubt} == CELLS
    doubted = {place: cell for place, cell in cells.items() if cell.doubt}
    assert doubted.keys() == DOUBTED.keys()
    for place, (text, why) in DOUBTED.items():
        assert (doubted[place].text, why in doubted[place].doubt) == (text, True)
    assert [note.message for note in reading.notes] == [
        "工作表“自评表”里没有读取：B3 划掉的“97%”；A4 看不见的“看不见”；B4 看不见的“藏起来”"
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_what_stands_outside_the_cells(files: Path, kind: str) -> None:
    margins = read((files / f"drawn.{kind}").read_bytes(), f"drawn.{kind}").margins
    said = {(margin.where, margin.text, margin.holds) for margin in margins if margin.where != "页脚"}
    assert said == MARGINS
    assert {margin.sheet for margin in margins} == {"自评表"}
    assert [type(margin) for margin in margins if margin.where == "页脚"] == [Margin]
