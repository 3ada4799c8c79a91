"""Word files (.docx, .docm) to grids and lines.

lxml on document.xml: python-docx reads 46 forms a second and knows neither tracked changes nor content controls.

Origins are numbers of tables, rows, cells and paragraphs as `walk` counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from perfeval_lint.errors import Problem, UnreadableFile
from perfeval_lint.form.origin import Origin, Paragraph, TableCell
from perfeval_lint.read.model import Block, Cell, Grid, Line, Reading
from perfeval_lint.read.package import Package
from perfeval_lint.read.unseen import short
from perfeval_lint.read.word.grid import MAX_COLUMNS, Columns, Placed, Row, continued, count, is_torn
from perfeval_lint.read.word.left_out import doubt_of
from perfeval_lint.read.word.names import CELL, MAIN_PART, PARAGRAPH, TABLE, TEXT, W, is_on
from perfeval_lint.read.word.parts import Parts
from perfeval_lint.read.word.text import TextReader
from perfeval_lint.read.word.walk import BODY, blocks_of, cells_of, rows_of, tables_of

MAX_ROWS = 20_000
MAX_PARAGRAPHS = 100_000
_OF_ROW = W + "trPr"
_DELETED, _HIDDEN, _BEFORE, _AFTER = (W + name for name in ("del", "hidden", "gridBefore", "gridAfter"))
_BOXED = "这一格上有文本框，框里的“{}”没有当作这一格的内容；是这一格的内容的，请写到格里"
_TORN = "这一格接着上面的合并单元格，但两者左右不齐，说不清属于哪一格；请在 Word 里重新合并"


def read_docx(data: bytes, file: str) -> Reading:
    """The tables and paragraphs of a Word file in order; raises UnreadableFile."""
    package = Package(data, file, ".docx")
    main = package.main_part(MAIN_PART)
    root = package.tree(main)
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
    parts = Parts(package, main)
    text = TextReader(root, package, parts.styles)
    numbers = {table: number for number, table in enumerate(tables_of(root), 1)}
    deleted = {cell for mark in root.iter(W + "cellDel") for cell in islice(mark.iterancestors(CELL), 1)}
    reader = _Reader(file, numbers, text, deleted)
    blocks = tuple(reader.blocks(body))
    margins = tuple(parts.margins(root))
    notes = tuple(Problem("left-out", note, file) for note in (*text.left_out.notes(), *parts.missing()))
    return Reading(blocks, notes, margins)


@dataclass(slots=True)
class _Open:
    """A cell of a grid in the making, which the rows below may still lengthen where it is merged."""

    row: int
    column: int
    columns: int
    text: str
    origin: TableCell
    doubt: str
    rows: int = 1

    def closed(self) -> Cell:
        return Cell(self.row, self.column, self.text, self.origin, self.rows, self.columns, self.doubt)


@dataclass(slots=True)
class _Reader:
    """Walks one document; `numbers` holds the number of each table, `deleted` the cells marked so."""

    file: str
    numbers: dict[etree._Element, int]
    text: TextReader
    deleted: set[etree._Element]
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
            paragraph = self.text.paragraph(child)
            yield Line(paragraph.text, place)
            for box in paragraph.boxes:
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
        grid = Grid(tuple(cell.closed() for cell in self._cells_of_grid(table, rows, later)))
        if grid.cells and not (later and all(not cell.text for cell in grid.cells)):
            yield grid
        yield from later

    def _rows(self, table: etree._Element) -> list[Row]:
        """The rows that show, without those deleted or hidden."""
        rows: list[Row] = []
        for number, row in enumerate(rows_of(table), 1):
            said = {each.tag: each for properties in row.iterchildren(_OF_ROW) for each in properties}
            if _DELETED in said:
                self.text.left_out.add("deleted")
                continue
            if is_on(said.get(_HIDDEN)):
                self.text.left_out.add("hidden")
                continue
            cells = list(enumerate(cells_of(row), 1))
            if self.deleted:
                cells = [(place, cell) for place, cell in cells if cell not in self.deleted]
            rows.append(Row(number, cells, count(said.get(_BEFORE), 0), count(said.get(_AFTER), 0)))
        if len(rows) > MAX_ROWS:
            raise self._too_large(self.numbers[table], f"{MAX_ROWS} 行")
        return rows

    def _cells_of_grid(self, table: etree._Element, rows: list[Row], later: list[Block]) -> list[_Open]:
        """The cells of a grid by row and column; what its cells hold of other grids and lines goes to `later`."""
        opened: list[_Open] = []
        number, columns = self.numbers[table], Columns(table, rows)
        above: dict[int, _Open] = {}  # by column, the merged cells a row below may lengthen
        for index, row in enumerate(rows):
            owners = {column: cell.columns for column, cell in above.items()}
            cells = columns.place(index, row, owners)
            if cells and cells[-1].end > MAX_COLUMNS:
                raise self._too_large(number, f"{MAX_COLUMNS} 列")
            merged: dict[int, _Open] = {}
            at = 0
            while at < len(cells):
                run = cells[at : at + continued(cells, at, owners)] if cells[at].down else []
                if run and self._is_covered(run):
                    merged |= _lengthened(above, run)
                    at += len(run)
                    continue
                cell = self._open(index, cells[at], TableCell(number, row.number, cells[at].place), later)
                if cells[at].down:
                    cell.doubt = cell.doubt or (_TORN if is_torn(cells[at], owners) else "")
                elif cells[at].merged:
                    merged[cell.column] = cell
                opened.append(cell)
                at += 1
            above = merged
        return opened

    def _is_covered(self, run: list[Placed]) -> bool:
        """Returns whether cells that go on those above show nothing of their own; what a single one hides is noted."""
        texts = ["".join(each.text or "" for each in cell.element.iter(TEXT)) for cell in run]
        if len(run) == 1:
            self.text.left_out.add("covered", texts[0])
        return len(run) == 1 or not "".join(texts).strip()

    def _open(self, index: int, cell: Placed, origin: TableCell, later: list[Block]) -> _Open:
        text, doubt = self._cell_text(cell.element, origin, later)
        return _Open(index, cell.column, cell.columns, text, origin, cell.doubt or doubt)

    def _cell_text(self, cell: etree._Element, origin: TableCell, later: list[Block]) -> tuple[str, str]:
        """The paragraphs of a cell, a line each, with the text of small tables in it; why that may be wrong."""
        lines: list[str] = []
        doubt, picture = "", False
        gone: list[tuple[str, str]] = []
        for child in blocks_of(cell):
            if child.tag == PARAGRAPH:
                paragraph = self.text.paragraph(child)
                lines.append(paragraph.text)
                doubt = doubt or paragraph.doubt
                gone += paragraph.gone
                picture = picture or paragraph.picture
                for box in paragraph.boxes:
                    boxed = list(self.blocks(box, origin))
                    later.extend(boxed)
                    doubt = doubt or _doubt_of_box(boxed)
                continue
            rows = self._rows(child)
            if _is_small(rows):
                inner = [[self._cell_text(each, origin, later) for _, each in row.cells] for row in rows]
                lines.extend("\t".join(text for text, _ in row) for row in inner)
                doubt = doubt or next((each for row in inner for _, each in row if each), "")
            else:
                later.extend(self._table(child))
        text = "\n".join(lines).strip("\n")
        return text, doubt or doubt_of(text, gone, picture=picture)

    def _too_large(self, table: int, what: str) -> UnreadableFile:
        message = f"表{table}超过 {what}，不像自评表；请拆分后再检查"
        return UnreadableFile(Problem("too-large", message, self.file))


def _lengthened(above: dict[int, _Open], run: list[Placed]) -> dict[int, _Open]:
    """The merged cells above a run of cells, a row longer."""
    longer = {column: above[column] for column in range(run[0].column, run[-1].end) if column in above}
    for cell in longer.values():
        cell.rows += 1
    return longer


def _doubt_of_box(boxed: list[Block]) -> str:
    """Returns why a cell with these blocks in a text box may be wrong: it seems to hold text that is not its own."""
    texts = [block.text for block in boxed if isinstance(block, Line)]
    return _BOXED.format(short("".join(texts))) if len(texts) == len(boxed) and any(map(str.strip, texts)) else ""


def _is_small(rows: list[Row]) -> bool:
    """Returns whether a nested table is only an arrangement of text: one row or one column, without a table in it."""
    one_way = len(rows) <= 1 or all(len(row.cells) <= 1 for row in rows)
    return one_way and not any(_holds_table(cell) for row in rows for _, cell in row.cells)


def _is_layout(rows: list[Row]) -> bool:
    """Returns whether a table is only a frame around other tables: one column, with a real table in it."""
    return all(len(row.cells) <= 1 for row in rows) and any(_holds_form(cell) for row in rows for _, cell in row.cells)


def _holds_table(cell: etree._Element) -> bool:
    return next(cell.iter(TABLE), None) is not None


def _holds_form(cell: etree._Element) -> bool:
    """Returns whether a table with several rows and columns is in the cell, at any depth."""
    for table in cell.iter(TABLE):
        rows = list(rows_of(table))
        if len(rows) > 1 and any(len(list(cells_of(row))) > 1 for row in rows):
            return True
    return False
