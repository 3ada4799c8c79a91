"""Fonts, grounds and hiding number formats of an OpenDocument workbook, through the chains of its styles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.sheet.drawn import Font, Look
from perfeval_lint.read.sheet.ods_names import STYLE
from perfeval_lint.read.unseen import BLACK, WHITE

_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_PROPERTIES = (STYLE + "text-properties", STYLE + "table-cell-properties")
_POSITION, _COLOUR = STYLE + "text-position", _FO + "color"
_THROUGH = (STYLE + "text-line-through-style", STYLE + "text-line-through-type")  # either says it all
_GROUND, _AUTOMATIC, _FORMAT = _FO + "background-color", STYLE + "use-window-font-color", STYLE + "data-style-name"
_RGB = re.compile(r"#([0-9a-fA-F]{6})")
_RAISED = re.compile(r"super|[1-9][0-9]*(?:\.[0-9]+)?%")
_DEEPEST = 20  # styles based on one another
CELL, _LETTERS, ROW, COLUMN = "table-cell", "text", "table-row", "table-column"
_SIZES = {ROW: (f"{STYLE}table-row-properties", STYLE + "row-height"),
          COLUMN: (f"{STYLE}table-column-properties", STYLE + "column-width")}  # fmt: skip
_LENGTH = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,20})?)(pt|in|mm|cm)")
_POINTS = {"pt": 1.0, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54}
_FLAT = 1.5  # points: a line of the screen, that shows no letter


class Looks:
    """The looks of the styles of a workbook, each found out once."""

    def __init__(self, *roots: etree._Element | None) -> None:
        named = [element for root in roots if root is not None for element in root.iter(STYLE + "style")]
        self._styles = {(one.get(STYLE + "family"), one.get(STYLE + "name")): one for one in reversed(named)}
        self._hiding = {name for root in roots if root is not None for name in _hiding_formats(root)}
        self._looks: dict[str, Look] = {}
        self._unshown: dict[str, bool] = {}

    def of_cell(self, name: str) -> Look:
        """The font and the ground of a cell style."""
        if name not in self._looks:
            said = self._said(CELL, name)
            ground = said.get(_GROUND, "transparent")
            self._looks[name] = Look(_font(said, Font()), WHITE if ground == "transparent" else _rgb(ground, ""))
        return self._looks[name]

    def of_letters(self, name: str, cell: Font) -> Font:
        """The font of a span of letters in a cell: its own, where it says nothing that of the cell."""
        return _font(self._said(_LETTERS, name), cell)

    def hides_text(self, name: str) -> bool:
        """Returns whether the number format of a cell style shows no text (;;;)."""
        if name not in self._unshown:
            self._unshown[name] = bool(self._hiding) and self._said(CELL, name).get(_FORMAT) in self._hiding
        return self._unshown[name]

    def _said(self, family: str, name: str) -> dict[str, str]:
        """Returns the properties that a style and those it is based on set; the nearest one wins."""
        found: dict[str, str] = {}
        for style in self._chain(family, name):
            own = {str(key): str(value) for child in style if child.tag in _PROPERTIES for key, value in child.items()}
            own |= {_FORMAT: str(style.get(_FORMAT))} if style.get(_FORMAT) else {}
            found = own | found
        return found

    def _chain(self, family: str, name: str) -> Iterator[etree._Element]:
        for _ in range(_DEEPEST):
            style = self._styles.get((family, name))
            if style is None:
                return
            yield style
            name = style.get(STYLE + "parent-style-name", "")


def flat_styles(root: etree._Element) -> Iterator[tuple[str, str]]:
    """The styles of rows and columns too small for letters, each with its family."""
    for family, (properties, size) in _SIZES.items():
        for element in root.iter(properties):
            length = _LENGTH.fullmatch(element.get(size, ""))
            style = element.getparent()
            if style is not None and length and float(length[1]) * _POINTS[length[2]] < _FLAT:
                yield family, style.get(STYLE + "name", "")


def _font(said: dict[str, str], base: Font) -> Font:
    position = said.get(_POSITION)
    through = [said[name] for name in _THROUGH if name in said]
    colour = BLACK if said.get(_AUTOMATIC) == "true" else _rgb(said.get(_COLOUR, ""), base.colour)
    return Font(
        base.raised if position is None else _RAISED.match(position) is not None,
        "none" not in through if through else base.struck,
        colour,
    )


def _rgb(text: str, otherwise: str) -> str:
    match = _RGB.fullmatch(text)
    return match[1].upper() if match else otherwise


def _hiding_formats(root: etree._Element) -> Iterator[str]:
    for element in root.iter(_NUMBER + "text-style"):
        if not any(child.tag in (_NUMBER + "text-content", _NUMBER + "text") for child in element):
            yield element.get(STYLE + "name", "")
