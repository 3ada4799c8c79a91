"""One server for the tests that only ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serve.serving import Server, served


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with served() as running:
        yield running
        assert running.stop() == 0
        assert running.errors == ""  # nothing of what was uploaded is logged
        assert running.out.strip() == "已停止。"
