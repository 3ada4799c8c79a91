"""A laid-out form as a Word file: one table on upright A4 pages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt
from docx.styles.style import ParagraphStyle
from lxml.etree import _Element

from perfeval_lint.render.table import (
    BODY_FONT,
    END_MARGIN,
    MADE,
    PADDING,
    PAGE_WIDTH,
    SIDE_MARGIN,
    TEXT_POINTS,
    TITLE_FONT,
    Cell,
    Table,
)

_TWIPS = 1440 / 2.54  # a centimetre
_LINE_POINTS = 12.5  # of every font alike

_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def write_word(table: Table) -> bytes:
    """The table as the bytes of a .docx file."""
    document = docx.Document()
    _set_page(document, table)
    _add_heading(document, table.title, TITLE_FONT, 16)
    _add_heading(document, table.year_line, BODY_FONT, 10.5)
    document.element.body.insert(2, parse_xml(_table_xml(table)))
    _add_heading(document, "", BODY_FONT, 1)  # Word wants a paragraph after a table; a small one makes no blank page
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _set_page(document: Document, table: Table) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(SIDE_MARGIN)
    section.top_margin = section.bottom_margin = Cm(END_MARGIN)
    normal = document.styles["Normal"]
    if isinstance(normal, ParagraphStyle):
        normal.font.size = Pt(TEXT_POINTS)
        normal.paragraph_format.space_after = Pt(0)
        normal.paragraph_format.line_spacing = Pt(_LINE_POINTS)
        style = normal.element.get_or_add_rPr()
        style.insert(0, _fonts(BODY_FONT))
        style.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN"/>'))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = table.title[:255], "", ""
    properties.created = properties.modified = MADE


def _fonts(name: str) -> _Element:
    names = "".join(f' w:{use}="{name}"' for use in ("ascii", "hAnsi", "eastAsia", "cs"))
    fonts: _Element = parse_xml(f"<w:rFonts {nsdecls('w')}{names}/>")
    return fonts


def _add_heading(document: Document, text: str, font: str, points: float) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(points / 4)
    paragraph.paragraph_format.line_spacing = Pt(points * 1.4)
    run = paragraph.add_run(text)
    run.font.size = Pt(points)
    run._element.get_or_add_rPr().insert(0, _fonts(font))


def _table_xml(table: Table) -> str:
    width = round(PAGE_WIDTH * _TWIPS)
    margins = "".join(
        f'<w:{side} w:w="{round(space * _TWIPS)}" w:type="dxa"/>'
        for side, space in (("top", PADDING / 2), ("left", PADDING), ("bottom", PADDING / 2), ("right", PADDING))
    )
    grid = "".join(f'<w:gridCol w:w="{round(width * _TWIPS)}"/>' for width in table.widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar>"
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(_rows(table))}</w:tbl>"
    )


def _rows(table: Table) -> Iterator[str]:
    """The rows; a cell that began in a row above is written again as the continuation of its merge."""
    waiting = list(table.cells)[::-1]
    open_cells: list[Cell] = []
    for row in range(table.rows):
        open_cells = [cell for cell in open_cells if cell.row + cell.rows > row]
        while waiting and waiting[-1].row == row:
            open_cells.append(waiting.pop())
        open_cells.sort(key=lambda cell: cell.column)
        height = round(table.least_height(row) * _TWIPS)
        keep = "<w:cantSplit/>" if table.is_unbroken(cell for cell in open_cells if cell.row == row) else ""
        cells = "".join(_cell_xml(table, cell, row) for cell in open_cells)
        yield f'<w:tr><w:trPr>{keep}<w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr>{cells}</w:tr>'


def _cell_xml(table: Table, cell: Cell, row: int) -> str:
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    merge = "" if cell.rows == 1 else '<w:vMerge w:val="restart"/>' if row == cell.row else "<w:vMerge/>"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{round(table.width(cell) * _TWIPS)}" w:type="dxa"/>{span}{merge}'
        f'<w:vAlign w:val="center"/></w:tcPr>{_paragraph_xml(table, cell) if row == cell.row else "<w:p/>"}</w:tc>'
    )


def _paragraph_xml(table: Table, cell: Cell) -> str:
    keep = "<w:keepNext/>" if table.keeps_with_next(cell.row) else ""
    align = '<w:jc w:val="center"/>' if table.is_centred(cell) else ""
    bold = "<w:rPr><w:b/></w:rPr>" if table.is_heading(cell) else ""
    return f"<w:p><w:pPr>{keep}{align}</w:pPr><w:r>{bold}{_text_xml(cell.text)}</w:r></w:p>"


def _text_xml(text: str) -> str:
    """A run's text; line breaks and tabs are elements of their own in Word."""
    parts = escape(text, quote=False).replace("\t", "</w:t><w:tab/><w:t xml:space='preserve'>")
    return f"<w:t xml:space='preserve'>{parts}</w:t>".replace("\n", "</w:t><w:br/><w:t xml:space='preserve'>")
