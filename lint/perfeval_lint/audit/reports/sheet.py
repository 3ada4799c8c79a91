"""A table in a workbook that goes on over sheets: text stays text, links within Excel's bounds, pages that print."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from math import ceil
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfeval_lint.audit.reports.model import Limits
from perfeval_lint.audit.reports.words import Cell
from perfeval_lint.report.look import LIGHT

FONT: Final = "宋体"
_MADE = datetime(2020, 1, 1)  # the same content gives the same file
_LONGEST_TEXT = 32_767  # UTF-16 units in a cell, Excel's own bound
_LONGEST_LINK = 2_000
_LONGEST_LINKED = 255  # characters of a text that is a link
_CUT = "……（太长，未列全）"
_LINE_HEIGHT = 13.5  # points
_MOST_LINES = 12  # a row shows; the rest of a longer text is there, and cut by the row
_URL_SIGNS: Final = {"%": "%25", "#": "%23", '"': "%22", " ": "%20", "<": "%3c", ">": "%3e", "[": "%5b", "]": "%5d"}
_URL_TABLE = str.maketrans(_URL_SIGNS | {"^": "%5e", "`": "%60", "{": "%7b", "}": "%7d"})


class Kind(Enum):
    """How a column's cells look."""

    TEXT = "text"
    LONG = "long"  # wrapped
    CENTRED = "centred"
    COUNT = "0"
    SCORE = "0.00"
    SHARE = "0.0%"
    CHANCE = "0.0000"


