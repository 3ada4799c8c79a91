"""One page of a PDF through pdfium: its visible characters, drawn lines and pictures, as the page is displayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf.chars import Char, CharReader
from perfeval_lint.read.pdf.drawing import Drawing
from perfeval_lint.read.pdf.fields import Field, filled_in
from perfeval_lint.read.pdf.geometry import Box, Frame, unturned
from perfeval_lint.read.pdf.marks import Marks
from perfeval_lint.read.pdf.rule import Rule
from perfeval_lint.read.pdf.sight import Sight
from perfeval_lint.read.pdf.strike import crossed, without_struck
from perfeval_lint.read.pdf.watermark import without_watermark


@dataclass(frozen=True, slots=True)
class Page:
    """The characters and lines that a page shows, and what else is on it.

    `pictured` is the share that pictures cover, `drawn` whether it has drawings; `tilted` and `cut` count characters
    that are slanted and those cut off at the edge of a cell; `unseen`, `struck` and `watermarks` are the texts without
    ink, those with a line through them, and those printed palely over the others.
    A page whose text is mostly sideways is read turned by `turn` quarters; `size` is that of the page displayed.
    """

    chars: tuple[Char, ...]
    rules: tuple[Rule, ...]
    pictured: float
    drawn: bool
    tilted: int
    cut: int
    unseen: str
    struck: tuple[str, ...]
    watermarks: tuple[str, ...]
    turn: int
    size: tuple[float, float]

    def displayed(self, box: Box) -> Box:
        """Returns a box of the page as read, on the page as displayed."""
        return unturned(box, self.turn, self.size)


def read_page(page: Any, document: Any, fields: Sequence[Field], marks: Marks) -> Page:
    """Reads a loaded pdfium page (its raw handle) with what is filled in and marked on it. Raises TooMuch."""
    read = _PageReader(page, document, fields, marks, 0).page()
    turns = Counter(char.turn for char in read.chars)
    turn = turns.most_common(1)[0][0] if turns else 0
    return _PageReader(page, document, fields, marks, turn).page() if turn else read


def frame_of(page: Any) -> Frame:
    """Returns the part of a loaded pdfium page that is displayed, and its turn."""
    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, bounds)
    rotation = max(pdfium.FPDFPage_GetRotation(page), 0) % 4
    return Frame((bounds.left, bounds.bottom, bounds.right, bounds.top), rotation)


class _PageReader:
    """Collects what is on one page."""

    def __init__(self, page: Any, document: Any, fields: Sequence[Field], marks: Marks, turn: int) -> None:
        self._page = page
        self._document = document
        self._fields = fields
        self._marks = marks
        self._turn = turn
        self._displayed = frame_of(page)
        self._frame = self._displayed._replace(rotation=(self._displayed.rotation + turn) % 4)
        self._drawing = Drawing(page, self._frame)

    def page(self) -> Page:
        """Everything on the page."""
        reader = CharReader(self._frame, self._drawing.texts)
        text_page = pdfium.FPDFText_LoadPage(self._page)
        try:
            chars = reader.read(text_page) if text_page else []
        finally:
            pdfium.FPDFText_ClosePage(text_page)
        seen = self._seen(chars, reader.unseen)
        reader.unseen += [field.text for field in self._fields if field.hidden]
        filled = self._marks.doubted(filled_in(seen, self._fields, self._frame), self._frame)
        left, rules, struck = without_struck(crossed(filled, self._drawing.slants), self._drawing.rules)
        left, watermarks = without_watermark(left, rules)
        width, height = self._displayed.size
        return Page(
            chars=tuple(left),
            rules=tuple(rules),
            pictured=self._drawing.pictured / max(width * height, 1.0),
            drawn=self._drawing.drawn,
            tilted=reader.tilted,
            cut=reader.cut,
            unseen="".join(reader.unseen).strip(),
            struck=tuple(struck),
            watermarks=(*watermarks, *self._marks.watermarks),
            turn=self._turn,
            size=(width, height),
        )

    def _seen(self, chars: list[Char], unseen: list[str]) -> list[Char]:
        """The characters that are seen; the text of the others goes to `unseen`."""
        displayed = self._displayed.size
        sight = Sight(self._page, self._document, displayed, self._drawing.fills, known=self._drawing.known)
        boxes = partial(unturned, turn=self._turn, size=displayed)
        kept: list[Char] = []
        for char, seen in zip(chars, sight.seen(chars, boxes), strict=True):
            if seen is not None:
                kept.append(seen)
            else:
                unseen.append(char.text)
        return kept
