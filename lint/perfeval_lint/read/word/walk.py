"""The tables, rows, cells and paragraphs of a Word file as they are counted, for reading and finding them again.

A table is counted over all w:tbl of the document in the order they begin, nested ones too; a row over the w:tr of its
table, a cell over the w:tc of its row, those in content controls too; a paragraph over the w:p outside tables and text
boxes. All count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from perfeval_lint.read.word.names import ALTERNATIVES, CELL, PARAGRAPH, SKIPPED, TABLE, W, chosen

BODY = W + "body"
_ROW = W + "tr"


def tables_of(root: etree._Element) -> Iterator[etree._Element]:
    """The tables of a document."""
    return root.iter(TABLE)


def rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, hidden ones and those marked as deleted too."""
    return _unwrapped(table, (_ROW,))


def cells_of(row: etree._Element) -> Iterator[etree._Element]:
    """The cells of a row, those marked as deleted too."""
    return _unwrapped(row, (CELL,))


def blocks_of(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs and tables of the body, a cell or a text box."""
    return _unwrapped(parent, (PARAGRAPH, TABLE))


def paragraphs_of(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs among the blocks."""
    return (block for block in blocks_of(parent) if block.tag == PARAGRAPH)


def _unwrapped(parent: etree._Element, wanted: tuple[str, ...]) -> Iterator[etree._Element]:
    """The children of those tags, through content controls and tracked changes, without what was deleted."""
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag == ALTERNATIVES:
            yield from _unwrapped(chosen(child), wanted)
        elif child.tag not in SKIPPED and len(child):
            yield from _unwrapped(child, wanted)
