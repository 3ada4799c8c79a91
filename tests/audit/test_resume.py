"""A run that is killed goes on where it stopped; what has not changed is not read again; new rules judge anew."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfeval_lint.audit.inputs.batches import BATCH
from perfeval_lint.audit.reports.model import Options
from perfeval_lint.audit.reports.reports import REPORTS, write_reports
from perfeval_lint.rule.profile import Overrides
from tests.audit.audits import FEW, Audit, Rows, audited, write_form

ROOT = Path(__file__).parents[2]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "perfeval_lint", "audit", *map(str, arguments)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forms for several batches."""
    text = (ROOT / "examples/flawed.yaml").read_text("utf-8")
    folder = tmp_path_factory.mktemp("many")
    for number in range(4 * BATCH):
        (folder / f"{number:05d}.yaml").write_text(text.replace("项目名称: ", f"项目名称: {number} "), "utf-8")
    return folder


@pytest.fixture(scope="module")
def found_at_once(many: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What is found in them by a run that nothing stops."""
    with audited(many, tmp_path_factory.mktemp("out")) as found:
        return found.findings()


@pytest.mark.parametrize("there", ["audit.duckdb", ".批次/000002", ".批次/000004"])  # begun, reading, taking in
def test_killed_and_resumed(there: str, many: Path, found_at_once: Rows, audit: Audit, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    process = subprocess.Popen(
        command(many, "--out", out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while not (out / there).exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    again = command(many, "--out", out, "--resume", "--report", "json")
    ended = subprocess.run(again, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stderr
    resumed = audit(many, out=out)
    assert (resumed.read, resumed.judged) == (0, 0)
    assert resumed.findings() == found_at_once
    assert len(found_at_once) > 4 * BATCH


def test_an_unchanged_file_is_not_read_again(forms: Path, audit: Audit) -> None:
    first = audit(forms, overrides=FEW)
    assert (first.read, first.judged) == (12, 12)
    before = first.findings()
    again = audit(forms, overrides=FEW)
    assert (again.read, again.judged) == (0, 0)
    assert again.findings() == before


def test_changed_new_and_removed_files(forms: Path, audit: Audit) -> None:
    audit(forms, overrides=FEW)
    write_form(forms / "form03.json", 项目名称="改过", 年度="")
    write_form(forms / "new.json")
    (forms / "form07.json").unlink()
    found = audit(forms, overrides=FEW)
    assert (found.read, found.judged) == (2, 2)
    assert found.findings() == audit(forms, fresh=True, overrides=FEW).findings()
    assert len(audit(forms, overrides=FEW).files()) == 12


def test_other_rules_judge_without_reading(forms: Path, audit: Audit) -> None:
    audit(forms)
    found = audit(forms, overrides=Overrides(select=("PE401",)))
    assert (found.read, found.judged) == (0, 12)
    assert {row[2] for row in found.findings()} == {"PE401"}
    assert {row[2] for row in audit(forms).findings()} > {"PE401"}


def test_neither_order_nor_processes_change_a_finding(forms: Path, tmp_path: Path, audit: Audit) -> None:
    other = tmp_path / "other"
    for number in range(40):
        write_form(other / f"a{number}.json")
    one = audit(forms, other, jobs=1).findings()
    assert one == audit(other, forms, jobs=3, fresh=True).findings()
    assert one == audit(*sorted(other.iterdir()), forms, forms, fresh=True).findings()


def test_a_copy_is_noted_and_judged_once(forms: Path, audit: Audit) -> None:
    (forms / "copy.json").write_bytes((forms / "form01.json").read_bytes())
    found = audit(forms, overrides=FEW)
    assert found.files()["form01.json"] == ("重复", "duplicate")
    assert found.files()["copy.json"] == ("已读", None)
    ((told,),) = found.rows("SELECT 说明 FROM 文件 WHERE 状态 = '重复'")
    assert told == f"与“{forms / 'copy.json'}”内容相同，只审核一份"
    assert found.judged == 12


def test_when_the_first_of_two_copies_goes_the_other_is_read(forms: Path, audit: Audit) -> None:
    (forms / "copy.json").write_bytes((forms / "form01.json").read_bytes())
    audit(forms, overrides=FEW)
    (forms / "copy.json").unlink()
    found = audit(forms, overrides=FEW)
    assert found.files()["form01.json"] == ("已读", None)
    assert found.findings() == audit(forms, fresh=True, overrides=FEW).findings()


def test_reports_are_the_same_to_the_byte(forms: Path, tmp_path: Path, audit: Audit) -> None:
    """Other order, other number of processes, killed and added to on the way: the same reports."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    written = []
    for number, (paths, jobs) in enumerate([((forms, "examples"), 1), (("examples", forms), 3), ((forms,), 2)]):
        given = [path if isinstance(path, Path) else tmp_path / path for path in paths]
        found = audit(*given, jobs=jobs, out=tmp_path / f"out{number}")
        if number == 2:
            found = audit(tmp_path / "examples", forms, out=tmp_path / f"out{number}")
        folder = tmp_path / f"reports{number}"
        write_reports(found.store.database, folder, REPORTS, Options(origin=tmp_path))
        written.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert len(written[0]) > 5
    assert written[0] == written[1] == written[2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows 没有文件大小的上限可设")
def test_a_full_disk_ends_the_run_and_costs_nothing(forms: Path, tmp_path: Path, audit: Audit) -> None:
    """A bound on the size of files stands for the full disk: what cannot be written is told, and the next run ends."""
    import resource

    for number in range(300):
        write_form(forms / f"more{number:03d}.json", 说明="情况说明" * 300)
    out = tmp_path / "full"
    most = 2 * 1024 * 1024
    ended = subprocess.run(
        command(forms, "--out", out, "--report", "json"),
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert ended.returncode == 2
    assert "磁盘满了" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert audit(forms, out=out).findings() == audit(forms).findings()
