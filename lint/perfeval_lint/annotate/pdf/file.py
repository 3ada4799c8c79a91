"""A PDF by its own cross-references: its trailer, its objects, its pages. Nothing is guessed, nothing repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass

from perfeval_lint.annotate.pdf.objects import Name, Node, NotSound, Reference, after_blank, number, value_at
from perfeval_lint.annotate.pdf.streams import unpacked

_MAX_SECTIONS = 500  # of cross-references; a section a revision
_MAX_OBJECTS = 1_000_000  # and entries of cross-references, all revisions together
_MAX_NODES = 2_000  # of the page tree
_MAX_READ = 32 * 1024 * 1024  # bytes of objects, as often as they are read: a bound on the time
_MAX_HEAD = 1024 * 1024  # of an object stream: some hundred objects, in a few kilobytes
_TAIL = 2048
_START = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+%%EOF")
_OBJECT = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj")
_RANGE = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10}) +(\d{1,10})[\0\t\f ]*\r?\n?")
_ENTRY = re.compile(rb"[\0\t\n\f\r ]*(\d{10}) (\d{5}) ([nf])")
_TRAILER = re.compile(rb"[\0\t\n\f\r ]*trailer")
_STREAM = re.compile(rb"stream\r?\n")
_END = re.compile(rb"[\0\t\n\f\r ]*endstream")


@dataclass(frozen=True, slots=True)
class Held:
    """An object: the bytes it is written in (the file's, or those of an object stream), its value in them."""

    source: bytes
    node: Node

    @property
    def entries(self) -> dict[bytes, Node]:
        """The entries of a dictionary. Raises NotSound for anything else."""
        if not isinstance(self.node.value, dict):
            raise NotSound
        return self.node.value

    def raw(self, node: Node) -> bytes:
        """A value of the object as written."""
        return self.source[node.start : node.end]


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of an object: at a byte of the file, or in an object stream."""

    offset: int
    generation: int = 0
    stream: int | None = None


class PdfFile:
    """The objects of a PDF. Making one and every method may raise NotSound.

    `startxref` is where its newest cross-references are, `by_table` whether they are a table or a stream.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        starts = _START.findall(data, max(len(data) - _TAIL, 0))
        if not starts or not data.startswith(b"%PDF-"):
            raise NotSound
        self.startxref = int(starts[-1])
        self.by_table = self._is_table(self.startxref)
        self._places: dict[int, _Place | None] = {}
        self._noted = self._read = 0
        self._streams: dict[int, tuple[dict[int, int], bytes]] = {}
        self.trailer = self._read_chain()

    @property
    def size(self) -> int:
        """The first number that no object has."""
        written = number(self.trailer, b"Size")
        return max(written, max(self._places, default=0) + 1)

    def at(self, reference: Reference) -> Held | None:
        """The object a reference means; None where there is none, which the format takes for null."""
        place = self._places.get(reference.number)
        if place is None or (place.stream is None and place.generation != reference.generation):
            return None
        if place.stream is not None:
            return self._in_stream(place.stream, reference.number)
        found, start = self._header(place.offset)
        if found != reference:
            raise NotSound
        return self._value(self.data, start)

    def held(self, holder: Held, node: Node | None) -> Held | None:
        """A value of an object, looked up where it is a reference; None where there is none."""
        if node is None:
            return None
        held = self.at(node.value) if isinstance(node.value, Reference) else Held(holder.source, node)
        return None if held is None or held.node.value is None else held

    def pages(self) -> list[tuple[Reference, Held]]:
        """The pages in their order."""
        root = self._wanted(self.trailer.get(b"Root")).entries
        waiting = [root.get(b"Pages")]
        pages: list[tuple[Reference, Held]] = []
        for _ in range(_MAX_NODES):
            if not waiting:
                return pages
            node = waiting.pop()
            held = self._wanted(node)
            kids = self.held(held, held.entries.get(b"Kids"))
            if kids is None and node is not None and isinstance(node.value, Reference):
                pages.append((node.value, held))
            elif kids is not None and isinstance(kids.node.value, list):
                waiting += reversed(kids.node.value)
                if len(waiting) > _MAX_NODES:
                    raise NotSound
            else:
                raise NotSound
        raise NotSound

    def _wanted(self, node: Node | None) -> Held:
        held = self.at(node.value) if node is not None and isinstance(node.value, Reference) else None
        if held is None:
            raise NotSound
        return held

    def _header(self, offset: int) -> tuple[Reference, int]:
        found = _OBJECT.match(self.data, after_blank(self.data, offset))
        if not found:
            raise NotSound
        return Reference(int(found[1]), int(found[2])), found.end()

    def _read_chain(self) -> dict[bytes, Node]:
        """Takes in the cross-references, newest first: what a newer section says of an object holds."""
        newest: dict[bytes, Node] | None = None
        offset: int | None = self.startxref
        seen: set[int] = set()
        while offset is not None:
            if offset in seen or len(seen) >= _MAX_SECTIONS:
                raise NotSound
            seen.add(offset)
            entries = self._table(offset) if self._is_table(offset) else self._stream_section(offset)
            newest = newest or entries
            offset = number(entries, b"Prev") if b"Prev" in entries else None
        if newest is None or b"Encrypt" in newest:
            raise NotSound
        return newest

    def _is_table(self, offset: int) -> bool:
        return self.data.startswith(b"xref", after_blank(self.data, offset))

    def _table(self, offset: int) -> dict[bytes, Node]:
        position = after_blank(self.data, offset) + len(b"xref")
        places: dict[int, _Place | None] = {}
        while found := _RANGE.match(self.data, position):
            first, count = int(found[1]), int(found[2])
            position = found.end()
            for object_number in range(first, first + count):
                entry = _ENTRY.match(self.data, position)
                if not entry:
                    raise NotSound
                self._count()
                places[object_number] = _Place(int(entry[1]), int(entry[2])) if entry[3] == b"n" else None
                position = entry.end()
        trailer = _TRAILER.match(self.data, position)
        if not trailer:
            raise NotSound
        entries = self._value(self.data, trailer.end()).entries
        if b"XRefStm" in entries:  # what only newer readers are to see, free in the table
            self._stream_section(number(entries, b"XRefStm"))
        for object_number, place in places.items():
            self._places.setdefault(object_number, place)
        return entries

    def _stream_section(self, offset: int) -> dict[bytes, Node]:
        held = self._value(self.data, self._header(offset)[1])
        entries = held.entries
        widths = _integers(entries.get(b"W"))
        if entries.get(b"Type", held.node).value != Name(b"XRef") or len(widths) != 3 or not 0 < sum(widths) < 20:
            raise NotSound
        index = _integers(entries[b"Index"]) if b"Index" in entries else [0, number(entries, b"Size")]
        numbers = (
            at for first, count in zip(index[::2], index[1::2], strict=True) for at in range(first, first + count)
        )
        rows = self._unpack(held)
        for start, object_number in zip(range(0, len(rows) - sum(widths) + 1, sum(widths)), numbers, strict=False):
            self._count()
            place = _place(_fields(rows[start : start + sum(widths)], widths), widths)
            self._places.setdefault(object_number, place)
        return entries

    def _count(self) -> None:
        self._noted += 1
        if self._noted > _MAX_OBJECTS:
            raise NotSound

    def _spend(self, size: int) -> None:
        self._read += size
        if self._read > _MAX_READ:
            raise NotSound

    def _value(self, source: bytes, start: int) -> Held:
        node = value_at(source, start)
        self._spend(node.end - start)
        return Held(source, node)

    def _in_stream(self, stream: int, wanted: int) -> Held:
        if stream not in self._streams:
            self._streams[stream] = self._open_stream(stream)
        starts, inside = self._streams[stream]
        if wanted not in starts:
            raise NotSound
        return self._value(inside, starts[wanted])

    def _open_stream(self, stream: int) -> tuple[dict[int, int], bytes]:
        """Returns where each object of an object stream begins in its bytes, and these."""
        place = self._places.get(stream)
        held = self.at(Reference(stream, place.generation)) if place and place.stream is None else None
        if held is None:
            raise NotSound
        inside, first = self._unpack(held), number(held.entries, b"First")
        head = inside[: min(first, _MAX_HEAD)].split()
        if first > _MAX_HEAD or len(head) % 2 or not all(word.isdigit() and len(word) < 11 for word in head):
            raise NotSound
        numbers = [int(word) for word in head]
        return {one: first + offset for one, offset in zip(numbers[::2], numbers[1::2], strict=True)}, inside

    def _unpack(self, held: Held) -> bytes:
        """Returns the content of a stream of cross-references or objects."""
        entries = held.entries
        length = self.held(held, entries.get(b"Length"))
        start = _STREAM.match(self.data, after_blank(self.data, held.node.end))
        if not start or length is None or not isinstance(length.node.value, int) or length.node.value < 0:
            raise NotSound
        end = start.end() + length.node.value
        if not _END.match(self.data, end):
            raise NotSound
        inside = unpacked(self.data[start.end() : end], entries)
        self._spend(len(inside))
        return inside


def _integers(node: Node | None) -> list[int]:
    items = node.value if node is not None and isinstance(node.value, list) else []
    values = [item.value for item in items if isinstance(item.value, int) and 0 <= item.value <= _MAX_OBJECTS]
    if len(values) != len(items):
        raise NotSound
    return values


def _fields(row: bytes, widths: list[int]) -> tuple[int, int, int]:
    kind, second, _ = widths
    parts = row[:kind], row[kind : kind + second], row[kind + second :]
    return int.from_bytes(parts[0]), int.from_bytes(parts[1]), int.from_bytes(parts[2])


def _place(fields: tuple[int, int, int], widths: list[int]) -> _Place | None:
    kind, second, third = fields
    if kind == 2:
        return _Place(0, 0, second)
    return _Place(second, third) if kind == 1 or not widths[0] else None
