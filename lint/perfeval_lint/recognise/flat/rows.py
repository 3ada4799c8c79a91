"""The rows of indicators in flattened text: which pieces are the cells of which column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.recognise.flat.columns import FIGURE, LEVEL, NUMBER, REMARK, SERIAL, SIDE, TEXT, Column, Layout
from perfeval_lint.recognise.flat.cost import CellCosts
from perfeval_lint.recognise.flat.labels import Label, in_part, longest, side_label, texts
from perfeval_lint.recognise.flat.pages import rejoined
from perfeval_lint.recognise.flat.pieces import SPACE, Piece, joined
from perfeval_lint.recognise.flat.search import Cells, Found, Problem, Search
from perfeval_lint.recognise.flat.twins import twins
from perfeval_lint.recognise.flat.widths import column_width
from perfeval_lint.recognise.flat.words import habits
from perfeval_lint.recognise.words.label import label_keys
from perfeval_lint.recognise.words.template import Vocabulary
from perfeval_lint.values.text import half_width

_ROUNDS = 4  # readings, each with the widths the one before it gave
_KINDS = {"一级指标": LEVEL, "二级指标": LEVEL, "分值": NUMBER, "得分": NUMBER, "偏差原因": REMARK}
_DEAREST = 22.0  # a cell that costs more is not followed
_PARTED_UNIT = 4.0
_LEVEL_PIECES = 10
_UNLISTED_LEVEL = re.compile(
    "[一-龥、/]{1,12}(?:指标|标|指标等)(?:[（(][0-9.]+分?[）)])?|[一-龥]{2,8}[（(][0-9.]+分?[）)]"
)
_EITHER_LEVEL = {"成本": (1.2, 0.3), "满意度": (0.2, 0.8), "服务对象满意度": (0.8, 0.2)}  # as first, as second level
_FIGURES = re.compile("(?:分|分数|系数|率)(?:[（(].{1,3}[）)])?$")  # what columns not taken over hold, by their label
_FIGURE = re.compile("[0-9.]+%?")
_POINTS = re.compile("[0-9]+(?:\\.[0-9]+)?(?:分|%)")


@dataclass(frozen=True, slots=True)
class Reading:
    """The cells found among some pieces under some columns; `layout` has the widths, `cost` says how well it fits.

    `titles` are the places where a name of a level begins a line.
    """

    pieces: Sequence[Piece]
    layout: Layout
    cells: Sequence[Found]
    cost: float
    titles: Collection[int] = ()


def columns_of(pieces: Sequence[Piece], labels: Sequence[Label]) -> tuple[Column, ...]:
    """The columns of a header row, with one before them for labels down the side."""
    roles = [label.role for label in labels]
    name = roles.index("三级指标") if "三级指标" in roles else 0
    kinds = [_kind(label.role, texts(pieces, label), at < name) for at, label in enumerate(labels)]
    return (Column("", SIDE), *map(Column, roles, kinds))


def _kind(role: str, text: str, before_name: bool) -> str:
    if role != "不取":
        return _KINDS.get(role, TEXT)
    return SERIAL if before_name else FIGURE if _FIGURES.search(text) else REMARK


def read_rows(
    pieces: Sequence[Piece], columns: tuple[Column, ...], words: Vocabulary, sides: frozenset[str]
) -> Reading | None:
    """The cheapest reading of the pieces; None where no reading is bearable."""
    if not pieces:
        return None
    layout = Layout(columns, habits(pieces))
    costs = CellCosts(pieces, layout.habits, _level_titles(pieces, words), _DEAREST)
    pairs = twins(pieces)
    search: Search | None = None
    cells: tuple[Found, ...] = ()
    for _ in range(_ROUNDS):
        rows = _Rows(pieces, layout, costs, words, sides)
        search = Search(Problem(pieces, layout, rows.cells, rows.toll, pairs, rows.pair))
        found = tuple(search.path())
        if not found or found == cells:
            break
        cells = found
        widths = [_width(pieces, cells, column) for column in range(len(columns))]
        layout = replace(
            layout, columns=tuple(map(_with_width, columns, widths)), empty_name=_empty_name(cells, columns)
        )
    if search is None or not cells:
        return None
    return Reading(pieces, layout, rejoined(search.doubtful(), pieces, layout.columns), search.cost, costs.titles)


def _with_width(column: Column, width: float | None) -> Column:
    return replace(column, width=width)


def _width(pieces: Sequence[Piece], cells: Sequence[Found], column: int) -> float | None:
    return column_width([pieces[cell.start : cell.end] for cell in cells if cell.column == column])


def _level_titles(pieces: Sequence[Piece], words: Vocabulary) -> dict[int, float]:
    """The places where a name of a level begins a line: a cell of text hardly runs over one."""
    titles = {}
    for at, piece in enumerate(pieces):
        if piece.gap != SPACE:
            label = longest(pieces, at, in_part(words, "levels"))
            if label and len(joined(pieces[at : label.end])) > 3:
                titles[at] = 3.0
    return titles


def _empty_name(cells: Sequence[Found], columns: Sequence[Column]) -> float:
    """The cost of a row without a name of its own: less where a text has several."""
    rows = {cell.row for cell in cells}
    named = {cell.row for cell in cells if columns[cell.column].role == "三级指标"}
    return 1.5 if len(rows - named) > 0.08 * len(rows) else 3.5


class _Rows:
    """The cells that are possible at each place, for one set of columns."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        layout: Layout,
        costs: CellCosts,
        words: Vocabulary,
        sides: frozenset[str],
    ) -> None:
        self._pieces, self._columns, self._costs, self._words, self._sides = pieces, layout.columns, costs, words, sides
        roles = [column.role for column in layout.columns]
        self._numbers = [at for at, column in enumerate(layout.columns) if column.kind == NUMBER]
        self._together = len(self._numbers) == 2 and self._numbers[1] == self._numbers[0] + 1
        self.pair = None
        if "年度指标值" in roles and roles.index("年度指标值") + 1 < len(roles):
            after = roles.index("年度指标值") + 1
            self.pair = (after - 1, after) if roles[after] == "实际完成值" else None

    def cells(self, start: int, column: int) -> Cells:
        """The cells of a column that may begin at a piece."""
        reader: Callable[[int, Column], Cells] = {
            SIDE: self._side,
            LEVEL: self._level,
            SERIAL: self._serial,
            NUMBER: self._number,
            FIGURE: self._figure,
            TEXT: self._text,
            REMARK: self._text,
        }[self._columns[column].kind]
        return reader(start, self._columns[column])

    def _side(self, start: int, _: Column) -> Cells:
        end = side_label(self._pieces, start, self._sides)
        return [(end, 0.0)] if end > start else []

    def _serial(self, start: int, _: Column) -> Cells:
        number = self._pieces[start].number
        return [(start + 1, 0.0 if number.is_integer() and number < 100 else 6.0)] if number is not None else []

    def _level(self, start: int, column: Column) -> Cells:
        found = []
        text = ""
        for end in range(start + 1, min(start + _LEVEL_PIECES, len(self._pieces)) + 1):
            text += self._pieces[end - 1].text
            if len(text) > 24:
                break
            role = self._words.role("levels", text)
            if role is not None:
                found.append((end, self._level_cost(text, role, column)))
            elif _UNLISTED_LEVEL.fullmatch(text):
                within = any(at in self._costs.titles for at in range(start + 1, end))
                found.append((end, 9.0 if within else 5.0))
        listed = [end for end, cost in found if cost < 5.0]
        return [(end, cost + 4.0 * (end != max(listed, default=end))) for end, cost in found]

    def _level_cost(self, text: str, role: str, column: Column) -> float:
        """Some names are used for both levels; others are hardly ever in the wrong one."""
        either = _EITHER_LEVEL.get(label_keys(text)[-1].removesuffix("指标"))
        if either is not None:
            return either[column.role == "二级指标"]
        return 0.0 if column.role.startswith(role) else 3.0

    def _number(self, start: int, _: Column) -> Cells:
        piece = self._pieces[start]
        cells: list[tuple[int, float]] = []
        if piece.number is not None:
            cells.append((start + 1, 0.0 if piece.number <= 30 else 0.7 if piece.number <= 100 else 4.0))
            if start + 1 < len(self._pieces) and "." in piece.text:
                after = self._pieces[start + 1]
                if after.text.isdigit() and after.gap != SPACE:
                    cells.append((start + 2, 2.0 if piece.text[-1] == "." else 4.0))
        elif self._words.is_blank(piece.text):
            cells.append((start + 1, 2.0))
        elif _POINTS.fullmatch(piece.text):
            cells.append((start + 1, 2.5))
        return cells

    def _figure(self, start: int, _: Column) -> Cells:
        piece = self._pieces[start]
        if _FIGURE.fullmatch(half_width(piece.text)):
            return [(start + 1, 0.0)]
        return [(start + 1, 1.0)] if self._words.is_blank(piece.text) else []

    def _text(self, start: int, column: Column) -> Cells:
        first = self._pieces[start]
        name = column.role == "三级指标"
        cells = []
        for extent in self._costs.extents(start, column.width):
            cost = extent.cost
            if extent.end == start + 1 and first.number is not None:
                cost += 6.0 if name else 5.0 if column.kind == REMARK else 1.5
            elif name and self._words.role("levels", joined(self._pieces[start : min(extent.end, start + 6)])):
                cost += 1.0
            if self._costs.excuses(start, extent.end):
                cost += 1.0 if name else -1.0 if column.kind == REMARK else 0.0
            cells.append((extent.end, cost))
        return cells

    def toll(self, place: int, state: int, then: int, new_row: bool) -> float:
        """The additional cost of a move: words that should not be parted, a reason without a deduction."""
        before, after = self._columns[state % len(self._columns)], self._columns[then % len(self._columns)]
        if before.kind != NUMBER:
            return self._costs.parted[place]
        cost = _PARTED_UNIT if self._costs.unit[place] and after.kind == TEXT and not new_row else 0.0
        if before.role == "分值" and after.role == "得分" and self._together:
            weight, score = self._pieces[place - 1].number, self._pieces[place].number
            return cost + (3.0 if weight is not None and score is not None and score > weight else 0.0)
        if before.role != "得分" or state >= len(self._columns):
            return cost
        return cost + self._reason_cost(place, after.kind == REMARK and not new_row)

    def _reason_cost(self, place: int, given: bool) -> float:
        """The cost of a reason being given, or not, behind the score that ends at a place."""
        weight = self._pieces[place - 2].number if place > 1 and self._together else None
        score = self._pieces[place - 1].number
        if weight is None or score is None:
            return 1.5 if given else 0.0
        if given:
            return 2.7 if score >= weight else 0.0
        return 2.0 if score < weight else 0.0
