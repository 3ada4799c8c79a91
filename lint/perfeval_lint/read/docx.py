"""Word files (.docx, .docm) to grids and lines.

lxml on document.xml: python-docx reads 46 forms a second and knows neither tracked changes nor content controls.

Origins are numbers of tables, rows, cells and paragraphs as word_walk counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import Origin, Paragraph, TableCell
from perfeval_lint.read.model import Block, Cell, Grid, Line, Reading
from perfeval_lint.read.package import Package
from perfeval_lint.read.word_text import LEFT_OUT, PARAGRAPH, TABLE, VAL, W, Words, doubt_of, is_on
from perfeval_lint.read.word_walk import BODY, blocks_of, cells_of, rows_of, tables_of

MAX_COLUMNS = 200
MAX_ROWS = 20_000
MAX_PARAGRAPHS = 100_000
_PROPERTIES, _SPAN, _DOWN, _ACROSS = (W + name for name in ("tcPr", "gridSpan", "vMerge", "hMerge"))
_DELETED = f"{_PROPERTIES}/{W}cellDel"


def read_docx(data: bytes, file: str) -> Reading:
    """The tables and paragraphs of a Word file in order; raises UnreadableFile."""
    package = Package(data, file, ".docx")
    root = package.tree(package.main_part("word/document.xml"))
    if root is None:
        raise package.other_kind("另一种压缩包")
    if root.tag != W + "document":
        word = etree.QName(root).localname
        raise package.other_kind(
            {"workbook": " Excel 工作簿", "presentation": " PowerPoint 文稿"}.get(word, "别的文档")
        )
    body = root.find(BODY)
    if body is None:
        raise package.damaged("没有正文")
    reader = _Reader(file, {table: number for number, table in enumerate(tables_of(root), 1)}, Words(root))
    blocks = tuple(reader.blocks(body))
    notes = tuple(Problem("left-out", LEFT_OUT[key], file) for key in reader.words.left_out)
    return Reading(blocks, notes)


@dataclass(slots=True)
class _Open:
    """A cell of the grid being laid, which the rows below may still lengthen."""

    row: int
    column: int
    columns: int
    text: str
    origin: TableCell
    rows: int = 1

    def closed(self) -> Cell:
        doubt = doubt_of(self.text)
        return Cell(self.row, self.column, self.text, self.origin, self.rows, self.columns, doubt)


@dataclass(slots=True)
class _Row:
    """A row as written: its number, its cells with theirs, and how many columns stay free before them."""

    number: int
    cells: list[tuple[int, etree._Element]]
    free: int


@dataclass(slots=True)
class _Arranged:
    """A cell of a row: its number there, how many columns it takes, whether it goes on the one above."""

    place: int
    element: etree._Element
    columns: int
    down: bool


@dataclass(slots=True)
class _Reader:
    """Walks one document; `numbers` holds the number of each table."""

    file: str
    numbers: dict[etree._Element, int]
    words: Words
    paragraphs: int = 0

    def blocks(self, parent: etree._Element, within: Origin | None = None) -> Iterator[Block]:
        """The blocks of the body, a text box or a layout cell; `within` is the place of all lines but the body's."""
        for child in blocks_of(parent):
            if child.tag == TABLE:
                yield from self._table(child)
                continue
            place = within
            if place is None:
                self.paragraphs += 1
                if self.paragraphs > MAX_PARAGRAPHS:
                    message = f"正文超过 {MAX_PARAGRAPHS} 段，不像自评表；请只留下自评表再检查"
                    raise UnreadableFile(Problem("too-large", message, self.file))
                place = Paragraph(self.paragraphs)
            text, boxes = self.words.paragraph(child)
            yield Line(text, place)
            for box in boxes:
                yield from self.blocks(box, place)

    def _table(self, table: etree._Element) -> Iterator[Block]:
        number = self.numbers[table]
        rows = self._rows(table)
        if _is_layout(rows):
            for row in rows:
                for place, cell in row.cells:
                    yield from self.blocks(cell, TableCell(number, row.number, place))
            return
        later: list[Block] = []
        grid = Grid(tuple(cell.closed() for cell in self._lay(number, rows, later)))
        if grid.cells and not (later and all(not cell.text for cell in grid.cells)):
            yield grid
        yield from later

    def _rows(self, table: etree._Element) -> list[_Row]:
        """The rows that show, without those deleted or hidden."""
        rows: list[_Row] = []
        for number, row in enumerate(rows_of(table), 1):
            properties = row.find(W + "trPr")
            if properties is not None:
                if properties.find(W + "del") is not None:
                    continue
                if is_on(properties.find(W + "hidden")):
                    self.words.left_out["hidden"] = None
                    continue
            cells = [(place, cell) for place, cell in enumerate(cells_of(row), 1) if cell.find(_DELETED) is None]
            before = None if properties is None else properties.find(W + "gridBefore")
            rows.append(_Row(number, cells, _count(before, 0)))
        if len(rows) > MAX_ROWS:
            raise self._too_large(self.numbers[table], f"{MAX_ROWS} 行")
        return rows

    def _lay(self, number: int, rows: list[_Row], later: list[Block]) -> list[_Open]:
        """The cells of a grid by row and column; what its cells hold of other grids and lines goes to `later`."""
        laid: list[_Open] = []
        above: dict[int, _Open] = {}  # by column, the cells a row below may lengthen
        for index, row in enumerate(rows):
            column = row.free
            current: dict[int, _Open] = {}
            for cell in _arranged(row):
                upper = above.get(column)
                if cell.down and upper is not None and upper.columns == cell.columns:
                    upper.rows += 1
                    current[column] = upper
                else:
                    origin = TableCell(number, row.number, cell.place)
                    text = self._cell_text(cell.element, origin, later)
                    current[column] = _Open(index, column, cell.columns, text, origin)
                    laid.append(current[column])
                column += cell.columns
                if column > MAX_COLUMNS:
                    raise self._too_large(number, f"{MAX_COLUMNS} 列")
            above = current
        return laid

    def _cell_text(self, cell: etree._Element, origin: TableCell, later: list[Block]) -> str:
        """The paragraphs of a cell, a line each, and the text of small tables in it."""
        lines: list[str] = []
        for child in blocks_of(cell):
            if child.tag == PARAGRAPH:
                text, boxes = self.words.paragraph(child)
                lines.append(text)
                for box in boxes:
                    later.extend(self.blocks(box, origin))
                continue
            rows = self._rows(child)
            if _is_small(rows):
                lines.extend("\t".join(self._cell_text(each, origin, later) for _, each in row.cells) for row in rows)
            else:
                later.extend(self._table(child))
        return "\n".join(lines).strip("\n")

    def _too_large(self, table: int, what: str) -> UnreadableFile:
        message = f"表{table}超过 {what}，不像自评表；请拆分后再检查"
        return UnreadableFile(Problem("too-large", message, self.file))


