"""A survey of a sheet that annotating makes before it changes a few bytes of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from perfeval_lint.annotate.xlsx.scan import Tag, scan
from perfeval_lint.read.markup import STRICT, TRUE, counted, whole_number
from perfeval_lint.read.package import Package
from perfeval_lint.read.sheet.address import MAX_ROW, place_of
from perfeval_lint.read.sheet.sheet import Merge
from perfeval_lint.read.sheet.xlsx import merges_of

Place = tuple[int, int]  # row and column, 0-based

ROW, CELL = 3, 4  # their depth in a sheet's XML
_LARGEST = 1000.0  # characters or points; no column is as wide and no row as high
# The elements before legacyDrawing among the children of a worksheet; Excel refuses another order.
_BEFORE_DRAWING = frozenset(
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting "
    "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties "
    "cellWatches ignoredErrors smartTags drawing".split()
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns from `first` to `last`, 0-based: their width in characters, 0 where hidden, and their style."""

    first: int
    last: int
    width: float
    style: int

    @property
    def pixels(self) -> int:
        """The width of one of them on screen, in the fonts workbooks have most."""
        return round(self.width * 7 + 5) if self.width else 0


@dataclass(slots=True)
class Survey:
    """Facts about a sheet that annotating needs. `ours` are the cells with one of the styles looked for; `heights` of
    rows in points; `drawing` is the relation of its notes' boxes, else they are named at the byte `tail`."""

    merges: list[Merge] = field(default_factory=list)
    columns: list[Columns] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    width: float = 9.0
    height: float = 15.0
    ours: list[Place] = field(default_factory=list)
    drawing: str | None = None
    tail: int = 0
    tail_prefix: str = ""
    strict: bool = False

    def column(self, column: int) -> Columns:
        """Returns the width and style of a column."""
        at = bisect_right(self.columns, column, key=lambda columns: columns.first) - 1
        if at >= 0 and column <= self.columns[at].last:
            return self.columns[at]
        return Columns(column, column, self.width, 0)


def survey(package: Package, part: str, data: bytes, ours: Collection[int]) -> Survey:
    """Returns the survey of a sheet; `ours` are the styles of cells filled before. Raises UnreadableFile."""
    reader = _Surveyor(data, {str(style) for style in ours})
    scan(package, part, data, reader.begun, reader.ended, CELL)
    return reader.found


class _Surveyor:
    """Listens to a scan of a sheet."""

    def __init__(self, data: bytes, ours: Collection[str]) -> None:
        self.found = Survey()
        self._data = data
        self._ours = ours
        self._row = self._column = -1
        self._open: Tag | None = None  # the child of the worksheet that is being read

    def begun(self, tag: Tag) -> None:
        found, given = self.found, tag.attributes
        match tag.depth, tag.name:
            case _, "c":
                self._cell(tag)
            case _, "row":
                self._begin_row(given)
            case _, "mergeCell":
                found.merges.extend(merges_of(given.get("ref", "")))
            case _, "col":
                found.columns.append(_columns(given, found.width))
            case 2, "sheetFormatPr":
                found.width = _measure(given.get("defaultColWidth"), found.width)
                found.height = _measure(given.get("defaultRowHeight"), found.height)
            case 2, "legacyDrawing":
                found.drawing = next((value for name, value in given.items() if name.rpartition(":")[2] == "id"), "")
            case 1, _:
                found.tail, found.tail_prefix = tag.end, tag.prefix.decode("utf-8", "replace")
                found.strict = any(value.startswith(STRICT) for value in given.values())
        if tag.depth == 2:
            self._open = tag

    def ended(self, name: str, depth: int, at: int) -> None:
        if depth == 2 and self._open is not None and name in _BEFORE_DRAWING:
            self.found.tail = self._open.end if self._open.is_empty else self._data.index(b">", at) + 1

    def _begin_row(self, given: Mapping[str, str]) -> None:
        self._row, self._column = counted(given.get("r"), self._row + 2, MAX_ROW) - 1, -1
        if given.get("hidden") in TRUE:
            self.found.heights[self._row] = 0.0
        elif "ht" in given:
            self.found.heights[self._row] = _measure(given["ht"], self.found.height)

    def _cell(self, tag: Tag) -> None:
        if not self._ours:
            return
        place = place_of(tag.attributes.get("r", ""))
        self._column = place[1] if place else self._column + 1
        if tag.attributes.get("s") in self._ours:
            self.found.ours.append((self._row, self._column))


def _measure(text: str | None, otherwise: float) -> float:
    try:
        number = float(text or "")
    except ValueError:
        return otherwise
    return number if 0 <= number < _LARGEST else otherwise


def _columns(given: Mapping[str, str], width: float) -> Columns:
    first = counted(given.get("min"), 1, MAX_ROW)
    hidden = given.get("hidden") in TRUE
    shown = 0.0 if hidden else _measure(given.get("width"), width)
    return Columns(first - 1, counted(given.get("max"), first, MAX_ROW) - 1, shown, style_of(given))


def style_of(attributes: Mapping[str, str]) -> int:
    """The style a cell or column says it has, 0 where it says nothing."""
    return whole_number(attributes.get("s", attributes.get("style"))) or 0
