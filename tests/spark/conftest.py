"""A Spark cluster for the tests, where there is Java and pyspark; all tests here need one."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from perfeval_lint.audit.run.judging import Choosing
from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.spark.pack import Shipped
from perfeval_lint.audit.spark.session import Cluster
from perfeval_lint.rule.locate import all_folders
from perfeval_lint.rule.pack_cache import load_pack
from perfeval_lint.rule.profile import Overrides
from tests.audit.audits import write_form
from tests.spark.cluster import ONE, Running, cluster, missing

if TYPE_CHECKING:
    from perfeval_lint.audit.spark.part import Job
    from tests.spark.same import Content

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"

# Without Spark nothing here can even be imported; test_here.py says what is missing.
collect_ignore = [path.name for path in HERE.glob("test_*.py") if path.name != "test_here.py"] if missing() else []


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for the packed installation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERFEVAL_LINT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def _nothing_shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sessions that ship nothing of ours, for tests whose tasks need nothing: unpacking it takes most of their time."""
    empty = tmp_path_factory.mktemp("pack") / "empty.zip"
    with zipfile.ZipFile(empty, "w") as content:
        content.writestr("empty", "")

    def shipped(_: str | None, python: str, __: Path) -> Shipped:
        return Shipped(f"{empty.as_uri()}#perfeval", python, "./perfeval")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("perfeval_lint.audit.spark.session.shipped", shipped)
        yield


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A master and two workers that find nothing but a bare Python."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as started:
        yield started


@pytest.fixture
def small(running: Running) -> Cluster:
    """How to reach the cluster, with a single executor as small as it can be."""
    return Cluster(running.url, conf=ONE)


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def said_of_forms(forms: Path, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What an audit of them on this machine says."""
    from tests.spark.same import content, embedded

    return content(embedded([forms], tmp_path_factory.mktemp("一") / "out"))


@pytest.fixture
def job() -> Job:
    """What tasks need to work."""
    from perfeval_lint.audit.spark.part import Job, versions

    pack = load_pack(all_folders([]))
    return Job(versions(), pack, Choosing(None, Overrides(), 2025), Limits(1), "1GB", 1, 1)
