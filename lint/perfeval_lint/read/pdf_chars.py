"""The characters of a page of a PDF, through pdfium."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Set
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf_geometry import Box, Frame, TooMuch, turned, turned_back

MAX_CHARACTERS = 100_000
_INVISIBLE_MODES = (3, 7)  # text render modes that put no ink on the page
_TILTED = math.radians(10)
_UNREAL = ("Cc", "Cn", "Co", "Cs")  # control, unassigned, private and half characters


class Char(NamedTuple):
    """A visible character. `turn` counts quarter turns of its text, anticlockwise, as displayed.

    `start`, `end` and `base` lie along and across the direction of reading, `size` is the height of the type.
    """

    text: str
    turn: int
    start: float
    end: float
    base: float
    size: float
    doubtful: bool

    @property
    def box(self) -> Box:
        """Where the character stands on the page."""
        high, low = self.base - 0.85 * self.size, self.base + 0.15 * self.size
        return turned_back((self.start, high, self.end, low), self.turn)


class _Style(NamedTuple):
    """What the characters of one text object share; `turn` is None for slanted text."""

    visible: bool
    turn: int | None
    size: float
    clip: Box | None


class CharReader:
    """Reads the characters of one page, and counts those left out: without ink, slanted, cut off by a clip.

    `own` are the addresses of the text objects that stand on the page itself, not in a drawing put into it:
    only of these the clip is known in the page's space.
    """

    def __init__(self, frame: Frame, own: Set[int]) -> None:
        self.unseen = self.tilted = self.cut = 0
        self._frame = frame
        self._own = own

    def read(self, text_page: Any) -> list[Char]:
        """The visible characters of a text page, in its order. Raises TooMuch."""
        count = pdfium.FPDFText_CountChars(text_page)
        if count > MAX_CHARACTERS:
            raise TooMuch
        chars: list[Char] = []
        styles: dict[int, _Style] = {}
        high = ""  # the first half of a character above U+FFFF
        for index in range(count):
            if pdfium.FPDFText_IsGenerated(text_page, index) == 1:
                continue
            item = pdfium.FPDFText_GetTextObject(text_page, index)
            address = address_of(item)
            style = styles.get(address)
            if style is None:
                style = styles[address] = self._style(text_page, index, item, address)
            text = high + chr(pdfium.FPDFText_GetUnicode(text_page, index))
            if "\ud800" <= text < "\udc00" and len(text) == 1:
                high = text
                continue
            high = ""
            if not style.visible:
                self.unseen += not text.isspace()
            elif style.turn is None:
                self.tilted += 1
            else:
                char = self._char(text_page, index, text, style)
                if char is not None:
                    chars.append(char)
        return chars

    def _style(self, text_page: Any, index: int, item: Any, address: int) -> _Style:
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item) if item else 0
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(text_page, index, matrix)
        angle = math.atan2(matrix.b, matrix.a) - math.radians(90 * self._frame.rotation)
        quarters = round(angle / (math.pi / 2))
        turn = quarters % 4 if abs(angle - quarters * math.pi / 2) < _TILTED else None
        size = pdfium.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
        clip = self._clip(item) if address in self._own else None
        return _Style(mode not in _INVISIBLE_MODES, turn, min(abs(size), 1000.0) or 1.0, clip)

    def _clip(self, item: Any) -> Box | None:
        """The box outside which a text object is cut off, in the page's own space; None where there is none."""
        path = pdfium.FPDFPageObj_GetClipPath(item)
        left, bottom, right, top = -math.inf, -math.inf, math.inf, math.inf
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(pdfium.FPDFClipPath_CountPaths(path) if path else 0):
            count = pdfium.FPDFClipPath_CountPathSegments(path, index)
            if not 1 < count <= 8:
                continue
            points = []
            for number in range(count):
                pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(path, index, number), x, y)
                points.append((x.value, y.value))
            left, right = max(left, min(x for x, _ in points)), min(right, max(x for x, _ in points))
            bottom, top = max(bottom, min(y for _, y in points)), min(top, max(y for _, y in points))
        return (left, bottom, right, top)

    def _char(self, text_page: Any, index: int, text: str, style: _Style) -> Char | None:
        loose = pdfium.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetLooseCharBox(text_page, index, loose)
        pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        if style.clip is not None:
            left, bottom, right, top = style.clip
            middle, height = (loose.left + loose.right) / 2, (loose.bottom + loose.top) / 2
            if not (left <= middle <= right and bottom <= height <= top):
                self.cut += not text.isspace()
                return None
        turn = style.turn or 0
        base = turned(*self._frame.shown(x.value, y.value), turn)[1]
        one = turned(*self._frame.shown(loose.left, loose.bottom), turn)[0]
        other = turned(*self._frame.shown(loose.right, loose.top), turn)[0]
        doubtful = not text.isspace() and (
            pdfium.FPDFText_HasUnicodeMapError(text_page, index) == 1 or unicodedata.category(text) in _UNREAL
        )
        if not all(map(math.isfinite, (base, one, other))):
            return None
        shown = "\ufffd" if doubtful else _plain(text)
        return Char(shown, turn, min(one, other), max(one, other), base, style.size, doubtful)


def _plain(text: str) -> str:
    """The character meant: fonts name some by the look-alike radical (⼯ for 工), or by a no-break space."""
    return unicodedata.normalize("NFKC", text) if "\u2e80" <= text <= "\u2fdf" or text == "\xa0" else text


def address_of(item: Any) -> int:
    """The address of a pdfium object, by which to know it again."""
    return ctypes.cast(item, ctypes.c_void_p).value or 0
