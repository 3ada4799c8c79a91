"""The reader process that a worker keeps from task to task, as long as all goes well and the same is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfeval_lint.audit.run.pool import Limits
from perfeval_lint.audit.spark.part import Job
from perfeval_lint.audit.spark.remote import items_in
from perfeval_lint.audit.spark.worker import worker
from tests.audit.bad_readers import read_badly


def test_it_is_kept_until_something_goes_wrong(job: Job, tmp_path: Path) -> None:
    with worker.reading(job, tmp_path / "1") as first:
        pass
    with worker.reading(job, tmp_path / "2") as second:
        assert second is first
        assert second.folder == tmp_path / "2"
    with pytest.raises(OSError, match="full"), worker.reading(job, tmp_path):
        raise OSError("full")
    with worker.reading(job, tmp_path) as third:
        assert third is not first


def test_it_is_kept_for_the_same_limits_and_reader(job: Job, tmp_path: Path) -> None:
    found = []
    for asked in (job, replace(job, limits=Limits(1, 5)), replace(job, read=read_badly), job):
        with worker.reading(asked, tmp_path) as readers:
            found.append(readers)
    assert len({id(one) for one in found}) == 4
    with worker.reading(job, tmp_path) as last:
        assert last is found[-1]


def test_settings_that_cannot_hold_are_told(tmp_path: Path) -> None:
    now = datetime.now(tz=UTC)
    rows = [(f"hdfs://here/{name}", now, 2, b"{}") for name in ("perfeval.yaml", "form.json")]
    found = [(item.name, item.problem and item.problem.code) for item in items_in(rows, tmp_path, last_year=False)]
    assert found == [("hdfs://here/perfeval.yaml", "settings"), ("hdfs://here/form.json", None)]
