"""Reads the texts of a form that are under headers: the goals, and 资金管理情况."""

from __future__ import annotations

import re
from itertools import pairwise

from perfeval_lint.form.definition import GOAL, MANAGEMENT
from perfeval_lint.form.model import Value
from perfeval_lint.recognise.rows.build import Read, RowDraft
from perfeval_lint.recognise.rows.columns import Aligned, Header
from perfeval_lint.recognise.rows.context import Context, note_blanks, with_doubt
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.recognise.words.template import HEADING
from perfeval_lint.values.number import is_number
from perfeval_lint.values.text import clean

_NEXT_GOAL = re.compile(r"目标|[(（]?[0-9一二三四五六七八九十]+[)）.、．]")
_GOALS = (("预期目标", ("调整目标", "预期目标")), ("实际完成情况", ("实际完成情况",)))


def read_goals(context: Context, header: Header, aligned: Aligned, row: Row) -> bool:
    """The texts below 预期目标 and 实际完成情况; further rows go on with them. False where the row is none of them."""
    if len(row.filled) == 1 and context.is_known(row.filled[0].text):
        return False
    if context.draft.goal and not _goes_on(header, aligned, row):
        return False
    taken = False
    for name, roles in _GOALS:
        for role in roles:
            cells = [cell for cell in aligned.under(role) if cell.row == row.index]
            texts = [cell for cell in cells if cell.text.strip() not in context.words.fillers]
            read = context.value([cell for cell in texts if not is_number(cell.text)] or texts)
            if read is not None:
                taken = True
                add_goal(context, name, read)
                if role != name:
                    _note_first(context, aligned, row, read)
                break
            for cell in cells[:1]:
                context.draft.blanks.setdefault((GOAL.key, name), cell)
    context.use(row.own if taken else ())
    return taken


def _note_first(context: Context, aligned: Aligned, row: Row, adjusted: Read) -> None:
    """Keeps the goal of the beginning of the year, beside one that was adjusted, as a doubt."""
    for column, cell in aligned.pairs:
        text = clean(cell.text)
        if column.role == "预期目标" and cell.row == row.index and text and text != adjusted.value.text:
            reason = f"目标调整过，读入的是调整后的；“{clean(column.label)}”没有读入：{text}"
            context.draft.doubts.append((cell.origin.words, reason, cell.origin))


def _goes_on(header: Header, aligned: Aligned, row: Row) -> bool:
    """Whether a row after the first can be more of the goals: beside the same heading, on the next page, or 目标2."""
    covering = [cell for column, cell in aligned.pairs if column.role == HEADING and cell.text.strip()]
    if any(cell.row == row.index for cell in covering):
        return False
    return bool(covering) or row.block != header.block or _NEXT_GOAL.match(row.filled[0].text.strip()) is not None


def add_goal(context: Context, name: str, read: Read) -> None:
    """A goal's text, put behind what of it was read before."""
    before = context.draft.goal.get(name)
    if before is not None:
        read = Read(Value(before.value.text + read.value.text, before.value.origin), before.doubt or read.doubt)
    context.draft.goal[name] = read


def read_goal_pairs(context: Context, row: Row) -> bool:
    """Goals with their texts right of the labels: 预期目标 | text; False where the row has none."""
    taken = False
    for label, text in pairwise(row.filled):
        role = context.words.role("goals", label.text)
        name = next((name for name, roles in _GOALS if role in roles), None)
        is_text = context.words.role("goals", text.text) is None and not is_number(text.text)
        if name is None or not is_text or name in context.draft.goal:
            continue
        read = context.value([text])
        if read is not None:
            add_goal(context, name, read)
            context.use([label, text])
            taken = True
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
    rows = context.draft.rows[MANAGEMENT.key]
    is_cut = bool(rows) and row.block != header.block and ("事项" not in draft.values or "事项" not in rows[-1].values)
    if draft.values and is_cut:
        for name, read in draft.values.items():  # the rest of a row that the page cut
            before = rows[-1].values.get(name)
            text = (before.value.text if before else "") + read.value.text
            rows[-1].values[name] = Read(Value(text, before.value.origin if before else read.value.origin), read.doubt)
    elif draft.values:
        note_blanks(context, draft, MANAGEMENT, aligned, row)
        rows.append(with_doubt(draft, aligned.doubt))
    return True
