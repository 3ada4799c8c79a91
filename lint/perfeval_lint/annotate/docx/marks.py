"""The marks of comments in the text of a Word file: where they are put, that nothing moves, and taken out again.

A range goes from the beginning of the anchor to its end, where a run refers to the comment.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from lxml import etree

from perfeval_lint.annotate.docx.places import Anchor

_START, _END, _REFERENCE = "commentRangeStart", "commentRangeEnd", "commentReference"
_SIZED_BY = ("rStyle", "rFonts", "sz", "szCs")


def marks_in(root: etree._Element) -> Iterator[etree._Element]:
    """The beginnings and ends of ranges, and the references to comments, of a document."""
    named = _namer(root)
    return root.iter(*map(named, (_START, _END, _REFERENCE)))


def starts_in(root: etree._Element) -> int:
    """Returns how many ranges begin in a document."""
    return sum(1 for _ in root.iter(_namer(root)(_START)))


def mark(anchor: Anchor, number: str) -> None:
    """Puts the marks of a comment into the text."""
    named = _namer(anchor.first)
    attributes = {named("id"): number}
    start = anchor.first.makeelement(named(_START), attributes)
    anchor.first.insert(_front(anchor.first), start)
    end = anchor.last.makeelement(named(_END), attributes)
    run = anchor.last.makeelement(named("r"))
    run.extend(_looks_at_end(anchor.last))
    etree.SubElement(run, named(_REFERENCE), attributes)
    place = _end(anchor.last)
    anchor.last.insert(place, end)
    anchor.last.insert(place + 1, run)


def unmark(reference: etree._Element) -> None:
    """Takes a mark out, with its run where that holds nothing else."""
    run, named = reference.getparent(), _namer(reference)
    alone = (
        run is not None
        and run.tag == named("r")
        and all(child is reference or child.tag == named("rPr") for child in run)
    )
    take_out(run if alone and run is not None else reference)


def take_out(element: etree._Element) -> None:
    """Removes an element and leaves the white space after it, as it was before the element came."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _front(paragraph: etree._Element) -> int:
    """Returns the index where the content of a paragraph begins: behind its properties and the marks at its front."""
    named = _namer(paragraph)
    place = 0
    for child in paragraph:
        if child.tag not in (named("pPr"), named(_START), named(_END)) and not _is_reference(child):
            break
        place += 1
    return place


def _end(paragraph: etree._Element) -> int:
    """Returns the index for the end of a range, normally behind all content.

    LibreOffice loses the text of a content control when a reference comes behind it in the first paragraph. A mark
    behind a page break would begin a line on the new page, behind blanks it would make them count in centred text.
    """
    named = _namer(paragraph)
    controls = paragraph.iterancestors(named("sdt"))
    if any(next(control.iter(named("p")), None) is paragraph for control in controls):
        return _front(paragraph)
    place = len(paragraph)
    for run in reversed([child for child in paragraph if child.tag == named("r") and not _is_reference(child)]):
        last = run[-1] if len(run) else run
        text = (last.text or "") if last.tag == named("t") else ""
        if last.get(named("type")) not in ("page", "column") and not text[-1:].isspace():
            break
        place = paragraph.index(run)
        if text.strip():
            break
    return place


def _is_reference(element: etree._Element) -> bool:
    return element.find(_namer(element)(_REFERENCE)) is not None if isinstance(element.tag, str) else False


def _looks_at_end(paragraph: etree._Element) -> list[etree._Element]:
    """The font and size at the end of a paragraph, for a mark that makes no line higher."""
    named = _namer(paragraph)
    inside = [run for run in paragraph.iter(named("r")) if next(run.iterancestors(named("p"))) is paragraph]
    given = inside[-1].find(named("rPr")) if inside else paragraph.find(f"{named('pPr')}/{named('rPr')}")
    looks = paragraph.makeelement(named("rPr"))
    for each in () if given is None else given:
        if each.tag in map(named, _SIZED_BY):
            looks.append(copy.deepcopy(each))
            looks[-1].tail = None
    return [looks] if len(looks) else []


def _namer(element: etree._Element) -> Callable[[str], str]:
    """Makes names in the namespace of an element, which is another one in strict files."""
    namespace = etree.QName(element).namespace
    return lambda name: f"{{{namespace}}}{name}"
