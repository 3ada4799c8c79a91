"""Texts as a workbook writes them, and the sizes they take on a sheet."""

from __future__ import annotations

import re
from html import escape

LONGEST = 32_767  # characters in a cell, Excel's own bound
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def cell_text(text: str) -> str:
    """A text for a cell or note: without what XML cannot hold, and nothing in it taken for an escape (_x000D_)."""
    return _LOOKS_ESCAPED.sub("_x005F_", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def inline(text: str) -> str:
    """A cell's text as XML, as much as a cell takes; text, whatever it begins with."""
    return f'<is><t xml:space="preserve">{escape(cell_text(text[:LONGEST]))}</t></is>'


def sheet_in_address(sheet: str) -> str:
    """The name of a sheet as addresses write it: 'Bob''s form'."""
    return "'" + sheet.replace("'", "''") + "'"
