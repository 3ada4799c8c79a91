"""The converters people would take instead, each in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Peer:
    """A general converter: its name in worker.py, what pip installs, and the suffixes it reads."""

    name: str
    requires: tuple[str, ...]
    suffixes: tuple[str, ...]


PEERS = (
    Peer("markitdown", ("markitdown[docx,xlsx,xls,pdf]",), (".docx", ".xlsx", ".xls", ".html", ".pdf")),
    # torch is named so that an index's CPU build of it is taken.
    Peer(
        "docling",
        ("torch==2.13.0", "docling", "docling-slim[format-opendocument]"),
        (".docx", ".xlsx", ".xls", ".ods", ".html", ".pdf"),
    ),
    Peer("pdfplumber", ("pdfplumber",), (".pdf",)),
)


def python_of(peer: Peer, folder: Path) -> str | None:
    """The interpreter of a peer's environment, made where it is not there; None where it cannot be installed."""
    python = folder / peer.name / "bin" / "python"
    done = folder / peer.name / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / peer.name], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.requires]
        if subprocess.run(command, check=False).returncode:
            print(f"{peer.name} cannot be installed here and is left out", file=sys.stderr)
            return None
        done.touch()
    return str(python)
