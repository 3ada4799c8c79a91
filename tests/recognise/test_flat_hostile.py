"""Damaged and hostile texts: always an answer, no character lost."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_lint.form.origin import Position
from perfeval_lint.recognise.flat.flat import unflatten
from tests.recognise.flat_support import WORDS, lines_of

EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDS = [path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.txt")) if "transfer" not in path.stem]
HEAD = SEEDS[0][: SEEDS[0].index("举办")]
# Labels down the side come again on each page; page numbers are left out.
REPEATED = Counter("绩效指标" * 50) + Counter("-0123456789" * 9)


def check(text: str) -> None:
    """Every cell stands in the text, and every character of the text in a cell."""
    lines = lines_of(text)
    found = unflatten(lines, WORDS)
    if found is None:
        return
    kept: Counter[str] = Counter()
    for cell in found.grid.cells:
        assert isinstance(cell.origin, Position)
        kept.update(cell.text)
    lost = Counter("".join(text.split())) - kept - REPEATED
    assert not lost


def damaged(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 25)):
        at = chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines[at] = ""
            case 1:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 2:
                lines.insert(at, chance.choice(lines))
            case _:
                place = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:place] + chance.choice(" （)《3%.，a—\u3000\t") + lines[at][place:]
    return "\n".join(lines)


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_damaged_seeds(number: int) -> None:
    chance = random.Random(number)
    for _ in range(4):
        check(damaged(SEEDS[number], chance))


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_shuffled_lines(number: int) -> None:
    lines = SEEDS[number].split("\n")
    random.Random(number).shuffle(lines)
    check("\n".join(lines))


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_seed_without_blank_lines_and_on_one_line(number: int) -> None:
    lines = [line for line in SEEDS[number].split("\n") if line.strip()]
    check("\n".join(lines))
    check(" ".join(lines))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "一行文字",
        "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分",
        HEAD + "知识产权运营\n" * 5000,
        HEAD + "3 3\n" * 4000,
        HEAD + "（" * 3000 + "\n" + "（（（\n" * 3000,
        HEAD + "知" * 200_000,
        "一级指标 二级指标 三级指标 年度指标值 实际完成值\n" * 500,
    ],
    ids=["empty", "blank", "line", "header", "same-lines", "numbers", "brackets", "long-line", "headers"],
)
def test_hostile(text: str) -> None:
    check(text)


def test_a_megabyte_is_refused() -> None:
    assert unflatten(lines_of("知识 产权\n" * 100_000), WORDS) is None


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from([*"产出指标数量一二三级 \n\n10.5%—（）《》，。", "产出指标", "总分", "3 3\n"]), max_size=120
    )
)
def test_any_text(parts: list[str]) -> None:
    header = "一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分\n"
    check("".join(parts))
    check(header + "".join(parts))
