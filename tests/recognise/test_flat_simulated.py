"""Made-up forms flattened as extractors do it: how many cells come back right, and that the wrong ones are marked."""

from __future__ import annotations

import pytest

from perfeval_lint.recognise.flat.flat import unflatten
from tests.recognise.flat_support import WORDS, Score, below, lines_of, rows_of
from tests.recognise.simulate import COLUMN_SETS, STYLES, simulate

FORMS = 8  # of each style and set of columns


@pytest.mark.parametrize("columns", COLUMN_SETS)
@pytest.mark.parametrize("style", STYLES)
def test_cells_come_back(style: str, columns: str) -> None:
    score = Score()
    for seed in range(1000, 1000 + FORMS):
        form = simulate(seed, style, columns)
        found = unflatten(lines_of(form.text), WORDS)
        assert found is not None
        score.count(form.rows, below(rows_of(found), form.header))
    assert score.right >= 0.985 * score.cells, score
    assert score.wrong <= 0.002 * score.cells, score
    assert score.right_marked <= 0.05 * score.cells, score
