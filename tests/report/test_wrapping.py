"""Lines of a terminal: numbers stay with their units and words, and all of the text is there."""

from __future__ import annotations

import io
import random
import re
from itertools import pairwise

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from perfeval_lint.report.wrapping import breaks, with_breaks

TEXTS = (
    "目标 550万，实际 591.764万，超过目标 41.764 万元（7.6%），按比例应得 9.29 分，实得 10 分",
    "得分　自评 99.06，等级 优 → 复核 98.16（可复核 98/100 分），在 2023年12月20日前完成 12.5 公里，投入 1,234.56 万元",
    "超过目标 1.5 个百分点，目标 ≤2.5%，实际 4%；“培训人数”写 ≥120人（含），只完成 96.43%",
)


def lines_of(text: str, width: int) -> list[str]:
    places = [0, *breaks(text, width), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(places)]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", range(37, 90, 7))
def test_no_line_begins_with_a_number_a_unit_or_a_mark(text, width):
    for line in lines_of(text, width)[1:]:
        assert re.match(r"[0-9.,%≥≤]|万元|分，|公里|个百分点|人（|[，。；：、）”]", line) is None, line


@pytest.mark.parametrize("text", TEXTS)
def test_a_line_is_as_long_as_it_may_be_and_nothing_is_lost(text):
    for width in range(2, 100):
        lines = lines_of(text, width)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(cell_len(line) <= width for line in lines)


def test_any_text_is_broken_into_lines_that_fit():
    letters = "完成目标 0123456789.,%，。“”（）万元abc/ 　≥…"
    for seed in range(200):
        chosen = random.Random(seed)
        text = "".join(chosen.choices(letters, k=chosen.randrange(1, 120)))
        width = chosen.randrange(2, 40)
        lines = lines_of(text, width)
        assert all(cell_len(line) <= width for line in lines), (text, width)
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_number_with_no_word_and_a_long_name_are_broken_somewhere():
    assert lines_of("1、2、3、4、5、6、7、8", 9) == ["1、2、3、", "4、5、6、", "7、8"]
    assert lines_of("/a/very/long/name.yaml", 10) == ["/a/very/lo", "ng/name.ya", "ml"]


def test_colours_stay_and_rich_breaks_nothing_more():
    broken = with_breaks(Text("错误 ").append(TEXTS[0], "dim"), 40)
    assert "".join(broken.plain[span.start : span.end] for span in broken.spans).split() == TEXTS[0].split()
    console = Console(width=40, record=True, file=io.StringIO())
    console.print(broken)
    assert console.export_text().splitlines() == broken.plain.split("\n")
