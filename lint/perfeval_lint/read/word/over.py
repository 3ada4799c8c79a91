"""Shapes that float over the text of a Word document, so that what is behind them is not seen or is crossed out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.markup import COMPATIBILITY, DRAWING, IN_WORD, TRUE, VML
from perfeval_lint.read.shapes import OPAQUE, is_filled
from perfeval_lint.read.word.names import BOX, PARAGRAPH

COVERED, CROSSED = "covered", "crossed"
_SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_PRESET = DRAWING + "prstGeom"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_WRAP = "{urn:schemas-microsoft-com:office:word}wrap"
_FALLBACK = COMPATIBILITY + "Fallback"
_OLD_SHAPES = tuple(VML + name for name in ("rect", "roundrect", "oval", "shape", "line", "polyline"))
_GROUP, _LINE = VML + "group", VML + "line"
_LINES = ("line", "straightConnector1")
_NOT_OVER = re.compile(r"z-index:\s*-")
_FALSE = ("f", "false", "0")


def over_text(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The paragraphs that a shape floats over, where it is anchored there: COVERED or CROSSED."""
    for shape, kind in (*_drawn(root), *_drawn_in_the_old_way(root)):
        paragraph = next(shape.iterancestors(PARAGRAPH), None)
        if paragraph is not None and kind:
            yield paragraph, kind


def has_text(paragraph: etree._Element) -> bool:
    """Returns whether a shape of the paragraph holds text."""
    return next(paragraph.iter(BOX), None) is not None


def _drawn(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for floating in root.iter(IN_WORD + "anchor"):
        if floating.get("behindDoc", "0") in TRUE or floating.find(IN_WORD + "wrapNone") is None:
            continue
        shapes = list(floating.iter(_SHAPE + "wsp"))
        if any(is_filled(shape) for shape in shapes if not _is_line(shape)):
            yield floating, COVERED
        elif any(_is_line(shape) for shape in shapes):
            yield floating, CROSSED


def _is_line(shape: etree._Element) -> bool:
    return any(preset.get("prst") in _LINES for preset in shape.iter(_PRESET))


def _drawn_in_the_old_way(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Shapes of VML, but for those that are fallbacks for newer ones."""
    for shape in root.iter(*_OLD_SHAPES):
        holders = [each.tag for each in shape.iterancestors(_FALLBACK, _GROUP)]
        if _FALLBACK in holders:
            continue
        whole = shape if _GROUP not in holders else list(shape.iterancestors(_GROUP))[-1]
        style, wrap = whole.get("style", "").lower(), whole.find(_WRAP)
        if "position:absolute" not in style.replace(" ", "") or _NOT_OVER.search(style):
            continue
        if wrap is None or wrap.get("type", "none") == "none":
            yield shape, _kind(shape)


def _kind(shape: etree._Element) -> str:
    """Returns COVERED or CROSSED, by what a shape of VML does to the text behind it; "" where that is seen."""
    if shape.tag == _LINE or shape.get(_OFFICE + "connectortype") == "straight":
        return CROSSED
    fill = shape.find(VML + "fill")
    if shape.get("filled", "t") in _FALSE or (fill is not None and _is_clear(fill.get("opacity", "1"))):
        return ""
    see_through = shape.find(VML + "imagedata") is not None or shape.find(VML + "textpath") is not None
    return "" if see_through else COVERED


def _is_clear(opacity: str) -> bool:
    number = re.fullmatch(r"([0-9]*\.?[0-9]+)(f|%)?", opacity)
    return number is not None and float(number[1]) / {"f": 65536, "%": 100}.get(number[2] or "", 1) <= OPAQUE
