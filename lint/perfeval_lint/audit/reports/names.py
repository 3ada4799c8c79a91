"""Names of files made of any text, and links from the reports to the files that were audited."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path, PurePosixPath

from perfeval_lint.form.load import CANONICAL

_LONGEST = 60  # characters: 180 bytes of Chinese in UTF-8, below every file system's 255
_FORBIDDEN = dict(zip('<>:"/\\|?*', "＜＞：＂／＼｜？＊", strict=True))
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_CELL = re.compile(r"(.+)!([A-Z]{1,3}[0-9]{1,7})", re.DOTALL)
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")


def distinct_names(texts: Iterable[str]) -> dict[str, str]:
    """Returns a name for each text that Windows, macOS and Linux take, no two the same where case does not count.

    A name is as near to the text as can be; one that had to be cut, or that another text would have as well, ends with
    six digits made of the whole text.
    """
    given = sorted(set(texts))
    plain = {text: _plain(text) for text in given}
    counts = Counter(_folded(name) for name in plain.values())
    return {
        text: name if counts[_folded(name)] == 1 and len(name) <= _LONGEST else _marked(text, name)
        for text, name in plain.items()
    }


def _plain(text: str) -> str:
    kept = "".join(char for char in " ".join(text.split()) if unicodedata.category(char) not in _UNSEEN)
    name = "".join(_FORBIDDEN.get(char, char) for char in unicodedata.normalize("NFC", " ".join(kept.split())))
    name = name.strip(". ") or "未命名"
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def _marked(text: str, name: str) -> str:
    return f"{name[:_LONGEST].rstrip('. ')}-{sha256(text.encode()).hexdigest()[:6]}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def file_to_open(name: str) -> str | None:
    """Returns the file to open for an input: of a member its archive; None for rows of a table or a database."""
    from perfeval_lint.read.read import SUFFIXES

    parts = PurePosixPath(name.replace(os.sep, "/")).parts
    for number, part in enumerate(parts[:-1], start=1):
        if part.lower().endswith(".zip"):
            return "/".join(parts[:number])
    return name if name.lower().endswith((*CANONICAL, *SUFFIXES)) else None


def relative_link(name: str, origin: Path, folder: Path) -> str | None:
    """Returns the relative path from a folder to an input, with slashes; None where there is no file, no such path
    (another drive), or where the link could be taken for something else (https:…)."""
    opened = file_to_open(name)
    if opened is None or "\0" in opened:
        return None
    try:
        link = os.path.relpath(origin / opened, folder).replace(os.sep, "/")
    except ValueError:
        return None
    return None if ":" in link.partition("/")[0] or "\\" in link else link


def cell_of(name: str, place: str | None) -> tuple[str, str] | None:
    """Returns the sheet and cell of a place in a workbook; None for other files."""
    found = _CELL.fullmatch(place or "") if name.lower().endswith(_WORKBOOKS) else None
    return (found[1], found[2]) if found else None
