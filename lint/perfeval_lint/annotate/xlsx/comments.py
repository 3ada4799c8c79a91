"""The notes of a sheet (comments1.xml): ours put in and taken out, those of others left whole.

All that follows the line _OURS in a note is ours, whoever the file says wrote it: Excel allows one note a cell, and
programs that save a file anew do not all keep the authors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lxml import etree

from perfeval_lint.annotate.remarks import AUTHOR
from perfeval_lint.annotate.xlsx.survey import Place
from perfeval_lint.annotate.xlsx.text import MAIN, cell_text
from perfeval_lint.read.markup import SPACE
from perfeval_lint.read.sheet.address import address, place_of

_OURS = f"—— {AUTHOR} ——"

Block = tuple[str, ...]  # the lines of one remark, the first its heading

_LONGEST = 32_000  # characters of a note; Excel takes 32,767
_CUT = "……（太长，全文见工作表“审核意见”）"


def no_comments(*, strict: bool) -> etree._Element:
    """The root of a comments part without any."""
    return etree.fromstring(f'<comments xmlns="{MAIN[strict]}"><authors/><commentList/></comments>')


def take_out(root: etree._Element, spared: Collection[Place]) -> set[Place]:
    """Takes ours out of the notes but the `spared`; the cells whose whole note was ours and is gone."""
    gone: set[Place] = set()
    for listed in root.iterfind("{*}commentList"):
        for comment in listed.findall("{*}comment"):
            place = place_of(comment.get("ref", ""))
            if place is None or place in spared or not _without_ours(comment):
                continue
            if not _written_in(comment).strip():
                listed.remove(comment)
                gone.add(place)
    return gone


def holds_ours(root: etree._Element) -> bool:
    """Returns whether a note of ours is among them."""
    return any(_OURS in _written_in(comment) for comment in root.iterfind("{*}commentList/{*}comment"))


def put_in(root: etree._Element, blocks: Mapping[Place, Sequence[Block]]) -> dict[Place, str]:
    """Puts a note of these blocks on each place, after what a note there says; the whole texts."""
    listed = root.find("{*}commentList")
    if listed is None:
        listed = etree.SubElement(root, _same(root, "commentList"))
    by_place = {place_of(comment.get("ref", "")): comment for comment in listed.iterfind("{*}comment")}
    texts: dict[Place, str] = {}
    for place in sorted(blocks):
        comment = by_place.get(place)
        if comment is None:
            comment = etree.SubElement(listed, _same(root, "comment"), ref=address(*place), authorId=_author(root))
            comment.set("shapeId", "0")
        _append(comment, blocks[place])
        texts[place] = _written_in(comment)
    return texts


def threaded(root: etree._Element) -> set[Place]:
    """The cells that a part of threaded comments speaks of."""
    places = (place_of(each.get("ref", "")) for each in root.iterfind("{*}threadedComment"))
    return {place for place in places if place is not None}


def _written_in(comment: etree._Element) -> str:
    """The text of a note."""
    return "".join(text.text or "" for text in _texts(comment))


def _texts(comment: etree._Element) -> list[etree._Element]:
    return [*comment.iterfind("{*}text/{*}t"), *comment.iterfind("{*}text/{*}r/{*}t")]


def _without_ours(comment: etree._Element) -> bool:
    """Takes our part out of a note; False where there is none."""
    before, ours, _ = _written_in(comment).partition(_OURS)
    if not ours:
        return False
    left = len(before.removesuffix("\n"))
    for text in _texts(comment):
        written = text.text or ""
        if left <= 0:
            _drop(text)
        elif left < len(written):
            _set(text, written[:left])
        left -= len(written)
    _plain_again(comment)
    return True


def _plain_again(comment: etree._Element) -> None:
    """Makes a text that is one run without any looks a plain text, as it was before ours came after it."""
    body = comment.find("{*}text")
    if body is None or len(body) != 1 or [etree.QName(child).localname for child in body[0]] != ["t"]:
        return
    run = body[0]
    text = run[0].text or ""
    run.clear()
    run.tag = _same(comment, "t")
    _set(run, text)


def _append(comment: etree._Element, blocks: Sequence[Block]) -> None:
    body = comment.find("{*}text")
    if body is None:
        body = comment.makeelement(_same(comment, "text"))
        comment.insert(0, body)
    for plain in body.findall("{*}t"):
        run = body.makeelement(_same(comment, "r"))
        body.replace(plain, run)
        run.append(plain)
    before = "\n" if _written_in(comment) else ""
    _run(body, f"{before}{_OURS}\n", bold=True)
    left = _LONGEST
    for number, (heading, *lines) in enumerate(blocks):
        rest = "\n".join(("", *lines))
        _run(body, "\n\n" * (number > 0) + heading[:left], bold=True)
        left -= len(heading)
        _run(body, rest if len(rest) <= left else rest[: max(left, 0)] + _CUT, bold=False)
        left -= len(rest)
        if left <= 0:
            break


def _run(body: etree._Element, text: str, *, bold: bool) -> None:
    run = etree.SubElement(body, _same(body, "r"))
    looks = etree.SubElement(run, _same(body, "rPr"))
    if bold:
        etree.SubElement(looks, _same(body, "b"))
    etree.SubElement(looks, _same(body, "sz"), val="9")
    etree.SubElement(looks, _same(body, "color"), indexed="81")
    etree.SubElement(looks, _same(body, "rFont"), val="宋体")
    etree.SubElement(looks, _same(body, "charset"), val="134")
    _set(etree.SubElement(run, _same(body, "t")), cell_text(text))


def _set(text: etree._Element, value: str) -> None:
    text.text = value
    text.set(SPACE, "preserve")


def _drop(text: etree._Element) -> None:
    """Takes a text out, with the run it is the text of."""
    element, parent = text, text.getparent()
    if parent is not None and etree.QName(parent).localname == "r":
        element, parent = parent, parent.getparent()
    if parent is not None:
        parent.remove(element)


def _author(root: etree._Element) -> str:
    """The number of our author, put in where it is not there."""
    authors = root.find("{*}authors")
    if authors is None:
        authors = root.makeelement(_same(root, "authors"))
        root.insert(0, authors)
    names = [author.text for author in authors.iterfind("{*}author")]
    if AUTHOR not in names:
        etree.SubElement(authors, _same(root, "author")).text = AUTHOR
        names.append(AUTHOR)
    return str(names.index(AUTHOR))


def _same(element: etree._Element, name: str) -> str:
    """A name in the namespace of an element: usual or strict."""
    return f"{{{etree.QName(element).namespace}}}{name}"
