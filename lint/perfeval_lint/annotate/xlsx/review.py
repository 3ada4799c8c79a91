"""The sheet of findings that annotating adds to a workbook: a table with a link to every cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count

from perfeval_lint.annotate.remarks import Remark
from perfeval_lint.annotate.xlsx.styles import Shade, Styles
from perfeval_lint.annotate.xlsx.text import inline, sheet_in_address
from perfeval_lint.form.origin import SheetCell
from perfeval_lint.read.markup import whole_number
from perfeval_lint.read.package import Package
from perfeval_lint.read.sheet.address import address, place_of
from perfeval_lint.read.sheet.sheet import REVIEW
from perfeval_lint.read.sheet.xlsx import SheetPart, read_rows
from perfeval_lint.read.sheet.xlsx_cell import Book
from perfeval_lint.render.measure import line_count
from perfeval_lint.report.words import SEVERITY
from perfeval_lint.rule.model import Severity

NAME = "审核意见"
_HEADS = ("级别", "规则", "位置", "问题", "改法", "依据")
_WIDTHS = (7, 20, 20, 46, 36, 36)  # characters; one page wide on A4 lying, at some 70 %
_EMS = 0.5  # Chinese characters of 10 points a character of width
_LINE, _PADDING, _HIGHEST = 15.0, 5.0, 409.0  # points
_PALETTE = 7  # the hidden column: numbers of fills, each on that very fill
_PLACE, _FOLLOWS = "同类", "连带"  # in the place of the severity, on the right
_UNTOUCHED = "（此格有讨论串式的批注，没有另加批注）"
_FONT = "<name val='宋体'/><charset val='134'/>"
_GREY = "<fill><patternFill patternType='solid'><fgColor rgb='FFE7E6E6'/><bgColor indexed='64'/></patternFill></fill>"
_SIDE = "style='thin'><color rgb='FFA6A6A6'/>"


@dataclass(frozen=True, slots=True)
class Line:
    """A finding in the table: its remark, the cell it is linked to, and whether that cell lacks a comment it should
    have. `follows`: it goes away with the one above."""

    remark: Remark
    cell: SheetCell | None
    uncommented: bool
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The part of the table on one form: the lines of its summary and its findings."""

    summary: Sequence[str]
    lines: Sequence[Line]


def is_review(package: Package, book: Book, sheet: SheetPart, limit: int) -> bool:
    """Returns whether a sheet is one that annotating put in. Raises UnreadableFile."""
    row, cells = next(read_rows(package, book, sheet, limit), (0, []))
    return row == 1 and cells[0].text == REVIEW


def palette_of(package: Package, sheet: SheetPart) -> dict[int, int]:
    """Returns the styles of the fills below those of an earlier run, by their number. Raises UnreadableFile."""
    root = package.tree(sheet.part)
    found: dict[int, int] = {}
    for cell in () if root is None else root.iterfind("{*}sheetData/{*}row/{*}c"):
        place = place_of(cell.get("r", ""))
        number, style = whole_number(cell.findtext("{*}v")), whole_number(cell.get("s", "0"))
        if place and place[1] == _PALETTE and number is not None and style is not None:
            found.setdefault(number, style)
    return found


def review_xml(sections: Sequence[Section], styles: Styles, namespace: str, *, active: bool) -> bytes:
    """The sheet's XML; its styles are put into `styles`."""
    writer = _Writer(styles)
    writer.head()
    for section in sections:
        writer.section(section)
    writer.palette()
    return writer.xml(namespace, active=active).encode()


