"""Results as Parquet: whatever is asked of them is as from the store they were laid down from."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from perfeval_lint.audit.ask.compare import comparing, comparison_text, summary, write_changes
from perfeval_lint.audit.ask.sample import draw, write_sample
from perfeval_lint.audit.reports import facts
from perfeval_lint.audit.reports.model import LetterWords, Options
from perfeval_lint.audit.reports.reports import REPORTS, write_reports
from perfeval_lint.audit.store.results import IN_FOLDERS, MANIFEST, WRITTEN_NAMES, columns, is_results, open_read
from perfeval_lint.audit.store.store import FILE_NAME, RAW_TABLES, open_store, raw_table
from perfeval_lint.cli.results import compare, query
from perfeval_lint.errors import UsageError
from tests.audit.audits import FEW_AND_ACROSS, Audit, Audited, Rows, write_form
from tests.audit.laid import lay_down

ODD = ("科技局/基建", "100%局 [甲]*?", "引'号\"局", "a=b", None)
# What people print where a number, a rate, a year or a date is due, readable or not.
PRINTED = ("93.61%", " 12.50 ", "", "+1", "九十", "1e5", "250", "-0", "1234567890123", "0.1234567890123", None)
DATES = ("2024-02-29", "2023-02-29", "2024年", None)


@pytest.fixture
def odd(form: Any, finding: Any) -> list[Any]:
    """Forms of several years and departments with all that may be printed in them, findings waived and not."""
    found = []
    for number, printed in enumerate(PRINTED):
        department = ODD[number % len(ODD)]
        funds = {
            "资金来源": "年度资金总额",
            "全年预算数": printed,
            "全年执行数": "1",
            "执行率": printed,
            "得分": printed,
        }
        rows = {
            "资金": [{"资金来源": "其他"}, funds],
            "指标": [{"三级指标": "培训", "分值": printed, "得分": "9"}, {"三级指标": printed}],
            "未知项": [{"键": "年限", "路径": "年限"}],
            "存疑": [{"位置": "绩效指标[0].得分", "原因": "模糊"}],
        }
        raw = {
            "年度": ("2023", "2024", " 2024 ", "今年")[number % 4],
            "主管部门": department,
            "总分得分": printed,
            "填写日期": DATES[number % len(DATES)],
            "项目名称": f"项目{number}",
        }
        found.append(
            form(
                file=f"表/{number % 4}.xlsx",
                index=number,
                raw=raw,
                rows=rows,
                department=department,
                unit=f"单位{number % 3}",
                last_year=number == 7,
                outcomes={"PE401": (1, 1, 0, 2), "PE402": (0, 1, 0, 0)},
                findings=(finding(row=1), finding(rule="PE402", level="warning", waived="撤销", place="甲!C5")),
                unknown=(("PE401", "绩效指标[1].得分", "绩效指标 第2项", "得分"),),
            )
        )
    return found


Kept = Callable[..., tuple[Path, Path]]


@pytest.fixture
def kept(tmp_path: Path, fill_store: Any) -> Kept:
    """The same audit twice: the folder with the store, and one with the Parquet files laid down from it."""

    def make(forms: Any, files: Any = (), name: str = "审") -> tuple[Path, Path]:
        folder = tmp_path / f"{name}[库]*"
        folder.mkdir()
        with duckdb.connect(str(folder / FILE_NAME)) as store:
            fill_store(store, forms, files, seed=3)
            return folder, lay_down(store, tmp_path / f"{name}[1]?'果")

    return make


def all_rows(database: duckdb.DuckDBPyConnection, table: str) -> Rows:
    """The rows of a table without the numbers that mean nothing."""
    return sorted(database.execute(f"SELECT * EXCLUDE (表号) FROM {table}").fetchall(), key=repr)


# --- the layout ---


def test_all_texts_come_back_as_they_were(kept: Kept, odd: list[Any]) -> None:
    store, results = kept(odd)
    with open_read(store) as first, open_read(results) as second:
        for table in map(raw_table, RAW_TABLES):
            names = [
                [row[0] for row in database.execute(f"DESCRIBE {table}").fetchall()] for database in (first, second)
            ]
            assert names[0] == names[1]
        for table in (raw_table(name) for name in RAW_TABLES if name != "表"):
            assert all_rows(first, table) == all_rows(second, table)
        for parent in ("原.表", "表"):
            assert all_rows(first, f"(SELECT * EXCLUDE (文件号) FROM {parent})") == all_rows(
                second, f"(SELECT * EXCLUDE (文件号) FROM {parent})"
            )
        for table in ("资金", "指标", "目标", "管理", "豁免", "评分", "结果", "问题", "未判"):
            assert all_rows(first, table) == all_rows(second, table)
        assert first.execute("FROM 运行").fetchall() == second.execute("FROM 运行").fetchall()


def test_the_tables_have_the_columns_and_types_of_the_store(kept: Kept, odd: list[Any]) -> None:
    """But for the numbers, which are larger; also where there is no row at all."""
    for forms, name in ((odd, "满"), ([], "空")):
        store, results = kept(forms, name=name)
        with open_read(store) as first, open_read(results) as second:
            described = {}
            for database in (first, second):
                database.execute("CREATE TEMP TABLE t AS SELECT 1")
                described[database] = database.execute(
                    "SELECT schema_name, table_name, column_name, "
                    "CASE WHEN column_name IN ('表号', '文件号') THEN 'BIGINT' ELSE data_type END "
                    "FROM duckdb_columns() WHERE NOT internal AND table_name NOT IN ('t', '读数') "
                    "ORDER BY schema_name, table_name, column_index"
                ).fetchall()
            assert described[first] == described[second]


def test_the_folder_is_as_told(kept: Kept, odd: list[Any]) -> None:
    _, results = kept(odd)
    assert {path.name for path in results.iterdir() if path.is_dir()} <= set(IN_FOLDERS)
    assert not (results / "管理").exists()
    assert {path.name for path in (results / "指标/年度=2023").iterdir()} >= {"主管部门=科技局／基建"}
    for path in results.rglob("*.parquet"):
        table = path.relative_to(results).parts[0].removesuffix(".parquet")
        with duckdb.connect() as database:
            found = database.from_parquet([str(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")])
            assert dict(zip(found.columns, map(str, found.types), strict=True)) == columns()[table]


# --- reports, samples, queries ---


def everything(results: Path, origin: Path) -> dict[str, bytes]:
    """All that is written from results, as if they stood in the same place."""
    folder = origin / "果"
    with open_read(results) as database:
        write_reports(database, folder, REPORTS, Options(origin=origin, letters=LetterWords(sender="某市财政局")))
        for size in (2, 9):
            sample = draw(database, size, "2025")
            for kind in ("csv", "xlsx", "json"):
                write_sample(sample, folder / f"抽样{size}.{kind}")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_report_and_sample_is_the_same(
    kept: Kept, odd: list[Any], published: list[Any], hostile: list[Any], file: Any, tmp_path: Path
) -> None:
    files = [file("坏.pdf", "读不了", "scanned", "是扫描件"), file("另.pdf", "重复", "duplicate", "与“坏.pdf”内容相同")]
    files.append(file("表/1.xlsx", "部分读取", None, None, (("note", "hidden", "略去隐藏行"),)))
    store, results = kept([*odd, *published, *hostile], files)
    first, second = everything(store, tmp_path / "甲"), everything(results, tmp_path / "乙")
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert len(first) > 15
    assert {path.name for path in results.iterdir()} <= {*WRITTEN_NAMES, MANIFEST}


def asked(sql: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Rows:
    """What the command answers, in no order."""
    query(sql, str(folder), "csv")
    return sorted(map(tuple, csv.reader(io.StringIO(capsys.readouterr().out))))


def test_a_query_gives_the_same(kept: Kept, odd: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    store, results = kept(odd)
    for sql in (
        "FROM 问题 SELECT 规则, 级别, 消息",
        "PIVOT 问题 ON 级别 USING count(*) GROUP BY 规则",
        "SELECT 文件, sum(全年预算数) FROM 资金 JOIN 表 USING (表号) GROUP BY ALL",
        "SELECT 年度原文, 主管部门 FROM 表 WHERE 年度 = 2024",
        "FROM 原.资金 SELECT 执行率",
        "SELECT 版本, 输入 FROM 运行",
        "DESCRIBE 规则",
    ):
        assert asked(sql, store, capsys) == asked(sql, results, capsys) != []


def test_a_query_reaches_nothing_but_the_results(
    kept: Kept, odd: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, results = kept(odd)
    (tmp_path / "别处").mkdir()
    (tmp_path / "别处/a.csv").write_text("a\n1\n", "utf-8")
    own = str(results).replace("'", "''")
    before = sorted(tmp_path.rglob("*"))
    for sql in (
        "FROM read_text('/etc/passwd')",
        f"FROM read_csv('{tmp_path}/别处/a.csv')",
        f"FROM read_csv('{own}/../别处/a.csv')",
        f"FROM read_blob('{store}/{FILE_NAME}')",
        f"FROM glob('{tmp_path}/*')",
        f"ATTACH '{store}/{FILE_NAME}' AS 旧",
        f"COPY 问题 TO '{own}/x.csv'",
        f"SELECT 1; COPY 问题 TO '{own}/x.csv'",
        f"EXPLAIN ANALYZE COPY 问题 TO '{own}/x.csv'",
        f"PREPARE p AS COPY 问题 TO '{own}/x.csv'; EXECUTE p",
        f"EXPORT DATABASE '{own}/x'",
        f"ATTACH '{own}/x.duckdb'",
        "DROP VIEW 问题",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
    ):
        with pytest.raises(UsageError, match=r"^查询有误："):
            query(sql, str(results), "csv")
    assert capsys.readouterr().out == ""
    assert sorted(tmp_path.rglob("*")) == before


# --- comparisons, and last year's ---


def test_either_side_of_a_comparison_may_be_of_either_kind(
    kept: Kept, odd: list[Any], finding: Any, tmp_path: Path
) -> None:
    new = [replace(one, findings=(finding(row=0), *one.findings[1:])) for one in odd[2:]]
    told = set()
    for old_side in kept(odd, name="旧"):
        for new_side in (tmp_path / "新[库]*", tmp_path / "新[1]?'果") if told else kept(new, name="新"):
            with comparing(old_side, new_side) as database:
                files = [write_changes(database, tmp_path / f"变化.{kind}").read_bytes() for kind in ("csv", "json")]
                told.add((comparison_text(summary(database)), *files))
    assert len(told) == 1


def test_results_are_not_compared_with_themselves(kept: Kept) -> None:
    _, results = kept([])
    with pytest.raises(UsageError, match="同一个结果库"), comparing(results, results / MANIFEST):
        pass


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """Folders with forms of two years: targets of 2024 below what was done in 2023, in several departments."""
    for year, target, actual in (("2023", "500人", "800人"), ("2024", "≥600人", "700人")):
        for number, department in enumerate(("市教育局", "财政局/国库", "100%局")):
            people = {"二级指标": "数量指标", "三级指标": f"人数{number}", "年度指标值": target, "实际完成值": actual}
            name = tmp_path / year / f"{number}.json"
            write_form(name, 年度=year, 项目名称=f"项目{number}", 主管部门=department, 绩效指标=[people])
    return tmp_path


def laid_down_from(found: Audited, folder: Path) -> Path:
    """An audit's results as Parquet; its store is closed, as it reaches for nothing outside."""
    found.store.close()
    with duckdb.connect(str(found.store.folder / FILE_NAME), read_only=True) as store:
        return lay_down(store, folder)


