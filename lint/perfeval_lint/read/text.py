"""Plain text: pipe tables, tab tables, cells led by tabs, CSV; the rest as lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import Position
from perfeval_lint.read.model import Block, Cell, Grid, Line, Reading

MAX_CHARACTERS = 8_000_000
_NARROWEST = 4  # typed tables of fewer columns say nothing about places even when all rows are alike
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_RULE = re.compile(r"[\s|:+=\-—–_]*")
_BOOKMARK = re.compile(r"\[bookmark: ?[^\]\n]{0,80}\]")
_Typed = tuple[int, list[str]]  # a row of a table as typed: its first line (from 0) and its cells


def read_text(data: bytes, file: str) -> Reading:
    """A text file's tables and lines; ragged grids, because typed rows need not have the same columns."""
    text = _BOOKMARK.sub("", decode_text(data, file)).replace("\r\n", "\n").replace("\r", "\n")
    if file.lower().endswith(".csv"):
        return Reading((_grid(list(_csv_rows(text, ","))),))
    lines = text.split("\n")
    if _is_tab_led(lines):
        return Reading(tuple(_tab_led(lines)))
    if "\t" in text and '"' in text:
        rows = list(_csv_rows(text, "\t"))
        if any("\n" in cell for _, cells in rows for cell in cells):
            return Reading((_grid(rows),))
    return Reading(tuple(_blocks(lines)))


def decode_text(data: bytes, file: str) -> str:
    """Text by its byte order mark, as UTF-8, or as GB18030; raises UnreadableFile for anything else."""
    if len(data) > MAX_CHARACTERS * 4:
        raise UnreadableFile(Problem("too-large", f"文本有 {len(data) // 1_000_000} MB，超过上限；请拆分", file))
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    message = "不是文本，或编码不是 UTF-8、GB18030；请用记事本另存为 UTF-8"
    raise UnreadableFile(Problem("encoding", message, file))


def _csv_rows(text: str, delimiter: str) -> Iterator[_Typed]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    start = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num
    except csv.Error:  # a cell beyond the module's own limit: what came before it stands
        return


def _grid(rows: Sequence[_Typed]) -> Grid:
    cells = [
        Cell(number, column, text.strip(), Position(line + 1, column + 1))
        for number, (line, texts) in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    widths = {len(texts) for _, texts in rows}
    return Grid(tuple(cells), ragged=len(widths) > 1 or max(widths, default=0) < _NARROWEST)


# --- one cell a line, each led by a tab ------------------------------------------------------------


def _is_tab_led(lines: Sequence[str]) -> bool:
    """Whether cells stand one a line behind a tab, rows apart by a blank line, as converters of .doc give them."""
    filled = [line for line in lines if line.strip()]
    led = sum(line.startswith("\t") and "\t" not in line.strip() for line in filled)
    return len(filled) > 10 and led > 0.6 * len(filled)


def _tab_led(lines: Sequence[str]) -> Iterator[Block]:
    rows: list[_Typed] = []
    group: list[tuple[int, str]] = []
    for number, line in enumerate([*lines, ""]):
        if line.startswith("\t") or (line and group):
            group.append((number, line))
        elif line:
            yield from _finished(rows)
            rows = []
            yield Line(line, Position(number + 1, 1))
        elif group:
            rows.append((group[0][0], _cells_of(group)))
            group = []
    yield from _finished(rows)


def _cells_of(group: Sequence[tuple[int, str]]) -> list[str]:
    cells: list[str] = []
    for _, line in group:
        if line.startswith("\t"):
            cells.append(line[1:])
        else:
            cells[-1] += "\n" + line
    return cells


def _finished(rows: Sequence[_Typed]) -> Iterator[Grid]:
    if rows:
        cells = []
        for number, (line, texts) in enumerate(rows):
            for column, text in enumerate(texts):
                cells.append(Cell(number, column, text.strip(), Position(line + 1, 2)))
                line += 1 + text.count("\n")
        yield Grid(tuple(cells), ragged=True)


# --- pipes and tabs --------------------------------------------------------------------------------


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Runs of table rows as grids, other lines as they are; blank lines inside a run do not end it."""
    barred = [line.strip() for line in lines if "|" in line]
    is_framed = all(line.startswith("|") for line in barred)
    rows: list[_Typed] = []
    blanks: list[Line] = []
    for number, line in enumerate(lines):
        cells = _typed_cells(line, is_framed=is_framed)
        if cells is not None:
            rows += [(number, cells)] if cells else []
            blanks = []
        elif not line.strip():
            blanks.append(Line(line, Position(number + 1, 1)))
        else:
            if rows:
                yield _grid(rows)
                rows = []
            yield from blanks
            blanks = []
            yield Line(line, Position(number + 1, 1))
    if rows:
        yield _grid(rows)


def _typed_cells(line: str, *, is_framed: bool) -> list[str] | None:
    """The cells of a table row, none for a rule between rows, None for a line that is no row.

    A bar at the end closes the last cell; one at the beginning opens the first only where every row has it.
    """
    bar = "|" if "|" in line else "\t" if "\t" in line.strip() else ""
    if not bar:
        return None
    if bar == "\t":
        return [cell.strip() for cell in line.split("\t")]
    if _RULE.fullmatch(line) and "-" in line:
        return []
    inner = line.strip().removesuffix("|")
    if is_framed:
        inner = inner.removeprefix("|")
    return [re.sub("<br ?/?>", "\n", cell).strip() for cell in inner.split("|")]
