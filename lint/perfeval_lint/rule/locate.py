"""Finds the folders of rules: the shipped ones beside the package or in its checkout, a user's own elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from perfeval_lint.errors import Problem, RulePackBroken

MARKER = "definitions.yaml"
SLIPS = "slips.yaml"
PACKAGE = Path(__file__).resolve().parent.parent


def shipped_rules() -> Path:
    """Returns the folder of the shipped rules; raises RulePackBroken where the installation lacks them."""
    beside = PACKAGE / "rules"
    checkout = PACKAGE.parent.parent
    if (beside / MARKER).is_file():
        return beside
    if (checkout / "pyproject.toml").is_file() and (checkout / "rules" / MARKER).is_file():
        return checkout / "rules"
    raise RulePackBroken([Problem("no-rules", "安装不完整：找不到规则目录；请重新安装 perfeval-lint", str(beside))])


def rule_files(folders: Sequence[Path]) -> list[tuple[Path, str]]:
    """Returns the YAML files of rule folders with their names in messages, in a fixed order."""
    for folder in folders:
        if not folder.is_dir():
            raise RulePackBroken([Problem("no-folder", "没有这个规则目录", str(folder))])
    names = [folder.name for folder in folders]
    return [
        (path, f"{folder.name if names.count(folder.name) == 1 else folder}/{path.relative_to(folder).as_posix()}")
        for folder in folders
        for path in sorted(folder.rglob("*.yaml"))
    ]


def digest_of(files: Sequence[tuple[Path, str]]) -> str:
    """Returns a digest of the files' names and contents, which identifies the pack."""
    total = hashlib.sha256()
    for path, name in files:
        total.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def all_folders(extra: Sequence[Path]) -> list[Path]:
    """Returns the folder of the shipped rules, then a user's own."""
    return [shipped_rules(), *extra]
