"""New and changed objects at the end of a PDF; the bytes before stay as they are, so that signatures stay valid."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from perfeval_lint.annotate.pdf.file import Held, PdfFile
from perfeval_lint.annotate.pdf.objects import NotSound, Reference

_MAX_NUMBER = 8_388_607  # of objects, in most readers
_KEPT = (b"Root", b"Info", b"ID")  # of the trailer


@dataclass(frozen=True, slots=True)
class _Written:
    """The place of an object in the new file, and its generation."""

    offset: int
    generation: int


class Update:
    """Collects objects to be appended. Every method may raise NotSound."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._next = file.size
        self._parts = [file.data if file.data.endswith((b"\n", b"\r")) else file.data + b"\n"]
        self._length = len(self._parts[0])
        self._written: dict[int, _Written] = {}

    def reserve(self) -> Reference:
        """A number for a new object."""
        if self._next > _MAX_NUMBER:
            raise NotSound
        self._next += 1
        return Reference(self._next - 1, 0)

    def write(self, reference: Reference, value: bytes) -> None:
        """Writes an object, new or in place of one."""
        self._written[reference.number] = _Written(self._length, reference.generation)
        self._append(b"%d %d obj\n%s\nendobj\n" % (*reference, value))

    def stream(self, dictionary: bytes, content: bytes) -> Reference:
        """Writes a new stream with those entries and that content."""
        reference = self.reserve()
        self.write(reference, b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(content), content))
        return reference

    def whole(self) -> bytes:
        """The file with what was written, and its cross-references in the manner of the file's own."""
        start = self._length
        self._append(self._table() if self._file.by_table else self._reference_stream())
        self._append(b"startxref\n%d\n%%%%EOF\n" % start)
        return b"".join(self._parts)

    def _append(self, part: bytes) -> None:
        self._parts.append(part)
        self._length += len(part)

    def _table(self) -> bytes:
        rows = [b"xref\n"]
        for number, written in sorted(self._written.items()):
            rows.append(b"%d 1\n%010d %05d n \n" % (number, written.offset, written.generation))
        return b"".join([*rows, b"trailer\n<<%s>>\n" % self._trailer()])

    def _reference_stream(self) -> bytes:
        own = self.reserve()
        self._written[own.number] = _Written(self._length, 0)
        numbers = sorted(self._written)
        index = b" ".join(b"%d 1" % number for number in numbers)
        rows = b"".join(
            b"\1" + self._written[number].offset.to_bytes(4) + self._written[number].generation.to_bytes(2)
            for number in numbers
        )
        entries = b"/Type/XRef/W[1 4 2]/Index[%s]/Length %d%s" % (index, len(rows), self._trailer())
        return b"%d 0 obj\n<<%s>>\nstream\n%s\nendstream\nendobj\n" % (own.number, entries, rows)

    def _trailer(self) -> bytes:
        kept = {key: self._file.trailer[key] for key in _KEPT if key in self._file.trailer}
        raw = {key: self._file.data[node.start : node.end] for key, node in kept.items()}
        if b"ID" in kept and isinstance(kept[b"ID"].value, list) and kept[b"ID"].value:
            first = kept[b"ID"].value[0]
            digest = hashlib.sha256(b"".join(self._parts[1:])).hexdigest()[:32].encode()
            raw[b"ID"] = b"[%s <%s>]" % (self._file.data[first.start : first.end], digest)
        entries = b"".join(b"/%s %s" % entry for entry in raw.items())
        return b"/Size %d/Prev %d%s" % (self._next, self._file.startxref, entries)


def annotations_of(file: PdfFile, page: Held) -> list[tuple[bytes, Held | None]]:
    """The annotations of a page: each as written in the page's list, and what it is; None for one that is nothing."""
    array = file.held(page, page.entries.get(b"Annots"))
    if array is None:
        return []
    if not isinstance(array.node.value, list):
        raise NotSound
    return [(array.raw(item), file.held(array, item)) for item in array.node.value]


def with_annotations(page: Held, written: Sequence[bytes]) -> bytes:
    """A page's dictionary with that list of annotations; all else as written."""
    annotations = b"[%s]" % b" ".join(written)
    raw, old = page.raw(page.node), page.entries.get(b"Annots")
    if old is None:
        return raw[:-2] + b"/Annots" + annotations + b">>"
    return raw[: old.start - page.node.start] + annotations + raw[old.end - page.node.start :]
