"""An audit on a cluster says what one on this machine says, whatever it reads and whatever happens on the way."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.run.engine import Request
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.spark import engine
from perfeval_lint.audit.spark import imports as exports_on_spark
from perfeval_lint.audit.spark.completeness import check_files
from perfeval_lint.audit.spark.engine import run_on_spark
from perfeval_lint.audit.spark.output import STAGING
from perfeval_lint.audit.spark.paths import pattern_of
from perfeval_lint.audit.spark.session import Cluster, session
from perfeval_lint.errors import TablesRefused, UsageError
from tests.audit.audits import write_form
from tests.audit.bad_readers import read_badly
from tests.audit.exports import write_book, write_csv
from tests.spark.cluster import SMALL, Running
from tests.spark.same import YEAR, Content, assert_same, content, documents, embedded, lend, on_spark

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def last_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("上年")
    for number in range(12):
        write_form(folder / f"旧{number:02d}.json", 年度="2023", 项目名称=f"项目{number}")
    return folder


@pytest.fixture(scope="module")
def kept(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Any]]:
    """One session for all audits here, as starting one takes longer than most of them; its Python finds the readers of
    these tests."""
    paths = ("spark.executorEnv.PYTHONPATH", str(TESTS.parent))
    reached = Cluster(running.url, conf=(*SMALL, paths))
    with session(reached, tmp_path_factory.mktemp("spark")) as spark:
        yield reached, spark


@pytest.fixture
def reached(kept: tuple[Cluster, Any], monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The cluster, by the session there is."""
    reached, spark = kept
    lend(spark, monkeypatch)
    return reached


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


def test_tables_and_last_years_results(
    export: Path, last_year: Path, reached: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfeval_lint.audit.spark.imports.FORMS_A_PART", 150)
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


@pytest.fixture(scope="module")
def csv_and_workbook(tmp_path_factory: pytest.TempPathFactory) -> list[Path | str]:
    """What a budget system exports, a little of it: CSV in GBK and a workbook."""
    folder = tmp_path_factory.mktemp("导出")
    columns = "eval_id fiscal_year dept_name agency_name pro_code pro_name is_deleted".split()
    kinds = "eval_id lv1_perf_ind_name lv3_perf_ind_name kpi_val ind_comp ind_weight eval_score".split()
    forms = [[f"E{number:03d}", "2024", "文化局", "图书馆", f"P{number}", "购书\n“新”", "2"] for number in range(60)]
    rows = [[f"E{number % 60:03d}", "产出指标", f"指标{number}", "≥5册", "6册", "10", "9"] for number in range(180)]
    write_csv(folder, {"PM_PERF_SELF_EVAL": [columns, *forms]}, encoding="gb18030")
    write_book(folder, {"PM_SELF_EVAL_INDICATOR": [kinds, *rows]})
    return sorted(folder.iterdir(), reverse=True)


def test_csv_and_a_workbook(csv_and_workbook: list[Path | str], reached: Cluster, tmp_path: Path) -> None:
    one, other = embedded(csv_and_workbook, tmp_path / "一"), on_spark(reached, csv_and_workbook, tmp_path / "二")
    assert_same(content(one), content(other))


def test_files_of_a_hadoop_file_system(forms: Path, said_of_forms: Content, reached: Cluster, tmp_path: Path) -> None:
    beside = tmp_path / "别的"
    beside.mkdir()
    (beside / "图.bin").write_bytes(bytes(1 << 20))  # a partition of its own, without a form
    other = on_spark(reached, [f"file://{forms}", f"file://{beside}"], tmp_path / "二")
    found = [row.replace("file:", "") for row in content(other)["问题"]]
    hidden = f"{forms}/_表.json"  # Spark passes over such names
    expected = [row for row in said_of_forms["问题"] if hidden not in row]
    assert len(expected) > 100
    assert [row for row in found if "重复" not in row and "PE9" not in row] == [
        row for row in expected if "PE9" not in row
    ]


def test_files_that_kill_their_reader(reached: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "表"
    for number in range(12):
        write_form(folder / f"form{number:02d}.json")
    expected = content(embedded([folder], tmp_path / "一"))["问题"]
    codes = {"crash": "crashed", "swell": "too-large", "hang": "too-slow"}
    for bad in codes:
        write_form(folder / f"form05-{bad}.json")
    asked = Request((str(folder),), tmp_path / "二", Limits(1, 4), year=YEAR, memory="1GB")
    run_on_spark(asked, reached, lambda _: contextlib.nullcontext(), read_badly)
    found = content(tmp_path / "二")
    for bad, code in codes.items():
        assert [row for row in found["文件"] if "读不了" in row and code in row and bad in row] != []
    assert found["问题"] == expected


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


@pytest.mark.parametrize(
    ("step", "lost"),
    [
        ("zero0", "*.parquet"),
        ("one", "kind=facts/*.parquet"),
        ("one", "kind=rows/*.parquet"),
        ("two", "kind=facts/*.parquet"),
    ],
)
def test_what_tasks_wrote_and_is_not_there(
    step: str,
    lost: str,
    csv_and_workbook: list[Path | str],
    reached: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a disk that is not shared: a file of a step is missing when the driver reads what the step left."""

    gone: list[Path] = []

    def losing(path: Path) -> str:
        if path.name == step and not gone:
            gone.append(next(path.glob(lost)))
            gone[0].unlink()
        return pattern_of(path)

    for module in (engine, exports_on_spark):
        monkeypatch.setattr(module, "pattern_of", losing)
    assert_lost(csv_and_workbook, reached, tmp_path / "out")


def test_results_that_are_not_there(
    csv_and_workbook: list[Path | str], reached: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(files: list[str], folder: Path) -> None:
        Path(files[0]).unlink()
        check_files(files, folder)

    monkeypatch.setattr(engine, "check_files", losing)
    assert_lost(csv_and_workbook, reached, tmp_path / "out")


def assert_lost(paths: list[Path | str], reached: Cluster, out: Path) -> None:
    """No results come of it, and it is said what to look after."""
    with pytest.raises(UsageError, match="共享磁盘"):
        on_spark(reached, paths, out)
    assert list(out.iterdir()) == []
