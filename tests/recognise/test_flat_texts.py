"""Flattened texts with the forms they hold.

flat-* are written by hand in the manner of published ones, real-* are what PDFBox, pdftotext -raw and MuPDF made of
printed forms.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from perfeval_lint.recognise.flat.flat import unflatten
from tests.recognise.flat_support import WORDS, Score, lines_of, rows_of, squeezed

TEXTS = sorted((Path(__file__).parent / "flat").glob("*.txt"))
MOST_WRONG = 3  # cells of a text, all of them marked


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_indicators_are_right_or_marked(path: Path) -> None:
    form = yaml.load(path.with_suffix(".yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    found = unflatten(lines_of(path.read_text("utf-8")), WORDS)
    assert found is not None
    rows = rows_of(found)
    header = next(at for at, row in enumerate(rows) if any(squeezed(cell.text) == "三级指标" for cell in row))
    roles = [WORDS.role("indicators", cell.text) or "" for cell in rows[header]]
    body = [row for row in rows[header + 1 :] if len(row) == len(roles) and not WORDS.is_total(row[0].text)]
    kept = [at for at, role in enumerate(roles) if role not in ("一级指标", "二级指标", "不取")]  # levels carry weights
    score = Score()
    wanted = [[str(indicator.get(roles[at], "")) for at in kept] for indicator in form["绩效指标"]]
    score.count(wanted, [[row[at] for at in kept] for row in body])
    assert score.wrong == 0, score
    assert score.wrong_marked <= MOST_WRONG, score
