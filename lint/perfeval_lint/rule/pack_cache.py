"""Checked packs kept between runs, so that one form need not wait for the rules to be checked again.

A pack is stored as JSON under the digest of its files and the versions of this tool and DuckDB: changed files
are another pack. A cache that cannot be read or written is only slower.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from perfeval_lint.rule.locate import digest_of, rule_files
from perfeval_lint.rule.model import (
    Across,
    Aggregate,
    Basis,
    Definitions,
    Derived,
    Example,
    Expression,
    Key,
    Macro,
    Pack,
    Parameter,
    Profile,
    Reference,
    Rule,
    Severity,
    Target,
)
from perfeval_lint.version import VERSION

_DECIMAL = "$decimal"
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
        stored = json.loads(path.read_bytes(), object_hook=_decimal)
        return _pack(stored) if stored["digest"] == digest else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None  # written by another program, or half; made again


def _write(path: Path, pack: Pack) -> None:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        content = dataclasses.asdict(pack)
        content["definitions"]["columns"] = list(content["definitions"]["columns"].values())
        temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
        temporary.write_text(json.dumps(content, ensure_ascii=False, default=_encoded), "utf-8")
        temporary.replace(path)
        kept = sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[_KEEP:]:
            old.unlink(missing_ok=True)


def _encoded(value: object) -> object:
    if isinstance(value, Decimal):
        return {_DECIMAL: f"{value:f}"}
    raise TypeError(type(value).__name__)


def _decimal(content: dict[str, Any]) -> Any:
    return Decimal(content[_DECIMAL]) if _DECIMAL in content else content


def _pack(content: Mapping[str, Any]) -> Pack:
    macros = [_macro(macro) for macro in content["definitions"]["macros"].values()]
    columns = [_derived(column) for column in content["definitions"]["columns"]]
    return Pack(
        Definitions(
            {macro.name: macro for macro in macros},
            {(c.table, c.name): c for c in columns},
            content["definitions"]["params"],
        ),
        {name: _rule(rule) for name, rule in content["rules"].items()},
        {name: _profile(profile) for name, profile in content["profiles"].items()},
        content["digest"],
    )


def _expression(content: Mapping[str, Any]) -> Expression:
    return Expression(
        content["sql"],
        tuple(Reference(**reference) for reference in content["references"]),
        tuple(Parameter(**parameter) for parameter in content["parameters"]),
        tuple(content["functions"]),
        tuple(Aggregate(**aggregate) for aggregate in content["aggregates"]),
    )


def _optional(content: Mapping[str, Any] | None) -> Expression | None:
    return None if content is None else _expression(content)


def _expressions(content: Mapping[str, Any]) -> dict[str, Expression]:
    return {name: _expression(one) for name, one in content.items()}


def _macro(content: Mapping[str, Any]) -> Macro:
    return Macro(**{**content, "body": _expression(content["body"]), "arguments": tuple(content["arguments"])})


def _derived(content: Mapping[str, Any]) -> Derived:
    changed = {
        "body": _expression(content["body"]),
        "by": tuple(content["by"]),
        "match": _optional(content["match"]),
        "empty": _optional(content["empty"]),
    }
    return Derived(**{**content, **changed})


def _basis(content: Sequence[Mapping[str, Any]]) -> tuple[Basis, ...]:
    return tuple(Basis(**basis) for basis in content)


def _across(content: Mapping[str, Any] | None) -> Across | None:
    if content is None:
        return None
    keys = tuple(Key(_expression(key["own"]), _expression(key["other"])) for key in content["keys"])
    return Across(**{**content, "keys": keys, "having": _optional(content["having"])})


def _example(content: Mapping[str, Any]) -> Example:
    return Example(**{**content, "forms": tuple(content["forms"]), "findings": tuple(content["findings"])})


def _rule(content: Mapping[str, Any]) -> Rule:
    changed = {
        "severity": Severity(content["severity"]),
        "targets": tuple(Target(target["table"], tuple(target["fields"])) for target in content["targets"]),
        "across": _across(content["across"]),
        "when": _optional(content["when"]),
        "require": _expression(content["require"]),
        "basis": _basis(content["basis"]),
        "values": _expressions(content["values"]),
        "fix": _expressions(content["fix"]),
        "examples": tuple(_example(one) for one in content["examples"]),
    }
    return Rule(**{**content, **changed})


def _profile(content: Mapping[str, Any]) -> Profile:
    rules = {name: None if value is None else Severity(value) for name, value in content["rules"].items()}
    changed = {
        "forms": tuple(content["forms"]),
        "levels": tuple(content["levels"]),
        "rules": rules,
        "basis": _basis(content["basis"]),
    }
    return Profile(**{**content, **changed})
