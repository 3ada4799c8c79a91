"""The fund rows of flattened text: names cut by line breaks, values whose blank neighbours are not to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from perfeval_lint.recognise.flat.pieces import SPACE, Piece, joined
from perfeval_lint.recognise.words.template import Vocabulary
from perfeval_lint.values.text import half_width

_AMOUNTS = ("年初预算数", "全年预算数", "全年执行数")
_SCORES = ("分值", "得分")
_CERTAIN = re.compile(
    "(?:其中[:：]?)?(?:年度(?:财政)?(?:资金)?总金?额|(?:当年|本年|中央|市级|县级|区级|省级)?财政(?:拨款|资金)|"
    "上年结转(?:结余)?资金|其他资金)[:：]?"
)
_LIKELY = re.compile(
    "(?:其中[:：]?)?[一-龥、/（）()0-9]{0,18}(?:资金|总额|拨款|补助|结转|结余|其他|收入|贷款|自筹|合计|预算|债券)"
    "(?:[（(].{1,14}[）)])?[:：]?"
)
_MOST_VALUES = 12
_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund row: the pieces of its name and, by column, of its values; `doubt` where they may belong elsewhere."""

    name: Sequence[Piece]
    values: Sequence[Sequence[Piece]]
    doubt: str = ""


def fund_rows(pieces: Sequence[Piece], columns: Sequence[str], words: Vocabulary) -> list[FundRow]:
    """The rows in order; `columns` are the roles of the header row without the column of names."""
    rows: list[FundRow] = []
    for names, values in _runs(pieces, words):
        cut = _names(names)
        rows += [FundRow(name, [()] * len(columns)) for name in cut[:-1]]
        name = cut[-1] if cut else ()
        rows.append(_placed(name, values, columns))
    return rows


def _runs(pieces: Sequence[Piece], words: Vocabulary) -> Iterator[tuple[Sequence[Piece], Sequence[Piece]]]:
    """Pieces of names and the values behind them, again and again."""
    at = 0
    while at < len(pieces):
        begin = at
        while at < len(pieces) and not _is_value(pieces[at], words):
            at += 1
        middle = at
        while at < len(pieces) and _is_value(pieces[at], words):
            at += 1
        yield pieces[begin:middle], pieces[middle:at]


def _is_value(piece: Piece, words: Vocabulary) -> bool:
    text = half_width(piece.text)
    return (
        piece.number is not None
        or words.is_blank(text)
        or bool(re.fullmatch(r"-?[0-9.,]+%|[0-9.,]+(?:万元|元)|%|元|万元", text))
    )


