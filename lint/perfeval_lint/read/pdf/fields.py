"""The form fields of a page of a PDF that are filled in, also where the file leaves it to the viewer to draw them."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.read.pdf.chars import Char
from perfeval_lint.read.pdf.geometry import Box, Frame, bound, is_inside
from perfeval_lint.read.pdf.text import lines_of

_UNDRAWN = "这一栏是填写的表单域，文件里没有画出所填的“{}”，有的软件看不到；请核对原文"
_OTHER = "这一栏是填写的表单域，存的是“{}”，与显示的不同；请核对原文"
_TYPED = frozenset((pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX))
_TICKED = frozenset((pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON))
_CHOSEN = frozenset((pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX))
HIDDEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_LARGEST = 12.0  # points: the type that viewers fill a field with at most


class Field(NamedTuple):
    """A field with a value: where it is (left, bottom, right, top in the page's own space), and what draws it.

    `blank` fields have a drawing, with nothing in it; fields that are not `drawn` have nothing in it, or none.
    """

    text: str
    place: Box
    drawn: bool
    blank: bool
    hidden: bool


@contextmanager
def forms_of(document: Any) -> Iterator[Any]:
    """Opens the form fields of a document (its raw handle) in pdfium; None where it has none."""
    if pdfium.FPDF_GetFormType(document) == pdfium.FORMTYPE_NONE:
        yield None
        return
    configuration = pdfium.FPDF_FORMFILLINFO(version=2)
    forms = pdfium.FPDFDOC_InitFormFillEnvironment(document, configuration)
    try:
        yield forms or None
    finally:
        pdfium.FPDFDOC_ExitFormFillEnvironment(forms)


def fields_of(page: Any, forms: Any) -> list[Field]:
    """The fields of a loaded page that have a value."""
    fields: list[Field] = []
    for index in range(pdfium.FPDFPage_GetAnnotCount(page) if forms else 0):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET:
            text = _value(annotation, forms).strip()
            if text:
                fields.append(_field(annotation, text))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return fields


def _field(annotation: Any, text: str) -> Field:
    drawn = pdfium.FPDFAnnot_GetObjectCount(annotation) > 0
    return Field(
        text=text,
        place=place_of(annotation),
        drawn=drawn,
        blank=not drawn and pdfium.FPDFAnnot_GetAP(annotation, pdfium.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0) > 2,
        hidden=bool(pdfium.FPDFAnnot_GetFlags(annotation) & HIDDEN),
    )


def place_of(annotation: Any) -> Box:
    """Returns the place of an annotation: left, bottom, right, top in the page's own space."""
    place = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, place)
    return (place.left, place.bottom, place.right, place.top)


def _value(annotation: Any, forms: Any) -> str:
    """Returns the text filled in, as viewers draw it; of boxes to tick only those that the file gives no drawing."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(forms, annotation)
    if kind in _TICKED:
        state = string_of(pdfium.FPDFAnnot_GetStringValue, annotation, b"AS")
        drawn = pdfium.FPDFAnnot_GetObjectCount(annotation) > 0
        return "" if drawn or state in ("", "Off") else "√"
    if kind in _CHOSEN:
        count = pdfium.FPDFAnnot_GetOptionCount(forms, annotation)
        chosen = [
            string_of(pdfium.FPDFAnnot_GetOptionLabel, forms, annotation, option)
            for option in range(count)
            if pdfium.FPDFAnnot_IsOptionSelected(forms, annotation, option)
        ]
        if chosen:
            return "\n".join(chosen)
    return string_of(pdfium.FPDFAnnot_GetFormFieldValue, forms, annotation) if kind in _TYPED else ""


def string_of(call: Callable[..., int], *arguments: Any) -> str:
    """A text that a function of pdfium gives: its size, then itself."""
    size = call(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 2))
    call(*arguments, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", "replace")


def filled_in(chars: Sequence[Char], fields: Sequence[Field], frame: Frame) -> list[Char]:
    """The characters of a page with those of fields that it does not draw; doubted where it draws something else.

    Raises TooMuch.
    """
    bound(len(chars) * len(fields))
    filled = list(chars)
    for field in fields:
        if field.hidden:
            continue
        box = frame.box(*field.place)
        if not field.drawn:
            filled += _laid_out(field, box)
            continue
        inside = [index for index, char in enumerate(filled) if is_inside(char.box, box)]
        shown = "".join(line.text for line in lines_of([filled[index] for index in inside]))
        if not _same(shown, field.text):
            doubt = _OTHER.format(field.text)
            for index in inside:
                filled[index] = filled[index]._replace(doubt=filled[index].doubt or doubt)
    return filled


def _laid_out(field: Field, box: Box) -> Iterator[Char]:
    """A value's lines one under the other in its field."""
    left, top, right, bottom = box
    lines = field.text.splitlines()
    height = (bottom - top) / len(lines)
    size = max(min(height * 0.8, _LARGEST), 1.0)
    doubt = _UNDRAWN.format(field.text) if field.blank else ""
    for number, line in enumerate(lines):
        width = min(size, (right - left) / max(len(line), 1))
        base = top + height * (number + 0.5) + size * 0.35
        for place, letter in enumerate(line):
            start = left + place * width
            yield Char(letter, 0, start, start + width, base, size, doubt)


def _same(shown: str, stored: str) -> bool:
    """Returns whether a field shows what it stores; numbers may be written another way."""
    one, other = ("".join(text.split()).replace(",", "") for text in (shown, stored))
    zeros = "0*" if "." in other else r"(?:\.0+)?"
    before, after = (
        r"(?<![0-9.])" if other[:1].isdigit() else "",
        rf"{zeros}(?!\.?[0-9])" if other[-1:].isdigit() else "",
    )
    if re.search(f"{before}{re.escape(other)}{after}", one):
        return True
    try:
        number = float(other)
        return float(one.rstrip("%")) in (number, number * 100)
    except ValueError:
        return False
