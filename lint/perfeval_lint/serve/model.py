"""Uploads and answers, as they go to the judging processes and back, and the limits of the server."""

from __future__ import annotations

import json
from dataclasses import dataclass

JSON = "application/json"
PROBLEM = "application/problem+json"
PAGE = "text/html; charset=utf-8"
YAML = "application/yaml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one upload, one connection and the server as a whole."""

    upload: int = 20 * 1024 * 1024  # bytes of a file
    arriving: float = 60.0  # seconds for a file to come, and for an answer to be taken
    judging: float = 30.0  # seconds for a file to be judged
    memory: int = 3072  # MiB of a judging process
    processes: int = 2
    waiting: int = 200  # requests that wait for a process
    in_hand: int = 256 * 1024 * 1024  # bytes of all files
    heading: float = 15.0  # seconds for a request's header to come
    header: int = 32 * 1024  # bytes of a header: it carries the cookies of whatever else is served on this machine
    lingering: float = 10.0  # seconds that a refused client may still send
    connections: int = 1000  # that wait for their clients: for a header, the next request, an answer to be taken


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to judge: its name and bytes, the profile ("" for the form's own), and the argument of its task."""

    name: str
    data: bytes
    profile: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `name` is the name of the file a browser saves it as ("" where it is not to be saved)."""

    status: int
    kind: str
    body: bytes
    name: str = ""


def problem(status: int, code: str, message: str) -> Answer:
    """Returns the answer to a request that failed, for people and for programs (RFC 9457)."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": message}
    return Answer(status, PROBLEM, json.dumps(body, ensure_ascii=False).encode())
