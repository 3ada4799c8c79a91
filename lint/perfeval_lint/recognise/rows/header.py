"""Header rows: the role of each column, by the labels in one or two storeys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.columns import NAMES, Column, Header
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.recognise.words.template import DROPPED, HEADING, SOURCE, Vocabulary
from perfeval_lint.values.number import is_number

GROUP_WEIGHTS = {"一级指标": "一级分值", "二级指标": "二级分值"}
_OF_TARGET = ("符号", "年度指标值", "单位")
_ONE_OVER_TWO = (("一级指标", "二级指标", ("三级指标",)), ("二级指标", "三级指标", _OF_TARGET))
_LONGEST_LABEL = 20
_LOOKED_AT = 30  # rows below a header that may show its columns


def header_at(rows: Sequence[Row], at: int, words: Vocabulary, part: str) -> Header:
    """The header that would begin at row `at`: its labels, and those below them where it has two storeys."""
    row = rows[at]
    below = rows[at + 1].own if at + 1 < len(rows) else ()
    found = [_column(cell, words, part) for cell in row.own]
    found = found if row.merged else _written_once(found)
    found = _without_empty(found, part, below)
    if part == "indicators" and not row.ragged:
        for level, below_it, ends in _ONE_OVER_TWO:
            found = _level_below(found, rows, at, words, (level, below_it, ends))
    columns = _once(found, words, part)
    height = _height(row, columns)
    under = _storey_below(rows, at, height, words) if part == "indicators" else []
    if under:
        split = _split_in_order if row.ragged else _split
        columns = _once(split(columns, under, words), words, part)
        height = max(height, under[0].row - row.index + 1)
    return Header(tuple(_guessed(columns, words, part)), height, row.ragged, row.block)


def _column(cell: Cell, words: Vocabulary, part: str) -> Column:
    role = words.role(part, cell.text) or ""
    is_unread = cell.doubt != "" and not cell.text.strip()
    return Column(role, cell.column, cell.column + cell.columns, cell.text, cell.origin, is_unread=is_unread)


def _written_once(columns: Sequence[Column]) -> list[Column]:
    """Labels that repeat the one before them are blank: some converters write a merged cell out."""
    before = [None, *columns]
    return [
        replace(column, label="", role="") if other is not None and column.label == other.label else column
        for column, other in zip(columns, before, strict=False)
    ]


def _without_empty(columns: Sequence[Column], part: str, below: Sequence[Cell]) -> list[Column]:
    """A column without a label after one that holds values belongs to it, but for those after the last label; one
    whose label could not be read belongs to none, but for the levels, which have their order.

    Where the row below has a name and an amount there, the two are that: 预算数 | 6.84 below 预算安排情况 | (blank).
    """
    result: list[Column] = []
    last = max((number for number, column in enumerate(columns) if column.label.strip()), default=-1)
    for number, column in enumerate(columns):
        before = result[-1].role if result else ""
        is_lost = column.is_unread and before not in GROUP_WEIGHTS
        if column.label.strip() or is_lost or before in ("", HEADING):
            result.append(column)
            continue
        is_pair = part == "funds" and result[-1].label.strip() and _name_and_amount(below, result[-1], column)
        if is_pair:
            is_first = all(other.role != NAMES for other in result)
            result[-1] = replace(result[-1], role=NAMES if is_first else DROPPED)
        result.append(replace(column, role=before if number < last or is_pair else ""))
    return result


def _name_and_amount(below: Sequence[Cell], first: Column, second: Column) -> bool:
    texts = {cell.column: cell.text for cell in below}
    name, amount = texts.get(first.start, ""), texts.get(second.start, "")
    return bool(name.strip()) and not is_number(name) and is_number(amount)


def _level_below(
    columns: list[Column], rows: Sequence[Row], at: int, words: Vocabulary, levels: tuple[str, str, Sequence[str]]
) -> list[Column]:
    """A level printed over two columns before the next but one: by the order of levels the second is the next one.

    The rows below show where it begins: a text there is beside another one.
    """
    level, next_level, ends = levels
    first = next((column for column in columns if column.role == level), None)
    if first is None or any(column.role == next_level and column.start > first.start for column in columns):
        return columns
    third = next((each for each in columns if each.role in ends and each.start > first.start), None)
    if third is None:
        return columns
    begins = Counter[int]()
    for row in rows[at + 1 : at + _LOOKED_AT]:
        inside = [cell for cell in row.own if first.start <= cell.column < third.start and row.block == rows[at].block]
        begins.update(cell.column for cell in inside if cell.column > first.start and _is_name(cell.text, words))
    between = [column for column in columns if first.start < column.start < third.start]
    if not begins or any(column.role != level for column in between):
        return columns
    second = begins.most_common(1)[0][0]
    split = [
        replace(first, end=second),
        replace((between or [first])[0], role=next_level, start=second, end=third.start, guessed=True),
    ]
    return sorted([*(c for c in columns if c is not first and c not in between), *split], key=lambda one: one.start)


def _is_name(text: str, words: Vocabulary) -> bool:
    """Whether a text may be the name of a level: no number, and no label of a header in two storeys."""
    return (
        bool(text.strip()) and not is_number(text) and not words.role("indicators", text) and not words.is_group(text)
    )


def _height(row: Row, columns: Sequence[Column]) -> int:
    labelled = {column.start for column in columns if column.role not in ("", HEADING)}
    return max((cell.rows for cell in row.own if cell.column in labelled), default=1)


# --- the second storey -------------------------------------------------------------------------------


def _storey_below(rows: Sequence[Row], at: int, height: int, words: Vocabulary) -> list[Cell]:
    """The labels of the header's second row; empty where the next row is no header."""
    row = rows[at]
    if at + 1 >= len(rows) or rows[at + 1].block != row.block:
        return []
    groups = [cell for cell in row.own if cell.rows == 1 and (cell.columns > 1 or words.is_group(cell.text))]
    below = list(rows[at + 1].filled)
    if not below or not groups:
        return []
    if height > 1:
        return below
    is_known = all(words.role("indicators", cell.text) or words.is_group(cell.text) for cell in (*row.filled, *below))
    is_under = row.ragged or any(
        group.column <= cell.column < group.column + group.columns for cell in below for group in groups
    )
    return below if is_known and is_under and len(below) > 1 else []


