"""The real server in a process of its own, and one in this process whose judging can be made to go wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from perfeval_lint.read import office
from perfeval_lint.serve import work
from perfeval_lint.serve.app import application
from perfeval_lint.serve.desk import Desk
from perfeval_lint.serve.guard import Access
from perfeval_lint.serve.model import Answer, Asked, Limits
from perfeval_lint.serve.work import about, begin, do

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*-*.yaml"))
_ADDRESS = re.compile(r"http://\S+")


@dataclass
class Server:
    """A running server: the address to open, and what it wrote once it has ended."""

    process: subprocess.Popen[str]
    address: str
    told: str
    out: str = ""
    errors: str = ""

    @property
    def base(self) -> str:
        """The address without a token."""
        return self.address.partition("/?")[0].rstrip("/")

    def stop(self, by: int = signal.SIGINT) -> int:
        """Ends it as Ctrl-C does; its exit status."""
        self.process.send_signal(by)
        self.out, self.errors = self.process.communicate(timeout=300)
        return self.process.returncode


@contextmanager
def served(*options: str, folder: Path | None = None) -> Iterator[Server]:
    """`perfeval-lint serve` on a free port."""
    command = [sys.executable, "-m", "perfeval_lint", "serve", "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT / "lint")}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        # A shell that starts a job in the background has it ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
    )
    try:
        assert process.stdout is not None
        told = ""
        while "Ctrl-C" not in told:
            line = process.stdout.readline()
            assert line, process.communicate()
            told += line
        found = _ADDRESS.search(told)
        assert found is not None
        yield Server(process, found[0], told)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def naughty(task: str, asked: Asked) -> Answer:
    """Judges, but for files that by their name hang the process, bring it down or ask for memory."""
    if asked.name.startswith("hang"):
        time.sleep(1000)
    if asked.name.startswith("crash"):
        os.abort()
    if asked.name.startswith("swell"):
        bytearray(64 * 1024**3)
    return do(task, asked)


def broken(task: str, asked: Asked) -> Answer:
    """Judges with a task that fails as nobody expected, for files that by their name are to."""

    def fail(_: Asked) -> Answer:
        raise ZeroDivisionError(asked.data.decode())

    work.TASKS["broken"] = fail
    return do("broken" if asked.name.startswith("broken") else task, asked)


def hanging_office(task: str, asked: Asked) -> Answer:
    """Judges where what is called LibreOffice never ends."""
    program = Path(tempfile.gettempdir(), "soffice")
    program.write_text("#!/bin/sh\nexec sleep 1000\n", "ascii")
    program.chmod(0o755)
    office.soffice = lambda: str(program)
    return do(task, asked)


@contextmanager
def in_thread(
    limits: Limits, access: Access | None = None, job: Callable[[str, Asked], Answer] = naughty
) -> Iterator[str]:
    """A server in a thread of this process; its address."""
    with Desk(limits, begin, job) as desk:
        config = uvicorn.Config(
            application(desk, access or Access(), about(limits)), port=0, log_config=None, lifespan="off"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()


def post(
    base: str,
    path: str,
    data: bytes | Path,
    name: str = "",
    headers: dict[str, str] | None = None,
    **parameters: str,
) -> httpx.Response:
    """A file posted to a server."""
    body = data.read_bytes() if isinstance(data, Path) else data
    given = {"name": name or (data.name if isinstance(data, Path) else "表.yaml"), **parameters}
    return httpx.post(f"{base}{path}", params=given, content=body, headers=headers, timeout=300)
