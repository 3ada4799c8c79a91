"""The names of the entries of a zip archive, as people see them."""

from __future__ import annotations

import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from perfeval_lint.files import is_chinese_utf8

MAC_FOLDER = "__MACOSX"  # what a Mac packs beside the files: their icons and attributes
_UTF8_NAME = 0x800  # the flag of an entry whose name is UTF-8


def member_names(members: Iterable[zipfile.ZipInfo]) -> Iterator[str]:
    """Yields the name of each entry, none twice: a further entry of a name is numbered before its suffix.

    A Mac decomposes letters (NFD) and an archive may have a file in it twice; both are composed to one name.
    """
    seen: Counter[str] = Counter()
    for member in members:
        name = _name(member)
        seen[name] += 1
        yield name if seen[name] == 1 else _numbered(name, seen[name])


def _numbered(name: str, number: int) -> str:
    path = PurePosixPath(name)
    return name.removesuffix(path.suffix) + f"（同名第{number}个）{path.suffix}"


def _name(member: zipfile.ZipInfo) -> str:
    """Chinese packers write GBK, and Macs UTF-8, without saying so."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            data = name.encode("cp437")
            name = data.decode("utf-8" if is_chinese_utf8(data) else "gb18030")
    printable = name.replace("\\", "/").encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", printable)
