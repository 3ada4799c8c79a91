"""The audit command: its output and files, its exit status, and the commands on its results."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.store.store import open_store
from perfeval_lint.cli import results as cli
from tests.audit.audits import write_published

EXAMPLES = Path(__file__).parents[2] / "examples"
DEFAULT = {"audit.duckdb", "审核结果.xlsx", "审核结果.html", "问题.csv", "未能判断.csv", "得分.csv", "结果.json"}


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """Published forms, and a file that cannot be read."""
    return write_published(tmp_path / "表")


@pytest.fixture(scope="module")
def audited_once(
    command_line: list[str], environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with the forms and, beside them, the output folder of an audit of them."""
    folder = tmp_path_factory.mktemp("audited")
    write_published(folder / "表")
    done = subprocess.run([*command_line, "audit", "表", "--out", "果"], cwd=folder, env=environment, check=False)
    assert done.returncode == 2  # a file could not be read
    return folder


@pytest.fixture
def audited(audited_once: Path, tmp_path: Path) -> Path:
    """The output folder of an audit of the forms, a copy of one's own."""
    shutil.copytree(audited_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "果"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- a run ---


def test_a_folder_is_audited(command: Any, forms: Path) -> None:
    run = command("audit", "表", "--out", "果")
    assert run.status == 2  # a file could not be read
    first, second, third, *files = run.out.splitlines()
    assert first == "文件 4 个（已读 3，读不了 1），自评表 3 张"
    assert third == "结果在 果："
    assert {line.strip("　") for line in files} | {"audit.duckdb"} == names(forms.parent / "果") == DEFAULT
    report = json.loads((forms.parent / "果/结果.json").read_text("utf-8"))
    summary = report["summary"]
    assert (summary["files"], summary["unreadable"], summary["forms"]) == (4, 1, 3)
    assert second == f"问题：错误 {summary['error']}，警告 {summary['warning']}，提示 {summary['info']}"
    heads = [one for file in report["files"] for form in file["forms"] for one in form["findings"]]
    assert len(heads) == summary["error"] + summary["warning"] + summary["info"]
    (broken,) = [file for file in report["files"] if file["status"] == "unreadable"]
    assert (broken["file"], broken["code"]) == ("表/坏.docx", "damaged")


def test_the_exit_status_is_as_asked(command: Any, forms: Path) -> None:
    (forms / "坏.docx").unlink()
    assert command("audit", "表", "--out", "果").status == 0
    again = ("audit", "表", "--out", "果", "--report", "json")
    assert command(*again, "--fail-on", "error").status == 1
    only = ("--select", "PE007", "--fail-on")  # a hint
    assert command(*again, *only, "warning").status == 0
    assert command(*again, *only, "info").status == 1


def test_the_same_reports_a_second_time(command: Any, forms: Path) -> None:
    first = command("audit", "表", "--out", "果", "--letters")
    written = {path: path.read_bytes() for path in (forms.parent / "果").rglob("*") if path.suffix in (".csv", ".docx")}
    assert len(written) == 3 + 3
    second = command("audit", "表", "--out", "果", "--letters", "--resume")
    assert second.out == first.out
    assert all(path.read_bytes() == data for path, data in written.items())


def test_the_output_folder_may_lie_in_the_input(command: Any, forms: Path) -> None:
    first = command("audit", "表", "--out", "表/果", "--letters")
    again = command("audit", "表", "--out", "表/果", "--letters")
    assert again.out == first.out
    assert again.out.startswith("文件 4 个")
    same = command("audit", "表", "--out", "表", "--letters")
    assert same.out.startswith("文件 4 个")
    assert command("audit", "表", "--out", "表", "--letters").out == same.out


def test_lists_of_paths(command: Any, forms: Path) -> None:
    (forms.parent / "清单.txt").write_text("表/flawed.yaml\n表/没有.yaml\n", "gb18030")
    run = command("audit", "--list", "清单.txt", "--out", "果")
    assert (run.status, run.err) == (2, "没有这个文件或目录：表/没有.yaml\n")
    (forms.parent / "清单.txt").write_text("表/flawed.yaml\n", "gb18030")
    assert command("audit", "--list", "清单.txt", "--out", "果").out.startswith("文件 1 个（已读 1），自评表 1 张")


def test_a_folder_without_forms(command: Any, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    (tmp_path / "空/说明.pptx").write_bytes(b"")
    run = command("audit", "空", "--out", "果")
    assert run.status == 2
    assert run.out.startswith("没有找到可检查的文件")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "表"], "缺少选项 --out"),
        (["audit", "--out", "果"], "没有写要审核的文件或目录"),
        (["audit", "没有", "--out", "果"], "没有这个文件或目录：没有"),
        (["audit", "表", "--out", "果", "--report", "htlm"], "没有“htlm”这种报表；是否想写“html”？"),
        (["audit", "表", "--out", "果", "--fail-on", "errors"], "选项 --fail-on 只能是 error、warning、info、never"),
        (["audit", "表", "--out", "果", "--resume"], "没有可以接着做的审核"),
        (["audit", "表", "--out", "果", "--select", "PE4O1"], "是否想写“PE401”"),
        (["audit", "表", "--out", "表/flawed.yaml"], "输出目录 表/flawed.yaml 建不了"),
        (
            ["audit", "表", "--out", "果", "--letters", "--letter-template", "没有.docx"],
            "打不开整改通知的模板 没有.docx",
        ),
        (["audit", "表", "--out", "果", "--mapping", "没有.yaml"], "没有.yaml"),
    ],
)
def test_wrong_use(arguments: list[str], message: str, command: Any, forms: Path) -> None:
    run = command(*arguments)
    assert (run.status, run.out) == (2, "")
    assert message in run.err
    assert not (forms.parent / "果/结果.json").exists()


