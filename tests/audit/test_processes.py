"""Processes that die as they begin are given up with a message; one that dies while it waits costs nothing."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.audit.run.own import own
from perfeval_lint.audit.run.processes import Processes
from perfeval_lint.errors import UsageError
from tests.audit.audits import FEW, Audit
from tests.audit.bad_begins import begin_and_crash, begin_and_end, begin_and_raise, begin_once


def done(processes: Processes, task: Callable[..., Any], *given: object) -> Any:
    """What a task gives, given out again where all processes had died before; raises where none can begin."""
    while True:
        future = processes.give(task, *given)
        with suppress(BrokenProcessPool):
            return processes.result(future)


@pytest.fixture
def processes_that(tmp_path: Path) -> Iterator[Callable[..., Processes]]:
    """Makes processes that begin in some way; they are ended with the test."""
    with ExitStack() as ending:

        def make(begin: Callable[..., Any], *given: object, number: int = 1) -> Processes:
            made = Processes(number, begin, given)
            ending.callback(made.stop)
            return made

        yield make


@pytest.mark.parametrize("begin", [begin_and_raise, begin_and_end, begin_and_crash])
def test_processes_that_die_as_they_begin_are_given_up(
    begin: Callable[..., None], processes_that: Callable[..., Processes], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BrokenProcessPool):
        done(processes_that(begin), os.getpid)
    assert "Traceback" not in capfd.readouterr().err


def test_given_up_they_are_tried_again_when_asked_again(
    tmp_path: Path, processes_that: Callable[..., Processes]
) -> None:
    mark = tmp_path / "mark"
    mark.touch()
    processes = processes_that(begin_once, str(mark))
    with pytest.raises(BrokenProcessPool):
        done(processes, os.getpid)
    mark.unlink()
    assert done(processes, os.getpid) != os.getpid()


def test_one_that_lives_is_not_enough_where_others_die_without_end(
    tmp_path: Path, processes_that: Callable[..., Processes]
) -> None:
    """What the others cost would go on without a word for as long as the one is at work."""
    processes = processes_that(begin_once, str(tmp_path / "mark"), number=2)
    at_work = processes.give(time.sleep, 600)
    with pytest.raises(BrokenProcessPool):
        processes.result(at_work)


@pytest.mark.skipif(os.name == "nt", reason="Windows 没有 SIGKILL")
def test_a_process_that_dies_while_it_waits_is_made_anew(processes_that: Callable[..., Processes]) -> None:
    processes = processes_that(signal.getsignal, signal.SIGINT)
    found = []
    for _ in range(5):  # more often than may die in a row
        found.append(done(processes, os.getpid))
        os.kill(found[-1], signal.SIGKILL)
    assert len(set(found)) == 5


@pytest.mark.skipif(sys.platform != "linux", reason="只在 Linux 上限制内存")
def test_an_audit_whose_readers_cannot_begin_ends_in_words_and_goes_on_later(
    forms: Path, audit: Audit, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=r"读取进程一启动就退出.*内存.*--jobs"):
        audit(forms, reader_memory=16, overrides=FEW)
    assert "Traceback" not in capfd.readouterr().err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"audit.duckdb"}
    assert len(audit(forms, overrides=FEW).files()) == 12


def test_what_a_reader_keeps_is_made_as_it_begins() -> None:
    with pytest.raises(RuntimeError, match=r"begin\(\)"):
        own()