def compared(found: Audited) -> Rows:
    """What was found, whatever last year's results are called."""
    assert any(row[2] == "PE904" for row in found.findings())
    return [(*row[:8], row[8].replace(FILE_NAME, MANIFEST), *row[9:]) for row in found.findings()]


@pytest.mark.parametrize("given", ["", MANIFEST])
def test_last_years_results(given: str, years: Path, audit: Audit) -> None:
    laid_down_from(audit(years / "2023", out=years / "去年", overrides=FEW_AND_ACROSS), years / "去年果")
    from_store = compared(
        audit(years / "2024", previous=(str(years / "去年"),), out=years / "甲", overrides=FEW_AND_ACROSS)
    )
    previous = (str(years / "去年果" / given),)
    found = audit(years / "2024", previous=previous, out=years / "乙", overrides=FEW_AND_ACROSS)
    assert compared(found) == from_store
    again = audit(years / "2024", previous=previous, out=years / "乙", overrides=FEW_AND_ACROSS)
    assert (again.read, again.judged) == (0, 0)
    assert compared(again) == from_store
    shutil.copytree(years / "去年果", years / "两年果")
    with pytest.raises(UsageError, match="是审核的结果，不是自评表"):
        audit(years / "两年果" / MANIFEST, out=years / "丙", overrides=FEW_AND_ACROSS)


