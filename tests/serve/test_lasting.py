"""A server lives long: what changes meanwhile, and judging processes that die."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from perfeval_lint.serve.model import Limits, Upload
from perfeval_lint.serve.workers import Begin, Workers
from tests.audit.bad_begins import begin_and_end, begin_and_raise
from tests.serve.serving import ROOT, post, served
from tests.serve.worker_tasks import begin_at_once, process_id

FLAWED = ROOT / "examples/flawed.yaml"
UPLOAD = Upload("表.yaml", b"")


def test_settings_are_those_of_the_moment(tmp_path: Path) -> None:
    settings = tmp_path / "perfeval.yaml"
    with served(folder=tmp_path) as server:

        def found() -> set[str]:
            (form,) = post(server.base, "/lint", FLAWED).json()["files"][0]["forms"]
            heads = form["findings"]
            return {one["rule"] for head in heads for one in (head, *head["follows"])}

        before = found()
        assert "PE401" in before
        settings.write_text("rules: {PE401: off}\n", "utf-8")
        assert found() == before - {"PE401"}
        settings.write_text("rules: [\n", "utf-8")
        for _ in range(3):  # every process says so, and lives on
            answer = post(server.base, "/lint", FLAWED)
            assert (answer.status_code, answer.json()["code"]) == (500, "rules")
        settings.unlink()
        assert found() == before


@pytest.mark.parametrize("begin", [begin_and_raise, begin_and_end])
def test_processes_that_cannot_begin_are_answered(begin: Begin) -> None:
    async def ask(workers: Workers) -> list[tuple[int, str]]:
        answers = [await workers.answer("lint", UPLOAD) for _ in range(2)]
        return [(answer.status, json.loads(answer.body)["code"]) for answer in answers]

    with Workers(Limits(processes=1), begin, process_id) as workers:
        assert asyncio.run(ask(workers)) == [(500, "no-process")] * 2


@pytest.mark.skipif(os.name == "nt", reason="Windows 没有 SIGKILL")
def test_a_process_that_dies_while_it_waits_is_made_anew() -> None:
    async def ask(workers: Workers) -> set[int]:
        found = set()
        for _ in range(3):
            answer = await workers.answer("lint", UPLOAD)
            while answer.status != 200:  # it died with this request in hand
                answer = await workers.answer("lint", UPLOAD)
            found.add(int(answer.body))
            os.kill(int(answer.body), signal.SIGKILL)
        return found

    with Workers(Limits(processes=1), begin_at_once, process_id) as workers:
        assert len(asyncio.run(ask(workers))) == 3
