"""An audit on a cluster says what one on this machine says, whatever it reads and whatever happens on the way."""

from __future__ import annotations

import contextlib
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from audits import Silent, write_form
from bad_readers import read_badly
from cluster import Running, cluster, waited_for
from exports import write_book, write_csv

from perfeval_lint.audit.engine import Request, run_audit
from perfeval_lint.audit.pool import Limits
from perfeval_lint.audit.reports.model import LetterWords, Options
from perfeval_lint.audit.reports.reports import REPORTS, write_reports
from perfeval_lint.audit.results import IN_FOLDERS, open_read
from perfeval_lint.audit.sample import draw, write_sample
from perfeval_lint.audit.spark import engine
from perfeval_lint.audit.spark.engine import STAGING, run_on_spark
from perfeval_lint.audit.spark.session import Cluster
from perfeval_lint.audit.store import RAW_TABLES, raw_table
from perfeval_lint.errors import TablesRefused, UsageError
from perfeval_lint.rule.sql import identifier

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TESTS = ROOT / "tests"
YEAR = 2025
Content = dict[str, list[str]]


def request(paths: list[Path | str], out: Path, **more: Any) -> Request:
    return Request(tuple(map(str, paths)), out, Limits(2), year=YEAR, memory="1GB", **more)


def embedded(paths: list[Path | str], out: Path, **more: Any) -> Path:
    run_audit(request(paths, out, **more), Silent()).close()
    return out


def on_spark(reached: Cluster, paths: list[Path | str], out: Path, **more: Any) -> Path:
    run_on_spark(request(paths, out, **more), reached, lambda _: contextlib.nullcontext())
    return out


def content(out: Path) -> Content:
    """Every row of every table of the results, told by its file's name and the form's place in it."""
    with open_read(out) as database:
        found = {table: rows_of(database, identifier(table)) for table in IN_FOLDERS if table not in RAW_TABLES}
        return found | {f"原.{table}": rows_of(database, raw_table(table)) for table in RAW_TABLES}


