"""The kind of a file, by its content; the suffix decides only among plain texts."""

from __future__ import annotations

import io
import re
import zipfile
from enum import Enum

from perfeval_lint.read.package import BROKEN_ZIP, OLE, plain_name
from perfeval_lint.read.sheet.xls_records import BARE
from perfeval_lint.read.text.decode import utf16_of
from perfeval_lint.read.web.charset import decode_page


class Kind(Enum):
    """A kind of file, and what people call it."""

    DOCX = "Word 文档（docx）"
    XLSX = "Excel 工作簿（xlsx）"
    XLSB = "Excel 二进制工作簿（xlsb）"
    ODS = "ODF 表格（ods）"
    ODT = "ODF 文本（odt）"
    XLS = "Excel 97-2003 工作簿（xls）"
    DOC = "Word 97-2003 文档（doc）"
    RTF = "RTF 文档"
    WORD_XML = "Word 2003 XML 文档"
    EXCEL_XML = "Excel 2003 XML 表格"
    PDF = "PDF"
    HTML = "网页（HTML）"
    MHTML = "网页归档（MHTML）"
    TEXT = "文本"
    PICTURE = "图片"
    SLIDES = "演示文稿"
    OFD = "OFD 版式文件"
    ENCRYPTED = "加密的 Office 文件"
    ARCHIVE = "压缩包"
    BROKEN_ZIP = "损坏的压缩结构"
    OLE = "OLE 复合文件"
    EMPTY = "空文件"
    UNKNOWN = "未知格式"


_MAGIC = (
    (b"{\\rtf", Kind.RTF),
    (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
)
_OLE_STREAMS = (
    ("EncryptedPackage", Kind.ENCRYPTED),
    ("WordDocument", Kind.DOC),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("PowerPoint Document", Kind.SLIDES),
)
_ZIP_MEMBERS = (
    ("ofd.xml", Kind.OFD),
    ("xl/workbook.bin", Kind.XLSB),
    ("word/", Kind.DOCX),
    ("xl/", Kind.XLSX),
    ("ppt/", Kind.SLIDES),
)
_ODF_TYPES = (
    (b"application/vnd.oasis.opendocument.spreadsheet", Kind.ODS),
    (b"application/vnd.oasis.opendocument.text", Kind.ODT),
    (b"application/vnd.oasis.opendocument.presentation", Kind.SLIDES),
)
_HEAD = 4096
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml", ".xls", ".xlsx", ".et", ".doc", ".docx", ".wps")
_PAGE_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|table|div|style|title|font)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGE_TAG = re.compile(r"<(?:html|body|table|tr|td|div|p)\b", re.IGNORECASE)
_MHTML = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)


def kind_of(data: bytes, suffix: str) -> Kind:
    """The kind of a file by its content; `suffix` (".xls", lower case) parts web pages from texts that hold tags."""
    if not data:
        return Kind.EMPTY
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if data.startswith(OLE):
        return _ole_kind(data)
    if data.startswith(BARE):
        return Kind.XLS
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if (data[:2] == b"BM" and data[6:10] == bytes(4)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return Kind.PICTURE
    return Kind.PICTURE if data[4:12] in (b"ftypheic", b"ftypmif1") else _text_kind(data, suffix)


def _zip_kind(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = list(map(plain_name, archive.namelist()))
    except BROKEN_ZIP:
        return Kind.BROKEN_ZIP
    if "mimetype" in names:  # OpenDocument keeps its type first and uncompressed
        for mark, kind in _ODF_TYPES:
            if mark in data[:256]:
                return kind
    for start, kind in _ZIP_MEMBERS:
        if any(name.startswith(start) for name in names):
            return kind
    return Kind.ARCHIVE


def _ole_kind(data: bytes) -> Kind:
    for name, kind in _OLE_STREAMS:
        if _has_stream(data, name):
            return kind
    return Kind.OLE


def _has_stream(data: bytes, name: str) -> bool:
    """Returns whether an OLE file has an entry of that name; entries take 128 bytes: name, then its length at 64."""
    wanted = name.encode("utf-16-le") + b"\0\0"
    at = data.find(wanted)
    while at >= 0:
        if at % 128 == 0 and data[at + 64 : at + 66] == len(wanted).to_bytes(2, "little"):
            return True
        at = data.find(wanted, at + 1)
    return False


def _text_kind(data: bytes, suffix: str) -> Kind:
    if _MHTML.search(data[:_HEAD]) and b"multipart/" in data[: 4 * _HEAD].lower():
        return Kind.MHTML
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in data[:_HEAD] and not utf16_of(data):
        return Kind.UNKNOWN
    head = decode_page(data[:_HEAD])
    if 'progid="Word.Document"' in head or "<w:wordDocument" in head:
        return Kind.WORD_XML
    if 'progid="Excel.Sheet"' in head or "urn:schemas-microsoft-com:office:spreadsheet" in head[:600]:
        return Kind.EXCEL_XML
    if _PAGE_START.match(head):
        return Kind.HTML
    return Kind.HTML if suffix in _PAGE_SUFFIXES and _PAGE_TAG.search(head) else Kind.TEXT
