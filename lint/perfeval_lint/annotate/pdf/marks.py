"""Marks on the pages of a PDF: one on each cell with findings, a note where each form begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfeval_lint.annotate.remarks import Notes, Remark
from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.pdf.geometry import Box, Frame
from perfeval_lint.rule.model import Severity

_COLOURS = {Severity.ERROR: (0.84, 0.12, 0.12), Severity.WARNING: (0.93, 0.53, 0.0), Severity.INFO: (0.1, 0.45, 0.85)}
_CLEAN = (0.13, 0.58, 0.3)  # of a note on a form without findings
_LEAST = 6.0  # points: a mark is no smaller
_INSET = 1.0  # points: a mark leaves the lines of the table free
_NOTE = 20.0  # points: height and width of a note
_MARGIN = 8.0  # points from the page's edge to a note


@dataclass(frozen=True, slots=True)
class Mark:
    """An annotation: on a page (from 1) over a box of the page as displayed, its words, its colour.

    A note is a sign of its own beside the form; a mark that is none lies over what the page shows.
    """

    page: int
    box: Box
    text: str
    colour: tuple[float, float, float]
    note: bool = False


def marks_of(notes: Sequence[Notes], frames: Mapping[int, Frame]) -> list[Mark]:
    """The marks of all forms on the pages with those frames; a remark without a place goes into its form's note."""
    marks: list[Mark] = []
    beginnings: Counter[int] = Counter()
    for form in notes:
        boxes: dict[PageBox, list[Remark]] = {}
        homeless: list[Remark] = []
        for remark in form.remarks:
            if isinstance(remark.origin, PageBox) and remark.origin.page in frames:
                boxes.setdefault(remark.origin, []).append(remark)
            else:
                homeless.append(remark)
        page = form.origin.page if isinstance(form.origin, PageBox) and form.origin.page in frames else 1
        marks.append(_note(form, homeless, page, beginnings[page], frames[page]))
        beginnings[page] += 1
        marks += [_mark(place, remarks, frames[place.page]) for place, remarks in boxes.items()]
    return marks


def appearance(mark: Mark) -> bytes:
    """The drawing of a mark, from its lower left corner; `/Tint` is the state in which its ground is filled."""
    left, top, right, bottom = mark.box
    drawn = _drawn_note if mark.note else _drawn_mark
    return drawn(right - left, bottom - top, "{:g} {:g} {:g}".format(*mark.colour)).encode()


def _note(form: Notes, homeless: Sequence[Remark], page: int, before: int, frame: Frame) -> Mark:
    width, height = frame.size
    left = min(_MARGIN + before * (_NOTE + 4), max(width - _NOTE - _MARGIN, 0.0))
    top = min(_MARGIN, max(height - _NOTE, 0.0))
    colour = _colour(form.remarks) if form.remarks else _CLEAN
    return Mark(page, (left, top, left + _NOTE, top + _NOTE), form.summary_with(homeless), colour, note=True)


def _mark(place: PageBox, remarks: Sequence[Remark], frame: Frame) -> Mark:
    width, height = frame.size
    left, top, right, bottom = place.box
    left, right = _within(left + _INSET, right - _INSET, width)
    top, bottom = _within(top + _INSET, bottom - _INSET, height)
    text = "\n\n".join(remark.text for remark in remarks)
    return Mark(place.page, (left, top, right, bottom), text, _colour(remarks))


def _within(start: float, end: float, whole: float) -> tuple[float, float]:
    """The stretch inside the page, wide enough to be seen."""
    start, end = max(start, 0.0), min(end, whole)
    if end - start >= _LEAST:
        return start, end
    start = min(max((start + end - _LEAST) / 2, 0.0), max(whole - _LEAST, 0.0))
    return start, start + _LEAST


def _colour(remarks: Sequence[Remark]) -> tuple[float, float, float]:
    return _COLOURS[min((remark.severity for remark in remarks), key=lambda severity: severity.rank)]


def _drawn_mark(width: float, height: float, colour: str) -> str:
    """A tinted ground, a frame, and a corner as spreadsheets show a comment."""
    corner = min(6.0, width / 2, height / 2)
    return (
        f"q /Tint gs {colour} rg 0 0 {width:.2f} {height:.2f} re f Q\n"
        f"q {colour} RG 0.9 w 0.45 0.45 {width - 0.9:.2f} {height - 0.9:.2f} re S Q\n"
        f"q {colour} rg {width - corner:.2f} {height:.2f} m {width:.2f} {height:.2f} l "
        f"{width:.2f} {height - corner:.2f} l f Q"
    )


def _drawn_note(width: float, height: float, colour: str) -> str:
    """A sheet with lines of writing, through which a header printed there is still seen."""
    lines = "".join(
        f"{width * 0.22:.2f} {height * at:.2f} m {width * 0.78:.2f} {height * at:.2f} l S\n" for at in (0.3, 0.5, 0.7)
    )
    return (
        f"q /Tint gs {colour} rg 0 0 {width:.2f} {height:.2f} re f Q\n"
        f"q {colour} RG 1.6 w 0.8 0.8 {width - 1.6:.2f} {height - 1.6:.2f} re S\n1 J {lines}Q"
    )
