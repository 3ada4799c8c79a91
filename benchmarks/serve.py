"""Loads `perfeval-lint serve` with many clients at once: errors, waiting times, and whether its memory stays flat.

Every client posts forms of three kinds one after the other and reads the reports. Beside it, in the same run, one
process lints the same bytes directly: the ratio is what serving costs.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx

import perfeval_lint
from perfeval_lint.render.render import render

ROOT = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class Load:
    """What came of a run: seconds each request took, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def papers() -> list[tuple[str, bytes]]:
    """The examples as YAML, Word and Excel."""
    found: list[tuple[str, bytes]] = []
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        found.append((path.name, path.read_bytes()))
        (form, *_) = perfeval_lint.convert(path)
        found += [(f"{path.stem}{kind}", render(form, kind)) for kind in (".docx", ".xlsx")]
    return found


async def load(base: str, files: list[tuple[str, bytes]], clients: int, seconds: float, process: int) -> Load:
    """Runs the clients for some seconds, and looks at the memory every second."""
    result = Load()
    end = time.monotonic() + seconds

    async def client(number: int) -> None:
        mine = random.Random(number).sample(files, len(files))
        async with httpx.AsyncClient(base_url=base, timeout=60) as session:
            for name, data in cycle(mine):
                if time.monotonic() > end:
                    return
                began = time.monotonic()
                try:
                    answer = await session.post("/lint", params={"name": name}, content=data)
                    if answer.status_code != 200 or answer.json()["summary"]["unreadable"]:
                        result.errors.append(f"{answer.status_code} {answer.text[:100]}")
                except httpx.HTTPError as error:
                    result.errors.append(repr(error))
                result.seconds.append(time.monotonic() - began)

    async def watch() -> None:
        while time.monotonic() < end:
            result.memory.append(memory_of(process))
            await asyncio.sleep(1)

    await asyncio.gather(watch(), *(client(number) for number in range(clients)))
    return result


def memory_of(process: int) -> float:
    """MiB a process and its children hold."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    family = {process}
    while more := {pid for pid, parent, _ in rows if parent in family} - family:
        family |= more
    return sum(rss for pid, _, rss in rows if pid in family) / 1024


def alone(files: list[tuple[str, bytes]], seconds: float) -> float:
    """Forms a second that one process lints directly."""
    for _, data in files:
        perfeval_lint.lint(data)
    done, began = 0, time.monotonic()
    for _, data in cycle(files):
        if time.monotonic() - began > seconds:
            break
        perfeval_lint.lint(data)
        done += 1
    return done / (time.monotonic() - began)


def main() -> None:
    """Starts the server, loads it, prints what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--seconds", type=float, default=60)
    given = options.parse_args()
    files = papers()
    direct = alone(files, min(given.seconds, 10))
    command = [sys.executable, "-m", "perfeval_lint", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = re.search(r"http://[\d.:]+", server.stdout.readline())
        assert address is not None
        try:
            asyncio.run(load(address[0], files, 4, 5, server.pid))  # awake
            result = asyncio.run(load(address[0], files, given.clients, given.seconds, server.pid))
        finally:
            server.terminate()
    rate = len(result.seconds) / given.seconds
    times = statistics.quantiles(result.seconds, n=100)
    tenth = max(len(result.memory) // 10, 1)
    first, last = (statistics.median(some) for some in (result.memory[tenth : 3 * tenth], result.memory[-2 * tenth :]))
    print(f"{given.clients} clients, {given.seconds:g} s: {len(result.seconds)} requests, {len(result.errors)} errors")
    print(f"{rate:.1f} forms a second; one process without a server {direct:.1f}: ratio {rate / direct:.2f}")
    print(f"waiting: median {times[49]:.2f} s, 95 % {times[94]:.2f} s, longest {max(result.seconds):.2f} s")
    print(f"memory: {first:.0f} MiB at first, {last:.0f} at the end: ratio {last / first:.3f}")
    for error in sorted(set(result.errors))[:10]:
        print(error)


if __name__ == "__main__":
    main()
