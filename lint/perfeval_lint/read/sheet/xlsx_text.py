"""The texts of an Excel workbook: plain, and in runs of several fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from perfeval_lint.read.markup import SHEET
from perfeval_lint.read.package import MAX_PART, Package, searchable
from perfeval_lint.read.sheet.drawn import Piece
from perfeval_lint.read.sheet.xlsx_style import DRAWN_OTHERWISE, font_of

_T, _R, _PROPERTIES, _ITEM = (SHEET + name for name in ("t", "r", "rPr", "si"))
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Strings:
    """The texts that cells refer to by number; `runs` are those in fonts that change what is read.

    `missing` where the workbook has no part for them.
    """

    plain: list[str] = field(default_factory=list)
    runs: dict[int, tuple[Piece, ...]] = field(default_factory=dict)
    missing: bool = False


def shared_strings(package: Package, name: str, limit: int) -> Strings:
    """The texts of the workbook, none where it has no such part. Raises UnreadableFile."""
    if limit > MAX_PART and name:
        return _strings(package.streamed(name, (_ITEM,), limit), has_fonts=True)
    data = package.read(name) if name else None
    if data is None:
        return Strings(missing=True)
    return _strings(
        package.elements(data, name, (_ITEM,)), has_fonts=DRAWN_OTHERWISE.search(searchable(data)) is not None
    )


def _strings(elements: Iterable[etree._Element], *, has_fonts: bool) -> Strings:
    strings = Strings()
    for index, element in enumerate(elements):
        strings.plain.append(plain_text(element))
        if has_fonts and element.find(f"{_R}/{_PROPERTIES}") is not None:
            strings.runs[index] = runs_of(element)
    return strings


def plain_text(element: etree._Element) -> str:
    """The text of a string, its runs put together; the phonetic guide (rPh) is no part of it."""
    if len(element) == 1 and element[0].tag == _T:
        return unescaped(element[0].text or "")
    return unescaped("".join(text for _, text in _runs(element)))


def runs_of(element: etree._Element) -> tuple[Piece, ...]:
    """The text of a string in pieces, each with its font."""
    return tuple(
        (unescaped(text), None if properties is None else font_of(properties)) for properties, text in _runs(element)
    )


def _runs(element: etree._Element) -> Iterator[tuple[etree._Element | None, str]]:
    for child in element:
        if child.tag == _T:
            yield None, child.text or ""
        elif child.tag == _R:
            yield child.find(_PROPERTIES), "".join(text.text or "" for text in child.iterfind(_T))


def unescaped(text: str) -> str:
    """Text with the escapes of the format (_x000D_) resolved, line ends made "\\n", control characters dropped."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text)