_NUMBERS = (Kind.COUNT, Kind.SCORE, Kind.SHARE, Kind.CHANCE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in digits (a Chinese character takes two), its look."""

    head: str
    width: float
    kind: Kind = Kind.TEXT


class Tone(Enum):
    """The emphasis of a row or cell; the value is the colour of its text."""

    PLAIN = ""
    TOTAL = "total"
    ERROR = LIGHT["error"]
    WARNING = LIGHT["warning"]
    LINK = LIGHT["accent"]


class Book:
    """A workbook being written, row by row, to a file."""

    def __init__(self, path: Path, title: str, limits: Limits, scratch: str) -> None:
        self.limits = limits
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": scratch,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_format_properties": {"font_name": FONT, "font_size": 10},
            },
        )
        self.book.set_properties({"title": title, "created": _MADE})
        self._looks: dict[tuple[Kind, Tone], Format] = {}
        self.head = self.book.add_format(
            {
                **_face(10),
                "bold": True,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
                "bg_color": LIGHT["strong"],
                "border": 1,
                "border_color": LIGHT["line"],
            }
        )

    def look(self, kind: Kind, tone: Tone) -> Format:
        """Returns the format of a cell; cells that look the same share one."""
        if (kind, tone) not in self._looks:
            centred = kind is Kind.CENTRED
            look = {**_face(10), "valign": "top", "text_wrap": kind is Kind.LONG, "align": "center" if centred else ""}
            if kind in _NUMBERS:
                look["num_format"] = kind.value
            if tone is Tone.TOTAL:
                look |= {"bold": True, "bg_color": LIGHT["ground"]}
            elif tone is not Tone.PLAIN:
                look |= {"font_color": tone.value, "underline": int(tone is Tone.LINK)}
            self._looks[kind, tone] = self.book.add_format({name: value for name, value in look.items() if value})
        return self._looks[kind, tone]


@contextlib.contextmanager
def writing(path: Path, title: str, limits: Limits) -> Iterator[Book]:
    """Opens a workbook, which is written when the block ends; until then its rows are in a folder beside it."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".xlsx-") as scratch:
        book = Book(path, title, limits, scratch)
        yield book
        book.book.close()


def _face(points: float) -> dict[str, object]:
    return {"font_name": FONT, "font_size": points}


class Series:
    """A table under one heading; where a sheet is full it goes on in the next, named 问题清单2 and so on."""

    def __init__(self, book: Book, name: str, columns: Sequence[Column], frozen: int = 0) -> None:
        self._book = book
        self._columns = columns
        self._frozen = frozen
        self.name = name
        self._looks = {tone: [book.look(column.kind, tone) for column in columns] for tone in Tone}
        self._wrapped = [(place, one.width - 1) for place, one in enumerate(columns) if one.kind is Kind.LONG]
        self.sheets: list[Worksheet] = []
        self.rows = 0
        self.unlinked = 0  # links left out for Excel's bound
        self._begin()

    def _begin(self) -> None:
        name = self.name + (str(len(self.sheets) + 1) if self.sheets else "")
        self._finish()
        sheet = self._book.book.add_worksheet(name)
        self.sheets.append(sheet)
        self._line = 0
        self._links = 0
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.head, self._book.head)
        sheet.set_row(0, 2 * _LINE_HEIGHT + 4)
        sheet.freeze_panes(1, self._frozen)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.hide_gridlines(0)  # printed, too
        sheet.set_header(f"&C{name}")
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self._book.limits.sheet_rows}"})

    def _finish(self) -> None:
        if self.sheets:
            self.sheets[-1].autofilter(0, 0, max(self._line, 1), len(self._columns) - 1)

    def row(
        self,
        cells: Sequence[Cell | float],
        tone: Tone = Tone.PLAIN,
        *,
        tones: Mapping[int, Tone] | None = None,
        links: Mapping[int, str] | None = None,
        level: int = 0,
    ) -> None:
        """Writes a row. `tones` and `links` are by column; `level` folds the row under one above of a lower level."""
        if self._line + 1 == self._book.limits.sheet_rows:
            self._begin()
        self._line += 1
        self.rows += 1
        sheet, looks = self.sheets[-1], self._looks[tone]
        sheet.set_row(self._line, self._height(cells), None, {"level": level})
        for place, cell in enumerate(cells):
            look = self._looks[tones[place]][place] if tones and place in tones else looks[place]
            link = links.get(place) if links else None
            if link and isinstance(cell, str) and self._may_link(cell):
                sheet.write_url(self._line, place, link, self._looks[Tone.LINK][place], cell_text(cell))
            elif isinstance(cell, str):
                sheet.write_string(self._line, place, cell_text(cell), look)
            elif cell is not None:
                sheet.write_number(self._line, place, float(cell), look)
            elif tone is Tone.TOTAL:
                sheet.write_blank(self._line, place, None, look)

    def _height(self, cells: Sequence[Cell | float]) -> float:
        """Returns the height of a row that shows its longest text: not every program finds it by itself."""
        lines = 1
        for place, width in self._wrapped:
            cell = cells[place]
            if isinstance(cell, str) and (room := _room(cell)) > width:
                lines = max(lines, ceil(room / width))
        return min(lines, _MOST_LINES) * _LINE_HEIGHT + 2

    def _may_link(self, text: str) -> bool:
        """Returns whether a text can be a link: it is repeated in an attribute, which not every character may be in."""
        if not text.isprintable() or len(text) > _LONGEST_LINKED:
            return False
        if self._links == self._book.limits.sheet_links:
            self.unlinked += 1
            return False
        self._links += 1
        return True

    def close(self) -> None:
        """Ends the last sheet."""
        self._finish()


def _room(text: str) -> int:
    """Returns the width of a text in digits: two a Chinese character, which has three bytes."""
    return (len(text) + len(text.encode())) // 2


def row_link(name: str, number: int, limits: Limits) -> str:
    """Returns a link to row `number` (from 1) of the table of that name, whichever of its sheets that is on."""
    sheet, row = divmod(number - 1, limits.sheet_rows - 1)
    return f"internal:'{name}{sheet + 1 if sheet else ''}'!A{row + 2}"


def cell_text(text: str) -> str:
    """Returns a text that Excel takes into a cell as it is: cut where too long, and never read as marked-up text."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # the writer takes such a text for its own markup
    if len(text) <= _LONGEST_TEXT // 2 or len(text.encode("utf-16-le")) // 2 <= _LONGEST_TEXT:
        return text
    return text.encode("utf-16-le")[: (_LONGEST_TEXT - len(_CUT)) * 2].decode("utf-16-le", "ignore") + _CUT


def file_link(path: str, cell: tuple[str, str] | None) -> str | None:
    """Returns a link to a file beside the workbook, in a workbook to the cell; None where Excel could not hold it."""
    anchor = ""
    if cell is not None:
        sheet = cell[0].replace("'", "''")
        anchor = f"#'{sheet}'!{cell[1]}"
    link = f"external:{path.translate(_URL_TABLE)}{anchor}"
    return link if len(link) <= _LONGEST_LINK and link.isprintable() else None
