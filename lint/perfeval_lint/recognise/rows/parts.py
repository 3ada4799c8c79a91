"""The parts of a form, recognised by their headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from perfeval_lint.form.origin import PageBox
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.columns import Header
from perfeval_lint.recognise.rows.funds import FUND_ROLES
from perfeval_lint.recognise.rows.header import header_at
from perfeval_lint.recognise.rows.misfit import fund_misfit, indicator_misfit, matter_misfit, text_misfit
from perfeval_lint.recognise.words.row import Row, row_of
from perfeval_lint.recognise.words.template import DROPPED, HEADING, SOURCE, Vocabulary
from perfeval_lint.values.number import is_number
from perfeval_lint.values.text import clean

_LONGEST_REST = 8  # letters of a label that a page break cut off


def opened(rows: Sequence[Row], at: int, words: Vocabulary) -> tuple[str, Header] | None:
    """The part of the form whose header begins at a row, and that header; None where none does."""
    row = rows[at]
    if len(row.filled) < 2 or row.is_line:
        return None
    parts = [words.parts_of(cell.text) for cell in row.filled]
    for part, is_header in HEADERS:
        if sum(part in found for found in parts) < 2:
            continue
        header = header_at(rows, at, words, part)
        if is_header(header, row):
            return part, header
    return None


def whole_headers(rows: Iterable[Row], words: Vocabulary) -> list[Row]:
    """Returns the rows with headers put together whose labels a page break cut: 二级指 over 标."""
    found: list[Row] = []
    above = 0  # the place of the last row of a table
    for row in rows:
        whole = None if row.is_line or not found else _whole_header(found[above], row, words)
        if whole is not None:
            found[above] = whole
            continue
        if not row.is_line:
            above = len(found)
        found.append(row)
    return found


def _whole_header(above: Row, row: Row, words: Vocabulary) -> Row | None:
    """Returns the header that a row on top of a page is the rest of: every text of it completes a label, or in a few
    columns goes on with one."""
    places = above.cells[0].origin, row.cells[0].origin
    if not all(isinstance(place, PageBox) for place in places) or above.block == row.block or not row.filled:
        return None
    rest = {cell.column: cell.text for cell in row.filled}
    cut = [cell for cell in above.filled if cell.column in rest]
    whole = [cell._replace(text=cell.text + rest[cell.column]) for cell in cut]
    is_label = all(words.parts_of(clean(cell.text)) for cell in whole)
    if len(cut) < len(rest) or not (is_label or _may_go_on(above, cut, rest, words)):
        return None
    others = [cell for cell in above.own if cell not in cut]
    return row_of(above.index, above.block, (*others, *whole), ragged=above.ragged, merged=above.merged)


def _may_go_on(above: Row, cut: Sequence[Cell], rest: Mapping[int, str], words: Vocabulary) -> bool:
    """Returns whether texts below labels of the indicators are the ends of unusual ones, and no indicator: a few short
    ones, none of them a number or a name."""
    roles = [words.role("indicators", clean(cell.text)) for cell in cut]
    is_short = all(len(clean(text)) <= _LONGEST_REST and not is_number(text) for text in rest.values())
    return 2 * len(rest) <= len(above.filled) and is_short and None not in roles and "三级指标" not in roles


def _is_indicator_header(header: Header, _: Row) -> bool:
    roles = header.roles - {"", HEADING, DROPPED}
    values = roles & {"年度指标值", "实际完成值", "分值", "得分"}
    return "三级指标" in roles and bool(values) and len(roles) >= 3


def _is_fund_header(header: Header, row: Row) -> bool:
    if any(is_number(cell.text) for cell in row.filled):
        return False
    return len(header.roles & {*FUND_ROLES}) + (SOURCE in header.roles) >= 2


def _is_goal_header(header: Header, row: Row) -> bool:
    labels = [column.role for column in header.columns if column.label.strip()]
    between = labels[labels.index("预期目标") :] if "预期目标" in labels else [""]
    return {"预期目标", "实际完成情况"} <= header.roles and between[-1:] != [""] and len(row.filled) <= 6


def _is_management_header(header: Header, _: Row) -> bool:
    return {"情况说明", "存在问题"} <= header.roles


HEADERS: tuple[tuple[str, Callable[[Header, Row], bool]], ...] = (
    ("indicators", _is_indicator_header),
    ("funds", _is_fund_header),
    ("management", _is_management_header),
    ("goals", _is_goal_header),
)
MISFITS = {
    "funds": fund_misfit,
    "goals": text_misfit,
    "management": matter_misfit,
    "indicators": indicator_misfit,
}
