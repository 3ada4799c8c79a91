"""Marks and watermarks on a page of a PDF that are annotations: removed before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf.chars import Char
from perfeval_lint.read.pdf.fields import HIDDEN, place_of, string_of
from perfeval_lint.read.pdf.geometry import Box, Frame, bound, box_of, is_inside

_DOUBT = "这一格的文字有批注划过或盖住，不能确定是否划掉；请核对原文"

# Marks that reviewers put on a page; other comments (typed text, stamps) may be how the form was filled in.
_MARKS = frozenset(
    [
        *(pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_SQUARE, pdfium.FPDF_ANNOT_CIRCLE),
        *(pdfium.FPDF_ANNOT_HIGHLIGHT, pdfium.FPDF_ANNOT_UNDERLINE, pdfium.FPDF_ANNOT_SQUIGGLY),
        *(pdfium.FPDF_ANNOT_STRIKEOUT, pdfium.FPDF_ANNOT_CARET),
    ]
)

# Drawn over text, these strike it out or cover it.
_DRAWN = frozenset([pdfium.FPDF_ANNOT_LINE, pdfium.FPDF_ANNOT_INK, pdfium.FPDF_ANNOT_REDACT])
_BOXES = frozenset([pdfium.FPDF_ANNOT_SQUARE, pdfium.FPDF_ANNOT_CIRCLE])


class Marks(NamedTuple):
    """The annotations removed from a page: texts of watermarks, and boxes struck out, in the page's own space."""

    watermarks: list[str]
    struck: list[Box]

    def doubted(self, chars: Sequence[Char], frame: Frame) -> list[Char]:
        """The characters of the page, those struck out by a mark doubted: it may be part of the form or a remark.

        Raises TooMuch.
        """
        bound(len(chars) * len(self.struck))
        boxes = [frame.box(*struck) for struck in self.struck]
        return [
            char._replace(doubt=char.doubt or _DOUBT) if any(is_inside(char.box, box) for box in boxes) else char
            for char in chars
        ]


def remove_marks(page: Any) -> Marks:
    """Removes from a loaded page (its raw handle) what is no part of the form: marks, watermarks, what is hidden."""
    marks = Marks([], [])
    for index in reversed(range(pdfium.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        hidden = pdfium.FPDFAnnot_GetFlags(annotation) & HIDDEN
        if kind == pdfium.FPDF_ANNOT_WATERMARK and not hidden:
            marks.watermarks.append(string_of(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents") or "水印")
        if kind == pdfium.FPDF_ANNOT_STRIKEOUT and not hidden:
            marks.struck.extend(_pieces(annotation))
        elif not hidden and (kind in _DRAWN or (kind in _BOXES and _is_filled(annotation))):
            marks.struck.append(place_of(annotation))
        pdfium.FPDFPage_CloseAnnot(annotation)
        if hidden or kind in _MARKS or kind == pdfium.FPDF_ANNOT_WATERMARK:
            pdfium.FPDFPage_RemoveAnnot(page, index)
    return marks


def _is_filled(annotation: Any) -> bool:
    return bool(pdfium.FPDFAnnot_HasKey(annotation, b"IC"))


def _pieces(annotation: Any) -> list[Box]:
    """The pieces of text that a mark is put on."""
    boxes: list[Box] = []
    for index in range(pdfium.FPDFAnnot_CountAttachmentPoints(annotation)):
        points = pdfium.FS_QUADPOINTSF()
        if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, index, points):
            corners = ((points.x1, points.y1), (points.x2, points.y2), (points.x3, points.y3), (points.x4, points.y4))
            boxes.append(box_of(corners))
    return boxes
