"""Tables and columns under other names: found, mapped, or told with the nearest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from perfeval_lint.audit.tables.mapping import TableMapping, read_mapping
from perfeval_lint.errors import Problem, TablesRefused
from tests.audit.exports import EXPORT, FORM, ID, Import, Raw, Row, Table, write_csv

Export = Callable[..., Path]
INDICATORS = EXPORT["PM_SELF_EVAL_INDICATOR"]
FUNDS = EXPORT["PM_PERF_SELF_BGT"]
FORMS = EXPORT["PM_PERF_SELF_EVAL"]


def renamed(table: Table, **names: str) -> Table:
    """A table with some columns under other names; "" leaves a column out."""
    kept = [at for at, name in enumerate(table[0]) if names.get(str(name)) != ""]
    head: Row = [names.get(str(table[0][at]), table[0][at]) for at in kept]
    return [head, *([row[at] for at in kept] for row in table[1:])]


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[[str], TableMapping]:
    """A mapping file of that text."""

    def write(text: str) -> TableMapping:
        path = tmp_path / "映射.yaml"
        path.write_text(text, "utf-8")
        return read_mapping(path)

    return write


def refused(run: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(TablesRefused) as error:
        run()
    return error.value.problems


# --- names that are known -------------------------------------------------------------------------


def test_chinese_headings_in_other_case_width_and_with_remarks_are_found(
    tmp_path: Path, imported: Import, raw: Raw
) -> None:
    tables = {
        "甲": renamed(
            FORMS, eval_id="自评编号", fiscal_year="预算 年度", pro_name="项目名称", agency_name="Agency Name"
        ),
        "乙": renamed(FUNDS, eval_id="自评编号", found_type_name="资金来源", cur_amt="全年预算数（A）（万元）"),
        "丙": renamed(
            INDICATORS,
            eval_id="自评编号",
            lv3_perf_ind_name="三级指标",
            kpi_val="年度指标值(Ａ)",
            ind_comp="全年完成值",
            ind_weight="权重（%）",
        ),
    }
    write_csv(tmp_path, tables)
    imported(tmp_path)
    assert raw("表")[0]["实施单位"] == "市图书馆"
    assert raw("资金")[0]["全年预算数"] == "100"
    assert [row["年度指标值"] for row in raw("指标")] == ["≥5000册", "6月底前", "≥95%"]
    assert [row["分值"] for row in raw("指标")] == ["20", "20", "10"]


def test_without_an_id_year_unit_and_project_are_the_key(tmp_path: Path, imported: Import, raw: Raw) -> None:
    def keyed(table: Table, year: str) -> Table:
        return [
            ["fiscal_year", "agency_code", "pro_code", *table[0][1:]],
            *([year, "101", "P1", *row[1:]] for row in table[1:]),
        ]

    forms = renamed(FORMS, fiscal_year="", pro_code="")
    tables = {"PM_PERF_SELF_EVAL": keyed(forms, "2021"), "PM_SELF_EVAL_INDICATOR": keyed(INDICATORS, "2021年")}
    write_csv(tmp_path, tables)
    result = imported(tmp_path)
    assert (result.forms, result.rows["指标"]) == (1, 3)
    assert raw("表")[0]["年度"] == "2021"
    assert raw("表")[0]["项目编码"] == "P1"


def test_columns_no_one_knows_are_told(export_of: Export, imported: Import) -> None:
    wider = [[*INDICATORS[0], "灵感"], *([*row, "无"] for row in INDICATORS[1:])]
    notes = [note.message for note in imported(export_of("csv", PM_SELF_EVAL_INDICATOR=wider)).notes]
    assert any("1 列不认识" in note and "灵感" in note for note in notes)


# --- names that are missing -----------------------------------------------------------------------


def test_a_renamed_column_is_named_with_the_nearest(export_of: Export, imported: Import) -> None:
    folder = export_of("csv", PM_SELF_EVAL_INDICATOR=renamed(INDICATORS, kpi_val="kpi_value_x", ind_comp=""))
    (problem,) = refused(lambda: imported(folder))
    assert problem.code == "no-column"
    assert "“年度指标值”列（认得 kpi_val" in problem.message
    assert "是否就是“kpi_value_x”" in problem.message
    assert "“实际完成值”列" in problem.message
    assert problem.file.endswith("PM_SELF_EVAL_INDICATOR.csv")


def test_a_table_without_the_key_is_told(tmp_path: Path, imported: Import, export_of: Export) -> None:
    folder = export_of("parquet", PM_SELF_EVAL_GOAL=renamed(EXPORT["PM_SELF_EVAL_GOAL"], eval_id="evalid_x"))
    (problem,) = refused(lambda: imported(folder))
    assert problem.code == "no-key"
    assert "是否就是“evalid_x”" in problem.message


@pytest.mark.parametrize("missing", ["PM_PERF_SELF_EVAL", "PM_SELF_EVAL_INDICATOR"])
def test_a_set_without_forms_or_indicators_is_refused(missing: str, export_of: Export, imported: Import) -> None:
    folder = export_of("csv", **{missing: None})
    if missing == "PM_PERF_SELF_EVAL":  # the indicators tell the forms by their key
        assert imported(folder).forms == 1
    else:
        (problem,) = refused(lambda: imported(folder))
        assert problem.code == "no-table"
        assert "PM_SELF_EVAL_INDICATOR" in problem.message
        assert "PM_PERF_SELF_EVAL.csv" in problem.message


def test_tables_that_rules_can_do_without_are_told(export_of: Export, imported: Import) -> None:
    result = imported(export_of("csv", PM_PERF_SELF_BGT=None, PM_SELF_EVAL_GOAL=None))
    assert [note.code for note in result.notes] == ["no-table", "no-table"]


# --- mappings -------------------------------------------------------------------------------------

RENAMED = {
    "T_MAIN": renamed(FORMS, eval_id="ID", fiscal_year="ND", pro_name="XM", agency_name="DW", total_eval_value="ZF"),
    "T_BGT": renamed(FUNDS, eval_id="PID", found_type_name="LY", cur_amt="YS", year_exe_amt="ZX"),
    "T_IND": renamed(INDICATORS, eval_id="PID", lv3_perf_ind_name="MC", kpi_val="MB", ind_comp="WC"),
}
MAPPING = """\
key: [编号]
money: 元
tables:
  表: {from: T_MAIN, columns: {编号: ID, 年度: ND, 项目名称: XM, 实施单位: DW, 总分得分: ZF}}
  资金: {from: t_bgt*, columns: {编号: PID, 资金来源: LY, 全年预算数: YS, 全年执行数: ZX}}
  指标: {columns: {编号: PID, 三级指标: MC, 年度指标值: MB, 实际完成值: WC}}
