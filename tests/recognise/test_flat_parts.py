"""Pieces, column widths and fund rows of flattened text, one by one."""

from __future__ import annotations

import pytest

from perfeval_lint.form.origin import Position
from perfeval_lint.recognise.flat.flat import unflatten
from perfeval_lint.recognise.flat.funds import fund_rows
from perfeval_lint.recognise.flat.labels import longest
from perfeval_lint.recognise.flat.pieces import BLANK, NEWLINE, PAGE, SPACE, cut, joined
from perfeval_lint.recognise.flat.widths import column_width
from tests.recognise.flat_support import WORDS, below, lines_of, rows_of, squeezed

HEADER = "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分 偏差原因分析及改进措施"
FUNDS = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")


def test_pieces_know_their_gap_and_place() -> None:
    pieces = cut(lines_of("至少 1次\n5 次\n\n3\n\n\n\n- 2 -\n\n组织"))
    assert [piece.text for piece in pieces] == ["至少", "1次", "5", "次", "3", "组织"]
    assert [piece.gap for piece in pieces] == [NEWLINE, SPACE, NEWLINE, SPACE, BLANK, PAGE]
    assert pieces[1].origin == Position(1, 4)
    assert pieces[2].number == 5


def test_a_line_that_alone_is_indented_begins_a_page() -> None:
    pieces = cut(lines_of("甲\n乙\n 丙\n丁\n戊"))
    assert [piece.gap == PAGE for piece in pieces] == [False, False, True, False, False]


def test_labels_are_put_together_from_pieces() -> None:
    pieces = cut(lines_of("服务\n对象\n满意\n度标\n\n服务对象满意度"))
    label = longest(pieces, 0, lambda text: WORDS.role("levels", text))
    assert label is not None
    assert joined(pieces[label.start : label.end]) == "服务对象满意度标"


def test_a_label_does_not_take_in_the_next_one_on_its_line() -> None:
    pieces = cut(lines_of("执行率 得分"))
    label = longest(pieces, 0, lambda text: WORDS.role("funds", text))
    assert label is not None
    assert label.end == 1


def test_width_of_a_column_from_its_line_breaks() -> None:
    cells = ["对知识产权股权投资项\n目及知识产权运营基金\n进行监督", "集聚示范区建设知识产\n权创新创业基地"]
    assert column_width([cut(lines_of(cell)) for cell in cells]) in (20, 21)
    assert column_width([cut(lines_of("一行"))]) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("年度资金总额 597 543.7 508.95 10 93.61% 9.36", ["年度资金总额 597 543.7 508.95 10 93.61% 9.36"]),
        ("其他资金 — —", ["其他资金 . . . — . —"]),
        ("上年结\n\n转资金\n\n其他资金", ["上年结转资金 . . . . . .", "其他资金 . . . . . ."]),
        ("其中：当年财政\n拨款\n\n597 543.7 508.95\n—\n\n93.61% —", ["其中：当年财政拨款 597 543.7 508.95 — 93.61% —"]),
        ("年度资金总额 200 190 10 95% 9.5", ["年度资金总额 . 200 190 10 95% 9.5"]),
    ],
)
def test_fund_rows(text: str, wanted: list[str]) -> None:
    rows = fund_rows(cut(lines_of(text)), FUNDS, WORDS)
    assert [" ".join(joined(cells) or "." for cells in (row.name, *row.values)) for row in rows] == wanted


def body(text: str) -> list[list[str]]:
    found = unflatten(lines_of(f"{HEADER}\n{text}\n总分 100 100"), WORDS)
    assert found is not None
    return [[squeezed(cell.text) for cell in row] for row in below(rows_of(found), HEADER.split())]


def test_levels_and_names_are_repeated() -> None:
    first = "产出指标 数量指标 培训人次 ≥100人次 120人次 10 10"
    rows = body(f"{first}\n时效指标\n完成审核 9月底前 9月底前 5 5\n10月底前 10月底前 5 5")
    assert [row[:3] for row in rows] == [
        ["产出指标", "数量指标", "培训人次"],
        ["产出指标", "时效指标", "完成审核"],
        ["产出指标", "时效指标", "完成审核"],
    ]


def test_numbers_stay_with_their_units() -> None:
    rows = body("产出指标 数量指标 编制月报 月报 12 份 12 份 3 3\n举办论坛 90% 以上 95% 3 3")
    assert [row[3:5] for row in rows] == [["月报12份", "12份"], ["90%以上", "95%"]]


def test_sums_that_do_not_agree_are_told() -> None:
    found = unflatten(lines_of(f"{HEADER}\n产出指标 数量指标（20） 培训 1次 1次 10 10\n总分 100 90"), WORDS)
    assert found is not None
    assert len(found.doubts) == 3
    marked = [cell.doubt for cell in below(rows_of(found), HEADER.split())[0]]
    assert all(marked[5:7])
