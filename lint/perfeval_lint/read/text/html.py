"""Tables written in HTML within a text, as pandoc writes them into markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perfeval_lint.errors import UnreadableFile
from perfeval_lint.form.origin import Origin, Position, TableCell
from perfeval_lint.read.model import Block, Grid, Line
from perfeval_lint.read.text.pieces import Piece
from perfeval_lint.read.web.html import read_html

_TABLE = re.compile(r"<(/?)table(?=[\s>])[^<>]{0,1000}>", re.IGNORECASE)
_CELL = re.compile(r"<t[dh](?=[\s>])", re.IGNORECASE)


def html_flags(lines: Sequence[Piece]) -> list[int]:
    """For each line the number of the HTML table it belongs to, from 1; 0 outside. A table not closed is none."""
    flags = [0] * len(lines)
    depth = number = first = 0
    for at, line in enumerate(lines):
        for tag in _TABLE.finditer(line.text) if "<" in line.text else ():
            if not tag[1]:
                first = at if not depth else first
                depth += 1
            elif depth:
                depth -= 1
                if not depth:
                    number += 1 if not flags[first] else 0  # two on one line are read together
                    flags[first : at + 1] = [number] * (at + 1 - first)
    return flags


def html_blocks(lines: Sequence[Piece], file: str, tables: int) -> Iterator[Block] | None:
    """Returns the blocks of some lines of HTML, its tables counted on from `tables`; None where they hold no cell.

    Text in it that is in no table has the place of the first line.
    """
    text = "\n".join(line.text for line in lines)
    if not _CELL.search(text):
        return None
    try:
        reading = read_html(b"\xef\xbb\xbf" + text.encode(), file)
    except UnreadableFile as error:
        if error.problem.code != "no-text":
            raise
        return None
    return (_placed(block, lines[0], tables) for block in reading.blocks)


def _placed(block: Block, first: Piece, tables: int) -> Block:
    if isinstance(block, Line):
        return Line(block.text, Position(first.line, first.column))
    cells = (cell._replace(origin=_counted(cell.origin, tables)) for cell in block.cells)
    return Grid(tuple(cells), block.name, block.ragged)


def _counted(origin: Origin, tables: int) -> Origin:
    return origin._replace(table=origin.table + tables) if isinstance(origin, TableCell) else origin
