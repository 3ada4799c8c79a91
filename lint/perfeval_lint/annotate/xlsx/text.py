"""Texts, names and namespaces as a workbook writes them."""

from __future__ import annotations

import re
from html import escape

from perfeval_lint.annotate.package import NOT_XML
from perfeval_lint.read.markup import SHEET, STRICT
from perfeval_lint.read.sheet.sheet import MAX_TEXT

MAIN = {False: SHEET[1:-1], True: f"{STRICT}spreadsheetml/main"}
"""The namespace of a workbook's parts: the usual one, and that of strict files."""
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def cell_text(text: str) -> str:
    """A text for a cell or note: without what XML cannot hold, and nothing in it taken for an escape (_x000D_)."""
    return _LOOKS_ESCAPED.sub("_x005F_", NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def inline(text: str) -> str:
    """A cell's text as XML, as much as a cell takes; text, whatever it begins with."""
    return f'<is><t xml:space="preserve">{escape(cell_text(text[:MAX_TEXT]))}</t></is>'


def sheet_in_address(sheet: str) -> str:
    """The name of a sheet as addresses write it: 'Bob''s form'."""
    return "'" + sheet.replace("'", "''") + "'"
