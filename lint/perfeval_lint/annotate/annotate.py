"""Writes the findings of a report into a copy of the file as comments: the one table of writers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from perfeval_lint.annotate.remarks import Notes, notes_on
from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.kind import Kind, kind_of
from perfeval_lint.report.model import FileReport

Writer = Callable[[bytes, str, Sequence[Notes]], bytes]


# --- loaders: each imports its writer when the first file needs it -----------------------------------


def _docx() -> Writer:
    from perfeval_lint.annotate.docx.write import annotate_docx

    return annotate_docx


def _xlsx() -> Writer:
    from perfeval_lint.annotate.xlsx.write import annotate_xlsx

    return annotate_xlsx


def _pdf() -> Writer:
    from perfeval_lint.annotate.pdf.write import annotate_pdf

    return annotate_pdf


# A writer takes the file's bytes, its name for messages, and the comments of each form.
WRITERS: dict[Kind, Callable[[], Writer]] = {Kind.DOCX: _docx, Kind.XLSX: _xlsx, Kind.PDF: _pdf}
_INSTEAD = {
    **dict.fromkeys((Kind.DOC, Kind.RTF, Kind.ODT, Kind.WORD_XML), "请先用 Word（WPS）另存为 .docx"),
    **dict.fromkeys((Kind.XLS, Kind.ODS, Kind.EXCEL_XML), "请先用 Excel（WPS）另存为 .xlsx"),
}


def annotate(data: bytes, report: FileReport) -> bytes:
    """The file with a comment in every cell a finding points to and a summary a form; all else stays as it was.

    `report` is the report on these very bytes. Raises UnreadableFile where no form was judged, and for kinds of
    files that take no comments.
    """
    if not report.forms:
        raise UnreadableFile(next(iter(report.errors), Problem("no-forms", "里面没有自评表", report.file)))
    kind = _kind(data, report.file)
    if kind not in WRITERS:
        instead = _INSTEAD.get(kind, "批注只能写进 .docx、.xlsx 和 .pdf；可用 --format html 看表和问题")
        raise UnreadableFile(Problem("not-annotated", f"{kind.value}加不了批注；{instead}", report.file))
    writer = WRITERS[kind]()
    return writer(data, report.file, notes_on(report))


def takes_comments(data: bytes, file: str) -> bool:
    """Whether a file is of a kind that comments can be written into."""
    return _kind(data, file) in WRITERS


def _kind(data: bytes, file: str) -> Kind:
    return kind_of(data, PurePath(file).suffix.lower())
