"""The comments of a Word file: their part, and the parts of later versions of Word beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from lxml import etree

from perfeval_lint.annotate.docx.marks import mark, marks_in, starts_in, take_out, unmark
from perfeval_lint.annotate.docx.places import Anchor
from perfeval_lint.annotate.package import NOT_XML, OfficeFile
from perfeval_lint.read.markup import SPACE, STRICT
from perfeval_lint.read.word.names import W

MAX_COMMENTS = 32_767  # Word opens no file with more comment ranges (MS-OI29500, 2.1.315)
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_STRICT = f"{STRICT}wordprocessingml/main"


class Comments:
    """The comments of one document, `root` being the root of its part `main`; changed in place, then put() back."""

    def __init__(self, office: OfficeFile, main: str, root: etree._Element) -> None:
        self._office, self._main, self._root = office, main, root
        self._w = f"{{{etree.QName(root).namespace}}}"
        self._related = {relation.kind: relation.target for relation in office.package.relations(main).values()}
        part = office.tree(self._related["comments"]) if "comments" in self._related else None
        self._is_new = part is None
        self._part = _empty(self._w[1:-1]) if part is None else part
        self._c = f"{{{etree.QName(self._part).namespace}}}"
        if self._part.tag not in (W + "comments", f"{{{_STRICT}}}comments"):
            raise office.package.damaged("存放批注的部分不是批注")
        self._ids = self._free_ids()

    @property
    def room(self) -> int:
        """The number of comments Word still takes."""
        return MAX_COMMENTS - starts_in(self._root)

    def remove_by(self, author: str) -> None:
        """Takes out the comments of an author, with their marks; what others answered to them stays."""
        found = [each for each in self._part if each.get(self._c + "author") == author]
        if not found:
            return
        gone = {each.get(self._c + "id") for each in found}
        for each in list(marks_in(self._root)):
            if each.get(self._w + "id") in gone:
                unmark(each)
        self._forget({_attribute(p, "paraId") for each in found for p in each.iter(self._c + "p")} - {None})
        for each in found:
            take_out(each)
        self.put()

    def add(self, anchor: Anchor, text: str, author: str, initials: str) -> None:
        """A comment of those lines, the first in bold."""
        number = str(next(self._ids))
        # Word writes the time of the place where it runs, and a Z after it all the same.
        date = datetime.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        values = {"id": number, "author": author, "date": date, "initials": initials}
        comment = etree.SubElement(
            self._part, self._c + "comment", {self._c + key: value for key, value in values.items()}
        )
        for place, line in enumerate(text.splitlines() or [""]):
            self._add_line(comment, NOT_XML.sub("", line).replace("\t", " "), heading=place == 0)
        mark(anchor, number)

    def put(self) -> None:
        """Puts the document and its comments into the file."""
        name = self._related.get("comments")
        if name is None:
            name = self._office.free_name(posixpath.dirname(self._main), "comments", "xml")
            self._office.relate(self._main, "comments", name, strict=self._w[1:-1] == _STRICT)
            self._related["comments"] = name
        if self._is_new:
            self._office.declare(name, _TYPE)
        self._office.put(name, self._part)
        self._office.put(self._main, self._root)

    def _free_ids(self) -> Iterator[int]:
        """Numbers that neither a comment nor a mark has, stray marks too."""
        taken = {each.get(self._w + "id") for each in marks_in(self._root)}
        taken |= {each.get(self._c + "id") for each in self._part}
        return (number for number in count() if str(number) not in taken)

    def _add_line(self, comment: etree._Element, line: str, *, heading: bool) -> None:
        c = self._c
        paragraph = etree.SubElement(comment, c + "p")
        # The document's own text may be indented and large.
        properties = etree.SubElement(paragraph, c + "pPr")
        etree.SubElement(properties, c + "spacing", {c + "before": "0", c + "after": "0"})
        etree.SubElement(properties, c + "ind", {c + "firstLine": "0", c + "firstLineChars": "0"})
        if heading:
            etree.SubElement(etree.SubElement(paragraph, c + "r"), c + "annotationRef")
        run = etree.SubElement(paragraph, c + "r")
        looks = etree.SubElement(run, c + "rPr")
        if heading:
            etree.SubElement(looks, c + "b")
        etree.SubElement(looks, c + "sz", {c + "val": "18"})
        etree.SubElement(looks, c + "szCs", {c + "val": "18"})
        shown = etree.SubElement(run, c + "t", {SPACE: "preserve"})
        shown.text = line

    def _forget(self, paragraphs: set[str | None]) -> None:
        """Takes comments out of the parts of later versions of Word, by the ids of their paragraphs."""
        self._keep_others("commentsExtended", "paraId", paragraphs)
        durable = self._keep_others("commentsIds", "paraId", paragraphs)
        self._keep_others("commentsExtensible", "durableId", durable)
        extended = self._tree_of("commentsExtended")
        if extended is None:
            return
        for answer in extended:
            for name, parent in answer.attrib.items():
                if str(name).endswith("}paraIdParent") and parent in paragraphs:
                    del answer.attrib[name]
        self._office.put(self._related["commentsExtended"], extended)

    def _keep_others(self, kind: str, key: str, gone: set[str | None]) -> set[str | None]:
        """Leaves out the entries of a part whose `key` is in `gone`; gives their durable ids."""
        root = self._tree_of(kind)
        entries = [] if root is None else [each for each in root if _attribute(each, key) in gone]
        for entry in entries:
            take_out(entry)
        if entries and root is not None:
            self._office.put(self._related[kind], root)
        return {_attribute(entry, "durableId") for entry in entries} - {None}

    def _tree_of(self, kind: str) -> etree._Element | None:
        return self._office.tree(self._related[kind]) if kind in self._related else None


def _empty(namespace: str) -> etree._Element:
    return etree.Element(f"{{{namespace}}}comments", nsmap={"w": namespace})


def _attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without namespace: these parts came with one namespace a version of Word."""
    return next((str(element.attrib[key]) for key in element.attrib if str(key).endswith("}" + name)), None)
