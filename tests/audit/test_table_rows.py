"""Rows that are left out, belong to no form or need putting together: counted and told, with an example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from perfeval_lint.audit.tables.mapping import read_mapping
from tests.audit.exports import EXPORT, ID, Import, Raw, Table, write_csv

Export = Callable[..., Path]
FORMS, INDICATORS = EXPORT["PM_PERF_SELF_EVAL"], EXPORT["PM_SELF_EVAL_INDICATOR"]
KEYS = ["eval_id", "lv3_perf_ind_name", "kpi_val", "ind_comp"]


def forms(*rows: tuple[str, str]) -> Table:
    """Forms by their id and the code of deletion."""
    return [FORMS[0], *([key, *FORMS[1][1:-1], code] for key, code in rows)]


def indicators(*rows: tuple[str, str]) -> Table:
    """Indicators by the id of their form and the code of deletion."""
    return [[*INDICATORS[0], "is_deleted"], *([key, *INDICATORS[1][1:], code] for key, code in rows)]


def test_deleted_forms_and_rows_are_left_out_and_noted(export_of: Export, imported: Import, raw: Raw) -> None:
    codes = {"A": "2", "B": "1", "C": "是", "D": "True", "E": "否", "F": ""}
    result = imported(
        export_of(
            "csv",
            PM_PERF_SELF_EVAL=forms(*codes.items()),
            PM_SELF_EVAL_INDICATOR=indicators(("A", "0"), ("A", "1"), ("B", "0"), ("E", "N"), ("F", "2")),
            PM_PERF_SELF_BGT=None,
            PM_SELF_EVAL_GOAL=None,
        )
    )
    assert result.forms == 3
    assert [row["表号"] for row in raw("指标")] == [0, 1, 2]
    assert result.problems == ()
    assert [note.message for note in result.notes if note.code == "deleted"] == [
        "自评表：3 张自评表已标为删除，没有读取，如 B",
        "指标表：1 行已标为删除，没有读取",
        "指标表：1 行属于已删除的自评表，没有读取，如 B",
    ]


def test_a_code_of_deletion_that_says_neither_is_told_and_the_row_kept(
    export_of: Export, imported: Import, raw: Raw, tmp_path: Path
) -> None:
    changed = {"PM_PERF_SELF_EVAL": forms((ID, "9"))}
    (problem,) = imported(export_of("csv", **changed)).problems
    assert problem.code == "unknown-code"
    assert "列“is_deleted”有 1 行的值（如“9”）认不出" in problem.message
    assert len(raw("表")) == 1
    path = tmp_path / "m.yaml"
    path.write_text("deleted: {yes: [8], no: [9]}\n", "utf-8")
    assert imported(export_of("csv", "again", **changed), mapping=read_mapping(path), first=1).problems == ()


def test_rows_of_no_form_and_forms_without_rows_are_told(export_of: Export, imported: Import, raw: Raw) -> None:
    result = imported(
        export_of(
            "csv",
            PM_PERF_SELF_EVAL=forms((ID, "2"), ("Z", "2")),
            PM_SELF_EVAL_INDICATOR=indicators((ID, "2"), ("X", "2"), ("Y", "2"), ("", "2")),
        )
    )
    assert [(problem.code, problem.message) for problem in result.problems] == [
        ("orphan", "指标表：2 行不属于任何一张自评表，没有读取，如 X"),
        ("no-key", "指标表：1 行没有编号，没有读取"),
        ("no-indicators", "指标表：1 张自评表没有一行指标，如 Z"),
    ]
    assert len(raw("指标")) == 1


def test_a_key_given_twice_is_told_and_its_first_row_read(export_of: Export, imported: Import, raw: Raw) -> None:
    twice = [*FORMS, [ID, *FORMS[1][1:5], "另一个", *FORMS[1][6:]], ["", *FORMS[1][1:]]]
    result = imported(export_of("csv", PM_PERF_SELF_EVAL=twice))
    assert [(problem.code, problem.message) for problem in result.problems] == [
        ("no-key", "自评表：1 行没有编号，分不清是哪张自评表，没有读取"),
        ("repeated-key", f"自评表：1 个编号有不止一行，只读第一行，如 {ID}"),
    ]
    assert [row["项目名称"] for row in raw("表")] == ["图书购置"]


def test_a_column_of_the_order_comes_before_the_order_of_the_file(tmp_path: Path, imported: Import, raw: Raw) -> None:
    rows = [[ID, name, "1个", "1个", order] for name, order in (("丙", "10"), ("甲", "1"), ("丁", ""), ("乙", "2"))]
    write_csv(tmp_path, {"PM_PERF_SELF_EVAL": FORMS, "PM_SELF_EVAL_INDICATOR": [[*KEYS, "序号"], *rows]})
    imported(tmp_path)
    assert [(row["行号"], row["三级指标"]) for row in raw("指标")] == [(0, "甲"), (1, "乙"), (2, "丙"), (3, "丁")]


def test_several_goals_become_one(export_of: Export, imported: Import, raw: Raw) -> None:
    goals = [
        ["eval_id", "kpi_target", "goal_comp"],
        [ID, "目标1：购书", "已购。"],
        [ID, "目标2：开放", "已开放。"],
        [ID, "—", ""],
    ]
    imported(export_of("csv", PM_SELF_EVAL_GOAL=goals))
    assert raw("目标") == [
        {"表号": 0, "行号": 0, "预期目标": "目标1：购书；目标2：开放", "实际完成情况": "已购。已开放。"}
    ]


def test_operator_codes_and_units_join_the_target(tmp_path: Path, imported: Import, raw: Raw) -> None:
    cells = [
        *[("1", "98", "%"), ("2", "5", "次"), ("3", "12", "份"), ("4", "53", "万元"), ("5", "3", "天")],
        *[("6", "优良中低差", ""), ("9", "100", "%"), ("10", "完成", "/"), ("≥", "95%", "%"), ("大于等于", "7", "人")],
        ("77", "8", "个"),
    ]
    rows = [[ID, f"指标{number}：甲", value, "无", sign, unit] for number, (sign, value, unit) in enumerate(cells)]
    names = [*KEYS, "computesign", "meterunit"]
    write_csv(tmp_path, {"PM_PERF_SELF_EVAL": FORMS, "PM_SELF_EVAL_INDICATOR": [names, *rows]})
    result = imported(tmp_path)
    assert [row["年度指标值"] for row in raw("指标")] == [
        *["≥98%", ">5次", "=12份", "≤53万元", "<3天", "优良中低差", "100%", "完成", "≥95%", "≥7人", "8个"]
    ]
    assert {row["三级指标"] for row in raw("指标")} == {"甲"}
    assert {row["实际完成值"] for row in raw("指标")} == {"无"}
    (problem,) = result.problems
    assert problem.code == "unknown-code"
    assert "列“computesign”有 1 行的值（如“77”）认不出，没有用；请在映射里写 signs" in problem.message


def test_codes_of_a_mapping_come_before_those_that_are_known(tmp_path: Path, imported: Import, raw: Raw) -> None:
    rows = [[ID, "甲", "98", "98", sign] for sign in ("1", "B")]
    (tmp_path / "表").mkdir()
    write_csv(tmp_path / "表", {"PM_PERF_SELF_EVAL": FORMS, "PM_SELF_EVAL_INDICATOR": [[*KEYS, "computesign"], *rows]})
    (tmp_path / "m.yaml").write_text("signs: {1: ≤, B: '='}\n", "utf-8")
    assert imported(tmp_path / "表", mapping=read_mapping(tmp_path / "m.yaml")).problems == ()
    assert [row["年度指标值"] for row in raw("指标")] == ["≤98", "=98"]


def test_the_adjusted_target_counts(tmp_path: Path, imported: Import, raw: Raw) -> None:
    rows = [[ID, "甲", "10个", "8个", "8个"], [ID, "乙", "10个", "8个", "—"]]
    write_csv(tmp_path, {"PM_PERF_SELF_EVAL": FORMS, "PM_SELF_EVAL_INDICATOR": [[*KEYS, "调整指标值"], *rows]})
    imported(tmp_path)
    assert [row["年度指标值"] for row in raw("指标")] == ["8个", "10个"]