def _is_small(rows: list[_Row]) -> bool:
    """Whether a nested table is only an arrangement of text: one row or one column, without a table in it."""
    one_way = len(rows) <= 1 or all(len(row.cells) <= 1 for row in rows)
    return one_way and not any(_holds_table(cell) for row in rows for _, cell in row.cells)


def _is_layout(rows: list[_Row]) -> bool:
    """Whether a table is only a frame around other tables: one column, with a real table in it."""
    return all(len(row.cells) <= 1 for row in rows) and any(_holds_form(cell) for row in rows for _, cell in row.cells)


def _holds_table(cell: etree._Element) -> bool:
    return next(cell.iter(TABLE), None) is not None


def _holds_form(cell: etree._Element) -> bool:
    """Whether a table with several rows and columns stands in the cell, at any depth."""
    for table in cell.iter(TABLE):
        rows = list(rows_of(table))
        if len(rows) > 1 and any(len(list(cells_of(row))) > 1 for row in rows):
            return True
    return False


def _arranged(row: _Row) -> list[_Arranged]:
    """The cells of a row, those merged across in the old way (hMerge) made one."""
    cells: list[_Arranged] = []
    for place, element in row.cells:
        columns, down, across = _spans(element)
        if across and cells:
            cells[-1].columns += columns
        else:
            cells.append(_Arranged(place, element, columns, down))
    return cells


def _spans(cell: etree._Element) -> tuple[int, bool, bool]:
    """How many columns a cell takes, and whether it goes on the cell above it or before it."""
    columns, down, across = 1, False, False
    for each in cell.iterfind(_PROPERTIES):
        for child in each:
            tag = child.tag
            if tag == _SPAN:
                columns = max(_count(child, 1), 1)
            elif tag == _DOWN:
                down = child.get(VAL, "continue") == "continue"
            elif tag == _ACROSS:
                across = child.get(VAL, "continue") == "continue"
    return columns, down, across


def _count(element: etree._Element | None, otherwise: int) -> int:
    """The number an element holds, at most one more than a table may have columns."""
    text = "" if element is None else element.get(VAL, "")
    return min(int(text), MAX_COLUMNS + 1) if text.isdecimal() and len(text) < 9 else otherwise
