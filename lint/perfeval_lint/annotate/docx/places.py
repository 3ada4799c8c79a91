"""The places in the XML of a Word file where comments on origins are anchored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from perfeval_lint.form.origin import Origin, Paragraph, TableCell
from perfeval_lint.read.word.names import BOX, PARAGRAPH, TABLE, TEXT
from perfeval_lint.read.word.walk import BODY, cells_of, paragraphs_of, rows_of, tables_of


@dataclass(frozen=True, slots=True)
class Anchor:
    """The paragraphs a comment goes from and to."""

    first: etree._Element
    last: etree._Element


def anchors(usual: etree._Element, written: etree._Element, origins: Iterable[Origin]) -> dict[Origin, Anchor]:
    """The anchors in the tree `written`, without the origins that lead to no paragraph.

    `usual` is the same document as the reader takes it, in usual namespaces; the two have the same elements.
    """
    finder = _Finder(usual)
    found = {origin: anchor for origin in set(origins) if (anchor := finder.anchor(origin)) is not None}
    wanted = {element for anchor in found.values() for element in (anchor.first, anchor.last)}
    pairs = zip(usual.iter("*"), written.iter("*"), strict=True)
    twins = {element: twin for element, twin in pairs if element in wanted}
    return {origin: Anchor(twins[each.first], twins[each.last]) for origin, each in found.items()}


class _Finder:
    """Finds what origins number; rows are counted once a table."""

    def __init__(self, root: etree._Element) -> None:
        body = root.find(BODY)
        self._tables = list(tables_of(root))
        self._paragraphs = [] if body is None else list(paragraphs_of(body))
        self._rows: dict[int, list[etree._Element]] = {}

    def anchor(self, origin: Origin) -> Anchor | None:
        if isinstance(origin, Paragraph):
            paragraph = _numbered(self._paragraphs, origin.paragraph)
            return None if paragraph is None else _around(paragraph, paragraph)
        return self._in_cell(origin) if isinstance(origin, TableCell) else None

    def _in_cell(self, origin: TableCell) -> Anchor | None:
        table = _numbered(self._tables, origin.table)
        if table is None:
            return None
        if origin.table not in self._rows:
            self._rows[origin.table] = list(rows_of(table))
        row = _numbered(self._rows[origin.table], origin.row)
        cell = None if row is None else _numbered(list(cells_of(row)), origin.cell)
        paragraphs = [] if cell is None else list(paragraphs_of(cell))
        if cell is None or not paragraphs:
            return None
        if next(cell.iter(TABLE), None) is None:
            return _around(paragraphs[0], paragraphs[-1])
        # Around another table the comment would take in all of it, and an empty paragraph behind one is not shown.
        inside = (*paragraphs, *cell.iter(PARAGRAPH))
        titled = next((each for each in inside if next(each.iter(TEXT), None) is not None), paragraphs[0])
        return _around(titled, titled)


def _numbered(elements: list[etree._Element], number: int) -> etree._Element | None:
    return elements[number - 1] if 0 < number <= len(elements) else None


def _around(first: etree._Element, last: etree._Element) -> Anchor:
    """The anchor, outside of text boxes: Word ignores comments in these."""
    outside = _outside_boxes(first)
    return Anchor(first, last) if outside is first else Anchor(outside, outside)


def _outside_boxes(paragraph: etree._Element) -> etree._Element:
    """The paragraph itself, or the one that the outermost text box around it is anchored in."""
    outside, boxed = paragraph, False
    for ancestor in paragraph.iterancestors(BOX, PARAGRAPH):
        if ancestor.tag == BOX:
            boxed = True
        elif boxed:
            outside, boxed = ancestor, False
    return outside
