"""Workbooks made for the tests, notes to write into them, and what then stands in them."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date

import openpyxl
import xlsxwriter
from lxml import etree
from openpyxl.cell import Cell, MergedCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfeval_lint.annotate.remarks import Notes, Remark
from perfeval_lint.form.origin import Origin, SheetCell
from perfeval_lint.rule.model import Severity

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
SUMMARY = ("绩效自评审核：错误 1 处", "规则集：通用（默认）")
RED, YELLOW, BLUE = "FFFDD0D0", "FFFEF0C0", "FFCDE0F0"
SEPARATOR = "—— 绩效自评审核 ——"


def remark(origin: Origin, severity: Severity = Severity.ERROR, message: str = "得分 20，应为 19") -> Remark:
    """A remark at a place."""
    basis = ("表上要求：某条", "文件：某号")
    return Remark(origin, severity, "PE000 某条规则", "绩效指标 第1项·得分", message, "改正。", basis)


def notes(*remarks: Remark | str, sheet: str = "表 1", begins: str = "A1") -> list[Notes]:
    """The notes on one form; a remark given as an address is an error there."""
    made = (remark(SheetCell(sheet, each)) if isinstance(each, str) else each for each in remarks)
    return [Notes(SUMMARY, SheetCell(sheet, begins), tuple(made))]


def zipped(parts: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    """A zip file of these parts, packed or stored as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of an office file by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def root_of(data: bytes, name: str) -> etree._Element:
    """The root of an XML part."""
    return etree.fromstring(parts_of(data)[name])


def book_parts(sheet: str, *, strict: bool = False, styles: str | None = None, types: str = "") -> dict[str, str]:
    """The parts of a workbook whose one sheet, 表 1, is that XML inside its worksheet element."""
    main, relation = (STRICT_MAIN, STRICT_RELATION) if strict else (MAIN, RELATION)
    relations = {"a": ("worksheet", "worksheets/sheet1.xml"), "t": ("styles", "styles.xml")}
    if styles is None:
        del relations["t"]
    parts = {
        "[Content_Types].xml": f'{DECLARATION}<Types xmlns="{_PACKAGE}content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}relationships"><Relationship Id="r" '
        f'Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{DECLARATION}<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>'
        '<sheet name="表 1" sheetId="7" r:id="a"/></sheets><calcPr calcId="1"/></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}relationships">'
        + "".join(
            f'<Relationship Id="{name}" Type="{relation}/{kind}" Target="{target}"/>'
            for name, (kind, target) in relations.items()
        )
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f'{DECLARATION}<worksheet xmlns="{main}">{sheet}</worksheet>',
    }
    if styles is not None:
        parts["xl/styles.xml"] = f'{DECLARATION}<styleSheet xmlns="{main}">{styles}</styleSheet>'
    return parts


def relations_of(*each: tuple[str, str, str]) -> str:
    """The XML of a part of relations, each an id, the last word of a type (or the whole type) and a target."""
    items = "".join(
        f'<Relationship Id="{name}" Type="{kind if "://" in kind else f"{RELATION}/{kind}"}" Target="{target}"/>'
        for name, kind, target in each
    )
    return f'<Relationships xmlns="{_PACKAGE}relationships">{items}</Relationships>'


def opened(data: bytes) -> Workbook:
    """The workbook as openpyxl reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says what it leaves out of what it reads
        return openpyxl.load_workbook(io.BytesIO(data))


def resaved(data: bytes, change: Callable[[Workbook], None] = lambda book: None) -> bytes:
    """The workbook as openpyxl writes it after a change: with other style indexes and part names."""
    book = opened(data)
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def fill(sheet: Worksheet, address: str) -> str | None:
    """The colour of a cell's fill as written; None where it has none."""
    cell = sheet[address]
    return cell.fill.fgColor.rgb if cell.fill.patternType == "solid" else None


def note(sheet: Worksheet, address: str) -> str:
    """The text of a cell's note, "" where there is none."""
    comment = sheet[address].comment
    return comment.text if comment else ""


def looks(cell: Cell | MergedCell) -> tuple[object, ...]:
    """All of a cell but its fill and note."""
    proxies = (cell.font, cell.border, cell.alignment, cell.protection)
    value = getattr(cell.value, "text", cell.value)  # of an array formula
    return (value, cell.number_format, cell.quotePrefix, *map(repr, proxies))


def picture() -> bytes:
    """A PNG of one red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


def rich_book() -> bytes:
    """A workbook of two sheets with most of what openpyxl would lose or write anew; 表 1 is not the active one."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    first, second = book.add_worksheet("表 1"), book.add_worksheet("it's 2")
    framed = book.add_format({"border": 1, "num_format": "0.00", "bold": True, "align": "center", "text_wrap": True})
    green = book.add_format({"border": 1, "bg_color": "#C6EFCE", "italic": True})
    hatched = book.add_format({"pattern": 4, "fg_color": "#FF0000", "bg_color": "#00FF00"})
    first.merge_range("A1:D2", "绩效自评表", framed)
    first.write("A3", "得分", green)
    first.write_number("B3", 19.5, framed)
    first.write_formula("C3", "=B3*2", framed, 39)
    first.write_array_formula("D3:D4", "{=B3:B4*2}", framed, 39)
    first.write("A4", "某", hatched)
    first.write_datetime("E3", date(2024, 1, 2), book.add_format({"num_format": "yyyy/m/d"}))
    first.write_comment("A4", "财务科：请核对", {"author": "财务科"})
    first.write_comment("F9", "在看", {"visible": True})
    first.insert_button("F2", {"caption": "按钮"})
    first.insert_textbox("H2", "文本框")
    first.insert_image("H9", "x.png", {"image_data": io.BytesIO(picture())})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='表 1'!$B$3:$B$4"})
    first.insert_chart("H12", chart)
    first.data_validation("B3:B9", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100})
    first.conditional_format("B3:B9", {"type": "data_bar", "data_bar_2010": True})
    first.conditional_format("C3:C9", {"type": "icon_set", "icon_style": "3_arrows"})
    first.add_sparkline("E4", {"range": "'表 1'!B3:D3"})
    first.write_url("E5", "https://example.org/")
    first.set_header("&L&G", {"image_left": "x.png", "image_data_left": io.BytesIO(picture())})
    first.protect()
    second.add_table("A1:B3", {"data": [["甲", 1], ["乙", 2]]})
    second.activate()
    book.define_name("合计", "='表 1'!$B$3:$B$4")
    book.close()
    return target.getvalue()
