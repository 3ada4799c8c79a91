"""Exported tables through a whole audit: what is found in them is what is found in the same forms as files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from perfeval_lint.audit.tables.mapping import read_mapping
from perfeval_lint.errors import TablesRefused
from tests.audit.audits import FEW, FEW_AND_ACROSS, Audit, Audited, Rows, audited, write_form
from tests.audit.exports import EXPORT, FORM, ID, WRITERS, Table, write_csv

INDICATORS = "PM_SELF_EVAL_INDICATOR"


def faulty(columns: dict[str, str] | None = None) -> dict[str, Table]:
    """The export with mistakes: a reason left out, a score above its weight, a sum of funds that is wrong."""
    changed = {name: [list(row) for row in table] for name, table in EXPORT.items()}
    changed[INDICATORS][2][8] = ""
    changed[INDICATORS][3][7] = "12"
    changed["PM_PERF_SELF_BGT"][2][3] = "90"
    for name, new in (columns or {}).items():
        for table in changed.values():
            table[0] = [new if one == name else one for one in table[0]]
    return changed


FAULTY = FORM.replace(", 偏差原因: 供货商延期", "").replace("分值: 10, 得分: 10", "分值: 10, 得分: 12")
FAULTY = FAULTY.replace(
    "当年财政拨款, 年初预算数: 120, 全年预算数: 100", "当年财政拨款, 年初预算数: 120, 全年预算数: 90"
)


def write_tables(kind: str, folder: Path, tables: dict[str, Table]) -> Path:
    folder.mkdir(parents=True)
    WRITERS[kind](folder, tables)
    return folder


def results(audit: Audited) -> dict[str, Rows]:
    """All that came of the forms but where it stands in the files."""
    return {
        "问题": audit.rows("SELECT 规则, 级别, 部分, 行号, 字段, 路径, 所指, 消息, 豁免 FROM 问题 ORDER BY ALL"),
        "结果": audit.rows("SELECT * EXCLUDE (表号) FROM 结果 ORDER BY ALL"),
        "未判": audit.rows("SELECT * EXCLUDE (表号) FROM 未判 ORDER BY ALL"),
        "评分": audit.rows("SELECT * EXCLUDE (表号) FROM 评分 ORDER BY ALL"),
    }


def state(audit: Audited) -> dict[str, Rows]:
    """All that is in the store but the runs."""
    tables = audit.rows(
        "SELECT concat(schema_name, '.', table_name) FROM duckdb_tables() WHERE NOT temporary AND table_name <> '运行'"
    )
    return {name: audit.rows(f"FROM {name} ORDER BY ALL") for (name,) in tables}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """What comes of the form as YAML."""
    folder = tmp_path_factory.mktemp("yaml")
    (folder / "form.yaml").write_text(FAULTY, "utf-8")
    with audited(folder / "form.yaml", folder / "out") as found:
        return results(found)


@pytest.mark.parametrize("kind", ["csv", "csv-gbk", "parquet", "duckdb", "xlsx"])
def test_the_same_is_found_as_in_the_form_as_yaml(
    kind: str, expected: dict[str, Rows], tmp_path: Path, audit: Audit
) -> None:
    found = audit(*write_tables(kind, tmp_path / "export", faulty()).iterdir())
    assert results(found) == expected
    assert {"PE101", "PE103", "PE301"} <= {row[0] for row in expected["问题"]}
    assert (found.read, found.judged) == (0, 1)


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb", "xlsx"])
def test_a_total_without_amounts_is_told_whatever_the_table(kind: str, tmp_path: Path, audit: Audit) -> None:
    budgets = [
        ["eval_id", "found_type_name", "reply_amt", "cur_amt", "year_exe_amt"],
        [ID, "年度资金总额", "120", "", "—"],
        [ID, "当年财政拨款", "120", "", ""],
    ]
    found = audit(
        *write_tables(kind, tmp_path / "export", {**EXPORT, "PM_PERF_SELF_BGT": budgets}).iterdir(), overrides=FEW
    )
    told = found.rows("SELECT 路径 FROM 问题 WHERE 规则 = 'PE001' AND 部分 = '项目资金' ORDER BY 路径")
    assert told == [("项目资金[0].全年执行数",), ("项目资金[0].全年预算数",)]


def test_findings_point_to_the_rows_of_the_file(tmp_path: Path, audit: Audit) -> None:
    found = audit(write_tables("csv", tmp_path / "export", faulty()))
    places = found.rows("SELECT 规则, 所在 FROM 问题 WHERE 规则 IN ('PE101', 'PE301') ORDER BY 规则")
    assert places == [("PE101", "第3行"), ("PE301", "第4行")]


def test_forms_and_tables_in_one_folder(tmp_path: Path, audit: Audit) -> None:
    folder = tmp_path / "all"
    write_tables("parquet", folder / "导出", faulty())
    for number in range(3):
        write_form(folder / f"form{number}.json")
    found = audit(folder)
    assert found.rows("SELECT count(*) FROM 表") == [(4,)]
    assert (found.read, found.judged) == (3, 4)
    together = found.findings()
    apart = audit(folder / "导出", fresh=True).findings() + audit(*folder.glob("*.json"), fresh=True).findings()
    assert {row for row in together if row[2] != "PE901"} == {row for row in apart if row[2] != "PE901"}


def test_nothing_is_done_again(tmp_path: Path, audit: Audit) -> None:
    folder = write_tables("csv", tmp_path / "export", faulty())
    first = state(audit(folder))
    again = audit(folder)
    assert (again.read, again.judged) == (0, 0)
    assert state(again) == first


def test_a_changed_table_is_taken_anew(tmp_path: Path, audit: Audit) -> None:
    folder = write_tables("csv", tmp_path / "export", faulty())
    write_form(tmp_path / "form.json")
    before = audit(folder, tmp_path / "form.json").findings()
    write_csv(folder, EXPORT)
    found = audit(folder, tmp_path / "form.json")
    assert (found.read, found.judged) == (0, 1)
    assert found.findings() != before
    assert found.findings() == audit(folder, tmp_path / "form.json", fresh=True).findings()


def test_tables_that_come_back_are_taken_again(tmp_path: Path, audit: Audit) -> None:
    folder = write_tables("parquet", tmp_path / "export", faulty())
    write_form(tmp_path / "form.json")
    first = audit(folder, tmp_path / "form.json", overrides=FEW).findings()
    assert audit(tmp_path / "form.json", overrides=FEW).rows("SELECT count(*) FROM 表") == [(1,)]
    assert audit(folder, tmp_path / "form.json", overrides=FEW).findings() == first


# --- the mapping ---


MAPPING = f"""\
money: 元
key: [编号]
tables:
  表: {{from: PM_PERF_SELF_EVAL, columns: {{编号: BH}}}}
  资金: {{from: PM_PERF_SELF_BGT, columns: {{编号: BH, 全年预算数: YS}}}}
  目标: {{from: PM_SELF_EVAL_GOAL, columns: {{编号: BH}}}}
  指标: {{from: {INDICATORS}, columns: {{编号: BH, 三级指标: MC}}}}
