"""Opening a zip-based office file (docx, xlsx, ods) safely: bounded sizes, no DTD, nothing fetched.

lxml on the parts: 0.4 ms for a form's XML, where python-docx takes 22 ms, openpyxl 16 ms and odfpy 12 ms.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.markup import STRICT

_MEBIBYTE = 1024 * 1024
MAX_FILE = 100 * _MEBIBYTE
MAX_PART = 64 * _MEBIBYTE  # one XML part, unpacked
MAX_TOTAL = 200 * _MEBIBYTE  # everything read from one file, unpacked
MAX_RATIO = 200  # unpacked to packed, for parts over a mebibyte; XML of real forms stays below 60
MAX_ENTRIES = 10_000
MAX_MARKS = 2_000_000  # "<" and "=" of a part: bounds the elements and attributes of its tree (to 500 MB)

# What zipfile raises on archives that are cut off, damaged, or of a version or packing it does not know.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
# For lxml: nothing expanded, nothing fetched, its own bounds on depth and length kept.
_SAFELY: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_AS_WRITTEN: Final[dict[str, Any]] = {**_SAFELY, "remove_comments": False, "remove_pis": False, "strip_cdata": False}
_HEAD = 65536  # a DTD comes before the first element
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOOKS = (
    (OLE, "旧版 Office 文件（.doc、.xls）"),
    (b"%PDF", "PDF 文件"),
    (b"{\\rtf", "RTF 文件"),
    (b"<", "网页或 XML 文件"),
    (b"\xef\xbb\xbf<", "网页或 XML 文件"),
    (b"PK", "另一种压缩包"),
)
_STRICT = re.compile(re.escape(STRICT.encode()) + rb"(wordprocessingml|spreadsheetml|officeDocument)/")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: the last word of its type (worksheet, styles, ...) and the part it points to."""

    kind: str
    target: str


def searchable(data: bytes) -> bytes:
    """The bytes of an XML part in which names can be looked for.

    UTF-16 is the only encoding but UTF-8 that the formats allow; without its zero bytes its names are the same.
    """
    return data.replace(b"\0", b"") if is_utf_16(data) else data


def is_utf_16(data: bytes) -> bool:
    """Returns whether an XML part is in UTF-16, in which even Chinese may be ASCII bytes."""
    return b"\0" in data[:4]


