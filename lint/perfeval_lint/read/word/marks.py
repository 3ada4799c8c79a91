"""Parts of a Word document that are no text of its own: prompts, signs of footnotes, equations of fields."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from perfeval_lint.read.word.names import FALSE, PARAGRAPH, W, is_on

_CONTENT, _INSTRUCTION = W + "sdtContent", W + "instrText"


def note_marks(root: etree._Element) -> Iterator[etree._Element]:
    """The runs that hold the sign of a footnote which its writer typed."""
    for reference in root.iter(W + "footnoteReference", W + "endnoteReference"):
        run = reference.getparent()
        if run is not None and reference.get(W + "customMarkFollows", "0") not in FALSE:
            yield run


def prompting(root: etree._Element) -> Iterator[etree._Element]:
    """The contents of content controls that show what is to be filled in there."""
    for mark in root.iter(W + "showingPlcHdr"):
        properties = mark.getparent()
        control = properties.getparent() if properties is not None and is_on(mark) else None
        content = None if control is None else control.find(_CONTENT)
        if content is not None:
            yield content


def equations(root: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs with a field that draws a fraction or a sign and has no text."""
    for instruction in root.iter(_INSTRUCTION, W + "fldSimple"):
        text = (instruction.text if instruction.tag == _INSTRUCTION else instruction.get(W + "instr")) or ""
        if text.split()[:1] in (["EQ"], ["eq"], ["Eq"]):
            yield from islice(instruction.iterancestors(PARAGRAPH), 1)
