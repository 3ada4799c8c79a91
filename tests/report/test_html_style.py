"""The colours of the page: every text can be read on every ground, in both schemes and in print."""

from __future__ import annotations

import re
from itertools import product

import pytest

from perfeval_lint.report.html.form import form_style

SCHEMES = ("light", "dark", "print")
LEVELS = ("error", "warning", "info")
# What stands on what: text, and the grounds it is seen on.
PAIRS = [
    *product(("ink", "soft", "accent"), ("paper", "ground")),
    ("ink", "target"),
    *product(("ink",), (f"{level}-tint" for level in LEVELS)),
    *((level, ground) for level in LEVELS for ground in ("paper", f"{level}-tint")),
    ("paper", "error"),
]


def colours(scheme: str) -> dict[str, tuple[int, int, int]]:
    """The variables of a scheme, red, green and blue from 0 to 255."""
    blocks = re.findall(r":root \{(.*?)\}", form_style(), re.DOTALL)
    found = re.findall(r"--([a-z-]+): #([0-9a-f]{6}|[0-9a-f]{3});", blocks[SCHEMES.index(scheme)])
    wide = {name: digits if len(digits) == 6 else "".join(digit * 2 for digit in digits) for name, digits in found}
    return {name: (int(d[:2], 16), int(d[2:4], 16), int(d[4:], 16)) for name, d in wide.items()}


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG 2 reckons it."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read(scheme: str) -> None:
    found = colours(scheme)
    for text, ground in PAIRS:
        light, dark = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_severities_differ_by_more_than_colour() -> None:
    edges = re.findall(r"\.form \.(error|warning|info) \{ .*?--edge: (\w+)", form_style())
    assert dict(edges) == {"error": "solid", "warning": "dashed", "info": "dotted"}
