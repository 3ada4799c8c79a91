"""JSON reports against the schema that ships."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

import perfeval_lint
from perfeval_lint.report.model import FileReport

SHIPPED = Path(perfeval_lint.__file__).parent / "report" / "report.schema.json"
_BEGINNING = '{"format": "perfeval.report/'
_VALIDATOR = Draft202012Validator(json.loads(SHIPPED.read_text("utf-8")))

Parts = Callable[[Iterable[FileReport], str], Iterator[str]]


def check_report(text: str) -> None:
    """Checks a text against the schema if it is a report."""
    if text.startswith(_BEGINNING):
        error = best_match(_VALIDATOR.iter_errors(json.loads(text)))
        assert error is None, f"{error.json_path}: {error.message}"


def checking(parts: Parts) -> Parts:
    """Returns a writer of reports that checks each one it has written."""

    def checked(files: Iterable[FileReport], rules: str) -> Iterator[str]:
        pieces = []
        for piece in parts(files, rules):
            pieces.append(piece)
            yield piece
        check_report("".join(pieces))

    return checked
