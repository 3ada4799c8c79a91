"""Clients that do not finish what they begin: each gets an answer, and none holds up the others."""

from __future__ import annotations

import contextlib
import json
import resource
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from perfeval_lint.serve.model import Limits
from perfeval_lint.serve.run import within_open_files
from tests.serve.serving import ROOT, answer_on, connect, in_thread, post, refusal_on, served

FLAWED = ROOT / "examples/flawed.yaml"
HALF = b"POST /lint?name=a.yaml HTTP/1.1\r\nHost: localhost\r\nX-Half: "
WHOLE = b"GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"POST /lint?name=a.yaml HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
MANY = 32 * 2**20  # bytes, more than a connection holds on its way


@pytest.fixture(scope="module")
def impatient() -> Iterator[str]:
    limits = Limits(processes=1, judging=3, heading=2, arriving=1, lingering=0.5, upload=1000)
    with in_thread(limits) as base:
        yield base


def ends(connection: socket.socket, sent: bytes) -> bool:
    """Returns whether the server ends a connection on which more and more is sent and nothing is read."""
    connection.setblocking(False)
    watch = select.poll()
    watch.register(connection, 0)  # for errors alone: the server's own half may be closed
    for _ in range(400):
        try:
            connection.send(sent)
        except BlockingIOError:
            pass
        except ConnectionError:  # ended since it was last looked at
            return True
        if watch.poll(50):
            return True
    return False


# --- the header -------------------------------------------------------------------------------------


def test_a_header_that_does_not_come(impatient):
    with connect(impatient) as half, connect(impatient) as silent, connect(impatient) as second:
        half.sendall(HALF)
        second.sendall(WHOLE)
        assert answer_on(second)[0].status == 200
        second.sendall(HALF)
        assert refusal_on(half) == (408, "slow-header")
        assert silent.recv(1) == b""  # has sent no request
        assert refusal_on(second) == (408, "slow-header")


def test_a_header_that_trickles_gets_no_more_time(impatient):
    with connect(impatient) as connection:
        connection.sendall(HALF)
        connection.settimeout(0.02)
        for _ in range(1000):
            connection.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                connection.recv(1, socket.MSG_PEEK)
                break
        connection.settimeout(60)
        assert refusal_on(connection) == (408, "slow-header")


def test_an_answer_may_take_longer_than_a_header(impatient):
    answer = post(impatient, "/lint", b"x", "hang.yaml")
    assert (answer.status_code, answer.json()["code"]) == (422, "too-slow")


@pytest.mark.parametrize("ending", [b"", b"\r\n\r\n"], ids=["half", "whole"])
def test_a_header_that_is_too_large(server, ending):
    with connect(server.base) as connection:
        connection.sendall(HALF + b"x" * 100_000 + ending)
        assert refusal_on(connection) == (431, "long-header")


def test_large_cookies_of_a_neighbour(server):
    cookies = {"Cookie": f"elsewhere={'x' * 30_000}"}
    assert httpx.get(server.base, headers=cookies).status_code == 200


NOT_HTTP = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no header": b"\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
    "Chinese in the version": "GET / HTTP/表\r\nHost: localhost\r\n\r\n".encode(),
    "a chunk without a length": BODY.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked") + b"x\r\n",
}


@pytest.mark.parametrize("name", NOT_HTTP)
def test_what_is_not_http(server, name):
    with connect(server.base) as connection:
        connection.sendall(NOT_HTTP[name])
        assert refusal_on(connection) == (400, "malformed")


def test_a_chunk_without_a_length_after_the_answer(server):
    with connect(server.base) as connection:
        connection.sendall(b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert answer_on(connection)[0].status == 404
        connection.sendall(b"x\r\n")
        assert connection.recv(1) == b""


def test_a_chinese_name_as_it_is_typed_in_pieces(server):
    before, _, after = BODY.partition(b"a.yaml")
    data = FLAWED.read_bytes()
    name = "表.yaml".encode()
    with connect(server.base) as connection:
        connection.sendall(before + name[:2])
        assert httpx.get(f"{server.base}/about").status_code == 200
        connection.sendall(name[2:] + after % len(data) + data)
        answer, body = answer_on(connection)
        assert answer.status == 200
        assert json.loads(body)["files"][0]["file"] == "表.yaml"


# --- a refusal reaches whoever is still sending -----------------------------------------------------


def test_an_upload_that_is_too_large(impatient):
    with connect(impatient) as connection:
        connection.sendall(BODY % MANY + b"x" * MANY)
        assert refusal_on(connection) == (413, "too-large")


def test_an_upload_there_is_no_room_for():
    with in_thread(Limits(processes=1, upload=MANY, waiting=0)) as base, connect(base) as connection:
        connection.sendall(BODY % MANY + b"x" * MANY)
        assert refusal_on(connection) == (503, "busy")


def test_whoever_goes_on_after_a_refusal_is_cut_off(impatient):
    with connect(impatient) as connection:
        connection.sendall(BODY % 10**12)
        assert refusal_on(connection) == (413, "too-large")
        assert ends(connection, b"x")


def test_an_answer_that_is_not_taken(impatient):
    with connect(impatient) as connection:
        assert ends(connection, WHOLE.replace(b"/icon.svg", b"/openapi.json") * 100)


# --- many at once -----------------------------------------------------------------------------------


def is_served(base: str) -> bool:
    """Returns whether somebody new is answered."""
    with connect(base) as connection:
        connection.sendall(WHOLE)
        return answer_on(connection)[0].status == 200


def test_the_oldest_of_those_that_wait_gives_way():
    with in_thread(Limits(processes=1, connections=20)) as base, ExitStack() as stack:
        stalled = []
        for _ in range(60):
            stalled.append(stack.enter_context(connect(base)))
            stalled[-1].sendall(HALF)
            assert is_served(base)
        assert refusal_on(stalled[0]) == (503, "busy")
        stalled[-1].sendall(b"\r\n\r\n")
        assert answer_on(stalled[-1])[0].status == 200  # the report on an empty file


def test_few_open_files():
    with served("--jobs", "1", files=256) as server, ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(connect(server.base)).sendall(HALF)
        assert is_served(server.base)
        assert server.stop() == 0
        assert server.errors == ""


def test_the_limit_of_open_files_is_raised_where_it_may_be():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        assert within_open_files(Limits(connections=400)) == Limits(connections=400)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (800, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
