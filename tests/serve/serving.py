"""The real server in a process of its own, and one in this process whose judging can be made to go wrong."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import httpx

from perfeval_lint.read import office
from perfeval_lint.serve import tasks
from perfeval_lint.serve.app import application
from perfeval_lint.serve.guard import Access
from perfeval_lint.serve.model import Answer, Limits, Upload
from perfeval_lint.serve.run import over_http
from perfeval_lint.serve.tasks import about, begin, do
from perfeval_lint.serve.workers import Workers
from tests.reports import check_report

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*-*.yaml"))
_ADDRESS = re.compile(r"http://\S+")


@dataclass
class Server:
    """A running server: the address to open, and what it wrote once it has ended."""

    process: subprocess.Popen[str]
    address: str
    printed: str
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
def served(*options: str, folder: Path | None = None, files: int = 0) -> Iterator[Server]:
    """`perfeval-lint serve` on a free port; `files` is how many it may have open, where the system is to bound that."""
    command = [sys.executable, "-m", "perfeval_lint", "serve", "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT / "lint")}

    def prepare() -> None:
        # A shell that starts a job in the background has it ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        preexec_fn=prepare,
    )
    try:
        assert process.stdout is not None
        printed = ""
        while "Ctrl-C" not in printed:
            line = process.stdout.readline()
            assert line, process.communicate()
            printed += line
        found = _ADDRESS.search(printed)
        assert found is not None
        yield Server(process, found[0], printed)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def naughty(task: str, upload: Upload) -> Answer:
    """Judges, but for files that by their name hang the process, bring it down or ask for memory."""
    if upload.name.startswith("hang"):
        time.sleep(1000)
    if upload.name.startswith("crash"):
        os.abort()
    if upload.name.startswith("swell"):
        bytearray(64 * 1024**3)
    return do(task, upload)


def broken(task: str, upload: Upload) -> Answer:
    """Judges with a task that fails as nobody expected, for files that by their name are to."""

    def fail(*_: object) -> Answer:
        raise ZeroDivisionError(upload.data.decode())

    tasks.TASKS["broken"] = fail
    return do("broken" if upload.name.startswith("broken") else task, upload)


def hanging_office(task: str, upload: Upload) -> Answer:
    """Judges where what is called LibreOffice never ends."""
    program = Path(tempfile.gettempdir(), "soffice")
    program.write_text("#!/bin/sh\nexec sleep 1000\n", "ascii")
    program.chmod(0o755)
    office.soffice = lambda: str(program)
    return do(task, upload)


@contextmanager
def in_thread(
    limits: Limits, access: Access | None = None, job: Callable[[str, Upload], Answer] = naughty
) -> Iterator[str]:
    """A server in a thread of this process; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener, Workers(limits, begin, job) as workers:
        server = over_http(application(workers, access or Access(), about(limits)), limits)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
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
    """A file posted to a server; a JSON report it answers with is checked."""
    body = data.read_bytes() if isinstance(data, Path) else data
    given = {"name": name or (data.name if isinstance(data, Path) else "表.yaml"), **parameters}
    answer = httpx.post(f"{base}{path}", params=given, content=body, headers=headers, timeout=300)
    check_report(answer.text)
    return answer


def connect(base: str) -> socket.socket:
    """A bare connection to a server."""
    host, port = base.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=300)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def answer_on(connection: socket.socket) -> tuple[HTTPResponse, bytes]:
    """The next answer on a connection, and its body."""
    answer = HTTPResponse(connection)
    answer.begin()
    return answer, answer.read()


def refusal_on(connection: socket.socket) -> tuple[int, str]:
    """Returns the status and code of a refusal; it must be in Chinese, and nothing may come after it."""
    answer, body = answer_on(connection)
    problem = json.loads(body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert any("\u4e00" <= char <= "\u9fff" for char in problem["detail"])
    assert problem["status"] == answer.status
    assert bool(answer.headers["Retry-After"]) == (answer.status == 503)
    assert connection.recv(1) == b""
    return answer.status, problem["code"]