class _Writer:
    """Writes the rows one after the other."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._rows: list[tuple[float, str]] = []  # height in points, cells
        self._merges: list[str] = []
        self._links: list[str] = []
        sides = "".join(f"<{side} {_SIDE}</{side}>" for side in ("left", "right", "top", "bottom"))
        border = styles.index_of("borders", f"<border>{sides}<diagonal/></border>")
        plain, bold = self._font("<sz val='10'/>"), self._font("<b/><sz val='10'/>")
        self._title = self._style(self._font("<b/><sz val='12'/>"), vertical="center")
        self._header = self._style(bold, styles.index_of("fills", _GREY), border, "center", "center")
        self._plain = self._style(plain, border=border)
        self._follower = self._style(plain, border=border, horizontal="right")
        self._link = self._style(self._font("<u/><sz val='10'/><color rgb='FF0563C1'/>"), border=border)
        fills = {severity: styles.shade(Shade(severity, 0)) for severity in Severity}
        self._severity = {severity: self._style(plain, fill, border, "center") for severity, fill in fills.items()}
        self._further = {severity: self._style(plain, fill, border, "right") for severity, fill in fills.items()}

    def head(self) -> None:
        """The title and the heads of the columns, which stay in sight and on every page."""
        self._across(REVIEW, self._title, least=24.0)
        self._row(list(_HEADS), [self._header] * len(_HEADS))

    def section(self, section: Section) -> None:
        """The summary of a form, a line a row, then its findings."""
        for text in section.summary:
            self._across(text, self._plain)
        for line in section.lines:
            self._finding(line)

    def palette(self) -> None:
        """The fills that lie below ours, in the hidden column of the first rows."""
        for number, fill in enumerate(self._styles.palette):
            style = self._styles.index_of(
                "cellXfs", f"<xf numFmtId='0' fontId='0' fillId='{fill}' borderId='0' applyFill='1'/>"
            )
            if number == len(self._rows):
                self._rows.append((_LINE, ""))
            height, cells = self._rows[number]
            cell = f'<c r="{address(number, _PALETTE)}" s="{style}"><v>{number}</v></c>'
            self._rows[number] = (height, cells + cell)

    def xml(self, namespace: str, *, active: bool) -> str:
        """The whole sheet."""
        columns = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(_WIDTHS, 1)
        )
        hidden = f'<col min="{_PALETTE + 1}" max="{_PALETTE + 1}" width="9" hidden="1" customWidth="1"/>'
        rows = "".join(
            f'<row r="{number}" ht="{height:g}" customHeight="1">{cells}</row>'
            for number, (height, cells) in zip(count(1), self._rows, strict=False)
        )
        selected = ' tabSelected="1"' if active else ""
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<worksheet xmlns="{namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0"{selected} workbookViewId="0">'
            '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/>'
            '<selection pane="bottomLeft" activeCell="A3" sqref="A3"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}{hidden}</cols><sheetData>{rows}</sheetData>'
            f'<mergeCells count="{len(self._merges)}">{"".join(self._merges)}</mergeCells>{links}'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
        )

    def _finding(self, line: Line) -> None:
        remark = line.remark
        level, style = self._level(line)
        problem = [remark.words, remark.message, *([_UNTOUCHED] if line.uncommented else [])]
        texts = [
            level,
            remark.rule,
            line.cell.short if line.cell else "",
            "\n".join(problem),
            remark.help,
            "\n".join(remark.basis),
        ]
        if line.cell:
            leads_to = f"{sheet_in_address(line.cell.sheet)}!{line.cell.cell}"
            self._links.append(f'<hyperlink ref="{address(len(self._rows), 2)}" location="{escape(leads_to)}"/>')
        styles = [self._plain] * len(texts)
        styles[0], styles[2] = style, self._link if line.cell else self._plain
        self._row(texts, styles)

    def _level(self, line: Line) -> tuple[str, int]:
        """The word for how grave a finding is, or that it belongs to the one above, and its style."""
        severity = line.remark.severity
        if line.follows:
            return _FOLLOWS, self._follower
        if line.remark.is_place:
            return _PLACE, self._further[severity]
        return SEVERITY[severity], self._severity[severity]

    def _across(self, text: str, style: int, least: float = _LINE) -> None:
        """A text over all the columns."""
        row, last = len(self._rows), len(_WIDTHS) - 1
        self._merges.append(f'<mergeCell ref="{address(row, 0)}:{address(row, last)}"/>')
        blank = "".join(_cell(row, column, style, "") for column in range(1, last + 1))
        self._rows.append((max(_height([(text, sum(_WIDTHS))]), least), _cell(row, 0, style, text) + blank))

    def _row(self, texts: Sequence[str], styles: Sequence[int]) -> None:
        row = len(self._rows)
        cells = "".join(
            _cell(row, column, style, text) for column, (text, style) in enumerate(zip(texts, styles, strict=True))
        )
        self._rows.append((_height(list(zip(texts, _WIDTHS, strict=True))), cells))

    def _font(self, looks: str) -> int:
        return self._styles.index_of("fonts", f"<font>{looks}{_FONT}</font>")

    def _style(self, font: int, fill: int = 0, border: int = 0, horizontal: str = "left", vertical: str = "top") -> int:
        """A cell format for texts that stay texts: a click into one that begins with = makes no formula of it."""
        return self._styles.index_of(
            "cellXfs",
            f"<xf numFmtId='0' fontId='{font}' fillId='{fill}' borderId='{border}' quotePrefix='1' applyFont='1' "
            "applyFill='1' applyBorder='1' applyAlignment='1'>"
            f"<alignment horizontal='{horizontal}' vertical='{vertical}' wrapText='1'/></xf>",
        )


def _cell(row: int, column: int, style: int, text: str) -> str:
    if not text:
        return f'<c r="{address(row, column)}" s="{style}"/>'
    return f'<c r="{address(row, column)}" s="{style}" t="inlineStr">{inline(text)}</c>'


def _height(texts: Sequence[tuple[str, int]]) -> float:
    """The height of a row in points, from its texts and the widths of their columns."""
    lines = max(line_count(text, width * _EMS) for text, width in texts)
    return min(lines * _LINE + _PADDING, _HIGHEST)