def _names(pieces: Sequence[Piece]) -> list[Sequence[Piece]]:
    """The names in a run of pieces, the reading with the likeliest ones."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        best.append(
            min(
                (best[start][0] + _name_cost(pieces[start:end]), start)
                for start in range(max(0, end - _LONGEST_NAME), end)
            )
        )
    names: list[Sequence[Piece]] = []
    end = len(pieces)
    while end > 0:
        start = best[end][1]
        names.append(pieces[start:end])
        end = start
    return names[::-1]


def _name_cost(pieces: Sequence[Piece]) -> float:
    text = joined(pieces)
    cost = 0.0 if _CERTAIN.fullmatch(text) else 1.0 if _LIKELY.fullmatch(text) else 6.0
    return cost + 0.5 + sum(1.0 for piece in pieces[1:] if piece.gap == SPACE)


def _placed(name: Sequence[Piece], values: Sequence[Piece], columns: Sequence[str]) -> FundRow:
    """The values under their columns: by the kind of number each column holds, and by what must add up."""
    cells = _mended(values, len(columns))
    if len(cells) > len(columns) or len(columns) > _MOST_VALUES:
        kept = [*cells[: len(columns) - 1], [piece for cell in cells[len(columns) - 1 :] for piece in cell]]
        return FundRow(name, kept, "这一行的数比列多，请核对各数所在的列")
    ranked = sorted(
        (_cost(dict(zip(places, cells, strict=True)), columns), places)
        for places in combinations(range(len(columns)), len(cells))
    )
    cost, places = ranked[0]
    by_place = dict(zip(places, cells, strict=True))
    near = [other for price, other in ranked[1:] if price < cost + 1.0]
    moved = {at for other in near for at in range(len(cells)) if other[at] != places[at]}
    unsure = any(cells[at][0].number is not None for at in moved)
    doubt = "这一行有空格，各数所在的列是推断的，请核对" if unsure else ""
    return FundRow(name, [by_place.get(place, ()) for place in range(len(columns))], doubt)


def _mended(values: Sequence[Piece], most: int) -> list[Sequence[Piece]]:
    """The values one by one, a unit with its number; numbers cut by a line break where there are too many."""
    cells: list[Sequence[Piece]] = []
    spare = len(values) - sum(_is_unit(piece) for piece in values) - most
    for piece in values:
        cut = spare > 0 and piece.gap != SPACE and cells and len(cells[-1]) == 1
        if cut and re.fullmatch(r"[0-9,]+\.[0-9]*", cells[-1][0].text) and re.fullmatch("[0-9]+%?", piece.text):
            cells[-1] = (cells[-1][0], piece)
            spare -= 1
        elif _is_unit(piece) and cells:
            cells[-1] = (*cells[-1], piece)
        else:
            cells.append((piece,))
    return cells


def _is_unit(piece: Piece) -> bool:
    return half_width(piece.text) in ("%", "元", "万元")


def value(pieces: Sequence[Piece]) -> float | None:
    """The number some pieces hold, a rate as its share; None where they hold none."""
    text = half_width(joined(pieces)).replace(",", "")
    found = re.fullmatch(r"(-?[0-9]+(?:\.[0-9]*)?)(%|万元|元)?", text)
    return None if found is None else float(found[1]) / (100 if found[2] == "%" else 1)


def _cost(by_place: dict[int, Sequence[Piece]], columns: Sequence[str]) -> float:
    cost = 0.0
    numbers: dict[str, float] = {}
    gap = False
    for place, role in enumerate(columns):
        pieces = by_place.get(place)
        gap = gap or (pieces is None and role in _AMOUNTS and bool(numbers))
        if pieces is None:
            cost += 0.4 if role in _SCORES else 0.7 if role in ("年初预算数", "偏差原因") else 1.0
            continue
        number = value(pieces)
        if number is None:
            cost += 0.0 if role in _SCORES else 1.0 if role == "执行率" else 1.5
        else:
            cost += _kind_cost(joined(pieces), number, role)
            numbers[role] = number
            cost += 1.0 if gap and role in _AMOUNTS else 0.0
    return cost + _proof(numbers)


def _kind_cost(text: str, number: float, role: str) -> float:
    if half_width(text).endswith("%"):
        return 0.0 if role == "执行率" else 8.0
    if role == "执行率":
        return 1.5 if 0.0 <= number <= 1.0 else 2.5
    if role == "分值":
        return 0.0 if number == int(number) and 0 < number <= 30 else 3.0
    if role == "得分":
        return 0.0 if number <= 30 else 3.0
    return 0.0 if role in _AMOUNTS else 1.5


def _proof(numbers: dict[str, float]) -> float:
    """The cost of the numbers of a row together."""
    cost = 0.0
    rate, done = numbers.get("执行率"), numbers.get("全年执行数")
    budget = numbers.get("全年预算数", numbers.get("年初预算数"))
    if rate is not None and done is not None and budget:
        share = rate if rate <= 1.5 else rate / 100
        cost += -3.0 if abs(done / budget - share) < 0.002 else 1.0
    weight, score = numbers.get("分值"), numbers.get("得分")
    if weight is not None and score is not None:
        cost += 3.0 if score > weight else 0.0
        if rate is not None and abs(weight * rate - score) < 0.06:
            cost -= 2.0
    if done is not None and budget is not None and done > budget * 1.0001:
        cost += 1.5
    return cost
