"""How the validators of data frames load forms. Imports polars late: what a rival expresses is read without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def from_files(folder: Path) -> Any:
    """Polars frames out of YAML files."""
    from rivals import frames

    return frames.from_files(folder)


def from_columns(folder: Path) -> Any:
    """Polars frames out of Parquet files."""
    from rivals import frames

    return frames.from_columns(folder)
