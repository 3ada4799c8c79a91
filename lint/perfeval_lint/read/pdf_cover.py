"""Which characters of a PDF are seen: not those covered, in the paper's colour, or on a layer switched off."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf_chars import Char
from perfeval_lint.read.pdf_geometry import Box

_STRIP = 24.0  # points: boxes are looked up by the strip of the page they reach
_PALE = 0.9  # from this shade on, text may be white on white
_LIKE = 0.1  # how far apart the shades of text and ground are for it to be hard to see
_SCALE = 3.0  # pixels a point that a page is drawn with to look for ink
_INK = 8  # how far apart the grey of pixels (0 to 255) is where there is ink


class Fill(NamedTuple):
    """A filled box or a picture: where, when in the order of drawing, how light; `opaque` ones hide what is under."""

    box: Box
    order: int
    shade: float
    opaque: bool
    picture: bool


class Sight:
    """Tells which characters of a loaded page (its raw handle) are seen.

    What a filled box hides is reckoned; where that does not tell, the page is drawn and looked at.
    `size` is that of the page as displayed.
    """

    def __init__(self, page: Any, size: tuple[float, float], fills: Sequence[Fill]) -> None:
        self._page = page
        self._size = size
        self._strips: dict[int, list[Fill]] = {}
        for fill in fills:
            for strip in _strips(fill.box):
                self._strips.setdefault(strip, []).append(fill)
        self._picture: _Picture | None = None

    def seen(self, chars: Sequence[Char], displayed: Iterable[Box]) -> Iterator[bool]:
        """Whether each character is seen; `displayed` are their boxes on the page as displayed."""
        for char, box in zip(chars, displayed, strict=True):
            over, under = self._around(char)
            if any(not fill.picture for fill in over):
                yield False
            elif over or char.style.layer or char.style.shade >= _PALE or _is_alike(char, under):
                yield self._has_ink(box)
            else:
                yield True

    def _around(self, char: Char) -> tuple[list[Fill], Fill | None]:
        """What is drawn over the character, and the last that is drawn under it."""
        over: list[Fill] = []
        under = None
        left, top, right, bottom = _core(char.box)
        for fill in self._strips.get(int(top // _STRIP), ()):
            if fill.box[0] <= left and fill.box[1] <= top and right <= fill.box[2] and bottom <= fill.box[3]:
                if fill.order < char.style.order:
                    under = fill
                elif fill.opaque:
                    over.append(fill)
        return over, under

    def _has_ink(self, box: Box) -> bool:
        if self._picture is None:
            self._picture = _Picture(self._page, self._size)
        return self._picture.has_ink(box)


def _is_alike(char: Char, under: Fill | None) -> bool:
    return under is not None and not under.picture and abs(under.shade - char.style.shade) < _LIKE


def _core(box: Box) -> Box:
    """The middle of a character's box."""
    left, top, right, bottom = box
    across, down = (right - left) / 4, (bottom - top) / 4
    return (left + across, top + down, right - across, bottom - down)


def _strips(box: Box) -> range:
    top, bottom = (int(min(max(side, -1e5), 1e5) // _STRIP) for side in (box[1], box[3]))
    return range(max(top, -100), min(bottom, 1000) + 1)


class _Picture:
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
        """Whether there is anything but ground in a box of the page as displayed."""
        left, top, right, bottom = (side * self._scale for side in box)
        first, last = max(int(left), 0), min(int(right) + 1, self._width)
        rows = range(max(int(top), 0), min(int(bottom) + 1, self._height))
        pixels = b"".join(self._pixels[row * self._stride + first : row * self._stride + last] for row in rows)
        return bool(pixels) and max(pixels) - min(pixels) > _INK
