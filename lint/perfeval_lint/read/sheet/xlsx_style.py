"""The cell styles of an Excel workbook: number formats, and fonts and grounds that change what is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from lxml import etree

from perfeval_lint.read.markup import SHEET, TRUE, whole_number
from perfeval_lint.read.sheet.drawn import Font, Look
from perfeval_lint.read.sheet.number.builtin import BUILTIN
from perfeval_lint.read.unseen import BLACK, WHITE

_Kind = TypeVar("_Kind", Font, str)
_INDEXED = {0: BLACK, 1: WHITE, 8: BLACK, 9: WHITE, 64: BLACK, 65: WHITE}
_NO_TINT = re.compile(r"[-+]?0*\.?0*(?:[eE][-+]?[0-9]+)?")
_THEME = {"0": WHITE, "1": BLACK}
# Bytes without which no run of letters is raised, struck out, or of another colour than most.
DRAWN_OTHERWISE = re.compile(rb"strike|vertAlign|<(?:\w+:)?color")


def codes_of(root: etree._Element) -> list[str]:
    """The number format code of each cell style, by its index."""
    codes = {str(number): code for number, code in BUILTIN.items()}
    for element in root.iterfind(f"{SHEET}numFmts/{SHEET}numFmt"):
        codes[element.get("numFmtId", "")] = element.get("formatCode", "")
    return [
        codes.get(number, f"#{number}") if (number := element.get("numFmtId", "0")) else "General"
        for element in root.iterfind(f"{SHEET}cellXfs/{SHEET}xf")
    ]


def looks_of(root: etree._Element) -> dict[int, Look]:
    """The look of each cell style that is not black on white."""
    fonts = [font_of(element) for element in root.iterfind(f"{SHEET}fonts/{SHEET}font")]
    grounds = [_ground(element) for element in root.iterfind(f"{SHEET}fills/{SHEET}fill")]
    looks = (
        Look(_one(fonts, style.get("fontId"), Font()), _one(grounds, style.get("fillId"), WHITE))
        for style in root.iterfind(f"{SHEET}cellXfs/{SHEET}xf")
    )
    return {index: look for index, look in enumerate(looks) if look != Look()}


def font_of(element: etree._Element) -> Font:
    """The font of a cell style, or of a run of letters (rPr)."""
    raised = element.find(SHEET + "vertAlign")
    struck = element.find(SHEET + "strike")
    colour = element.find(SHEET + "color")
    return Font(
        raised is not None and raised.get("val") == "superscript",
        struck is not None and struck.get("val", "1") in TRUE,
        BLACK if colour is None else _colour(colour),
    )


def _ground(fill: etree._Element) -> str:
    pattern = fill.find(SHEET + "patternFill")
    kind = "" if pattern is None else pattern.get("patternType", "none")
    if pattern is None or kind not in ("none", "solid"):
        return ""
    if kind == "none":
        return WHITE
    colour = pattern.find(SHEET + "fgColor")
    return "" if colour is None else _colour(colour, automatic="")


def _colour(element: etree._Element, automatic: str = BLACK) -> str:
    """A colour as RRGGBB where it is known, else as the file names it."""
    rgb, theme, indexed = element.get("rgb"), element.get("theme"), element.get("indexed", "")
    if rgb:
        return rgb[-6:].upper()
    if theme:
        return _THEME.get(theme, f"theme {theme}") if _NO_TINT.fullmatch(element.get("tint", "")) else ""
    if indexed.isdecimal():
        return _INDEXED.get(int(indexed[:9]), f"indexed {indexed}")
    return automatic


def _one(listed: Sequence[_Kind], index: str | None, otherwise: _Kind) -> _Kind:
    number = whole_number(index) or 0
    return listed[number] if number < len(listed) else otherwise
