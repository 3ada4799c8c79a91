"""Every JSON report a test makes in its own process is checked against the schema that ships."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfeval_lint.report import json, report
from tests.reports import checking


@pytest.fixture(scope="session", autouse=True)
def _checked_reports() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        checked = checking(json.json_parts)
        for module in (json, report):
            patch.setattr(module, "json_parts", checked)
        yield