def test_results_in_a_folder_of_forms_are_no_forms(years: Path, audit: Audit) -> None:
    found = audit(years / "2023", overrides=FEW_AND_ACROSS)
    files = found.files()
    folder = laid_down_from(found, years / "2023/果")
    with open_read(folder) as database:
        write_reports(database, folder, REPORTS)
    assert audit(years / "2023", out=years / "另", overrides=FEW_AND_ACROSS).files() == files
    write_form(years / "2023" / MANIFEST)  # a form of that name
    assert MANIFEST in audit(years / "2023", out=years / "另", overrides=FEW_AND_ACROSS).files()
    assert not is_results(years / "2023")


def test_a_run_leaves_results_of_the_other_kind_alone(years: Path, audit: Audit) -> None:
    folder = laid_down_from(audit(years / "2023", overrides=FEW_AND_ACROSS), years / "果")
    with pytest.raises(UsageError, match="另写一个 --out"):
        audit(years / "2023", out=folder, fresh=True, overrides=FEW_AND_ACROSS)
    assert not (folder / FILE_NAME).exists()


# --- what cannot be used ---


def refused(path: Path, asked: str = "FROM 指标") -> str:
    """Why results cannot be read."""
    with pytest.raises(UsageError) as told, open_read(path) as database:
        database.execute(asked).fetchall()
    return str(told.value)


