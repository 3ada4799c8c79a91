"""The boxes that notes open in (vmlDrawing1.vml): ours put in and taken out.

Bytes and not a tree: Excel itself writes boxes whose text is HTML that no XML parser takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from perfeval_lint.annotate.xlsx.survey import Place, Survey
from perfeval_lint.read.sheet.address import MAX_COLUMN
from perfeval_lint.render.measure import line_count

_SHAPE = re.compile(rb"<((?:[A-Za-z]\w*:)?)shape[\s>]")
_ID = re.compile(rb"_x0000_s(\d{1,9})")
_MAP = re.compile(rb"idmap\b[^<>]{0,200}?\bdata=[\"'](\d{1,6})")
_NOTE = re.compile(rb"ObjectType\s*=\s*[\"']Note[\"']")
_ROW = re.compile(rb"<(?:\w+:)?Row>\s*(\d{1,7})\s*<")
_COLUMN = re.compile(rb"<(?:\w+:)?Column>\s*(\d{1,5})\s*<")
_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor>)[^<]*(<)")
_HIDDEN = re.compile(rb"visibility\s*:\s*hidden")
_END = re.compile(rb"</xml\s*>\s*$")
_TYPE = b'id="_x0000_t202"'
_BLOCK = 1024  # ids a drawing takes them from
_NAMESPACES = (
    b' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
# Pixels: a box is wide enough for a line of a hint, and as high as its text within what a screen shows.
_WIDTH, _LEAST, _MOST = 340, 60, 620
_LINE, _PADDING, _EM = 17, 14, 12.5
_FARTHEST = 400  # columns or rows walked over, however small they are
_OFF = 15  # from the cell, so that the arrow shows


@dataclass(frozen=True, slots=True)
class Box:
    """The note of a cell: the last column of the cell (of its range where merged), 0-based, and the text."""

    right: int
    text: str


def no_boxes(block: int) -> bytes:
    """A drawing without boxes, ids from the block of that number."""
    return (
        b"<xml" + _NAMESPACES + b'><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout>'
        b"</xml>" % block
    )


def highest_block(drawing: bytes) -> int:
    """The number of the last block of ids that a drawing takes some from."""
    return max((*_numbers(_MAP, drawing), *(number // _BLOCK for number in _numbers(_ID, drawing))), default=0)


def without_boxes(drawing: bytes, places: Collection[Place]) -> bytes:
    """A drawing without the boxes of the notes on these places."""
    kept, at = [], 0
    for start, end in _shapes(drawing):
        if _place(drawing[start:end]) in places:
            kept.append(drawing[at:start])
            at = end
    return b"".join((*kept, drawing[at:]))


def with_boxes(drawing: bytes, boxes: Mapping[Place, Box], found: Survey) -> bytes | None:
    """A drawing with a box for each place; a hidden box that is there is made as large as its text needs.

    None where the bytes are no drawing.
    """
    end = _END.search(drawing)
    if end is None:
        return None
    body, there = _widened(drawing[: end.start()], boxes, found)
    first = max((*_numbers(_ID, drawing), *(number * _BLOCK for number in _numbers(_MAP, drawing)[:1])), default=_BLOCK)
    new = [place for place in sorted(boxes) if place not in there]
    if new and _TYPE not in body:
        body += _named(_SHAPE_TYPE, drawing)
    for number, place in enumerate(new, first + 1):
        body += _named(_box(place, boxes[place], number, found), drawing)
    return body + drawing[end.start() :]


def _widened(body: bytes, boxes: Mapping[Place, Box], found: Survey) -> tuple[bytes, set[Place]]:
    """The drawing with its boxes on these places made larger, and those places."""
    pieces: list[bytes] = []
    there: set[Place] = set()
    at = 0
    for start, end in _shapes(body):
        shape, place = body[start:end], _place(body[start:end])
        if place is None or place not in boxes:
            continue
        there.add(place)
        if _HIDDEN.search(shape):
            anchor = _anchor(place, boxes[place], found)
            pieces += (body[at:start], _ANCHOR.sub(rb"\g<1>" + anchor + rb"\2", shape, count=1))
            at = end
    return b"".join((*pieces, body[at:])), there


def _box(place: Place, box: Box, number: int, found: Survey) -> bytes:
    height = _height(box.text)
    return (
        b'<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;width:%dpx;height:%dpx;z-index:%d;'
        b'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        b'<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        b'<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        b'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor>'
        b"<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>"
    ) % (number, _WIDTH, height, number % _BLOCK, _anchor(place, box, found), *place)


def _named(xml: bytes, drawing: bytes) -> bytes:
    """Elements of ours with the namespaces they use, where the drawing does not name them v, o and x."""
    head = drawing[: drawing.find(b">") + 1]
    if all(name in head for name in (b"xmlns:v=", b"xmlns:o=", b"xmlns:x=")):
        return xml
    start = xml.find(b" ")
    return xml[:start] + _NAMESPACES + xml[start:]


def _height(text: str) -> int:
    return min(max(line_count(text, (_WIDTH - 10) / _EM) * _LINE + _PADDING, _LEAST), _MOST)


def _anchor(place: Place, box: Box, found: Survey) -> bytes:
    """Returns the place of a box: column, pixels in it, row, pixels in it; of its first corner and of its last."""
    left, top = min(box.right + 1, MAX_COLUMN - 1), max(place[0] - 1, 0)
    right, over = _walked(left, _OFF + _WIDTH, lambda column: found.column(column).pixels)
    bottom, below = _walked(top, 4 + _height(box.text), lambda row: round(found.heights.get(row, found.height) * 4 / 3))
    return b"%d, %d, %d, %d, %d, %d, %d, %d" % (left, _OFF, top, 4, right, over, bottom, below)


def _walked(first: int, pixels: int, size: Callable[[int], int]) -> tuple[int, int]:
    """The column or row that many pixels on from the start of `first`, and the pixels into it."""
    at = first
    while at < first + _FARTHEST and pixels > (here := size(at)):
        pixels, at = pixels - here, at + 1
    return at, min(pixels, size(at))


def _shapes(drawing: bytes) -> Iterator[tuple[int, int]]:
    """Yields the bytes where each shape begins and ends."""
    at = 0
    while match := _SHAPE.search(drawing, at):
        closing = b"</" + match[1] + b"shape>"
        end = drawing.find(closing, match.end())
        if end < 0:
            return
        at = end + len(closing)
        yield match.start(), at


def _place(shape: bytes) -> Place | None:
    """The cell whose note a shape is the box of."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]), int(column[1])) if row and column and _NOTE.search(shape) else None


def _numbers(pattern: re.Pattern[bytes], drawing: bytes) -> list[int]:
    return [int(number) for number in pattern.findall(drawing)]
