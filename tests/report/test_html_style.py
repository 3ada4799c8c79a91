"""The colours of the page: every text can be read on every ground, in both schemes and in print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product

import pytest

from perfeval_lint.audit.reports.page_style import STYLE
from perfeval_lint.report.html.form import form_style
from perfeval_lint.report.html.style import PAGE_STYLE
from perfeval_lint.report.look import COLOURS, DARK, LIGHT, PRINTED
from perfeval_lint.rule.locate import PACKAGE

LEVELS = ("error", "warning", "info")
# What stands on what: text, and the grounds it is seen on.
PAIRS = [
    *product(("ink", "soft", "accent"), ("paper", "ground", "strong")),
    ("ink", "target"),
    *product(("ink",), (f"{level}-tint" for level in LEVELS)),
    *((level, ground) for level in LEVELS for ground in ("paper", f"{level}-tint")),
    *product(("paper",), ("error", "accent")),
]


def colours(palette: Mapping[str, str]) -> dict[str, tuple[int, int, int]]:
    """The colours of a palette, red, green and blue from 0 to 255."""
    return {name: (int(one[1:3], 16), int(one[3:5], 16), int(one[5:7], 16)) for name, one in palette.items()}


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as defined by WCAG 2."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK, PRINTED], ids=["light", "dark", "printed"])
def test_every_text_can_be_read(palette: Mapping[str, str]) -> None:
    found = colours(palette)
    for text, ground in PAIRS:
        light, dark = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_severities_differ_by_more_than_colour() -> None:
    edges = re.findall(r"\.form \.(error|warning|info) \{ .*?--edge: (\w+)", form_style())
    assert dict(edges) == {"error": "solid", "warning": "dashed", "info": "dotted"}


def test_every_colour_is_of_the_palette() -> None:
    served = PACKAGE / "serve" / "static" / "app.css"
    styles = [form_style(), PAGE_STYLE, STYLE, served.read_text("utf-8")]
    used = {colour for style in styles for colour in re.findall(r"#[0-9a-f]{3,8}\b", style.replace(COLOURS, ""))}
    named = {name for style in styles for name in re.findall(r"var\(--([a-z-]+)", style)}
    assert not used
    assert named - {"edge", "level", "tint"} <= set(LIGHT) == set(DARK) == set(PRINTED)
