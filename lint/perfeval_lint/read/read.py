"""Reads a file of any kind into grids and lines: the one table of readers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Protocol

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.letters import folded, has_look_alikes
from perfeval_lint.read.kind import Kind, kind_of
from perfeval_lint.read.model import Block, Cell, Line, Reading

Reader = Callable[[bytes, str], Reading]


class Converter(Protocol):
    """A reader of what another program converts first, within the seconds that the file may take."""

    def __call__(self, data: bytes, file: str, seconds: float | None) -> Reading: ...


# --- loaders: each imports its reader when the first file needs it -----------------------------------


def _docx() -> Reader:
    from perfeval_lint.read.word.docx import read_docx

    return read_docx


def _xlsx() -> Reader:
    from perfeval_lint.read.sheet.xlsx import read_xlsx

    return read_xlsx


def _ods() -> Reader:
    from perfeval_lint.read.sheet.ods import read_ods

    return read_ods


def _xls() -> Reader:
    from perfeval_lint.read.sheet.xls import read_xls

    return read_xls


def _pdf() -> Reader:
    from perfeval_lint.read.pdf.pdf import read_pdf

    return read_pdf


def _html() -> Reader:
    from perfeval_lint.read.web.html import read_html

    return read_html


def _mhtml() -> Reader:
    from perfeval_lint.read.web.html import read_mhtml

    return read_mhtml


def _text() -> Reader:
    from perfeval_lint.read.text.text import read_text

    return read_text


def _doc() -> Converter:
    from perfeval_lint.read.office import read_doc

    return read_doc


def _rtf() -> Converter:
    from perfeval_lint.read.office import read_rtf

    return read_rtf


def _odt() -> Converter:
    from perfeval_lint.read.office import read_odt

    return read_odt


def _word_xml() -> Converter:
    from perfeval_lint.read.office import read_word_xml

    return read_word_xml


def _excel_xml() -> Converter:
    from perfeval_lint.read.office import read_excel_xml

    return read_excel_xml


# A run over Word files loads no PDF library.
READERS: dict[Kind, Callable[[], Reader]] = {
    Kind.DOCX: _docx,
    Kind.XLSX: _xlsx,
    Kind.ODS: _ods,
    Kind.XLS: _xls,
    Kind.PDF: _pdf,
    Kind.HTML: _html,
    Kind.MHTML: _mhtml,
    Kind.TEXT: _text,
}
CONVERTERS: dict[Kind, Callable[[], Converter]] = {
    Kind.DOC: _doc,
    Kind.RTF: _rtf,
    Kind.ODT: _odt,
    Kind.WORD_XML: _word_xml,
    Kind.EXCEL_XML: _excel_xml,
}

REFUSED: dict[Kind, tuple[str, str]] = {
    Kind.XLSB: ("xlsb", "xlsb 格式读不了；请在 Excel 或 WPS 中另存为 .xlsx"),
    Kind.PICTURE: (
        "picture",
        "这是图片（扫描或拍照）；请用原来的 Word、Excel 文件，或先做文字识别（OCR）并另存为 Word",
    ),
    Kind.SLIDES: ("slides", "这是演示文稿，不是自评表；请提供 Word、Excel 或 PDF 文件"),
    Kind.OFD: ("ofd", "OFD 版式文件读不了；请用阅读器导出为 PDF 或 Word，或用原来的文件"),
    Kind.ENCRYPTED: ("protected", "文件设有打开密码；请在 Word 或 Excel 中去掉密码另存后再检查"),
    Kind.ARCHIVE: ("archive", "这是压缩包；请先解压，再检查里面的文件"),
    Kind.BROKEN_ZIP: ("damaged", "文件不完整或已损坏；请重新下载，或用 Word、Excel 打开修复后另存"),
    Kind.OLE: ("unknown-kind", "认不出这是什么文件；请在 Word、Excel 或 WPS 中打开，另存为 .docx 或 .xlsx"),
    Kind.EMPTY: ("empty", "文件是空的（0 字节）；请核对文件"),
    Kind.UNKNOWN: ("unknown-kind", "认不出这是什么文件；请提供 Word、Excel、PDF、网页或文本文件"),
}

_SUFFIX_KINDS: dict[str, tuple[Kind, ...]] = {
    ".docx": (Kind.DOCX,),
    ".docm": (Kind.DOCX,),
    ".dotx": (Kind.DOCX,),
    ".doc": (Kind.DOC,),
    ".wps": (Kind.DOC, Kind.DOCX),
    ".rtf": (Kind.RTF,),
    ".odt": (Kind.ODT,),
    ".xlsx": (Kind.XLSX,),
    ".xlsm": (Kind.XLSX,),
    ".xltx": (Kind.XLSX,),
    ".xls": (Kind.XLS,),
    ".et": (Kind.XLS, Kind.XLSX),
    ".xlsb": (Kind.XLSB,),
    ".ods": (Kind.ODS,),
    ".pdf": (Kind.PDF,),
    ".ofd": (Kind.OFD,),
    ".html": (Kind.HTML,),
    ".htm": (Kind.HTML,),
    ".mht": (Kind.MHTML,),
    ".mhtml": (Kind.MHTML,),
    ".txt": (Kind.TEXT,),
    ".md": (Kind.TEXT,),
    ".markdown": (Kind.TEXT,),
    ".csv": (Kind.TEXT,),
    ".tsv": (Kind.TEXT,),
}
SUFFIXES = tuple(_SUFFIX_KINDS)
"""The suffixes of files that may hold a form; a folder is searched for these."""


def read(data: bytes, file: str, seconds: float | None = None) -> Reading:
    """The grids and lines of a file; what it is goes by its content. Raises UnreadableFile, never anything else.

    A file whose suffix says something else is read all the same, with a note. `seconds` is what reading may take,
    where something ends it then: another program that converts the file is ended before.
    """
    suffix = PurePath(file).suffix.lower()
    kind = kind_of(data, suffix)
    if kind in REFUSED:
        code, message = REFUSED[kind]
        raise UnreadableFile(Problem(code, message, file))
    reading = _folded(_reader(kind, seconds)(data, file))
    expected = _SUFFIX_KINDS.get(suffix)
    if expected is None or kind in expected:
        return reading
    message = f"扩展名是 {suffix}，内容其实是{kind.value}；已按内容读入，建议改正扩展名"
    return replace(reading, notes=(Problem("suffix-mismatch", message, file), *reading.notes))


def _reader(kind: Kind, seconds: float | None) -> Reader:
    if kind in CONVERTERS:
        return partial(CONVERTERS[kind](), seconds=seconds)
    return READERS[kind]()


def _folded(reading: Reading) -> Reading:
    """A reading with look-alike letters folded; the same one where there are none."""
    blocks = tuple(map(_folded_block, reading.blocks))
    is_same = all(map(operator.is_, blocks, reading.blocks))
    return reading if is_same else replace(reading, blocks=blocks)


def _folded_block(block: Block) -> Block:
    if isinstance(block, Line):
        is_same = not has_look_alikes(block.text)
        return block if is_same else replace(block, text=folded(block.text), typed=block.text)
    if not any(map(has_look_alikes, {cell.text for cell in block.cells})):  # nearly none; each text once
        return block
    return replace(block, cells=tuple(map(_folded_cell, block.cells)))


def _folded_cell(cell: Cell) -> Cell:
    return cell._replace(text=folded(cell.text), typed=cell.text) if has_look_alikes(cell.text) else cell
