"""The characters of a page of a PDF, through pdfium."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf.geometry import Box, Frame, TooMuch, turned, turned_back

MAX_CHARACTERS = 100_000
NO_CHARACTER = "字体里没有文字编码，个别字符取不出（显示为 �）；请核对原文"
_DAMAGED = "字体数据缺失或已损坏，显示的字与取出的字可能不同；请核对原文"
_NAME = 128  # bytes of a font's name that are looked at
_PART = re.compile(rb"[A-Z]{6}\+")  # before the name of a font of which the file holds the letters it needs
_INVISIBLE_MODES = (3, 7)  # text render modes that put no ink on the page
_OUTLINE_MODES = (1, 5)  # those that draw outlines only
_SMALLEST = 1 / 600  # of the page's shorter side, a point on A4: nobody sees smaller type
_TILTED = math.radians(10)
_CELL = 0.25  # of a page: what cuts off more is the page's own edge
_CUT = "这一格的文字在 PDF 里被截断，只读入了显示出来的部分；请核对原文"
_UNREAL = ("Cc", "Cn", "Co", "Cs")  # control, unassigned, private and half characters
_MEANT = {"\u00a0": " ", "\u00ad": "-"}  # a soft hyphen that is drawn is a hyphen


class Placed(NamedTuple):
    """A text object: its number in the order of drawing, and its marks.

    `own` says that it is on the page itself, not in a drawing put into it: only of these the clip is known in the
    page's space. `layer` says that it belongs to a layer, which may be switched off; `artifact` that the file says
    it is none of the text itself (a page header, a watermark).
    """

    order: int
    own: bool
    layer: bool
    artifact: bool


class Style(NamedTuple):
    """The style of all characters of one text object; `turn` is None for slanted text, `shade` 0 black, 1 white.

    `embedded` says that the file brings the font along, `damaged` that it should and does not.
    """

    visible: bool
    turn: int | None
    size: float
    clip: Box | None
    shade: float
    order: int
    layer: bool
    artifact: bool
    embedded: bool
    damaged: bool


PLAIN = Style(True, 0, 1.0, None, 0.0, 0, False, False, False, False)

_NOWHERE = Placed(0, False, False, False)


class Char(NamedTuple):
    """A glyph with its text, mostly one character. `turn` counts its quarter turns, anticlockwise, as displayed.

    `start`, `end` and `base` lie along and across the direction of reading, `size` is the height of the type.
    `doubt` says why the text may be wrong.
    """

    text: str
    turn: int
    start: float
    end: float
    base: float
    size: float
    doubt: str = ""
    style: Style = PLAIN

    @property
    def box(self) -> Box:
        """The box around the character on the page."""
        high, low = self.base - 0.85 * self.size, self.base + 0.15 * self.size
        return turned_back((self.start, high, self.end, low), self.turn)


class CharReader:
    """Reads the characters of one page, and what is left out: text without ink, slanted, cut off by a clip.

    `placed` are the text objects of the page by their address.
    """

    def __init__(self, frame: Frame, placed: Mapping[int, Placed]) -> None:
        self.tilted = self.cut = 0
        self.unseen: list[str] = []
        self._frame = frame
        self._placed = placed
        self._loose = pdfium.FS_RECTF()
        self._matrix = pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._fonts: dict[int, tuple[bool, bool]] = {}
        self._cut_orders: set[int] = set()  # of the text objects of which a character is cut off
        self._cut_clips: set[Box] = set()

    def read(self, text_page: Any) -> list[Char]:
        """The visible characters of a text page, in its order. Raises TooMuch."""
        chars: list[Char] = []
        styles: dict[int, Style] = {}
        for index, text in _texts(text_page):
            item = pdfium.FPDFText_GetTextObject(text_page, index)
            address = address_of(item)
            style = styles.get(address)
            if style is None:
                style = styles[address] = self._style(text_page, index, item, address)
            if not style.visible:
                self.unseen.append(text)
            elif style.turn is None:
                self.tilted += 1
            else:
                char = self._char(text_page, index, text, style)
                if char is None:
                    continue
                if chars and chars[-1].start == char.start and _same_glyph(chars[-1], char):
                    chars[-1] = char._replace(text=chars[-1].text + char.text, doubt=chars[-1].doubt or char.doubt)
                else:
                    chars.append(char)
        return [self._doubted(char) for char in chars] if self.cut else chars

    def _style(self, text_page: Any, index: int, item: Any, address: int) -> Style:
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item) if item else 0
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(text_page, index, matrix)
        angle = math.atan2(matrix.b, matrix.a) - math.radians(90 * self._frame.rotation)
        quarters = round(angle / (math.pi / 2))
        turn = quarters % 4 if abs(angle - quarters * math.pi / 2) < _TILTED else None
        size = abs(pdfium.FPDFText_GetFontSize(text_page, index)) * math.hypot(matrix.c, matrix.d)
        tiny = 0 < size < _SMALLEST * min(self._frame.size)
        embedded, damaged = self._font(pdfium.FPDFTextObj_GetFont(item)) if item else (False, False)
        order, own, layer, artifact = self._placed.get(address, _NOWHERE)
        return Style(
            visible=mode not in _INVISIBLE_MODES and not tiny,
            turn=turn,
            size=min(size, 1000.0) or 1.0,
            clip=clip_of(item) if own else None,
            shade=shade_of(item, outline=mode in _OUTLINE_MODES) if item else 0.0,
            order=order,
            layer=layer,
            artifact=artifact,
            embedded=embedded,
            damaged=damaged,
        )

    def _font(self, font: Any) -> tuple[bool, bool]:
        """Returns whether a font is embedded, and whether it is missing: named as part of a font, and not there."""
        address = address_of(font)
        found = self._fonts.get(address)
        if found is None:
            embedded = pdfium.FPDFFont_GetIsEmbedded(font) == 1
            name = ctypes.create_string_buffer(_NAME)
            pdfium.FPDFFont_GetBaseFontName(font, name, _NAME)
            found = self._fonts[address] = (embedded, not embedded and bool(_PART.match(name.value)))
        return found

    def _char(self, text_page: Any, index: int, text: str, style: Style) -> Char | None:
        loose, x, y = self._loose, self._x, self._y
        pdfium.FPDFText_GetLooseCharBox(text_page, index, loose)
        pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        if style.clip is not None:
            left, bottom, right, top = style.clip
            middle, height = (loose.left + loose.right) / 2, (loose.bottom + loose.top) / 2
            if not (left <= middle <= right and bottom <= height <= top):
                if not text.isspace():
                    self.cut += 1
                    self._cut_orders.add(style.order)
                    self._cut_clips.add(style.clip)
                return None
        turn = style.turn or 0
        if turn == self._frame.rotation == 0:  # the same, faster: nearly all text
            left, _, _, top = self._frame.bounds
            base, one, other = top - y.value, loose.left - left, loose.right - left
        else:
            base = turned(*self._frame.shown(x.value, y.value), turn)[1]
            one = turned(*self._frame.shown(loose.left, loose.bottom), turn)[0]
            other = turned(*self._frame.shown(loose.right, loose.top), turn)[0]
        if not math.isfinite(base + one + other):
            return None
        unreal = text == "\ufffd" or (
            not text.isspace()
            and (pdfium.FPDFText_HasUnicodeMapError(text_page, index) == 1 or unicodedata.category(text) in _UNREAL)
        )
        shown, doubt = (
            ("\ufffd", NO_CHARACTER) if unreal else (_MEANT.get(text, text), _DAMAGED if style.damaged else "")
        )
        return Char(shown, turn, min(one, other), max(one, other), base, style.size, doubt, style)

    def _doubted(self, char: Char) -> Char:
        """Returns a character with a doubt where others of its text, or of its cell, are cut off."""
        clip = char.style.clip
        if clip is None or char.doubt:
            return char
        left, bottom, right, top = clip
        is_of_cell = (right - left) * (top - bottom) < _CELL * self._frame.size[0] * self._frame.size[1]
        is_cut = char.style.order in self._cut_orders or (is_of_cell and clip in self._cut_clips)
        return char._replace(doubt=_CUT) if is_cut else char


def _texts(text_page: Any) -> Iterator[tuple[int, str]]:
    """The characters that the page draws, by their index; U+FFFD for what is no character. Raises TooMuch."""
    count = pdfium.FPDFText_CountChars(text_page)
    if count > MAX_CHARACTERS:
        raise TooMuch
    high = ""  # the first half of a character above U+FFFF
    for index in range(count):
        if pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if 0x20 <= code < 0xD800 and not high:
            yield index, chr(code)
            continue
        if high and 0xDC00 <= code < 0xE000:
            yield index, (high + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
            high = ""
            continue
        if high:
            yield index - 1, "\ufffd"
        high = chr(code) if 0xD800 <= code < 0xDC00 else ""
        if not high:
            yield index, _text(text_page, index, code)
    if high:
        yield count - 1, "\ufffd"


def _text(text_page: Any, index: int, code: int) -> str:
    if code in (0x2, 0xFFFE) and pdfium.FPDFText_IsHyphen(text_page, index) == 1:
        return "-"  # at the end of a line; pdfium marks it, as a word may go on after it
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "\ufffd"


def _same_glyph(one: Char, other: Char) -> bool:
    """Returns whether two characters are the text of one glyph, as of a ligature: they have the same place."""
    return (
        one.style is other.style
        and (one.start, one.end, one.base) == (other.start, other.end, other.base)
        and one.end > one.start
    )


def clip_of(item: Any) -> Box | None:
    """The box outside which an object is cut off (left, bottom, right, top in its own space)."""
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


def shade_of(item: Any, *, outline: bool = False) -> float:
    """Returns how light an object is drawn on white paper, from 0 (black) to 1 (white)."""
    red, green, blue, alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    colour = pdfium.FPDFPageObj_GetStrokeColor if outline else pdfium.FPDFPageObj_GetFillColor
    if not colour(item, red, green, blue, alpha):
        return 0.0
    light = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) / 255
    return 1 - (1 - light) * alpha.value / 255


def address_of(item: Any) -> int:
    """The address of a pdfium object, by which to know it again."""
    return ctypes.addressof(item.contents) if item else 0
