"""Shapes drawn over a document or a sheet, as DrawingML writes them: whether what is behind one can be seen."""

from __future__ import annotations

from lxml import etree

_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FILLS = frozenset(_DRAWN + name for name in ("solidFill", "gradFill", "pattFill"))
_NO_FILL = frozenset(_DRAWN + name for name in ("noFill", "blipFill", "grpFill"))  # a picture may be clear in places
_OF_THEME = _DRAWN + "fillRef"
_OPAQUE = 50_000  # thousandths of a percent: what is less so shows the text behind it


def is_filled(shape: etree._Element) -> bool:
    """Whether a shape is filled with a colour, by its own properties or else by the theme."""
    for properties in shape:
        if etree.QName(properties).localname == "spPr":
            for fill in properties:
                if fill.tag in _FILLS:
                    return _is_opaque(fill)
                if fill.tag in _NO_FILL:
                    return False
    return any(each.get("idx", "0") != "0" for each in shape.iter(_OF_THEME))


def _is_opaque(fill: etree._Element) -> bool:
    shares = (each.get("val", "") for each in fill.iter(_DRAWN + "alpha"))
    return all(int(share) > _OPAQUE for share in shares if share.isdecimal() and len(share) < 9)
