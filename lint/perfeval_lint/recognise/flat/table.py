"""The rows of the indicators as they go into the grid: every cell of the header row filled, merged cells repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from perfeval_lint.recognise.flat.columns import LEVEL, REMARK, TEXT, Column
from perfeval_lint.recognise.flat.funds import value
from perfeval_lint.recognise.flat.labels import Label
from perfeval_lint.recognise.flat.pieces import SPACE, Piece, number
from perfeval_lint.recognise.flat.rows import Reading

_UNSURE = "原文中单元格的界线不能确定，这一格与相邻格的文字如何分开请核对"
_UNSURE_ROW = "这一行的文字与相邻各格的界线勉强，请对照原文核对"
_UNSURE_ORDER = "文字的先后不像是逐行逐格的，这一格属于哪一行哪一栏请对照原文核对"
_NO_LEVEL = "没有读出这一行的这一级指标，请对照原文核对"
_LEVEL_INSIDE = "这一行的文字里夹有级别名称，这一行和下面各行属于哪一级指标请对照原文核对"
_MOST_INSIDE = 0.2  # of the rows may have the name of a level in a cell of text; where more have, the columns are wrong
_DEAR_ROW, _PER_PIECE = 7.5, 0.2  # a row that costs more, with so much for each piece, is not sure in any cell
_DEAR_PIECE = 0.85  # the mean over the pieces of a table; where it is more, the text hardly goes row by row
_GRADES = frozenset("优良中差")


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell to be: its pieces, and why it is not sure ("" where it is)."""

    pieces: Sequence[Piece] = ()
    doubt: str = ""


def table_rows(reading: Reading) -> list[list[Entry]]:
    """The rows without the column for labels down the side."""
    columns = reading.layout.columns[1:]
    doubts = _row_doubts(reading)
    rows: dict[int, list[Entry]] = {}
    for found in reading.cells:
        row = rows.setdefault(found.row, [Entry() for _ in columns])
        if found.column == 0:
            continue
        before = row[found.column - 1]
        pieces = reading.pieces[found.start : found.end]
        doubt = before.doubt or doubts.get(found.row, "" if found.sure else _UNSURE)
        row[found.column - 1] = Entry([*before.pieces, *pieces], doubt)
    filled = {at: row for at, row in rows.items() if any(entry.pieces for entry in row)}
    _fill_down(columns, filled, doubts)
    return list(filled.values())


def _row_doubts(reading: Reading) -> Mapping[int, str]:
    """Rows not to be trusted as a whole, by number: they fit badly, or a name of a level is in a cell of text."""
    over: dict[int, float] = {}
    doubts: dict[int, str] = {}
    for found in reading.cells:
        over[found.row] = over.get(found.row, 0.0) + found.cost - _PER_PIECE * (found.end - found.start)
        column = reading.layout.columns[found.column]
        begin = found.start + (column.role == "三级指标")  # a name may be that of a level
        if column.kind in (TEXT, REMARK) and any(at in reading.titles for at in range(begin, found.end)):
            doubts[found.row] = _LEVEL_INSIDE
    if reading.cost > _DEAR_PIECE * len(reading.pieces) or len(doubts) > 1 + _MOST_INSIDE * len(over):
        return dict.fromkeys(over, _UNSURE_ORDER)
    return {row: _UNSURE_ROW for row, cost in over.items() if cost > _DEAR_ROW} | doubts


def _fill_down(columns: Sequence[Column], rows: Mapping[int, list[Entry]], doubts: Mapping[int, str]) -> None:
    """Levels and names merged over several rows repeated in each; a new level above ends the one below.

    Where a row has taken in the name of a level, the levels of those that go on below it are not sure either.
    """
    last: dict[int, Entry] = {}
    for at, row in rows.items():
        if doubts.get(at) == _LEVEL_INSIDE:
            last = {column: replace(entry, doubt=entry.doubt or _LEVEL_INSIDE) for column, entry in last.items()}
        for column, (role, kind) in enumerate((column.role, column.kind) for column in columns):
            if kind != LEVEL and role != "三级指标":
                continue
            if row[column].pieces:
                last[column] = row[column]
                for below in [at for at in last if at > column]:
                    del last[below]
            elif column in last:
                row[column] = last[column]
            elif kind == LEVEL:
                row[column] = Entry((), _NO_LEVEL)


def total_row(
    pieces: Sequence[Piece],
    label: Label | None,
    roles: Sequence[str],
    rows: Sequence[Sequence[Entry]],
    funds: Mapping[str, float],
) -> tuple[list[Entry], int]:
    """The row of the total under the columns of the indicators, and where the pieces behind it begin."""
    if label is None:
        return [], 0
    at = label.end
    values: list[list[Piece]] = []
    while at < len(pieces) and pieces[at].number is not None and len(values) < 4:
        values.append([pieces[at]])
        at += 1
    places = [column for column, role in enumerate(roles) if role in ("分值", "得分")]
    score = sum_of(roles, rows, funds, "得分")
    values = _mended(values, len(places), score)
    row = [Entry() for _ in roles]
    row[0] = Entry(pieces[label.start : label.end])
    if len(values) == 1 and len(places) == 2:
        alone = values[0][0].number
        places = places[:1] if alone == 100 and (score is None or abs(score - 100) > 0.01) else places[1:]
    for place, pieces_of in zip(places, values, strict=False):
        row[place] = Entry(pieces_of)
    row += [Entry(more, "总分行的数比列多，请核对") for more in values[len(places) :]]
    if at < len(pieces) and pieces[at].text in _GRADES:
        grade = Entry([pieces[at]])
        at += 1
        if row[-1].pieces:
            row.append(grade)
        else:
            row[-1] = grade
    return row, at


def _mended(values: list[list[Piece]], most: int, score: float | None) -> list[list[Piece]]:
    """Numbers cut by a line break put together: where there are too many, or where only then the sum is right."""
    if len(values) < 2 or values[-1][0].gap == SPACE or "." not in values[-2][0].text:
        return values
    whole = [*values[-2], *values[-1]]
    together = number("".join(piece.text for piece in whole))
    if together is None:
        return values
    if len(values) > most or (score is not None and abs(together - score) < 0.005):
        return [*values[:-2], whole]
    return values


def sum_of(
    roles: Sequence[str], rows: Sequence[Sequence[Entry]], funds: Mapping[str, float], role: str
) -> float | None:
    """The sum of a column of the indicators and of the total of the funds; None where it is missing or blank."""
    if role not in roles:
        return None
    place = roles.index(role)
    numbers = [found for row in rows if (found := value(row[place].pieces)) is not None]
    return round(sum(numbers) + funds.get(role, 0.0), 6) if numbers else None
