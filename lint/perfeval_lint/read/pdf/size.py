"""The unpacked size of the compressed parts of a PDF, checked before pdfium unpacks them without a bound."""

from __future__ import annotations

import re
import zlib

MAX_STREAM = 32 * 1024 * 1024  # a whole Chinese font is 20 MiB; a page of a form 0.1 MiB
MAX_PICTURE = 128 * 1024 * 1024  # a page scanned in colour at 600 dots per inch
_STREAM = re.compile(rb"stream\r?\n")
_LOOK_BACK = 600  # bytes before a stream in which its dictionary is looked for
_STEP = 1024 * 1024


def unpacks_too_far(data: bytes) -> bool:
    """Returns whether a stream compressed by Flate, as nearly all are, unpacks to more than any form holds."""
    view = memoryview(data)
    for found in _STREAM.finditer(data):
        if data[found.start() - 3 : found.start()] == b"end":
            continue
        dictionary = data[max(found.start() - _LOOK_BACK, 0) : found.start()].rpartition(b"obj")[2]
        most = MAX_PICTURE if b"/Image" in dictionary else MAX_STREAM
        end = data.find(b"endstream", found.end())
        if _unpacked(view[found.end() : end if end >= 0 else len(data)], most) > most:
            return True
    return False


def _unpacked(packed: memoryview, most: int) -> int:
    """The unpacked size; stops soon after `most`, and where the data is not compressed so."""
    if len(packed) * 1100 < _STEP:  # Flate packs no more than 1032 to 1
        return 0
    unpacker = zlib.decompressobj()
    size = 0
    rest: bytes | memoryview = packed
    try:
        while rest and size <= most and not unpacker.eof:
            size += len(unpacker.decompress(rest, _STEP))
            rest = unpacker.unconsumed_tail
    except zlib.error:
        return size
    return size
