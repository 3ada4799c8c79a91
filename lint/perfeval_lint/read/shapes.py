"""Shapes drawn over a document or a sheet, as DrawingML writes them: whether what is behind one can be seen."""

from __future__ import annotations

from lxml import etree

from perfeval_lint.read.markup import DRAWING, whole_number

_FILLS = frozenset(DRAWING + name for name in ("solidFill", "gradFill", "pattFill"))
_NO_FILL = frozenset(DRAWING + name for name in ("noFill", "blipFill", "grpFill"))  # a picture may be clear in places
_OF_THEME = DRAWING + "fillRef"
OPAQUE = 0.5  # a fill that is no more so shows the text behind it


def is_filled(shape: etree._Element) -> bool:
    """Returns whether a shape is filled with a colour, by its own properties or else by the theme."""
    for properties in shape:
        if etree.QName(properties).localname == "spPr":
            for fill in properties:
                if fill.tag in _FILLS:
                    return _is_opaque(fill)
                if fill.tag in _NO_FILL:
                    return False
    return any(each.get("idx", "0") != "0" for each in shape.iter(_OF_THEME))


def _is_opaque(fill: etree._Element) -> bool:
    shares = (whole_number(each.get("val")) for each in fill.iter(DRAWING + "alpha"))  # thousandths of a percent
    return all(share / 100_000 > OPAQUE for share in shares if share is not None)
