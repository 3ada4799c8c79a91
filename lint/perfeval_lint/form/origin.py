"""Places of values in the file they were read from."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """A place in a text file; line and column count from 1, in characters."""

    line: int
    column: int

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts the places of one file as they are read."""
        return (self.line, self.column)

    @property
    def short(self) -> str:
        """The text behind the file's name and a colon: 31:12."""
        return f"{self.line}:{self.column}"

    @property
    def words(self) -> str:
        """The place for people: 第31行."""
        return f"第{self.line}行"


class SheetCell(NamedTuple):
    """A cell of a workbook: the sheet's name and the cell's address, such as C5."""

    sheet: str
    cell: str

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts the places of one file as they are read."""
        letters = self.cell.rstrip("0123456789")
        return (int(self.cell[len(letters) :] or 0), len(letters), *map(ord, letters))

    @property
    def short(self) -> str:
        """The text behind the file's name and a colon: Sheet1!C5."""
        return f"{self.sheet}!{self.cell}"

    @property
    def words(self) -> str:
        """The place for people: Sheet1!C5."""
        return self.short


class TableCell(NamedTuple):
    """A cell of a table in a Word file or web page; all count from 1, `cell` along the row as written there."""

    table: int
    row: int
    cell: int

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts the places of one file as they are read."""
        return tuple(self)

    @property
    def short(self) -> str:
        """The text behind the file's name and a colon."""
        return self.words

    @property
    def words(self) -> str:
        """The place for people: 表1第3行第2格."""
        return f"表{self.table}第{self.row}行第{self.cell}格"


class Paragraph(NamedTuple):
    """A paragraph outside the tables of a Word file or web page, counted from 1."""

    paragraph: int

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts the places of one file as they are read."""
        return (0, self.paragraph)

    @property
    def short(self) -> str:
        """The text behind the file's name and a colon."""
        return self.words

    @property
    def words(self) -> str:
        """The place for people: 第3段."""
        return f"第{self.paragraph}段"


class PageBox(NamedTuple):
    """A box on a page of a PDF: page from 1; left, top, right, bottom in points from the page's top left."""

    page: int
    box: tuple[float, float, float, float]

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts the places of one file as they are read."""
        left, top, *_ = self.box
        return (self.page, round(top), round(left))

    @property
    def short(self) -> str:
        """The text behind the file's name and a colon."""
        return self.words

    @property
    def words(self) -> str:
        """The place for people: 第2页."""
        left, top, *_ = self.box
        return f"第{self.page}页({left:.0f},{top:.0f})"


Origin = Position | SheetCell | TableCell | Paragraph | PageBox
