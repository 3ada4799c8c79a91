"""Findings into a PDF as annotations over the very cells, appended to the file: what was there stays byte for byte.

By its own cross-references: pdfium writes every object it has looked at anew; pypdf leaves the metadata (/Info) out of
the new trailer, puts a stream of cross-references behind tables, and mends damaged files without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from perfeval_lint.annotate.pdf.file import Held, PdfFile
from perfeval_lint.annotate.pdf.marks import Mark, appearance, marks_of
from perfeval_lint.annotate.pdf.objects import Name, NotSound, Reference, text_of
from perfeval_lint.annotate.pdf.update import Update, annotations_of, with_annotations
from perfeval_lint.annotate.remarks import AUTHOR, Notes
from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.pdf.fields import string_of
from perfeval_lint.read.pdf.geometry import Box, Frame
from perfeval_lint.read.pdf.page import frame_of
from perfeval_lint.read.pdf.pdf import opened

_OURS = "perfeval-lint:"  # the names of this tool's annotations begin so
_MAY_ANNOTATE = 1 << 5  # of the permissions
_COMMENTS_ALLOWED = 3  # the first degree of certification that lets comments in
_POPUP = (220.0, 160.0)  # points
_INSTEAD = "，或用 --format html 看表和问题"
# The drawing's own axes are those of the page as displayed; the page's are turned by its quarters.
_TURNS = (b"1 0 0 1", b"0 1 -1 0", b"-1 0 0 -1", b"0 -1 1 0")
_SPECIAL = re.compile(rb"[\\()\r\n]")  # signs with a meaning of their own inside a string
_ESCAPED = {b"\r": b"r", b"\n": b"n"}
_TINT = b"/Resources<</ExtGState<</Tint<</ca .16/BM/Multiply>>>>>>"


def annotate_pdf(data: bytes, file: str, notes: Sequence[Notes]) -> bytes:
    """The PDF with a mark over every cell that a finding points to and a note at the beginning of each form.

    An incremental update: `data` is the beginning of what is returned. Annotations of an earlier run are replaced.
    Raises UnreadableFile where the file forbids annotations, and where it is read only by repairing it.
    """
    frames = _frames(data, file, {1, *_pages_of(notes)})
    marks = marks_of(notes, frames)
    try:
        done = _written(PdfFile(data), marks, frames)
    except NotSound:
        raise _damaged(file) from None
    if not _holds_marks(done, file, marks):
        raise _damaged(file)
    return done


def _pages_of(notes: Sequence[Notes]) -> set[int]:
    origins = [origin for form in notes for origin in (form.origin, *(remark.origin for remark in form.remarks))]
    return {origin.page for origin in origins if isinstance(origin, PageBox)}


def _frames(data: bytes, file: str, wanted: set[int]) -> dict[int, Frame]:
    """The frames of pages, of a file that may be annotated."""
    with opened(data, file) as document:
        _refuse_protected(document, file)
        frames: dict[int, Frame] = {}
        for number in wanted & {*range(1, len(document) + 1)}:
            with _page(document, number, file) as page:
                frames[number] = frame_of(page)
        return frames


@contextmanager
def _page(document: pypdfium2.PdfDocument, number: int, file: str) -> Iterator[Any]:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        raise _damaged(file) from None
    try:
        yield page.raw
    finally:
        page.close()


def _refuse_protected(document: pypdfium2.PdfDocument, file: str) -> None:
    if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        forbidden = not pdfium.FPDF_GetDocPermissions(document.raw) & _MAY_ANNOTATE
        what = "PDF 的权限设置不许加批注" if forbidden else "PDF 是加密保存的，批注写不进去"
        message = f"{what}；请去掉保护另存后再加批注{_INSTEAD}"
        raise UnreadableFile(Problem("protected", message, file))
    for index in range(pdfium.FPDF_GetSignatureCount(document.raw)):
        signature = pdfium.FPDF_GetSignatureObject(document.raw, index)
        if 0 < pdfium.FPDFSignatureObj_GetDocMDPPermission(signature) < _COMMENTS_ALLOWED:
            message = f"PDF 经签名认证，不许再改动，加批注会使签名失效；请用认证前的文件加批注{_INSTEAD}"
            raise UnreadableFile(Problem("certified", message, file))


def _damaged(file: str) -> UnreadableFile:
    message = f"PDF 的内部目录（交叉引用表）有损坏，批注写不进去；请用 PDF 阅读器（WPS）打开后另存再加批注{_INSTEAD}"
    return UnreadableFile(Problem("damaged", message, file))


def _written(file: PdfFile, marks: Sequence[Mark], frames: Mapping[int, Frame]) -> bytes:
    update = Update(file)
    pages = file.pages()
    if len({reference for reference, _ in pages}) < len(pages):
        raise NotSound
    for number, (reference, page) in enumerate(pages, 1):
        old = annotations_of(file, page)
        kept = [raw for raw, held in old if not _is_ours(held)]
        own = [mark for mark in marks if mark.page == number]
        added = [
            written
            for index, mark in enumerate(own, 1)
            for written in _annotation(update, mark, frames[number], reference, f"{number}-{index}")
        ]
        if added or len(kept) < len(old):
            update.write(reference, with_annotations(page, [*kept, *added]))
    return update.whole()


def _is_ours(held: Held | None) -> bool:
    entries = held.node.value if held is not None else None
    if not isinstance(entries, dict):
        return False
    name, author, kind = (entries[key].value if key in entries else None for key in (b"NM", b"T", b"Subtype"))
    return (text_of(name) or "").startswith(_OURS) and (text_of(author) == AUTHOR or kind == Name(b"Popup"))


def _annotation(update: Update, mark: Mark, frame: Frame, page: Reference, name: str) -> tuple[bytes, bytes]:
    """Writes a mark and the window its words open in; gives both as the page's list names them."""
    left, top, right, bottom = mark.box
    drawing = update.stream(
        b"/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]/Matrix[%s 0 0]%s"
        % (right - left, bottom - top, _TURNS[frame.rotation], _TINT),
        appearance(mark),
    )
    own, window = update.reserve(), update.reserve()
    # Viewers turn the sign of a text annotation back on a turned page, each in its own way; a square stays put.
    kind = b"/Subtype/Text/Name/Note" if mark.note and not frame.rotation else b"/Subtype/Square/BS<</W .9>>"
    update.write(
        own,
        b"<</Type/Annot%s/Rect%s/Contents %s/T %s/NM %s/C[%s]/F 4/P %d %d R/AP<</N %d %d R>>/Popup %d %d R>>"
        % (
            kind,
            _rectangle(mark.box, frame),
            _string(mark.text),
            _string(AUTHOR),
            _string(_OURS + name),
            b"%g %g %g" % mark.colour,
            *page,
            *drawing,
            *window,
        ),
    )
    update.write(
        window,
        b"<</Type/Annot/Subtype/Popup/Rect%s/NM %s/F 28/Open false/P %d %d R/Parent %d %d R>>"
        % (_rectangle(_window(mark.box, frame), frame), _string(f"{_OURS}{name}-popup"), *page, *own),
    )
    return b"%d %d R" % own, b"%d %d R" % window


