"""A zip archive with some entries replaced and some added; all others stay byte for byte as they were.

zipfile packs every entry it writes anew, with its own dates, flags and extra fields; here the rest is copied.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_OFFSET = struct.Struct("<I")  # the last field of _CENTRAL
_END = struct.Struct("<4s4H2IH")
_UTF8 = 0x0800  # the flag of a name in UTF-8, the only flag kept for an entry packed anew
_VERSION = 20  # deflate, and no more
_NEW = _CENTRAL.pack(b"PK\1\2", _VERSION, _VERSION, _UTF8, zipfile.ZIP_DEFLATED, 0, 0x21, *(0,) * 10)  # of 1980-01-01


def rewritten(data: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The archive with the contents in `changed` by entry name: in place where there is such an entry, else at its end.

    Raises zipfile.BadZipFile where entries lie over one another or the directory does not hold them all, and what
    zipfile raises on damaged archives.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries, at, comment = archive.infolist(), archive.start_dir, archive.comment
    ends = _ends(entries, at)
    rebuilt = _Entries()
    for entry in entries:
        record = data[at : at + _length(data, at)]
        at += len(record)
        content = changed.get(entry.filename)
        if content is None:
            rebuilt.add(data[entry.header_offset : ends[entry.header_offset]], record)
        else:
            rebuilt.add(*_packed(record, _name_in(record), content))
    if data[at : at + 4] not in (b"PK\5\6", b"PK\6\6"):  # zipfile is content with a directory that says less
        raise zipfile.BadZipFile("entries left over")
    known = {entry.filename for entry in entries}
    for name, content in changed.items():
        if name not in known:
            rebuilt.add(*_packed(_NEW, name.encode(), content))
    return rebuilt.to_bytes(comment)


class _Entries:
    """The entries of a new archive, one behind the other, and their records."""

    def __init__(self) -> None:
        self._entries = bytearray()
        self._records: list[bytes] = []

    def add(self, entry: bytes, record: bytes) -> None:
        """Adds an entry with its local header, and its record to the directory."""
        place = _CENTRAL.size - _OFFSET.size
        self._records.append(record[:place] + _OFFSET.pack(len(self._entries)) + record[_CENTRAL.size :])
        self._entries += entry

    def to_bytes(self, comment: bytes) -> bytes:
        """The archive, its directory at the end."""
        directory, count = b"".join(self._records), len(self._records)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(self._entries), len(comment))
        return bytes(self._entries) + directory + end + comment


def _ends(entries: Sequence[zipfile.ZipInfo], directory: int) -> dict[int, int]:
    """Returns where the entry at each offset ends: where the next one begins. No two may share bytes."""
    offsets = sorted({entry.header_offset for entry in entries})
    ends = dict(zip(offsets, [*offsets[1:], directory], strict=True))
    sound = all(ends[each.header_offset] - each.header_offset >= _LOCAL.size + each.compress_size for each in entries)
    if len(offsets) < len(entries) or not sound:
        raise zipfile.BadZipFile("entries overlap")
    return ends


def _length(data: bytes, at: int) -> int:
    """Returns the length of the directory's record at `at`: its name, extra fields and remark follow its fixed part."""
    magic, *_, name, extra, remark, _, _, _, _ = _CENTRAL.unpack_from(data, at)
    if magic != b"PK\1\2":
        raise zipfile.BadZipFile("no record")
    return int(_CENTRAL.size + name + extra + remark)


def _name_in(record: bytes) -> bytes:
    length = _CENTRAL.unpack_from(record)[10]
    return record[_CENTRAL.size : _CENTRAL.size + length]


def _packed(record: bytes, name: bytes, content: bytes) -> tuple[bytes, bytes]:
    """An entry of that content and its record, with the date, packing and attributes of the record given."""
    _, made, _, flags, method, time, date, *_, inside, outside, _ = _CENTRAL.unpack_from(record)
    flags &= _UTF8
    packed = content
    if method == zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        packed = packer.compress(content) + packer.flush()
    fields = (flags, method, time, date, zlib.crc32(content), len(packed), len(content), len(name))
    local = _LOCAL.pack(b"PK\3\4", _VERSION, *fields, 0)
    central = _CENTRAL.pack(b"PK\1\2", made, _VERSION, *fields, 0, 0, 0, inside, outside, 0)
    return local + name + packed, central + name
