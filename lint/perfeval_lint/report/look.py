"""The one palette of what people read: web pages and workbooks, light, dark and printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Text in `ink`, `soft`, `accent` or the colour of a severity has a contrast of 4.5:1 and more on `paper`, `ground` and
# the tints; `paper` has it on `accent`.
LIGHT: Final = {
    "ink": "#1c222b",
    "soft": "#505a67",
    "paper": "#ffffff",
    "ground": "#f3f4f6",
    "strong": "#e8eef7",
    "line": "#cfd5dd",
    "rule": "#5d6570",
    "accent": "#1d4f91",
    "second": "#b4541a",
    "target": "#fff2b8",
    "shade": "#0000002e",
    "error": "#a8101c",
    "warning": "#7d4a00",
    "info": "#2c5a80",
    "error-tint": "#fdf0f0",
    "warning-tint": "#fdf6ea",
    "info-tint": "#eff5fa",
}
DARK: Final = {
    "ink": "#e4e8ee",
    "soft": "#a9b2bf",
    "paper": "#181c22",
    "ground": "#101317",
    "strong": "#28313c",
    "line": "#373f4a",
    "rule": "#6b7582",
    "accent": "#8ab6f0",
    "second": "#f0a066",
    "target": "#4d4312",
    "shade": "#000000b0",
    "error": "#ff9a9f",
    "warning": "#efbd6c",
    "info": "#9cc6ea",
    "error-tint": "#321d20",
    "warning-tint": "#2e2617",
    "info-tint": "#1a2733",
}
PRINTED: Final = {
    **LIGHT,
    **dict.fromkeys(("ink", "rule"), "#000000"),
    "soft": "#222222",
    "line": "#999999",
    **dict.fromkeys(("ground", "target", "error-tint", "warning-tint", "info-tint"), "#ffffff"),
    "error": "#8c0010",
    "warning": "#5f3800",
    "info": "#1d3f5c",
}


def _variables(palette: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())


COLOURS: Final = f"""\
:root {{ color-scheme: light dark; {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
@media print {{ :root {{ color-scheme: light; {_variables(PRINTED)} }} }}
"""
"""The palette as variables of CSS: var(--ink) and so on."""
