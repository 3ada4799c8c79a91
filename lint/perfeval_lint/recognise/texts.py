"""Reads the texts of a form that stand under headers: the goals, and 资金管理情况."""

from __future__ import annotations

from perfeval_lint.form.definition import MANAGEMENT
from perfeval_lint.form.model import Value
from perfeval_lint.recognise.build import Read, RowDraft
from perfeval_lint.recognise.columns import Aligned, Header
from perfeval_lint.recognise.context import Context, with_doubt
from perfeval_lint.recognise.rows import Row
from perfeval_lint.recognise.values import is_number

_GOALS = (("预期目标", ("调整目标", "预期目标")), ("实际完成情况", ("实际完成情况",)))


def read_goals(context: Context, aligned: Aligned, row: Row) -> bool:
    """The texts below 预期目标 and 实际完成情况; further rows go on with them. False where the row is a heading."""
    if len(row.filled) == 1 and context.is_known(row.filled[0].text):
        return False
    taken = False
    for name, roles in _GOALS:
        for role in roles:
            cells = [cell for cell in aligned.under(role) if cell.row == row.index]
            read = context.value([cell for cell in cells if not is_number(cell.text)] or cells)
            if read is None:
                continue
            taken = True
            before = context.draft.goal.get(name)
            if before is not None:
                read = Read(Value(before.value.text + read.value.text, before.value.origin), before.doubt or read.doubt)
            context.draft.goal[name] = read
            break
    context.use(row.own if taken else ())
    return taken


def read_matter(context: Context, header: Header, aligned: Aligned, row: Row) -> bool:
    """One matter of 资金管理情况."""
    names = [c for column, c in aligned.pairs if column in header.names and c.text.strip() and c.rows < 3]
    draft = RowDraft(row.filled[0].origin)
    for name, cells in (
        ("事项", names[-1:]),
        ("情况说明", aligned.under("情况说明")),
        ("存在问题", [*aligned.under("存在问题"), *aligned.under("改进措施")]),
    ):
        read = context.value(cells)
        if read is not None:
            draft.values[name] = read
    context.use(row.own)
    if draft.values:
        context.draft.rows[MANAGEMENT.key].append(with_doubt(draft, aligned.doubt))
    return True
