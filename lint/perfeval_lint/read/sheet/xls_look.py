"""Fonts and grounds of an old Excel workbook, as far as they change what is read."""

from __future__ import annotations

from collections.abc import Container, Sequence

import xlrd

from perfeval_lint.read.sheet.drawn import PLAIN_LOOK, Font, Look, Piece
from perfeval_lint.read.sheet.number.builtin import BUILTIN
from perfeval_lint.read.unseen import BLACK, WHITE

_NO_FILL, _SOLID = 0, 1


class Looks:
    """The looks and number formats of the cell styles of a workbook, and the fonts of runs of letters.

    `unformatted` are the styles whose number format is not in the file.
    """

    def __init__(self, book: xlrd.Book, unformatted: Container[int]) -> None:
        self._colours = book.colour_map
        self._fonts = [self._font(font) for font in book.font_list]
        self._looks = [self._look(style) for style in book.xf_list]
        self._formats = [
            None if at in unformatted else _format(book, style.format_key) for at, style in enumerate(book.xf_list)
        ]

    def of_style(self, style: int) -> Look:
        """The look of a cell style."""
        return self._looks[style] if 0 <= style < len(self._looks) else PLAIN_LOOK

    def format_of(self, style: int) -> str | None:
        """The number format code of a cell style; None where a damaged file names a style it does not have."""
        return self._formats[style] if 0 <= style < len(self._formats) else None

    def pieces(self, text: str, runs: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
        """A text cut where another font begins; `runs` are the place and the font of each."""
        starts = [(0, None), *((at, self._one(font)) for at, font in runs if at < len(text))]
        ends = [*(at for at, _ in starts[1:]), len(text)]
        return tuple((text[at:end], font) for (at, font), end in zip(starts, ends, strict=True) if at < end)

    def _look(self, style: xlrd.formatting.XF) -> Look:
        fill, ground = style.background, WHITE
        if fill is not None and fill.fill_pattern != _NO_FILL:
            ground = self._colour(fill.pattern_colour_index, "") if fill.fill_pattern == _SOLID else ""
        return Look(self._one(style.font_index), ground)

    def _one(self, index: int) -> Font:
        return self._fonts[index] if 0 <= index < len(self._fonts) else Font()

    def _font(self, font: xlrd.formatting.Font) -> Font:
        return Font(font.escapement == 1, bool(font.struck_out), self._colour(font.colour_index, BLACK))

    def _colour(self, index: int, automatic: str) -> str:
        rgb = self._colours.get(index)
        return automatic if rgb is None else "{:02X}{:02X}{:02X}".format(*rgb)


def _format(book: xlrd.Book, key: int) -> str:
    if key in BUILTIN:
        return BUILTIN[key]
    known = book.format_map.get(key)
    return f"#{key}" if known is None else str(known.format_str)
