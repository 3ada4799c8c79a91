"""CSV and TSV files: the encoding made UTF-8, the separator and the headings found, the rows staged as Parquet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb

from perfeval_lint.audit.tables.header import LOOKED_AT, Header, find_header
from perfeval_lint.audit.tables.mapping import TableMapping
from perfeval_lint.audit.tables.source import ROW, Place, Source
from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.files import encodings_of
from perfeval_lint.sql.text import identifier, literal

SEPARATORS: Final = (",", "\t", ";", "|", "，")
_CHUNK = 1024 * 1024
_HEAD = 256 * 1024
_LONGEST_LINE = 64 * 1024 * 1024


def has_table(path: Path, mapping: TableMapping) -> bool:
    """Whether a text file is a table of forms. Raises OSError."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    for encoding in encodings_of(head):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
        if text.count("\ufffd") * 100 <= len(text) and _layout(text, mapping) is not None:
            return True
    return False


def read_delimited(
    database: duckdb.DuckDBPyConnection, path: Path, mapping: TableMapping, scratch: Path
) -> list[Source]:
    """The table of a text file, its rows in a Parquet file in the folder `scratch`. Raises UnreadableFile, OSError."""
    text = _as_utf8(path, scratch)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        layout = _layout(stream.read(_HEAD), mapping)
    if layout is None:
        message = (
            "第一行应是列名，要有表的编号（eval_id，或年度、单位编码、项目编码）和指标、资金等各列；"
            "列名不同的请写映射文件（--mapping）"
        )
        raise UnreadableFile(Problem("no-header", message, str(path)))
    separator, skipped, header = layout
    staged = scratch / f"{path.stem}-{len(list(scratch.iterdir()))}.parquet"
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.names)
    options = (
        f"delim={literal(separator)}, quote='\"', escape='\"', header=false, skip={skipped}, auto_detect=false, "
        f"columns={{{columns}}}, max_line_size={_LONGEST_LINE}, buffer_size={_LONGEST_LINE}, null_padding=false, "
        "strict_mode=true"
    )
    try:
        database.execute(
            f"COPY (SELECT * FROM read_csv({literal(str(text))}, {options})) TO {literal(str(staged))} (FORMAT parquet)"
        )
    except duckdb.Error as error:
        raise UnreadableFile(_problem(error, path, *_ragged(text, separator, len(header.names)))) from None
    finally:
        if text != path:
            text.unlink()
    return [
        Source(
            "",
            (path.stem, path.parent.name),
            dict.fromkeys(header.names, "VARCHAR"),
            f"(SELECT *, file_row_number::BIGINT AS {identifier(ROW)} FROM read_parquet({literal(str(staged))}))",
            (path,),
            header.money,
            Place(header.at + 2),
        )
    ]


def _layout(text: str, mapping: TableMapping) -> tuple[str, int, Header] | None:
    """The separator, the lines up to and with the headings, and the headings; None where it is no table."""
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows: list[list[str]] = []
        ends: list[int] = []
        try:
            for row in islice(reader, LOOKED_AT + 1):
                rows.append(row)
                ends.append(reader.line_num)
        except csv.Error:
            continue
        header = find_header(rows, mapping)
        if header is not None:
            return separator, ends[header.at], header
    return None


def _as_utf8(path: Path, scratch: Path) -> Path:
    """The file itself where it is UTF-8, else a copy of it that is. Raises UnreadableFile, OSError."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise UnreadableFile(Problem("empty", "文件是空的（0 字节）；请重新导出", str(path)))
    for encoding in encodings_of(start):
        copy = scratch / f"{path.stem}-{len(list(scratch.iterdir()))}.csv"
        try:
            if encoding.startswith("utf-8"):
                for _ in _decoded(path, encoding):
                    pass
                return path
            with copy.open("w", encoding="utf-8", newline="") as target:
                target.writelines(_decoded(path, encoding))
        except UnicodeDecodeError:
            continue
        return copy
    message = "不是文本，或编码不是 UTF-8、GB18030；请重新导出为 CSV（UTF-8）"
    raise UnreadableFile(Problem("encoding", message, str(path)))


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield _without_nul(decoder.decode(chunk))
    yield decoder.decode(b"", final=True)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise UnicodeDecodeError("utf-8", b"\0", 0, 1, "NUL")
    return text


def _ragged(text: Path, separator: str, width: int) -> tuple[int | None, str]:
    """The first line that cannot be read as a row of so many cells, and what is wrong with it."""
    with text.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=separator, strict=True)
        begin = 1
        try:
            for row in reader:
                if row and len(row) != width:
                    return begin, f"这一行有 {len(row)} 格，列名有 {width} 个：文字里多半有没加引号的分隔符或换行"
                begin = reader.line_num + 1
        except csv.Error:
            return begin, "读不出这一行：引号没有成对，或一格太长"
    return None, "有一行读不出"


def _problem(error: duckdb.Error, path: Path, line: int | None, what: str) -> Problem:
    remedy = "请在导出时给文字加引号，或改导出为 Excel、Parquet"
    return Problem("ragged", f"{what}；{remedy}（{str(error).splitlines()[0][:120]}）", str(path), line)
