"""Rows that belong to one paper: cut at titles, at sheets, and where the head of a form comes again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby, zip_longest

from perfeval_lint.form.origin import PageBox, SheetCell
from perfeval_lint.read.model import Cell
from perfeval_lint.recognise.rows.parts import opened
from perfeval_lint.recognise.words.row import Row
from perfeval_lint.recognise.words.template import Templates, Vocabulary
from perfeval_lint.values.text import clean

LONGEST_TITLE = 70
_PROJECT = "项目名称"
_HEADS = (_PROJECT, "部门")  # the fields that head a form
_FORM_ROWS = 40  # rows within which a form's indicators follow its head
_HEAD_ROWS = 8  # rows within which the project's name follows a title
_TITLE_END = re.compile(r"(表|报告|情况|方案)$|表[(（]?[0-9]{4}|表.{0,3}总得分")
_TITLE_TAIL = re.compile(r"[(（\[][^()（）]*[)）\]]$")
_OTHER_TAIL = re.compile(r"(申报|批复|监控|监控情况|汇总|一览|统计|跟踪)表$")


@dataclass(slots=True)
class Paper:
    """The rows of one paper, its titles with the cells that hold them, and the parts of a form it has."""

    titles: list[tuple[str, Cell]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)
    sheet: str = ""

    @property
    def is_form(self) -> bool:
        """Whether there is anything of a form in it; money alone is also in many tables of the accounts."""
        is_named = bool(self.titles) or _PROJECT in self.parts  # a unit's name heads any table
        return "indicators" in self.parts or (is_named and bool(self.parts & {"funds", "management"}))

    def title(self, known: Templates) -> str | None:
        """The title that counts: the last one of a self-evaluation, else the last one."""
        texts = [text for text, _ in self.titles]
        own = [text for text in texts if is_self_evaluation(text, known)]
        return own[-1] if own else texts[-1] if texts else None


def papers_of(rows: Sequence[Row], known: Templates, words: Vocabulary) -> Iterator[Paper]:
    """The papers of a file, in order; a sheet that goes on with the form of the one before belongs to it."""
    before: Paper | None = None
    for sheet, group in groupby(rows, key=_sheet):
        for paper in _papers_of_sheet(list(group), known, words):
            paper.sheet = sheet
            if before is not None and _goes_on(before, paper):
                before.rows += paper.rows
                before.parts |= paper.parts
                continue
            if before is not None:
                yield before
            before = paper
    if before is not None:
        yield before


def _sheet(row: Row) -> str:
    origin = row.cells[0].origin
    return origin.sheet if isinstance(origin, SheetCell) else ""


def _goes_on(before: Paper, paper: Paper) -> bool:
    """Whether another sheet holds the indicators of a form whose head and funds stand on the sheet before."""
    is_rest = not paper.titles and _PROJECT not in paper.parts and "indicators" in paper.parts
    return is_rest and before.is_form and "indicators" not in before.parts


def _papers_of_sheet(rows: Sequence[Row], known: Templates, words: Vocabulary) -> Iterator[Paper]:
    current = Paper()
    seen: set[tuple[str, ...]] = set()
    is_repeating = False
    for at, row in enumerate(rows):
        texts = _texts_of(row)
        part = _part(rows, at, words)
        title = None if part else title_of(row, known)
        is_repeating = _repeats(rows, at, seen, words, is_repeating=is_repeating, part=part, is_title=title is not None)
        if is_repeating:
            continue
        begins_title = title is not None and bool(current.parts)
        is_second = part in _HEADS and "indicators" in current.parts and bool(current.parts & {*_HEADS})
        begins_head = is_second and any(_part(rows, ahead, words) == "indicators" for ahead in _ahead(rows, at))
        if begins_title or begins_head:
            yield current
            current, seen = Paper(), set()
        if title is not None:
            if not current.titles:  # tables above the title are no part of the paper
                current.rows = [other for other in current.rows if other.is_line or other.block == row.block]
            current.titles.append(title)
        if part:
            current.parts.add(part)
        current.rows.append(row)
        seen.add(texts)
    if current.rows:
        yield current


def _ahead(rows: Sequence[Row], at: int) -> range:
    return range(at + 1, min(at + _FORM_ROWS, len(rows)))


def _texts_of(row: Row) -> tuple[str, ...]:
    return tuple(clean(cell.text) for cell in row.filled)


def _repeats(
    rows: Sequence[Row],
    at: int,
    seen: Set[tuple[str, ...]],
    words: Vocabulary,
    *,
    is_repeating: bool,
    part: str | None,
    is_title: bool,
) -> bool:
    """Whether a row is one of those that are printed again at the top of every page.

    It begins with a title or the head of the form that came before, of the same project; the header of the
    indicators stays, for it gives the columns of its page.
    """
    if _texts_of(rows[at]) not in seen or part == "indicators":
        return False
    if is_repeating:
        return True
    if not is_title and part not in _HEADS:
        return False
    ahead = (other for other in range(at, min(at + _HEAD_ROWS, len(rows))) if _part(rows, other, words) in _HEADS)
    project = next(ahead, None)
    return _texts_of(rows[project]) in seen if project is not None else _is_boxed(rows[at])


def _is_boxed(row: Row) -> bool:
    return isinstance(row.cells[0].origin, PageBox)


def _part(rows: Sequence[Row], at: int, words: Vocabulary) -> str | None:
    """The part of a form that a row begins: its head, by 项目名称, or one that has a header; None for other rows."""
    row = rows[at]
    for cell, value in zip_longest(row.filled[:2], row.filled[1:3]):
        if cell is None or (value is not None and words.parts_of(value.text) & {"funds", "indicators"}):
            continue  # a column's label among others
        label = re.split("[:：]", cell.text, maxsplit=1)[0]
        role = words.role("header", label) if len(label) < 20 else None
        if role in _HEADS:
            return role
    found = opened(rows, at, words)
    return found[0] if found else None


# --- titles ------------------------------------------------------------------------------------------


def title_of(row: Row, known: Templates) -> tuple[str, Cell] | None:
    """The title a row holds, and its cell; None where it holds none."""
    if not row.filled or len({cell.text for cell in row.filled}) > 2 or len(row.filled[0].text) > 2 * LONGEST_TITLE:
        return None
    text = clean(row.filled[0].text).replace(" ", "")
    shorter = _TITLE_TAIL.sub("", text).rstrip(":：")
    is_sentence = shorter.endswith(("。", "；", "，", "、")) or ("：" in shorter and "编号" not in shorter)
    if len(text) > LONGEST_TITLE or is_sentence or not _TITLE_END.search(shorter):
        return None
    if not is_self_evaluation(text, known) and refused_title(text, known) is None:
        return None
    return text, row.filled[0]


def is_self_evaluation(text: str, known: Templates) -> bool:
    """Whether a title is that of a self-evaluation."""
    return known.titles.search(_TITLE_TAIL.sub("", text)) is not None


def refused_title(text: str, known: Templates) -> str | None:
    """The kind of other paper a title names; None where it names none."""
    if is_self_evaluation(text, known) and not _OTHER_TAIL.search(_TITLE_TAIL.sub("", text)):
        return None
    return next((name for name, pattern in known.refused.items() if pattern.search(text)), None)