def _split(columns: Sequence[Column], under: Sequence[Cell], words: Vocabulary) -> list[Column]:
    """Columns with those that have labels below replaced by them."""
    result: list[Column] = []
    for column in columns:
        inside = [cell for cell in under if column.start <= cell.column < column.end]
        for number, cell in enumerate(inside):
            start = column.start if number == 0 else cell.column
            end = inside[number + 1].column if number + 1 < len(inside) else column.end
            result.append(replace(_column(cell, words, "indicators"), start=start, end=end))
        result += [] if inside else [column]
    outside = [cell for cell in under if not any(c.start <= cell.column < c.end for c in result)]
    result += [_column(cell, words, "indicators") for cell in outside]
    return sorted(result, key=lambda column: column.start)


def _split_in_order(columns: Sequence[Column], under: Sequence[Cell], words: Vocabulary) -> list[Column]:
    """The same for typed rows, where places say nothing: each label goes to the group it can belong to, in order."""
    named = [_column(cell, words, "indicators") for cell in under]
    result: list[Column] = []
    for column in columns:
        if not words.is_group(column.label) or not named:
            result.append(column)
            continue
        is_target = column.role == "年度指标值"
        count = next((n for n, one in enumerate(named) if (one.role in _OF_TARGET) != is_target), len(named))
        result += named[:count] or [column]
        del named[:count]
    return [replace(column, start=number, end=number + 1) for number, column in enumerate([*result, *named])]


# --- roles -------------------------------------------------------------------------------------------


def _is_remedy(column: Column) -> bool:
    return "改进" in column.label or "整改" in column.label


def _lowest_level(columns: list[Column]) -> list[Column]:
    """Without a column for the third level, the second level holds the indicators' names.

    A label left of the first level is the heading of the part, 绩效指标, and heads no names.
    """
    if columns[0].role == "三级指标" and any(column.role == "一级指标" for column in columns):
        columns = [replace(columns[0], role=HEADING), *columns[1:]]
    roles = {column.role for column in columns}
    if "三级指标" in roles or not {"一级指标", "二级指标"} <= roles or not roles & {"年度指标值", "实际完成值"}:
        return columns
    return [replace(column, role="三级指标") if column.role == "二级指标" else column for column in columns]


def _group_weights(columns: list[Column]) -> list[Column]:
    """The weight columns between the levels and the name: they are those of the levels left of them."""
    name = max((n for n, column in enumerate(columns) if column.role == "三级指标"), default=0)
    level = ""
    for number, column in enumerate(columns[:name]):
        level = column.role if column.role in GROUP_WEIGHTS else level
        if column.role == "分值":
            columns[number] = replace(column, role=GROUP_WEIGHTS.get(level, DROPPED))
    return columns


def _once(columns: list[Column], words: Vocabulary, part: str) -> list[Column]:
    """A role named twice belongs to the column whose label is listed first; the other gets none, and is reported.

    Where the first is at the head of the row it is the heading of the part. Reasons may take several columns.
    """
    if part == "indicators":
        columns = _group_weights(_lowest_level(columns))
    seen: dict[str, int] = {}
    for number, column in enumerate(columns):
        role = column.role
        if role in ("", HEADING, DROPPED, SOURCE) or not column.label.strip():
            continue
        if role in seen and seen[role] == 0:
            columns[0] = replace(columns[0], role=HEADING)
            seen[role] = number
        elif role in seen:
            if part == "indicators" and role == "偏差原因" and _is_remedy(column):
                continue
            first = columns[seen[role]]
            is_better = words.rank(part, column.label) < words.rank(part, first.label)
            columns[seen[role] if is_better else number] = replace(first if is_better else column, role="")
            seen[role] = number if is_better else seen[role]
        else:
            seen[role] = number
    return columns


def _guessed(columns: list[Column], words: Vocabulary, part: str) -> list[Column]:
    """Guesses labels that are not listed from their words, where the rest of the row shows that it is a header."""
    roles = [column.role for column in columns]
    if not _is_certain(roles, part):
        return columns
    first = next(number for number, role in enumerate(roles) if role not in ("", HEADING))
    for number, column in enumerate(columns):
        is_open = not column.role or (column.role == HEADING and number > first)
        if not is_open or not column.label.strip() or len(column.label) > _LONGEST_LABEL:
            continue
        role = words.guess(part, column.label)
        if role is not None and role not in roles and (part == "indicators" or number > 0):
            columns[number] = replace(column, role=role, guessed=True)
            roles[number] = role
    return columns


def _is_certain(roles: Iterable[str], part: str) -> bool:
    found = set(roles)
    if part == "indicators":
        return "三级指标" in found and len(found - {"", HEADING}) >= 2
    return part == "funds" and len(found & {"年初预算数", "全年预算数", "全年执行数", "执行率"}) >= 1 and len(found) > 2
