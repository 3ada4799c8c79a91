"""What stands where in the official layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from perfeval_lint.form.model import Form
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.measure import line_count, shared_widths
from perfeval_lint.render.official import DEPARTMENT_TITLE, PROJECT_TITLE, TRANSFER_TITLE

MakePage = Callable[..., Any]
MONEY = {"年初预算数": "1", "全年预算数": "2", "全年执行数": "3", "执行率": "4%"}


def indicator(first: str, second: str, name: str = "甲", **more: str) -> dict[str, str]:
    return {"一级指标": first, "二级指标": second, "三级指标": name, **more}


def test_project_form_is_the_official_one(page: MakePage) -> None:
    rows = page(
        年度="2021",
        项目名称="培训",
        主管部门="财政局",
        实施单位="中心",
        项目资金=[{"资金来源": "年度资金总额", **MONEY, "分值": "10", "得分": "9"}, {"资金来源": "当年财政拨款"}],
        年度总体目标={"预期目标": "办班", "实际完成情况": "办了"},
        绩效指标=[indicator("产出指标", "数量指标", 年度指标值="3期", 实际完成值="2期", 分值="9", 得分="6")],
        总分={"分值": "100", "得分": "99.06", "等级": "优"},
    )
    reason = "偏差原因分析及改进措施"
    assert (rows.table.title, rows.table.year_line) == (PROJECT_TITLE, "（2021年度）")
    assert rows.texts() == [
        ["项目名称", "培训"],
        ["主管部门", "财政局", "实施单位", "中心"],
        ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        ["年度资金总额", "1", "2", "3", "10", "4%", "9"],
        ["其中：当年财政拨款", "", "", "", "—", "", "—"],
        ["年度总体目标", "预期目标", "实际完成情况"],
        ["办班", "办了"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", reason],
        ["产出指标", "数量指标", "甲", "3期", "2期", "9", "6", ""],
        ["总分", "100", "99.06", "优"],
    ]
    assert rows.find("项目资金（万元）").rows == 3
    assert rows.find("年度总体目标").rows == 2
    assert rows.find("绩效指标").rows == 2


def test_transfer_form_has_no_scores_of_its_own(page: MakePage) -> None:
    rows = page(
        表式=TRANSFER_TITLE,
        年度="2022",
        项目名称="补助",
        资金管理情况=[{"事项": "分配科学性", "情况说明": "好", "存在问题": "无"}],
        绩效指标=[indicator("产出指标", "数量指标")],
        说明="无",
    )
    assert rows.texts() == [
        ["转移支付（项目）名称", "补助"],
        ["中央主管部门", ""],
        ["地方主管部门", "", "资金使用单位", ""],
        ["资金投入情况（万元）", "", "全年预算数（A）", "全年执行数（B）", "预算执行率（B/A×100%）"],
        ["", "", "", ""],
        ["资金管理情况", "", "情况说明", "存在问题和改进措施"],
        ["分配科学性", "好", "无"],
        ["总体目标完成情况", "总体目标", "全年实际完成情况"],
        ["", ""],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "全年实际完成值", "未完成原因和改进措施"],
        ["产出指标", "数量指标", "甲", "", "", ""],
        ["说明", "无"],
    ]


@pytest.mark.parametrize(
    "keys",
    [
        {"绩效指标": [indicator("产出指标", "数量指标", 得分="3")]},
        {"项目资金": [{"资金来源": "年度资金总额", "分值": "10"}]},
        {"总分": {"得分": "90"}},
        {"总分": {"等级": "优"}},
    ],
)
def test_transfer_form_with_a_score_gets_the_columns(page: MakePage, keys: dict[str, Any]) -> None:
    rows = page(表式=TRANSFER_TITLE, **keys)
    assert rows.texts()[rows.table.header_row][6:8] == ["分值", "得分"]
    assert rows.find("总分")


def test_transfer_form_with_opening_budget_gets_the_column(page: MakePage) -> None:
    rows = page(表式=TRANSFER_TITLE, 项目资金=[{"资金来源": "年度资金总额", "年初预算数": "7"}])
    assert "年初预算数" in rows.texts()[3]


def test_department_form(page: MakePage) -> None:
    rows = page(表式=DEPARTMENT_TITLE, 部门="教育局")
    assert rows.texts()[0] == ["部门", "教育局"]
    assert rows.find("预算资金（万元）").row == 1


@pytest.mark.parametrize(("kind", "title"), [("某市自评表", "某市自评表"), ("", PROJECT_TITLE)])
def test_other_kinds_take_the_layout_of_projects(page: MakePage, kind: str, title: str) -> None:
    rows = page(表式=kind)
    assert rows.table.title == title
    assert rows.texts()[1] == ["主管部门", "", "实施单位", ""]


def test_fund_reasons_get_a_column_only_when_given(page: MakePage) -> None:
    rows = page(
        项目资金=[{"资金来源": "年度资金总额", "偏差原因": "结余"}], 绩效指标=[indicator("产出指标", "数量指标")]
    )
    assert rows.texts()[2][-1] == "偏差原因"
    assert len(rows.table.widths) == 10
    assert rows.find("偏差原因分析及改进措施").columns == 2


def test_level_cells_span_equal_neighbours(page: MakePage) -> None:
    rows = page(
        绩效指标=[
            indicator("产出指标", "数量指标"),
            indicator("产出指标", "数量指标"),
            indicator("产出指标", "质量指标"),
        ]
    )
    assert rows.find("产出指标").rows == 3
    assert rows.find("数量指标").rows == 2


def test_a_second_level_ends_with_its_first_level(page: MakePage) -> None:
    rows = page(绩效指标=[indicator("产出指标", "成本指标"), indicator("效益指标", "成本指标")])
    assert [cell.rows for cell in rows.table.cells if cell.text == "成本指标"] == [1, 1]


def test_a_level_that_comes_again_later_is_a_cell_of_its_own(page: MakePage) -> None:
    rows = page(绩效指标=[indicator("产出指标", "甲"), indicator("效益指标", "乙"), indicator("产出指标", "丙")])
    assert [cell.rows for cell in rows.table.cells if cell.text == "产出指标"] == [1, 1]


def test_blank_levels_are_not_merged(page: MakePage) -> None:
    rows = page(绩效指标=[indicator("", ""), indicator("", "")])
    top = rows.table.header_row + 1
    assert [rows.at[row, column].rows for row in (top, top + 1) for column in (1, 2)] == [1, 1, 1, 1]


def test_group_weights_go_back_into_the_names(page: MakePage) -> None:
    rows = page(
        绩效指标=[indicator("产出指标", "数量指标"), indicator("满意度指标", "满意度指标")],
        指标分组={"产出指标": "50", "满意度指标": "10", "数量指标": ""},
    )
    levels = [cell.text for cell in rows.table.cells if cell.row > rows.table.header_row and cell.column in (1, 2)]
    assert levels == ["产出指标（50分）", "数量指标", "满意度指标（10分）", "满意度指标（10分）"]


def test_group_weights_without_a_level_are_still_printed(page: MakePage) -> None:
    assert page(指标分组={"决策": "10", "过程": "20"}).beside("指标分组") == "决策（10分）、过程（20分）"


def test_only_the_first_row_below_the_total_is_led_in(page: MakePage) -> None:
    sources = ["年度资金总额", "其中：中央补助", "地方资金"]
    assert page(项目资金=[{"资金来源": source} for source in sources]).find("其中：中央补助")
    rows = page(项目资金=[{"资金来源": source} for source in ("年度资金总额", "财政拨款", "其他资金")])
    assert rows.find("其中：财政拨款")
    assert rows.find("其他资金")
    assert page(项目资金=[{"资金来源": "财政拨款"}, {"资金来源": "其他资金"}]).find("其他资金")


def test_scores_of_fund_sources_stay(page: MakePage) -> None:
    rows = page(项目资金=[{"资金来源": "年度资金总额"}, {"资金来源": "其他资金", "分值": "10", "得分": "8"}])
    assert rows.texts()[4][-3:] == ["10", "", "8"]


def test_rare_fields_stand_beside_their_labels(page: MakePage) -> None:
    names = (
        "项目编码",
        "部门",
        "中央主管部门",
        "地方主管部门",
        "资金使用单位",
        "项目负责人",
        "联系电话",
        "填表人",
        "填写日期",
    )
    names += ("偏差分析", "存在问题", "改进措施", "评价结论", "说明")
    rows = page(**{name: f"某{name}" for name in names})
    assert [rows.beside(name) for name in names] == [f"某{name}" for name in names]
    assert rows.find("项目编码").row < rows.table.header_row < rows.find("存在问题").row


def test_telephone_number_stands_by_its_owner(page: MakePage) -> None:
    assert page(填表人="李", 联系电话="1").texts()[-1] == ["填表人", "李", "联系电话", "1"]
    assert page(项目负责人="王", 联系电话="1").texts()[2] == ["项目负责人", "王", "联系电话", "1"]


def test_waivers_and_unknown_keys_are_not_printed(page: MakePage) -> None:
    rows = page(豁免=[{"规则": "PE402", "理由": "不印"}], 存疑=["不印"], 备考="不印")
    assert "不印" not in str(rows.texts())


def test_an_empty_form_is_an_empty_page(page: MakePage) -> None:
    rows = page()
    assert rows.table.year_line == "（　　　　年度）"
    assert rows.texts()[rows.table.header_row + 1] == [""] * 8


def test_columns_leave_long_numbers_on_one_line(page: MakePage) -> None:
    rows = page(项目资金=[{"资金来源": "年度资金总额", "年初预算数": "10740.000000", "执行率": "88.2600%"}])
    assert rows.table.lines(rows.find("10740.000000")) == 1
    assert rows.table.lines(rows.find("88.2600%")) == 1


def test_examples_lay_out_on_the_page(example: Form) -> None:
    table = lay_out(example)
    assert len(table.widths) in (7, 9)
    assert all(table.lines(cell) < 60 for cell in table.cells)


def test_lines_break_between_characters_but_not_in_words() -> None:
    assert line_count("", 5) == 1
    assert line_count("一二三四五", 5) == 1
    assert line_count("一二三四五六", 5) == 2
    assert line_count("一\n二", 5) == 2
    assert line_count("一二三WIPO", 5) == 2
    assert line_count("一二三四五，", 5) == 2
    assert line_count("a" * 100, 6) == 10


def test_shared_widths_add_up_within_bounds() -> None:
    widths = shared_widths([["长" * 5000], [""], [""], [""]], 10.9, 2.1, 5.0)
    assert abs(sum(widths) - 10.9) < 1e-9
    assert min(widths) >= 2.1 - 1e-9
    assert max(widths) == widths[0] <= 5.0
