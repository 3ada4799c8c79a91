"""A file of any kind to documents: read, then recognise; every error is a document's problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.load import CANONICAL, load
from perfeval_lint.form.model import Document
from perfeval_lint.read.read import SUFFIXES, read
from perfeval_lint.recognise.recognise import recognise

_FORMAT_KEY = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:[{,]\s*)?[\"']?\xe6\xa0\xbc\xe5\xbc\x8f[\"']?\s*:", re.MULTILINE)
_HEAD = 4096


def documents(data: bytes, file: str, seconds: float | None = None) -> Iterator[Document]:
    """The forms of a file: canonical YAML and JSON are loaded, everything else converted. Never raises.

    `seconds` is what reading may take, where something ends it then.
    """
    if file.lower().endswith(CANONICAL) or (not file.lower().endswith(SUFFIXES) and is_canonical(data)):
        yield from load(data, file)
    else:
        yield from convert(data, file, seconds)


def is_canonical(data: bytes) -> bool:
    """Whether bytes without a telling name begin as a canonical form does: with 格式, or as YAML or JSON of it."""
    return _FORMAT_KEY.search(data[:_HEAD]) is not None


def convert(data: bytes, file: str, seconds: float | None = None) -> Iterator[Document]:
    """The forms recognised in a file that is not canonical; what was left out on purpose are the first one's notes."""
    try:
        reading = read(data, file, seconds)
    except UnreadableFile as error:
        yield Document(0, None, (error.problem,))
        return
    notes = reading.notes
    for document in recognise(reading, file):
        yield replace(document, notes=(*notes, *document.notes))
        notes = ()
