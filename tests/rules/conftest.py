"""The shipped rules compiled once, one Judge a profile, and forms from plain dicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from perfeval_lint.form.model import Form
from perfeval_lint.rule.model import Pack
from tests.rules import corpus


@pytest.fixture(scope="session")
def pack() -> Pack:
    return corpus.shipped_rules()


@pytest.fixture(scope="session")
def judge(pack: Pack) -> corpus.Judges:
    """judge(forms, profile=None): one verdict a form; without a profile each form's 表式 decides."""
    return corpus.Judges(pack)


@pytest.fixture(scope="session")
def form_of() -> Callable[[Mapping[str, Any]], Form]:
    """A form of nested dicts, lists and strings; 格式 may be left out."""
    return corpus.form_of


@pytest.fixture(scope="session")
def clean() -> dict[str, corpus.Plain]:
    """The clean corpus by file name, as nested dicts, lists and strings."""
    return corpus.clean_forms()


@pytest.fixture(scope="session")
def remarks() -> dict[str, dict[str, str]]:
    """What the comments at the top of the clean forms say."""
    return corpus.remarks_on_forms()
