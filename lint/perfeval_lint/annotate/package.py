"""An office file with some parts changed or added; everything else stays byte for byte as it was."""

from __future__ import annotations

import posixpath
import re

from lxml import etree

from perfeval_lint.annotate.archive import rewritten
from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.markup import RELATIONS, STRICT
from perfeval_lint.read.package import BROKEN_ZIP, Package, plain_name

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"  # of the parts that list relations
_NO_RELATIONS = f'<Relationships xmlns="{_RELATIONS}"/>'
_TYPES_PART = "[Content_Types].xml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_NO_TYPES = f'<Types xmlns="{_TYPES}"/>'
RELATION_KINDS = {False: RELATIONS[1:-1], True: f"{STRICT}officeDocument/relationships"}
"""The namespace of the kinds of relations: the usual one, and that of strict files."""
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""
_MACRO_WORDS = ("macroenabled", "vbaproject", "macrosheet")  # in the types of parts
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*\?>\s*")
_UTF8_DECLARED = re.compile(rb"encoding\s*=\s*[\"']utf-?8[\"']", re.IGNORECASE)


class OfficeFile:
    """The parts of one office file, to be changed; `wanted` is what the file should be (.docx), for messages.

    Part names are as in Package, which bounds what is read. Every method may raise UnreadableFile.
    """

    def __init__(self, data: bytes, file: str, wanted: str) -> None:
        self.package = Package(data, file, wanted)
        self._data = data
        self._names = {plain_name(name): name for name in self.package.names}
        self._trees: dict[str, etree._Element] = {}
        self._changed: dict[str, bytes | etree._Element] = {}
        if len(self._names) < len(self.package.names):
            raise self.package.damaged("有两个同名的部分")

    def __contains__(self, name: str) -> bool:
        plain = plain_name(name)
        return plain in self._names or any(plain_name(each) == plain for each in self._changed)

    def tree(self, name: str) -> etree._Element | None:
        """The root of an XML part as written; None where there is no such part. Asked again, it is the same tree."""
        plain = plain_name(name)
        if plain not in self._trees:
            root = self.package.written(name)
            if root is None:
                return None
            self._trees[plain] = root
        return self._trees[plain]

    def put(self, name: str, content: bytes | etree._Element) -> None:
        """Replaces a part or adds one, by its bytes or by its root, which is written out at the end."""
        plain = plain_name(name)
        self._changed[self._names.get(plain, name)] = content
        if not isinstance(content, bytes):
            self._trees[plain] = content

    def relate(self, part: str, kind: str, target: str, *, strict: bool = False) -> str:
        """The id of a new relation of `part` to the part `target`; `kind` is the last word of its type (comments).

        Types of other vendors' relations are given whole, as http://...
        """
        folder, base = posixpath.split(part)
        name = posixpath.join(folder, "_rels", base + ".rels")
        root = self.tree(name)
        if root is None:
            root = etree.fromstring(_NO_RELATIONS)
        taken = {element.get("Id") for element in root.iterfind("{*}Relationship")}
        number = next(number for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
        relation = etree.SubElement(root, f"{{{_RELATIONS}}}Relationship")
        relation.set("Id", f"rId{number}")
        relation.set("Type", kind if "://" in kind else f"{RELATION_KINDS[strict]}/{kind}")
        relation.set("Target", posixpath.relpath(target, folder or "."))
        self.put(name, root)
        return f"rId{number}"

    def declare(self, part: str, content_type: str) -> None:
        """Makes [Content_Types].xml say that `part` is of that type."""
        root = self._types()
        name = "/" + part.lstrip("/")
        for override in root.iterfind("{*}Override"):
            if plain_name(override.get("PartName", "")) == plain_name(name):
                override.set("ContentType", content_type)
                break
        else:
            etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=name, ContentType=content_type)
        self.put(_TYPES_PART, root)

    def declare_default(self, suffix: str, content_type: str) -> None:
        """Makes [Content_Types].xml say what parts with that suffix (vml) are, unless it does."""
        root = self._types()
        if any(default.get("Extension", "").lower() == suffix for default in root.iterfind("{*}Default")):
            return
        root.insert(0, root.makeelement(f"{{{_TYPES}}}Default", Extension=suffix, ContentType=content_type))
        self.put(_TYPES_PART, root)

    def free_name(self, folder: str, stem: str, suffix: str) -> str:
        """A part name no part has: word/comments.xml, word/comments2.xml and so on."""
        name, number = posixpath.join(folder, f"{stem}.{suffix}"), 2
        while name in self:
            name, number = posixpath.join(folder, f"{stem}{number}.{suffix}"), number + 1
        return name

    def refuse_signed(self) -> None:
        """Raises UnreadableFile where the file is signed: a signature would no longer hold."""
        if any(name.startswith("_xmlsignatures/") for name in self._names):
            message = "文件有数字签名，写入批注会使签名失效；请用没有签名的一份（或另存一份、去掉签名）再加批注"
            raise UnreadableFile(Problem("signed", message, self.package.file))

    def refuse_macros(self, instead: str) -> None:
        """Raises UnreadableFile where the file holds macros; `instead` is the suffix without them (.docx)."""
        declared = (element.get("ContentType", "") for element in self._types().iterfind("{*}*"))
        named = any(posixpath.basename(name) == "vbaproject.bin" for name in self._names)
        if named or any(word in each.lower() for each in declared for word in _MACRO_WORDS):
            message = f"文件带有宏，不加批注；请另存为不带宏的 {instead} 再加批注"
            raise UnreadableFile(Problem("macros", message, self.package.file))

    def to_bytes(self) -> bytes:
        """The file with the parts that were put, in place or at the end."""
        changed = {name: self._bytes_of(name, content) for name, content in self._changed.items()}
        try:
            return rewritten(self._data, changed)
        except BROKEN_ZIP:
            raise self.package.damaged("压缩包前后矛盾") from None

    def _types(self) -> etree._Element:
        root = self.tree(_TYPES_PART)
        return etree.fromstring(_NO_TYPES) if root is None else root

    def _bytes_of(self, name: str, content: bytes | etree._Element) -> bytes:
        """A part's bytes: under its own XML declaration where that is of UTF-8, else under the usual one."""
        if isinstance(content, bytes):
            return content
        written = etree.tostring(content.getroottree(), encoding="UTF-8", xml_declaration=False)
        before = self.package.read(name) or b""
        given = _DECLARATION.match(before)
        if given is not None and _UTF8_DECLARED.search(given[0]):
            return given[0] + written
        return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + written
