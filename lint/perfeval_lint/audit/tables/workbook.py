"""Excel workbooks: each sheet that is a table staged as Parquet, read row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Final

import duckdb

from perfeval_lint.audit.tables.header import LOOKED_AT, Header, find_header
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.source import ROW, Place, Source
from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.read.kind import Kind, kind_of
from perfeval_lint.read.model import Grid
from perfeval_lint.read.package import MAX_FILE, Package
from perfeval_lint.read.read import REFUSED, read
from perfeval_lint.read.sheet.address import letters
from perfeval_lint.read.sheet.sheet import Content
from perfeval_lint.read.sheet.xlsx import open_book, read_rows
from perfeval_lint.sql.text import identifier, literal

_MAX_SHEET: Final = 2 * 1024**3  # a million rows of twenty columns take about one
_MAX_STRINGS: Final = 512 * 1024**2
_NUMBER: Final = "#行号"  # of a row in the sheet; no heading, for those have no #
# Formats that only round what is shown: in a table the number that is stored is meant.
_ROUNDING: Final = re.compile(r"(?:#,##)?0(?:\.[0#]+)?(?:_[ )-])?")

Row = tuple[int, list[Content]]


def has_table(path: Path, mapping: TableMapping) -> bool:
    """Whether a workbook has a sheet that is a table of forms. Raises UnreadableFile, OSError."""
    return any(_header(rows, mapping)[0] for _, rows in _sheets(path, []))


def read_workbook(
    database: duckdb.DuckDBPyConnection, path: Path, mapping: TableMapping, scratch: Path
) -> list[Source]:
    """The sheets of a workbook that are tables, their rows in Parquet files in `scratch`; those that are hidden or no
    tables are noted. Raises UnreadableFile, OSError."""
    notes: list[Problem] = []
    found: list[Source] = []
    for number, (name, rows) in enumerate(_sheets(path, notes)):
        header, rest = _header(rows, mapping)
        if header is None:
            message = f"工作表“{name}”不是数据表（前 {LOOKED_AT} 行里没有列名），没有读取"
            notes.append(Problem("not-a-table", message, str(path)))
            continue
        staged = scratch / f"{path.stem}-{len(list(scratch.iterdir()))}-{number}.csv"
        doubts = _write(staged, header, rest)
        if doubts:
            message = f"工作表“{name}”有 {len(doubts)} 格没有有效的值，如第{doubts[0][0]}行：{doubts[0][1]}"
            notes.append(Problem("doubtful-cells", message, str(path)))
        found.append(_source(database, path, name, header, staged))
    if not found:
        raise UnreadableFile(notes[0] if notes else Problem("empty", "工作簿里没有内容", str(path)))
    return [replace(found[0], notes=tuple(notes)), *found[1:]]


def _sheets(path: Path, notes: list[Problem]) -> Iterator[tuple[str, Iterator[Row]]]:
    """The name and the rows of every sheet that is not hidden."""
    if path.stat().st_size > MAX_FILE:
        message = f"Excel 文件超过 {MAX_FILE // 1024**2} MB；请导出为 CSV 或 Parquet"
        raise UnreadableFile(Problem("too-large", message, str(path)))
    data = path.read_bytes()
    kind = kind_of(data, path.suffix.lower())
    if kind in REFUSED:
        code, message = REFUSED[kind]
        raise UnreadableFile(Problem(code, message, str(path)))
    if kind is not Kind.XLSX:
        for block in read(data, str(path)).blocks:
            if isinstance(block, Grid):
                yield block.name, _of_grid(block)
        return
    package = Package(data, str(path), ".xlsx")
    book, sheets = open_book(package, _MAX_STRINGS)
    book = replace(book, codes=["General" if _ROUNDING.fullmatch(code) else code for code in book.codes])
    for sheet in sheets:
        if sheet.hidden:
            notes.append(Problem("hidden", f"工作表“{sheet.name}”是隐藏的，没有读取；如要读取请取消隐藏", str(path)))
        else:
            yield sheet.name, read_rows(package, book, sheet, _MAX_SHEET)


def _of_grid(grid: Grid) -> Iterator[Row]:
    rows: dict[int, dict[int, Content]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, {})[cell.column] = Content(cell.text, cell.doubt)
    for row, cells in rows.items():
        yield row + 1, [cells.get(column, Content("")) for column in range(max(cells) + 1)]


def _header(rows: Iterator[Row], mapping: TableMapping) -> tuple[Header | None, Iterator[Row]]:
    """The headings and the rows below them."""
    first = list(islice(rows, LOOKED_AT + 1))
    header = find_header([[cell.text for cell in row] for _, row in first], mapping)
    if header is None:
        return None, rows
    return header, chain(first[header.at + 1 :], rows)


def _write(staged: Path, header: Header, rows: Iterator[Row]) -> list[tuple[int, str]]:
    """Writes the rows as CSV, the number of each before it; gives the rows with cells that are in doubt."""
    doubts: list[tuple[int, str]] = []
    width = len(header.names)
    with staged.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        for number, row in rows:
            doubts += [(number, cell.doubt) for cell in row[:width] if cell.doubt]
            texts = [cell.text for cell in row[:width]]
            writer.writerow([number, *texts, *[""] * (width - len(texts))])
    return doubts


def _source(database: duckdb.DuckDBPyConnection, path: Path, name: str, header: Header, staged: Path) -> Source:
    parquet = staged.with_suffix(".parquet")
    kinds = {_NUMBER: "BIGINT"} | dict.fromkeys(header.names, "VARCHAR")
    columns = ", ".join(f"{literal(column)}: '{kind}'" for column, kind in kinds.items())
    options = f"delim=',', quote='\"', escape='\"', header=false, auto_detect=false, columns={{{columns}}}"
    database.execute(
        f"COPY (SELECT * FROM read_csv({literal(str(staged))}, {options})) TO {literal(str(parquet))} (FORMAT parquet)"
    )
    staged.unlink()
    rows = f"(SELECT * EXCLUDE ({identifier(_NUMBER)}), {identifier(_NUMBER)} AS {identifier(ROW)} FROM {{}})"
    places = {column: letters(at) for at, column in enumerate(header.names)}
    return Source(
        f"工作表“{name}”",
        (name, path.stem, path.parent.name),
        dict.fromkeys(header.names, "VARCHAR"),
        rows.format(f"read_parquet({literal(str(parquet))})"),
        (path,),
        header.money,
        Place(0, name, places),
    )