def _window(box: Box, frame: Frame) -> Box:
    """Returns the box in which the words of a mark open: beside it, inside the page."""
    width, height = frame.size
    left = max(min(box[2] + 4, width - _POPUP[0]), 0.0)
    top = max(min(box[1], height - _POPUP[1]), 0.0)
    return (left, top, left + _POPUP[0], top + _POPUP[1])


def _rectangle(box: Box, frame: Frame) -> bytes:
    """A box of the page as displayed, in the page's own space."""
    (x1, y1), (x2, y2) = frame.own(*box[:2]), frame.own(*box[2:])
    return b"[%.2f %.2f %.2f %.2f]" % (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _string(text: str) -> bytes:
    """Text as the format asks: UTF-16, lines ended by a carriage return."""
    written = b"\xfe\xff" + text.replace("\n", "\r").encode("utf-16-be", "replace")
    return b"(%s)" % _SPECIAL.sub(lambda found: b"\\" + _ESCAPED.get(found[0], found[0]), written)


def _holds_marks(done: bytes, file: str, marks: Sequence[Mark]) -> bool:
    """Returns whether another reader finds every mark on its page, so that what was taken for pages were pages."""
    with opened(done, file) as document:
        for number in range(1, len(document) + 1):
            with _page(document, number, file) as page:
                if _counted(page) != sum(mark.page == number for mark in marks):
                    return False
    return True


def _counted(page: Any) -> int:
    """Returns how many marks of this tool are on a page."""
    texts = (_texts(page, index) for index in range(pdfium.FPDFPage_GetAnnotCount(page)))
    return sum(name.startswith(_OURS) and author == AUTHOR for name, author in texts)


def _texts(page: Any, index: int) -> tuple[str, str]:
    """The name and the author of an annotation; annotations are let go at once."""
    annotation = pdfium.FPDFPage_GetAnnot(page, index)
    try:
        name, author = (string_of(pdfium.FPDFAnnot_GetStringValue, annotation, key) for key in (b"NM", b"T"))
        return name, author
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)
