"""The `curl` lines of the documentation, run as they are printed; only the port is that of the test's server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.render.render import render
from tests.serve.serving import EXAMPLES, ROOT

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "lint/perfeval_lint/serve/static/openapi.yaml"]
LINES = sorted({line for page in PAGES for line in re.findall(r"^ +(curl .+)$", page.read_text("utf-8"), re.MULTILINE)})
PRINTED = "http://127.0.0.1:8765"


def need_curl() -> None:
    """Skips the test where there is no curl, which in CI is a failure."""
    if shutil.which("curl") is None:
        assert not os.environ.get("CI"), "curl is not installed; the documented lines are untested"
        pytest.skip("curl is not installed")


@pytest.mark.parametrize("line", LINES)
def test_a_documented_line(server, tmp_path, line):
    need_curl()
    (document,) = load(EXAMPLES[0].read_bytes())
    (tmp_path / "自评表.docx").write_bytes(render(document.form, ".docx"))
    assert PRINTED in line
    command = line.replace(PRINTED, server.base)
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["format"] == "perfeval.report/1", report
    assert report["files"][0]["file"] == "自评表.docx"
    assert report["files"][0]["forms"]
