"""The look of the letters of a Word file, by styles too: struck out, hidden, raised, coloured as their ground."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, cast

from lxml import etree

from perfeval_lint.read.package import Package, searchable
from perfeval_lint.read.unseen import BLACK, WHITE, is_same
from perfeval_lint.read.word.names import BOX, CELL, PARAGRAPH, RUN, TABLE, VAL, W, is_on

_OF_RUN, _OF_PARAGRAPH, _OF_CELL, _OF_TABLE = (W + name for name in ("rPr", "pPr", "tcPr", "tblPr"))
_RUN_STYLE, _PARAGRAPH_STYLE, _TABLE_STYLE = (W + name for name in ("rStyle", "pStyle", "tblStyle"))
_STRIKE, _DOUBLE, _VANISH, _ALIGN, _POSITION, _COLOUR, _SHADE, _HIGHLIGHT = (
    W + name for name in ("strike", "dstrike", "vanish", "vertAlign", "position", "color", "shd", "highlight")
)
_LOOK_TAGS = (_STRIKE, _DOUBLE, _VANISH, _ALIGN, _POSITION, _COLOUR, _HIGHLIGHT)
_SETS_LOOK = re.compile(
    rb"vanish|strike|[\"'](?:super|sub)script[\"']|:position |:sz [^>]*:val=[\"'][0-4][\"']"
    rb"|:color [^>]*:val=[\"'][EFef][0-9A-Fa-f][EFef][0-9A-Fa-f][EFef]"
)
_OF_TABLES = re.compile(rb"\btype=[\"']table")
_RAISED = 3  # half-points from which letters are above the others of their line, or below
_LEVELS = {"superscript": _RAISED, "subscript": -_RAISED}
_SIZE = W + "sz"
_TINY = 4  # half-points: nobody sees letters so small
_TINY_ONES = etree.XPath(f"//w:rPr/w:sz[@w:val <= {_TINY}]", namespaces={"w": W[1:-1]})
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
_LONGEST_CHAIN = 20

Styles = dict[str, etree._Element]


class Look(NamedTuple):
    """The properties of letters that a style or run sets; None and "" where it sets none."""

    struck: bool | None = None
    hidden: bool | None = None
    level: int | None = None  # half-points above the line
    colour: str = ""

    def over(self, under: Look) -> Look:
        """This look where it says something, else the one under it."""
        return Look(
            under.struck if self.struck is None else self.struck,
            under.hidden if self.hidden is None else self.hidden,
            under.level if self.level is None else self.level,
            self.colour or under.colour,
        )


_PLAIN = Look()
_UNKNOWN = "?"  # the colour of a pattern


@dataclass(frozen=True, slots=True)
class Drawn:
    """The look of a run, all its styles taken together."""

    struck: bool
    hidden: bool
    raised: bool
    lowered: bool
    unseen: bool


PLAIN = Drawn(struck=False, hidden=False, raised=False, lowered=False, unseen=False)


class Looks:
    """The looks of one part; `runs` are those that may be drawn otherwise than as plain letters.

    `styles` is the part with the styles, read only where the document names one.
    """

    def __init__(self, root: etree._Element, package: Package, styles: str) -> None:
        self._root = root
        self._package = package
        self._part = styles
        self._styles: Styles | None = None
        fills = {shade.get(W + "fill", "").upper() for shade in root.iter(_SHADE)}
        fills |= {_HIGHLIGHTS.get(mark.get(VAL, ""), "") for mark in root.iter(_HIGHLIGHT)}
        self.runs = set(self._marked_directly(fills))
        if next(root.iter(_RUN_STYLE, _PARAGRAPH_STYLE), None) is not None:
            self.runs.update(self._marked_by_styles())

    def of(self, run: etree._Element) -> Drawn:
        """Returns the look of a run."""
        properties = run.find(_OF_RUN)
        direct = _look(properties)
        look = direct.over(self._styled(run, properties))
        marked = properties is not None and properties.find(_HIGHLIGHT) is not None
        colour = BLACK if marked and look.colour in ("", "AUTO") else look.colour  # which does not turn white there
        unseen = bool(colour) and is_same(colour, self._ground(run))
        level = look.level or 0
        return Drawn(look.struck is True, look.hidden is True, level >= _RAISED, level <= -_RAISED, unseen)

    def _marked_directly(self, fills: set[str]) -> Iterator[etree._Element]:
        for mark in chain(self._root.iter(*_LOOK_TAGS), cast("list[etree._Element]", _TINY_ONES(self._root))):
            properties = mark.getparent()
            run = None if properties is None else properties.getparent()
            if run is not None and run.tag == RUN and _may_matter(mark, fills):
                yield run

    def _marked_by_styles(self) -> Iterator[etree._Element]:
        """The runs in a style that does not draw plain letters."""
        data = self._package.read(self._part)
        if data is None or not any(map(_sets_look, searchable(data).split(b"<w:style "))):
            return
        styles = self._all_styles()
        styled = {name for name in styles if self._chain(name) != _PLAIN}
        for mark in self._root.iter(_RUN_STYLE, _PARAGRAPH_STYLE):
            holder = mark.getparent()
            owner = holder.getparent() if holder is not None and mark.get(VAL) in styled else None
            if owner is not None and owner.tag == PARAGRAPH:
                yield from owner.iter(RUN)
            elif owner is not None and owner.tag == RUN:
                yield owner

    def _all_styles(self) -> Styles:
        """The styles by id, read once."""
        if self._styles is None:
            root = self._package.tree(self._part)
            found = () if root is None else root.iterfind(W + "style")
            self._styles = {style.get(W + "styleId", ""): style for style in found}
        return self._styles

    def _styled(self, run: etree._Element, properties: etree._Element | None) -> Look:
        """Returns the look of a run by its style and its paragraph's; struck out by both, it is not struck out."""
        if not self._styles:
            return _PLAIN
        own = self._chain(_named(properties, _RUN_STYLE))
        around = self._chain(_named(_around(run, PARAGRAPH, _OF_PARAGRAPH), _PARAGRAPH_STYLE))
        toggled = own.over(around)
        return toggled._replace(
            struck=bool(own.struck) != bool(around.struck), hidden=bool(own.hidden) != bool(around.hidden)
        )

    def _chain(self, name: str) -> Look:
        """The look of a style with those it is based on."""
        look, styles = _PLAIN, self._styles or {}
        for _ in range(_LONGEST_CHAIN):
            style = styles.get(name)
            if style is None:
                break
            look = look.over(_look(style.find(_OF_RUN)))
            name = _named(style, W + "basedOn")
        return look

    def _ground(self, run: etree._Element) -> str:
        """The colour behind a run as RRGGBB; "" where it is not known."""
        properties = run.find(_OF_RUN)
        highlight = None if properties is None else properties.find(_HIGHLIGHT)
        if highlight is not None and highlight.get(VAL) != "none":
            return _HIGHLIGHTS.get(highlight.get(VAL, ""), "")
        ground = _fill(properties)
        for holder in () if ground else run.iterancestors(PARAGRAPH, CELL, TABLE, BOX):
            if holder.tag == BOX or (holder.tag == TABLE and self._is_styled(holder)):
                return ""
            own = {PARAGRAPH: _OF_PARAGRAPH, CELL: _OF_CELL, TABLE: _OF_TABLE}[holder.tag]
            ground = _fill(holder.find(own)) or (self._style_fill(holder) if holder.tag == PARAGRAPH else "")
            if ground:
                break
        if not ground and self._root.find(W + "background") is not None:
            return ""
        return "" if ground == _UNKNOWN else ground or WHITE

    def _is_styled(self, table: etree._Element) -> bool:
        """Returns whether the style of a table may colour it."""
        style = self._all_styles().get(_named(table.find(_OF_TABLE), _TABLE_STYLE))
        return style is not None and next(style.iter(_SHADE), None) is not None

    def _style_fill(self, paragraph: etree._Element) -> str:
        name = _named(paragraph.find(_OF_PARAGRAPH), _PARAGRAPH_STYLE)
        style = self._all_styles().get(name) if name else None
        return "" if style is None else _fill(style.find(_OF_PARAGRAPH))


