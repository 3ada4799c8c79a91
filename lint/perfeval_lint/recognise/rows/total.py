"""Reads the row of the total score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from perfeval_lint.form.definition import TOTAL
from perfeval_lint.form.model import Value
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.build import Read
from perfeval_lint.recognise.rows.columns import Aligned
from perfeval_lint.recognise.rows.context import Context, is_words
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.recognise.words.template import HEADING
from perfeval_lint.values.grade import grade_in
from perfeval_lint.values.name import weight_in_name
from perfeval_lint.values.number import as_weight, is_number, score_of
from perfeval_lint.values.text import clean

_READ_AS = {"分值": as_weight, "得分": score_of}
_SCORES = ("分值", "得分")


def read_total(context: Context, aligned: Aligned, row: Row) -> bool:
    """The weight, score and grade of the row of the total; False where the row is not it."""
    cells = [cell for cell in row.filled if context.words.role("indicators", cell.text) != HEADING]
    if not cells or not context.words.is_total(cells[0].text):
        return False
    numbers = [cell for cell in cells[1:] if is_number(score_of(cell.text))]
    weight, score = ([c for c in aligned.under(role) if any(c is n for n in numbers)] for role in _SCORES)
    is_plain_pair = len(numbers) == 2 and (row.ragged or not (weight and score))
    if (not weight and not score) or is_plain_pair:
        weight, score = (numbers[:1], numbers[1:2]) if len(numbers) > 1 else ([], numbers)
    total = context.draft.total
    _, printed = weight_in_name(clean(cells[0].text))
    if printed is not None:  # 总分（100分）
        weight, score = [], weight or score
        total.setdefault("分值", Read(Value(printed, cells[0].origin), cells[0].doubt))
    if _is_larger(total, weight):  # of several such rows the one with the whole weight is meant
        total.pop("分值", None)
        total.pop("得分", None)
    for name, found in zip(_SCORES, (weight, score), strict=True):
        if found:
            total.setdefault(name, Read(Value(_READ_AS[name](found[0].text), found[0].origin), found[0].doubt))
        for cell in [cell for cell in aligned.under(name) if cell.row == row.index][:1]:
            context.draft.blanks.setdefault((TOTAL.key, name), cell)
    context.has_total = True
    for cell in cells[1:]:
        grade = grade_in(cell.text)
        if grade:
            total.setdefault("等级", Read(Value(grade, cell.origin), cell.doubt))
            context.use([cell])
    context.use(cell for cell in row.own if not is_words(cell.text))
    context.use(cells[:1])
    return True


def _is_larger(total: Mapping[str, Read], weight: Sequence[Cell]) -> bool:
    """Whether a row's weight is more than that of the total read before: rows of 合计 for each level come first."""
    if not weight or "分值" not in total:
        return False
    try:
        return Decimal(as_weight(weight[0].text)) > Decimal(total["分值"].value.text)
    except InvalidOperation:
        return False
