"""Texts of a workbook outside its cells: page headers and footers, text boxes, and notes on cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from perfeval_lint.read.model import Margin

# The codes of a header: fonts, sizes, colours, ways of writing, and what the program puts in (page, date, file).
_CODE = re.compile(
    r"""&(?:"[^"]*" | [0-9]{1,3}\s? | K(?:[0-9A-F]{6}|[0-9]{2}[+-][0-9]{3}) | [PN](?:[+-][0-9]+)? | [A-Z])""",
    re.VERBOSE | re.IGNORECASE,
)
_PART = re.compile(r"(?<!&)((?:&&)*)&[LCR]", re.IGNORECASE)
_OF_FORM = re.compile(r"单位[:：]|部门[:：]|年度|项目名称[:：]|[万千百亿]元")
_OURS = "perfeval-lint"
_OF_THREAD = re.compile(r"\[(?:线程批注|Threaded comment)\].*?\n\s*\n(?:注释|Comment)[:：]\s*", re.DOTALL)
_LONGEST_NOTE = 60  # letters; a longer note on a cell explains something and is no part of the form


def header_texts(code: str) -> Iterator[str]:
    """The texts of a header or footer of Excel: left, middle, right."""
    for piece in re.split("\0", _PART.sub("\\1\0", code)):
        text = "&".join(_CODE.sub("", part) for part in piece.split("&&")).strip()
        if text:
            yield text


def page_margins(sheet: str, texts: Iterable[tuple[str, str]], *, holds: bool = True) -> Iterator[Margin]:
    """Yields the margins of a sheet, given the kind and text of each; one without Chinese says nothing of a form."""
    for where, text in texts:
        if not text.isascii():
            yield Margin(where, text.strip(), holds, sheet)


def note_margins(sheet: str, texts: Iterable[str]) -> Iterator[Margin]:
    """Notes on cells that say something of the form; they are not printed, and so hold for nothing."""
    for text in (_OF_THREAD.sub("", text) for text in texts):  # what Excel writes for programs of before 2019
        if len(text) <= _LONGEST_NOTE and _OF_FORM.search(text) and _OURS not in text:
            yield Margin("批注", text.strip(), False, sheet)
