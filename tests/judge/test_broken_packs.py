"""A faulty rule folder: every mistake of every file is told at once, at its line.

The folders broken/ and broken_words/ mark each mistake where it must be told: `#! part of the message`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfeval_lint.errors import RulePackBroken
from perfeval_lint.rule.pack import compile_pack

HERE = Path(__file__).parent


def marked(folder: Path) -> dict[tuple[str, int], list[str]]:
    """File and line of every marked mistake, with the parts of the messages expected there."""
    marks = {}
    for path in sorted(folder.rglob("*.yaml")):
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if " #! " in line:
                marks[name, number] = re.split(r" #! ", line)[1:]
    return marks


def told(folder: Path) -> dict[tuple[str, int | None], list[str]]:
    """File and line of every problem that compiling the folder raises, with the messages."""
    with pytest.raises(RulePackBroken) as broken:
        compile_pack([folder])
    found: dict[tuple[str, int | None], list[str]] = {}
    for problem in broken.value.problems:
        assert problem.column is not None
        found.setdefault((problem.file, problem.line), []).append(problem.message)
    return found


@pytest.fixture(scope="module", params=["broken", "broken_words"])
def compared(request):
    folder = HERE / request.param
    return marked(folder), told(folder)


def test_every_mistake_is_told_where_it_stands(compared):
    marks, found = compared
    assert {place: found.get(place) for place in marks if place not in found} == {}
    missed = {
        place: [part for part in parts if not any(part in message for message in found[place])]
        for place, parts in marks.items()
    }
    assert {place: parts for place, parts in missed.items() if parts} == {}


def test_nothing_else_is_told(compared):
    marks, found = compared
    assert {place: messages for place, messages in found.items() if place not in marks} == {}
    assert {place: found[place] for place, parts in marks.items() if len(found.get(place, parts)) != len(parts)} == {}