def test_refused_tables_are_told_in_full(command: Any, tmp_path: Path) -> None:
    (tmp_path / "PM_表.csv").write_text("自评编号,年度,项目名称\n1,2024,甲\n", "utf-8")
    run = command("audit", "PM_表.csv", "--out", "果")
    assert run.status == 2
    assert "没有找到指标表" in run.err


# --- a run that is interrupted, and one at the same time ---


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Forms that take a while to read."""
    folder = tmp_path / "多"
    folder.mkdir()
    text = (EXAMPLES / "beijing-2021-ip-operation.txt").read_text("utf-8")
    for number in range(24):
        (folder / f"{number:03d}.txt").write_text(text.replace("\n", f" {number}\n", 1), "utf-8")
    return folder


@pytest.mark.parametrize("there", [".批次", ".批次/000001", ".批次/000001/进度"])  # it lists, starts readers, reads
def test_interrupted_and_gone_on_with(
    there: str, many: Path, command: Any, command_line: list[str], environment: dict[str, str]
) -> None:
    out = many.parent / "果"
    arguments = [*command_line, "audit", "多", "--out", "果", "--jobs", "1"]
    process = subprocess.Popen(
        arguments,
        cwd=many.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what a shell puts behind (&) ignores Ctrl-C
    )
    while not (out / there).exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does, to the readers too
    printed, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert printed.decode() == "已中断。已经做完的留在 果；再运行一次同样的命令就接着做。\n"
    assert "Traceback" not in errors.decode()
    assert names(out) == {"audit.duckdb"}
    run = command("audit", "多", "--out", "果", "--resume", "--jobs", "1", "--report", "json")
    assert run.status == 0
    assert run.out.startswith("文件 24 个（已读 24），自评表 24 张")
    states = command("audit", "query", "SELECT 状态 FROM 运行 ORDER BY 运行号", "--out", "果", "--format", "csv")
    assert states.out.split()[-1] == "完成"
    assert "进行中" not in states.out


def test_two_at_a_time_in_one_folder(audited: Path, command: Any) -> None:
    store = open_store(audited, threads=1, memory="1GB")
    try:
        for arguments in (["表", "--out", "果"], ["query", "FROM 问题", "--out", "果"], ["report", "--out", "果"]):
            run = command("audit", *arguments)
            assert (run.status, run.out) == (2, "")
            assert "正被另一个审核使用" in run.err
    finally:
        store.close()
    assert command("audit", "query", "FROM 问题", "--out", "果").status == 0


# --- queries ---


def query(command: Any, sql: str, form: str) -> Any:
    return command("audit", "query", sql, "--out", "果", "--format", form)


COUNTS = (
    "SELECT 规则, count(*) AS 条, NULL AS 空, 0.10::DECIMAL(9,2) AS 数 FROM 问题 GROUP BY 规则 ORDER BY 规则 LIMIT 2"
)


def test_queries(audited: Path, command: Any) -> None:
    rows = json.loads(query(command, COUNTS, "json").out)
    assert [*rows[0]] == ["规则", "条", "空", "数"]
    assert (rows[0]["空"], rows[0]["数"]) == (None, "0.10")
    head, *lines = csv.reader(io.StringIO(query(command, COUNTS, "csv").out))
    assert head == [*rows[0]]
    assert [line[:2] for line in lines] == [[row["规则"], str(row["条"])] for row in rows]
    text = query(command, COUNTS, "text")
    assert (text.status, text.err) == (0, "")
    assert [line.split() for line in text.out.splitlines()] == [head, *([one for one in line if one] for line in lines)]


def test_no_cell_of_a_query_begins_a_formula(audited: Path, command: Any) -> None:
    sql = "PIVOT (SELECT '=1+1' AS 名, '@a' AS 文, -1.50 AS 数, -2.5::DOUBLE AS 浮, NULL AS 空) ON 名 USING first(文)"
    head, line = csv.reader(io.StringIO(query(command, sql, "csv").out))
    assert dict(zip(head, line, strict=True)) == {"数": "-1.50", "浮": "-2.5", "空": "", "'=1+1": "'@a"}
    (row,) = json.loads(query(command, sql, "json").out)
    assert row["=1+1"] == "@a"  # for programs: as it is


def test_every_table_told_of_can_be_asked(audited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for table in "文件 读取说明 表 资金 目标 指标 分组 管理 评分 结果 问题 未判 规则 运行".split():
        cli.query(f"FROM {table} LIMIT 1", str(audited), "csv")
        assert capsys.readouterr().out, table


@pytest.mark.parametrize(
    "sql",
    [
        *("SELEC 1", "FROM 没有", "SELECT 没有 FROM 问题", "", " -- ", "SELECT 'a'::INT"),
        *("FROM read_text('表/flawed.yaml')", "FROM '表/flawed.yaml'", "FROM glob('*')", "LOAD 'x.so'"),
        *("COPY 问题 TO 'x.csv'", "ATTACH 'x.duckdb'", "EXPORT DATABASE 'x'", "INSTALL httpfs"),
        *("DELETE FROM 问题", "DROP TABLE 问题", "SET enable_external_access = true", "SET lock_configuration = false"),
    ],
)
def test_what_a_query_cannot_do(sql: str, audited: Path, command: Any) -> None:
    before = names(audited.parent)
    run = query(command, sql, "text")
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith(("查询有误：", "没有写查询"))
    assert names(audited.parent) == before


def test_control_characters_are_not_sent_to_the_terminal(audited: Path, command: Any) -> None:
    assert "\x1b" not in query(command, "SELECT chr(27) || '[31m' AS a", "text").out


# --- reports, samples, comparisons ---


def test_reports_from_the_results_there_are(audited: Path, command: Any) -> None:
    for path in audited.iterdir():
        if path.name != "audit.duckdb":
            path.unlink()
    run = command("audit", "report", "--out", "果", "--letters", "--report", "html", "--sender", "市财政局")
    assert (run.status, run.err) == (0, "")
    assert run.out == "　审核结果.html\n　整改通知/（3 个文件）\n"
    assert names(audited) == {"audit.duckdb", "审核结果.html", "整改通知"}


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_a_sample_is_drawn_and_written(suffix: str, audited: Path, command: Any) -> None:
    arguments = ("audit", "sample", "--out", "果", "--size", "2", "--seed", "2024", "-o", f"样本.{suffix}")
    run = command(*arguments)
    assert run.status == 0
    assert run.out.startswith("从 3 张自评表中抽取 2 张。")
    assert (audited.parent / f"样本.{suffix}").stat().st_size
    assert command(*arguments).out == run.out


def test_two_audits_are_compared(audited: Path, command: Any) -> None:
    flawed = audited.parent / "表/flawed.yaml"
    flawed.write_text(flawed.read_text("utf-8").replace("全年执行数: 63.5", "全年执行数: 50"), "utf-8")
    assert command("audit", "表", "--out", "果2").status == 2
    run = command("audit", "compare", "果", "果2", "-o", "变化.csv")
    assert (run.status, run.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO((audited.parent / "变化.csv").read_text("utf-8-sig"))))
    assert {"持续"} < {row["变化"] for row in rows}
    assert {row["规则"] for row in rows if row["变化"] == "已改"} >= {"PE101"}  # spent no more than there was


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "--out", "没有"],
        ["query", "FROM 问题", "--out", "没有"],
        ["sample", "--out", "没有", "--size", "1", "--seed", "1"],
        ["compare", "果", "没有"],
        ["sample", "--out", "果", "--size", "1", "--seed", "1", "-o", "样本.pdf"],
        ["compare", "果", "果"],
    ],
)
def test_what_there_is_not(arguments: list[str], audited: Path, command: Any) -> None:
    run = command("audit", *arguments)
    assert run.status == 2
    assert run.err
    assert names(audited) == DEFAULT
