"""One sheet of a workbook with its notes and their boxes, and what annotating writes into them."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from lxml import etree

from perfeval_lint.annotate.package import OfficeFile
from perfeval_lint.annotate.xlsx.boxes import Box, no_boxes, with_boxes, without_boxes
from perfeval_lint.annotate.xlsx.comments import Block, holds_ours, no_comments, put_in, take_out, threaded
from perfeval_lint.annotate.xlsx.restyle import naming, restyled
from perfeval_lint.annotate.xlsx.scan import sheet_bytes, spliced
from perfeval_lint.annotate.xlsx.styles import Styles
from perfeval_lint.annotate.xlsx.survey import Place, Survey, survey
from perfeval_lint.read.sheet.sheet import Merge
from perfeval_lint.read.sheet.xlsx import SheetPart
from perfeval_lint.rule.model import Severity

_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_BOXES = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LARGEST_FILL = 2_000  # cells of a merged range; of a larger one only the first is filled


@dataclass(frozen=True, slots=True)
class Mark:
    """A remark at a cell; `severity` is None for one that fills no cell, a form's summary."""

    place: Place
    block: Block
    severity: Severity | None


class Sheet:
    """A sheet and the parts that hold its notes. Every method may raise UnreadableFile."""

    def __init__(self, office: OfficeFile, sheet: SheetPart) -> None:
        self.name = sheet.name
        self._part = sheet.part
        self._office = office
        self._relations = office.package.relations(sheet.part)
        self._comments_part = next(iter(self._of_kind("comments")), "")
        self._comments = office.tree(self._comments_part) if self._comments_part else None
        roots = (office.package.tree(target) for target in self._of_kind("threadedComment"))
        self.threaded = {place for root in roots if root is not None for place in threaded(root)}

    @property
    def is_annotated(self) -> bool:
        """Returns whether a note of an earlier run is in it."""
        return self._comments is not None and holds_ours(self._comments)

    def write(self, marks: Sequence[Mark], styles: Styles, free: Iterator[int]) -> None:
        """Takes out what an earlier run left and puts in these; a new drawing takes its ids from the `free` blocks."""
        if not marks and not styles.ours and not self.is_annotated:
            return
        data = sheet_bytes(self._office.package, self._part)
        if data is None:
            raise self._office.package.damaged(f"缺少工作表“{self.name}”的内容（{self._part}）")
        found = survey(self._office.package, self._part, data, styles.ours)
        merges = {(merge.top, merge.left): merge for merge in reversed(found.merges)}
        fills = _fills(marks, merges)

        def restyle(place: Place, style: int) -> int:
            return styles.filled(style, fills[place]) if place in fills else styles.bare(style)

        splices = restyled(self._office.package, self._part, data, found, {*fills, *found.ours}, restyle)
        drawing = self._write_notes(marks, merges, found, free)
        if drawing:
            splices.append(naming(found, drawing))
        if splices:
            self._office.put(self._part, spliced(data, splices))

    def _write_notes(
        self, marks: Sequence[Mark], merges: Mapping[Place, Merge], found: Survey, free: Iterator[int]
    ) -> str:
        """Writes the notes and their boxes; the relation of a drawing the sheet does not name yet, else ""."""
        blocks: dict[Place, list[Block]] = {}
        for mark in marks:
            if mark.place not in self.threaded:
                blocks.setdefault(mark.place, []).append(mark.block)
        if not blocks and not self.is_annotated:
            return ""
        root = self._comments if self._comments is not None else self._new_comments(found)
        gone = take_out(root, self.threaded)
        texts = put_in(root, blocks)
        self._office.put(self._comments_part, root)
        boxes = {place: _box(place, text, merges) for place, text in texts.items()}
        return self._write_boxes(gone, boxes, found, free)

    def _write_boxes(
        self, gone: Collection[Place], boxes: Mapping[Place, Box], found: Survey, free: Iterator[int]
    ) -> str:
        package, named = self._office.package, ""
        if found.drawing is None:
            part = self._office.free_name(self._folder("drawings"), "vmlDrawing", "vml")
            named = self._office.relate(self._part, "vmlDrawing", part, strict=found.strict)
            self._office.declare_default("vml", _BOXES)
            drawing: bytes | None = no_boxes(next(free))
        else:
            relation = self._relations.get(found.drawing)
            part = relation.target if relation else ""
            drawing = package.read(part)
        drawing = None if drawing is None else with_boxes(without_boxes(drawing, gone), boxes, found)
        if drawing is None:
            raise package.damaged(f"工作表“{self.name}”的批注框（{part or found.drawing}）读不出")
        self._office.put(part, drawing)
        return named

    def _new_comments(self, found: Survey) -> etree._Element:
        self._comments_part = self._office.free_name(self._folder(""), "comments", "xml")
        self._office.relate(self._part, "comments", self._comments_part, strict=found.strict)
        self._office.declare(self._comments_part, _COMMENTS)
        return no_comments(strict=found.strict)

    def _folder(self, name: str) -> str:
        """A folder beside that of the sheets: xl/drawings."""
        return posixpath.join(posixpath.dirname(posixpath.dirname(self._part)), name).rstrip("/")

    def _of_kind(self, kind: str) -> list[str]:
        return [relation.target for relation in self._relations.values() if relation.kind == kind]


def _fills(marks: Sequence[Mark], merges: Mapping[Place, Merge]) -> dict[Place, Severity]:
    """The gravest severity of each cell, of merged ranges all cells: so their borders stay."""
    fills: dict[Place, Severity] = {}
    for mark in marks:
        if mark.severity is None:
            continue
        gravest = min(fills.get(mark.place, mark.severity), mark.severity, key=lambda severity: severity.rank)
        fills.update(dict.fromkeys(_covered(mark.place, merges), gravest))
    return fills


def _covered(place: Place, merges: Mapping[Place, Merge]) -> list[Place]:
    merge = merges.get(place)
    if merge is None or (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1) > _LARGEST_FILL:
        return [place]
    return list(product(range(merge.top, merge.bottom + 1), range(merge.left, merge.right + 1)))


def _box(place: Place, text: str, merges: Mapping[Place, Merge]) -> Box:
    merge = merges.get(place, Merge(*place, *place))
    return Box(merge.right, text)
