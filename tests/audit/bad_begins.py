"""Beginnings of processes that fail, for real processes to run; without imports that would take time."""

from __future__ import annotations

import os
from pathlib import Path


def begin_and_raise(*_: object) -> None:
    """A process that fails as it begins."""
    raise MemoryError


def begin_and_end(*_: object) -> None:
    """A process that ends as it begins, as if all were well."""
    os._exit(0)


def begin_and_crash(*_: object) -> None:
    """A process that crashes as it begins."""
    os.abort()


def begin_once(mark: str) -> None:
    """A process that fails as it begins, unless it is the first."""
    Path(mark).touch(exist_ok=False)
