"""Opens many connections to `perfeval-lint serve` that never finish their header, and asks it beside them.

Whatever the server ends is opened again, so that there are always as many. Once a second a client of its own asks for
the page, and posts a form: every answer has to be 200.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
FORM = ROOT / "examples/flawed.yaml"


async def stall(host: str, port: int, ended: Counter[str], opened: list[float]) -> None:
    """Keeps half a header on the wire; counts how the server ends it, and opens it again."""
    while True:
        reader, writer = await asyncio.open_connection(host, port)
        opened.append(time.monotonic())
        writer.write(b"POST /lint HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ")
        try:
            answer = await reader.read()
            ended[answer[9:12].decode() or "closed without an answer"] += 1
        except ConnectionError as error:
            ended[type(error).__name__] += 1
        finally:
            writer.close()
        await asyncio.sleep(1)


async def ask(base: str, seconds: int) -> list[tuple[int, float]]:
    """Asks once a second, each time on connections of its own; status and seconds of every answer."""
    answers: list[tuple[int, float]] = []
    for number in range(seconds):
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=base, timeout=30) as session:
            request = session.post("/lint?name=a.yaml", content=FORM.read_bytes()) if number % 2 else session.get("/")
            answers.append(((await request).status_code, time.monotonic() - began))
        await asyncio.sleep(max(0.0, 1 - (time.monotonic() - began)))
    return answers


async def run(base: str, stalled: int, seconds: int) -> int:
    """Stalls and asks; prints what came of it, and returns how many answers were not 200."""
    host, port = base.removeprefix("http://").split(":")
    await ask(base, 2)  # awake
    ended: Counter[str] = Counter()
    opened: list[float] = []
    tasks = [asyncio.create_task(stall(host, int(port), ended, opened)) for _ in range(stalled)]
    while len(opened) < stalled:
        await asyncio.sleep(0.1)
    answers = await ask(base, seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    statuses = Counter(status for status, _ in answers)
    print(f"{stalled} stalled headers, asked once a second for {seconds} s: answers {dict(statuses)}")
    times = sorted(took for _, took in answers)
    print(f"waiting: median {times[len(times) // 2]:.2f} s, longest {times[-1]:.2f} s")
    print(f"stalled connections opened {len(opened)}; ended by the server: {dict(ended)}")
    return len(answers) - statuses[200]


def main() -> None:
    """Starts the server, stalls it, prints what came of it; fails where an answer was not 200."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stalled", type=int, default=1200)
    options.add_argument("--seconds", type=int, default=40)
    given = options.parse_args()
    command = [sys.executable, "-m", "perfeval_lint", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stdout is not None
        address = re.search(r"http://[\d.:]+", server.stdout.readline())
        assert address is not None
        try:
            failed = asyncio.run(run(address[0], given.stalled, given.seconds))
        finally:
            server.terminate()
    sys.exit(failed)


if __name__ == "__main__":
    main()