"""


def test_a_mapping_names_the_columns(expected: dict[str, Rows], tmp_path: Path, audit: Audit) -> None:
    tables = faulty({"eval_id": "BH", "lv3_perf_ind_name": "MC", "cur_amt": "YS"})
    for row in tables["PM_PERF_SELF_BGT"][1:]:
        row[2:5] = [f"{float(str(cell)) * 10_000:.0f}" for cell in row[2:5]]  # type: ignore[index]
    folder = write_tables("csv", tmp_path / "export", tables)
    (tmp_path / "mapping.yaml").write_text(MAPPING, "utf-8")
    found = audit(folder, mapping=read_mapping(tmp_path / "mapping.yaml"))
    assert results(found) == expected
    assert found.rows("FROM 读取说明") == []


def test_another_mapping_takes_the_tables_anew(tmp_path: Path, audit: Audit) -> None:
    folder = write_tables("csv", tmp_path / "export", EXPORT)
    amounts = "SELECT 全年预算数 FROM 资金 WHERE 行号 = 0"
    assert audit(folder, overrides=FEW).rows(amounts) == [(100,)]
    (tmp_path / "mapping.yaml").write_text("money: 元\n", "utf-8")
    found = audit(folder, mapping=read_mapping(tmp_path / "mapping.yaml"), overrides=FEW)
    assert [float(value) for (value,) in found.rows(amounts)] == [0.01]
    assert found.judged == 1


# --- what is refused ---


def without(column: str, tables: dict[str, Table]) -> dict[str, Table]:
    return {
        name: [[cell for cell, head in zip(row, table[0], strict=True) if head != column] for row in table]
        for name, table in tables.items()
    }


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb"])
def test_what_is_refused_is_told_and_the_store_stays(kind: str, tmp_path: Path, audit: Audit) -> None:
    folder = write_tables(kind, tmp_path / "export", faulty())
    write_form(tmp_path / "form.json")
    kept = state(audit(folder, tmp_path / "form.json", overrides=FEW))
    bad = write_tables(kind, tmp_path / "bad", without("lv3_perf_ind_name", without("found_type_name", EXPORT)))
    folder.rename(tmp_path / "good")
    bad.rename(folder)
    with pytest.raises(TablesRefused) as refused:
        audit(folder, overrides=FEW)
    assert [problem.code for problem in refused.value.problems] == ["no-column", "no-column"]
    assert "三级指标" in str(refused.value)
    assert "资金来源" in str(refused.value)
    folder.rename(bad)
    (tmp_path / "good").rename(folder)
    again = audit(folder, tmp_path / "form.json", overrides=FEW)
    assert (again.read, again.judged) == (0, 0)
    assert state(again) == kept


def test_damage_found_late_leaves_the_store(tmp_path: Path, audit: Audit) -> None:
    folder = write_tables("parquet", tmp_path / "export", faulty())
    kept = state(audit(folder, overrides=FEW))
    path = folder / f"{INDICATORS}.parquet"
    good, when = path.read_bytes(), path.stat().st_mtime_ns
    path.write_bytes(good[:4] + bytes(196) + good[200:])
    with pytest.raises(TablesRefused, match=INDICATORS):
        audit(folder, overrides=FEW)
    path.write_bytes(good)
    os.utime(path, ns=(when, when))
    again = audit(folder, overrides=FEW)
    assert (again.read, again.judged) == (0, 0)
    assert state(again) == kept


def test_an_excel_file_of_a_folder_is_looked_into_where_its_name_says_so(tmp_path: Path, audit: Audit) -> None:
    folder = write_tables("xlsx", tmp_path / "export", EXPORT)
    (folder / "导出.xlsx").rename(folder / "PM_导出.xlsx")
    assert audit(folder, overrides=FEW).rows("SELECT 项目名称 FROM 表") == [("图书购置",)]
    (folder / "PM_导出.xlsx").rename(folder / "导出.xlsx")
    assert audit(folder, overrides=FEW).files() == {"导出.xlsx": ("读不了", "not-a-form")}


PAPER = """\
项目支出绩效自评表,,,,,,,
项目名称,防汛物资,,,主管部门,市水务局,,
实施单位,防汛办,,,年度,2024,,
一级指标,二级指标,三级指标,年度指标值,实际完成值,分值,得分,偏差原因分析及改进措施
产出指标,数量指标,编织袋,≥5000条,5200条,50,50,
效益指标,社会效益指标,防汛能力,提升,提升,50,45,
"""


def test_a_csv_file_that_is_a_form_is_read_as_one(tmp_path: Path, audit: Audit) -> None:
    folder = write_tables("csv", tmp_path / "all" / "export", EXPORT)
    (folder.parent / "防汛.csv").write_text(PAPER, "utf-8")
    found = audit(folder.parent, overrides=FEW)
    assert found.files()["防汛.csv"] == ("已读", None)
    assert found.rows("SELECT 项目名称 FROM 表 ORDER BY ALL") == [("图书购置",), ("防汛物资",)]
    assert found.read == 1


def test_the_rows_of_last_years_tables_are_only_compared_with(tmp_path: Path, audit: Audit) -> None:
    this_year = write_tables("csv", tmp_path / "2021", EXPORT)
    earlier: dict[str, Table] = {
        name: [["2020" if cell == "2021" else cell for cell in row] for row in table] for name, table in EXPORT.items()
    }
    last_year = write_tables("duckdb", tmp_path / "2020", earlier)
    alone = audit(this_year, overrides=FEW_AND_ACROSS).findings()
    found = audit(this_year, previous=(str(last_year),), overrides=FEW_AND_ACROSS)
    assert found.rows("SELECT 往年, 年度 FROM 表 ORDER BY ALL") == [(False, 2021), (True, 2020)]
    assert [row for row in found.findings() if not row[2].startswith("PE9")] == [
        row for row in alone if not row[2].startswith("PE9")
    ]
    assert found.rows("FROM 问题 JOIN 表 USING (表号) WHERE 往年") == []
