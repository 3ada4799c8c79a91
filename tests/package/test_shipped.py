"""What is shipped: the built wheel and source archive, and a user's module checked against an install."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USERS = """
import perfeval_lint

version: str = perfeval_lint.__version__
files: int = perfeval_lint.lint("表.yaml").files
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", folder], cwd=ROOT, check=True, capture_output=True
    )
    return folder


def test_the_mark_of_types_is_shipped(built: Path) -> None:
    (wheel,), (archive,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as opened:
        assert "perfeval_lint/py.typed" in opened.namelist()
    with tarfile.open(archive) as unpacked:
        assert f"{archive.name.removesuffix('.tar.gz')}/lint/perfeval_lint/py.typed" in unpacked.getnames()


def test_a_users_module_sees_the_types(built: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    (wheel,) = built.glob("*.whl")
    packages = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.strip()
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(packages)
    (tmp_path / "users.py").write_text(USERS, "utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "users.py"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert re.findall(r"^users\.py:(\d+): .* \[([\w-]+)\]$", checked.stdout, re.MULTILINE) == [("5", "assignment")]
