"""XML of Word and Excel files: namespaces, as lxml writes them before names, and values of attributes."""

from __future__ import annotations

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
IN_WORD = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
IN_SHEET = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VML = "{urn:schemas-microsoft-com:vml}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELATION_ID = RELATIONS + "id"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
STRICT = "http://purl.oclc.org/ooxml/"
"""The beginning of the namespaces that files in the strict form of the format have in place of these."""

TRUE = ("1", "true", "on")
"""The values of attributes that mean true."""


def whole_number(text: str | None) -> int | None:
    """Returns the number that an attribute holds; None for anything else, and beyond eight digits."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else None


def counted(text: str | None, otherwise: int, limit: int) -> int:
    """Returns the count that an attribute holds, or else the other one, within 1 and the limit."""
    number = whole_number(text)
    return min(max(otherwise if number is None else number, 1), limit)
