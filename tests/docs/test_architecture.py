"""The page on the architecture names every folder there is, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lint" / "perfeval_lint"
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
MADE = {"build", "dist", "__pycache__"}  # not of the project


def _folders(root: Path) -> set[str]:
    """The folders below one, hidden ones left out, by their paths."""
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_dir())
    return {path.as_posix() for path in found if not MADE & {*path.parts} and not path.name.startswith(".")}


def _named() -> tuple[set[str], set[str]]:
    """The folders that the page's two trees name: of the project, and of the package."""
    trees = re.findall(r"(?:^    .*\n)+", PAGE, re.MULTILINE)[:2]
    return tuple(_paths(tree) for tree in trees)  # type: ignore[return-value]


def _paths(tree: str) -> set[str]:
    above: list[str] = []
    paths = set()
    for indent, name in re.findall(r"^    ( *)([a-z_.]+)/ ", tree, re.MULTILINE):
        above = [*above[: len(indent) // 2], name]
        paths.add("/".join(above))
    return paths


def test_every_folder_is_named_and_every_folder_named_is_there() -> None:
    project, package = _named()
    assert package == _folders(PACKAGE)
    assert project == {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."} - MADE | {".ci"}


def test_every_file_and_folder_spoken_of_is_there() -> None:
    spoken = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:/|\.py|\.yaml))`", PAGE))
    assert len(spoken) > 40
    assert [name for name in sorted(spoken) if not any((at / name).exists() for at in (PACKAGE, ROOT))] == []
