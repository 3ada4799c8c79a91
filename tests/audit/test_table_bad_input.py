"""Files that are no tables, or tables that cannot be read: refused by name, never half read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from perfeval_lint.audit.tables.fit import fit
from perfeval_lint.audit.tables.load import import_tables
from perfeval_lint.audit.tables.mapping import TableMapping, read_mapping
from perfeval_lint.audit.tables.sources import is_table, open_sources
from perfeval_lint.errors import Problem, TablesRefused
from tests.audit.exports import EXPORT, Import, tables_in

Export = Callable[..., Path]
ROOT = Path(__file__).parents[2]
_NAME = "EncryptedPackage\0".encode("utf-16-le")
ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0") + (
    _NAME.ljust(64, b"\0") + len(_NAME).to_bytes(2, "little")
).ljust(128, b"\0")


def refused(run: Callable[[], object]) -> Problem:
    with pytest.raises(TablesRefused) as error:
        run()
    (problem,) = error.value.problems
    return problem


def replaced(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1 and nothing more PAR1", b"eval_id,kpi_val\n1,2\n"])
def test_what_is_not_parquet(data: bytes, export_of: Export, imported: Import) -> None:
    folder = export_of("parquet")
    path = replaced(folder, "PM_SELF_EVAL_GOAL.parquet", data)
    problem = refused(lambda: imported(folder))
    assert (problem.code, problem.file) == ("not-parquet", str(path))


def test_a_parquet_file_damaged_inside(export_of: Export, database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = export_of("parquet")
    path = folder / "PM_SELF_EVAL_INDICATOR.parquet"
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(data)
    files = tables_in(folder)
    plan = fit(open_sources(database, files, TableMapping(), tmp_path), TableMapping())
    database.execute("BEGIN")
    numbers = dict.fromkeys(files, 0)
    assert refused(lambda: import_tables(database, plan, first_form=0, file_numbers=numbers)).code == "damaged"
    database.execute("ROLLBACK")
    assert database.execute("SELECT count(*) FROM 原.表").fetchone() == (0,)


@pytest.mark.parametrize("data", [b"", b"DUCK", b"not a database"])
def test_what_is_not_a_duckdb_file(data: bytes, tmp_path: Path, imported: Import) -> None:
    path = replaced(tmp_path, "导出.duckdb", data)
    assert refused(lambda: imported(path)).code in ("not-duckdb", "empty")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (ENCRYPTED, "protected"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)
def test_what_is_not_a_workbook(data: bytes, code: str, tmp_path: Path, imported: Import) -> None:
    assert refused(lambda: imported(replaced(tmp_path, "导出.xlsx", data))).code == code


def test_a_workbook_that_breaks_off(export_of: Export, imported: Import) -> None:
    path = export_of("xlsx") / "导出.xlsx"
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet4.xml"
    parts[sheet] = parts[sheet][: len(parts[sheet]) // 2]
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    assert refused(lambda: imported(path)).code == "damaged"


def test_hidden_sheets_and_sheets_that_are_no_tables_are_noted(export_of: Export, imported: Import) -> None:
    path = export_of("csv", PM_PERF_SELF_BGT=None, PM_SELF_EVAL_GOAL=None)
    with xlsxwriter.Workbook(str(path / "资金.xlsx")) as book:
        book.add_worksheet("说明").write_column(0, 0, ["填报说明", "请如实填写"])
        sheet = book.add_worksheet("资金")
        for at, row in enumerate(EXPORT["PM_PERF_SELF_BGT"]):
            sheet.write_row(at, 0, row)
        book.add_worksheet("旧").hide()
    result = imported(path)
    assert result.rows["资金"] == 2
    assert [note.code for note in result.notes][:2] == ["not-a-table", "hidden"]


def test_a_cell_of_an_error_is_told(export_of: Export, imported: Import) -> None:
    path = export_of("csv", PM_PERF_SELF_BGT=None)
    with xlsxwriter.Workbook(str(path / "资金.xlsx")) as book:
        sheet = book.add_worksheet("资金")
        for at, row in enumerate(EXPORT["PM_PERF_SELF_BGT"]):
            sheet.write_row(at, 0, row)
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    (note,) = (note for note in imported(path).notes if note.code == "doubtful-cells")
    assert "工作表“资金”有 1 格没有有效的值，如第2行：单元格显示的是错误值 #DIV/0!" in note.message


@pytest.mark.parametrize("row", ["F-2021-001,产出指标,数量指标,甲,乙,丙,1,1,不小心,没加引号", "F-2021-001,产出指标"])
def test_a_ragged_row_is_told_with_its_line(row: str, export_of: Export, imported: Import) -> None:
    folder = export_of("csv")
    path = folder / "PM_SELF_EVAL_INDICATOR.csv"
    path.write_text(path.read_text("utf-8") + row + "\n", "utf-8")
    problem = refused(lambda: imported(folder))
    assert (problem.code, problem.line, problem.file) == ("ragged", 5, str(path))
    assert f"这一行有 {row.count(',') + 1} 格，列名有 9 个" in problem.message


@pytest.mark.parametrize(
    "row", ['F-2021-001,"产出指标,数量指标,甲,乙,丙,1,1,1', 'F-2021-001,"产出"指标,数量,甲,乙,丙,1,1,1']
)
def test_a_row_of_unpaired_quotes_is_told_with_its_line(row: str, export_of: Export, imported: Import) -> None:
    folder = export_of("csv")
    path = folder / "PM_SELF_EVAL_INDICATOR.csv"
    path.write_text(path.read_text("utf-8") + row + "\n" + "甲,乙,丙,1,1,1,1,1,1\n" * 3, "utf-8")
    problem = refused(lambda: imported(folder))
    assert (problem.code, problem.line, problem.file) == ("ragged", 5, str(path))
    assert "读不出这一行：引号没有成对，或一格太长" in problem.message


def test_a_text_in_no_known_encoding(export_of: Export, imported: Import) -> None:
    folder = export_of("csv")
    path = folder / "PM_SELF_EVAL_GOAL.csv"
    path.write_bytes(path.read_bytes() + b"F-2021-001,\xff\xff\xff,a\n")
    assert refused(lambda: imported(*sorted(folder.iterdir()))).code == "encoding"


def test_quoted_line_breaks_separators_and_quotes_are_kept_apart(export_of: Export, imported: Import) -> None:
    goals = [["eval_id", "kpi_target", "goal_comp"], ["F-2021-001", '购书，\n“新”"书",多', "已购"]]
    assert imported(export_of("csv-gbk", PM_SELF_EVAL_GOAL=goals)).rows["目标"] == 1


def test_an_empty_table_and_an_empty_set(tmp_path: Path, export_of: Export, imported: Import) -> None:
    assert refused(lambda: imported(tmp_path)).code == "no-tables"
    folder = export_of("parquet", PM_PERF_SELF_EVAL=[EXPORT["PM_PERF_SELF_EVAL"][0]])
    problem = refused(lambda: imported(folder))
    assert problem.code == "empty"
    assert "没有一张自评表" in problem.message


def test_tables_that_are_nothing_of_a_form(tmp_path: Path, imported: Import) -> None:
    duckdb.execute(f"COPY (SELECT 1 AS a, 2 AS b) TO '{tmp_path / '别的.parquet'}'")
    with pytest.raises(TablesRefused) as error:
        imported(tmp_path)
    assert {problem.code for problem in error.value.problems} == {"no-table"}
    assert "别的.parquet" in str(error.value)


def test_a_mapping_that_is_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("tables: [", "utf-8")
    with pytest.raises(TablesRefused):
        read_mapping(path)
    with pytest.raises(TablesRefused, match="打不开"):
        read_mapping(tmp_path / "没有.yaml")


# --- tables and forms on paper --------------------------------------------------------------------

PAPERS = [
    path
    for folder in ("tests/recognise", "tests/read_office", "examples", "tests/rules", "tests/read_web")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".xlsx", ".xls", ".csv", ".tsv")
]


def test_a_form_on_paper_is_no_table(tmp_path: Path) -> None:
    from perfeval_lint import convert
    from perfeval_lint.render.render import render

    for number, path in enumerate(sorted((ROOT / "examples").glob("*.yaml"))):
        target = tmp_path / f"{number}.xlsx"
        for form in convert(path):
            target.write_bytes(render(form, ".xlsx"))
            assert not is_table(target)
    assert not [path for path in PAPERS if is_table(path)]


@pytest.mark.parametrize(
    "text",
    [
        "一级指标,二级指标,三级指标,年度指标值,实际完成值,分值,得分\n产出指标,数量指标,甲,1,1,1,1\n",
        "年度,2021,实施单位,图书馆,项目名称,购书,项目负责人,张三,联系电话,1\n主管部门,文化局,,,,,,,,\n",
        "年度,,实施单位,,项目名称,,主管部门,,项目负责人,\n项目资金,,,,,,,,,\n",
        "年度,实施单位,项目名称,主管部门,项目负责人\n年初预算数,全年预算数,全年执行数,分值,得分\n",
        "",
    ],
)
def test_headings_of_a_form_are_no_header(text: str, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text(text, "utf-8")
    assert not is_table(path)


def test_tables_are_told_among_other_files(export_of: Export, tmp_path: Path) -> None:
    folder = export_of("csv")
    (folder / "说明.csv").write_text("填报,说明\n请,如实\n", "utf-8")
    (folder / "~$临时.xlsx").write_bytes(b"")
    (folder / "自评表.docx").write_bytes(b"")
    assert [path.stem for path in tables_in(folder)] == sorted(EXPORT)
    assert is_table(folder / "PM_SELF_EVAL_GOAL.csv", TableMapping())
