"""The web page as the command writes it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser


def test_page_goes_to_a_file_and_the_status_stays(command: Callable[..., Any], flawed: Path, tmp_path: Path) -> None:
    run = command(flawed, "--format", "html", "-o", tmp_path / "报告.html")
    assert (run.status, run.out) == (1, "")
    tree = LexborHTMLParser((tmp_path / "报告.html").read_text("utf-8"))
    assert len(tree.css("article")) == 1
    assert "PE401" in tree.css_first(".findings").text()


def test_page_on_standard_output_tells_of_files_not_checked(command: Callable[..., Any], flawed: Path) -> None:
    broken = flawed.with_name("坏.docx")
    broken.write_bytes(b"PK\x03\x04 broken")
    run = command(flawed, broken, "--format", "html")
    tree = LexborHTMLParser(run.out)
    assert run.status == 2
    assert "坏.docx" in tree.css_first("main .panel").text()
    assert run.out.rstrip().endswith("</html>")


@pytest.mark.skipif(sys.platform != "linux", reason="only there a file's name can be bytes that are no text")
def test_a_name_that_is_no_text(command: Callable[..., Any], flawed: Path, tmp_path: Path) -> None:
    flawed.rename(tmp_path / os.fsdecode(b"\xff.yaml"))
    run = command(tmp_path, "--format", "html", "-o", tmp_path / "报告.html")
    assert run.status == 1
    assert "\\udcff.yaml" in (tmp_path / "报告.html").read_text("utf-8")
