"""Classifies single cells of a stream by their words: a label, a heading, a note, the head of the total."""

from __future__ import annotations

from perfeval_lint.recognise.rows.funds import FUND_ROLES
from perfeval_lint.recognise.rows.pairs import COLON
from perfeval_lint.recognise.words.template import DROPPED, HEADING, PARTS, Vocabulary
from perfeval_lint.values.name import weight_in_name
from perfeval_lint.values.number import is_number
from perfeval_lint.values.text import clean

_LONGEST = 40
_GOALS = ("预期目标", "实际完成情况", "调整目标")
_FUND_MARKS = ("其中:", "其中：", "其中-", "其中")


class Labels:
    """Classifies single cells by a vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words

    def head(self, text: str) -> str | None:
        """The field of the head a cell is the label of; None where it is none."""
        label, *_ = COLON.split(text, maxsplit=1)
        return self.words.role("header", label) if len(label) < _LONGEST else None

    def is_head(self, text: str) -> bool:
        """Whether a cell is a label of the head, with its value or without."""
        return self.head(text) is not None

    def is_label(self, text: str, part: str) -> bool:
        """Whether a cell's value stands in the next one, inside a part of the form ("header" above all parts)."""
        label, *value = COLON.split(text, maxsplit=1)
        if len(label) >= _LONGEST or (value and value[0].strip()):
            return False
        if self.words.role("header", label) is not None:
            return True
        if part != "funds" and self.words.role("footers", label) is not None:
            return True
        return part in ("header", "funds") and self.words.role("goals", label) in _GOALS

    def is_pair(self, text: str) -> bool:
        """Whether a cell holds a label of the head or of the footers and its value."""
        label, *value = COLON.split(text, maxsplit=1)
        known = any(self.words.role(part, label) is not None for part in ("header", "footers"))
        return known and bool(value) and bool(value[0].strip())

    def is_heading(self, text: str) -> bool:
        """Whether a cell is the name of a whole part of the form."""
        return len(text) < _LONGEST and any(self.words.role(part, text) == HEADING for part in PARTS)

    def is_level(self, text: str) -> bool:
        """Whether a cell is the name of a level of the indicators, with its weight or without."""
        return self.words.role("levels", weight_in_name(clean(text))[0]) is not None

    def is_note(self, text: str) -> bool:
        """Whether a cell is a note or other print that belongs to no table."""
        return not is_number(text) and self.words.dropped.fullmatch(clean(text)) is not None

    def amount(self, text: str) -> str | None:
        """The amount of money a cell is the label of; None where it is none."""
        for mark in _FUND_MARKS:
            text = text.removeprefix(mark)
        role = self.words.role("funds", text)
        return role if role in (*FUND_ROLES, DROPPED) else None

    def is_amount(self, text: str) -> bool:
        """Whether a cell can be an amount: a number, or blank."""
        return is_number(text) or self.words.is_blank(text)