def _look(properties: etree._Element | None) -> Look:
    """Returns the look that the properties of letters set themselves."""
    struck, hidden, level, colour = None, None, None, ""
    for each in () if properties is None else properties:
        if each.tag in (_STRIKE, _DOUBLE):
            struck = bool(struck) or is_on(each)
        elif each.tag == _VANISH:
            hidden = bool(hidden) or is_on(each)
        elif each.tag == _SIZE and 0 < _half_points(each.get(VAL, "")) <= _TINY:
            hidden = True
        elif each.tag == _ALIGN:
            level = (level or 0) + _LEVELS.get(each.get(VAL, ""), 0)
        elif each.tag == _POSITION:
            level = (level or 0) + _half_points(each.get(VAL, ""))
        elif each.tag == _COLOUR:
            colour = each.get(VAL, "").upper()
    return Look(struck, hidden, level, colour)


def _half_points(text: str) -> int:
    return int(text) if re.fullmatch("-?[0-9]{1,8}", text) else 0


def _may_matter(mark: etree._Element, fills: set[str]) -> bool:
    """Returns whether a mark may change how letters look; a colour if it is nearly white, or that of some ground."""
    value = mark.get(VAL, "")
    if mark.tag == _HIGHLIGHT:
        return _HIGHLIGHTS.get(value) == BLACK
    return mark.tag != _COLOUR or value.upper() in fills or is_same(value.upper(), WHITE)


def _sets_look(style: bytes) -> bool:
    """Returns whether a style may change how letters look. The style of a table colours letters with their ground."""
    return _OF_TABLES.search(style[:200]) is None and _SETS_LOOK.search(style) is not None


def _fill(properties: etree._Element | None) -> str:
    """The colour that properties fill the ground with, _UNKNOWN for a pattern; "" where they do not."""
    shade = None if properties is None else properties.find(_SHADE)
    if shade is None or shade.get(VAL) == "nil":
        return ""
    fill = shade.get(W + "fill", "auto").upper()
    if shade.get(VAL, "clear") == "solid":
        fill = shade.get(W + "color", "auto").upper()
        return BLACK if fill == "AUTO" else fill
    if shade.get(VAL, "clear") != "clear":
        return _UNKNOWN
    return "" if fill == "AUTO" else fill


def _around(run: etree._Element, tag: str, properties: str) -> etree._Element | None:
    holder = next(run.iterancestors(tag), None)
    return None if holder is None else holder.find(properties)


def _named(properties: etree._Element | None, tag: str) -> str:
    """The style that properties name; "" where they name none."""
    named = None if properties is None else properties.find(tag)
    return "" if named is None else named.get(VAL, "")
