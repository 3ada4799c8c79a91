"""Plain text: tables between bars, tabs or commas, drawn ones, cells led by tabs, HTML ones; the rest as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.model import Block, Grid, Reading
from perfeval_lint.read.text.bars import BARS, bar_of, bar_tables, is_rule, table_flags
from perfeval_lint.read.text.decode import MAX_CHARACTERS, decode_text
from perfeval_lint.read.text.fields import separated, separated_if_table, tabbed
from perfeval_lint.read.text.html import html_blocks, html_flags
from perfeval_lint.read.text.led import is_tab_led, tab_led
from perfeval_lint.read.text.marks import Marks, marks_of, unquoted
from perfeval_lint.read.text.pieces import Piece
from perfeval_lint.read.text.ruled import ruled_flags, ruled_table

__all__ = ["MAX_CHARACTERS", "decode_text", "read_text"]

MAX_LINES = 400_000
MAX_SEPARATORS = 400_000  # as many as the cells of a workbook
_MARKDOWN = (".md", ".markdown")


def read_text(data: bytes, file: str) -> Reading:
    """A text file's tables and lines, with the line and column at which the text of each begins.

    Typed tables are ragged unless all rows have the same number of cells. Raises UnreadableFile where the bytes are
    no text, or too much of it.
    """
    text = decode_text(data, file).replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MAX_LINES or sum(map(text.count, BARS + "\t,;")) > MAX_SEPARATORS:
        raise UnreadableFile(Problem("too-large", "文本的行数或格数超过上限，不像自评表；请拆分后再检查", file))
    lines = [Piece(line, number, 1) for number, line in enumerate(text.split("\n"), start=1)]
    return Reading(tuple(_blocks(lines, file)))


def _blocks(lines: list[Piece], file: str) -> Iterator[Block]:
    name = file.lower()
    if name.endswith(".csv"):
        yield separated(lines, ",;\t")
        return
    if is_tab_led(lines):
        yield from tab_led(lines)
        return
    lines = unquoted(lines)
    tables = 0
    for number, group in _groups(lines, html_flags(lines)):
        found = html_blocks(group, file, tables) if number else None
        for block in found if found is not None else _plain_blocks(group, is_markdown=name.endswith(_MARKDOWN)):
            tables += isinstance(block, Grid)
            yield block


def _plain_blocks(lines: list[Piece], *, is_markdown: bool) -> Iterator[Block]:
    """Yields drawn tables and the text around them."""
    bar = bar_of(lines)
    if not any(table_flags(lines, bar)):
        bar = ""
    is_markdown = is_markdown or (bar != "" and any(bar in line.text and is_rule(line, bar) for line in lines))
    marks = marks_of((line.text for line in lines), markdown=is_markdown)
    table = None if bar else separated_if_table(lines, ",;")
    if table is not None:
        yield table
        return
    for number, group in _groups(lines, ruled_flags(lines)):
        drawn = ruled_table(group, marks) if number else None
        if drawn is not None:
            yield drawn
        else:
            yield from _rows_and_lines(group, bar, marks)


def _rows_and_lines(lines: list[Piece], bar: str, marks: Marks) -> Iterator[Block]:
    """Tables between bars, tables between tabs, and lines."""
    for is_table, group in _groups(lines, table_flags(lines, bar)):
        if is_table:
            yield from bar_tables(group, bar, marks)
        else:
            yield from tabbed([marks.line(line) for line in group] if marks.markdown else group)


def _groups(lines: Sequence[Piece], flags: Sequence[int]) -> Iterator[tuple[int, list[Piece]]]:
    """Runs of lines of the same flag."""
    for flag, group in groupby(zip(flags, lines, strict=True), key=lambda pair: pair[0]):
        yield flag, [line for _, line in group]
