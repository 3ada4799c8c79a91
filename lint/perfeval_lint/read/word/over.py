"""Shapes that float over the text of a Word document, so that what is behind them is not seen or is crossed out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.package import TRUE
from perfeval_lint.read.shapes import is_filled
from perfeval_lint.read.word.names import BOX, PARAGRAPH

COVERED, CROSSED = "covered", "crossed"
_PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_PRESET = "{http://schemas.openxmlformats.org/drawingml/2006/main}prstGeom"
_VML, _OFFICE = "{urn:schemas-microsoft-com:vml}", "{urn:schemas-microsoft-com:office:office}"
_WRAP = "{urn:schemas-microsoft-com:office:word}wrap"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OLD_SHAPES = tuple(_VML + name for name in ("rect", "roundrect", "oval", "shape", "line", "polyline"))
_GROUP, _LINE = _VML + "group", _VML + "line"
_LINES = ("line", "straightConnector1")
_NOT_OVER = re.compile(r"z-index:\s*-")
_FALSE = ("f", "false", "0")
_HALF = 0.5  # a fill that is clearer shows the text behind it


def over_text(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The paragraphs that a shape floats over, where it is anchored there: COVERED or CROSSED."""
    for shape, kind in (*_drawn(root), *_drawn_in_the_old_way(root)):
        paragraph = next(shape.iterancestors(PARAGRAPH), None)
        if paragraph is not None and kind:
            yield paragraph, kind


def has_text(paragraph: etree._Element) -> bool:
    """Whether a shape of the paragraph holds text."""
    return next(paragraph.iter(BOX), None) is not None


def _drawn(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for floating in root.iter(_PLACED + "anchor"):
        if floating.get("behindDoc", "0") in TRUE or floating.find(_PLACED + "wrapNone") is None:
            continue
        shapes = list(floating.iter(_SHAPE + "wsp"))
        if any(is_filled(shape) for shape in shapes if not _is_line(shape)):
            yield floating, COVERED
        elif any(_is_line(shape) for shape in shapes):
            yield floating, CROSSED


def _is_line(shape: etree._Element) -> bool:
    return any(preset.get("prst") in _LINES for preset in shape.iter(_PRESET))


def _drawn_in_the_old_way(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Shapes of VML, but for those that stand in for newer ones."""
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
    """What a shape of VML does to the text behind it; "" where that is seen."""
    if shape.tag == _LINE or shape.get(_OFFICE + "connectortype") == "straight":
        return CROSSED
    fill = shape.find(_VML + "fill")
    if shape.get("filled", "t") in _FALSE or (fill is not None and _is_clear(fill.get("opacity", "1"))):
        return ""
    see_through = shape.find(_VML + "imagedata") is not None or shape.find(_VML + "textpath") is not None
    return "" if see_through else COVERED


def _is_clear(opacity: str) -> bool:
    number = re.fullmatch(r"([0-9]*\.?[0-9]+)(f|%)?", opacity)
    return number is not None and float(number[1]) / {"f": 65536, "%": 100}.get(number[2] or "", 1) <= _HALF
