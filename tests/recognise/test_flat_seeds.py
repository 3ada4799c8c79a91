"""The published forms whose text was extracted from PDF files: every cell must come out as typed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from perfeval_lint.recognise.flat.flat import Flattened, unflatten
from tests.recognise.flat_support import WORDS, lines_of, rows_of, squeezed

EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDS = sorted(path for path in EXAMPLES.glob("*.txt") if "transfer" not in path.stem)
FIELDS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因")
FUND_FIELDS = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
MOST_MARKED = 12  # cells of the worst seed that are right but marked as not sure


@pytest.fixture(scope="module", params=SEEDS, ids=lambda path: path.stem)
def seed(request: pytest.FixtureRequest) -> tuple[Flattened, list[list[str]], dict[str, Any]]:
    path: Path = request.param
    found = unflatten(lines_of(path.read_text("utf-8")), WORDS)
    assert found is not None
    expected = yaml.load((EXAMPLES / f"{path.stem}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return found, [[squeezed(cell.text) for cell in row] for row in rows_of(found)], expected


def after(rows: list[list[str]], name: str) -> Iterator[list[str]]:
    """The rows below the header row that has a column of this name, down to the first of another length."""
    index = next(at for at, row in enumerate(rows) if name in row)
    for row in rows[index + 1 :]:
        if len(row) != len(rows[index]) or row[0] == "总分":
            return
        yield row


def test_indicators(seed: tuple[Flattened, list[list[str]], dict[str, Any]]) -> None:
    _, rows, expected = seed
    weights = {f"{name}（{weight}）" for name, weight in expected.get("指标分组", {}).items()}
    wanted = [[squeezed(row.get(field, "")) for field in FIELDS] for row in expected["绩效指标"]]
    got = list(after(rows, "三级指标"))
    assert {row[1] for row in got if "（" in row[1]} == weights
    assert [[row[0], row[1].split("（")[0], *row[2:]] for row in got] == wanted


def test_funds(seed: tuple[Flattened, list[list[str]], dict[str, Any]]) -> None:
    _, rows, expected = seed
    wanted = [[row["资金来源"], *(row.get(field, "") for field in FUND_FIELDS)] for row in expected["项目资金"]]
    got = [
        [row[0].removeprefix("其中：").removeprefix("其中:"), *("" if cell in "—-" else cell for cell in row[1:])]
        for row in after(rows, "执行率")
    ]
    assert got == wanted


def test_goals_and_header(seed: tuple[Flattened, list[list[str]], dict[str, Any]]) -> None:
    _, rows, expected = seed
    assert next(after(rows, "预期目标")) == [squeezed(text) for text in expected["年度总体目标"].values()]
    pairs = {label: value for row in rows[:6] for label, value in pairwise(row)}
    for field in ("项目名称", "主管部门", "实施单位", "项目负责人", "联系电话"):
        assert pairs[field] == expected[field]


def test_total(seed: tuple[Flattened, list[list[str]], dict[str, Any]]) -> None:
    found, rows, expected = seed
    total = expected["总分"]
    assert rows[-1] == ["总分", "", "", "", "", total["分值"], total["得分"], ""]
    assert found.doubts == ()


def test_few_cells_are_marked(seed: tuple[Flattened, list[list[str]], dict[str, Any]]) -> None:
    found, _, _ = seed
    assert sum(bool(cell.doubt) for cell in found.grid.cells) <= MOST_MARKED
