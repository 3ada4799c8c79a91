"""The places of elements in the bytes of a sheet's XML, so that a few are changed and all others stay as they are.

expat and not lxml: it gives the byte an element begins at, and builds no tree of a sheet of 60 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from perfeval_lint.read.package import MAX_TOTAL, Package

_TAG = re.compile(rb"<[^<>\"']*(?:\"[^\"]*\"[^<>\"']*|'[^']*'[^<>\"']*)*>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=\"'<>/]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_NAME = re.compile(rb"<([^\s<>/]+)")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARATION = re.compile(r"\A<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes from `start` up to `end` that give way to `new`."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag: its element's local name and depth (1: the root), its attributes, and the byte it begins at."""

    name: str
    depth: int
    attributes: Mapping[str, str]
    start: int
    data: bytes  # the whole part

    @property
    def text(self) -> bytes:
        """The tag as written; looked up when needed, as few of a sheet's are."""
        match = _TAG.match(self.data, self.start)
        return match[0] if match else b""

    @property
    def end(self) -> int:
        """The byte after the tag."""
        return self.start + len(self.text)

    @property
    def is_empty(self) -> bool:
        """Returns whether the tag is a whole element: <row/>."""
        return self.text.endswith(b"/>")

    @property
    def written(self) -> bytes:
        """The name as written, prefix and all."""
        match = _NAME.match(self.data, self.start)
        return match[1] if match else self.name.encode()

    @property
    def prefix(self) -> bytes:
        """The prefix of the name as written with its colon; b"" where there is none."""
        before, colon, _ = self.written.rpartition(b":")
        return before + colon

    def around(self, content: bytes) -> bytes:
        """The element with a content, of which the tag was the whole."""
        return self.text.removesuffix(b"/>").rstrip() + b">" + content + b"</" + self.written + b">"


class Enough(Exception):
    """Raised by what listens to a scan when the rest does not matter."""


def sheet_bytes(package: Package, part: str) -> bytes | None:
    """A sheet's XML in UTF-8, None where there is no such part. Raises UnreadableFile."""
    data = package.read(part, MAX_TOTAL)
    if data is None or not data.startswith(_UTF16):
        return data
    try:
        text = data.decode("utf-16")
    except UnicodeError:
        raise package.damaged(f"“{part}”不是完整的 XML") from None
    return _DECLARATION.sub('<?xml version="1.0" encoding="UTF-8"?>', text, count=1).encode("utf-8", "replace")


def scan(
    package: Package,
    part: str,
    data: bytes,
    begun: Callable[[Tag], None],
    ended: Callable[[str, int, int], None],
    deepest: int,
) -> None:
    """Calls `begun` for every element down to `deepest`, `ended` with its name, depth and the byte its content ends at.

    Either may raise Enough. Raises UnreadableFile for XML that is broken or has a DTD.
    """
    depth = 0
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth <= deepest:
            begun(Tag(name.rpartition(":")[2], depth, attributes, parser.CurrentByteIndex, data))

    def end(name: str) -> None:
        nonlocal depth
        if depth <= deepest:
            ended(name.rpartition(":")[2], depth, parser.CurrentByteIndex)
        depth -= 1

    def refuse(*_: object) -> None:
        raise package.unsafe(part)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except Enough:
        return
    except (expat.ExpatError, ValueError, LookupError):
        raise package.damaged(f"“{part}”不是完整的 XML") from None


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """A start tag with an attribute set, or taken out where the value is None; the others unchanged."""
    wanted = name.encode()
    at = _NAME.match(tag)
    while at and (at := _ATTRIBUTE.match(tag, at.end())):  # one after the other: searching takes long in long blanks
        if at[1] == wanted:
            new = b"" if value is None else b' %s="%s"' % (wanted, value.encode())
            return tag[: at.start()] + new + tag[at.end() :]
    if value is None:
        return tag
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + b' %s="%s"' % (wanted, value.encode()) + tag[end:]


def spliced(data: bytes, splices: Iterable[Splice]) -> bytes:
    """The bytes with every splice made; where two are at one place the first given comes first."""
    pieces: list[bytes] = []
    at = 0
    for splice in sorted(splices, key=lambda splice: splice.start):
        pieces += (data[at : splice.start], splice.new)
        at = splice.end
    return b"".join((*pieces, data[at:]))
