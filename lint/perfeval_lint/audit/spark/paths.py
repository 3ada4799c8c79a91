"""Paths of this machine as Spark takes them."""

from __future__ import annotations

from pathlib import Path


def place_of(path: Path) -> str:
    """Returns a path as Spark writes to it."""
    return f"file://{path.resolve()}"


def pattern_of(path: Path) -> str:
    """Returns a path as Spark reads it: as a pattern that only this path fits."""
    return "".join(f"\\{sign}" if sign in "*?[]{}\\" else sign for sign in place_of(path))
