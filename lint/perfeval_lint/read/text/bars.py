"""Tables of cells between bars, a row a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perfeval_lint.read.model import Grid
from perfeval_lint.read.text.marks import Marks
from perfeval_lint.read.text.pieces import Piece, grid_of

BARS = "|｜│┃║"
_GOOD_PART = 0.3  # of a text's lines: bars in so many of them separate cells
_FEW = 20  # bars with white space beside them to one without: that one is text
_DASHES = re.compile(r":?(?:-{3,}|={3,}|—{2,}|–{3,}|_{3,}|─{2,}|━{2,}|═{2,}):?")
_ANY_DASHES = re.compile(r":?-+:?")
_BARE_RULE = re.compile(r"[-=+:—–_─━═┌┬┐├┼┤└┴┘\s]*+")
_LONG_DASH = re.compile(r"-{3}|={3}|—{2}|–{3}|_{3}|─{2}|━{2}|═{2}")


def bar_of(lines: Sequence[Piece]) -> str:
    """The sign that separates cells: the kind of bar most lines have; "" where tabs do on more of them."""
    counts = {bar: sum(bar in line.text for line in lines) for bar in BARS}
    bar = max(counts, key=lambda sign: counts[sign])
    tabs = sum("\t" in line.text.strip() for line in lines)
    return bar if counts[bar] and counts[bar] >= tabs else ""


def _split_cells(line: Piece, bar: str, *, spaced: bool = False) -> list[Piece]:
    """The text between bars, trimmed; a bar behind a backslash is text, and in `spaced` tables one amid letters."""
    text = line.text
    sign = re.escape(bar)
    separator = rf"(?<!\\)(?:(?<!\S){sign}|{sign}(?!\S))" if spaced else rf"(?<!\\){sign}"
    cells: list[Piece] = []
    start = 0
    for found in re.finditer(separator, text):
        cells.append(line.part(start, found.start()).trimmed())
        start = found.end()
    cells.append(line.part(start, len(text)).trimmed())
    if "\\" + bar in text:
        return [cell._replace(text=cell.text.replace("\\" + bar, bar)) for cell in cells]
    return cells


def _is_spaced(lines: Sequence[Piece], bar: str) -> bool:
    """Returns whether nearly all bars of a table have white space beside them, so that those without are text: A|B."""
    sign = re.escape(bar)
    tight = re.compile(rf"(?<=[^\s\\{bar}]){sign}(?=[^\s{bar}])")
    loose = re.compile(rf"(?<=\s){sign}|{sign}(?=\s)")
    count = sum(len(tight.findall(line.text)) for line in lines)
    return count > 0 and sum(len(loose.findall(line.text)) for line in lines) >= _FEW * count


def is_rule(line: Piece, bar: str, *, second: bool = False) -> bool:
    """Returns whether a line is a rule between rows; a single "- |" or "--- |" is a cell, a `second` row may be short.

    In rows of one dash the dashes are values, unless the row is markdown's: the second, and written close.
    """
    if bar not in line.text:
        return _BARE_RULE.fullmatch(line.text) is not None and _LONG_DASH.search(line.text) is not None
    if "--" not in line.text and not (second and "-" in line.text) and not any(sign in line.text for sign in "=—–_─━═"):
        return False
    cells = [cell.text for cell in _split_cells(line, bar)]
    bars = len(cells) - 1
    inner = cells[1 if not cells[0] else 0 : bars if not cells[-1] else None]
    if not inner or (bars < 2 and len(inner) < 2):
        return False
    if all(_DASHES.fullmatch(cell) for cell in inner):
        return True
    return second and _is_close(line, inner)


def _is_close(line: Piece, inner: Sequence[str]) -> bool:
    """Returns whether a row of short dashes is written as a rule: |-|-| or with the colons of an alignment."""
    if not all(_ANY_DASHES.fullmatch(cell) for cell in inner):
        return False
    return " " not in line.text.strip() or any(":" in cell or len(cell) > 2 for cell in inner)


def table_flags(lines: Sequence[Piece], bar: str) -> list[bool]:
    """For each line whether it belongs to a table: in a run of lines with bars, blank ones and rules between them."""
    flags = [False] * len(lines)
    if not bar:
        return flags
    barred = sum(bar in line.text for line in lines)
    filled = sum(not line.is_blank for line in lines)
    for first, end in _runs(lines, bar):
        rows = [line.text.count(bar) for line in lines[first:end] if bar in line.text]
        is_table = barred >= _GOOD_PART * filled or _is_table(rows)
        flags[first:end] = [is_table] * (end - first)
    return flags


def _is_table(bars: Sequence[int]) -> bool:
    """Returns whether a run of rows in a text of few bars is a table, by the number of bars of each."""
    return len(bars) > 1 and (min(bars) > 1 or (len(bars) > 2 and len(set(bars)) == 1))


def _runs(lines: Sequence[Piece], bar: str) -> Iterator[tuple[int, int]]:
    first = end = -1
    for number, line in enumerate(lines):
        if bar in line.text:
            first = number if first < 0 else first
            end = number + 1
        elif first >= 0 and not line.is_blank and not is_rule(line, bar):
            yield first, end
            first = -1
    if first >= 0:
        yield first, end


def bar_tables(lines: Sequence[Piece], bar: str, marks: Marks) -> Iterator[Grid]:
    """The tables of a run: one, or several with a rule under the first row of each and a blank line before it."""
    table: list[Piece] = []
    is_apart = has_rule = False
    for number, line in enumerate(lines):
        if line.is_blank:
            is_apart = True
            continue
        has_head = number + 1 < len(lines) and is_rule(lines[number + 1], bar) and bar in lines[number + 1].text
        if table and is_apart and has_head and has_rule and not is_rule(line, bar):
            yield from _grid(table, bar, marks)
            table = []
        has_rule = has_head if not table else has_rule
        table.append(line)
        is_apart = False
    yield from _grid(table, bar, marks)


def _grid(table: Sequence[Piece], bar: str, marks: Marks) -> Iterator[Grid]:
    rules = [is_rule(line, bar, second=number == 1) for number, line in enumerate(table)]
    lines = [line for line, ruled in zip(table, rules, strict=True) if not ruled]
    if not lines:
        return
    rule = next((line for line, ruled in zip(table, rules, strict=True) if ruled and bar in line.text), None)
    is_opened, is_closed = _frame(lines, rule, bar)
    spaced = _is_spaced(lines, bar)
    rows = []
    for line in lines:
        cells = _split_cells(line, bar, spaced=spaced)
        if is_closed and len(cells) > 1 and _ends(line.text, bar):
            cells.pop()
        if is_opened and len(cells) > 1 and not cells[0].text:
            cells.pop(0)
        rows.append([marks.cell(cell) for cell in cells])
    yield grid_of(rows)


def _frame(lines: Sequence[Piece], rule: Piece | None, bar: str) -> tuple[bool, bool]:
    """Returns whether bars open the first cells and close the last: one answer a table, lest blank cells are lost."""
    opened, closed = (all(found) for found in zip(*(_framed(line.text, bar) for line in lines), strict=True))
    if rule is None or (opened and closed and len(_split_cells(rule, bar)) + 2 == len(_split_cells(lines[0], bar))):
        return opened, closed
    return _framed(rule.text, bar)


def _framed(text: str, bar: str) -> tuple[bool, bool]:
    return text.lstrip().startswith(bar), _ends(text, bar)


def _ends(text: str, bar: str) -> bool:
    text = text.rstrip()
    return text.endswith(bar) and not text.endswith("\\" + bar)
