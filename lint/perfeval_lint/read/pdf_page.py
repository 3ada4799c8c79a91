"""One page of a PDF through pdfium: its visible characters, drawn lines and pictures, as the page is displayed."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf_chars import Char, CharReader, address_of
from perfeval_lint.read.pdf_geometry import UNIT, Box, Frame, Matrix, TooMuch, moved, times

_MAX_SEGMENTS = 100_000
_MAX_FORMS = 8  # how deep drawings are put into drawings
_THIN = 3.0  # a filled box no thicker is a drawn line
_STRAIGHT = 0.7  # how far the ends of a straight line may be off


class Rule(NamedTuple):
    """A drawn line: level or upright, at which height (or distance from the left), from where to where."""

    level: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows, and what of it is not among the characters.

    `pictured` is the share that pictures cover, `drawn` whether it has drawings; `unseen`, `tilted` and `cut`
    count characters without ink, slanted ones, and those cut off at the edge of a cell.
    A page whose text mostly stands sideways is read turned by `turn` quarters; `size` is that of the page displayed.
    """

    chars: tuple[Char, ...]
    rules: tuple[Rule, ...]
    pictured: float
    drawn: bool
    unseen: int
    tilted: int
    cut: int
    turn: int
    size: tuple[float, float]

    def displayed(self, box: Box) -> Box:
        """Where a box of the page as read is on the page as displayed."""
        left, top, right, bottom = box
        width, height = self.size
        if self.turn == 1:
            return (top, height - right, bottom, height - left)
        if self.turn == 2:
            return (width - right, height - bottom, width - left, height - top)
        return (width - bottom, left, width - top, right) if self.turn == 3 else box


def read_page(page: Any) -> Page:
    """Reads a loaded pdfium page (its raw handle). Raises TooMuch."""
    read = _PageReader(page, 0).page()
    turns = Counter(char.turn for char in read.chars)
    turn = turns.most_common(1)[0][0] if turns else 0
    return _PageReader(page, turn).page() if turn else read


def frame_of(page: Any) -> Frame:
    """What of a loaded pdfium page is displayed, and how it is turned."""
    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, bounds)
    rotation = max(pdfium.FPDFPage_GetRotation(page), 0) % 4
    return Frame((bounds.left, bounds.bottom, bounds.right, bounds.top), rotation)


class _PageReader:
    """Collects what is on one page."""

    def __init__(self, page: Any, turn: int) -> None:
        self._page = page
        self._turn = turn
        self._displayed = frame_of(page)
        self._frame = self._displayed._replace(rotation=(self._displayed.rotation + turn) % 4)
        self._rules: list[Rule] = []
        self._segments = 0
        self._pictured = 0.0
        self._drawn = False
        self._own: set[int] = set()  # the text objects that stand on the page itself

    def page(self) -> Page:
        """Everything on the page."""
        count = pdfium.FPDFPage_CountObjects(self._page)
        for index in range(count):
            self._object(pdfium.FPDFPage_GetObject(self._page, index), UNIT, 0)
        reader = CharReader(self._frame, self._own)
        text_page = pdfium.FPDFText_LoadPage(self._page)
        try:
            chars = reader.read(text_page) if text_page else []
        finally:
            pdfium.FPDFText_ClosePage(text_page)
        width, height = self._displayed.size
        return Page(
            chars=tuple(chars),
            rules=tuple(self._rules),
            pictured=self._pictured / max(width * height, 1.0),
            drawn=self._drawn,
            unseen=reader.unseen,
            tilted=reader.tilted,
            cut=reader.cut,
            turn=self._turn,
            size=(width, height),
        )

    def _object(self, item: Any, outer: Matrix, depth: int) -> None:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if depth == 0:
                self._own.add(address_of(item))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(item, times(_matrix(item), outer))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            a, b, c, d, *_ = times(_matrix(item), outer)
            self._pictured += abs(a * d - b * c)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORMS:
            inner = times(_matrix(item), outer)
            for index in range(pdfium.FPDFFormObj_CountObjects(item)):
                self._count(1)
                self._object(pdfium.FPDFFormObj_GetObject(item, index), inner, depth + 1)

    def _count(self, number: int) -> None:
        self._segments += number
        if self._segments > _MAX_SEGMENTS:
            raise TooMuch

    def _path(self, item: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
        if not (fill.value or stroke.value):
            return
        self._drawn = True
        for points in self._outlines(item, matrix):
            if stroke.value:
                for (x1, y1), (x2, y2) in pairwise(points):
                    self._line(x1, y1, x2, y2)
            else:
                self._thin_box(points)

    def _outlines(self, item: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
        """The straight outlines of a path, as displayed; those with a curve are left out."""
        count = pdfium.FPDFPath_CountSegments(item)
        self._count(max(count, 1))
        points: list[tuple[float, float]] = []
        curved = False
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if not curved:
                    yield points
                points, curved = [], False
            curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            points.append(self._frame.shown(*moved(x.value, y.value, matrix)))
            if pdfium.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if not curved:
            yield points

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        if abs(y1 - y2) <= _STRAIGHT and abs(x1 - x2) > abs(y1 - y2):
            self._rules.append(Rule(True, (y1 + y2) / 2, min(x1, x2), max(x1, x2)))
        elif abs(x1 - x2) <= _STRAIGHT and abs(y1 - y2) > abs(x1 - x2):
            self._rules.append(Rule(False, (x1 + x2) / 2, min(y1, y2), max(y1, y2)))

    def _thin_box(self, points: list[tuple[float, float]]) -> None:
        if len(points) < 2:
            return
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        if bottom - top <= min(_THIN, right - left):
            self._rules.append(Rule(True, (top + bottom) / 2, left, right))
        elif right - left <= min(_THIN, bottom - top):
            self._rules.append(Rule(False, (left + right) / 2, top, bottom))


def _matrix(item: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
