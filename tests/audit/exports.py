"""One small form as the tables a budget system would export of it, and files of every kind to write them to."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import xlsxwriter

from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.sources import is_table
from perfeval_lint.errors import Problem

Row = Sequence[object]
Table = list[Row]  # the first row is the columns' names
Tables = Mapping[str, Table]

ID = "F-2021-001"
EXPORT: dict[str, Table] = {
    "PM_PERF_SELF_EVAL": [
        "eval_id fiscal_year dept_name agency_name pro_code pro_name devi_analy total_eval_value is_deleted".split(),
        [ID, "2021", "市文化局", "市图书馆", "110000210000000001", "图书购置", "到货略晚", "95.7", "2"],
    ],
    "PM_PERF_SELF_BGT": [
        ["eval_id", "found_type_name", "reply_amt", "cur_amt", "year_exe_amt", "exe_amt_rate", "exe_score"],
        [ID, "年度资金总额", "120", "100", "95.5", "95.5%", "9.55"],
        [ID, "当年财政拨款", "120", "100", "95.5", "95.5%", ""],
    ],
    "PM_SELF_EVAL_GOAL": [
        ["eval_id", "kpi_target", "goal_comp"],
        [ID, "购置图书，方便读者", "已购置到馆"],
    ],
    "PM_SELF_EVAL_INDICATOR": [
        "eval_id lv1_perf_ind_name lv2_perf_ind_name lv3_perf_ind_name kpi_val ind_comp".split()
        + "ind_weight eval_score devi_analy".split(),
        [ID, "产出指标", "数量指标", "购置图书", "≥5000册", "5200册", "20", "20", ""],
        [ID, "产出指标", "时效指标", "到馆时间", "6月底前", "7月", "20", "16.2", "供货商延期"],
        [ID, "满意度指标", "服务对象满意度指标", "读者满意度", "≥95%", "96%", "10", "10", ""],
    ],
}
FORM = """\
格式: perfeval/1
表式: 项目支出绩效自评表
年度: 2021
项目名称: 图书购置
项目编码: '110000210000000001'
主管部门: 市文化局
实施单位: 市图书馆
项目资金:
- {资金来源: 年度资金总额, 年初预算数: 120, 全年预算数: 100, 全年执行数: 95.5, 执行率: 95.5%, 得分: 9.55}
- {资金来源: 当年财政拨款, 年初预算数: 120, 全年预算数: 100, 全年执行数: 95.5, 执行率: 95.5%}
年度总体目标: {预期目标: 购置图书，方便读者, 实际完成情况: 已购置到馆}
绩效指标:
- {一级指标: 产出指标, 二级指标: 数量指标, 三级指标: 购置图书, 年度指标值: ≥5000册, 实际完成值: 5200册, 分值: 20, 得分: 20}
- {一级指标: 产出指标, 二级指标: 时效指标, 三级指标: 到馆时间, 年度指标值: 6月底前, 实际完成值: 7月, 分值: 20, 得分: 16.2, 偏差原因: 供货商延期}
- {一级指标: 满意度指标, 二级指标: 服务对象满意度指标, 三级指标: 读者满意度, 年度指标值: ≥95%, 实际完成值: 96%, 分值: 10, 得分: 10}
总分: {得分: 95.7}
偏差分析: 到货略晚
"""  # noqa: E501
TABLES = ("表", "资金", "目标", "指标")


def write_csv(folder: Path, tables: Tables, *, encoding: str = "utf-8", separator: str = ",") -> None:
    """A CSV file a table."""
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=separator).writerows(rows)


def write_parquet(folder: Path, tables: Tables) -> None:
    """A Parquet file a table, all columns texts."""
    database = duckdb.connect()
    _fill(database, tables)
    for name in tables:
        database.execute(f"COPY {name} TO '{folder / name}.parquet'")


def write_database(folder: Path, tables: Tables) -> None:
    """One DuckDB file."""
    with duckdb.connect(str(folder / "导出.duckdb")) as database:
        _fill(database, tables)


def _fill(database: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    for name, (columns, *rows) in tables.items():
        database.execute(f"CREATE TABLE {name} ({', '.join(f'{column} VARCHAR' for column in columns)})")
        for row in rows:
            database.execute(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in row)})", [str(cell) for cell in row])


def write_book(folder: Path, tables: Tables) -> None:
    """One workbook, a sheet a table; numbers are numbers, rates shown as percentages."""
    with xlsxwriter.Workbook(str(folder / "导出.xlsx")) as book:
        percent = book.add_format({"num_format": "0.0%"})
        rounded = book.add_format({"num_format": "#,##0"})
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    text = str(cell)
                    if text == "95.5%":
                        sheet.write_number(at, column, 0.955, percent)
                    elif text.replace(".", "").isdigit() and len(text) < 15:
                        sheet.write_number(at, column, float(text), rounded)
                    else:
                        sheet.write_string(at, column, text)


WRITERS: dict[str, Callable[[Path, Tables], None]] = {
    "csv": write_csv,
    "csv-gbk": lambda folder, tables: write_csv(folder, tables, encoding="gb18030"),
    "csv-bom-semicolons": lambda folder, tables: write_csv(folder, tables, encoding="utf-8-sig", separator=";"),
    "csv-utf16-tabs": lambda folder, tables: write_csv(folder, tables, encoding="utf-16", separator="\t"),
    "parquet": write_parquet,
    "duckdb": write_database,
    "xlsx": write_book,
}


class Result(NamedTuple):
    """An import of a whole set: what was laid down, and what there is to tell of it."""

    forms: int
    rows: Mapping[str, int]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


Import = Callable[..., Result]
Raw = Callable[[str], list[dict[str, object]]]


def tables_in(path: Path, mapping: TableMapping | None = None) -> list[Path]:
    """The tables below a folder; a file itself."""
    return sorted(file for file in path.rglob("*") if is_table(file, mapping)) if path.is_dir() else [path]
