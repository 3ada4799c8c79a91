"""Forms and laid-out tables for the tests of rendering."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.form.definition import FORMAT
from perfeval_lint.form.load import load
from perfeval_lint.form.model import Form
from perfeval_lint.render.layout import lay_out
from perfeval_lint.render.table import Cell, Table

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


class Page:
    """A laid-out form with ways to look at it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.at = {(cell.row, cell.column): cell for cell in table.cells}

    def texts(self) -> list[list[str]]:
        """The texts row by row, merged cells where they begin."""
        rows: list[list[str]] = [[] for _ in range(self.table.rows)]
        for cell in self.table.cells:
            rows[cell.row].append(cell.text)
        return rows

    def find(self, text: str) -> Cell:
        """The first cell of that text."""
        return next(cell for cell in self.table.cells if cell.text == text)

    def beside(self, text: str) -> str:
        """The text of the cell right of a label."""
        cell = self.find(text)
        return self.at[cell.row, cell.column + cell.columns].text


def build(**keys: Any) -> Form:
    """A form of these keys; problems in it do not matter."""
    form = next(load(json.dumps({"格式": FORMAT, **keys}, ensure_ascii=False))).form
    assert form is not None
    return form


@pytest.fixture
def make() -> Callable[..., Form]:
    return build


@pytest.fixture
def page() -> Callable[..., Page]:
    """Lays out the form of these keys."""
    return lambda **keys: Page(lay_out(build(**keys)))


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def example(request: pytest.FixtureRequest) -> Form:
    """Each published form in turn."""
    form = next(load(request.param.read_bytes())).form
    assert form is not None
    return form
