"""Checked packs kept between runs, so that one form need not wait for the rules to be checked again.

A pack is stored as JSON under the digest of its files and the versions of this tool and DuckDB: changed files
are another pack. A cache that cannot be read or written is only slower.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from perfeval_lint.files import keep_newest, written_whole
from perfeval_lint.rule.locate import digest_of, rule_files
from perfeval_lint.rule.model import Pack
from perfeval_lint.rule.pack_codec import from_json, to_json
from perfeval_lint.version import VERSION

_KEEP = 8  # packs kept; older ones are removed when a new one is written


def load_pack(folders: Sequence[Path]) -> Pack:
    """The pack of some rule folders, from the cache where it was checked before; raises RulePackBroken."""
    digest = digest_of(rule_files(folders))
    folder = cache_folder()
    path = folder / f"{VERSION}-{duckdb.__version__}-{digest[:32]}.json" if folder else None
    pack = _read(path, digest) if path else None
    if pack is None:
        from perfeval_lint.rule.pack import compile_pack

        pack = compile_pack(folders)
        if path:
            _write(path, pack)
    return pack


def cache_folder() -> Path | None:
    """Where packs are kept: PERFEVAL_LINT_CACHE, else the user's cache folder; None if switched off (empty)."""
    chosen = os.environ.get("PERFEVAL_LINT_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = str(Path("~/Library/Caches").expanduser())
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "perfeval-lint" if base and not base.startswith("~") else None


def _read(path: Path, digest: str) -> Pack | None:
    try:
        pack = from_json(path.read_bytes())
        return pack if pack.digest == digest else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None  # written by another program, or half; made again


def _write(path: Path, pack: Pack) -> None:
    with contextlib.suppress(OSError):
        with written_whole(path) as part:
            part.write_text(to_json(pack), "utf-8")
        keep_newest(path.parent, "*.json", _KEEP)
