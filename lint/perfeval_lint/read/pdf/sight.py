"""The characters of a PDF that are seen: not those covered, in the paper's colour, or on a layer switched off."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf.chars import Char
from perfeval_lint.read.pdf.geometry import Box, bound

_DOUBT = "这一格的文字可能看不见（与底色相同，或在关闭的图层上）；请核对原文"
_STRIP = 24.0  # points: boxes are looked up by the strip of the page they reach
_LIKE = 0.1  # how far apart the shades of text and ground are for it to be hard to see
_SCALE = 3.0  # pixels a point that a page is drawn with to look for ink
_WHOLE = 0.9  # the share of a picture that hides what is under it, where it has no holes but edges
_INK = 8  # how far apart the grey of pixels (0 to 255) is where there is ink


class Fill(NamedTuple):
    """A filled box or a picture: where, when in the order of drawing, how light (None for pictures).

    `opaque` ones hide what is under them; of a picture (its raw handle) that is still to be found out.
    """

    box: Box
    order: int
    shade: float | None
    opaque: bool
    picture: Any = None


class Sight:
    """Finds the characters that are seen on a loaded page (its raw handle, and that of its document).

    What a filled box hides is computed; where that does not decide, the page is drawn and looked at. That says nothing
    of Chinese letters in a font that this machine may not have: they are hidden only where the ground is `known`, all
    of the page that is filled being boxes, else doubted. `size` is that of the page as displayed.
    """

    def __init__(
        self, page: Any, document: Any, size: tuple[float, float], fills: Sequence[Fill], *, known: bool
    ) -> None:
        self._page = page
        self._document = document
        self._size = size
        self._known = known
        self._strips: dict[int, list[Fill]] = {}
        for fill in fills:
            for strip in _strips(fill.box):
                self._strips.setdefault(strip, []).append(fill)
        self._opaque: dict[int, bool] = {}
        self._rendered: _Rendered | None = None

    def seen(self, chars: Sequence[Char], displayed: Callable[[Box], Box]) -> list[Char | None]:
        """Each character, doubted where it may not be seen, and None for those that are not.

        `displayed` gives where a box of theirs is on the page as displayed. Raises TooMuch.
        """
        bound(len(chars) * max(map(len, self._strips.values()), default=0))
        found: list[Char | None] = []
        unsure: dict[int, list[int]] = {}  # by text, the characters that only a look decides
        for index, char in enumerate(chars):
            covered, ground = self._around(char) if self._strips else (False, 1.0)
            if char.style.layer or (ground is not None and abs(ground - char.style.shade) < _LIKE):
                unsure.setdefault(id(char.style), []).append(index)
            found.append(None if covered else char)
        for places in unsure.values():
            inked = [index for index in places if not chars[index].text.isspace()]
            if 2 * sum(self._has_ink(displayed(chars[index].box)) for index in inked) < len(inked):
                for index in places:
                    found[index] = found[index] and self._without_ink(chars[index])
        return found

    def _without_ink(self, char: Char) -> Char | None:
        """A character where the page, as it is drawn here, has none."""
        if char.style.embedded or char.text.isascii() or (self._known and not char.style.layer):
            return None
        return char._replace(doubt=char.doubt or _DOUBT)

    def _around(self, char: Char) -> tuple[bool, float | None]:
        """Returns whether something covers the character, and how light the ground is; None where that is a picture."""
        ground: float | None = 1.0
        left, top, right, bottom = _core(char.box)
        for fill in self._strips.get(int(top // _STRIP), ()):
            if fill.box[0] <= left and fill.box[1] <= top and right <= fill.box[2] and bottom <= fill.box[3]:
                if fill.order < char.style.order:
                    ground = fill.shade
                elif self._hides(fill):
                    return True, ground
        return False, ground

    def _hides(self, fill: Fill) -> bool:
        if not fill.opaque or not fill.picture:
            return fill.opaque
        if fill.order not in self._opaque:
            self._opaque[fill.order] = self._is_opaque(fill.picture)
        return self._opaque[fill.order]

    def _is_opaque(self, picture: Any) -> bool:
        bitmap = pdfium.FPDFImageObj_GetRenderedBitmap(self._document, self._page, picture)
        if not bitmap:
            return False
        try:
            size = pdfium.FPDFBitmap_GetStride(bitmap) * pdfium.FPDFBitmap_GetHeight(bitmap)
            if pdfium.FPDFBitmap_GetFormat(bitmap) != pdfium.FPDFBitmap_BGRA:
                return True
            depths = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), size)[3::4]
            return depths.count(255) > _WHOLE * len(depths)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)

    def _has_ink(self, box: Box) -> bool:
        if self._rendered is None:
            self._rendered = _Rendered(self._page, self._size)
        return self._rendered.has_ink(box)


def _core(box: Box) -> Box:
    """The middle of a character's box."""
    left, top, right, bottom = box
    across, down = (right - left) / 4, (bottom - top) / 4
    return (left + across, top + down, right - across, bottom - down)


def _strips(box: Box) -> range:
    top, bottom = (int(min(max(side, -1e5), 1e5) // _STRIP) for side in (box[1], box[3]))
    return range(max(top, -100), min(bottom, 1000) + 1)


class _Rendered:
    """A page drawn in grey."""

    def __init__(self, page: Any, size: tuple[float, float]) -> None:
        self._scale = min(_SCALE, 4000 / max(*size, 1.0))
        self._width, self._height = (max(int(side * self._scale), 1) for side in size)
        bitmap = pdfium.FPDFBitmap_CreateEx(self._width, self._height, pdfium.FPDFBitmap_Gray, None, 0)
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, self._width, self._height, 0xFFFFFFFF)
            pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, self._width, self._height, 0, pdfium.FPDF_GRAYSCALE)
            self._stride = pdfium.FPDFBitmap_GetStride(bitmap)
            data = pdfium.FPDFBitmap_GetBuffer(bitmap)
            self._pixels = ctypes.string_at(data, self._stride * self._height)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)

    def has_ink(self, box: Box) -> bool:
        """Returns whether there is anything but ground in a box of the page as displayed."""
        left, top, right, bottom = (side * self._scale for side in box)
        first, last = max(int(left), 0), min(int(right) + 1, self._width)
        rows = range(max(int(top), 0), min(int(bottom) + 1, self._height))
        pixels = b"".join(self._pixels[row * self._stride + first : row * self._stride + last] for row in rows)
        return bool(pixels) and max(pixels) - min(pixels) > _INK