"""


def test_a_mapping_names_tables_and_columns(
    tmp_path: Path, imported: Import, raw: Raw, mapping: Callable[[str], TableMapping]
) -> None:
    (tmp_path / "表").mkdir()
    write_csv(tmp_path / "表", RENAMED)
    result = imported(tmp_path / "表", mapping=mapping(MAPPING))
    assert result.rows == {"表": 1, "资金": 2, "指标": 3}
    assert raw("表")[0]["总分得分"] == "95.7"
    assert raw("资金")[0]["全年预算数"] == "0.01"
    assert raw("指标")[1]["实际完成值"] == "7月"
    assert raw("指标")[1]["得分"] == "16.2"  # known without being named


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("from: T_MAIN", "from: T_MIAN", 4, "没有表“T_MIAN”；是否想写“T_MAIN”？"),
        ("项目名称: XM", "项目名称: XN", 4, "没有列“XN”；是否想写“XM”？"),
        ("项目名称: XM", "项目名: XM", 4, "不认识的键“项目名”；是否想写“项目名称”？"),
        ("money: 元", "money: 圆", 2, "只能是元、百元、千元、万元、亿元"),
        ("key: [编号]", "key: [编码]", 1, "只能是编号、年度"),
        ("tables:", "table:", 3, "不认识的键“table”；是否想写“tables”？"),
        ("三级指标: MC", "三级指标: MD", 6, "没有列“MD”"),
    ],
)
def test_a_mistake_in_a_mapping_is_told_with_its_line(
    old: str, new: str, line: int, told: str, tmp_path: Path, imported: Import, mapping: Callable[[str], TableMapping]
) -> None:
    (tmp_path / "表").mkdir()
    write_csv(tmp_path / "表", RENAMED)
    assert old in MAPPING
    problems = refused(lambda: imported(*(tmp_path / "表").iterdir(), mapping=mapping(MAPPING.replace(old, new))))
    assert [problem.line for problem in problems] == [line]
    assert told in problems[0].message
    assert problems[0].file.endswith("映射.yaml")


def test_all_mistakes_of_a_mapping_are_told_at_once(mapping: Callable[[str], TableMapping]) -> None:
    problems = refused(lambda: mapping("money: 圆\nkeys: [编号]\ntables: {表格: {}}\n"))
    assert sorted(problem.line or 0 for problem in problems) == [1, 2, 3]


# --- wide and flat tables -------------------------------------------------------------------------


def test_a_form_row_with_its_funds_and_goal(tmp_path: Path, imported: Import, raw: Raw) -> None:
    wide = [
        [*FORMS[0], "全年预算数", "全年执行数", "执行率", "预期目标", "实际完成情况"],
        [*FORMS[1], "100", "95.5", "95.5%", "购置图书，方便读者", "已购置到馆"],
    ]
    write_csv(tmp_path, {"PM_PERF_SELF_EVAL": wide, "PM_SELF_EVAL_INDICATOR": INDICATORS})
    result = imported(tmp_path)
    assert result.rows == {"表": 1, "资金": 1, "目标": 1, "指标": 3}
    (fund,) = raw("资金")
    assert (fund["资金来源"], fund["全年预算数"], fund["执行率"]) == ("年度资金总额", "100", "95.5%")
    assert raw("目标")[0]["实际完成情况"] == "已购置到馆"


def test_a_mapping_takes_several_funds_from_a_form_row(
    tmp_path: Path, imported: Import, raw: Raw, mapping: Callable[[str], TableMapping]
) -> None:
    (tmp_path / "表").mkdir()
    wide = [[*FORMS[0], "总预算", "总执行", "拨款预算", "拨款执行"], [*FORMS[1], "100", "95.5", "60", "58"]]
    write_csv(tmp_path / "表", {"PM_PERF_SELF_EVAL": wide, "PM_SELF_EVAL_INDICATOR": INDICATORS})
    text = """\
