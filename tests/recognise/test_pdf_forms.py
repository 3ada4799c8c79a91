"""Word forms printed to PDF by LibreOffice come out as the forms they were made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_lint.form.load import load
from perfeval_lint.form.model import to_plain
from perfeval_lint.form.origin import PageBox
from perfeval_lint.recognise.convert import documents

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER.parents[1] / "examples"
PRINTED = sorted(FOLDER.glob("pdf/*.pdf"))


def source_of(path: Path) -> Path:
    beside = FOLDER / "layouts" / f"{path.stem}.yaml"
    return beside if beside.exists() else EXAMPLES / f"{path.stem}.yaml"


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.stem)
def test_a_printed_form_comes_out_as_it_was(path: Path) -> None:
    (found,) = documents(path.read_bytes(), path.name)
    assert found.problems == ()
    assert found.form is not None
    (wanted,) = load(source_of(path).read_bytes())
    assert wanted.form is not None
    assert to_plain(found.form) == to_plain(wanted.form)
    origins = [value.origin for row in found.form.records["绩效指标"] for value in row.values.values()]
    assert all(isinstance(origin, PageBox) for origin in origins)
