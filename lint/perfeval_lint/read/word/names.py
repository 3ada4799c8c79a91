"""Names of the XML of Word files that several modules need."""

from __future__ import annotations

from lxml import etree

from perfeval_lint.read.markup import COMPATIBILITY, WORD

MAIN_PART = "word/document.xml"
W = WORD
VAL = W + "val"
PARAGRAPH, TABLE, CELL, RUN, TEXT, BOX = (W + name for name in ("p", "tbl", "tc", "r", "t", "txbxContent"))
ALTERNATIVES = COMPATIBILITY + "AlternateContent"
SKIPPED = frozenset(
    W + name
    for name in (
        *("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "instrText", "softHyphen", "rt"),
        *("del", "moveFrom", "delText", "delInstrText"),
    )
)
FALSE = ("0", "false", "off", "none")


def is_on(switch: etree._Element | None) -> bool:
    """Returns whether a property that is on by being there is on."""
    return switch is not None and switch.get(VAL, "1") not in FALSE


def chosen(alternatives: etree._Element) -> etree._Element:
    """The one of several equal contents to read: the first, which is the newest form."""
    return alternatives[0] if len(alternatives) else alternatives
