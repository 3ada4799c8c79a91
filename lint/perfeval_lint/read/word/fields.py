"""Fields of Word: which of their text is instruction and which result, and old form fields, which have no result."""

from __future__ import annotations

from lxml import etree

from perfeval_lint.read.markup import whole_number
from perfeval_lint.read.word.names import VAL, W, is_on


def follow_field(mark: etree._Element, fields: list[bool]) -> str:
    """Opens, turns or closes a field; the text is that of a form field, which has no result of its own."""
    kind = mark.get(W + "fldCharType")
    if kind == "begin":
        outer = any(fields)
        fields.append(True)
        return "" if outer else _form_field(mark)
    if kind == "separate" and fields:
        fields[-1] = False
    elif kind == "end" and fields:
        fields.pop()
    return ""


def _form_field(mark: etree._Element) -> str:
    """A check box or the entry chosen in a list of an old form field."""
    box = mark.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        checked = box.find(W + "checked")
        return "☑" if is_on(box.find(W + "default") if checked is None else checked) else "☐"
    entries = mark.findall(f"{W}ffData/{W}ddList/{W}listEntry")
    result = mark.find(f"{W}ffData/{W}ddList/{W}result")
    chosen = whole_number(result.get(VAL, "0") if result is not None else "0")
    return "" if chosen is None or chosen >= len(entries) else str(entries[chosen].get(VAL, ""))