class Package:
    """The parts of one office file; `wanted` is what the file should be (.docx), for messages.

    Every method may raise UnreadableFile. Part names are compared without case, as the format says.
    """

    def __init__(self, data: bytes, file: str, wanted: str) -> None:
        self.file = file
        self._wanted = wanted
        self._unpacked = 0
        refuse_encrypted(data, file)
        if not data.startswith(b"PK"):
            raise wrong_kind(data, file, wanted)
        if len(data) > MAX_FILE or data.count(b"PK\x01\x02") > MAX_ENTRIES:
            raise self._too_large("文件")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN_ZIP:
            raise self.damaged("压缩包不完整") from None
        self._entries = {plain_name(entry.filename): entry for entry in self._zip.infolist()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts as written, in order; of several that differ only in case, all."""
        return tuple(self._zip.namelist())

    def holds(self, name: str) -> bool:
        """Returns whether there is such a part."""
        return plain_name(name) in self._entries

    def read(self, name: str, limit: int = MAX_PART) -> bytes | None:
        """The bytes of a part, None where there is no such part; at most `limit` bytes."""
        entry = self._entries.get(plain_name(name))
        if entry is None:
            return None
        self._check_entry(entry, limit)
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(limit + 1)
        except BROKEN_ZIP:
            raise self.damaged(f"“{name}”解不开") from None
        self._unpacked += len(data)
        if len(data) > limit or self._unpacked > MAX_TOTAL:
            raise self._too_large(f"“{name}”")
        return data

    def tree(self, name: str) -> etree._Element | None:
        """The root of an XML part, strict namespaces made the usual ones; None where there is no such part."""
        data = self.read(name)
        if data is None:
            return None
        self._refuse_unfit(data, name, MAX_MARKS)
        return self._parsed(_usual(data), name, _SAFELY)

    def written(self, name: str) -> etree._Element | None:
        """As tree(), with all that was written kept: comments, instructions, CDATA and strict namespaces."""
        data = self.read(name)
        if data is None:
            return None
        self._refuse_unfit(data, name, MAX_MARKS)
        return self._parsed(data, name, _AS_WRITTEN)

    def _parsed(self, data: bytes, name: str, settings: dict[str, Any]) -> etree._Element:
        try:
            root = etree.fromstring(data, etree.XMLParser(**settings))
        except (etree.XMLSyntaxError, ValueError):
            raise self.damaged(f"“{name}”不是完整的 XML") from None
        if root is None or root.getroottree().docinfo.internalDTD is not None:
            raise self.unsafe(name)
        return root

    def elements(self, data: bytes, name: str, tags: tuple[str, ...]) -> Iterator[etree._Element]:
        """The elements of those tags, one at a time and emptied afterwards, so that a long part costs no memory."""
        self._refuse_unfit(data, name, 2 * MAX_MARKS)
        events = etree.iterparse(io.BytesIO(_usual(data)), tag=tags, **_SAFELY)
        try:
            yield from _emptied_behind(events)
        except (etree.XMLSyntaxError, ValueError):
            raise self.damaged(f"“{name}”不是完整的 XML") from None

    def streamed(self, name: str, tags: tuple[str, ...], limit: int) -> Iterator[etree._Element]:
        """As elements(), of a part of up to `limit` bytes that is never held as a whole."""
        entry = self._entries.get(plain_name(name))
        if entry is None:
            return
        self._check_entry(entry, limit)
        try:
            with self._zip.open(entry) as stream:
                if b"<!DOCTYPE" in stream.read(_HEAD).replace(b"\0", b""):
                    raise self.unsafe(name)
            with self._zip.open(entry) as stream:
                for element in _emptied_behind(etree.iterparse(stream, tag=tags, **_SAFELY)):
                    if stream.tell() > limit:
                        raise self._too_large(f"“{name}”")
                    yield element
        except (etree.XMLSyntaxError, *BROKEN_ZIP):
            raise self.damaged(f"“{name}”解不开或不是完整的 XML") from None

    def _refuse_unfit(self, data: bytes, name: str, marks: int) -> None:
        """Raises UnreadableFile for XML that is too large to be parsed or has a DTD."""
        if len(data) > MAX_PART or data.count(b"<") + data.count(b"=") > marks:
            raise self._too_large(f"“{name}”")
        if b"<!DOCTYPE" in searchable(data):
            raise self.unsafe(name)

    def relations(self, name: str) -> dict[str, Relation]:
        """The relations of a part ("" for the file itself) inside the file, by id; outside targets left out."""
        folder, base = posixpath.split(name)
        root = self.tree(posixpath.join(folder, "_rels", base + ".rels"))
        found: dict[str, Relation] = {}
        for element in () if root is None else root.iterfind("{*}Relationship"):
            if element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
                found[element.get("Id", "")] = Relation(element.get("Type", "").rpartition("/")[2], target.lstrip("/"))
        return found

    def main_part(self, fallback: str) -> str:
        """The name of the part that holds the document; `fallback` where the file does not say."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and plain_name(relation.target) in self._entries:
                return relation.target
        return fallback

    def damaged(self, what: str) -> UnreadableFile:
        """The error for a file that breaks off or contradicts itself."""
        message = f"文件已损坏：{what}；请重新发送，或用 Office（WPS）打开后另存为 {self._wanted}"
        return UnreadableFile(Problem("damaged", message, self.file))

    def other_kind(self, what: str) -> UnreadableFile:
        """The error for a sound file of another kind."""
        message = f"不是 {self._wanted} 文件，内容是{what}；请用 Office（WPS）打开后另存为 {self._wanted}"
        return UnreadableFile(Problem("wrong-kind", message, self.file))

    def _check_entry(self, entry: zipfile.ZipInfo, limit: int) -> None:
        if entry.flag_bits & 1:
            raise encrypted(self.file)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.damaged(f"“{entry.filename}”的压缩方式不是 Office 用的")
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > limit or (entry.file_size > _MEBIBYTE and ratio > MAX_RATIO):
            raise self._too_large(f"“{entry.filename}”")

    def _too_large(self, what: str) -> UnreadableFile:
        message = f"{what}展开后太大，不像自评表；请删去多余的行、列、图片或工作表后再检查"
        return UnreadableFile(Problem("too-large", message, self.file))

    def unsafe(self, name: str) -> UnreadableFile:
        """The error for a part with a DTD, which could make it unpack without end."""
        message = f"“{name}”里有 DTD 或实体声明，Office 文件不该有，已拒绝读取；请用 Office（WPS）打开后另存"
        return UnreadableFile(Problem("unsafe-xml", message, self.file))


def _emptied_behind(events: Iterable[tuple[str, etree._Element]]) -> Iterator[etree._Element]:
    """Yields the elements, each emptied, with all before it, when the next one is taken."""
    for _, element in events:
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def refuse_encrypted(data: bytes, file: str) -> None:
    """Raises UnreadableFile for no bytes at all and for a file that opens only with a password."""
    if not data:
        raise UnreadableFile(Problem("empty", "文件是空的（0 字节）；请重新导出或重新发送", file))
    if data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise encrypted(file)


def encrypted(file: str) -> UnreadableFile:
    """The error for a file that opens only with a password."""
    return UnreadableFile(Problem("encrypted", "文件加了密码，读不了；请在 Office（WPS）里取消密码后另存", file))


def wrong_kind(data: bytes, file: str, wanted: str) -> UnreadableFile:
    """The error for bytes that are not even the container of the wanted kind."""
    looks = next((what for magic, what in _LOOKS if data.lstrip()[:16].startswith(magic)), "认不出的内容")
    message = f"不是 {wanted} 文件，内容像是{looks}；请用 Office（WPS）打开后另存为 {wanted}"
    return UnreadableFile(Problem("wrong-kind", message, file))


def plain_name(name: str) -> str:
    """The name of a part as names are compared."""
    return name.replace("\\", "/").lstrip("/").lower()


def _usual(data: bytes) -> bytes:
    """XML with strict namespaces made the usual ones."""
    return _STRICT.sub(_usual_namespace, data) if STRICT.encode() in data else data


def _usual_namespace(match: re.Match[bytes]) -> bytes:
    family = match[1]
    year = b"2006/" if match.string[match.end() : match.end() + 4] != b"2006" else b""
    return b"http://schemas.openxmlformats.org/" + family + b"/" + year
