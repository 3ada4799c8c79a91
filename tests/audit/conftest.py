"""Audits of folders of forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audits import Audit, Audited, Silent, write_form

from perfeval_lint.audit.engine import Request, run_audit
from perfeval_lint.audit.pool import Limits, ReadItems
from perfeval_lint.audit.reader import read_items
from perfeval_lint.audit.store import Store


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    """Audits paths into tmp_path/out; the store is closed when the next audit begins."""
    stores: list[Store] = []

    def run(
        *paths: Path | str, read: ReadItems = read_items, seconds: float = 60, jobs: int = 2, **more: Any
    ) -> Audited:
        while stores:
            stores.pop().close()
        watcher = Silent()
        limits = Limits(jobs, seconds, more.pop("reader_memory", 3072))
        request = Request(tuple(map(str, paths)), more.pop("out", tmp_path / "out"), limits, **more)
        stores.append(run_audit(request, watcher, read))
        return Audited(stores[-1], watcher)

    yield run
    while stores:
        stores.pop().close()


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A folder of twelve small forms, each with mistakes."""
    for number in range(12):
        write_form(tmp_path / "forms" / f"form{number:02d}.json")
    return tmp_path / "forms"
