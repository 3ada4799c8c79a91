"""The judging processes: each takes one upload at a time, within its limits of time and memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType

from pebble import ProcessExpired

from perfeval_lint.audit.run.processes import Processes
from perfeval_lint.serve.model import Answer, Limits, Upload, problem

Begin = Callable[[Limits], None]
Do = Callable[[str, Upload], Answer]

BUSY = problem(503, "busy", "现在送来的文件太多，请稍等再试")  # the answer where no more uploads are accepted
_RENEWED = 2000  # requests after which a process is replaced, with the memory that libraries hold


class Workers:
    """The processes, and the numbers of requests and bytes in hand. `begin` and `do` run in the processes."""

    def __init__(self, limits: Limits, begin: Begin, do: Do) -> None:
        self.limits = limits
        self._do = do
        self._waiting = 0
        self._in_hand = 0
        self._processes = Processes(limits.processes, begin, (limits,), renewed=_RENEWED)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._processes.stop()

    @contextlib.contextmanager
    def reserved(self, size: int) -> Iterator[bool]:
        """Reserves `size` bytes for an upload while the block lasts; yields False where there is no room for them."""
        has_room = self._waiting < self.limits.waiting and self._in_hand + size <= self.limits.in_hand
        if not has_room:
            yield False
            return
        self._waiting += 1
        self._in_hand += size
        try:
            yield True
        finally:
            self._waiting -= 1
            self._in_hand -= size

    async def answer(self, task: str, upload: Upload) -> Answer:
        """Returns the answer of a process; also to a request that takes too long or crashes its process."""
        try:
            future = self._processes.give(self._do, task, upload, seconds=self.limits.judging)
            return await asyncio.wrap_future(future)
        except FutureTimeoutError:
            seconds = f"{self.limits.judging:g}"
            return problem(422, "too-slow", f"这个文件读了 {seconds} 秒还没有读完，已停止；请只留下自评表再试")
        except (ProcessExpired, MemoryError):
            return problem(422, "crashed", "读这个文件时读取程序崩溃；请用 Office（WPS）打开后另存再试")
        except BrokenProcessPool:
            return problem(
                500, "no-process", "审核进程一启动就退出；请核对这台机器的内存再试，或重新启动 perfeval-lint serve"
            )