def rows_of(database: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    names = [name for name, *_ in database.execute(f"DESCRIBE {table}").fetchall()]
    hidden = ", ".join(name for name in names if name in ("表号", "文件号", "修改", "文件"))
    source = f"{table} r"
    if "表号" in names:
        source += (
            " JOIN (SELECT 表号, 文件号 AS 属, 序号 AS 次 FROM 原.表) t USING (表号) JOIN 文件 f ON f.文件号 = t.属"
        )
        told = "f.文件, t.次"
    else:
        source, told = f"{table} r JOIN 文件 f USING (文件号)", "f.文件, 0"
    rows = database.execute(f"SELECT {told}, r.* EXCLUDE ({hidden}) FROM {source}").fetchall()
    return sorted(repr(row) for row in rows)


def assert_same(one: Content, other: Content) -> None:
    assert {name: len(rows) for name, rows in one.items()} == {name: len(rows) for name, rows in other.items()}
    for name, rows in one.items():
        assert rows == other[name], name


def documents(out: Path) -> dict[str, bytes]:
    """What is written of results: every report, and a sample."""
    folder = out / "报告"
    folder.mkdir()
    with open_read(out) as database:
        write_reports(database, folder, REPORTS, Options(origin=out.parent, letters=LetterWords(sender="市财政局")))
        write_sample(draw(database, 5, "2025"), folder / "抽样.csv")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forms of many kinds: papers, archives, several in a file, copies, files that cannot be read."""
    folder = tmp_path_factory.mktemp("自评 表")
    shutil.copytree(EXAMPLES, folder / "例")
    for number in range(40):
        write_form(folder / f"校{number % 3}" / f"表{number:02d}.json", 项目名称=f"项目{number % 30}")
    shutil.copy(folder / "校1" / "表01.json", folder / "校2" / "另存.json")
    write_form(folder / "_表.json", 主管部门="省厅/直属 机构：" + "长" * 90)
    write_form(folder / "无名.json", 主管部门="", 年度="不详")
    (folder / "坏.docx").write_bytes(b"PK\3\4 broken")
    (folder / "几张.yaml").write_text(
        "\n---\n".join(path.read_text("utf-8") for path in sorted((folder / "校0").iterdir())[:3]), "utf-8"
    )
    with zipfile.ZipFile(folder / "包.zip", "w") as archive:
        for path in sorted((folder / "校1").iterdir())[:5]:
            archive.write(path, f"内/{path.name}")
    return folder


@pytest.fixture(scope="module")
def last_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("上年")
    for number in range(12):
        write_form(folder / f"旧{number:02d}.json", 年度="2023", 项目名称=f"项目{number}")
    return folder


@pytest.fixture
def reached(small: Cluster) -> Cluster:
    """The cluster; its Python finds the readers of these tests."""
    return Cluster(small.master, conf=(*small.conf, ("spark.executorEnv.PYTHONPATH", str(TESTS / "audit"))))


def test_papers_and_last_year(forms: Path, last_year: Path, reached: Cluster, tmp_path: Path) -> None:
    more: dict[str, Any] = {"previous": (str(last_year),)}
    one = embedded([forms], tmp_path / "一", **more)
    other = on_spark(reached, [forms], tmp_path / "审核 结果", **more)
    assert_same(content(one), content(other))
    assert {path.name for path in (other / "表").iterdir()} >= {"年度=2024", "年度=2023", "年度=未填"}
    assert not (other / STAGING).exists()
    first, second = documents(one), documents(other)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a budget system exports: Parquet of several files, and of another year CSV in GBK and a workbook."""
    folder = tmp_path_factory.mktemp("导出")
    columns = "eval_id fiscal_year dept_name agency_name pro_code pro_name total_eval_value is_deleted".split()
    kinds = "eval_id lv1_perf_ind_name lv3_perf_ind_name kpi_val ind_comp ind_weight eval_score devi_analy xh".split()
    for half in range(2):
        forms: list[list[Any]] = [columns]
        rows: list[list[Any]] = [kinds]
        for number in range(half, 900, 2):
            key = f"E{number * 7919 % 900:04d}"
            forms.append(
                [
                    key,
                    "2024",
                    f"局{number % 7}",
                    f"馆{number % 50}",
                    f"P{number % 880}",
                    f"项目{number}",
                    "97.5",
                    "1" if number % 41 == 0 else "2",
                ]
            )
            rows += [
                [key, "产出指标", f"指标{at}", "≥98%", f"{99 - at}%", "10", str(10 - at), "天气原因" * 5, str(9 - at)]
                for at in range(number % 4)
            ]
        rows += [["无主", "产出指标", "指标", "1次", "1次", "1", "1", "", "1"], ["", *rows[-1][1:]]]
        write_typed(folder / f"PM_PERF_SELF_EVAL_{half}.parquet", forms)
        write_typed(folder / f"PM_SELF_EVAL_INDICATOR_{half}.parquet", rows)
    return folder


def write_typed(path: Path, rows: list[list[Any]]) -> None:
    """Rows of texts as Parquet, scores as numbers."""
    with duckdb.connect() as database:
        names = ", ".join(
            f'unnest(${at})::{"DECIMAL(8,2)" if name in ("ind_weight", "eval_score") else "VARCHAR"} AS "{name}"'
            for at, name in enumerate(rows[0], 1)
        )
        values = [list(column) for column in zip(*rows[1:], strict=True)]
        database.execute(f"COPY (SELECT {names}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 100)", values)


def test_tables_and_last_years_results(
    export: Path, last_year: Path, reached: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfeval_lint.audit.spark.exports.FORMS_A_PART", 150)
    monkeypatch.setattr(engine, "_FORMS_A_GROUP", 300)
    old = embedded([last_year], tmp_path / "旧")
    again = on_spark(reached, [last_year], tmp_path / "旧二")
    one = embedded([export], tmp_path / "一", previous=(str(old),))
    other = on_spark(reached, [export], tmp_path / "二", previous=(str(old),))
    assert_same(content(one), content(other))
    assert any("已标为删除" in row for row in content(other)["读取说明"])
    third = on_spark(reached, [export], tmp_path / "三", previous=(str(again),))
    findings = [row for row in content(other)["问题"] if "旧" not in row]
    assert findings == [row for row in content(third)["问题"] if "旧" not in row]


def test_csv_and_a_workbook(reached: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "导出"
    folder.mkdir()
    columns = "eval_id fiscal_year dept_name agency_name pro_code pro_name is_deleted".split()
    kinds = "eval_id lv1_perf_ind_name lv3_perf_ind_name kpi_val ind_comp ind_weight eval_score".split()
    forms = [[f"E{number:03d}", "2024", "文化局", "图书馆", f"P{number}", "购书\n“新”", "2"] for number in range(60)]
    rows = [[f"E{number % 60:03d}", "产出指标", f"指标{number}", "≥5册", "6册", "10", "9"] for number in range(180)]
    write_csv(folder, {"PM_PERF_SELF_EVAL": [columns, *forms]}, encoding="gb18030")
    write_book(folder, {"PM_SELF_EVAL_INDICATOR": [kinds, *rows]})
    paths: list[Path | str] = sorted(folder.iterdir(), reverse=True)
    one, other = embedded(paths, tmp_path / "一"), on_spark(reached, paths, tmp_path / "二")
    assert_same(content(one), content(other))


def test_files_of_a_hadoop_file_system(forms: Path, reached: Cluster, tmp_path: Path) -> None:
    one = embedded([forms], tmp_path / "一")
    other = on_spark(reached, [f"file://{forms}"], tmp_path / "二")
    found = [row.replace("file:", "") for row in content(other)["问题"]]
    hidden = f"{forms}/_表.json"  # Spark passes over such names
    expected = [row for row in content(one)["问题"] if hidden not in row]
    assert len(expected) > 100
    assert [row for row in found if "重复" not in row and "PE9" not in row] == [
        row for row in expected if "PE9" not in row
    ]


def test_tables_of_a_database(export: Path, reached: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from perfeval_lint.audit.spark.session import session

    monkeypatch.chdir(tmp_path)  # the database keeps a log where it is begun
    url = f"jdbc:derby:{tmp_path}/db"
    with session(Cluster("local[1]"), tmp_path) as spark:
        for table in ("PM_PERF_SELF_EVAL", "PM_SELF_EVAL_INDICATOR"):
            rows = spark.read.parquet(*(str(export / f"{table}_{half}.parquet") for half in range(2))).na.fill("")
            types = ", ".join(f"{name} VARCHAR(400)" for name, kind in rows.dtypes if kind == "string")
            rows.coalesce(1).write.option("createTableColumnTypes", types).jdbc(f"{url};create=true", table)
    other = on_spark(Cluster("local[2]"), [url], tmp_path / "二")
    one = embedded([export], tmp_path / "一")
    with open_read(other) as database:
        assert [name for (name,) in database.execute("SELECT 文件 FROM 文件 ORDER BY 1").fetchall()] == [
            f"{url} PM_PERF_SELF_EVAL",
            f"{url} PM_SELF_EVAL_INDICATOR",
        ]
    told = "SELECT 项目名称, 规则, 路径, 消息 FROM 问题 JOIN 表 USING (表号) WHERE NOT 规则 LIKE 'PE9%' ORDER BY ALL"
    found = []
    for out in (one, other):
        with open_read(out) as database:
            found.append(database.execute(told).fetchall())
    assert len(found[0]) > 500
    assert found[0] == found[1]
    with pytest.raises(UsageError, match="连不上数据库 jdbc:derby:"):
        on_spark(Cluster("local[1]"), [f"jdbc:derby:{tmp_path}/none;user=me;password=secret"], tmp_path / "三")


@pytest.mark.parametrize("bad", ["crash", "swell", "hang"])
def test_a_file_that_kills_its_reader(bad: str, reached: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "表"
    for number in range(12):
        write_form(folder / f"form{number:02d}.json")
    expected = content(embedded([folder], tmp_path / "一"))["问题"]
    write_form(folder / f"form05-{bad}.json")
    asked = Request((str(folder),), tmp_path / "二", Limits(1, 4 if bad == "hang" else 60), year=YEAR, memory="1GB")
    run_on_spark(asked, reached, lambda _: contextlib.nullcontext(), read_badly)
    found = content(tmp_path / "二")
    code = {"crash": "crashed", "swell": "too-large", "hang": "too-slow"}[bad]
    assert [row for row in found["文件"] if "读不了" in row and code in row and bad in row] != []
    assert found["问题"] == expected


def test_a_worker_that_dies_on_the_way(forms: Path, tmp_path: Path) -> None:
    expected = content(embedded([forms], tmp_path / "一"))
    with cluster(tmp_path / "cluster", workers=2) as running:
        reached = Cluster(running.url, conf=(("spark.executor.memory", "512m"),))
        killed: list[int] = []

        @contextlib.contextmanager
        def watch(spark: Any) -> Iterator[None]:
            status = spark.sparkContext.statusTracker()

            def is_reading() -> bool:
                infos = [status.getStageInfo(number) for number in status.getActiveStageIds()]
                return any(info is not None and info.numTasks > 4 and info.numCompletedTasks for info in infos)

            def kill() -> None:
                if waited_for(is_reading, 120):
                    running.kill_worker(1)
                    killed.append(1)

            killer = threading.Thread(target=kill)
            killer.start()
            yield
            killer.join()

        run_on_spark(request([forms], tmp_path / "二"), reached, watch)
        assert killed == [1]
    assert_same(expected, content(tmp_path / "二"))


# --- refused --------------------------------------------------------------------------------------


def test_results_that_are_there_stay_until_they_are_replaced(forms: Path, reached: Cluster, tmp_path: Path) -> None:
    folder = forms / "校0"
    out = on_spark(reached, [folder], tmp_path / "out")
    before = content(out)
    with pytest.raises(UsageError, match="--fresh"):
        on_spark(reached, [folder], out)
    bad = tmp_path / "PM_PERF_SELF_EVAL.csv"
    bad.write_text("eval_id,fiscal_year,pro_name\nE1,2024,书\n", "utf-8")
    with pytest.raises(TablesRefused):  # a set without indicators, once the cluster is at work
        on_spark(reached, [bad], out, fresh=True)
    assert_same(before, content(out))
    on_spark(reached, [forms / "校1"], out, fresh=True)
    assert "校1" in content(out)["问题"][0]
    with pytest.raises(UsageError, match="另写一个 --out"):
        embedded([folder], out)
    store = embedded([folder], tmp_path / "store")
    with pytest.raises(UsageError, match="换一个 --out"):
        on_spark(reached, [folder], store)


def test_workers_of_another_version(
    forms: Path, reached: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "versions", lambda: "9.9.9+duckdb-2.0.0")
    with pytest.raises(UsageError, match=r"9\.9\.9"):
        on_spark(reached, [forms], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_too_little_memory_for_duckdb(export: Path, reached: Cluster, tmp_path: Path) -> None:
    asked = Request((str(export),), tmp_path / "out", Limits(1), year=YEAR, memory="8MB")
    with pytest.raises(UsageError, match="内存"):
        run_on_spark(asked, reached, lambda _: contextlib.nullcontext())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_damaged_table(export: Path, reached: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    shutil.copytree(export, folder)
    data = bytearray((folder / "PM_SELF_EVAL_INDICATOR_1.parquet").read_bytes())
    data[40:400] = b"\xff" * 360  # what it says of itself at its end is whole
    (folder / "PM_SELF_EVAL_INDICATOR_1.parquet").write_bytes(data)
    with pytest.raises(UsageError, match="PM_SELF_EVAL_INDICATOR_1"):
        on_spark(reached, [folder], tmp_path / "out")


def test_an_audit_leaves_no_process_behind(forms: Path, running: Running, reached: Cluster, tmp_path: Path) -> None:
    on_spark(reached, [forms / "校0"], tmp_path / "out")

    def none_left() -> bool:
        return not any(b"perfeval_lint" in command(path) for path in Path("/proc").glob("[0-9]*"))

    assert waited_for(none_left, 30)


def command(process: Path) -> bytes:
    try:
        environment = (process / "environ").read_bytes()
        line = (process / "cmdline").read_bytes()
    except OSError:
        return b""
    return line if b"SPARK" in environment and b"spawn_main" in line else b""
