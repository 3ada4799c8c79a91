"""What is asked of the server and what it answers, as they go to the judging processes and back."""

from __future__ import annotations

import json
from dataclasses import dataclass

JSON = "application/json"
PROBLEM = "application/problem+json"
PAGE = "text/html; charset=utf-8"
YAML = "application/yaml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may take: bytes, seconds to arrive, seconds to be judged, MiB of a judging process; how many
    processes, how many requests may wait for one, and how many bytes may be in hand in all."""

    upload: int = 20 * 1024 * 1024
    arriving: float = 60.0
    judging: float = 30.0
    memory: int = 3072
    processes: int = 2
    waiting: int = 200
    in_hand: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the file's name and bytes, the profile ("" for the form's own), and more by its name."""

    name: str
    data: bytes
    profile: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `name` is what a browser saves it as ("" where it is not for saving)."""

    status: int
    kind: str
    body: bytes
    name: str = ""


def problem(status: int, code: str, message: str) -> Answer:
    """Why something was not done, for people and for programs (RFC 9457)."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": message}
    return Answer(status, PROBLEM, json.dumps(body, ensure_ascii=False).encode())
