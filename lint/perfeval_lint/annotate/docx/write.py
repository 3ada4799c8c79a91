"""Remarks into a Word file, as comments in the very cells.

Only the parts that hold comments and their marks change, by lxml. python-docx would write every XML part anew, its
comments need a run to refer to, which an empty cell has not, and it sees no cells in content controls.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from perfeval_lint.annotate.docx.comments import Comments
from perfeval_lint.annotate.docx.places import Anchor, anchors
from perfeval_lint.annotate.package import OfficeFile
from perfeval_lint.annotate.remarks import AUTHOR, INITIALS, Notes
from perfeval_lint.form.origin import Origin
from perfeval_lint.read.markup import TRUE
from perfeval_lint.read.word.names import MAIN_PART, W

_PROTECTED = "文件设有编辑保护，批注看得到，但不能答复、解决或删除；请在 Word（WPS）“审阅”里停止保护后再处理批注"
_FORBIDDING = ("readOnly", "forms")  # under the other kinds of protection comments may be written


def annotate_docx(data: bytes, file: str, notes: Sequence[Notes]) -> bytes:
    """The document with a comment a remark and one with the summary a form; comments of an earlier run are replaced.

    Raises UnreadableFile for what is no Word file, and for signed files and files with macros.
    """
    office = OfficeFile(data, file, ".docx")
    office.refuse_signed()
    office.refuse_macros(".docx")
    main = office.package.main_part(MAIN_PART)
    usual, root = office.package.tree(main), office.tree(main)
    if usual is None or root is None or usual.tag != W + "document":
        raise office.package.other_kind("别的文档")
    origins = {each.origin for each in notes} | {remark.origin for each in notes for remark in each.remarks}
    places = anchors(usual, root, origins)  # before anything changes: the two trees are walked side by side
    comments = Comments(office, main, root)
    comments.remove_by(AUTHOR)
    if notes:
        _write(comments, notes, places, _beginning(office, root), _is_protected(office, main))
        comments.put()
    return office.to_bytes()


def _write(
    comments: Comments, notes: Sequence[Notes], places: dict[Origin, Anchor], beginning: Anchor, protected: bool
) -> None:
    room = comments.room - len(notes)
    for each in notes:
        homes = [remark for remark in each.remarks if remark.origin in places][: max(room, 0)]
        room -= len(homes)
        housed = set(map(id, homes))
        summary = each.summary_with([remark for remark in each.remarks if id(remark) not in housed])
        if protected:
            summary += "\n" + _PROTECTED
        comments.add(places.get(each.origin, beginning), summary, AUTHOR, INITIALS)
        for remark in homes:
            anchor = places[remark.origin]
            comments.add(anchor, remark.text, AUTHOR, INITIALS)


def _beginning(office: OfficeFile, root: etree._Element) -> Anchor:
    """The first paragraph of all."""
    first = next(root.iter(f"{{{etree.QName(root).namespace}}}p"), None)
    if first is None:
        raise office.package.damaged("没有段落")
    return Anchor(first, first)


def _is_protected(office: OfficeFile, main: str) -> bool:
    """Returns whether the file's settings forbid people to answer comments."""
    targets = [each.target for each in office.package.relations(main).values() if each.kind == "settings"]
    settings = office.package.tree(targets[0]) if targets else None
    protection = None if settings is None else settings.find(W + "documentProtection")
    if protection is None or protection.get(W + "edit") not in _FORBIDDING:
        return False
    return protection.get(W + "enforcement", "0") in TRUE
