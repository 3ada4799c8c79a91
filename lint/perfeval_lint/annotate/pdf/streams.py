"""The content of streams of a PDF that hold cross-references and objects: plain, or packed by Flate."""

from __future__ import annotations

import zlib

from perfeval_lint.annotate.pdf.objects import Name, Node, NotSound, Value, number

_MAX_UNPACKED = 32 * 1024 * 1024
_MAX_DIFFERENCES = 8 * 1024 * 1024  # put back byte by byte


def unpacked(packed: bytes, entries: dict[bytes, Node]) -> bytes:
    """The content of a stream, by the entries of its dictionary. Raises NotSound, also for other ways of packing."""
    if b"Filter" not in entries:
        return packed
    if _single(entries[b"Filter"]) != Name(b"FlateDecode"):
        raise NotSound
    return _undone(_inflated(packed), _single(entries[b"DecodeParms"]) if b"DecodeParms" in entries else None)


def _single(node: Node) -> Value:
    """A filter or its parameters, which may be alone or in an array of one."""
    if isinstance(node.value, list):
        return node.value[0].value if len(node.value) == 1 else None
    return node.value


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        inflated = unpacker.decompress(packed, _MAX_UNPACKED)
    except zlib.error:
        raise NotSound from None
    if not unpacker.eof:
        raise NotSound
    return inflated


def _undone(rows: bytes, parameters: Value) -> bytes:
    """Rows written as differences (PNG predictors), put back."""
    if not isinstance(parameters, dict) or parameters.get(b"Predictor", Node(1, 0, 0)).value == 1:
        return rows
    width = number(parameters, b"Columns") if b"Columns" in parameters else 1
    odd = {b"Colors", b"BitsPerComponent"} & {*parameters} or number(parameters, b"Predictor") < 10
    if odd or not 0 < width < 1000 or len(rows) > _MAX_DIFFERENCES:
        raise NotSound
    above = bytes(width)
    undone: list[bytes] = []
    for start in range(0, len(rows), width + 1):
        above = _row(rows[start], rows[start + 1 : start + 1 + width], above)
        undone.append(above)
    return b"".join(undone)


def _row(kind: int, differences: bytes, above: bytes) -> bytes:
    if kind == 0:
        return differences
    row = bytearray()
    left = corner = 0
    for difference, up in zip(differences, above, strict=False):
        left, corner = (difference + _expected(kind, left, up, corner)) & 255, up
        row.append(left)
    return bytes(row)


def _expected(kind: int, left: int, up: int, corner: int) -> int:
    """Returns the value that a byte is the difference to, by the kind of its row."""
    if kind in (1, 2, 3):
        return (left, up, (left + up) // 2)[kind - 1]
    if kind != 4:
        raise NotSound
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
