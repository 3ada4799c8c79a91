"""Starts the server, and ends it."""

from __future__ import annotations

import gc
import ipaddress
import logging
import re
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import uvicorn
from starlette.types import ASGIApp

from perfeval_lint.errors import UsageError
from perfeval_lint.serve.app import application
from perfeval_lint.serve.connection import connections
from perfeval_lint.serve.guard import Access
from perfeval_lint.serve.model import Limits
from perfeval_lint.serve.tasks import about, begin, do
from perfeval_lint.serve.workers import Workers

_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """The address to listen on, the host names of the server, and the token a request needs ("" for none)."""

    host: str
    port: int
    names: tuple[str, ...] = ()
    token: str = ""


def serve(place: Place, limits: Limits, announce: Callable[[str], None]) -> None:
    """Serves until Ctrl-C or SIGTERM; calls `announce` with the address to open as soon as the server listens.

    Where other machines can reach it, a token is required, and made where none is given. Raises UsageError for an
    address it cannot listen on and for a name that is no host name, RulePackBroken for faulty rules and settings.
    """
    gc.enable()  # the command turns it off, but a server lives long
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # uploads are confidential
    logging.getLogger("uvicorn").propagate = False
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C, with the judging processes
    limits = within_open_files(limits)
    described = about(limits)  # first of all: raises for faulty rules
    token = place.token or ("" if is_local(place.host) else secrets.token_urlsafe(24))
    names = frozenset((*map(_host_name, place.names), socket.gethostname().lower()))
    with _listening(place.host, place.port) as listener, Workers(limits, begin, do) as workers:
        announce(_address(place.host, listener.getsockname()[1], token))
        over_http(application(workers, Access(names, token), described), limits).run(sockets=[listener])


def over_http(app: ASGIApp, limits: Limits) -> uvicorn.Server:
    """Returns the HTTP server of an application: it logs nothing, and its connections are bounded by `limits`.

    Far fewer are accepted at a time than may wait, so that each is read from before it may have to give way.
    """
    config = uvicorn.Config(
        app,
        http=connections(limits),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        backlog=limits.connections // 8 + 8,
        h11_max_incomplete_event_size=limits.header,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


def within_open_files(limits: Limits) -> Limits:
    """Returns `limits`, lowered where the system lets a process open too few files; raises its soft limit first.

    Half of the files are for connections that wait for their clients, a quarter for requests that wait to be judged.
    """
    if sys.platform == "win32":
        return limits
    import resource

    wanted = 2 * limits.connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return replace(limits, connections=soft // 2, waiting=min(limits.waiting, soft // 4))
    return limits


def is_local(host: str) -> bool:
    """Returns whether only this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_name(name: str) -> str:
    """Returns a name as browsers write it in the Host header; raises UsageError where it is no host name."""
    try:
        host = name.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        host = ""
    if _NAME.fullmatch(host) is None:
        raise UsageError(f"--name 要是主机名，如 zping.example.cn，不带 http:// 和端口，这里是“{name[:100]}”")
    return host


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()  # from now on clients can connect, and wait
    except OSError as error:
        message = f"不能在 {host} 的 {port} 端口上开服务：{error.strerror}；请用 --port 换一个端口，或核对 --host"
        raise UsageError(message) from None
    return listener


def _address(host: str, port: int, token: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/" + (f"?token={token}" if token else "")
