"""A workbook's styles: light fills over what a cell looks like, and back again.

A fill of ours has a colour that says which fill was there before: the last digit of its green and of its blue are a
number in the palette that the sheet of findings keeps, hidden. So a fill is taken off again wherever its cell has
moved to and whatever program has saved the file since; indexes into the styles would not outlast that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import NamedTuple

from lxml import etree

from perfeval_lint.read.markup import whole_number
from perfeval_lint.read.sheet.xlsx_style import looks_of
from perfeval_lint.read.unseen import is_pale
from perfeval_lint.rule.model import Severity

# Black on them has a contrast of 12:1 and more. A red of FD, FE, CD is nobody's choice of a light colour.
_TINTS = {Severity.ERROR: (0xFD, 0xD0, 0xD0), Severity.WARNING: (0xFE, 0xF0, 0xC0), Severity.INFO: (0xCD, 0xE0, 0xF0)}
_SHADES = 256  # two digits: as many fills can lie below ours
_RGB = re.compile(r"[0-9A-F]{2}([0-9A-F]{2})([0-9A-F]{2})([0-9A-F]{2})", re.IGNORECASE)
_ORDER = "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst".split()
# What a workbook has of each at least; the first two fills are Excel's own whatever is written there.
_LEAST = {
    "fonts": "<font><sz val='11'/><name val='宋体'/></font>",
    "fills": "<fill><patternFill patternType='none'/></fill><fill><patternFill patternType='gray125'/></fill>",
    "borders": "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellXfs": "<xf numFmtId='0' fontId='0' fillId='0' borderId='0'/>",
}
_NO_FILL = 0


class Shade(NamedTuple):
    """A fill of ours: the severity it shows, and the number in the palette of the fill below it."""

    severity: Severity
    number: int

    @property
    def rgb(self) -> str:
        """Its colour as the styles write it."""
        red, green, blue = _TINTS[self.severity]
        return f"FF{red:02X}{green + self.number // 16:02X}{blue + self.number % 16:02X}"


def shade_of(rgb: str) -> Shade | None:
    """The fill of ours that has this colour; None where it is none."""
    match = _RGB.fullmatch(rgb)
    if match is None:
        return None
    red, green, blue = (int(part, 16) for part in match.groups())
    for severity, tint in _TINTS.items():
        if (red, green & 0xF0, blue & 0xF0) == tint:
            return Shade(severity, green % 16 * 16 + blue % 16)
    return None


class Styles:
    """The styles of a workbook, the root of styles.xml as written; new ones are put at its end.

    `before` is the palette of the run before: by number, the style of a cell with that fill; None where there was no
    such run, and no fill is taken for one of ours. `ours` are the styles of cells that run has filled.
    """

    def __init__(self, root: etree._Element, before: Mapping[int, int] | None) -> None:
        self._namespace = etree.QName(root).namespace or ""
        self._root = root
        self._sections = {name: self._section(name) for name in _LEAST}
        self._known = {
            name: {_looks(item): at for at, item in reversed(list(enumerate(section)))}
            for name, section in self._sections.items()
        }
        self._formats = self._sections["cellXfs"]
        self._laid = {} if before is None else dict(self._shades_written())  # fills of ours from that run
        self._below = {number: self._fill_of(style) for number, style in (before or {}).items()}
        self.ours = frozenset(at for at in range(len(self._formats)) if self._fill_of(at) in self._laid)
        self.palette: list[int] = []  # the fills below ours, by number
        # Of letters that cannot be seen, which our fill would show, and of pale ones, which it would hide.
        self._unfilled = {at for at, look in looks_of(root).items() if look.hides() or is_pale(look.font.colour)}

    def bare(self, style: int) -> int:
        """The style a cell had before it got a fill of ours; its own where it has none."""
        shade = self._laid.get(self._fill_of(style))
        return style if shade is None else self._with_fill(style, self._below.get(shade.number, _NO_FILL))

    def filled(self, style: int, severity: Severity) -> int:
        """The style with our fill over it; the style itself where our fill would show or hide its letters, and where
        more fills lie below ours than have a number."""
        bare = self.bare(style)
        if bare in self._unfilled:
            return bare
        below = self._fill_of(bare)
        if below not in self.palette:
            if len(self.palette) == _SHADES:
                return bare
            self.palette.append(below)
        return self._with_fill(bare, self.shade(Shade(severity, self.palette.index(below))))

    def shade(self, shade: Shade) -> int:
        """The index of a fill of ours."""
        colours = f"<fgColor rgb='{shade.rgb}'/><bgColor indexed='64'/>"
        return self.index_of("fills", f"<fill><patternFill patternType='solid'>{colours}</patternFill></fill>")

    def index_of(self, section: str, xml: str) -> int:
        """The index of a font, fill, border or cell format written so; it is put in where it is not there."""
        return self._index(section, self._parsed(xml)[0])

    def _with_fill(self, style: int, fill: int) -> int:
        changed = deepcopy(self._format(style))
        changed.set("fillId", str(fill))
        changed.set("applyFill", "1")
        return self._index("cellXfs", changed)

    def _index(self, name: str, item: etree._Element) -> int:
        section, known, looks = self._sections[name], self._known[name], _looks(item)
        if looks not in known:
            item.tail = None
            section.append(item)
            section.set("count", str(len(section)))
            known[looks] = len(section) - 1
        return known[looks]

    def _format(self, style: int) -> etree._Element:
        return self._formats[style if style < len(self._formats) else 0]

    def _fill_of(self, style: int) -> int:
        return whole_number(self._format(style).get("fillId")) or _NO_FILL

    def _shades_written(self) -> Iterable[tuple[int, Shade]]:
        for at, fill in enumerate(self._sections["fills"]):
            colour = fill.find("{*}patternFill[@patternType='solid']/{*}fgColor")
            if colour is not None and (shade := shade_of(colour.get("rgb", ""))):
                yield at, shade

    def _section(self, name: str) -> etree._Element:
        """A section of the styles, comments in it taken out so that its items are at their index."""
        section = self._root.find(f"{{*}}{name}")
        if section is None:
            section = self._root.makeelement(f"{{{self._namespace}}}{name}")
            after = [child for child in self._root if _place_in_order(child) < _ORDER.index(name)]
            self._root.insert(len(after), section)
        for child in [child for child in section if not isinstance(child.tag, str)]:
            section.remove(child)
        if len(section) == 0:
            section.extend(self._parsed(_LEAST[name]))
            section.set("count", str(len(section)))
        return section

    def _parsed(self, xml: str) -> list[etree._Element]:
        return list(etree.fromstring(f"<all xmlns='{self._namespace}'>{xml}</all>"))


def _place_in_order(child: etree._Element) -> int:
    name = etree.QName(child).localname if isinstance(child.tag, str) else ""
    return _ORDER.index(name) if name in _ORDER else -1


def _looks(item: etree._Element, left_out: str = "applyFill") -> tuple[object, ...]:
    """Returns the properties that items which look the same share; whether a fill is marked as applied is none."""
    attributes = frozenset((name, value) for name, value in item.attrib.items() if name != left_out)
    return (item.tag, attributes, *(_looks(child, "") for child in item if isinstance(child.tag, str)))
