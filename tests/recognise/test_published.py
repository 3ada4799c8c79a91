"""Published forms as text: the five of examples/ and the twelve samples in their three layouts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.form.model import to_plain
from perfeval_lint.recognise.convert import documents

ROOT = Path(__file__).parents[2]
PUBLISHED = sorted(ROOT.glob("examples/*.txt"))
SAMPLES = sorted(Path(__file__).parent.glob("samples/*.txt"))
LAYOUTS = ("pipe", "cells", "cellspipe")


def converted(path: Path) -> dict[str, Any]:
    (found,) = documents(path.read_bytes(), path.name)
    assert found.problems == ()
    assert found.form is not None
    return to_plain(found.form)


def expected(path: Path) -> dict[str, Any]:
    (found,) = load(path.read_bytes(), path.name)
    assert found.form is not None
    return to_plain(found.form)


def squeezed(value: Any) -> Any:
    """Values with white space removed."""
    if isinstance(value, dict):
        return {key: squeezed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [squeezed(inner) for inner in value]
    return re.sub(r"\s", "", value)


def test_the_five_published_forms_and_all_samples_are_there() -> None:
    assert len(PUBLISHED) == 5
    names = {path.name[:3] for path in SAMPLES}
    assert len(names) == 12
    assert {path.name for path in SAMPLES} == {f"{name}.{layout}.txt" for name in names for layout in LAYOUTS}


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_no_cell_of_a_published_form_is_wrong(path: Path) -> None:
    found = converted(path)
    found.pop("存疑", None)
    assert squeezed(found) == squeezed(expected(path.with_suffix(".yaml")))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_comes_out_alike_in_its_three_layouts(path: Path) -> None:
    found, wanted = converted(path), expected(path.with_name(f"{path.name[:3]}.yaml"))
    for plain in (found, wanted):  # the row at which the source was cut off may be read either way
        plain["绩效指标"] = [row for row in plain.get("绩效指标", []) if "截断" not in "".join(row.values())]
    assert squeezed(found) == squeezed(wanted)