tables:
  资金:
    - {from: PM_PERF_SELF_EVAL, columns: {全年预算数: 总预算, 全年执行数: 总执行}, values: {资金来源: 年度资金总额}}
    - {from: PM_PERF_SELF_EVAL, columns: {全年预算数: 拨款预算, 全年执行数: 拨款执行}, values: {资金来源: 当年财政拨款}}
  表: {from: PM_PERF_SELF_EVAL}
"""
    imported(tmp_path / "表", mapping=mapping(text))
    assert [(row["行号"], row["资金来源"], row["全年预算数"], row["全年执行数"]) for row in raw("资金")] == [
        (0, "年度资金总额", "100", "95.5"),
        (1, "当年财政拨款", "60", "58"),
    ]


def flat_table() -> Table:
    head = ["eval_id", "年度", "单位名称", "项目名称", "全年预算数", "全年执行数", "年度总体目标", *INDICATORS[0][1:]]
    of_form = ["2021", "市图书馆", "图书购置", "100", "95.5", "购置图书，方便读者"]
    return [head, *([key, *of_form, *row[1:]] for key in (ID, "F-2") for row in INDICATORS[1:])]


def test_one_flat_table_with_the_form_in_every_row(tmp_path: Path, imported: Import, raw: Raw) -> None:
    write_csv(tmp_path, {"全部": flat_table()})
    result = imported(tmp_path)
    assert result.rows == {"表": 2, "资金": 2, "目标": 2, "指标": 6}
    assert result.problems == ()
    assert raw("表")[0]["项目名称"] == "图书购置"
    assert raw("目标")[0]["预期目标"] == "购置图书，方便读者"
    assert [row["行号"] for row in raw("指标")] == [0, 1, 2, 0, 1, 2]


def test_a_flat_table_that_contradicts_itself_is_told(tmp_path: Path, imported: Import) -> None:
    table = flat_table()
    table[2] = ["F-2021-001", "2021", "市图书馆", "图书购买", *table[2][4:]]
    write_csv(tmp_path, {"全部": table})
    (problem,) = imported(tmp_path).problems
    assert problem.code == "differing"
    assert f"1 张自评表各行所写的项目、单位等不一样，取第一行的，如 {ID}" in problem.message


# --- money ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "text", "amount", "is_told"),
    [
        ("cur_amt", "", "100", True),
        ("全年预算数（元）", "", "0.01", True),
        ("cur_amt", "money: 元", "0.01", False),
        ("cur_amt", "money: 万元", "100", False),
        ("全年预算数(万元)", "money: 元", "100", False),
    ],
)
def test_the_unit_of_money_is_that_of_the_heading_then_of_the_mapping(
    heading: str,
    text: str,
    amount: str,
    is_told: bool,
    export_of: Export,
    imported: Import,
    raw: Raw,
    mapping: Callable[[str], TableMapping],
) -> None:
    folder = export_of("csv", PM_PERF_SELF_BGT=renamed(FUNDS, cur_amt=heading))
    result = imported(folder, mapping=mapping(text or "form: 项目支出绩效自评表"))
    assert raw("资金")[0]["全年预算数"] == amount
    assert ("money-unit" in [note.code for note in result.notes]) is is_told


def test_the_unit_above_the_headings_counts(tmp_path: Path, imported: Import, raw: Raw, export_of: Export) -> None:
    folder = export_of("csv")
    path = folder / "PM_PERF_SELF_BGT.csv"
    path.write_text("资金情况表,,,,,,\n单位：元,,,,,,\n" + path.read_text("utf-8"), "utf-8")
    result = imported(folder)
    assert raw("资金")[0]["全年预算数"] == "0.01"
    assert result.notes == ()


def test_the_form_of_the_mapping_is_taken_where_no_column_says(
    export_of: Export, imported: Import, raw: Raw, mapping: Callable[[str], TableMapping]
) -> None:
    imported(export_of("csv"), mapping=mapping("form: 部门整体支出绩效自评表"))
    assert raw("表")[0]["表式"] == "部门整体支出绩效自评表"
    assert "部门整体支出绩效自评表" not in FORM
