"""The corpus in its neutral notation as real Word, Excel and web files, and as typed text."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator, Sequence

import docx
import xlsxwriter

from tests.recognise.notation import Cell, Paragraph, Table

Blocks = Sequence[Paragraph | Table]


def placed(table: Table) -> Iterator[tuple[int, int, Cell]]:
    """Every cell with the row and column at which it begins."""
    hanging: dict[int, int] = {}
    for row, cells in enumerate(table.rows):
        column = 0
        for cell in cells:
            while hanging.get(column, 0) > row:
                column += 1
            yield row, column, cell
            for place in range(column, column + cell.columns):
                hanging[place] = row + cell.rows
            column += cell.columns


def as_docx(blocks: Blocks) -> bytes:
    document = docx.Document()
    for block in blocks:
        if isinstance(block, Paragraph):
            document.add_paragraph(block.text)
            continue
        table = document.add_table(len(block.rows), block.width, style="Table Grid")
        for row, column, cell in placed(block):
            first = table.cell(row, column)
            first.text = cell.text
            if cell.rows > 1 or cell.columns > 1:
                first.merge(table.cell(row + cell.rows - 1, column + cell.columns - 1))
        document.add_paragraph()
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_xlsx(blocks: Blocks) -> bytes:
    """One sheet, everything as text: paragraphs are rows of their own."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("自评表")
        top = 0
        for block in blocks:
            if isinstance(block, Paragraph):
                sheet.write_string(top, 0, block.text)
                top += 1
                continue
            for row, column, cell in placed(block):
                if cell.rows == cell.columns == 1:
                    sheet.write_string(top + row, column, cell.text)
                else:
                    sheet.merge_range(
                        top + row, column, top + row + cell.rows - 1, column + cell.columns - 1, cell.text
                    )
            top += len(block.rows)
    return stream.getvalue()


def as_html(blocks: Blocks) -> bytes:
    parts = ["<html><head><meta charset=gb2312></head><body>"]
    for block in blocks:
        if isinstance(block, Paragraph):
            parts.append(f"<p>{html.escape(block.text)}</p>")
            continue
        parts.append("<table border=1>")
        for cells in block.rows:
            parts.append("<tr>")
            for cell in cells:
                text = html.escape(cell.text).replace("\n", "<br>")
                parts.append(f"<td rowspan={cell.rows} colspan={cell.columns}>{text}</td>")
            parts.append("</tr>")
        parts.append("</table>")
    return "".join(parts).encode("gb18030")


def as_pipes(blocks: Blocks) -> bytes:
    """Markdown as converters write it: merged cells once, blank in the places they cover."""
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines += [block.text, ""]
            continue
        rows = [[""] * block.width for _ in block.rows]
        for row, column, cell in placed(block):
            rows[row][column] = cell.text.replace("\n", "<br>")
        for number, cells in enumerate(rows):
            lines.append(f"| {' | '.join(cells)} |")
            if number == 0:
                lines.append("|" + "---|" * block.width)
        lines.append("")
    return "\n".join(lines).encode()


WRITERS = {".docx": as_docx, ".xlsx": as_xlsx, ".html": as_html, ".md": as_pipes}
