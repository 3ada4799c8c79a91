"""Flattened text, cells cut by line breaks and several on a line, back to the rows of its form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from perfeval_lint.form.origin import Origin, Position
from perfeval_lint.read.model import Cell, Grid, Line
from perfeval_lint.recognise.flat.funds import fund_rows, value
from perfeval_lint.recognise.flat.goals import read_goals
from perfeval_lint.recognise.flat.head import head_rows
from perfeval_lint.recognise.flat.labels import Label
from perfeval_lint.recognise.flat.pieces import Piece, cell_text, cut
from perfeval_lint.recognise.flat.proof import Proof, prove
from perfeval_lint.recognise.flat.rows import columns_of, read_rows
from perfeval_lint.recognise.flat.sections import Sections, Table, forms, sections
from perfeval_lint.recognise.flat.table import Entry, table_rows, total_row
from perfeval_lint.recognise.flat.words import habits
from perfeval_lint.recognise.words.label import label_key
from perfeval_lint.recognise.words.template import Vocabulary

_MOST_PIECES = 12_000  # of one form; more is no form of indicators
_NAMELESS = "这一行资金没有读出名称，请核对"
_GOALS = "预期目标与实际完成情况在何处分开不能确定，请核对"
_UNPLACED = "这段文字未能对应到表格的哪一栏，请核对"


@dataclass(frozen=True, slots=True)
class Flattened:
    """The rows found in flattened text, and what about them is not sure, one sentence each."""

    grid: Grid
    doubts: tuple[str, ...]


def unflatten(lines: Sequence[Line], words: Vocabulary) -> Flattened | None:
    """The rows of the forms in flattened text; None where it holds no table of indicators.

    Every row of a table has as many cells as its header row; levels and names merged over rows are repeated. What
    could not be placed is put into rows of one cell with a doubt. Never fails, whatever the text.
    """
    pieces = cut(lines)
    if len(pieces) > _MOST_PIECES:
        return None
    rows: list[list[Entry]] = []
    doubts: list[str] = []
    for form in forms(pieces, words):
        found = sections(form, words)
        if found is not None:
            doubts += _form_rows(form, found, words, rows).doubts
        elif rows:
            rows.append([Entry(form, _UNPLACED)])
        else:
            return None
    return Flattened(_grid(rows), tuple(dict.fromkeys(doubts)))


def _form_rows(pieces: Sequence[Piece], found: Sections, words: Vocabulary, rows: list[list[Entry]]) -> Proof:
    """The rows of one form, in order, added to `rows`."""
    rows += head_rows(pieces[: found.head_end], words)
    funds = _funds(pieces, found, words, rows)
    if found.goals is not None:
        _goals(pieces, found.goals, rows)
    _heading(pieces, found.indicators, rows)
    indicators, unplaced = _indicators(pieces, found.indicators, words)
    roles = [label.role for label in found.indicators.columns]
    total, foot = total_row(pieces, found.total, roles, indicators, funds)
    proof = prove(roles, indicators, funds, total)
    rows += [*proof.rows, *unplaced]
    if total:
        rows.append(total)
    rows += head_rows(pieces[foot if total else found.foot :], words, foot=True)
    return proof


def _indicators(
    pieces: Sequence[Piece], table: Table, words: Vocabulary
) -> tuple[list[list[Entry]], list[list[Entry]]]:
    """The rows of the indicators, and rows of one cell for text that is none."""
    side = cell_text(pieces[table.side.start : table.side.end])
    sides = frozenset({label_key(side), "绩效指标", "年度绩效指标"})
    body = pieces[table.begin : table.end]
    reading = read_rows(body, columns_of(pieces, table.columns), words, sides)
    if reading is not None:
        return table_rows(reading), []
    return [], [[Entry([piece], _UNPLACED)] for piece in body]


def _heading(pieces: Sequence[Piece], table: Table, rows: list[list[Entry]]) -> None:
    """The label of a table as a row of its own, if it has one, and the table's header row."""
    rows += [[_entry(pieces, table.side)]] if table.side.end > table.side.start else []
    rows.append([_entry(pieces, label) for label in table.columns])


def _entry(pieces: Sequence[Piece], label: Label) -> Entry:
    return Entry(pieces[label.start : label.end])


def _funds(pieces: Sequence[Piece], found: Sections, words: Vocabulary, rows: list[list[Entry]]) -> Mapping[str, float]:
    """The fund table's rows added to `rows`; the numbers of its first row, the total, by column."""
    table = found.funds
    if table is None:
        return {}
    if table.columns[0].role == "资金来源":
        _heading(pieces, table, rows)
        roles = [label.role for label in table.columns[1:]]
    else:
        rows.append([_entry(pieces, label) for label in (table.side, *table.columns)])
        roles = [label.role for label in table.columns]
    end = found.goals.side.start if found.goals else found.indicators.side.start
    read = fund_rows(pieces[table.begin : end], roles, words)
    for row in read:
        doubt = row.doubt or ("" if row.name else _NAMELESS)
        rows.append([Entry(row.name, doubt), *(Entry(cell, row.doubt) for cell in row.values)])
    first = zip(roles, read[0].values, strict=True) if read else ()
    return {role: number for role, cell in first if (number := value(cell)) is not None}


def _goals(pieces: Sequence[Piece], table: Table, rows: list[list[Entry]]) -> None:
    _heading(pieces, table, rows)
    body = pieces[table.begin : table.end]
    goals = read_goals(body, habits(pieces))
    if goals is not None:
        doubt = "" if goals.sure else _GOALS
        rows.append([Entry(goals.target, doubt), Entry(goals.result, doubt)])
    elif body:
        rows.append([Entry(body, _GOALS)])


def _grid(rows: Iterable[Sequence[Entry]]) -> Grid:
    cells: list[Cell] = []
    last: Origin = Position(1, 1)
    for number, row in enumerate(rows):
        for column, entry in enumerate(row):
            last = entry.pieces[0].origin if entry.pieces else last
            cells.append(Cell(number, column, cell_text(entry.pieces), last, doubt=entry.doubt))
    return Grid(tuple(cells), ragged=True)
