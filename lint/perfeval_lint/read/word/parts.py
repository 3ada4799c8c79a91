"""The parts of a Word file beside its body: styles, page headers and footers, footnotes; which of them are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from perfeval_lint.read.markup import RELATION_ID
from perfeval_lint.read.model import Margin
from perfeval_lint.read.package import Package
from perfeval_lint.read.word.names import PARAGRAPH, W, is_on
from perfeval_lint.read.word.text import TextReader
from perfeval_lint.read.word.walk import blocks_of, cells_of, rows_of

_SECTION, _CHANGE = W + "sectPr", W + "sectPrChange"
_HEADER, _FOOTER = W + "headerReference", W + "footerReference"
_PLACES = {_HEADER: "页眉", _FOOTER: "页脚"}
_NOTES = {"footnotes": ("脚注", W + "footnoteReference"), "endnotes": ("尾注", W + "endnoteReference")}
_NEEDED = {
    "styles": "样式（划掉、隐藏、上标的文字可能没有认出）",
    "numbering": "自动编号",
    "header": "页眉",
    "footer": "页脚",
    "footnotes": "脚注",
    "endnotes": "尾注",
}
_MISSING = "文件不完整：缺少“{}”，{}没有读取；请用 Word（WPS）打开原件核对后另存"


@dataclass(frozen=True, slots=True)
class _Section:
    """The parts with the headers and footers of a section, by place and kind of page; which kinds of pages it has."""

    named: dict[tuple[str, str], str]
    kinds: tuple[str, ...]

    def parts(self, kinds: Sequence[str]) -> dict[str, str]:
        """The parts for these kinds of pages, with their places."""
        return {part: place for (place, kind), part in self.named.items() if kind in kinds and part}


class Parts:
    """Finds the parts that a document names."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._relations = package.relations(main)
        self.styles = self._first("styles")

    def missing(self) -> Iterator[str]:
        """A sentence for each part that is named and not there."""
        for relation in self._relations.values():
            if relation.kind in _NEEDED and not self._package.holds(relation.target):
                yield _MISSING.format(relation.target, _NEEDED[relation.kind])

    def margins(self, root: etree._Element) -> Iterator[Margin]:
        """The texts of headers and footers in force, then of the notes that the body refers to."""
        sections = list(self._sections(root))
        parts = {part: place for section in sections for part, place in section.parts(section.kinds).items()}
        for part, place in parts.items():
            tree = self._package.tree(part)
            holds = all(part in section.parts(section.kinds[:1]) for section in sections)
            yield from () if tree is None else self._texts(tree, place, holds=holds)
        for kind, (place, reference) in _NOTES.items():
            yield from self._notes(root, kind, place, reference)

    def _notes(self, root: etree._Element, kind: str, place: str, reference: str) -> Iterator[Margin]:
        wanted = {each.get(W + "id") for each in root.iter(reference)}
        tree = self._package.tree(self._first(kind)) if wanted else None
        for note in () if tree is None else tree:
            if note.get(W + "id") in wanted:
                yield from self._texts(note, place, holds=False)

    def _texts(self, tree: etree._Element, place: str, *, holds: bool) -> Iterator[Margin]:
        reader = TextReader(tree, self._package, self.styles)
        yield from (Margin(place, text.strip(), holds) for text in _lines(tree, reader) if text.strip())

    def _sections(self, root: etree._Element) -> Iterator[_Section]:
        """The sections; the headers and footers that one does not name it has from the one before."""
        named: dict[tuple[str, str], str] = {}
        for section in root.iter(_SECTION) if next(root.iter(_HEADER, _FOOTER), None) is not None else ():
            if next(section.iterancestors(_CHANGE), None) is not None:
                continue
            named = named | {
                (_PLACES[each.tag], each.get(W + "type", "default")): self._target(each.get(RELATION_ID, ""))
                for each in section.iterchildren(_HEADER, _FOOTER)
            }
            kinds = ["first"] if is_on(section.find(W + "titlePg")) else []
            kinds += ["default"]
            if any(kind == "even" for _, kind in named) and self._has_even_pages():
                kinds.append("even")
            yield _Section(named, tuple(kinds))

    def _has_even_pages(self) -> bool:
        """Returns whether left pages have headers of their own."""
        settings = self._package.tree(self._first("settings"))
        return settings is not None and is_on(settings.find(W + "evenAndOddHeaders"))

    def _first(self, kind: str) -> str:
        return next((each.target for each in self._relations.values() if each.kind == kind), "")

    def _target(self, identity: str) -> str:
        relation = self._relations.get(identity)
        return "" if relation is None else relation.target


def _lines(parent: etree._Element, reader: TextReader) -> Iterator[str]:
    """The paragraphs of a part and of its text boxes, and the rows of its tables."""
    for block in blocks_of(parent):
        if block.tag == PARAGRAPH:
            paragraph = reader.paragraph(block)
            yield paragraph.text
            for box in paragraph.boxes:
                yield from _lines(box, reader)
        else:
            for row in rows_of(block):
                yield "\t".join(" ".join(_lines(cell, reader)) for cell in cells_of(row))
