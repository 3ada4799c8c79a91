"""Drawings on a page of a PDF beside its text: lines, filled boxes, pictures; and the places of its text objects."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf.chars import Placed, address_of, clip_of, shade_of
from perfeval_lint.read.pdf.geometry import UNIT, Box, Frame, Matrix, TooMuch, box_of, moved, times
from perfeval_lint.read.pdf.rule import Rule
from perfeval_lint.read.pdf.sight import Fill

_MAX_SEGMENTS = 100_000
_MAX_FORMS = 8  # how deep drawings are put into drawings
SCANNED = 0.5  # the share of a page that its picture covers on a scanned one
_THIN = 3.0  # a filled box no thicker is a drawn line
_ENDS = 2
_STRAIGHT = 0.7  # how far the ends of a straight line may be off


class _Marks(NamedTuple):
    """The marks of a part of a page: whether it is on a layer, and whether it is none of the text itself."""

    layer: bool
    artifact: bool

    def joined(self, item: Any) -> _Marks:
        """Those of an object in such a part."""
        count = pdfium.FPDFPageObj_CountMarks(item)
        if count <= 0:
            return self
        names = {_name(pdfium.FPDFPageObj_GetMark(item, index)) for index in range(count)}
        return _Marks(self.layer or "OC" in names, self.artifact or "Artifact" in names)


_NO_MARKS = _Marks(layer=False, artifact=False)


def _name(mark: Any) -> str:
    buffer = (pdfium.FPDF_WCHAR * 16)()
    size = ctypes.c_ulong()
    if not pdfium.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), size):
        return ""
    return bytes(buffer)[: max(size.value - 2, 0)].decode("utf-16-le", "replace")


class Drawing:
    """The drawn objects of a loaded page (its raw handle), as displayed in a frame. Raises TooMuch.

    `rules` are its lines, `slants` the slanted ones by themselves, `fills` its filled boxes
    and pictures, `texts` its text objects by their address. `pictured` is the area that pictures cover; `known` says
    that all that is filled are boxes.
    """

    def __init__(self, page: Any, frame: Frame) -> None:
        self.rules: list[Rule] = []
        self.slants: list[Box] = []
        self.fills: list[Fill] = []
        self.texts: dict[int, Placed] = {}
        self.pictured = 0.0
        self.drawn = False
        self.known = True
        self._frame = frame
        self._segments = 0
        self._order = 0
        for index in range(pdfium.FPDFPage_CountObjects(page)):
            self._object(pdfium.FPDFPage_GetObject(page, index), UNIT, 0, _NO_MARKS)

    def _object(self, item: Any, outer: Matrix, depth: int, above: _Marks) -> None:
        kind = pdfium.FPDFPageObj_GetType(item)
        self._order += 1
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            marks = above.joined(item)
            self.texts[address_of(item)] = Placed(self._order, depth == 0, marks.layer, marks.artifact)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(item, times(_matrix(item), outer), depth)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self._image(item, times(_matrix(item), outer))
        elif kind == pdfium.FPDF_PAGEOBJ_SHADING:
            self.known = False
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORMS:
            inner, marks = times(_matrix(item), outer), above.joined(item)
            for index in range(pdfium.FPDFFormObj_CountObjects(item)):
                self._count(1)
                self._object(pdfium.FPDFFormObj_GetObject(item, index), inner, depth + 1, marks)

    def _image(self, item: Any, matrix: Matrix) -> None:
        a, b, c, d, *_ = matrix
        area = abs(a * d - b * c)
        self.pictured += area
        width, height = self._frame.size
        if area < SCANNED * width * height:  # what lies under the picture of a whole page is what a machine read in it
            box = box_of([self._frame.shown(*moved(x, y, matrix)) for x in (0, 1) for y in (0, 1)])
            opaque = not pdfium.FPDFPageObj_HasTransparency(item)
            self.fills.append(Fill(box, self._order, None, opaque, item))

    def _count(self, number: int) -> None:
        self._segments += number
        if self._segments > _MAX_SEGMENTS:
            raise TooMuch

    def _path(self, item: Any, matrix: Matrix, depth: int) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
        if not (fill.value or stroke.value):
            return
        self.drawn = True
        outlines = [points for points in self._outlines(item, matrix) if len(points) > 1]
        if fill.value:
            self._fill(item, outlines, depth)
        width = _stroke_width(item, matrix) if stroke.value else 0.0
        for points in outlines:
            if stroke.value:
                self.slants.extend(_slanted(points))
                for (x1, y1), (x2, y2) in pairwise(points):
                    self._line(x1, y1, x2, y2, width)
                    if width > _THIN:  # a line so thick is ground for text
                        box = _widened(box_of([(x1, y1), (x2, y2)]), width / 2)
                        self.fills.append(Fill(box, self._order, shade_of(item, outline=True), opaque=False))
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

    def _line(self, x1: float, y1: float, x2: float, y2: float, width: float) -> None:
        if abs(y1 - y2) <= _STRAIGHT and abs(x1 - x2) > abs(y1 - y2):
            self.rules.append(Rule(True, (y1 + y2) / 2, min(x1, x2), max(x1, x2), width))
        elif abs(x1 - x2) <= _STRAIGHT and abs(y1 - y2) > abs(x1 - x2):
            self.rules.append(Rule(False, (x1 + x2) / 2, min(y1, y2), max(y1, y2), width))

    def _fill(self, item: Any, outlines: Sequence[list[tuple[float, float]]], depth: int) -> None:
        boxes = [box_of(points) for points in outlines]
        if boxes and all(min(right - left, bottom - top) <= _THIN for left, top, right, bottom in boxes):
            return
        cut = depth > 0 and pdfium.FPDFClipPath_CountPaths(pdfium.FPDFPageObj_GetClipPath(item)) > 1
        if cut or len(boxes) != 1 or not _is_upright(outlines[0], boxes[0]):
            self.known = False
            return
        box = boxes[0] if depth else self._clipped(item, boxes[0])
        opaque = not pdfium.FPDFPageObj_HasTransparency(item)
        self.fills.append(Fill(box, self._order, shade_of(item), opaque))

    def _clipped(self, item: Any, box: Box) -> Box:
        clip = clip_of(item)
        if clip is None:
            return box
        one, other = self._frame.shown(clip[0], clip[1]), self._frame.shown(clip[2], clip[3])
        left, top, right, bottom = box_of([one, other])
        return (max(box[0], left), max(box[1], top), min(box[2], right), min(box[3], bottom))

    def _thin_box(self, points: list[tuple[float, float]]) -> None:
        left, top, right, bottom = box_of(points)
        if bottom - top <= min(_THIN, right - left):
            self.rules.append(Rule(True, (top + bottom) / 2, left, right, bottom - top))
        elif right - left <= min(_THIN, bottom - top):
            self.rules.append(Rule(False, (left + right) / 2, top, bottom, right - left))


def _slanted(points: Sequence[tuple[float, float]]) -> Iterator[Box]:
    """A line that is neither level nor upright, from its left end to its right one."""
    if len(points) != _ENDS:
        return
    (left, top), (right, bottom) = sorted(points)
    if abs(top - bottom) > _STRAIGHT and right - left > _STRAIGHT:
        yield left, top, right, bottom


def _widened(box: Box, by: float) -> Box:
    left, top, right, bottom = box
    across, down = (by, 0.0) if right - left < bottom - top else (0.0, by)
    return (left - across, top - down, right + across, bottom + down)


def _stroke_width(item: Any, matrix: Matrix) -> float:
    width = ctypes.c_float()
    pdfium.FPDFPageObj_GetStrokeWidth(item, width)
    a, b, c, d, *_ = matrix
    return width.value * math.sqrt(abs(a * d - b * c))


def _is_upright(points: Sequence[tuple[float, float]], box: Box) -> bool:
    """Returns whether an outline is that of a box: all its points lie in the corners."""
    return all(
        min(abs(x - box[0]), abs(x - box[2])) <= _STRAIGHT and min(abs(y - box[1]), abs(y - box[3])) <= _STRAIGHT
        for x, y in points
    )


def _matrix(item: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
