"""Headless Chromium, Debian's own, driven as a person would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

_PATIENCE = 120_000  # milliseconds; ends what hangs, however busy the machine is
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """The browser's path; skips the test where there is none, which in CI is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        assert not os.environ.get("CI"), "Chromium is not installed; the web page is untested"
        pytest.skip("Chromium is not installed")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield running
        finally:
            running.close()


@contextmanager
def page(
    running: Browser, address: str, *, width: int = 1280, scheme: str = "light", may_complain: bool = False
) -> Iterator[Page]:
    """The page at an address; anything it asks of another server is a failure, and unless it `may_complain` anything
    it writes to the console."""
    base = address.partition("/?")[0]
    context = running.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True)  # type: ignore[arg-type]
    context.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: None if may_complain else complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda one: None if one.url.startswith((base, "blob:")) else complaints.append(one.url))
    try:
        opened.goto(address)
        opened.wait_for_selector("html[data-ready]")
        yield opened
        assert complaints == []
    finally:
        context.close()


def choose(opened: Page, *files: Path) -> None:
    """Chooses files and waits until all of them are judged."""
    opened.set_input_files("#files", files)
    opened.get_by_text(f"审核完毕：{len(files)} 个文件").wait_for()


def drop(opened: Page, *files: Path) -> None:
    """Drops files on the page, as a hand would, and waits until all of them are judged."""
    transfer = opened.evaluate_handle("() => new DataTransfer()")
    for file in files:
        opened.evaluate(
            "([transfer, name, bytes]) => transfer.items.add(new File([new Uint8Array(bytes)], name))",
            [transfer, file.name, list(file.read_bytes())],
        )
    opened.dispatch_event("#drop", "dragover", {"dataTransfer": transfer})
    opened.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    opened.get_by_text(f"审核完毕：{len(files)} 个文件").wait_for()
