"""A server lives long: what changes meanwhile, and judging processes that die."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from perfeval_lint.serve.model import Asked, Limits
from perfeval_lint.serve.workers import Begin, Desk
from tests.audit.bad_begins import begin_and_end, begin_and_raise
from tests.serve.desks import begin_at_once, tell_process
from tests.serve.serving import ROOT, post, served

FLAWED = ROOT / "examples/flawed.yaml"
ASKED = Asked("表.yaml", b"")


def test_settings_are_those_of_the_moment(tmp_path: Path) -> None:
    settings = tmp_path / "perfeval.yaml"
    with served(folder=tmp_path) as server:

        def found() -> set[str]:
            (form,) = post(server.base, "/lint", FLAWED).json()["files"][0]["forms"]
            return {finding["rule"] for finding in form["findings"]}

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
def test_processes_that_cannot_begin_are_told(begin: Begin) -> None:
    async def ask(desk: Desk) -> list[tuple[int, str]]:
        answers = [await desk.answer("lint", ASKED) for _ in range(2)]
        return [(answer.status, json.loads(answer.body)["code"]) for answer in answers]

    with Desk(Limits(processes=1), begin, tell_process) as desk:
        assert asyncio.run(ask(desk)) == [(500, "no-process")] * 2


@pytest.mark.skipif(os.name == "nt", reason="Windows 没有 SIGKILL")
def test_a_process_that_dies_while_it_waits_is_made_anew() -> None:
    async def ask(desk: Desk) -> set[int]:
        found = set()
        for _ in range(3):
            answer = await desk.answer("lint", ASKED)
            while answer.status != 200:  # it died with this request in hand
                answer = await desk.answer("lint", ASKED)
            found.add(int(answer.body))
            os.kill(int(answer.body), signal.SIGKILL)
        return found

    with Desk(Limits(processes=1), begin_at_once, tell_process) as desk:
        assert len(asyncio.run(ask(desk))) == 3