def test_folders_without_results_or_with_two(kept: Kept, tmp_path: Path) -> None:
    store, results = kept([])
    assert "里没有审核结果" in refused(tmp_path / "没有")
    (tmp_path / "空").mkdir()
    assert "里没有审核结果" in refused(tmp_path / "空")
    shutil.copy(store / FILE_NAME, results)
    assert "两种审核结果" in refused(results)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": 2}, "请升级 perfeval-lint"),
        ({"format": "perfeval.results/2"}, "请升级 perfeval-lint"),
        ({"format": "perfeval.results/x", "version": "一"}, "不完整，或不是审核结果"),
        ({"files": None}, "不完整，或不是审核结果"),
        (None, "不完整，或不是审核结果"),
    ],
)
def test_manifests_that_are_refused(changed: dict[str, Any] | None, told: str, kept: Kept) -> None:
    _, results = kept([])
    path = results / MANIFEST
    text = path.read_text("utf-8")
    path.write_text(text[:60] if changed is None else json.dumps(json.loads(text) | changed), "utf-8")
    assert told in refused(results)
    with pytest.raises(UsageError, match=told), comparing(results, kept([], name="另")[0]):
        pass


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        *(("cut", 0), ("empty", -1), ("pages", -1), ("footer", 0), ("footer", -1), ("columns", 0), ("columns", -1)),
        *(("gone", -1), ("link", -1)),
    ],
)
def test_damaged_files_are_named(damage: str, place: int, kept: Kept, odd: list[Any], audit: Audit) -> None:
    store, results = kept(odd)
    path = sorted((results / "指标").rglob("*.parquet"))[place]
    data = path.read_bytes()
    path.unlink()
    if damage == "columns":
        duckdb.sql("SELECT 1 AS 表号, 2 AS 行号").write_parquet(str(path))
    elif damage == "link":
        path.symlink_to("没有")
    elif damage != "gone":
        path.write_bytes(_damaged(data, damage))
    name = "“指标”" if damage in ("gone", "link") else str(path)
    (results.parent / "空").mkdir()
    for attempt in (
        lambda: query("FROM 指标", str(results), "csv"),
        lambda: compare(str(store), str(results), None, across_years=False),
        lambda: compare(str(results), str(store), None, across_years=True),
        lambda: audit(results.parent / "空", previous=(str(results),)),
    ):
        with pytest.raises(UsageError, match="请从备份恢复，或重新审核") as told:
            attempt()
        assert name in str(told.value)


def _damaged(data: bytes, damage: str) -> bytes:
    if damage in ("cut", "empty"):
        return data[: len(data) - 20] if damage == "cut" else b""
    start, end = (8, len(data) // 3) if damage == "pages" else (len(data) - 150, len(data) - 12)
    return data[:start] + b"\xff" * (end - start) + data[end:]


def test_results_without_their_single_files(kept: Kept) -> None:
    _, results = kept([])
    (results / "规则.parquet").unlink()
    assert "表“规则”有 0 个 Parquet 文件，应有 1 个" in refused(results)


def test_a_store_from_before_upper_bounds_is_read_and_gone_on_with(tmp_path: Path) -> None:
    open_store(tmp_path, threads=1, memory="1GiB").close()
    with duckdb.connect(str(tmp_path / FILE_NAME)) as database:
        database.execute("ALTER TABLE 评分 DROP COLUMN 复核至多; INSERT INTO 评分 (表号, 复核得分) VALUES (1, 90)")
    with open_read(tmp_path) as database:
        assert database.execute("SELECT 复核得分, 复核至多 FROM 评分").fetchall() == [(90, None)]
    store = open_store(tmp_path, threads=1, memory="1GiB")
    assert store.database.execute("SELECT 复核得分, 复核至多 FROM 评分").fetchall() == [(90, None)]
    store.close()


def test_in_results_from_before_heads_every_finding_is_one(kept: Kept, form: Any, finding: Any, tmp_path: Path) -> None:
    paths = kept([form(findings=(finding(), finding(rule="PE403", head="PE401 绩效指标[0].偏差原因")))])
    assert [_errors(path) for path in paths] == [1, 1]
    store, results = paths
    with duckdb.connect(str(store / FILE_NAME)) as database:
        database.execute("ALTER TABLE 问题 DROP COLUMN 主问题")
    for path in (results / "问题").rglob("*.parquet"):
        path.rename(tmp_path / "written.parquet")
        old = duckdb.read_parquet(str(tmp_path / "written.parquet"))
        old.project("* EXCLUDE (主问题)").write_parquet(str(path))
    assert [_errors(path) for path in paths] == [2, 2]


def _errors(path: Path) -> int:
    with open_read(path) as database:
        facts.prepare(database)
        return facts.everything(database).errors
